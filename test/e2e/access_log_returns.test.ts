// A gRPC access log whose cluster is removed with the listener and comes back, while a connection of the listener of
// before goes on: the log of that is still there, and the cluster is another one.
import t from 'tap';
import { SnapshotCache, XdsServer } from '../../src/xds-server/index.ts';
import { Attache } from '../xds/world.ts';
import { bootstrap } from '../xds-server/envoy.ts';
import type { Plain } from '../xds-server/client.ts';
import { AccessLogService, grpcLog, HTTP2 } from './access_log_service.ts';
import {
  answer,
  ask,
  Client,
  cluster,
  eventually,
  type Fields,
  freePort,
  get,
  listener,
  Origin,
  routes,
  toCluster,
} from './support.ts';

t.setTimeout(120_000);

t.test('the cluster of a log comes back under a listener that drains', async (t) => {
  const origin = await new Origin(() => answer()).listen();
  const service = await new AccessLogService().listen();
  const cache = new SnapshotCache({ check: true });
  const server = new XdsServer(cache);
  const { grpc } = await server.listen({ grpc: '127.0.0.1:0' });
  const port = await freePort();
  let version = 0;
  const set = (clusters: Fields[], listeners: Fields[]): void => {
    cache.set('envoy', { clusters, listeners } as never, String(++version));
  };
  const access_log = [grpcLog('Http')];
  const all = (): void =>
    set(
      [cluster('origin', [origin.port]), cluster('server', [service.port], HTTP2)],
      [listener('logged', port, { access_log, route_config: routes([toCluster('origin')]) })],
    );
  all();
  const attache = await Attache.start(
    (admin) => bootstrap('ads-sotw', grpc?.port ?? 0, admin) as Plain,
    ['--concurrency', '1', '--drain-time-s', '600', '--drain-strategy', 'immediate'],
  );
  t.teardown(async () => {
    await attache.stop();
    await server.close();
    service.close();
    await origin.close();
  });
  await attache.running.listening(port);
  const client = new Client(port);
  t.teardown(() => client.close());
  t.equal((await client.send(get('/before')).response()).status, 200);
  await eventually('the entry', () => service.entries.length === 1);

  set([], []);
  await attache.until('listener_manager.total_listeners_active', 0);
  // Only the management server's own is left.
  await attache.until('cluster_manager.active_clusters', 1);
  // Streams of a cluster that is removed go on: this one ends otherwise.
  service.streams[0]?.fail(14);
  t.notOk(client.ended, 'the connection of before goes on');

  all();
  await attache.running.listening(port);
  // What is on its way when a stream ends is lost.
  await eventually('an entry of the new listener', async () => {
    await ask(port, get('/after'));
    return service.entries.length > 1;
  });
  t.equal((service.entries[1]?.request as Fields).path, '/after');
});
