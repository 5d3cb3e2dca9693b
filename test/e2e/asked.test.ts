// What requests of the inside ask for themselves, and how long bodies are kept for another attempt.
// observes: envoy.extensions.filters.http.router.v3.Router: respect_expected_rq_timeout strict_check_headers
// observes: envoy.config.route.v3.VirtualHost: include_is_timeout_retry_header per_request_buffer_limit_bytes request_body_buffer_limit
// observes: envoy.config.route.v3.Route: per_request_buffer_limit_bytes request_body_buffer_limit
import t from 'tap';
import {
  answer,
  ask,
  cluster,
  type Fields,
  freePort,
  listener,
  Origin,
  type Request,
  type Response,
  router,
  sent,
  start,
  toCluster,
} from './support.ts';

t.setTimeout(60_000);
const fails = answer('', '', '503 Service Unavailable');
let steps: ('fails' | 'silence')[] = [];
const origin = await new Origin(() => {
  const step = steps.shift();
  if (step === 'silence') return undefined;
  return step === 'fails' ? fails : answer('ok');
}).listen();

const quick = { base_interval: '0.001s', max_interval: '0.002s' };
const retries = { retry_policy: { retry_on: '5xx', retry_back_off: quick } };
const [port, respecting, own] = [await freePort(), await freePort(), await freePort()];
const inside = {
  use_remote_address: true,
  internal_address_config: { cidr_ranges: [{ address_prefix: '127.0.0.0', prefix_len: 8 }] },
};
const filters = (fields: Fields): Fields => ({
  http_filters: [{ ...router, typed_config: { ...(router.typed_config as Fields), ...fields } }],
});
const table = (fields: Fields): Fields => ({
  route_config: {
    name: 'local',
    virtual_hosts: [
      {
        name: 'all',
        domains: ['*'],
        routes: [
          { ...toCluster('origin', retries, { prefix: '/own' }), per_request_buffer_limit_bytes: 10 },
          { ...toCluster('origin', retries, { prefix: '/exact' }), request_body_buffer_limit: 12 },
          toCluster('origin', retries, { prefix: '/host' }),
          toCluster('origin', {}),
        ],
        ...fields,
      },
    ],
  },
});
const proxy = await start(
  {
    static_resources: {
      listeners: [
        listener('in', port, {
          ...inside,
          ...filters({ strict_check_headers: ['x-envoy-max-retries'] }),
          ...table({ include_is_timeout_retry_header: true, per_request_buffer_limit_bytes: 5 }),
        }),
        listener('respecting', respecting, {
          ...inside,
          ...filters({ respect_expected_rq_timeout: true }),
          ...table({ request_body_buffer_limit: 7 }),
        }),
        listener('own', own, { use_remote_address: true, ...table({}) }),
      ],
      clusters: [cluster('origin', [origin.port])],
    },
  },
  [port, respecting, own],
);
t.teardown(async () => {
  await proxy.stop();
  await origin.close();
});

type Outcome = { readonly response: Response; readonly seen: readonly Request[] };
async function send(
  to: number,
  path: string,
  headers: string,
  script: typeof steps,
  body = '',
): Promise<Outcome> {
  steps = [...script];
  const before = origin.requests.length;
  const length = body === '' ? '' : `content-length: ${body.length}\r\n`;
  const request = `${body === '' ? 'GET' : 'POST'} ${path} HTTP/1.1\r\nhost: a\r\n${headers}${length}\r\n${body}`;
  const response = await ask(to, request);
  return { response, seen: origin.requests.slice(before) };
}

t.test('retries are had for the asking, inside', async (t) => {
  const headers = 'x-envoy-retry-on: 5xx\r\nx-envoy-max-retries: 2\r\n';
  const { response, seen } = await send(port, '/', headers, ['fails', 'fails']);
  t.equal(response.status, 200);
  t.equal(seen.length, 3);
  for (const request of seen)
    t.notOk(sent(request, 'x-envoy-retry-on') ?? sent(request, 'x-envoy-max-retries'));
  const other = await send(own, '/', headers, ['fails']);
  t.equal(other.response.status, 503, 'not outside');
  t.notOk(sent(other.seen[0] as Request, 'x-envoy-retry-on'));
});

t.test('times', async (t) => {
  const headers = 'x-envoy-retry-on: 5xx\r\nx-envoy-upstream-rq-per-try-timeout-ms: 50\r\n';
  const { response, seen } = await send(port, '/', headers, ['silence']);
  t.equal(response.status, 200);
  t.equal(sent(seen[0] as Request, 'x-envoy-expected-rq-timeout-ms'), '50');
  t.equal(sent(seen[0] as Request, 'x-envoy-is-timeout-retry'), undefined);
  t.equal(sent(seen[1] as Request, 'x-envoy-is-timeout-retry'), 'true');
  const whole = await send(port, '/', 'x-envoy-upstream-rq-timeout-ms: 50\r\n', ['silence']);
  t.equal(whole.response.status, 504);
});

t.test('what is expected', async (t) => {
  const headers = 'x-envoy-expected-rq-timeout-ms: 1234\r\n';
  const other = await send(port, '/', headers, []);
  t.equal(sent(other.seen[0] as Request, 'x-envoy-expected-rq-timeout-ms'), '15000');
  const { response, seen } = await send(respecting, '/', headers.replace('1234', '60'), ['silence']);
  t.equal(response.status, 504);
  t.equal(sent(seen[0] as Request, 'x-envoy-expected-rq-timeout-ms'), '60');
});

t.test('strict headers', async (t) => {
  const { response, seen } = await send(port, '/', 'x-envoy-max-retries: few\r\n', []);
  t.equal(response.status, 400);
  t.match(response.body.toString(), "invalid header 'x-envoy-max-retries' with value 'few'");
  t.equal(seen.length, 0);
  t.equal((await send(respecting, '/', 'x-envoy-max-retries: few\r\n', [])).response.status, 200);
});

t.test('what is kept of a body', async (t) => {
  const cases: readonly [string, number, number][] = [
    ['/own', port, 10],
    ['/exact', port, 12],
    ['/host', port, 5],
    ['/host', respecting, 7],
  ];
  for (const [path, to, most] of cases) {
    const fits = await send(to, path, '', ['fails'], 'x'.repeat(most));
    t.equal(fits.response.status, 200, `${path}: ${most} bytes are sent again`);
    const more = await send(to, path, '', ['fails'], 'x'.repeat(most + 1));
    t.equal(more.response.status, 503, `${path}: one more is not`);
  }
});
