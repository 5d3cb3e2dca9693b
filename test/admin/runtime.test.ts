import t from 'tap';
import { handle } from '../../src/admin/endpoints/runtime.ts';
import { Query } from '../../src/admin/query.ts';
import { bootstrapSettings } from '../../src/config/extract.ts';
import { message } from '../tables/compile_fixtures.ts';
import { fakeContext } from './fake_context.ts';

/** What the real Envoy 1.40 shows of the same layers. */
t.test('/runtime shows every layer of the bootstrap', async (t) => {
  const limit = 'envoy.resource_limits.listener.l.connection_limit';
  const layers = [
    { name: 'a', static_layer: { overload: { global_downstream_max_connections: 5 }, [limit]: '7' } },
    { name: 'b', static_layer: { overload: { global_downstream_max_connections: 6 } } },
  ];
  const bootstrap = message('envoy.config.bootstrap.v3.Bootstrap', { layered_runtime: { layers } });
  const { runtime } = bootstrapSettings(bootstrap, { serviceCluster: '', serviceNode: '', serviceZone: '' });
  const { body } = handle(fakeContext({ runtime }), new Query(''));
  t.strictSame(JSON.parse(String(body)), {
    entries: {
      [limit]: { layer_values: ['7', ''], final_value: '7' },
      'overload.global_downstream_max_connections': { layer_values: ['5', '6'], final_value: '6' },
    },
    layers: ['a', 'b'],
  });
  t.strictSame(JSON.parse(String(handle(fakeContext(), new Query('')).body)), { entries: {}, layers: [] });
});
