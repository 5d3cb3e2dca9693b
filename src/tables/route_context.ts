import type { Diagnostics, Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import type { ConfigSource, ServerSettings } from '../config/payload.ts';
import type { Extension } from '../extensions/types.ts';
import { nearest } from '../nearest.ts';
import type { FormatInput } from './generated/layout.ts';
import { wrappedFlag } from './route_read.ts';

/** Where a header value's format string stands: it decides which operators make sense. */
export type FormatContext = { readonly diagnostics: Diagnostics; readonly path: Path };

/** What the route compiler needs of its surroundings. */
export type RouteContext = {
  readonly diagnostics: Diagnostics;
  /** Of the RouteConfiguration within its file. */
  readonly path: Path;
  /** Compiles a substitution format string to a `Format` value; undefined after reporting why not. */
  readonly compileFormat: (text: string, where: FormatContext) => FormatInput | undefined;
  /** Reads a file that a DataSource names; throws when it cannot. */
  readonly readFile: (path: string) => Uint8Array;
  /** Opens a log file for appending and closes it again; throws when it cannot. Absent: not tried. */
  readonly tryLogFile?: (path: string) => void;
  /** The environment of a DataSource's environment_variable. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the resource came from; absent: it stands in the bootstrap. */
  readonly origin?: ConfigSource | undefined;
  /** How the stream of all types is spoken, if there is one. */
  readonly ads?: ServerSettings['kind'] | undefined;
  /** HTTP filters and network filters by the type of their configuration, or of what routes set. */
  readonly find?: (type: string, category?: string) => Extension | undefined;
  /** The clusters that routes may name. Absent: names are not looked at. */
  readonly clusters?: ReadonlySet<string>;
  /** What validate_clusters is when it is not set: true for tables within a listener. */
  readonly validateClusters?: boolean;
};

/** The same within one RouteConfiguration, whose settings reach down to its routes. */
export type RouteScope = RouteContext & { readonly config: Message };

/** The same within one of its virtual hosts. */
export type HostScope = RouteScope & { readonly host: Message; readonly hostPath: Path };

/** Reports a cluster that does not exist, if the configuration wants to know. */
export function checkCluster(name: string, path: Path, scope: RouteScope): void {
  const { clusters, validateClusters = false, diagnostics, config } = scope;
  if (clusters === undefined || name === '' || clusters.has(name)) return;
  if (!wrappedFlag(config, 'validate_clusters', validateClusters)) return;
  const suggestion = nearest(name, clusters);
  diagnostics.error(path, 'reference', `there is no cluster ${name}`, {
    expected: 'the name of a cluster',
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

/** Reports against one place and answers undefined, for use in expressions. */
export function refuse(
  context: { readonly diagnostics: Diagnostics },
  path: Path,
  code: string,
  message: string,
  expected?: string,
): undefined {
  context.diagnostics.error(path, code, message, expected === undefined ? {} : { expected });
  return undefined;
}
