import { mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type {
  ClusterPayload,
  EndpointsPayload,
  ListenerPayload,
  RoutePayload,
} from '../../src/config/payload.ts';
import { noServers, noStreams } from './no_servers.ts';
import { ConfigPlane } from '../../src/config/plane.ts';
import { configStats } from '../../src/config/stats.ts';
import { groups } from '../../src/stats/groups.ts';
import { ClusterStats } from '../../src/stats/cluster_stats.ts';
import { type Resource, TYPE } from '../../src/config/resource_map.ts';
import type { FileLoader, LoadedFile } from '../../src/config/subscription.ts';
import { LogRoot } from '../../src/log/logger.ts';
import { Resolvers } from '../../src/upstream/dns_resolvers.ts';
import { hostViews, NO_HOSTS, packHosts } from '../../src/upstream/endpoints.ts';

const alive = setInterval(() => undefined, 1000);
t.teardown(() => clearInterval(alive));

type C = string;
type Any = Resource<ClusterPayload<C> | ListenerPayload<C> | RoutePayload<C> | EndpointsPayload<C>>;
const settings = { node: { id: '', cluster: '', zone: '' }, statsFlushIntervalMs: 5000 };
const fetchTime = { initialFetchTimeoutMs: 15_000 };

/** Discovery files of the test: JSON with `version`, `resources`, or `bad`; payloads by kind. */
const load = (async (type: string, path: string): Promise<LoadedFile<unknown>> => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return { kind: 'unreadable', details: 'no such file' };
  }
  const { version, resources, bad } = JSON.parse(text) as {
    version: string;
    resources: Record<string, string>;
    bad?: string;
  };
  if (bad !== undefined)
    return { kind: 'rejected', version, details: 'bad', failures: [{ name: bad, details: 'bad' }] };
  const eds = join(path, '../eds.json');
  const rds = join(path, '../rds.json');
  const made = Object.entries(resources).map(([name, value]): Any => {
    const base = { name, hash: value, bytes: new Uint8Array() };
    if (type === TYPE.endpoints)
      return {
        ...base,
        payload: {
          compiled: value,
          hosts: packHosts(
            hostViews({
              endpoints: [
                {
                  lb_endpoints: value
                    .split(',')
                    .map((address) => ({ endpoint: { address: { socket_address: { address } } } })),
                },
              ],
            }),
          ),
        },
      };
    if (type === TYPE.route) return { ...base, payload: { compiled: value } };
    if (type === TYPE.cluster) {
      const discovery = { kind: 'eds' as const, serviceName: name, source: { path: eds, ...fetchTime } };
      return { ...base, payload: { compiled: value, discovery, statName: name, waitForWarm: true } };
    }
    const address = {
      family: 'ipv4' as const,
      host: '127.0.0.1',
      port: Number(value.split(':')[0]),
      mode: 0,
      backlog: 1,
      ipv4Compat: false,
      reusePort: false,
      freebind: false,
      transparent: false,
      options: [],
    };
    return {
      ...base,
      payload: {
        compiled: value,
        identity: { shape: BigInt(value.length), chains: [1n] },
        addresses: [address],
        routes: [{ name: 'r', source: { path: rds, ...fetchTime }, statPrefix: 'x' }],
      },
    };
  });
  return { kind: 'ok', version, resources: made };
}) as FileLoader;

function make(t: { teardown(f: () => void): void }) {
  const dir = mkdtempSync(join(tmpdir(), 'attache-plane-'));
  const calls: string[] = [];
  const say = (text: string): void => void calls.push(text);
  let next = 1;
  const plane = new ConfigPlane<C>({
    native: {
      bind: (spec) => ({ socket: next++, port: spec.port }),
      unbind: () => undefined,
      addListener: (id) => say(`listen ${id}`),
      removeListener: (id) => say(`remove listener ${id}`),
      setGlobalConnectionLimit: (limit) => say(`at most ${limit} connections`),
    },
    publisher: {
      putCluster: (name, _stat, c, e) => say(`cluster ${name} ${c} with ${e}`),
      putEndpoints: (name, e) => say(`endpoints ${name} ${e}`),
      dropCluster: (name) => say(`drop cluster ${name}`),
      putRoute: (key, r) => say(`route ${key.split('\0').at(-1)} ${r}`),
      dropRoute: (key) => say(`drop route ${key.split('\0').at(-1)}`),
      putListener: (name, l) => {
        say(`listener ${name} ${l}`);
        return name.charCodeAt(0);
      },
      dropListener: (name) => say(`drop listener ${name}`),
      releaseListener: () => undefined,
      putExtension: (key) => say(`extension ${key.split('\0').at(-2)}`),
      dropExtension: () => say('drop extension'),
      putScopes: (_key, scopes) => say(`scopes ${scopes}`),
      dropScopes: () => say('drop scopes'),
      putTls: (name, context) => say(`tls ${name} ${context}`),
      dropTls: (name) => say(`drop tls ${name}`),
      flush: () => undefined,
      nameOf: () => undefined,
    },
    resolvers: new Resolvers(),
    load,
    servers: noServers,
    loadResources: noStreams(new LogRoot({ level: 'off', format: '%v' }).get('config', 'test')).load,
    compileEndpoints: () => '(none)',
    compileTls: () => '(none)',
    compileScopes: () => '(none)',
    drainTimeMs: () => 1,
    logs: new LogRoot({ level: 'off', format: '%v' }),
  });
  t.teardown(() => plane.close());
  const put = (file: string, content: unknown): void => {
    writeFileSync(join(dir, 'tmp'), JSON.stringify(content));
    renameSync(join(dir, 'tmp'), join(dir, file));
  };
  const until = async (condition: () => boolean): Promise<void> => {
    for (let i = 0; i < 3000 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 1));
    if (!condition()) throw new Error(`it never came; so far: ${calls.join('; ')}`);
  };
  const source = (file: string) => ({ path: join(dir, file), ...fetchTime });
  return { plane, put, until, source, calls, take: () => calls.splice(0) };
}

t.test(
  'from files alone: clusters with their endpoints first, then listeners with their routes',
  async (t) => {
    const { plane, put, until, source, take, calls } = make(t);
    put('cds.json', { version: '1', resources: { c: 'C1', d: 'D1' } });
    put('eds.json', { version: '1', resources: { c: '10.0.0.1', d: '10.0.0.2' } });
    put('lds.json', { version: '1', resources: { l: '80' } });
    put('rds.json', { version: '1', resources: { r: 'R1' } });
    const bootstrap = {
      bytes: new Uint8Array(),
      settings: { ...settings, cds: source('cds.json'), lds: source('lds.json') },
      clusters: [],
      listeners: [],
    };
    await plane.start(bootstrap);
    t.same(take(), [
      'cluster c C1 with 10.0.0.1',
      'cluster d D1 with 10.0.0.2',
      'route r R1',
      'listener l 80',
      'listen 108',
    ]);
    t.match(
      [plane.cds, plane.lds],
      [{ update_success: 1, version_text: '1', config_reload: 1 }, { update_success: 1 }],
    );

    const stats = Object.fromEntries([...configStats(plane)].map(({ name, value }) => [name, value]));
    t.match(stats, {
      'cluster_manager.active_clusters': 2,
      'cluster_manager.cluster_added': 2,
      'cluster_manager.cds.version_text': '1',
      'cluster_manager.cds.version': 13237225503670494420n,
      'cluster_manager.cds.config_reload': 1,
      'listener_manager.lds.update_success': 1,
      'listener_manager.total_listeners_active': 1,
      'http.x.rds.r.update_success': 1,
      'http.x.rds.r.config_reload': 1,
    });
    const clusters = new ClusterStats(() => plane);
    clusters.begin();
    const from = groups.Cluster.length;
    const values = new Float64Array(from + clusters.slots.length);
    clusters.read('c', values, from);
    const at = (name: string): number => clusters.slots.findIndex(([slot]) => slot === name);
    for (const name of ['membership_total', 'membership_change', 'update_success']) {
      t.equal(values[from + at(name)], 1, name);
    }
    t.equal(clusters.text('c', at('version')), '13237225503670494420');
    t.equal(clusters.text('c', at('version_text')), '1');

    put('cds.json', { version: '2', resources: { c: 'C1', d: 'D2', e: 'E1' } });
    await until(() => calls.length >= 1);
    t.same(take(), ['cluster d D2 with 10.0.0.2'], 'only what changed, with the endpoints that are known');
    t.ok(plane.clusters.get('e')?.warming, 'a cluster without endpoints yet');
    put('eds.json', { version: '2', resources: { c: '10.0.0.1', d: '10.0.0.9', e: '10.0.0.5' } });
    await until(() => calls.length >= 2);
    t.same(take().sort(), ['cluster e E1 with 10.0.0.5', 'endpoints d 10.0.0.9']);

    put('cds.json', { version: '3', resources: { c: 'C1', e: 'E1' } });
    await until(() => calls.length >= 1);
    t.same(take(), ['drop cluster d']);

    put('cds.json', { version: '4', bad: 'c' });
    await until(() => plane.cds?.update_rejected === 1);
    t.same(take(), []);
    t.match(plane.clusters.get('c'), { active: { version: '1' }, error: { version: '4' } });
    t.match(plane.cds, { update_attempt: 4, update_success: 3, version_text: '3' });

    put('lds.json', { version: '2', resources: { l: '80:new', m: '81' } });
    await until(() => calls.length >= 3);
    t.same(take(), ['listener l 80:new', 'listener m 81', 'listen 109']);
    put('lds.json', { version: '3', resources: {} });
    await until(() => calls.filter((c) => c.startsWith('drop')).length === 2);
    for (const id of [108, 109]) plane.listenerManager.drained(id);
    t.same(
      take().filter((c) => !c.startsWith('remove')),
      ['drop listener l', 'drop listener m', 'drop route r'],
    );
  },
);

t.test('static resources; a static one that is refused ends the start', async (t) => {
  const { plane, take } = make(t);
  const cluster = (name: string): Resource<ClusterPayload<C>> => ({
    name,
    hash: '1',
    bytes: new Uint8Array(),
    payload: {
      compiled: 'S',
      discovery: { kind: 'static' },
      endpoints: { compiled: 'E', hosts: NO_HOSTS },
      statName: name,
      waitForWarm: true,
    },
  });
  const address = {
    family: 'ipv4' as const,
    host: '::',
    port: 1,
    mode: 0,
    backlog: 1,
    ipv4Compat: false,
    reusePort: false,
    freebind: false,
    transparent: false,
    options: [],
  };
  const listener: Resource<ListenerPayload<C>> = {
    name: 'l',
    hash: '1',
    bytes: new Uint8Array(),
    payload: {
      compiled: 'L',
      addresses: [address],
      routes: [],
      statName: 'l',
      identity: { shape: 1n, chains: [1n] },
    },
  };
  await plane.start({ bytes: new Uint8Array(), settings, clusters: [cluster('c')], listeners: [listener] });
  t.same(take(), ['cluster c S with E', 'listener l L', 'listen 108']);
  t.same(plane.apply('dynamic', TYPE.cluster, { added: [cluster('c')], removed: [] }, 'x').unchanged, 1);

  const second = make(t);
  const clash = {
    ...listener,
    name: 'm',
    payload: { ...listener.payload, compiled: 'M', addresses: [{ ...address, backlog: 2 }] },
  };
  await t.rejects(
    second.plane.start({
      bytes: new Uint8Array(),
      settings,
      clusters: [],
      listeners: [{ ...listener, payload: { ...listener.payload, compiled: 'L' } }, clash],
    }),
    { message: /error adding 'm': the socket options of the bound address/ },
  );
});

t.test('files that are not there fail and are taken when they come', async (t) => {
  const { plane, put, until, source, take } = make(t);
  await plane.start({
    bytes: new Uint8Array(),
    settings: { ...settings, lds: source('lds.json') },
    clusters: [],
    listeners: [],
  });
  t.match(plane.lds, { update_attempt: 1, update_failure: 1, update_success: 0 });
  put('rds.json', { version: '1', resources: { r: 'R' } });
  put('lds.json', { version: '1', resources: { l: '80' } });
  await until(() => plane.listeners.get('l')?.active !== undefined);
  t.same(take(), ['route r R', 'listener l 80', 'listen 108']);
});
