// Health checks of the proxy itself, by the real Envoy and by this proxy: answers, headers, access logs, statistics.
// Skipped where Envoy's binary is absent.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
  header,
  listener,
  Origin,
  router,
  routes,
  toCluster,
} from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { bothSides } from './side.ts';

// observes: envoy.extensions.filters.http.health_check.v3.HealthCheck: pass_through_mode cache_time cluster_min_healthy_percentages headers

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
const dir = folder();
/** How many checks have come to the host of each listener. */
const asked = new Map<string, number>();
const origin = await new Origin((request) => {
  const name = request.path.slice(request.path.indexOf('?') + 1);
  asked.set(name, (asked.get(name) ?? 0) + 1);
  if (name.startsWith('degraded')) return answer('', 'x-envoy-degraded: \r\n');
  return name.startsWith('sick') ? answer('sick', '', '500 Internal Server Error') : answer('host');
}).listen();
const dead = await freePort();
t.teardown(async () => {
  await origin.close();
  dir.remove();
});

const TYPE = 'type.googleapis.com/envoy.extensions.filters.http.health_check.v3.HealthCheck';
const isPath = [{ name: ':path', string_match: { prefix: '/healthz' } }];
const share = (name: string, value: number): Fields => ({ [name]: { value } });

/** By listener: what its filter says. */
const FILTERS: Readonly<Record<string, Fields>> = {
  own: { pass_through_mode: false, headers: isPath },
  all: { pass_through_mode: false },
  two: { pass_through_mode: false, headers: [...isPath, { name: 'x-check' }] },
  through: { pass_through_mode: true, headers: isPath },
  kept: { pass_through_mode: true, cache_time: '60s', headers: isPath },
  half: { pass_through_mode: false, headers: isPath, cluster_min_healthy_percentages: share('half', 50) },
  most: { pass_through_mode: false, headers: isPath, cluster_min_healthy_percentages: share('half', 50.5) },
  empty: { pass_through_mode: false, headers: isPath, cluster_min_healthy_percentages: share('empty', 1) },
  none: { pass_through_mode: false, headers: isPath, cluster_min_healthy_percentages: share('empty', 0) },
  missing: { pass_through_mode: false, headers: isPath, cluster_min_healthy_percentages: share('nobody', 1) },
};
type Name = keyof typeof FILTERS & string;
const NAMES = Object.keys(FILTERS) as Name[];

const log = (path: string, filter?: Fields): Fields => ({
  name: 'file',
  ...(filter === undefined ? {} : { filter }),
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
    path,
    log_format: {
      text_format_source: {
        inline_string: '%REQ(:PATH)% %RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS%\n',
      },
    },
  },
});

const config = (admin: number, ports: Readonly<Record<string, number>>): Fields => ({
  admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
  node: { id: 'n', cluster: 'the-cluster' },
  static_resources: {
    listeners: Object.entries(FILTERS).map(([name, settings]) =>
      listener(name, ports[name] as number, {
        stat_prefix: name,
        http_filters: [{ name: 'check', typed_config: { '@type': TYPE, ...settings } }, router],
        access_log: [
          log(join(dir.path, `${admin}-${name}-all`)),
          log(join(dir.path, `${admin}-${name}`), { not_health_check_filter: {} }),
        ],
        route_config: routes([toCluster('origin')]),
      }),
    ),
    clusters: [
      cluster('origin', [origin.port]),
      cluster('empty', []),
      {
        ...cluster('half', [origin.port, dead]),
        load_assignment: {
          cluster_name: 'half',
          endpoints: [
            {
              lb_endpoints: [origin.port, dead].map((port_value) => ({
                endpoint: { address: { socket_address: { address: '127.0.0.1', port_value } } },
                ...(port_value === dead ? { health_status: 'UNHEALTHY' } : {}),
              })),
            },
          ],
        },
      },
    ],
  },
});

const sides = await bothSides(t, dir, NAMES, config);
const post = (path: string) => `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc`;

/** What is looked at in an answer. */
async function see(port: number, request: string): Promise<unknown> {
  const response = await ask(port, request);
  const names = [
    'x-envoy-upstream-healthchecked-cluster',
    'x-envoy-immediate-health-check-fail',
    'x-envoy-degraded',
  ];
  return {
    status: response.status,
    body: response.body.toString(),
    headers: names.map((name) => header(response, name)),
  };
}
const lines = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);

const CASES: Readonly<Record<Name, readonly string[]>> = {
  own: [get('/healthz'), get('/healthz/x'), get('/a'), post('/healthz')],
  all: [get('/'), post('/a')],
  two: [get('/healthz'), get('/healthz', 'x-check: 1\r\n')],
  through: [get('/healthz'), get('/healthz?sick'), get('/healthz?degraded')],
  half: [get('/healthz')],
  most: [get('/healthz')],
  empty: [get('/healthz')],
  none: [get('/healthz')],
  missing: [get('/healthz')],
  kept: [get('/healthz?degraded1'), get('/healthz?degraded1'), get('/healthz?other'), get('/plain')],
};
const COUNTERS = 'downstream_rq_([0-9]xx|completed|total)';

/** What came of the requests to each listener. */
const seen = new Map<string, { answers: unknown[]; stats: string }>();
for (const { admin, ports } of sides) {
  for (const [name, requests] of Object.entries(CASES)) {
    const answers = [];
    for (const request of requests) answers.push(await see(ports[name] as number, request));
    const stats = await fetch(`http://127.0.0.1:${admin}/stats?filter=^http\\.${name}\\.${COUNTERS}`);
    seen.set(`${admin} ${name}`, { answers, stats: await stats.text() });
  }
}
// Files are written from time to time, those of one listener together.
for (const { admin } of sides) {
  for (const [name, requests] of Object.entries(CASES)) {
    const all = join(dir.path, `${admin}-${name}-all`);
    await eventually('the lines', () => lines(all).length >= requests.length, 30_000);
  }
}
for (const name of NAMES) {
  t.test(name, async (t) => {
    const [theirs, ours] = sides.map(({ admin }) => ({
      ...seen.get(`${admin} ${name}`),
      all: lines(join(dir.path, `${admin}-${name}-all`)),
      rest: lines(join(dir.path, `${admin}-${name}`)),
    }));
    t.same(ours, theirs);
  });
}
t.equal(asked.get('degraded1'), 2, 'each has asked its host once for an answer that is kept');

t.test('a process that is told to fail', async (t) => {
  for (const { admin } of sides)
    await fetch(`http://127.0.0.1:${admin}/healthcheck/fail`, { method: 'POST' });
  for (const name of ['own', 'through', 'half'] as const) {
    const answers = [];
    for (const { ports } of sides) {
      const port = ports[name] as number;
      answers.push([await see(port, get('/healthz')), await see(port, get('/plain'))]);
    }
    t.same(answers[1], answers[0], name);
  }
  for (const { admin } of sides) await fetch(`http://127.0.0.1:${admin}/healthcheck/ok`, { method: 'POST' });
  const port = sides[1].ports.own as number;
  t.equal((await ask(port, get('/healthz'))).status, 200);
});
