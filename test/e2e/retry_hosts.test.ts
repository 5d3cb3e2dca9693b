// Where and when retries go, how many there may be at the same time, and how many connections a host may have.
// observes: envoy.config.route.v3.RetryPolicy: retry_priority rate_limited_retry_back_off retry_host_predicate
// observes: envoy.config.route.v3.RetryPolicy.RetryPriority: typed_config
// observes: envoy.config.route.v3.RetryPolicy.RateLimitedRetryBackOff: reset_headers max_interval
// observes: envoy.config.route.v3.RetryPolicy.ResetHeader: name format
// observes: envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig: update_frequency
// observes: envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig: metadata_match
// observes: envoy.config.cluster.v3.CircuitBreakers: per_host_thresholds
// observes: envoy.config.cluster.v3.CircuitBreakers.Thresholds: retry_budget
// observes: envoy.config.cluster.v3.CircuitBreakers.Thresholds.RetryBudget: budget_percent min_retry_concurrency
import t from 'tap';
import {
  answer,
  ask,
  Client,
  cluster,
  endpoint,
  eventually,
  type Fields,
  freePort,
  get,
  listener,
  Origin,
  type Request,
  routes,
  start,
  toCluster,
} from './support.ts';

t.setTimeout(60_000);
let script: (Buffer | 'hold')[] = [];
let seen: string[] = [];
const held: (() => void)[] = [];
const host = (name: string): Promise<Origin> =>
  new Origin((request: Request, socket) => {
    seen.push(name);
    const step = script.shift() ?? answer(`ok ${request.path}`);
    if (step !== 'hold') return step;
    held.push(() => socket.write(answer('held')));
    return undefined;
  }).listen();
const hosts = await Promise.all(['zero', 'one', 'two'].map(host));
const [zero, one, two] = hosts as [Origin, Origin, Origin];
const [port, admin] = [await freePort(), await freePort()];

const typed = (type: string, fields: Fields = {}): Fields => ({
  name: 'it',
  typed_config: { '@type': `type.googleapis.com/envoy.extensions.retry.${type}`, ...fields },
});
const omit = (stage: string): Fields => ({
  retry_host_predicate: [
    typed('host.omit_host_metadata.v3.OmitHostMetadataConfig', {
      metadata_match: { filter_metadata: { 'envoy.lb': { stage } } },
    }),
  ],
  host_selection_retry_max_attempts: 50,
});
const quick = { base_interval: '0.001s', max_interval: '0.002s' };
const to = (name: string, path: string, policy: Fields): Fields =>
  toCluster(name, { retry_policy: { retry_on: '5xx', retry_back_off: quick, ...policy } }, { path });
const canary = [typed('host.omit_canary_hosts.v3.OmitCanaryHostsPredicate')];
const limited = (fields: Fields, name = 'x-reset'): Fields => ({
  rate_limited_retry_back_off: { reset_headers: [{ name, ...fields }], max_interval: '2s' },
});
const staged = (origin: Origin, fields: Fields): Fields => ({
  ...endpoint(origin.port),
  metadata: { filter_metadata: { 'envoy.lb': fields } },
});
const budget = (retry_budget: Fields): Fields => ({
  circuit_breakers: { thresholds: [{ max_retries: 9, retry_budget }] },
});
const proxy = await start(
  {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      listeners: [
        listener('in', port, {
          route_config: routes([
            to('levels', '/levels', {
              num_retries: 2,
              retry_priority: typed('priority.previous_priorities.v3.PreviousPrioritiesConfig', {
                update_frequency: 1,
              }),
            }),
            to('staged', '/canary', { retry_host_predicate: canary, host_selection_retry_max_attempts: 50 }),
            to('staged', '/old', omit('old')),
            to('own', '/reset', limited({})),
            toCluster(
              'waits',
              {
                timeout: '3s',
                retry_policy: {
                  retry_on: '5xx',
                  rate_limited_retry_back_off: { reset_headers: [{ name: 'x-reset' }], max_interval: '300s' },
                },
              },
              { path: '/waits' },
            ),
            to('own', '/at', limited({ format: 'UNIX_TIMESTAMP' }, 'x-at')),
            to('none', '/none', {}),
            to('least', '/least', { num_retries: 2 }),
            toCluster('narrow', {}, { path: '/narrow' }),
          ]),
        }),
      ],
      clusters: [
        cluster('levels', [], {
          load_assignment: {
            cluster_name: 'levels',
            endpoints: hosts.map((each, priority) => ({ priority, lb_endpoints: [endpoint(each.port)] })),
          },
        }),
        cluster('staged', [], {
          load_assignment: {
            cluster_name: 'staged',
            endpoints: [
              { lb_endpoints: [staged(zero, { canary: true, stage: 'old' }), staged(one, { stage: 'new' })] },
            ],
          },
        }),
        cluster('own', [two.port]),
        cluster('waits', [two.port]),
        cluster('none', [two.port], budget({ budget_percent: { value: 0 }, min_retry_concurrency: 0 })),
        cluster('least', [two.port], budget({ budget_percent: { value: 0 }, min_retry_concurrency: 1 })),
        cluster('narrow', [two.port], {
          circuit_breakers: { per_host_thresholds: [{ max_connections: 1 }] },
        }),
      ],
    },
  },
  [port],
);
t.teardown(async () => {
  await proxy.stop();
  for (const each of hosts) await each.close();
});

const fails = (headers = ''): Buffer => answer('', headers, '503 S');
async function send(path: string, steps: typeof script): Promise<{ status: number; seen: string[] }> {
  [script, seen] = [[...steps], []];
  const { status } = await ask(port, get(path));
  return { status, seen };
}
const stat = async (name: string): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${admin}/stats?filter=^${name}$`)).text();
  return Number(text.split(': ')[1]);
};

t.test('a retry goes to a priority that was not tried', async (t) => {
  const { status, seen } = await send('/levels', [fails(), fails()]);
  t.equal(status, 200);
  t.same(seen, ['zero', 'one', 'two']);
  t.same((await send('/levels', [])).seen, ['zero'], 'other requests know nothing of it');
});

t.test('hosts that retries leave out', async (t) => {
  for (const path of ['/canary', '/old']) {
    for (let i = 0; i < 4; i++) {
      const { status, seen } = await send(path, [fails()]);
      t.equal(status, 200);
      t.equal(seen.at(-1), 'one', path);
    }
  }
});

t.test('a host says when to come again', async (t) => {
  const waits = 'cluster.own.upstream_rq_retry_backoff_ratelimited';
  const begin = Date.now();
  t.equal((await send('/reset', [fails('x-reset: 1\r\n')])).status, 200);
  t.ok(Date.now() - begin >= 1000, 'not earlier');
  t.equal(await stat(waits), 1);
  t.equal((await send('/reset', [fails('x-reset: 3\r\n')])).status, 200, 'that is too long');
  t.equal(await stat(waits), 1);
  const at = Math.floor(Date.now() / 1000) + 2;
  t.equal((await send('/at', [fails(`x-at: ${at}\r\n`)])).status, 200);
  t.ok(Date.now() >= at * 1000 - 1000, 'nor before that time, as seconds tell it');
  t.equal(await stat(waits), 2);
});

t.test('a request whose time is over while it waits: its host has answered long ago', async (t) => {
  t.equal((await send('/waits', [fails('x-reset: 200\r\n')])).status, 504);
  const text = await (await fetch(`http://127.0.0.1:${admin}/clusters`)).text();
  const of = (name: string): string | undefined =>
    new RegExp(`^waits::127.*::${name}::(\\d+)$`, 'm').exec(text)?.[1];
  t.same([of('rq_total'), of('rq_error'), of('rq_timeout')], ['1', '1', '0']);
});

t.test('budgets', async (t) => {
  t.equal((await send('/none', [fails()])).status, 503);
  t.equal(await stat('cluster.none.upstream_rq_retry_overflow'), 1);
  t.equal((await send('/least', [fails(), fails()])).status, 200);
});

t.test('connections of a host', async (t) => {
  [script, seen] = [['hold'], []];
  const before = two.connections;
  const first = new Client(port).send(get('/narrow'));
  await eventually('the first', () => held.length > 0);
  const second = new Client(port).send(get('/narrow'));
  await eventually('the second waits', async () => (await stat('cluster.narrow.upstream_cx_overflow')) > 0);
  t.equal(two.connections, before + 1);
  held.pop()?.();
  t.equal((await first.response()).body.toString(), 'held');
  t.equal((await second.response()).body.toString(), 'ok /narrow');
  t.equal(two.connections, before + 1, 'they have shared it');
  first.close();
  second.close();
});
