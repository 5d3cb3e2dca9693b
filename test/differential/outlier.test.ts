// Hosts that are ejected for what requests say of them, in the real Envoy and in this proxy: who is, why, what is
// counted, and that they come back. Skipped where Envoy's binary is absent.
// observes: envoy.config.cluster.v3.OutlierDetection: consecutive_5xx consecutive_gateway_failure
// observes: envoy.config.cluster.v3.OutlierDetection: consecutive_local_origin_failure split_external_local_origin_errors
import t from 'tap';
import {
  answer,
  ask,
  cluster,
  eventually,
  type Fields,
  folder,
  freePort,
  get,
  listener,
  Origin,
  type Running,
  routes,
  toCluster,
} from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { runSide } from './side.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
t.setTimeout(120_000);
const dir = folder();
let status = '503 Service Unavailable';
const sick = await new Origin(() => answer('sick', '', status)).listen();
const sicker = await new Origin(() => answer('sick', '', status)).listen();
const well = await Promise.all([1, 2, 3].map(() => new Origin(() => answer('well')).listen()));
const closed = await freePort();
const wells = well.map(({ port }) => port);

const QUICK = { interval: '0.1s', base_ejection_time: '0.3s', max_ejection_percent: 50 };
const LONG = {
  interval: '0.1s',
  base_ejection_time: '3600s',
  max_ejection_time: '3600s',
  max_ejection_percent: 50,
};
interface Case {
  readonly name: string;
  readonly ports: readonly number[];
  readonly detection: Fields;
  readonly status?: string;
  readonly requests: number;
  /** Two hosts are sick: which is put out first depends on where a balancer begins, which is random. */
  readonly eitherFirst?: true;
}
const CASES: readonly Case[] = [
  { name: 'five', ports: [sick.port, ...wells], detection: LONG, requests: 40 },
  { name: 'three', ports: [sick.port, ...wells], detection: { ...LONG, consecutive_5xx: 3 }, requests: 24 },
  { name: 'five-hundred', ports: [sick.port, ...wells], detection: LONG, status: '500 E', requests: 40 },
  { name: 'not-found', ports: [sick.port, ...wells], detection: LONG, status: '404 N', requests: 40 },
  {
    name: 'gateway',
    ports: [sick.port, ...wells],
    detection: {
      ...LONG,
      consecutive_5xx: 1000,
      consecutive_gateway_failure: 2,
      enforcing_consecutive_gateway_failure: 100,
    },
    requests: 24,
  },
  {
    name: 'not-enforced',
    ports: [sick.port, ...wells],
    detection: { ...LONG, enforcing_consecutive_5xx: 0 },
    requests: 24,
  },
  {
    name: 'few',
    ports: [sick.port, ...wells],
    detection: { ...LONG, max_ejection_percent: 10 },
    requests: 24,
  },
  {
    name: 'one',
    ports: [sick.port, ...wells],
    detection: { ...LONG, max_ejection_percent: 10, always_eject_one_host: true },
    requests: 24,
  },
  {
    name: 'most',
    ports: [sick.port, sicker.port, wells[0] as number],
    detection: { ...LONG, max_ejection_percent: 40 },
    requests: 30,
    eitherFirst: true,
  },
  { name: 'nobody', ports: [closed, ...wells], detection: LONG, requests: 40 },
  {
    name: 'split',
    ports: [closed, ...wells],
    detection: { ...LONG, split_external_local_origin_errors: true, consecutive_local_origin_failure: 3 },
    requests: 24,
  },
  {
    name: 'split-external',
    ports: [sick.port, ...wells],
    detection: { ...LONG, split_external_local_origin_errors: true },
    requests: 40,
  },
];
const RETURNS: Case = {
  name: 'returns',
  ports: [sick.port, ...wells],
  detection: { ...QUICK, consecutive_5xx: 2 },
  requests: 16,
};

const config = (port: number, admin: number): Fields => ({
  admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
  static_resources: {
    listeners: [
      listener('in', port, {
        route_config: routes(
          [...CASES, RETURNS].map(({ name }) => toCluster(name, {}, { path: `/${name}` })),
        ),
      }),
    ],
    clusters: [...CASES, RETURNS].map(({ name, ports, detection }) =>
      cluster(name, [...ports], { outlier_detection: detection }),
    ),
  },
});

class Side {
  readonly port: number;
  readonly admin: number;
  running: Running | undefined;
  constructor(port: number, admin: number) {
    this.port = port;
    this.admin = admin;
  }
  async get(path: string): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.admin}${path}`)).text();
  }
  async stats(name: string): Promise<string[]> {
    const text = await this.get(
      `/stats?filter=^cluster\\.${name}\\.(outlier_detection|membership_(healthy|degraded|total))`,
    );
    return text.trim().split('\n');
  }
  async flags(name: string): Promise<string[]> {
    const text = await this.get('/clusters');
    return text
      .split('\n')
      .filter((line) => line.startsWith(`${name}::`) && line.includes('::health_flags::'));
  }
  /** Answers by status. */
  async send(path: string, count: number): Promise<Map<number, number>> {
    const all = new Map<number, number>();
    for (let i = 0; i < count; i++) {
      const { status } = await ask(this.port, get(path));
      all.set(status, (all.get(status) ?? 0) + 1);
      // What is decided reaches the workers between requests.
      if (status !== 200) await this.stats('nothing');
    }
    return all;
  }
}

const theirs = new Side(await freePort(), await freePort());
const ours = new Side(await freePort(), await freePort());
for (const side of [theirs, ours]) {
  side.running = await runSide(side === ours, config(side.port, side.admin), { admin: side.admin, dir });
}
t.teardown(async () => {
  for (const side of [theirs, ours]) await side.running?.stop();
  for (const each of [sick, sicker, ...well]) await each.close();
  dir.remove();
});

for (const { name, requests, status: told = '503 Service Unavailable', eitherFirst } of CASES) {
  t.test(name, async (t) => {
    status = told;
    const seen = await Promise.all([theirs, ours].map((side) => side.send(`/${name}`, requests)));
    const [wanted, flags] = [await theirs.stats(name), await theirs.flags(name)];
    await eventually('the same statistics', async () => `${await ours.stats(name)}` === `${wanted}`).catch(
      () => undefined,
    );
    t.same(await ours.stats(name), wanted);
    if (eitherFirst) {
      const anyHost = (lines: readonly string[]): string[] =>
        lines.map((line) => line.replace(/::.*::health_flags/, '::health_flags')).sort();
      t.same(anyHost(await ours.flags(name)), anyHost(flags));
      return;
    }
    t.same(await ours.flags(name), flags);
    t.same(seen[1], seen[0], 'answers');
  });
}

t.test('a host comes back', async (t) => {
  status = '503 Service Unavailable';
  for (const side of [theirs, ours]) {
    await side.send('/returns', RETURNS.requests);
    await eventually('an ejection', async () =>
      (await side.stats('returns')).some((line) => /enforced_consecutive_5xx: [1-9]/.test(line)),
    );
  }
  status = '200 OK';
  for (const side of [theirs, ours]) {
    await eventually('its return', async () =>
      (await side.stats('returns')).includes('cluster.returns.outlier_detection.ejections_active: 0'),
    );
    t.same([...(await side.send('/returns', 16)).keys()], [200]);
    t.ok((await side.flags('returns')).every((line) => line.endsWith('::healthy')));
  }
});
