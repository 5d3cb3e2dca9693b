/** The whole configuration from a control plane, in each way that there is to get it. */
import t, { type Test } from 'tap';
import { SnapshotCache, XdsServer } from '../../src/xds-server/index.ts';
import { eventually, freePort } from '../e2e/support.ts';
import { answers, ask, bootstrap, MODES, type Mode, origin, proxy, world } from './world.ts';

async function setUp(test: Test, mode: Mode) {
  const cache = new SnapshotCache({ check: true });
  const nacks: string[] = [];
  const server = new XdsServer(cache, {
    identifier: 'tests',
    callbacks: { onNack: (_stream, { error }) => nacks.push(error.message) },
  });
  const address = '127.0.0.1:0';
  const listening = await server.listen(mode === 'rest' ? { rest: address } : { grpc: address });
  const [one, two] = [await origin('one'), await origin('two')];
  const port = await freePort();
  cache.set('envoy', world(mode, port, one.port), '1');
  const xds = (listening.grpc ?? listening.rest)?.port ?? 0;
  const attache = await proxy(test, (admin) => bootstrap(mode, xds, admin));
  test.teardown(async () => {
    await server.close();
    one.close();
    two.close();
  });
  return { cache, server, attache, port, one, two, nacks };
}

for (const mode of MODES) {
  t.test(mode, async (t) => {
    const { cache, server, attache, port, one, two, nacks } = await setUp(t, mode);
    await answers(port, '200 1 one');
    await attache.live();
    cache.set('envoy', world(mode, port, two.port), '2');
    await answers(port, '200 1 two');
    cache.set('envoy', world(mode, port, two.port, 'a', '3'), '3');
    await answers(port, '200 3 two');
    cache.set('envoy', world(mode, port, one.port, 'b', '4'), '4');
    await answers(port, '200 4 one');
    const other = await freePort();
    cache.set('envoy', world(mode, other, one.port, 'b', '5'), '5');
    await answers(other, '200 5 one');
    await eventually('the old port to be closed', async () => (await ask(port)) === 'nothing');
    if (mode !== 'rest') await server.settled();
    t.same(nacks, []);
    t.equal(await attache.stat('cluster_manager.cds.update_rejected'), 0);
    t.equal(await attache.stat('listener_manager.lds.update_rejected'), 0);
    t.equal(await attache.stat('cluster_manager.warming_clusters'), 0);
    if (mode === 'rest') return;
    const [client] = server.clients();
    t.match(client?.node, { id: 'envoy', user_agent_name: 'envoy' });
    if (mode.startsWith('ads')) {
      t.match(await attache.get('/stats?filter=control_plane.identifier&type=TextReadouts'), /tests/);
      t.equal(await attache.stat('control_plane.connected_state'), 1);
    }
  });
}
