import type { Diagnostics, Path } from '../api/diagnostics.ts';
import type { FormatInput } from './generated/layout.ts';

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
  /** The environment of a DataSource's environment_variable. */
  readonly env: Readonly<Record<string, string | undefined>>;
};

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
