// Endpoints of localities from collections of their own (LEDS), in the real Envoy and in this proxy: when a cluster is
// warm, what hosts it has after each update, what is subscribed to. Skipped where Envoy's binary is absent.
// observes: envoy.config.endpoint.v3.LocalityLbEndpoints: leds_cluster_locality_config
// observes: envoy.config.endpoint.v3.LedsClusterLocalityConfig: leds_config leds_collection_name
import t from 'tap';
import { eventually } from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import type { Plain } from '../xds-server/client.ts';
import { sourceOf } from '../xds-server/envoy.ts';
import { ADS, host, measuring, to, World } from '../xds/on_demand_world.ts';
import { type Call, TYPE } from '../xds/raw_server.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}

const EDS = `${TYPE}.config.endpoint.v3.ClusterLoadAssignment`;
const LEDS = `${TYPE}.config.endpoint.v3.LbEndpoint`;
const nameOf = (collection: string, one = '*'): string =>
  `xdstp://tests/envoy.config.endpoint.v3.LbEndpoint/${collection}/${one}`;
const endpoint = (address: string, more: Plain = {}): Plain => ({
  endpoint: { address: { socket_address: { address, port_value: 80 } } },
  ...more,
});

type Status = {
  name: string;
  host_statuses?: {
    address: { socket_address: { address: string } };
    weight?: number;
    priority?: number;
    locality?: { zone?: string };
    health_status?: Plain;
  }[];
};

for (const mode of ['ads-delta', 'delta'] as const) {
  t.test(mode, async (t) => {
    const run = async (own: boolean): Promise<string[]> => {
      const world = await World.start(t, {
        own,
        origin: await measuring(t),
        manager: { route_config: { name: 'table', virtual_hosts: [host('all', '*', [to('/', 'many')])] } },
        clusters: [
          { name: 'many', type: 'EDS', connect_timeout: '5s', eds_cluster_config: { eds_config: ADS } },
        ],
      });
      const said: string[] = [];
      const eds = await world.asked(EDS, 'many');
      const leds = (zone: string, collection: string, more: Plain = {}): Plain => ({
        locality: { zone },
        leds_cluster_locality_config: {
          leds_config: sourceOf(mode),
          leds_collection_name: nameOf(collection),
        },
        ...more,
      });
      const assign = (version: string, ...endpoints: Plain[]): void =>
        eds.send(EDS, version, [{ cluster_name: 'many', endpoints }], { names: ['many'] });
      const hosts = async (): Promise<string> => {
        const all = JSON.parse(await world.proxy.get('/clusters?format=json')) as {
          cluster_statuses: Status[];
        };
        const found = all.cluster_statuses.find(({ name }) => name === 'many');
        return (found?.host_statuses ?? [])
          .map(({ address, weight, priority, locality, health_status: health }) =>
            [
              address.socket_address.address,
              weight,
              priority ?? 0,
              locality?.zone,
              JSON.stringify(health ?? {}),
            ].join(' '),
          )
          .sort()
          .join('; ');
      };
      const until = async (wanted: string): Promise<void> => {
        let last = '';
        await eventually(`hosts ${wanted}`, async () => {
          last = await hosts();
          return (
            wanted ===
            last
              .split('; ')
              .map((each) => each.split(' ')[0])
              .join(' ')
          );
        }).catch((error: Error) => {
          throw new Error(`${error.message}; they are ${last}`);
        });
        said.push(last);
      };
      const plain = { locality: { zone: 'plain' }, lb_endpoints: [endpoint('10.0.0.1')] };
      assign('1', leds('a', 'a', { priority: 1 }), plain, leds('b', 'b'));
      // A stream of its own may have one collection or all.
      const calls = new Map<string, Call>();
      for (const name of ['a', 'b']) calls.set(name, await world.asked(LEDS, nameOf(name)));
      const give = (
        collection: string,
        list: Readonly<Record<string, Plain>>,
        removed: readonly string[] = [],
      ): void =>
        calls.get(collection)?.send(LEDS, '1', Object.values(list), {
          names: Object.keys(list).map((one) => nameOf(collection, one)),
          removed: removed.map((one) => nameOf(collection, one)),
        });
      give('a', { 1: endpoint('10.1.0.1') });
      await eventually('it to be taken', () =>
        calls
          .get('a')
          ?.requests.some(
            ({ type_url: type, response_nonce: nonce }) => type === LEDS && nonce !== undefined,
          ),
      );
      said.push(`warm with half of them: ${(await hosts()) !== ''}`);
      give('b', { 1: endpoint('10.2.0.1', { load_balancing_weight: 3 }) });
      await until('10.0.0.1 10.1.0.1 10.2.0.1');
      await world.serves();
      // More, another weight, a state; then fewer.
      give('a', {
        2: endpoint('10.1.0.2', { health_status: 'DRAINING' }),
        1: endpoint('10.1.0.3', { load_balancing_weight: 7 }),
      });
      await until('10.0.0.1 10.1.0.2 10.1.0.3 10.2.0.1');
      give('a', {}, ['1']);
      give('b', { 2: endpoint('10.2.0.2') }, ['1']);
      await until('10.0.0.1 10.1.0.2 10.2.0.2');
      give('a', {}, ['2']);
      await until('10.0.0.1 10.2.0.2');
      // An assignment with another collection holds when that has come.
      world.forget();
      assign('2', leds('b', 'b'), leds('c', 'c', { priority: 2 }));
      calls.set('c', await world.asked(LEDS, nameOf('c')));
      said.push(await hosts());
      give('c', { 1: endpoint('10.3.0.1') });
      await until('10.2.0.2 10.3.0.1');
      assign('3', leds('c', 'c'), plain);
      await until('10.0.0.1 10.3.0.1');
      give('c', { 2: endpoint('10.3.0.2') });
      await until('10.0.0.1 10.3.0.1 10.3.0.2');
      assign('4', plain);
      await until('10.0.0.1');
      said.push(`asked: ${world.said.join()}`);
      for (const name of ['update_rejected', 'init_fetch_timeout'])
        said.push(`${name}: ${await world.stat(`cluster.many.leds.${name}`)}`);
      return said;
    };
    t.same(await run(true), await run(false));
  });
}
