// Retries of a route's policy, where the outcome does not depend on another proxy's: hosts, bodies, limits, delays.
// observes: envoy.config.route.v3.VirtualHost: retry_policy include_request_attempt_count include_attempt_count_in_response
// observes: envoy.config.route.v3.RouteAction: retry_policy
// observes: envoy.config.route.v3.RetryPolicy: retry_on num_retries per_try_timeout per_try_idle_timeout
// observes: envoy.config.route.v3.RetryPolicy: retry_host_predicate host_selection_retry_max_attempts retry_back_off
// observes: envoy.config.route.v3.RetryPolicy: retriable_status_codes retriable_headers retriable_request_headers
// observes: envoy.config.route.v3.RetryPolicy.RetryHostPredicate: typed_config
// observes: envoy.config.route.v3.RetryPolicy.RetryBackOff: base_interval max_interval
// observes: envoy.config.cluster.v3.CircuitBreakers.Thresholds: max_retries
import t from 'tap';
import {
  answer,
  Client,
  cluster,
  eventually,
  type Fields,
  freePort,
  get,
  header,
  listener,
  Origin,
  type Response,
  sent,
  start,
  toCluster,
} from './support.ts';

t.setTimeout(120_000);
const fails = answer('', '', '503 Service Unavailable');
/** Attempts of each path, in all. */
const seen = new Map<string, string[]>();
const note = (path: string, what: string): number =>
  (seen.get(path) ?? (seen.set(path, []).get(path) as string[])).push(what);
/** As many failures as the request says, then an answer; or silence. */
const origin = await new Origin((request) => {
  const n = note(request.path, `${sent(request, 'x-envoy-attempt-count')} ${request.body.length}`);
  if (n > Number(sent(request, 'x-fails') ?? 0)) return answer('ok');
  if (sent(request, 'x-how') === 'silence') return undefined;
  if (sent(request, 'x-how') === 'teapot') return answer('', 'x-retry: yes\r\n', '418 T');
  return fails;
}).listen();
const failing = await new Origin((request) => {
  note(request.path, 'failing');
  return fails;
}).listen();
const [port, admin] = [await freePort(), await freePort()];
const PREVIOUS = 'type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate';
const other = [{ name: 'other', typed_config: { '@type': PREVIOUS } }];
const quick = { retry_back_off: { base_interval: '0.001s', max_interval: '0.002s' } };
const policy = (fields: Fields): Fields => ({ retry_policy: { retry_on: '5xx', ...quick, ...fields } });
const to = (name: string, path: string, retry: Fields, action: Fields = {}): Fields =>
  toCluster(name, { ...policy(retry), ...action }, { prefix: path });
const hour = '3600s';
const allOf = (list: Fields[]): Fields => ({
  name: 'local',
  virtual_hosts: [
    {
      name: 'all',
      domains: ['*'],
      include_request_attempt_count: true,
      include_attempt_count_in_response: true,
      ...policy({ num_retries: 4 }),
      routes: list,
    },
  ],
});
const proxy = await start(
  {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      listeners: [
        listener('in', port, {
          route_config: allOf([
            to('mixed', '/other', { retry_host_predicate: other, host_selection_retry_max_attempts: 50 }),
            to('origin', '/twice', { num_retries: 2 }),
            to('origin', '/codes', { retry_on: 'retriable-status-codes', retriable_status_codes: [418] }),
            to('origin', '/headers', {
              retry_on: 'retriable-headers',
              retriable_headers: [{ name: 'x-retry', string_match: { exact: 'yes' } }],
            }),
            to('origin', '/asked', {
              retriable_request_headers: [{ name: 'x-please', present_match: true }],
            }),
            to('origin', '/per-try', { per_try_timeout: '0.05s' }),
            to('origin', '/idle', { per_try_idle_timeout: '0.05s' }),
            to('origin', '/late', { retry_back_off: { base_interval: hour } }, { timeout: '0.3s' }),
            to(
              'origin',
              '/later',
              { num_retries: 60, retry_back_off: { base_interval: '0.001s', max_interval: hour } },
              { timeout: '1s' },
            ),
            to('origin', '/many', { num_retries: 60 }, { timeout: '0s' }),
            to('limited', '/limited', { num_retries: 3 }),
            toCluster('origin', {}, { prefix: '/host' }),
          ]),
        }),
      ],
      clusters: [
        cluster('origin', [origin.port]),
        cluster('mixed', [origin.port, failing.port]),
        cluster('limited', [origin.port], {
          circuit_breakers: { thresholds: [{ max_retries: 0 }] },
        }),
      ],
    },
  },
  [port],
);
t.teardown(async () => {
  await proxy.stop();
  await origin.close();
  await failing.close();
});

async function send(path: string, headers = '', body = ''): Promise<Response> {
  const client = new Client(port);
  const length = body === '' ? '' : `content-length: ${body.length}\r\n`;
  client.send(
    `${body === '' ? 'GET' : 'POST'} ${path} HTTP/1.1\r\nhost: a\r\n${headers}${length}\r\n${body}`,
  );
  const response = await client.response();
  client.close();
  return response;
}
async function stat(name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${admin}/stats?filter=^${name}$`)).text();
  return Number(/: (\d+)/.exec(text)?.[1] ?? Number.NaN);
}

t.test('another host is chosen, whatever the balancer would have chosen', async (t) => {
  for (let i = 0; i < 20; i++) t.equal((await send(`/other/${i}`)).status, 200);
  t.ok(
    [...seen.values()].some((list) => list.includes('failing')),
    'some had to be retried',
  );
});

t.test('attempts are counted in requests and responses', async (t) => {
  const response = await send('/twice/a', 'x-fails: 2\r\n');
  t.equal(response.status, 200);
  t.equal(header(response, 'x-envoy-attempt-count'), '3');
  t.same(seen.get('/twice/a'), ['1 0', '2 0', '3 0']);
  t.equal((await send('/twice/b', 'x-fails: 3\r\n')).status, 503);
});

t.test('the policy of the virtual host is for routes without one', async (t) => {
  t.equal((await send('/host/a', 'x-fails: 4\r\n')).status, 200);
  t.equal((await send('/host/b', 'x-fails: 5\r\n')).status, 503);
});

t.test('what is retried', async (t) => {
  const teapot = 'x-fails: 1\r\nx-how: teapot\r\n';
  t.equal((await send('/codes', teapot)).status, 200);
  t.equal((await send('/headers', teapot)).status, 200);
  t.equal((await send('/twice/teapot', teapot)).status, 418);
  t.equal((await send('/asked/a', 'x-fails: 1\r\n')).status, 503);
  t.equal((await send('/asked/b', 'x-fails: 1\r\nx-please: 1\r\n')).status, 200);
  t.equal((await send('/per-try', 'x-fails: 1\r\nx-how: silence\r\n')).status, 200);
  t.equal((await send('/idle', 'x-fails: 1\r\nx-how: silence\r\n')).status, 200);
});

t.test('bodies are sent again, unless they are larger than what may wait', async (t) => {
  t.equal((await send('/twice/body', 'x-fails: 2\r\n', 'x'.repeat(100_000))).status, 200);
  t.same(seen.get('/twice/body'), ['1 100000', '2 100000', '3 100000']);
  const large = await send('/twice/large', 'x-fails: 1\r\n', 'x'.repeat(3_000_000));
  t.equal(large.status, 503);
  t.same(seen.get('/twice/large'), ['1 3000000']);
  t.equal(await stat('cluster.origin.retry_or_shadow_abandoned'), 1);
});

t.test('delays grow up to the longest', async (t) => {
  t.equal((await send('/late', 'x-fails: 1\r\n')).status, 504, 'an hour, by chance less');
  t.equal((await send('/later', 'x-fails: 60\r\n')).status, 504, 'each up to twice as long');
  t.equal((await send('/many', 'x-fails: 60\r\n')).status, 200, 'never longer than two milliseconds');
});

t.test('no more retries at once than the cluster allows', async (t) => {
  const response = await send('/limited', 'x-fails: 1\r\n');
  t.equal(response.status, 503);
  t.equal(await stat('cluster.limited.upstream_rq_retry_overflow'), 1);
  t.equal(await stat('cluster.limited.upstream_rq_retry'), 0);
});

t.test('a client that leaves takes its retries with it', async (t) => {
  const client = new Client(port).send(get('/late/gone', 'x-fails: 1\r\n'));
  await eventually('the first attempt', () => seen.get('/late/gone')?.length === 1);
  await eventually('the wait', async () => (await stat('cluster.origin.upstream_rq_active')) === 0);
  client.close();
  await eventually('the end', async () => (await stat('http.in.downstream_rq_active')) === 0);
  t.equal(await stat('cluster.origin.upstream_rq_pending_active'), 0);
});
