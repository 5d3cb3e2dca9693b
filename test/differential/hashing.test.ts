// Clusters that choose hosts by hash, through the real Envoy and through this proxy, before the same hosts: for
// whatever a request says both choose the same one. Skipped where Envoy's binary is absent.
import t from 'tap';
import {
  answer,
  ask,
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
  type Response,
  routes,
  toCluster,
} from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { xxhash64 } from '../../src/xxhash64.ts';
import { runSide } from './side.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
t.setTimeout(120_000);

const HOSTS = 9;
/** Whom requests that are held have come to. */
const held: number[] = [];
const origins = await Promise.all(
  Array.from({ length: HOSTS }, (_, i) =>
    new Origin(({ path }) => {
      if (path.endsWith('/hold')) {
        held.push(i);
        return undefined;
      }
      return answer(String(i));
    }).listen(),
  ),
);

type Host = {
  readonly health?: string;
  readonly weight?: number;
  readonly key?: string;
  readonly name?: string;
};
type Place = { readonly zone?: string; readonly weight?: number; readonly priority?: number };

/** The next hosts of the origins, in one locality. */
function place(from: number, hosts: readonly Host[], { zone, weight, priority = 0 }: Place = {}): Fields {
  return {
    priority,
    ...(zone === undefined ? {} : { locality: { zone } }),
    ...(weight === undefined ? {} : { load_balancing_weight: weight }),
    lb_endpoints: hosts.map(({ health, weight, key, name = '' }, i): Fields => {
      const port_value = origins[from + i]?.port ?? 0;
      return {
        endpoint: { hostname: name, address: { socket_address: { address: '127.0.0.1', port_value } } },
        ...(health === undefined ? {} : { health_status: health }),
        ...(weight === undefined ? {} : { load_balancing_weight: weight }),
        ...(key === undefined ? {} : { metadata: { filter_metadata: { 'envoy.lb': { hash_key: key } } } }),
      };
    }),
  };
}

const all = (make: (i: number) => Host = () => ({})): Fields =>
  place(
    0,
    Array.from({ length: HOSTS }, (_, i) => make(i)),
  );
const typed = (name: string, message: string, fields: Fields): Fields => ({
  load_balancing_policy: {
    policies: [
      {
        typed_extension_config: {
          name,
          typed_config: {
            '@type': `type.googleapis.com/envoy.extensions.load_balancing_policies.${name}.v3.${message}`,
            ...fields,
          },
        },
      },
    ],
  },
});
const RING: Fields = { lb_policy: 'RING_HASH' };
const MAGLEV: Fields = { lb_policy: 'MAGLEV' };
const byWeight = all((i) => ({ weight: i + 1 }));
const names = all((i) => ({ name: `host-${i}.example` }));
const keys = all((i) => (i % 2 === 0 ? { key: `key-${i}` } : { name: `host-${i}` }));
const zones: Fields[] = [
  place(0, [{}, {}, { weight: 3 }], { zone: 'b', weight: 5 }),
  place(3, [{}, {}, {}, {}], { zone: 'a', weight: 2 }),
  place(7, [{}], { zone: 'c' }),
  place(8, [{}], { zone: 'd' }),
];
const few: Fields[] = [
  place(0, [{}, { health: 'UNHEALTHY' }, { health: 'DEGRADED' }, { health: 'UNHEALTHY' }]),
  place(4, [{}, {}, {}, {}, {}], { priority: 1 }),
];
const panic: Fields[] = [
  place(0, [{}, { health: 'UNHEALTHY' }, { health: 'UNHEALTHY' }, { health: 'UNHEALTHY' }]),
  place(
    4,
    [{ health: 'UNHEALTHY' }, { health: 'DRAINING' }, {}, { health: 'TIMEOUT' }, { health: 'TIMEOUT' }],
    { priority: 1 },
  ),
];
const drained: Fields[] = [
  place(0, [{}, { health: 'DRAINING' }, { health: 'UNHEALTHY' }]),
  place(3, [{}, {}, {}], { priority: 1 }),
];
const degraded: Fields[] = [place(0, [{}, { health: 'DEGRADED' }, { health: 'DEGRADED' }])];
const size = (minimum_ring_size: number, maximum_ring_size: number, more: Fields = {}): Fields => ({
  ring_hash_lb_config: { minimum_ring_size, maximum_ring_size, ...more },
});
const byName: Fields = {
  type: 'STRICT_DNS',
  common_lb_config: { consistent_hashing_lb_config: { use_hostname_for_hashing: true } },
};
const local: Fields = { common_lb_config: { locality_weighted_lb_config: {} } };

/** By name: the policy, and the hosts. */
const clusters: Record<string, readonly [fields: Fields, endpoints: Fields[], statistics?: false]> = {
  ring: [RING, [all()]],
  small: [{ ...RING, ...size(1, 100) }, [byWeight]],
  capped: [{ ...RING, ...size(2000, 2000) }, [byWeight]],
  murmur: [{ ...RING, ...size(500, 5000, { hash_function: 'MURMUR_HASH_2' }) }, [all()]],
  named: [{ ...RING, ...byName }, [names]],
  keyed: [RING, [keys]],
  zones: [{ ...RING, ...local }, zones],
  unzoned: [RING, zones],
  few: [RING, few],
  panic: [RING, panic],
  degraded: [RING, degraded],
  drained: [RING, drained],
  ringtype: [
    typed('ring_hash', 'RingHash', {
      minimum_ring_size: 300,
      hash_function: 'MURMUR_HASH_2',
      consistent_hashing_lb_config: { use_hostname_for_hashing: true },
      locality_weighted_lb_config: {},
    }),
    zones.map((zone) => ({
      ...zone,
      lb_endpoints: (zone.lb_endpoints as Fields[]).map((host, i) => ({
        ...host,
        endpoint: { ...(host.endpoint as Fields), hostname: `${(zone.locality as Fields).zone}-${i}` },
      })),
    })),
  ],
  oldfields: [typed('ring_hash', 'RingHash', { use_hostname_for_hashing: true }), [names]],
  maglev: [MAGLEV, [all()]],
  maglevweights: [{ ...MAGLEV, maglev_lb_config: { table_size: 1009 } }, [byWeight]],
  maglevkeys: [{ ...MAGLEV, ...byName }, [keys]],
  maglevzones: [{ ...MAGLEV, ...local }, zones],
  maglevfew: [MAGLEV, few],
  maglevtype: [
    typed('maglev', 'Maglev', {
      table_size: 251,
      consistent_hashing_lb_config: { use_hostname_for_hashing: true },
    }),
    [names],
  ],
  bounded: [
    {
      ...RING,
      common_lb_config: { consistent_hashing_lb_config: { hash_balance_factor: 120 } },
    },
    [byWeight],
  ],
  maglevbounded: [
    { ...MAGLEV, common_lb_config: { consistent_hashing_lb_config: { hash_balance_factor: 100 } } },
    [all()],
  ],
  nozones: [{ ...RING, ...local }, [place(0, [{}, {}], { zone: 'a' })]],
};

const HEADER: Json = { header: { header_name: 'x-hash' } };
const rewriting = (regex: string, substitution: string): Json => ({
  header: { header_name: 'X-Hash', regex_rewrite: { pattern: { regex }, substitution } },
});
const cookie = (fields: Fields): Json => ({ cookie: { name: 'sticky', ...fields } });
/** By name: what the hash of a request is made of, where hosts are on the ring. */
const policies: Record<string, Json[]> = {
  rewritten: [rewriting('^/(\\w+)/.*', '\\1')],
  twice: [HEADER, HEADER],
  both: [HEADER, { query_parameter: { name: 'q' } }],
  terminal: [
    { ...(HEADER as Fields), terminal: true },
    { query_parameter: { name: 'q' }, terminal: true },
    { header: { header_name: 'accept' } },
  ],
  address: [{ connection_properties: { source_ip: true } }],
  nothing: [{ connection_properties: {} }, { query_parameter: { name: 'q' } }],
  cookie: [cookie({})],
  made: [
    cookie({
      ttl: '7.5s',
      path: '/made',
      attributes: [{ name: 'SameSite', value: 'Strict' }, { name: 'Secure' }],
    }),
  ],
  session: [cookie({ ttl: '0s' }), { cookie: { name: 'other', ttl: '1s' } }],
  method: [{ header: { header_name: ':method' } }, { header: { header_name: 'host' } }],
};

const dir = folder();
const config = (port: number, admin: number): Fields => ({
  admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
  static_resources: {
    listeners: [
      listener('main', port, {
        use_remote_address: true,
        xff_num_trusted_hops: 1,
        route_config: routes([
          ...Object.keys(clusters).map((name) =>
            toCluster(name, { hash_policy: [HEADER] }, { path: `/${name}` }),
          ),
          ...Object.keys(clusters).map((name) =>
            toCluster(name, { hash_policy: [HEADER] }, { path: `/${name}/hold` }),
          ),
          ...Object.entries(policies).map(([name, list]) =>
            toCluster('ring', { hash_policy: list }, { prefix: `/${name}` }),
          ),
          {
            match: { prefix: '/unset' },
            route: { cluster: 'ring', hash_policy: [cookie({ ttl: '1s' })] },
            response_headers_to_remove: ['set-cookie'],
          },
        ]),
      }),
    ],
    clusters: Object.entries(clusters).map(([name, [fields, endpoints]]) => ({
      name,
      type: 'STATIC',
      connect_timeout: '5s',
      load_assignment: { cluster_name: name, endpoints },
      ...fields,
    })),
  },
});

type Side = { readonly port: number; readonly admin: number };
async function begin(own: boolean): Promise<Side> {
  const [port, admin] = [await freePort(), await freePort()];
  const running = await runSide(own, config(port, admin), { admin, dir });
  t.teardown(() => running.stop());
  await running.listening(port);
  return { port, admin };
}
const sides = [await begin(false), await begin(true)] as const;
t.teardown(async () => {
  await Promise.all(origins.map((origin) => origin.close()));
  dir.remove();
});

/** The answers to requests, one after the other on one connection. */
async function exchange({ port }: Side, requests: readonly string[]): Promise<Response[]> {
  const client = new Client(port);
  const responses: Response[] = [];
  for (let at = 0; at < requests.length; at += 50) {
    const some = requests.slice(at, at + 50);
    client.send(some.join(''));
    for (const _ of some) responses.push(await client.response());
  }
  client.close();
  return responses;
}

const where = ({ status, body }: Response): string => (status === 200 ? body.toString() : String(status));
const values = Array.from({ length: 150 }, (_, i) => `${'value'.repeat(i % 9)}-${i * 7919}`);
const hashed = (path: string): string[] => values.map((value) => get(path, `x-hash: ${value}\r\n`));

for (const name of Object.keys(clusters)) {
  if (name === 'nozones') continue;
  t.test(name, async (t) => {
    const requests = hashed(`/${name}`);
    const [theirs, ours] = await Promise.all(sides.map((side) => exchange(side, requests)));
    const chosen = theirs?.map(where) ?? [];
    t.strictSame(ours?.map(where), chosen);
    if (name !== 'degraded') t.ok(new Set(chosen).size > 2, 'several hosts are chosen');
  });
}

t.test('localities without weights have no place on a ring', async (t) => {
  for (const { port } of sides) t.equal((await ask(port, get('/nozones', 'x-hash: a\r\n'))).status, 503);
});

t.test('what a hash is made of', async (t) => {
  const lines: string[] = [];
  for (const [i, value] of values.entries()) {
    const more = [`accept: ${i}\r\n`, `accept: a\r\naccept: b${i}\r\n`, ''][i % 3] ?? '';
    const q = ['', '?q', '?q=', `?q=${value}`, `?a=1&q=${i}&q=2`, `?x=${i}`][i % 6] ?? '';
    const own =
      [`x-hash: /${value}/${i}\r\n`, `x-hash: b\r\nx-hash: a${i}\r\n`, 'x-hash: \r\n', ''][i % 4] ?? '';
    const crumbs = [
      `cookie: sticky=${value}\r\n`,
      `cookie: a=b; sticky="${i}"; sticky=x; other=${i}\r\n`,
      `cookie: sticky=${i}; other=1\r\n`,
    ][i % 3];
    const from = `x-forwarded-for: 10.1.${i}.7, 10.2.${i % 7}.1\r\n`;
    for (const name of ['rewritten', 'twice', 'both', 'terminal']) {
      // Without a hash a host is chosen at random.
      if (own !== '') lines.push(get(`/${name}${q}`, own + more));
    }
    if (q.includes('q')) lines.push(get(`/nothing${q}`));
    lines.push(get('/cookie', crumbs), get('/made', crumbs), get('/address', from));
    lines.push(get('/method', '', `host-${i}`));
    if (crumbs?.includes('other')) lines.push(get('/session', crumbs));
  }
  const [theirs, ours] = await Promise.all(sides.map((side) => exchange(side, lines)));
  for (const [i, line] of lines.entries()) {
    const [their, our] = [theirs?.[i], ours?.[i]];
    if (their === undefined || our === undefined) throw new Error('an answer is missing');
    if (where(our) !== where(their)) t.equal(where(our), where(their), line);
    if (header(our, 'set-cookie') !== header(their, 'set-cookie')) t.fail(line);
  }
  t.ok(new Set(theirs?.map(where)).size > 2);
});

t.test('cookies that are made', async (t) => {
  const cookies = ({ headers }: Response): string[] =>
    headers.flatMap(([name, value]) => (name === 'set-cookie' ? [value] : []));
  for (const path of ['/made', '/session', '/unset']) {
    const told: string[][] = [];
    for (const side of sides) {
      const client = new Client(side.port).send(get(path) + get(path));
      const [first, second] = [await client.response(), await client.response()];
      const own = `127.0.0.1:${client.socket.localPort}127.0.0.1:${side.port}`;
      client.close();
      t.equal(where(first), where(second), 'the same host on one connection');
      const value = xxhash64(own).toString(16).padStart(16, '0');
      for (const each of cookies(first)) t.match(each, `="${value}"`);
      t.strictSame(cookies(second), cookies(first));
      told.push(cookies(first).map((each) => each.replace(value, 'VALUE')));
    }
    t.strictSame(told[1], told[0], path);
    t.equal(told[0]?.length, { '/made': 1, '/session': 2, '/unset': 0 }[path], path);
  }
});

t.test('statistics of rings and tables', async (t) => {
  const [theirs, ours] = await Promise.all(
    sides.map(async ({ admin }) => {
      const filter = encodeURIComponent('ring_hash_lb|maglev_lb|lb_healthy_panic|membership_(ex|he|to|de)');
      const text = await (await fetch(`http://127.0.0.1:${admin}/stats?filter=${filter}`)).text();
      return text.split('\n').filter((line) => line !== '');
    }),
  );
  t.ok((theirs?.length ?? 0) > 5 * Object.keys(clusters).length);
  t.strictSame(ours, theirs);
});

for (const name of ['bounded', 'maglevbounded']) {
  t.test(`${name}: hosts with requests`, async (t) => {
    const chosen: number[][] = [];
    for (const side of sides) {
      held.length = 0;
      const clients: Client[] = [];
      for (let i = 0; i < 40; i++) {
        clients.push(new Client(side.port).send(get(`/${name}/hold`, `x-hash: ${i % 4}\r\n`)));
        await eventually('the request', () => held.length === i + 1);
      }
      chosen.push([...held]);
      for (const client of clients) client.close();
    }
    t.strictSame(chosen[1], chosen[0]);
    t.ok(new Set(chosen[0]).size > 4, 'more hosts than keys');
  });
}
