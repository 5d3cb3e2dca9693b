/** Messages made of others by the numbers of their fields, against the same done with decoded messages. */
import t from 'tap';
import { withEndpoints, withHosts } from '../../src/config/wire_merge.ts';
import { decode, encode, type Plain } from '../xds-server/client.ts';

const ASSIGNMENT = 'envoy.config.endpoint.v3.ClusterLoadAssignment';
const LB_ENDPOINT = 'envoy.config.endpoint.v3.LbEndpoint';
const ROUTES = 'envoy.config.route.v3.RouteConfiguration';

let seed = 7;
const roll = (n: number): number => {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return seed % n;
};
const endpoint = (): Plain => ({
  endpoint: {
    address: { socket_address: { address: `10.0.${roll(256)}.${roll(256)}`, port_value: 1 + roll(65_535) } },
    hostname: 'h'.repeat(roll(300)),
  },
  ...(roll(2) === 0 ? { load_balancing_weight: 1 + roll(128) } : {}),
});
const list = <T>(most: number, make: () => T): T[] => Array.from({ length: roll(most + 1) }, make);

t.test('endpoints of localities', (t) => {
  for (let i = 0; i < 300; i++) {
    const endpoints = list(4, (): Plain => {
      const own = list(3, endpoint);
      return {
        locality: { zone: `z${roll(10)}` },
        ...(own.length === 0 ? {} : { lb_endpoints: own }),
        ...(roll(2) === 0 ? { priority: 1 + roll(3) } : {}),
      };
    });
    const assignment: Plain = { cluster_name: 'a', endpoints, policy: { overprovisioning_factor: 150 } };
    const given = new Map<number, Plain[]>();
    for (const place of endpoints.keys()) if (roll(2) === 0) given.set(place, list(3, endpoint));
    const wanted = {
      ...assignment,
      endpoints: endpoints.map((locality, place) => {
        const others = given.get(place);
        if (others === undefined) return locality;
        const { lb_endpoints: _, ...rest } = locality;
        return others.length === 0 ? rest : { ...rest, lb_endpoints: others };
      }),
    };
    const bytes = new Map(
      [...given].map(([place, all]) => [place, all.map((each) => encode(LB_ENDPOINT, each))]),
    );
    const made = withEndpoints(encode(ASSIGNMENT, assignment), bytes);
    t.strictSame(decode(ASSIGNMENT, made), decode(ASSIGNMENT, encode(ASSIGNMENT, wanted)));
  }
  t.end();
});

t.test('virtual hosts of tables', (t) => {
  const host = (): Plain => ({ name: `h${roll(1000)}`, domains: ['d'.repeat(1 + roll(300))] });
  for (let i = 0; i < 100; i++) {
    const [own, more] = [list(3, host), list(3, host)];
    const table = { name: 'table', virtual_hosts: own, ignore_port_in_host_matching: true };
    const made = withHosts(
      encode(ROUTES, table),
      more.map((each) => encode('envoy.config.route.v3.VirtualHost', each)),
    );
    const wanted = encode(ROUTES, { ...table, virtual_hosts: [...own, ...more] });
    t.strictSame(decode(ROUTES, made), decode(ROUTES, wanted));
  }
  t.end();
});
