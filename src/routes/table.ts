import { readFileSync } from 'node:fs';
import type { Path } from '../api/diagnostics.ts';
import { decodeJson } from '../api/json_decode.ts';
import { type FieldValue, isMessage, type Message } from '../api/message.ts';
import { routePayload } from '../config/compile.ts';
import type { CompiledResource } from '../config/compiled.ts';
import type { Finding } from '../config/messages.ts';
import { RecordPublisher } from '../config/publisher.ts';
import { Reading } from '../config/reading.ts';
import { checkTls } from '../config/tls_check.ts';
import { Engine, loadAddon } from '../engine/engine.ts';
import type { NativeExplanation } from '../engine/native.ts';
import { RecordKind } from '../tables/generated/layout.ts';
import { messages, text } from '../tables/route_read.ts';

const ROUTES = 'envoy.config.route.v3.RouteConfiguration';
const BOOTSTRAP = 'envoy.config.bootstrap.v3.Bootstrap';
const MATCHER = 'envoy.config.route.v3.HeaderMatcher';
/** Tables of one run: a few, and those of matchers. */
const SLAB_BYTES = 64 << 20;

/** Names and values in turns, names in lower case. */
export type Headers = readonly string[];

/** A request to be routed. */
export type RouteRequest = {
  readonly headers: Headers;
  /** What a host answers, for the headers that are added to it. */
  readonly response?: Headers;
  /** The random number of the stream: weights and fractions. */
  readonly random?: number;
};

/** A request's way through a table. */
export type Routed = NativeExplanation & {
  readonly virtualHost: Message | undefined;
  readonly routeMessage: Message | undefined;
};

/** A route table whose every answer is that of the data plane. */
export class RouteTable {
  readonly name: string;
  readonly config: Message;
  readonly #reference: number;

  constructor(config: Message, compiled: CompiledResource) {
    this.name = text(config, 'name');
    this.config = config;
    this.#reference = Tables.all.publish(compiled);
  }

  route({ headers, response = [], random = 0 }: RouteRequest): Routed {
    const found = Tables.all.engine.native.explainRoute(this.#reference, headers, response, random);
    if (found === undefined) throw new Error('the table is gone');
    const virtualHost = messages(this.config, 'virtual_hosts')[found.host];
    const routeMessage = virtualHost && messages(virtualHost, 'routes')[found.route];
    return { ...found, virtualHost, routeMessage };
  }
}

/** Remembers the reference of what was published last: of the table itself, which comes after its virtual hosts. */
class TableEngine extends Engine {
  last = 0;

  override publish(records: Parameters<Engine['publish']>[0]): Uint32Array {
    const references = super.publish(records);
    this.last = references.at(-1) ?? 0;
    return references;
  }
}

/** The tables of this process, each under a name of its own: none takes the place of another. */
class Tables {
  readonly engine = new TableEngine(loadAddon(), SLAB_BYTES);
  readonly #publisher = new RecordPublisher(
    this.engine,
    RecordKind,
    { added: () => undefined, removed: () => undefined },
    (_name, reason) => {
      throw new Error(`the route table was refused: ${reason}`);
    },
  );
  #count = 0;

  static #all: Tables | undefined;
  static get all(): Tables {
    Tables.#all ??= new Tables();
    return Tables.#all;
  }

  /** The reference of the table's record; the names of clusters need not exist. */
  publish(compiled: CompiledResource): number {
    this.#publisher.putRoute(`table ${this.#count++}`, compiled);
    this.#publisher.flush();
    return this.engine.last;
  }
}

export type LoadedTables = { readonly findings: readonly Finding[]; readonly tables: readonly RouteTable[] };

/**
 * The route tables of a file: a RouteConfiguration, or the inline ones of a bootstrap. No tables after an error, which
 * is in the findings.
 */
export async function loadTables(file: string, skipDeprecated = false): Promise<LoadedTables> {
  const reading = new Reading(skipDeprecated);
  const value = reading.parse(file, readFileSync(file, 'utf8'));
  if (reading.diagnostics.hasErrors) return { findings: await reading.findings(), tables: [] };
  const root = reading.decode(isBootstrap(value) ? BOOTSTRAP : ROUTES, value, file, 'reject');
  const tables: RouteTable[] = [];
  if (!reading.diagnostics.hasErrors) {
    for (const [config, path] of configsIn(root, [])) {
      const compiled = compile(reading, config, path);
      if (compiled !== undefined && !reading.diagnostics.hasErrors)
        tables.push(new RouteTable(config, compiled));
    }
  }
  const failed = reading.diagnostics.hasErrors;
  return { findings: await reading.findings(), tables: failed ? [] : tables };
}

const isBootstrap = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  ['static_resources', 'staticResources', 'dynamic_resources', 'node', 'admin'].some((key) => key in value);

function compile(
  { pool, diagnostics }: Pick<Reading, 'pool' | 'diagnostics'>,
  config: Message,
  path: Path,
): CompiledResource | undefined {
  return routePayload(config, path, { pool, diagnostics, checkTls, ads: 'delta' })?.compiled;
}

/** Every route table in a message, with its path. */
function* configsIn(value: FieldValue | undefined, path: Path): Generator<[Message, Path]> {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* configsIn(item as FieldValue, [...path, i]);
  } else if (isMessage(value)) {
    if (value.$type === ROUTES) yield [value, path];
    else for (const [field, inner] of Object.entries(value)) yield* configsIn(inner, below(path, field));
  }
}

const below = (path: Path, field: string): Path => (field === '$decoded' ? path : [...path, field]);

/** Header matchers, by the code that routes use: each is the condition of a route of its own. */
export class HeaderMatching {
  readonly #reading = new Reading(true);

  /** The matcher as a test of headers, or what is wrong with it. */
  compile(matcher: unknown): ((headers: Headers) => boolean) | string {
    const { pool } = this.#reading;
    const { diagnostics } = new Reading(true);
    decodeJson(pool, MATCHER, matcher, { diagnostics, path: [], unknownFields: 'reject' });
    const config = {
      name: 'matcher',
      virtual_hosts: [
        {
          name: 'all',
          domains: ['*'],
          routes: [{ match: { prefix: '/', headers: [matcher] }, direct_response: { status: 200 } }],
        },
      ],
    };
    const decoded = decodeJson(pool, ROUTES, config, { diagnostics, path: [], unknownFields: 'reject' });
    const compiled = diagnostics.hasErrors ? undefined : compile({ pool, diagnostics }, decoded, []);
    if (compiled === undefined || diagnostics.hasErrors)
      return diagnostics.list.find(({ severity }) => severity === 'error')?.message ?? 'it cannot be used';
    const table = new RouteTable(decoded, compiled);
    return (headers) => table.route({ headers: withPath(headers) }).status === 200;
  }
}

/** A route needs a path to match anything; headers of a response have none. */
const withPath = (headers: Headers): Headers =>
  headers.includes(':path') ? headers : [...headers, ':path', '/', ':authority', 'any'];
