/** Clusters and their endpoints. */
import { readFileSync } from 'node:fs';
import { ask, Client, endpoint, eventually, type Fields, get, type Json } from '../e2e/support.ts';
import { bindCases } from './cluster_bind.ts';
import { deafHost, moreClusterCases } from './cluster_more.ts';
import {
  type Case,
  echoed,
  type Family,
  kEcho,
  of,
  says,
  type See,
  stat,
  statuses,
  type View,
} from './support.ts';

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const BREAKERS = 'envoy.config.cluster.v3.CircuitBreakers';
const ENDPOINT = 'envoy.config.endpoint.v3';
const CORE = 'envoy.config.core.v3';
const OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const AGGREGATE = 'envoy.extensions.clusters.aggregate.v3.ClusterConfig';
const DNS = 'envoy.extensions.clusters.dns.v3.DnsCluster';
const POLICIES = 'envoy.extensions.load_balancing_policies';
const any = (type: string, fields: Fields = {}): Fields => ({
  '@type': `type.googleapis.com/${type}`,
  ...fields,
});

const one = (fields: string[], on: Fields, off: Fields, see: See, seen: unknown, unseen: unknown): Case => ({
  fields,
  on: { cluster: on, host: says('%UPSTREAM_HOST%') },
  off: { cluster: off, host: says('%UPSTREAM_HOST%') },
  see,
  seen,
  unseen,
});
const options = (fields: Fields): Fields => ({
  typed_extension_protocol_options: {
    [OPTIONS]: any(OPTIONS, { explicit_http_config: { http_protocol_options: {} }, ...fields }),
  },
});

/** The hosts of `count` requests, as the proxy names them. */
async function hosts({ port }: View, count: number): Promise<string[]> {
  const list: string[] = [];
  for (let i = 0; i < count; i++) {
    const { headers } = await ask(port, get('/'));
    list.push(headers.find(([name]) => name === 'x-says')?.[1] ?? '');
  }
  return list;
}

/** Whether hosts take turns: two of them by chance over 40 requests is one in 2^39. */
const turns: See = async (view) => {
  const list = await hosts(view, 40);
  return list.every((each, i) => i === 0 || each !== list[i - 1]);
};

/** Which of how many connections the third request on one client connection came on, from that of the first. */
const reused: See = async ({ port }) => {
  const client = new Client(port);
  const seen: number[] = [];
  for (let i = 0; i < 3; i++) {
    const { body } = await client.send(get('/')).response();
    seen.push((JSON.parse(body.toString()) as { nth: number }).nth);
  }
  client.close();
  return seen.every((nth) => nth === 1);
};

const MAX_ONE = { max_requests_per_connection: 1 };
const NONE = { thresholds: [{ max_requests: 0 }] };

function connections(origin: number): Case[] {
  const breaker = (threshold: Fields): Fields => ({ circuit_breakers: { thresholds: [threshold] } });
  return [
    one(of(CLUSTER, 'max_requests_per_connection'), MAX_ONE, {}, reused, true, false),
    one(
      [
        ...of(CLUSTER, 'common_http_protocol_options'),
        `${CORE}.HttpProtocolOptions.max_requests_per_connection`,
      ],
      { common_http_protocol_options: MAX_ONE },
      {},
      reused,
      true,
      false,
    ),
    one(
      [
        ...of(CLUSTER, 'typed_extension_protocol_options'),
        ...of(OPTIONS, 'common_http_protocol_options explicit_http_config'),
        `${OPTIONS}.ExplicitHttpConfig.http_protocol_options`,
      ],
      options({ common_http_protocol_options: MAX_ONE }),
      {},
      reused,
      true,
      false,
    ),
    one(
      [
        ...of(CLUSTER, 'circuit_breakers'),
        ...of(BREAKERS, 'thresholds'),
        ...of(`${BREAKERS}.Thresholds`, 'max_requests'),
      ],
      { circuit_breakers: NONE },
      {},
      statuses('/'),
      [503],
      [200],
    ),
    one(
      of(`${BREAKERS}.Thresholds`, 'priority'),
      breaker({ priority: 'HIGH', max_requests: 0 }),
      { circuit_breakers: NONE },
      statuses('/'),
      [200],
      [503],
    ),
    one(
      of(`${BREAKERS}.Thresholds`, 'max_pending_requests'),
      breaker({ max_pending_requests: 0 }),
      {},
      statuses('/'),
      [503],
      [200],
    ),
    one(
      of(`${BREAKERS}.Thresholds`, 'max_connections'),
      breaker({ max_connections: 1 }),
      {},
      twoAtOnce,
      1,
      2,
    ),
    {
      fields: of(CLUSTER, 'alt_stat_name'),
      on: { cluster: { alt_stat_name: 'another_name' } },
      off: { cluster: {} },
      see: async (view) => {
        await ask(view.port, get('/'));
        return [
          await stat(view, 'cluster.$.upstream_rq_total'),
          (await stat(view, 'cluster.another_name.upstream_rq_total')) ?? 0,
        ];
      },
      seen: [undefined, 1],
      unseen: [1, 0],
    },
    {
      fields: [`${CORE}.HttpProtocolOptions.idle_timeout`],
      on: { cluster: { common_http_protocol_options: { idle_timeout: '0.05s' } } },
      see: async (view) => {
        await ask(view.port, get('/'));
        return eventually('the end of the connection', () =>
          stat(view, 'cluster.$.upstream_cx_idle_timeout'),
        );
      },
      seen: 1,
    },
    one(
      [
        ...of(CLUSTER, 'upstream_connection_options'),
        'envoy.config.cluster.v3.UpstreamConnectionOptions.tcp_keepalive',
      ],
      { upstream_connection_options: { tcp_keepalive: { keepalive_time: 5000 } } },
      {},
      keepalive(origin),
      'thousands',
      'none',
    ),
    one(
      of(`${CORE}.TcpKeepalive`, 'keepalive_time'),
      { upstream_connection_options: { tcp_keepalive: { keepalive_time: 30 } } },
      { upstream_connection_options: { tcp_keepalive: { keepalive_time: 5000 } } },
      keepalive(origin),
      'seconds',
      'thousands',
    ),
  ];
}

/** The most connections that two requests in flight have the cluster open. */
const twoAtOnce: See = async (view) => {
  const held = [1, 2].map(() => new Client(view.port).send(get('/', 'x-do: hold\r\n')));
  await eventually('both requests', async () => (await stat(view, 'http.$.downstream_rq_active')) === 2);
  // A request that has no connection waits, and is counted as that.
  await eventually('their places', async () => {
    const open = (await stat(view, 'cluster.$.upstream_cx_active')) ?? 0;
    const waiting = (await stat(view, 'cluster.$.upstream_rq_pending_active')) ?? 0;
    return open + waiting === 2 && ((await stat(view, 'cluster.$.upstream_rq_active')) ?? 0) === open;
  });
  const count = await stat(view, 'cluster.$.upstream_cx_active');
  for (const each of held) each.close();
  return count;
};

/** The keepalive timer (/proc/net/tcp, timer 2) of the newest connection to the origin, roughly. */
const keepalive =
  (origin: number): See =>
  async (view) => {
    const peer = await eventually('a connection', async () => {
      await echoed(view.port);
      return [...view.world.origin.sockets].at(-1)?.remotePort;
    });
    const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
    const row = readFileSync('/proc/net/tcp', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .find(([, local, remote]) => local?.endsWith(`:${hex(peer)}`) && remote?.endsWith(`:${hex(origin)}`));
    const [timer, when] = (row?.[5] ?? '').split(':');
    if (timer !== '02') return 'none';
    return Number.parseInt(when ?? '', 16) / 100 > 1000 ? 'thousands' : 'seconds';
  };

const at = (port: number, more: Fields = {}): Json => ({ ...endpoint(port), ...more });
const assigned = (list: Json[], more: Fields = {}): Fields => ({
  load_assignment: { cluster_name: 'c', endpoints: list, ...more },
});
const flat = (...list: Json[]): Fields => assigned([{ lb_endpoints: list }]);
const localhost = (origin: number): Json => ({
  endpoint: { address: { socket_address: { address: 'localhost', port_value: origin } } },
});
const SICK = { health_status: 'UNHEALTHY' };

function balancing(origin: number, other: number): Case[] {
  const two = flat(at(origin), at(other));
  const policy = (type: string): Fields => ({
    load_balancing_policy: {
      policies: [{ typed_extension_config: { name: 'p', typed_config: any(`${POLICIES}.${type}`) } }],
    },
  });
  const share = async (view: View): Promise<number> =>
    (await hosts(view, 8)).filter((host) => host.endsWith(`:${origin}`)).length;
  const only: See = async (view) => (await share(view)) === 8;
  const panic = (fields: Fields): Fields => ({ ...flat(at(origin, SICK)), ...fields });
  const levels = (first: Json[], more: Fields = {}): Fields =>
    assigned([{ lb_endpoints: first }, { priority: 1, lb_endpoints: [at(other)] }], more);
  return [
    one(of(CLUSTER, 'lb_policy'), { ...two, lb_policy: 'RANDOM' }, two, turns, false, true),
    one(
      [
        ...of(CLUSTER, 'load_balancing_policy'),
        'envoy.config.cluster.v3.LoadBalancingPolicy.policies',
        'envoy.config.cluster.v3.LoadBalancingPolicy.Policy.typed_extension_config',
        `${CORE}.TypedExtensionConfig.typed_config`,
      ],
      { ...two, ...policy('random.v3.Random') },
      { ...two, ...policy('round_robin.v3.RoundRobin') },
      turns,
      false,
      true,
    ),
    one(
      of(`${ENDPOINT}.LbEndpoint`, 'load_balancing_weight'),
      flat(at(origin, { load_balancing_weight: 3 }), at(other, { load_balancing_weight: 1 })),
      two,
      share,
      6,
      4,
    ),
    one(
      [
        ...of(CLUSTER, 'load_assignment'),
        ...of(`${ENDPOINT}.ClusterLoadAssignment`, 'endpoints'),
        ...of(`${ENDPOINT}.LocalityLbEndpoints`, 'lb_endpoints'),
        ...of(`${ENDPOINT}.LbEndpoint`, 'endpoint'),
        ...of(`${ENDPOINT}.Endpoint`, 'address'),
        ...of(`${CORE}.Address`, 'socket_address'),
        ...of(`${CORE}.SocketAddress`, 'address port_value'),
      ],
      flat(at(origin)),
      flat(at(other)),
      share,
      8,
      0,
    ),
    one(of(`${ENDPOINT}.LbEndpoint`, 'health_status'), flat(at(origin), at(other, SICK)), two, share, 8, 4),
    one(
      [
        ...of(CLUSTER, 'common_lb_config'),
        `${CLUSTER}.CommonLbConfig.healthy_panic_threshold`,
        'envoy.type.v3.Percent.value',
      ],
      panic({ common_lb_config: { healthy_panic_threshold: { value: 0 } } }),
      panic({ common_lb_config: { healthy_panic_threshold: { value: 50 } } }),
      statuses('/'),
      [503],
      [200],
    ),
    one(
      of(`${ENDPOINT}.LocalityLbEndpoints`, 'priority'),
      levels([at(origin)]),
      assigned([{ lb_endpoints: [at(origin)] }, { lb_endpoints: [at(other)] }]),
      share,
      8,
      4,
    ),
    // One of two is healthy: with 200 % that is enough for all requests; with 1 % they go on to the next priority.
    one(
      [
        ...of(`${ENDPOINT}.ClusterLoadAssignment`, 'policy'),
        ...of(`${ENDPOINT}.ClusterLoadAssignment.Policy`, 'overprovisioning_factor'),
      ],
      levels([at(origin), at(1, SICK)], { policy: { overprovisioning_factor: 200 } }),
      levels([at(origin), at(1, SICK)], { policy: { overprovisioning_factor: 1 } }),
      only,
      true,
      false,
    ),
    one(
      [
        ...of(`${ENDPOINT}.LocalityLbEndpoints`, 'locality'),
        ...of(`${CORE}.Locality`, 'region zone sub_zone'),
      ],
      assigned([{ locality: { region: 'r', zone: 'z', sub_zone: 's' }, lb_endpoints: [at(origin)] }]),
      {},
      async ({ world, name }) =>
        (await world.admin('/clusters'))
          .split('\n')
          .filter((line) => line.startsWith(`${name}::127`) && /::(region|zone|sub_zone)::/.test(line))
          .map((line) => line.split('::').at(-1)),
      ['r', 'z', 's'],
      ['', '', ''],
    ),
    one(
      of(CLUSTER, 'type'),
      { type: 'STRICT_DNS', ...flat(localhost(origin)) },
      flat(at(other)),
      share,
      8,
      0,
    ),
    {
      fields: [...of(CLUSTER, 'cluster_type'), `${CLUSTER}.CustomClusterType.typed_config`],
      on: {
        cluster: {
          ...flat(localhost(origin)),
          cluster_type: { name: 'dns', typed_config: any(DNS, { dns_lookup_family: 'V4_ONLY' }) },
        },
      },
      // A name is not an address: without the type the configuration is refused, and nothing starts.
      see: statuses('/'),
      seen: [200],
    },
    {
      fields: of(AGGREGATE, 'clusters'),
      on: { cluster: standsFor(kEcho) },
      off: { cluster: standsFor('nobody') },
      see: statuses('/'),
      seen: [200],
      unseen: [503],
    },
  ];
}

const standsFor = (name: string): Fields => ({
  lb_policy: 'CLUSTER_PROVIDED',
  load_assignment: null,
  cluster_type: { name: 'aggregate', typed_config: any(AGGREGATE, { clusters: [name] }) },
});

export const clusters: Family = {
  name: 'cluster',
  prepare: deafHost,
  cases: (files, origin, other) => [
    ...connections(origin),
    ...balancing(origin, other),
    ...bindCases(),
    ...moreClusterCases(files, origin, other),
  ],
};
