import { mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { warmAtOnce } from './no_servers.ts';
import { noStreams } from './no_servers.ts';
import { FileWatcher } from '../../src/config/file_watch.ts';
import { ListenerManager } from '../../src/config/listener_manager.ts';
import { NamedResources } from '../../src/config/named_resources.ts';
import type { BindSpec, ListenerPayload, RoutePayload } from '../../src/config/payload.ts';
import { type Resource, ResourceTable, TYPE } from '../../src/config/resource_map.ts';
import type { FileLoader, LoadedFile } from '../../src/config/subscription.ts';
import type { Logger } from '../../src/log/logger.ts';

const log = new Proxy({}, { get: () => () => undefined }) as Logger;
const alive = setInterval(() => undefined, 1000);
t.teardown(() => clearInterval(alive));
const spec = (port: number, more: Partial<BindSpec> = {}): BindSpec => ({
  family: 'ipv4',
  host: '127.0.0.1',
  port,
  mode: 0,
  backlog: 128,
  ipv4Compat: false,
  reusePort: false,
  freebind: false,
  transparent: false,
  options: [],
  ...more,
});

/** A data plane, a publisher and an RDS file whose content is `{version, resources: {name: hash}}`. */
function make(t: Tap, routesAt = '/nonexistent', drainMs = 600_000) {
  const calls: string[] = [];
  let next = 1;
  const taken = new Set<number>();
  const native = {
    bind(s: BindSpec) {
      if (taken.has(s.port)) return { code: 'EADDRINUSE', message: 'Address already in use' };
      const socket = next++;
      taken.add(s.port);
      calls.push(`bind ${s.port} = ${socket}`);
      return { socket, port: s.port === 0 ? 50_000 : s.port };
    },
    unbind: (socket: number) => void calls.push(`unbind ${socket}`),
    addListener: (id: number) => void calls.push(`listen ${id}`),
    removeListener: (id: number, ms: number) => void calls.push(`remove ${id} ${ms}`),
  };
  const ids = new Map<string, number>();
  const publisher = {
    putListener(name: string, compiled: string, sockets: readonly number[]) {
      if (compiled === 'bad') throw new Error('refused');
      const id = ids.get(name) ?? next++;
      ids.set(name, id);
      calls.push(`put ${name} ${compiled} on ${sockets.join()}`);
      return id;
    },
    dropListener: (name: string) => void ids.delete(name),
    releaseListener: (id: number) => void calls.push(`release ${id}`),
    flush: () => undefined,
  };
  const load = (async (_type: string, path: string): Promise<LoadedFile<RoutePayload<string>>> => {
    const { readFileSync } = await import('node:fs');
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      return { kind: 'unreadable', details: (error as Error).message };
    }
    const { version, resources, bad } = JSON.parse(text);
    if (bad)
      return { kind: 'rejected', version, details: 'line 1: bad', failures: [{ name: bad, details: 'bad' }] };
    return {
      kind: 'ok',
      version,
      resources: Object.entries(resources).map(([name, hash]) => ({
        name,
        hash: String(hash),
        bytes: new Uint8Array(),
        payload: { compiled: String(hash) },
      })),
    };
  }) as FileLoader;
  const watcher = new FileWatcher();
  const routes = new NamedResources<RoutePayload<string>>(
    TYPE.route,
    { files: { load, watcher, log }, streams: noStreams(log) },
    {
      put: (v) => void calls.push(`route ${v.name} ${v.payload.compiled}`),
      drop: (name) => void calls.push(`drop route ${name}`),
    },
  );
  t.teardown(() => {
    routes.close();
    watcher.close();
  });
  const tls = { acquire: () => undefined, release: () => undefined, warm: warmAtOnce };
  const drainTimeMs = (): number => drainMs;
  const manager = new ListenerManager<string>({
    native,
    routes,
    scopes: noScopes,
    filters: noScopes,
    publisher,
    tls,
    drainTimeMs,
    log,
  });
  const table = new ResourceTable<ListenerPayload<string>>(TYPE.listener, manager);
  const listener = (
    name: string,
    compiled: string,
    addresses: BindSpec[],
    routeNames: string[] = [],
    identity: ListenerPayload<string>['identity'] = { shape: 1n, chains: [BigInt(compiled.length)] },
  ) =>
    ({
      name,
      hash: JSON.stringify([
        compiled,
        addresses,
        routeNames,
        String(identity.shape),
        ...identity.chains.map(String),
      ]),
      bytes: new Uint8Array(),
      payload: {
        compiled,
        identity,
        statName: name,
        addresses,
        routes: routeNames.map((r) => ({
          name: r,
          source: { path: routesAt, initialFetchTimeoutMs: 15_000 },
          statPrefix: 'x',
        })),
      },
    }) as Resource<ListenerPayload<string>>;
  const source = { path: routesAt, initialFetchTimeoutMs: 15_000 };
  return { manager, table, listener, routes, source, take: () => calls.splice(0), calls };
}
const noScopes = { subscribe: () => () => undefined };
type Tap = { teardown(f: () => void): void };

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 1));
  if (!condition()) throw new Error('it never came');
}
function replace(path: string, content: unknown): void {
  writeFileSync(`${path}.tmp`, JSON.stringify(content));
  renameSync(`${path}.tmp`, path);
}

t.test('bind, publish, accept; in place with the same socket; drain', (t) => {
  const { table, listener, take, manager } = make(t);
  table.apply('dynamic', { added: [listener('a', '1', [spec(80), spec(81)])], removed: [] }, 'v1');
  t.same(take(), ['bind 80 = 1', 'bind 81 = 2', 'put a 1 on 1,2', 'listen 3']);
  t.same(manager.addresses('a'), ['127.0.0.1:80', '127.0.0.1:81']);
  table.apply('dynamic', { added: [listener('a', '2', [spec(80), spec(81)])], removed: [] }, 'v2');
  t.same(take(), ['put a 2 on 1,2'], 'nothing is bound or closed');
  table.apply('dynamic', { added: [listener('a', '2', [spec(81), spec(82)])], removed: [] }, 'v3');
  t.same(take(), ['bind 82 = 4', 'put a 2 on 2,4', 'listen 3', 'unbind 1']);
  table.apply('dynamic', { added: [], removed: ['a'] }, 'v4');
  t.same(take(), ['remove 3 600000', 'unbind 2', 'unbind 4']);
  t.equal(manager.drainingCount, 1);
  t.equal(table.counts().draining, 1);
  manager.drained(3);
  t.same(take(), ['release 3']);
  t.equal(table.get('a'), undefined);
  t.match(manager.counters, {
    listener_added: 1,
    listener_modified: 2,
    listener_removed: 1,
    listener_create_success: 3,
  });
  t.end();
});

t.test('a renamed listener takes the socket over', (t) => {
  const { table, listener, take } = make(t);
  table.apply('dynamic', { added: [listener('a', '1', [spec(80)])], removed: [] }, 'v1');
  take();
  table.apply('dynamic', { added: [listener('b', '1', [spec(80)])], removed: ['a'] }, 'v2');
  t.same(take(), ['remove 2 600000', 'put b 1 on 1', 'listen 3']);
  table.apply('dynamic', { added: [listener('a', '1', [spec(0)])], removed: [] }, 'v3');
  t.same(
    take(),
    ['bind 0 = 4', 'put a 1 on 4', 'listen 5'],
    'while the old a drains, the new one has another id',
  );
  t.end();
});

t.test('what cannot be bound or published leaves everything as it was', (t) => {
  const { table, listener, take, manager } = make(t);
  table.apply(
    'dynamic',
    { added: [listener('a', '1', [spec(80)]), listener('b', '1', [spec(90)])], removed: [] },
    'v1',
  );
  take();
  const result = table.apply(
    'dynamic',
    { added: [listener('a', '2', [spec(91), spec(90, { backlog: 5 })])], removed: [] },
    'v2',
  );
  t.match(result.failed, [{ name: 'a', details: /socket options of the bound address 127.0.0.1:90/ }]);
  t.same(take(), ['bind 91 = 5', 'unbind 5']);
  t.match(table.apply('dynamic', { added: [listener('a', 'bad', [spec(80)])], removed: [] }, 'v3').failed, [
    { details: 'refused' },
  ]);
  t.same(take(), []);
  t.same(manager.addresses('a'), ['127.0.0.1:80']);
  t.equal(manager.counters.listener_create_failure, 2);
  t.equal(table.get('a')?.active?.version, 'v1');
  t.end();
});

t.test('a listener waits for its route configuration; updates of it do not touch the listener', async (t) => {
  const path = join(mkdtempSync(join(tmpdir(), 'attache-rds-')), 'rds.json');
  replace(path, { version: '1', resources: { r: 'A', other: 'X' } });
  const { table, listener, take, routes, source, calls, manager } = make(t, path);
  table.apply('dynamic', { added: [listener('a', '1', [spec(80)], ['r'])], removed: [] }, 'v1');
  t.same(take(), []);
  t.ok(table.get('a')?.warming);
  await until(() => table.get('a')?.active !== undefined);
  t.same(
    take(),
    ['route r A', 'bind 80 = 1', 'put a 1 on 1', 'listen 2'],
    'only what is asked for is published',
  );

  replace(path, { version: '2', resources: { r: 'B' } });
  await until(() => calls.length > 0);
  t.same(take(), ['route r B']);
  t.match(routes.counts(source, 'r'), {
    update_attempt: 2,
    update_success: 2,
    config_reload: 2,
    version_text: '2',
  });

  replace(path, { version: '3', bad: 'r' });
  await until(() => routes.counts(source, 'r')?.update_rejected === 1);
  t.same(take(), []);
  t.match(routes.tables()[0]?.get('r'), {
    active: { version: '2' },
    error: { version: '3', details: 'bad' },
  });

  table.apply('dynamic', { added: [listener('a', '2', [spec(80)], ['r'])], removed: [] }, 'v2');
  t.same(take(), ['put a 2 on 1'], 'the route configuration is there already');
  table.apply('dynamic', { added: [], removed: ['a'] }, 'v3');
  t.same(take(), ['remove 2 600000', 'unbind 1'], 'connections that drain keep their routes');
  manager.drained(2);
  t.same(take(), ['release 2', 'drop route r']);
  t.equal(routes.tables().length, 0, 'nobody watches the file any longer');
});

t.test('a missing name times out and does not block for ever', async (t) => {
  const path = join(mkdtempSync(join(tmpdir(), 'attache-rds-')), 'rds.json');
  replace(path, { version: '1', resources: {} });
  const { table, listener, take, routes } = make(t, path);
  const one = listener('a', '1', [spec(80)]);
  const payload = {
    ...one.payload,
    routes: [{ name: 'r', source: { path, initialFetchTimeoutMs: 5 }, statPrefix: 'x' }],
  };
  table.apply('dynamic', { added: [{ ...one, payload }], removed: [] }, 'v1');
  await until(() => table.get('a')?.active !== undefined);
  t.same(take(), ['bind 80 = 1', 'put a 1 on 1', 'listen 2']);
  t.match(routes.counts({ path, initialFetchTimeoutMs: 5 }, 'r'), { init_fetch_timeout: 1, update_empty: 1 });
});

t.test('where only filter chains differ, what goes is counted until its time is over', async (t) => {
  const { table, listener, manager } = make(t, '/nonexistent', 20);
  const at = (...chains: bigint[]) =>
    listener('a', '1', [spec(80)], [], { shape: 7n, chains, otherwise: 9n });
  const apply = (one: ReturnType<typeof listener>): void =>
    void table.apply('dynamic', { added: [one], removed: [] }, 'v');
  apply(at(1n, 2n));
  apply(at(2n, 3n));
  t.match(manager.counters, { listener_added: 1, listener_modified: 1, listener_in_place_updated: 1 });
  t.equal(manager.drainingChains, 1);
  t.equal(table.counts().draining, 0);
  apply(listener('a', '1', [spec(80)], [], { shape: 7n, chains: [5n] }));
  t.equal(manager.drainingChains, 4, 'the default chain too');
  apply(listener('a', '1', [spec(80)], [], { shape: 8n, chains: [5n] }));
  t.match(manager.counters, { listener_modified: 3, listener_in_place_updated: 2 });
  t.equal(manager.drainingCount, 1, 'a replaced version as a whole');
  t.equal(table.get('a')?.draining.length, 1);
  await until(() => manager.drainingChains + manager.drainingCount === 0);
  t.equal(table.counts().draining, 0);
});
