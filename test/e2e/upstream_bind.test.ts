// Connections to hosts come from where the cluster says, or the bootstrap for all.
// observes: envoy.config.bootstrap.v3.Bootstrap: cluster_manager
// observes: envoy.config.bootstrap.v3.ClusterManager: upstream_bind_config
import t from 'tap';
import {
  ask,
  cluster,
  type Fields,
  folder,
  freePort,
  get,
  listener,
  routes,
  start,
  toCluster,
} from './support.ts';
import { BINDS, bindConfig, COMMON, remoteOrigin } from './upstream_bind_support.ts';

const dir = folder();
const origin = await remoteOrigin().listen();
t.teardown(async () => {
  await origin.close();
  dir.remove();
});

t.test('the bootstrap for all, the cluster for itself', async (t) => {
  const ports: Record<string, number> = {};
  for (const name of Object.keys(BINDS)) ports[name] = await freePort();
  const admin = await freePort();
  const running = await start(bindConfig(origin.port, admin, ports), [...Object.values(ports), admin]);
  t.teardown(() => running.stop());
  const from = async (name: string): Promise<string> => {
    const { status, body } = await ask(ports[name] ?? 0, get('/'));
    return status === 200 ? body.toString() : String(status);
  };
  t.equal(await from('common'), '127.0.0.5');
  t.equal(await from('own'), '127.0.0.9');
  t.equal(await from('extra'), '127.0.0.10');
  t.equal(await from('nobody'), '503');
  t.equal(await from('empty'), '127.0.0.1');
});

t.test('of the bootstrap, also for clusters that are discovered', async (t) => {
  const port = await freePort();
  const cds = dir.write('cds.json', {
    resources: [
      { '@type': 'type.googleapis.com/envoy.config.cluster.v3.Cluster', ...cluster('found', [origin.port]) },
    ],
  });
  const running = await start(
    {
      node: { id: 'a', cluster: 'b' },
      cluster_manager: { upstream_bind_config: COMMON },
      dynamic_resources: { cds_config: { path_config_source: { path: cds } } },
      static_resources: { listeners: [listener('l', port, { route_config: routes([toCluster('found')]) })] },
    },
    [port],
  );
  t.teardown(() => running.stop());
  t.equal((await ask(port, get('/'))).body.toString(), '127.0.0.5');
});

t.test('what cannot be', async (t) => {
  const bind = (upstream_bind_config: Fields): Fields => ({
    static_resources: { clusters: [{ name: 'c', upstream_bind_config }] },
  });
  const at = (address: string) => ({ address, port_value: 0 });
  const wrong: [Fields, RegExp][] = [
    [{ source_address: at('a.name') }, /upstream_bind_config.source_address.address: .*is not an IP address/],
    [
      { source_address: at('127.0.0.1'), extra_source_addresses: [{ address: at('127.0.0.2') }] },
      /upstream_bind_config.extra_source_addresses: both addresses are of the same family/,
    ],
    [{ extra_source_addresses: [{ address: at('::1') }] }, /source_address is not set/],
    [
      { source_address: at('::1'), additional_source_addresses: [at('127.0.0.1'), at('127.0.0.2')] },
      /there are 2 addresses/,
    ],
  ];
  for (const [config, message] of wrong) {
    await t.rejects(start(bind(config), [await freePort()]), { message });
  }
});
