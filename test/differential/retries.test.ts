// Retries, through the real Envoy and through this proxy: how many attempts the origin sees and what they carry, what
// the client gets, the flags and details in the log, and the statistics. Skipped where Envoy's binary is absent.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  answer,
  Client,
  cluster,
  eventually,
  type Fields,
  fileLog,
  folder,
  freePort,
  get,
  listener,
  Origin,
  type Running,
  sent,
  toCluster,
} from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { runSide } from './side.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
t.setTimeout(180_000);
const dir = folder();

/** What the origin does with each attempt of a request, in turn; then it says ok. */
type Step = string | 'reset' | 'silence';
const STATUS = (line: string, headers = ''): Step =>
  `HTTP/1.1 ${line}\r\n${headers}content-length: 0\r\n\r\n`;

interface Script {
  readonly name: string;
  readonly route: string;
  readonly steps: readonly Step[];
  readonly request?: string;
}

let script: readonly Step[] = [];
let attempts: string[] = [];
const origin = await new Origin((request, socket) => {
  const step = script[attempts.length];
  attempts.push(
    `${request.line.split(' ')[0]} ${sent(request, 'x-envoy-attempt-count')} ${request.body.length}`,
  );
  if (step === undefined) return answer('ok');
  if (step === 'silence') return undefined;
  if (step === 'reset') {
    socket.destroy();
    return undefined;
  }
  return Buffer.from(step, 'latin1');
}).listen();
const closed = await freePort();

const POLICIES: { readonly [path: string]: Fields } = {
  '5xx': { retry_on: '5xx', num_retries: 2 },
  one: { retry_on: '5xx' },
  none: { retry_on: '5xx', num_retries: 0 },
  gateway: { retry_on: 'gateway-error', num_retries: 3 },
  codes: { retry_on: 'retriable-status-codes', retriable_status_codes: [418, 429] },
  headers: {
    retry_on: 'retriable-headers',
    retriable_headers: [{ name: 'x-retry', string_match: { exact: 'yes' } }],
  },
  '4xx': { retry_on: 'retriable-4xx' },
  reset: { retry_on: 'reset' },
  before: { retry_on: 'reset-before-request' },
  connect: { retry_on: 'connect-failure' },
  ratelimited: { retry_on: '5xx,envoy-ratelimited' },
  plain: { retry_on: '5xx' },
  grpc: { retry_on: 'cancelled,deadline-exceeded,resource-exhausted,unavailable,internal', num_retries: 5 },
  asked: {
    retry_on: '5xx',
    retriable_request_headers: [{ name: 'x-please', present_match: true }],
  },
  'per-try': { retry_on: '5xx', per_try_timeout: '0.1s', num_retries: 1 },
  'per-try-idle': { retry_on: '5xx', per_try_idle_timeout: '0.1s', num_retries: 1 },
};

const grpc = (status: number): Step =>
  STATUS('200 OK', `content-type: application/grpc\r\ngrpc-status: ${status}\r\n`);
const bad = STATUS('503 Service Unavailable');
const body = (path: string, size: number): string =>
  `POST /${path} HTTP/1.1\r\nhost: test.example\r\ncontent-length: ${size}\r\n\r\n${'x'.repeat(size)}`;
const SCRIPTS: readonly Script[] = [
  { name: 'a 503 and then an answer', route: '5xx', steps: [bad] },
  { name: 'two and then an answer', route: '5xx', steps: [bad, bad] },
  { name: 'more than there are retries', route: '5xx', steps: [bad, bad, bad] },
  { name: 'one retry when none is said', route: 'one', steps: [bad, bad] },
  { name: 'no retry', route: 'none', steps: [bad] },
  { name: 'a 500 is no error of a gateway', route: 'gateway', steps: [STATUS('500 Internal Server Error')] },
  { name: 'each error of a gateway', route: 'gateway', steps: [STATUS('502 B'), bad, STATUS('504 T')] },
  { name: 'codes of the policy', route: 'codes', steps: [STATUS('418 T')] },
  { name: 'another code', route: 'codes', steps: [bad] },
  { name: 'headers of the policy', route: 'headers', steps: [STATUS('200 OK', 'x-retry: yes\r\n')] },
  { name: 'other headers', route: 'headers', steps: [STATUS('200 OK', 'x-retry: no\r\n')] },
  { name: '409', route: '4xx', steps: [STATUS('409 Conflict')] },
  { name: '404', route: '4xx', steps: [STATUS('404 Not Found')] },
  {
    name: 'a limit of rates',
    route: 'ratelimited',
    steps: [STATUS('429 T', 'x-envoy-ratelimited: true\r\n')],
  },
  {
    name: 'a 503 because of a limit of rates, with 5xx alone',
    route: 'plain',
    steps: [STATUS('503 S', 'x-envoy-ratelimited: true\r\n')],
  },
  { name: 'each status of gRPC', route: 'grpc', steps: [1, 4, 8, 13, 14].map(grpc) },
  { name: 'another status of gRPC', route: 'grpc', steps: [grpc(5)] },
  { name: 'a request that does not ask for it', route: 'asked', steps: [bad] },
  { name: 'one that does', route: 'asked', steps: [bad], request: get('/asked', 'x-please: 1\r\n') },
  { name: 'a reset of a POST', route: 'reset', steps: ['reset'], request: body('reset', 10) },
  {
    name: 'a reset after the request was sent',
    route: 'before',
    steps: ['reset'],
    request: body('before', 10),
  },
  { name: 'a reset, with 5xx', route: '5xx', steps: ['reset', bad], request: body('5xx', 10) },
  { name: 'a reset, with gateway-error', route: 'gateway', steps: ['reset'], request: body('gateway', 10) },
  { name: 'a reset, with connect-failure', route: 'connect', steps: ['reset'], request: body('connect', 10) },
  { name: 'a body that is sent again', route: '5xx', steps: [bad, bad], request: body('5xx', 1000) },
  { name: 'nobody listens', route: 'nobody', steps: [] },
  { name: 'an attempt that takes too long', route: 'per-try', steps: ['silence'] },
  { name: 'two of them', route: 'per-try', steps: ['silence', 'silence'] },
  { name: 'an attempt of which nothing is heard', route: 'per-try-idle', steps: ['silence'] },
  { name: 'the whole takes too long', route: 'short', steps: ['silence'] },
];

const config = (port: number, admin: number, log: string): Fields => {
  const file = fileLog(log);
  const format =
    '%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS% %UPSTREAM_REQUEST_ATTEMPT_COUNT%\n';
  const quick = { base_interval: '0.001s', max_interval: '0.002s' };
  return {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      listeners: [
        listener('in', port, {
          stat_prefix: 'in',
          access_log: [
            {
              ...file,
              typed_config: {
                ...(file.typed_config as Fields),
                log_format: { text_format_source: { inline_string: format } },
              },
            },
          ],
          route_config: {
            name: 'local',
            virtual_hosts: [
              {
                name: 'all',
                domains: ['*'],
                include_request_attempt_count: true,
                include_attempt_count_in_response: true,
                // Of the routes that have none of their own.
                retry_policy: { retry_on: 'connect-failure', num_retries: 2, retry_back_off: quick },
                routes: [
                  ...Object.entries(POLICIES).map(([path, policy]) =>
                    toCluster(
                      'origin',
                      { retry_policy: { ...policy, retry_back_off: quick } },
                      { path: `/${path}` },
                    ),
                  ),
                  toCluster('nobody', {}, { path: '/nobody' }),
                  toCluster('origin', { timeout: '0.15s' }, { path: '/short' }),
                ],
              },
            ],
          },
        }),
      ],
      clusters: [cluster('origin', [origin.port]), cluster('nobody', [closed])],
    },
  };
};

class Side {
  readonly port: number;
  readonly admin: number;
  readonly log: string;
  running: Running | undefined;
  constructor(port: number, admin: number, name: string) {
    this.port = port;
    this.admin = admin;
    this.log = join(dir.path, `${name}.log`);
  }
  get lines(): string[] {
    return existsSync(this.log) ? readFileSync(this.log, 'latin1').split('\n').slice(0, -1) : [];
  }
  async play({ route, steps, request }: Script): Promise<unknown> {
    const before = this.lines.length;
    [script, attempts] = [steps, []];
    const client = new Client(this.port).send(request ?? get(`/${route}`));
    const response = await client.response();
    client.close();
    const logged = await eventually('the line', () => this.lines.slice(before)[0]);
    const kept = response.headers.filter(([name]) => !/^(date|x-envoy-upstream-service-time)$/.test(name));
    return { line: response.line, headers: kept.sort(), body: response.body.toString(), attempts, logged };
  }
  async stats(): Promise<string[]> {
    const text = await (await fetch(`http://127.0.0.1:${this.admin}/stats`)).text();
    return text.split('\n').filter((each) => COMPARED.test(each));
  }
}
const COMPARED =
  /^cluster\.(origin|nobody)\.(upstream_rq_(retry|per_try|timeout|total|completed|[0-9])|retry_or_shadow)/;

const theirs = new Side(await freePort(), await freePort(), 'envoy');
const ours = new Side(await freePort(), await freePort(), 'attache');
const flags = ['--file-flush-interval-msec', '50'];
for (const side of [theirs, ours]) {
  side.running = await runSide(side === ours, config(side.port, side.admin, side.log), {
    admin: side.admin,
    dir,
    flags,
  });
}
t.teardown(async () => {
  for (const side of [theirs, ours]) await side.running?.stop();
  await origin.close();
  dir.remove();
});

for (const one of SCRIPTS) {
  t.test(one.name, async (t) => {
    const wanted = await theirs.play(one);
    t.same(await ours.play(one), wanted);
  });
}

t.test('statistics', async (t) => {
  t.same(await ours.stats(), await theirs.stats());
});
