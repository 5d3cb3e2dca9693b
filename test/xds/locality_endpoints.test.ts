/** Endpoints of localities from collections of their own (LEDS): what goes wrong. */
import t, { type Test } from 'tap';
import { eventually } from '../e2e/support.ts';
import type { Plain } from '../xds-server/client.ts';
import { ADS, host, measuring, to, World } from './on_demand_world.ts';
import { type Call, TYPE } from './raw_server.ts';

const EDS = `${TYPE}.config.endpoint.v3.ClusterLoadAssignment`;
const LEDS = `${TYPE}.config.endpoint.v3.LbEndpoint`;
const nameOf = (collection: string, one = '*'): string =>
  `xdstp://tests/envoy.config.endpoint.v3.LbEndpoint/${collection}/${one}`;
const at = (address: string, port: number): Plain => ({
  endpoint: { address: { socket_address: { address, port_value: port } } },
});
const locality = (leds_config: Plain, leds_collection_name = nameOf('a')): Plain => ({
  locality: { zone: 'z' },
  leds_cluster_locality_config: { leds_config, leds_collection_name },
});

async function setUp(t: Test) {
  const origin = await measuring(t);
  const world = await World.start(t, {
    own: true,
    origin,
    manager: { route_config: { name: 'table', virtual_hosts: [host('all', '*', [to('/', 'many')])] } },
    clusters: [{ name: 'many', type: 'EDS', connect_timeout: '5s', eds_cluster_config: { eds_config: ADS } }],
  });
  const call = await world.asked(EDS, 'many');
  const assign = (...endpoints: Plain[]): void =>
    call.send(EDS, '1', [{ cluster_name: 'many', endpoints }], { names: ['many'] });
  const give = (on: Call, name: string, message: Plain): void =>
    on.send(LEDS, '1', [message], { names: [nameOf('a', name)] });
  const refusal = (type: string): Promise<string> =>
    eventually('a refusal', () => {
      const found = call.requests.find(
        ({ type_url, error_detail: e }) => type_url === type && e !== undefined,
      );
      return found && String((found.error_detail as Plain).message);
    });
  return { world, origin, call, assign, give, refusal };
}

t.test('a bad endpoint is refused, and changes nothing', async (t) => {
  const { world, origin, call, assign, give, refusal } = await setUp(t);
  assign(locality(ADS));
  await world.asked(LEDS, nameOf('a'));
  give(call, '1', at('127.0.0.1', origin));
  await world.serves();
  t.equal(await world.ask('any'), '200 0');
  give(call, '2', at('not-an-address', 80));
  t.match(await refusal(LEDS), /many: .*not-an-address/);
  t.equal(await world.ask('any'), '200 0');
  t.equal(await world.stat('cluster.many.leds.update_rejected'), 1);
  // The stream breaks: what is there serves on, and the next one goes on from it.
  world.forget();
  call.end();
  const next = await world.asked(LEDS, nameOf('a'));
  t.not(next, call);
  t.equal(await world.ask('any'), '200 0');
  next.send(LEDS, '2', [], { removed: [nameOf('a', '1')] });
  await eventually('no host', async () => (await world.ask('any')) === '503 no healthy upstream');
  give(next, '3', at('127.0.0.1', origin));
  await eventually('another host', async () => (await world.ask('any')) === '200 0');
});

t.test('a first one that is bad keeps nobody waiting', async (t) => {
  const { world, call, assign, give, refusal } = await setUp(t);
  assign(locality(ADS));
  await world.asked(LEDS, nameOf('a'));
  give(call, '1', at('not-an-address', 80));
  await refusal(LEDS);
  await world.serves();
  t.equal(await world.ask('any'), '503 no healthy upstream');
});

t.test('nor does a collection that never comes', async (t) => {
  const { world, origin, assign } = await setUp(t);
  const plain = { locality: { zone: 'plain' }, lb_endpoints: [at('127.0.0.1', origin)] };
  assign(locality({ ...ADS, initial_fetch_timeout: '0.05s' }), plain);
  await world.serves();
  t.equal(await world.ask('any'), '200 0');
  t.equal(await world.stat('cluster.many.leds.init_fetch_timeout'), 1);
});

t.test('a collection that is told to be empty', async (t) => {
  const { world, call, assign } = await setUp(t);
  assign(locality(ADS));
  await world.asked(LEDS, nameOf('a'));
  call.send(LEDS, '1', [], { removed: [nameOf('a')] });
  await world.serves();
  t.equal(await world.ask('any'), '503 no healthy upstream');
});

t.test('what cannot be asked for is refused', async (t) => {
  const bad: readonly (readonly [Plain, RegExp])[] = [
    [
      locality(ADS, 'xdstp://tests/envoy.config.endpoint.v3.LbEndpoint/a/b'),
      /leds_collection_name: it names/,
    ],
    [locality(ADS, nameOf('a').replace('LbEndpoint', 'Endpoint')), /leds_collection_name: it names/],
    [locality(ADS, 'a'), /leds_collection_name: it names/],
    [locality({ path_config_source: { path: '/dev/null' } }), /leds_config: .*DELTA_GRPC/],
  ];
  for (const [made, wanted] of bad) {
    const { assign, refusal } = await setUp(t);
    assign(made);
    t.match(await refusal(EDS), wanted);
  }
});
