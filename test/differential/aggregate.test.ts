// Clusters that stand for others in an order: which host answers, and which of the clusters counts what, through the
// real Envoy and through this proxy. Skipped where Envoy's binary is absent.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  answer,
  ask,
  eventually,
  type Fields,
  folder,
  freePort,
  get,
  listener,
  Origin,
  routes,
  toCluster,
} from '../e2e/support.ts';
import { proxied } from '../e2e/tcp_support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { bothSides } from './side.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
t.setTimeout(60_000);

const origins = await Promise.all(
  ['a', 'b', 'c', 'd'].map((name) =>
    new Origin((request) =>
      request.path.includes('503') ? answer(name, '', '503 No') : answer(name),
    ).listen(),
  ),
);
const [a = 0, b = 0, c = 0, d = 0] = origins.map(({ port }) => port);
const closed = await freePort();
const dir = folder();
t.teardown(async () => {
  for (const origin of origins) await origin.close();
  dir.remove();
});

/** Hosts by priority, each perhaps not healthy. */
type Hosts = readonly (readonly (number | readonly [number, string])[])[];
const plain = (name: string, hosts: Hosts, fields: Fields = {}): Fields => ({
  name,
  connect_timeout: '1s',
  ...fields,
  load_assignment: {
    cluster_name: name,
    endpoints: hosts.map((level, priority) => ({
      priority,
      lb_endpoints: level.map((host) => {
        const [port, health] = typeof host === 'number' ? [host, 'HEALTHY'] : host;
        return {
          endpoint: { address: { socket_address: { address: '127.0.0.1', port_value: port } } },
          health_status: health,
        };
      }),
    })),
  },
});
const TYPE = 'type.googleapis.com/envoy.extensions.clusters.aggregate.v3.ClusterConfig';
const aggregate = (name: string, clusters: readonly string[], fields: Fields = {}): Fields => ({
  name,
  connect_timeout: '1s',
  lb_policy: 'CLUSTER_PROVIDED',
  cluster_type: {
    name: 'envoy.clusters.aggregate',
    typed_config: { '@type': TYPE, clusters: [...clusters] },
  },
  ...fields,
});

/** By name: the clusters in order. */
const AGGREGATES: Readonly<Record<string, readonly string[]>> = {
  first: ['one', 'two'],
  second: ['empty', 'two'],
  sick: ['ill', 'two'],
  halves: ['half', 'two'],
  deeper: ['levels', 'two'],
  unknown: ['nobody', 'one'],
  nobody: ['empty', 'nobody'],
  nested: ['first'],
  nestedFirst: ['first', 'two'],
  gone: ['dead', 'two'],
  turns: ['pair'],
  keys: ['ring'],
  panic: ['ill', 'iller'],
};
const CLUSTERS = [
  plain('one', [[a]]),
  plain('two', [[b]]),
  plain('pair', [[a, b]]),
  plain('empty', []),
  plain('dead', [[closed]]),
  plain('ill', [[[a, 'UNHEALTHY']]]),
  plain('iller', [[], [[c, 'UNHEALTHY']]]),
  plain('half', [[a, [c, 'UNHEALTHY']]]),
  plain('levels', [[[a, 'UNHEALTHY']], [c, d]]),
  plain('ring', [[a, b, c, d]], { lb_policy: 'RING_HASH' }),
];
const hashed: Fields = { hash_policy: [{ header: { header_name: 'x-key' } }] };
const RETRY: Fields = { retry_policy: { retry_on: 'connect-failure,5xx', num_retries: 2 } };

const live = (cluster: Fields): Fields => ({
  '@type': 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
  ...cluster,
});
const cds = join(dir.path, 'cds.json');
const writeClusters = (version: number, clusters: readonly Fields[]): void => {
  writeFileSync(`${cds}.new`, JSON.stringify({ version_info: `${version}`, resources: clusters.map(live) }));
  renameSync(`${cds}.new`, cds);
};
writeClusters(1, [plain('later', [[a]])]);

const sides = await bothSides(t, dir, ['http', 'tcp'], (admin, { http, tcp }) => ({
  admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
  node: { id: 'a', cluster: 'b' },
  dynamic_resources: { cds_config: { path_config_source: { path: cds }, resource_api_version: 'V3' } },
  static_resources: {
    listeners: [
      listener('http', http, {
        route_config: routes([
          ...Object.keys(AGGREGATES).map((name) =>
            toCluster(name, name === 'gone' ? RETRY : name === 'keys' ? hashed : {}, { prefix: `/${name}/` }),
          ),
          toCluster('changing', {}, { prefix: '/changing/' }),
        ]),
      }),
      proxied('tcp', tcp, { cluster: 'second' }),
    ],
    clusters: [
      ...CLUSTERS,
      ...Object.entries(AGGREGATES).map(([name, clusters]) => aggregate(name, clusters)),
      aggregate('changing', ['later', 'two']),
    ],
  },
}));

/** How often each answered. */
async function shares(port: number, path: string, count: number, headers = ''): Promise<Map<string, number>> {
  const all = new Map<string, number>();
  for (let i = 0; i < count; i++) {
    const { status, body } = await ask(port, get(path, headers));
    const who = `${status} ${status === 200 ? `${body}` : ''}`;
    all.set(who, (all.get(who) ?? 0) + 1);
  }
  return all;
}
const statistics = async (admin: number): Promise<string[]> => {
  const text = await (await fetch(`http://127.0.0.1:${admin}/stats?filter=^cluster`)).text();
  return text
    .split('\n')
    .filter((line) =>
      /\.(upstream_rq_(total|completed|\d\d\d|retry|retry_success|pending_failure_eject)|upstream_cx_(total|none_healthy|connect_fail)|lb_healthy_panic): /.test(
        line,
      ),
    )
    .filter((line) => !/: 0$/.test(line))
    .sort();
};

t.test('one host is the right one: the same', async (t) => {
  for (const name of [
    ...['first', 'second', 'sick', 'unknown', 'nobody'],
    ...['nested', 'nestedFirst', 'gone', 'turns'],
  ]) {
    const [theirs, ours] = await Promise.all(sides.map(({ ports }) => shares(ports.http, `/${name}/`, 6)));
    t.same(ours, theirs, name);
  }
  const [theirs, ours] = await Promise.all(sides.map(({ ports }) => shares(ports.http, '/gone/503', 2)));
  t.same(ours, theirs, 'retries that come to nothing');
});

t.test('hash policies reach the cluster that chooses', async (t) => {
  for (let i = 0; i < 20; i++) {
    const [theirs, ours] = await Promise.all(
      sides.map(({ ports }) => shares(ports.http, '/keys/', 1, `x-key: key ${i}\r\n`)),
    );
    // The same addresses make the same ring.
    t.same(ours, theirs, `key ${i}`);
  }
});

t.test('statistics: the aggregate counts answers, the clusters what goes to hosts', async (t) => {
  const [theirs, ours] = sides;
  const wanted = await statistics(theirs.admin);
  await eventually('the same', async () => `${await statistics(ours.admin)}` === `${wanted}`).catch(
    () => undefined,
  );
  t.same(await statistics(ours.admin), wanted);
});

t.test('shares by health: within what chance leaves', async (t) => {
  const count = 600;
  for (const name of ['halves', 'deeper', 'panic']) {
    const [theirs, ours] = await Promise.all(
      sides.map(({ ports }) => shares(ports.http, `/${name}/`, count)),
    );
    t.same(
      [...(ours as Map<string, number>).keys()].sort(),
      [...(theirs as Map<string, number>).keys()].sort(),
      name,
    );
    for (const [who, times] of ours as Map<string, number>) {
      const share = (theirs as Map<string, number>).get(who) ?? 0;
      // Six standard deviations of the difference of two draws.
      t.ok(
        Math.abs(times - share) < 6 * Math.sqrt(count / 2),
        `${name}: ${who}: ${times}, ${share} of ${count}`,
      );
    }
  }
});

t.test('TCP', async (t) => {
  const [theirs, ours] = await Promise.all(
    sides.map(async ({ ports }) => `${(await ask(ports.tcp, get('/'))).body}`),
  );
  t.equal(ours, theirs);
});

t.test('a cluster that goes and comes back', async (t) => {
  const from = (who: string) => async (): Promise<boolean> => {
    const all = await Promise.all(
      sides.map(async ({ ports }) => (await ask(ports.http, get('/changing/'))).body),
    );
    return all.every((body) => `${body}` === who);
  };
  await eventually('the first', from('a'));
  writeClusters(2, []);
  await eventually('the next', from('b'));
  writeClusters(3, [plain('later', [[c]])]);
  await eventually('the first again, with another host', from('c'));
  writeClusters(4, [plain('later', [[[c, 'UNHEALTHY']], [d]])]);
  await eventually('its second priority', from('d'));
  t.pass();
});
