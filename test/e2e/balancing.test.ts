// Load balancing policies through the whole proxy: which host a hash finds, against rings and tables that are made
// here the slow way; what localities, priorities and new hosts get.
// observes: envoy.config.cluster.v3.Cluster: round_robin_lb_config ring_hash_lb_config maglev_lb_config
// observes: envoy.config.cluster.v3.Cluster.CommonLbConfig: locality_weighted_lb_config consistent_hashing_lb_config
// observes: envoy.config.cluster.v3.Cluster.CommonLbConfig.ConsistentHashingLbConfig: use_hostname_for_hashing hash_balance_factor
// observes: envoy.config.cluster.v3.Cluster.RoundRobinLbConfig: slow_start_config
// observes: envoy.config.cluster.v3.Cluster.LeastRequestLbConfig: slow_start_config
// observes: envoy.config.cluster.v3.Cluster.MaglevLbConfig: table_size
// observes: envoy.config.cluster.v3.Cluster.RingHashLbConfig: minimum_ring_size maximum_ring_size hash_function
// observes: envoy.config.cluster.v3.Cluster.SlowStartConfig: slow_start_window aggression min_weight_percent
// observes: envoy.config.endpoint.v3.ClusterLoadAssignment.Policy: weighted_priority_health
// observes: envoy.config.endpoint.v3.LocalityLbEndpoints: load_balancing_weight
// observes: envoy.config.route.v3.RouteAction: hash_policy
// observes: envoy.config.route.v3.RouteAction.HashPolicy: header cookie connection_properties query_parameter terminal
// observes: envoy.config.route.v3.RouteAction.HashPolicy.ConnectionProperties: source_ip
// observes: envoy.config.route.v3.RouteAction.HashPolicy.Cookie: name ttl path attributes
// observes: envoy.config.route.v3.RouteAction.HashPolicy.CookieAttribute: name value
// observes: envoy.config.route.v3.RouteAction.HashPolicy.Header: header_name regex_rewrite
// observes: envoy.config.route.v3.RouteAction.HashPolicy.QueryParameter: name
// observes: envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy: hash_policy
// observes: envoy.extensions.load_balancing_policies.common.v3.ConsistentHashingLbConfig: use_hostname_for_hashing hash_balance_factor
// observes: envoy.extensions.load_balancing_policies.common.v3.LocalityLbConfig: locality_weighted_lb_config
// observes: envoy.extensions.load_balancing_policies.common.v3.SlowStartConfig: slow_start_window aggression min_weight_percent
// observes: envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest: slow_start_config locality_lb_config
// observes: envoy.extensions.load_balancing_policies.maglev.v3.Maglev: table_size consistent_hashing_lb_config locality_weighted_lb_config
// observes: envoy.extensions.load_balancing_policies.random.v3.Random: locality_lb_config
// observes: envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash: minimum_ring_size maximum_ring_size hash_function use_hostname_for_hashing hash_balance_factor consistent_hashing_lb_config locality_weighted_lb_config
// observes: envoy.extensions.load_balancing_policies.round_robin.v3.RoundRobin: slow_start_config locality_lb_config
// observes: envoy.type.v3.HashPolicy: source_ip
import { renameSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { maglev, murmur2, ring } from './hash_reference.ts';
import {
  answer,
  Client,
  eventually,
  type Fields,
  folder,
  freePort,
  get,
  header,
  type Json,
  listener,
  Origin,
  routes,
  start,
  toCluster,
} from './support.ts';
import { proxied } from './tcp_support.ts';
import { xxhash64 } from '../../src/xxhash64.ts';

const HOSTS = 5;
const held: number[] = [];
const origins = await Promise.all(
  Array.from({ length: HOSTS }, (_, i) =>
    new Origin(({ path }) => {
      if (path !== '/hold') return answer(String(i));
      held.push(i);
      return undefined;
    }).listen(),
  ),
);
const dir = folder();
const address = (i: number): string => `127.0.0.1:${origins[i]?.port}`;
const name = (i: number): string => `host-${i}.example`;

type Host = { readonly at: number; readonly weight?: number; readonly health?: string };
const host = ({ at, weight, health }: Host): Fields => ({
  endpoint: {
    hostname: name(at),
    address: { socket_address: { address: '127.0.0.1', port_value: origins[at]?.port ?? 0 } },
  },
  ...(weight === undefined ? {} : { load_balancing_weight: weight }),
  ...(health === undefined ? {} : { health_status: health }),
});
const group = (hosts: Host[], fields: Fields = {}): Fields => ({ lb_endpoints: hosts.map(host), ...fields });
const all = group(Array.from({ length: HOSTS }, (_, at) => ({ at })));
const zones = [
  group([{ at: 0 }], { locality: { zone: 'a' }, load_balancing_weight: 3 }),
  group([{ at: 1 }], { locality: { zone: 'b' }, load_balancing_weight: 1 }),
];

const typed = (policy: string, message: string, fields: Fields): Fields => ({
  load_balancing_policy: {
    policies: [
      {
        typed_extension_config: {
          name: policy,
          typed_config: {
            '@type': `type.googleapis.com/envoy.extensions.load_balancing_policies.${policy}.v3.${message}`,
            ...fields,
          },
        },
      },
    ],
  },
});
const RING: Fields = { lb_policy: 'RING_HASH' };
const LOCALITY: Fields = { locality_weighted_lb_config: {} };
const BY_NAME: Fields = { use_hostname_for_hashing: true };
const slow = (fields: Fields = {}): Fields => ({
  slow_start_config: { slow_start_window: '3600s', min_weight_percent: { value: 0 }, ...fields },
});

const hosts = (key: (i: number) => string) =>
  Array.from({ length: HOSTS }, (_, i) => ({ key: key(i), share: 1 / HOSTS }));
const near = [
  { key: address(0), share: 3 / 4 },
  { key: address(1), share: 1 / 4 },
];
/** By name of the cluster: its fields, its hosts, and the one that a hash finds. */
const hashed: Record<string, readonly [Fields, Fields[], (hash: bigint) => number]> = {
  ring: [RING, [all], ring(hosts(address), 1024, 1 << 23, xxhash64)],
  sizes: [
    { ...RING, ring_hash_lb_config: { minimum_ring_size: 27, maximum_ring_size: 29 } },
    [all],
    ring(hosts(address), 27, 29, xxhash64),
  ],
  murmur: [
    { ...RING, ring_hash_lb_config: { maximum_ring_size: 1100, hash_function: 'MURMUR_HASH_2' } },
    [all],
    ring(hosts(address), 1024, 1100, murmur2),
  ],
  named: [
    { ...RING, type: 'STRICT_DNS', common_lb_config: { consistent_hashing_lb_config: BY_NAME } },
    [all],
    ring(hosts(name), 1024, 1 << 23, xxhash64),
  ],
  zones: [{ ...RING, common_lb_config: LOCALITY }, zones, ring(near, 1024, 1 << 23, xxhash64)],
  ringtype: [
    typed('ring_hash', 'RingHash', {
      minimum_ring_size: 30,
      maximum_ring_size: 31,
      hash_function: 'MURMUR_HASH_2',
      ...LOCALITY,
    }),
    zones,
    ring(near, 30, 31, murmur2),
  ],
  ringname: [typed('ring_hash', 'RingHash', BY_NAME), [all], ring(hosts(name), 1024, 1 << 23, xxhash64)],
  ringnames: [
    typed('ring_hash', 'RingHash', { consistent_hashing_lb_config: BY_NAME }),
    [all],
    ring(hosts(name), 1024, 1 << 23, xxhash64),
  ],
  maglev: [
    { lb_policy: 'MAGLEV', maglev_lb_config: { table_size: 101 } },
    [all],
    maglev(hosts(address), 101),
  ],
  maglevtype: [
    typed('maglev', 'Maglev', { table_size: 53, consistent_hashing_lb_config: BY_NAME }),
    [all],
    maglev(hosts(name), 53),
  ],
  maglevzones: [typed('maglev', 'Maglev', { table_size: 53, ...LOCALITY }), zones, maglev(near, 53)],
};
const bounded: Record<string, Fields> = {
  bounded: { ...RING, common_lb_config: { consistent_hashing_lb_config: { hash_balance_factor: 100 } } },
  boundedtype: typed('ring_hash', 'RingHash', { consistent_hashing_lb_config: { hash_balance_factor: 100 } }),
  boundedold: typed('ring_hash', 'RingHash', { hash_balance_factor: 100 }),
};
/** Of two localities the first gets three of four requests. */
const local: Record<string, Fields> = {
  robin: { common_lb_config: LOCALITY },
  robintype: typed('round_robin', 'RoundRobin', { locality_lb_config: LOCALITY }),
  leasttype: typed('least_request', 'LeastRequest', { locality_lb_config: LOCALITY }),
  randomtype: typed('random', 'Random', { locality_lb_config: LOCALITY }),
};
/** Whether a host that is new gets nothing for now. */
const young: Record<string, readonly [Fields, boolean]> = {
  plain: [{}, false],
  newrobin: [{ round_robin_lb_config: slow() }, true],
  newleast: [{ lb_policy: 'LEAST_REQUEST', least_request_lb_config: slow() }, true],
  newbold: [{ round_robin_lb_config: slow({ aggression: { default_value: 1e9, runtime_key: 'a' } }) }, false],
  newheavy: [{ round_robin_lb_config: slow({ min_weight_percent: { value: 100 } }) }, false],
  newrobintype: [typed('round_robin', 'RoundRobin', slow()), true],
  newleasttype: [typed('least_request', 'LeastRequest', slow()), true],
  newboldtype: [
    typed('round_robin', 'RoundRobin', slow({ aggression: { default_value: 1e9, runtime_key: 'a' } })),
    false,
  ],
  newheavytype: [typed('round_robin', 'RoundRobin', slow({ min_weight_percent: { value: 100 } })), false],
};
const byWeight = [
  group([
    { at: 0, weight: 9 },
    { at: 1, health: 'UNHEALTHY' },
  ]),
  group([{ at: 2 }], { priority: 1 }),
];

const assignment = (cluster: string, endpoints: Fields[]): Fields => ({ cluster_name: cluster, endpoints });
const statics: [string, Fields, Fields[]][] = [
  ...Object.entries(hashed).map(([key, [fields, list]]): [string, Fields, Fields[]] => [key, fields, list]),
  ...Object.entries(bounded).map(([key, fields]): [string, Fields, Fields[]] => [key, fields, [all]]),
  ...Object.entries(local).map(([key, fields]): [string, Fields, Fields[]] => [key, fields, zones]),
  ['bycount', {}, byWeight],
  ['byweight', {}, byWeight],
];
const file = join(dir.path, 'hosts.json');
const writeHosts = (list: Host[]): void => {
  const resources = Object.keys(young).map((cluster) => ({
    '@type': 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
    ...assignment(cluster, [group(list)]),
  }));
  dir.write('next.json', { resources });
  renameSync(join(dir.path, 'next.json'), file);
};
writeHosts([{ at: 0 }]);

const HEADER: Fields = { header: { header_name: 'x-hash' } };
const QUERY: Fields = { query_parameter: { name: 'q' } };
const ADDRESS: Fields = { connection_properties: { source_ip: true } };
const turned = (hash: bigint, next: bigint): bigint =>
  ((hash << 1n) & 0xffffffffffffffffn) ^ (hash >> 63n) ^ next;
const both = turned(xxhash64('h'), xxhash64('v'));
/** By the name of the route: its policies; what requests say, and their hash. */
const made: Record<string, readonly [Json[], path: string, headers: string, hash: bigint]> = {
  header: [[HEADER], '/', 'x-hash: h\r\n', xxhash64('h')],
  values: [[HEADER], '/', 'x-hash: h\r\nx-hash: g\r\n', xxhash64('h', xxhash64('g'))],
  rewrite: [
    [{ header: { header_name: 'x-hash', regex_rewrite: { pattern: { regex: '\\d+' }, substitution: '#' } } }],
    '/',
    'x-hash: a12b3\r\n',
    xxhash64('a#b#'),
  ],
  query: [[QUERY], '/?a=b&q=v&q=w', '', xxhash64('v')],
  cookie: [[{ cookie: { name: 'c' } }], '/', 'cookie: a=b; c="v"; c=w\r\n', xxhash64('v')],
  address: [[ADDRESS], '/', 'x-forwarded-for: 10.1.2.3\r\n', xxhash64('10.1.2.3')],
  off: [[{ connection_properties: {} }, QUERY], '/?q=v', '', xxhash64('v')],
  both: [[HEADER, QUERY], '/?q=v', 'x-hash: h\r\n', both],
  one: [[HEADER, QUERY], '/?q=v', '', xxhash64('v')],
  terminal: [[{ ...HEADER, terminal: true }, QUERY], '/?q=v', 'x-hash: h\r\n', xxhash64('h')],
  beyond: [[{ ...HEADER, terminal: true }, QUERY], '/?q=v', '', xxhash64('v')],
};
const STICKY: Fields = {
  cookie: {
    name: 'sticky',
    ttl: '7s',
    path: '/path',
    attributes: [{ name: 'SameSite', value: 'Strict' }, { name: 'Secure' }],
  },
};

const [port, tcp, admin] = [await freePort(), await freePort(), await freePort()];
const names = [...statics.map(([cluster]) => cluster), ...Object.keys(young)];
const to = (name: string): Json[] => [{ name: 'x-to', string_match: { exact: name } }];
const proxy = await start(
  {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      listeners: [
        listener('main', port, {
          use_remote_address: false,
          route_config: routes([
            ...Object.entries({ ...made, sticky: [[STICKY]] as const }).map(([route, [policies]]) =>
              toCluster('ring', { hash_policy: [...policies] }, { prefix: '/', headers: to(route) }),
            ),
            ...names.map((cluster) =>
              toCluster(cluster, { hash_policy: [HEADER] }, { prefix: '/', headers: to(cluster) }),
            ),
          ]),
        }),
        proxied('tcp', tcp, { cluster: 'ring', hash_policy: [{ source_ip: {} }] }),
      ],
      clusters: [
        ...statics.map(([cluster, fields, endpoints]) => ({
          name: cluster,
          type: 'STATIC',
          load_assignment: {
            ...assignment(cluster, endpoints),
            ...(cluster === 'byweight' ? { policy: { weighted_priority_health: true } } : {}),
          },
          ...fields,
        })),
        ...Object.entries(young).map(([cluster, [fields]]) => ({
          name: cluster,
          type: 'EDS',
          eds_cluster_config: { eds_config: { path_config_source: { path: file } } },
          ...fields,
        })),
      ],
    },
  },
  [port, tcp, admin],
  ['--concurrency', '1'],
);
t.teardown(async () => {
  await proxy.stop();
  await Promise.all(origins.map((origin) => origin.close()));
  dir.remove();
});

const request = (cluster: string, path = '/', hash?: string): string =>
  get(path, `x-to: ${cluster}\r\n${hash === undefined ? '' : `x-hash: ${hash}\r\n`}`);
/** The hosts that answer, one after the other. */
async function answers(requests: readonly string[]): Promise<number[]> {
  const client = new Client(port).send(requests.join(''));
  const list: number[] = [];
  for (const _ of requests) list.push(Number((await client.response()).body));
  client.close();
  return list;
}
const count = (list: readonly number[], at: number): number => list.filter((each) => each === at).length;

const values = Array.from({ length: 60 }, (_, i) => `value-${i * 7919}`);
for (const [cluster, [, , find]] of Object.entries(hashed)) {
  t.test(`${cluster}: the host of a hash`, async (t) => {
    const wanted = values.map((value) => find(xxhash64(value)));
    t.strictSame(await answers(values.map((value) => request(cluster, '/', value))), wanted);
    t.ok(new Set(wanted).size > 1);
  });
}

t.test('without a hash a host is chosen at random', async (t) => {
  const list = await answers(Array.from({ length: 100 }, () => request('ring')));
  t.ok(new Set(list).size > 1);
});

t.test('what a hash is made of', async (t) => {
  const find = hashed.ring?.[2] ?? (() => -1);
  for (const [route, [, path, headers, hash]] of Object.entries(made)) {
    // By chance the right host is one of five.
    const list = await answers(Array.from({ length: 8 }, () => get(path, `x-to: ${route}\r\n${headers}`)));
    t.strictSame(list, Array(8).fill(find(hash)), route);
  }
});

t.test('a cookie is made for a client without one', async (t) => {
  const client = new Client(port).send(request('sticky'));
  const first = await client.response();
  const own = xxhash64(`127.0.0.1:${client.socket.localPort}127.0.0.1:${port}`);
  const value = own.toString(16).padStart(16, '0');
  const wanted = `sticky="${value}"; Max-Age=7; Path=/path; SameSite=Strict; Secure; HttpOnly`;
  t.equal(header(first, 'set-cookie'), wanted);
  t.equal(Number(first.body), hashed.ring?.[2](xxhash64(value)));
  const second = await client.send(get('/', `x-to: sticky\r\ncookie: sticky=${value}\r\n`)).response();
  client.close();
  t.equal(header(second, 'set-cookie'), undefined);
  t.equal(second.body.toString(), first.body.toString());
});

t.test("connections by the client's address", async (t) => {
  const find = hashed.ring?.[2] ?? (() => -1);
  for (let i = 1; i < 20; i++) {
    const localAddress = `127.0.0.${i}`;
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: tcp, localAddress });
      socket.on('error', reject);
      socket.on('data', (data: Buffer) => {
        socket.destroy();
        resolve(data.toString());
      });
      socket.write(get('/'));
    });
    t.equal(text.slice(-1), String(find(xxhash64(localAddress))), localAddress);
  }
});

for (const cluster of Object.keys(bounded)) {
  t.test(`${cluster}: a host with its share of the requests gets no more`, async (t) => {
    held.length = 0;
    const clients: Client[] = [];
    for (let i = 0; i < 20; i++) {
      clients.push(new Client(port).send(request(cluster, '/hold', 'one')));
      await eventually('the request', () => held.length === i + 1);
    }
    for (const client of clients) client.close();
    // All that are under way, and what is being chosen, shared by five; and one more that may be on its way.
    for (let at = 0; at < HOSTS; at++) t.ok(count(held, at) <= 20 / HOSTS + 2, `host ${at}`);
  });
}

for (const cluster of Object.keys(local)) {
  t.test(`${cluster}: localities by weight`, async (t) => {
    const list = await answers(Array.from({ length: 80 }, () => request(cluster)));
    // They take turns by weight, wherever those begin.
    t.ok(Math.abs(count(list, 0) - 60) <= 1, `${count(list, 0)} of 80`);
  });
}

t.test('priorities by the weight of what is healthy', async (t) => {
  const some = (cluster: string) => answers(Array.from({ length: 100 }, () => request(cluster)));
  t.equal(count(await some('byweight'), 2), 0);
  t.ok(count(await some('bycount'), 2) > 0, 'by their number the half is missing');
});

t.test('new hosts', async (t) => {
  const first = Date.now();
  for (const cluster of Object.keys(young)) t.strictSame(await answers([request(cluster)]), [0]);
  // What the old host weighs grows with its age; the new one's begins at a ten-thousandth of an hour.
  await eventually('some age', () => Date.now() - first > 500);
  writeHosts([{ at: 0 }, { at: 1 }]);
  await eventually('the new hosts', async () => {
    const text = await (await fetch(`http://127.0.0.1:${admin}/clusters`)).text();
    return Object.keys(young).every((cluster) => text.includes(`${cluster}::${address(1)}::`));
  });
  for (const [cluster, [, waits]] of Object.entries(young)) {
    await checkYoung(t, cluster, waits);
  }
});

async function checkYoung(t: Test, cluster: string, waits: boolean): Promise<void> {
  const list = await answers(Array.from({ length: 100 }, () => request(cluster)));
  if (waits) t.equal(count(list, 1), 0, cluster);
  else t.ok(Math.abs(count(list, 1) - 50) <= 2, `${cluster}: ${count(list, 1)} of 100`);
}
