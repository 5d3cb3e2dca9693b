/**
 * The behavioural half of the support registry: each case sets fields and sees the running proxy act
 * on them. A case has two sites, with and without what it is about, and what is seen of both has to
 * be as it says: a field that is ignored makes the first look like the second, and the case fails.
 * All sites of a family are listeners of one process.
 */
import { connect } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import {
  answer,
  ask,
  Client,
  cluster,
  eventually,
  type Fields,
  folder,
  get,
  header,
  type Json,
  listener,
  Origin,
  type Response,
  Running,
  root,
  toCluster,
} from '../e2e/support.ts';
import { DescriptorPool } from '../../src/api/descriptor.ts';

/** One listener with what is behind it. Everything has a default. */
export interface Site {
  /** Fields of the HTTP connection manager. */
  readonly manager?: Fields;
  /** Fields of the listener, and of its filter chain. */
  readonly listener?: Fields;
  readonly chain?: Fields;
  /** Fields of the route table, of its one virtual host, its routes. */
  readonly table?: Fields;
  readonly host?: Fields;
  readonly routes?: readonly Json[];
  /** Files in the folder of the family. */
  readonly files?: Readonly<Record<string, Json>>;
  /** Fields of a cluster of its own, to which everything goes that no route takes. */
  readonly cluster?: Fields;
}

/** What a case looks at. */
export interface View {
  readonly port: number;
  /** Of the site: its listener and stat_prefix have this name, its cluster too. */
  readonly name: string;
  readonly world: World;
}

export type See = (view: View) => Promise<unknown> | unknown;

export interface Case {
  /** The full names of the fields that it observes. */
  readonly fields: readonly string[];
  readonly on: Site;
  readonly see: See;
  /** What is seen with the fields. */
  readonly seen: unknown;
  /** The site without them; it may be missing only if without them `see` would wait for ever. */
  readonly off?: Site;
  readonly unseen?: unknown;
  /** Why it fails for now: its fields do not count as observed. */
  readonly todo?: string;
}

/** The rest of the process of a family. */
export interface World {
  readonly origin: Origin;
  readonly files: string;
  /** Of the proxy. */
  readonly pid: number;
  readonly output: () => string;
  readonly admin: (path: string) => Promise<string>;
}

export interface Family {
  readonly name: string;
  readonly cases: (files: string, origin: number, other: number) => readonly Case[];
  /** Files, servers and what else has to be there before the start. Answers the way to end it. */
  readonly prepare?: (files: string) => void | Promise<() => void | Promise<void>>;
  /** Options of the proxy's node. */
  readonly node?: (files: string) => readonly string[];
  /** More of the bootstrap, over what the family has anyway. */
  readonly bootstrap?: (files: string) => Fields;
  readonly clusters?: (files: string, origin: number) => readonly Fields[];
}

/** `of('a.v3.B', 'c d')`: a.v3.B.c and a.v3.B.d. */
export const of = (message: string, fields: string): string[] =>
  fields.split(' ').map((field) => `${message}.${field}`);

export const R = 'envoy.config.route.v3';

/** A response header that says what an operator stands for. */
export function says(format: string): Fields {
  return { response_headers_to_add: [{ header: { key: 'x-says', value: format } }] };
}

/** More than the kernel keeps of a connection. */
export const LARGE = 24_000_000;

/** Says who is asking, what it got, and does what `x-do` says. */
function echo(): Origin {
  return new Origin((request) => {
    const wish = request.headers.find(([name]) => name === 'x-do')?.[1] ?? '';
    if (wish === 'hold') return undefined;
    if (wish === 'large') return answer(Buffer.alloc(LARGE, 'x'));
    if (wish === 'large-head') return answer('', `x-large: ${'x'.repeat(70_000)}\r\n`);
    const { line, headers, connection, nth } = request;
    const body = JSON.stringify({ line, headers: Object.fromEntries(headers), connection, nth });
    return answer(body, 'server: origin\r\nx-origin: yes\r\n', /^\d/.test(wish) ? `${wish} Text` : '200 OK');
  });
}

export interface Echoed {
  line: string;
  headers: Record<string, string>;
  connection: number;
  nth: number;
}

// ---- what can be seen -----------------------------------------------------------------------

/** The statuses of requests to the paths (or of whole requests), one after the other. */
export const statuses =
  (...requests: string[]): See =>
  async ({ port }) => {
    const list: number[] = [];
    for (const each of requests) list.push((await ask(port, whole(each))).status);
    return list;
  };

const whole = (request: string): string => (request.startsWith('/') ? get(request) : request);

/** A part of the answer to one request. */
export const response =
  (request: string, part: (response: Response) => unknown): See =>
  async ({ port }) =>
    part(await ask(port, whole(request)));

export const responseHeader = (request: string, name: string): See =>
  response(request, (each) => header(each, name));

export const body = (request = '/'): See => response(request, (each) => each.body.toString());

/** A part of what the origin saw of one request. */
export const atOrigin =
  (request: string, part: (echoed: Echoed) => unknown): See =>
  async ({ port }) =>
    part(await echoed(port, request));

export async function echoed(port: number, request = '/'): Promise<Echoed> {
  return JSON.parse((await ask(port, whole(request))).body.toString()) as Echoed;
}

export const originPath = (request: string): See => atOrigin(request, ({ line }) => line.split(' ')[1]);
export const originHeader = (request: string, name: string): See =>
  atOrigin(request, ({ headers }) => headers[name]);

/** A statistic, as soon as it is there and not zero; of a site that says `$` for its name. */
export async function stat(view: View, name: string): Promise<number | undefined> {
  const wanted = name.replace('$', view.name);
  const text = await view.world.admin(`/stats?filter=^${wanted.replaceAll('.', '\\.')}$`);
  const value = new RegExp(`^${wanted.replaceAll('.', '\\.')}: (\\d+)`, 'm').exec(text)?.[1];
  return value === undefined ? undefined : Number(value);
}

/**
 * A client that sends `data` and waits for the other side to end: all that came. `limit` (ms) is below
 * the default of the time that is set.
 */
export async function untilEnd(port: number, data: string, limit?: number): Promise<string> {
  const client = new Client(port).send(data);
  try {
    return (await client.untilEnd(limit)).toString('latin1');
  } finally {
    client.close();
  }
}

// ---- running --------------------------------------------------------------------------------

export const kEcho = 'echo';

/** The configuration of one site: its listener, and a cluster if it has one. */
function build(site: Site, name: string, origin: number): { listener: Fields; cluster?: Fields } {
  const { type, load_assignment, ...rest } = cluster(name, [origin]);
  const base: Fields = {
    ...rest,
    ...(site.cluster?.type === 'EDS' ? {} : { load_assignment: load_assignment ?? {} }),
  };
  const own =
    site.cluster === undefined
      ? undefined
      : { ...base, ...(site.cluster.cluster_type === undefined ? { type } : {}), ...site.cluster };
  const table = {
    name,
    virtual_hosts: [
      {
        name: 'all',
        domains: ['*'],
        routes: [...(site.routes ?? []), toCluster(own === undefined ? kEcho : name)],
        ...site.host,
      },
    ],
    ...site.table,
  };
  const manager = { ...(site.manager?.rds === undefined ? { route_config: table } : {}), ...site.manager };
  const made = { ...listener(name, 0, manager), ...site.listener };
  if (site.chain !== undefined) {
    const [first, ...others] = made.filter_chains as Fields[];
    made.filter_chains = [{ ...first, ...site.chain }, ...others];
  }
  return own === undefined ? { listener: made } : { listener: made, cluster: own };
}

type Named = { readonly name: string; readonly site: Site };

function sites(cases: readonly Case[]): Named[] {
  return cases.flatMap(({ on, off }, i) => [
    { name: `s${i}on`, site: on },
    ...(off === undefined ? [] : [{ name: `s${i}off`, site: off }]),
  ]);
}

/** Names that a configuration gives to fields, at any depth. */
function keys(value: unknown, into = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const each of value) keys(each, into);
  else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) keys(each, into.add(key));
  }
  return into;
}

/** The ports that the kernel has given, by listener. */
async function portsOf(admin: World['admin']): Promise<Map<string, number>> {
  const { listener_statuses } = JSON.parse(await admin('/listeners?format=json')) as {
    listener_statuses: { name: string; local_address: { socket_address?: { port_value: number } } }[];
  };
  return new Map(
    listener_statuses.map(({ name, local_address }) => [name, local_address.socket_address?.port_value ?? 0]),
  );
}

/** Runs all cases of a family. */
export async function run(family: Family): Promise<void> {
  await t.test(family.name, (t) => runIn(t, family));
}

async function runIn(t: Test, family: Family): Promise<void> {
  const dir = folder();
  const [origin, other] = [await echo().listen(), await echo().listen()];
  const end = await family.prepare?.(dir.path);
  const cases = family.cases(dir.path, origin.port, other.port);
  for (const { site } of sites(cases)) {
    for (const [name, content] of Object.entries(site.files ?? {})) dir.write(name, content);
  }
  const built = sites(cases).map(({ name, site }) => build(site, name, origin.port));
  const socket = join(dir.path, 'admin.sock');
  const config: Fields = {
    admin: { address: { pipe: { path: socket } } },
    static_resources: {
      listeners: built.map((each) => each.listener),
      clusters: [
        cluster(kEcho, [origin.port]),
        ...built.flatMap((each) => each.cluster ?? []),
        ...(family.clusters?.(dir.path, origin.port) ?? []),
      ],
    },
    ...family.bootstrap?.(dir.path),
  };
  const file = dir.write('config.json', config);
  const proxy = new Running(process.execPath, [
    ...(family.node?.(dir.path) ?? []),
    join(root, 'bin/attache'),
    ...['-c', file, '--concurrency', '1', '--file-flush-interval-msec', '20'],
  ]);
  t.teardown(async () => {
    await proxy.stop();
    await Promise.all([origin.close(), other.close(), end?.()]);
    dir.remove();
  });
  const admin = (path: string): Promise<string> => askPipe(socket, path);
  await eventually(
    'readiness',
    async () => {
      if (!proxy.alive) throw new Error(proxy.output);
      return (await admin('/ready').catch(() => '')).startsWith('LIVE');
    },
    12_000,
  );
  const ports = await portsOf(admin);
  const world: World = {
    origin,
    files: dir.path,
    pid: proxy.child.pid ?? 0,
    output: () => proxy.output,
    admin,
  };
  const view = (name: string): View => ({ name, world, port: ports.get(name) ?? 0 });
  const shared = keys([
    { admin: config.admin, static_resources: { listeners: [], clusters: [] } },
    family.clusters?.(dir.path, origin.port),
    family.bootstrap?.(dir.path),
  ]);
  for (const [i, each] of cases.entries()) {
    await t.test(each.fields.join(', '), { todo: each.todo ?? false }, async (t) => {
      const own = build(each.on, `s${i}on`, origin.port);
      const named = keys([own.listener, own.cluster, each.on.files], new Set(shared));
      for (const field of each.fields) {
        t.ok(named.has(field.slice(field.lastIndexOf('.') + 1)), `the configuration sets ${field}`);
      }
      if (each.off !== undefined) {
        t.strictSame(await each.see(view(`s${i}off`)), each.unseen, 'without');
        t.notSame(each.seen, each.unseen, 'the two can be told apart');
      }
      t.strictSame(await each.see(view(`s${i}on`)), each.seen, 'with');
    });
  }
}

/** The body of an answer of the admin interface at a Unix socket. */
function askPipe(path: string, target: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    const socket = connect(path);
    socket.on('error', reject);
    socket.on('data', (data: Buffer) => pieces.push(data));
    socket.on('close', () => {
      const text = Buffer.concat(pieces).toString();
      resolve(unchunked(text.slice(text.indexOf('\r\n\r\n') + 4), /transfer-encoding: chunked/i.test(text)));
    });
    socket.write(`GET ${target} HTTP/1.1\r\nhost: admin\r\nconnection: close\r\n\r\n`);
  });
}

function unchunked(text: string, chunked: boolean): string {
  if (!chunked) return text;
  let [whole, rest] = ['', Buffer.from(text)];
  for (;;) {
    const eol = rest.indexOf('\r\n');
    const size = Number.parseInt(rest.subarray(0, Math.max(eol, 0)).toString(), 16);
    if (!(size > 0)) return whole;
    whole += rest.subarray(eol + 2, eol + 2 + size).toString();
    rest = rest.subarray(eol + 4 + size);
  }
}

/** The names of all fields that the API has: a case cannot name another one. */
export function unknownFields(fields: Iterable<string>): string[] {
  const pool = DescriptorPool.load();
  return [...fields].filter((full) => {
    const dot = full.lastIndexOf('.');
    return pool.message(full.slice(0, dot))?.field(full.slice(dot + 1)) === undefined;
  });
}
