// Versions that were replaced: who uses one goes on with it, and what it took is given back when the last
// one has gone. The proxy runs in this process, whose records can be counted.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import t from 'tap';
import type { Attache } from '../../src/index.ts';
import type { NativeAddon } from '../../src/engine/native.ts';
import { platformName } from '../../src/engine/engine.ts';
import {
  answer,
  Client,
  eventually,
  type Fields,
  folder,
  freePort,
  get,
  listener,
  Origin,
  root,
  routes,
  toCluster,
} from './support.ts';

const require = createRequire(import.meta.url);
const addon = require(join(root, 'prebuilds', platformName(), 'attache.node')) as NativeAddon;
const { start } = (await import(join(root, 'dist/index.js'))) as {
  start(config: object, options: object): Attache;
};

const dir = folder();
const waiting: (() => void)[] = [];
const origin = new Origin((request, socket) => {
  if (!request.path.startsWith('/wait')) return answer('ok');
  waiting.push(() => socket.write(answer('late')));
  return undefined;
});
await origin.listen();
const port = await freePort();

const TYPES = 'type.googleapis.com/envoy.config';
const source = (kind: string): Fields => ({
  resource_api_version: 'V3',
  path_config_source: { path: join(dir.path, `${kind}.json`) },
});
let version = 0;
const RESOURCES: { readonly [kind: string]: (n: number) => Fields } = {
  lds: (n) => ({
    '@type': `${TYPES}.listener.v3.Listener`,
    ...listener('http', port, { rds: { route_config_name: 'local', config_source: source('rds') } }),
    per_connection_buffer_limit_bytes: 1_000_000 + n,
  }),
  cds: (n) => ({
    '@type': `${TYPES}.cluster.v3.Cluster`,
    name: 'origin',
    type: 'EDS',
    eds_cluster_config: { eds_config: source('eds') },
    connect_timeout: `5.${String(n).padStart(3, '0')}s`,
  }),
  rds: (n) => ({
    '@type': `${TYPES}.route.v3.RouteConfiguration`,
    ...routes([toCluster('origin')], {
      response_headers_to_add: [{ header: { key: 'x-version', value: String(n) } }],
    }),
  }),
  eds: (n) => ({
    '@type': `${TYPES}.endpoint.v3.ClusterLoadAssignment`,
    cluster_name: 'origin',
    endpoints: [
      {
        lb_endpoints: [
          {
            endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: origin.port } } },
            load_balancing_weight: 1 + n,
          },
        ],
      },
    ],
  }),
};
const kinds = Object.keys(RESOURCES);
function write(kind: string): void {
  const make = RESOURCES[kind];
  if (make === undefined) throw new Error(kind);
  const n = ++version;
  dir.write(`${kind}.json`, { version_info: String(n), resources: [make(n)] });
}
for (const kind of kinds) write(kind);

const proxy = start(
  {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: 0 } } },
    node: { id: 'test', cluster: 'test' },
    dynamic_resources: { lds_config: source('lds'), cds_config: source('cds') },
  },
  { concurrency: 1, logLevel: 'off' },
);
await proxy.ready;
await eventually('the listener', () => proxy.listeners.http !== undefined);
t.teardown(async () => {
  await proxy.close();
  await origin.close();
  dir.remove();
});

const COUNTERS: { readonly [kind: string]: string } = {
  lds: 'listener_manager.lds.update_success',
  cds: 'cluster_manager.cds.update_success',
  rds: 'http.http.rds.local.update_success',
  eds: 'cluster.origin.update_success',
};
async function updates(kind: string): Promise<number> {
  const response = await fetch(`http://${proxy.adminAddress}/stats?filter=^${COUNTERS[kind]}$`);
  return Number(/: (\d+)/.exec(await response.text())?.[1] ?? 0);
}
async function replace(kind: string): Promise<void> {
  const before = await updates(kind);
  write(kind);
  await eventually(`a new version of ${kind}`, async () => (await updates(kind)) > before);
}
const retiring = (): number => addon.recordStats().retiring;
const settled = (kind: string): Promise<boolean> =>
  eventually(`the old version of ${kind} to go`, () => retiring() === 0);

for (const kind of kinds) {
  t.test(`${kind}: what nobody uses goes at once`, async (t) => {
    const records = addon.recordStats().records;
    for (let i = 0; i < 5; i++) await replace(kind);
    await settled(kind);
    t.equal(addon.recordStats().records, records);
  });

  t.test(`${kind}: what a connection and a request use goes when they do`, async (t) => {
    const idle = new Client(port).send(get('/'));
    await idle.response();
    const busy = new Client(port).send(get('/wait'));
    await eventually('the request', () => waiting.length === 1);
    const records = addon.recordStats().records;
    await replace(kind);
    const fresh = new Client(port).send(get('/'));
    t.equal((await fresh.response()).status, 200);
    if (kind === 'lds' || kind === 'rds') t.ok(retiring() > 0, 'the version is kept');
    waiting.pop()?.();
    t.equal((await busy.response()).body.toString(), 'late');
    for (const client of [busy, idle, fresh]) client.close();
    await settled(kind);
    t.equal(addon.recordStats().records, records);
  });
}
