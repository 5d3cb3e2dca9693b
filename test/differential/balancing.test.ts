// Who gets what of the requests by health, priority and locality: the same hosts, and where turns are taken the same
// shares, through the real Envoy and through this proxy. Skipped where Envoy's binary is absent.
import { connect } from 'node:net';
import t from 'tap';
import {
  answer,
  Client,
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
import { runSide } from './side.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
t.setTimeout(60_000);

const origins = await Promise.all(
  Array.from({ length: 8 }, (_, i) => new Origin(() => answer(String(i))).listen()),
);
/** A host by its number. */
type Host = readonly [at: number, health?: string, weight?: number];
const place = (hosts: readonly Host[], fields: Fields = {}): Fields => ({
  ...fields,
  lb_endpoints: hosts.map(([at, health = 'HEALTHY', weight = 1]) => ({
    endpoint: {
      address: { socket_address: { address: '127.0.0.1', port_value: origins[at]?.port ?? 0 } },
    },
    health_status: health,
    load_balancing_weight: weight,
  })),
});
const zone = (name: string, weight: number, hosts: readonly Host[]): Fields =>
  place(hosts, { locality: { zone: name }, ...(weight > 0 ? { load_balancing_weight: weight } : {}) });
const second: Fields = { priority: 1 };

/** By name: the hosts; whether they take turns, so that shares are the same. */
const places: Record<string, readonly [Fields[], turns?: boolean]> = {
  even: [[place([[0], [1], [2]])], true],
  weights: [
    [
      place([
        [0, 'HEALTHY', 1],
        [1, 'HEALTHY', 2],
        [2, 'HEALTHY', 5],
      ]),
    ],
    true,
  ],
  zones: [[zone('a', 3, [[0], [1]]), zone('b', 1, [[2]]), zone('c', 0, [[3]])], true],
  sick: [[zone('a', 3, [[0], [1, 'UNHEALTHY'], [2, 'UNHEALTHY']]), zone('b', 1, [[3], [4]])], true],
  unweighted: [[zone('a', 0, [[0], [1]]), zone('b', 0, [[2]])], true],
  drained: [[zone('a', 3, [[0], [1, 'DRAINING'], [2, 'DRAINING']]), zone('b', 1, [[3], [4]])], true],
  over: [[place([[0], [1, 'UNHEALTHY'], [2, 'TIMEOUT']]), place([[3], [4]], second)]],
  first: [[place([[0], [1], [2, 'UNHEALTHY']]), place([[3], [4]], second)]],
  degraded: [[place([[0], [1, 'DEGRADED'], [2, 'UNHEALTHY']])]],
  later: [
    [
      place([
        [0, 'DEGRADED'],
        [1, 'UNHEALTHY'],
      ]),
      place([[2], [3, 'DEGRADED']], second),
    ],
  ],
  panic: [[place([[0], [1, 'UNHEALTHY'], [2, 'UNHEALTHY'], [3, 'UNHEALTHY'], [4, 'DRAINING']])]],
  both: [
    [
      place([
        [0, 'UNHEALTHY'],
        [1, 'UNHEALTHY'],
      ]),
      place([[2, 'UNHEALTHY'], [3]], second),
    ],
  ],
  nobody: [
    [
      place([
        [0, 'UNHEALTHY'],
        [1, 'DRAINING'],
      ]),
      place([[2, 'TIMEOUT']], second),
    ],
  ],
};
const LOCALITY: Fields = { locality_weighted_lb_config: {} };
const common: Record<string, Fields> = {
  zones: LOCALITY,
  sick: LOCALITY,
  drained: LOCALITY,
  unweighted: LOCALITY,
};
const POLICIES = ['ROUND_ROBIN', 'LEAST_REQUEST', 'RANDOM'] as const;
const names = POLICIES.flatMap((policy) => Object.keys(places).map((name) => `${name}.${policy}`));

const dir = folder();
const config = (port: number, tcp: number, admin: number): Fields => ({
  admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
  static_resources: {
    listeners: [
      listener('main', port, {
        route_config: routes(names.map((name) => toCluster(name, {}, { path: `/${name}` }))),
      }),
      proxied('tcp', tcp, { cluster: 'ring', hash_policy: [{ source_ip: {} }] }),
    ],
    clusters: [
      ...names.map((name): Fields => {
        const [hosts = '', policy = ''] = name.split('.');
        return {
          name,
          type: 'STATIC',
          lb_policy: policy,
          common_lb_config: common[hosts] ?? {},
          load_assignment: { cluster_name: name, endpoints: places[hosts]?.[0] ?? [] },
        };
      }),
      {
        name: 'ring',
        type: 'STATIC',
        lb_policy: 'RING_HASH',
        load_assignment: { cluster_name: 'ring', endpoints: [place(origins.map((_, i): Host => [i]))] },
      },
    ],
  },
});

type Side = { readonly port: number; readonly tcp: number; readonly admin: number };
async function begin(own: boolean): Promise<Side> {
  const [port, tcp, admin] = [await freePort(), await freePort(), await freePort()];
  const running = await runSide(own, config(port, tcp, admin), { admin, dir });
  t.teardown(() => running.stop());
  await running.listening(port);
  await running.listening(tcp);
  return { port, tcp, admin };
}
const sides = [await begin(false), await begin(true)] as const;
t.teardown(async () => {
  await Promise.all(origins.map((origin) => origin.close()));
  dir.remove();
});

const TIMES = 240;
/** How many of the requests each host answers. */
async function counts({ port }: Side, name: string): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  const client = new Client(port);
  for (let at = 0; at < TIMES; at += 60) {
    client.send(get(`/${name}`).repeat(60));
    for (let i = 0; i < 60; i++) {
      const { status, body } = await client.response();
      const host = status === 200 ? body.toString() : String(status);
      found.set(host, (found.get(host) ?? 0) + 1);
    }
  }
  client.close();
  return found;
}

for (const name of names) {
  t.test(name, async (t) => {
    const [theirs, ours] = await Promise.all(sides.map((side) => counts(side, name)));
    if (theirs === undefined || ours === undefined) throw new Error('a side is missing');
    t.strictSame([...ours.keys()].sort(), [...theirs.keys()].sort(), 'the same hosts');
    const [hosts = '', policy] = name.split('.');
    if (policy !== 'ROUND_ROBIN' || places[hosts]?.[1] !== true) return;
    for (const [host, count] of theirs) {
      // Turns begin somewhere.
      const own = ours.get(host) ?? 0;
      t.ok(Math.abs(own - count) <= 3, `${host}: ${own} and ${count}`);
    }
  });
}

t.test('panics are counted', async (t) => {
  const [theirs, ours] = await Promise.all(
    sides.map(async ({ admin }) =>
      (await (await fetch(`http://127.0.0.1:${admin}/stats?filter=lb_healthy_panic`)).text()).split('\n'),
    ),
  );
  // Where panic is one priority's, chance decides how often it is chosen.
  const certain = (lines: string[] | undefined): string[] =>
    (lines ?? []).filter((line) => !/cluster\.(both|over|later)\./.test(line));
  t.ok(certain(theirs).some((line) => line.endsWith(`: ${TIMES}`)));
  t.strictSame(certain(ours), certain(theirs));
});

t.test('connections by the address of the client', async (t) => {
  const host = (port: number, localAddress: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, localAddress });
      socket.on('error', reject);
      socket.on('data', (data: Buffer) => {
        socket.destroy();
        resolve(data.toString().slice(-1));
      });
      socket.write(get('/'));
    });
  const seen = new Set<string>();
  for (let i = 1; i <= 60; i++) {
    const [theirs, ours] = await Promise.all(sides.map(({ tcp }) => host(tcp, `127.0.0.${i}`)));
    t.equal(ours, theirs, `127.0.0.${i}`);
    seen.add(theirs ?? '');
  }
  t.ok(seen.size > 3);
});
