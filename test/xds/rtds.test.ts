/** Layers of the runtime from a control plane. */
// observes: envoy.config.bootstrap.v3.RuntimeLayer: rtds_layer
// observes: envoy.config.bootstrap.v3.RuntimeLayer.RtdsLayer: name rtds_config
// observes: envoy.service.runtime.v3.Runtime: name layer
import { connect } from 'node:net';
import t from 'tap';
import { SnapshotCache, XdsServer } from '../../src/xds-server/index.ts';
import { cluster, eventually, freePort, listener, routes, toCluster } from '../e2e/support.ts';
import { ask, bootstrap, type Mode, origin, proxy, sourceOf } from './world.ts';

const LIMIT = 'overload.global_downstream_max_connections';

for (const mode of ['ads-sotw', 'ads-delta', 'grpc', 'rest'] as const) {
  t.test(`${mode}: a limit comes, changes and goes; what nobody knows is refused`, async (t) => {
    const cache = new SnapshotCache();
    const nacks: string[] = [];
    const server = new XdsServer(cache, {
      callbacks: { onNack: (_stream, { error }) => nacks.push(error.message) },
    });
    const address = '127.0.0.1:0';
    const listening = await server.listen(mode === 'rest' ? { rest: address } : { grpc: address });
    const one = await origin('one');
    const port = await freePort();
    t.teardown(async () => {
      await server.close();
      one.close();
    });
    const set = (layer: object, version: string): void => {
      const world = {
        clusters: [cluster('origin', [one.port])],
        listeners: [listener('main', port, { route_config: routes([toCluster('origin')]) as never })],
        runtimes: [{ name: 'live', layer }],
      };
      cache.set('envoy', world as never, version);
    };
    set({ overload: { global_downstream_max_connections: 1 } }, '1');
    const runtime = {
      layers: [
        { name: 'base', static_layer: { [LIMIT]: 100 } },
        { name: 'rtds', rtds_layer: { name: 'live', rtds_config: sourceOf(mode as Mode) } },
      ],
    };
    const xds = (listening.grpc ?? listening.rest)?.port ?? 0;
    const attache = await proxy(t, (admin) => ({
      ...bootstrap(mode, xds, admin),
      layered_runtime: runtime,
    }));
    await attache.live();
    t.match(await attache.json('/runtime'), {
      layers: ['base', 'rtds'],
      entries: { [LIMIT]: { layer_values: ['100', '1'], final_value: '1' } },
    });
    const held = connect(port, '127.0.0.1');
    t.teardown(() => held.destroy());
    await eventually(
      'the connection',
      async () => (await attache.stat(`listener.127.0.0.1_${port}.downstream_cx_active`)) === 1,
    );
    t.equal(await ask(port), 'nothing', 'there is one already');
    set({ [LIMIT]: 2 }, '2');
    await eventually('the new limit', async () => (await ask(port)) === '200 - one');
    if (mode !== 'rest') {
      set({ [LIMIT]: 1, 'some.feature': true }, '3');
      await eventually('the refusal', () => nacks.length > 0);
      t.match(nacks[0], /live: layer\["some\.feature"\]: the runtime key some\.feature is not supported/);
      t.equal(await ask(port), '200 - one', 'the last good version holds');
      t.equal(await attache.stat('runtime.update_rejected'), 1);
    }
    set({}, '4');
    await eventually('the limit of the layer below', async () => {
      const shown = (await attache.json('/runtime')) as { entries: Record<string, { final_value: string }> };
      return shown.entries[LIMIT]?.final_value === '100';
    });
  });
}
