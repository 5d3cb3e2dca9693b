// What access logs say, through the real Envoy and through this proxy: every fact of a line, for
// requests that end in all kinds of ways. Skipped where Envoy's binary is absent.
// observes: envoy.config.core.v3.SubstitutionFormatString: formatters
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
  type Json,
  listener,
  Origin,
  Running,
  routes,
  start,
  toCluster,
} from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';

const binary = envoyBinary();
if (binary === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}

const origin = await new Origin((request, socket) => {
  if (request.line.startsWith('HEAD')) return 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n';
  switch (request.path) {
    case '/chunked':
      return 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx-end: yes\r\n\r\n';
    case '/until-close':
      socket.end('HTTP/1.1 200 OK\r\nx-a: b\r\n\r\nuntil the end');
      return undefined;
    case '/cut-body':
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc');
      return undefined;
    case '/silent':
    case '/timeout':
      return undefined;
    case '/204':
      return 'HTTP/1.1 204 No Content\r\n\r\n';
    default:
      return answer('hello', 'x-more: 1\r\n');
  }
}).listen();
const dead = await freePort();
const dir = folder();

const NUMBERS = `BYTES_RECEIVED BYTES_SENT DOWNSTREAM_WIRE_BYTES_RECEIVED DOWNSTREAM_WIRE_BYTES_SENT
  DOWNSTREAM_HEADER_BYTES_RECEIVED DOWNSTREAM_HEADER_BYTES_SENT UPSTREAM_WIRE_BYTES_RECEIVED
  UPSTREAM_WIRE_BYTES_SENT UPSTREAM_HEADER_BYTES_RECEIVED UPSTREAM_HEADER_BYTES_SENT REQUEST_HEADERS_BYTES
  RESPONSE_HEADERS_BYTES RESPONSE_TRAILERS_BYTES RESPONSE_CODE UPSTREAM_REQUEST_ATTEMPT_COUNT`.split(/\s+/);
const TEXTS =
  `PROTOCOL UPSTREAM_PROTOCOL RESPONSE_CODE_DETAILS RESPONSE_FLAGS CONNECTION_TERMINATION_DETAILS ROUTE_NAME
  LISTENER_NAME FILTER_CHAIN_NAME VIRTUAL_CLUSTER_NAME UPSTREAM_CLUSTER UPSTREAM_CLUSTER_RAW UPSTREAM_HOST UPSTREAM_HOST_NAME
  UPSTREAM_HOST_NAME_WITHOUT_PORT UPSTREAM_REMOTE_ADDRESS UPSTREAM_REMOTE_PORT UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT
  UPSTREAM_TRANSPORT_FAILURE_REASON DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT DOWNSTREAM_LOCAL_ADDRESS
  DOWNSTREAM_DIRECT_LOCAL_PORT DOWNSTREAM_TRANSPORT_FAILURE_REASON REQUESTED_SERVER_NAME ACCESS_LOG_TYPE`.split(
    /\s+/,
  );
/** Compared only in whether there is a value. */
const MARKS =
  'DS_RX_END US_CX_BEG US_CX_END US_HS_END US_TX_BEG US_TX_END US_RX_BEG US_RX_BODY_BEG US_RX_END DS_TX_BEG DS_TX_END';
const PRESENT = [
  ...`START_TIME DURATION REQUEST_DURATION REQUEST_TX_DURATION RESPONSE_DURATION RESPONSE_TX_DURATION
  UPSTREAM_CONNECTION_POOL_READY_DURATION CONNECTION_ID UPSTREAM_CONNECTION_ID STREAM_ID UNIQUE_ID HOSTNAME`.split(
    /\s+/,
  ),
  ...MARKS.split(' ').map((mark) => `COMMON_DURATION(DS_RX_BEG:${mark}:us)`),
];
const json_format = Object.fromEntries(
  [...NUMBERS, ...TEXTS, ...PRESENT, 'REQ(:PATH)', 'REQ_WITHOUT_QUERY(X-NONE?:PATH)'].map((name) => [
    name,
    `%${name}%`,
  ]),
);

function log(path: string, filter?: Fields): Fields {
  return {
    name: 'file',
    ...(filter === undefined ? {} : { filter }),
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
      path,
      log_format: {
        json_format,
        formatters: [
          {
            name: 'envoy.formatter.req_without_query',
            typed_config: {
              '@type': 'type.googleapis.com/envoy.extensions.formatter.req_without_query.v3.ReqWithoutQuery',
            },
          },
        ],
      },
    },
  };
}

function cluster(name: string, port: number | undefined, fields: Fields = {}): Fields {
  const address = { socket_address: { address: '127.0.0.1', port_value: port ?? 1 } };
  const hosts: Json[] = port === undefined ? [] : [{ endpoint: { address, hostname: `${name}.example` } }];
  return {
    name,
    type: 'STATIC',
    connect_timeout: '1s',
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: hosts }] },
    ...fields,
  };
}

function config(port: number, name: string): Fields {
  const table = routes([
    { match: { path: '/direct' }, direct_response: { status: 418, body: { inline_string: 'tea' } } },
    toCluster('missing', {}, { path: '/missing' }),
    toCluster('empty', {}, { path: '/no-host' }),
    toCluster('dead', {}, { path: '/dead' }),
    toCluster('none', {}, { path: '/none' }),
    toCluster('origin', { timeout: '0.15s' }, { path: '/timeout' }),
    { name: 'the-route', ...toCluster('origin') },
  ]);
  const made = listener(
    'the-listener',
    port,
    {
      access_log: [log(join(dir.path, `${name}.log`))],
      delayed_close_timeout: '0.02s',
      http_protocol_options: { enable_trailers: true },
      // Its value has as many digits as the host took time, and bytes are counted.
      route_config: {
        ...table,
        validate_clusters: false,
        response_headers_to_remove: ['x-envoy-upstream-service-time'],
      },
    },
    { access_log: [log(join(dir.path, `${name}-connections.log`))] },
  );
  (made.filter_chains as Fields[])[0] = { name: 'the-chain', ...(made.filter_chains as Fields[])[0] };
  const http_protocol_options = { enable_trailers: true };
  return {
    static_resources: {
      listeners: [made],
      clusters: [
        cluster('origin', origin.port, { alt_stat_name: 'other', http_protocol_options }),
        cluster('empty', undefined),
        cluster('dead', dead),
        cluster('none', origin.port, { circuit_breakers: { thresholds: [{ max_requests: 0 }] } }),
      ],
    },
  };
}

const post = (path: string, rest: string) => `POST ${path} HTTP/1.1\r\nhost: a\r\n${rest}`;
/** Each on a connection of its own. `leave`: the client goes when the origin has the request. */
const cases: { name: string; request: string; leave?: boolean; more?: string }[] = [
  { name: 'GET', request: get('/plain?with=query') },
  { name: 'two on one connection', request: get('/one'), more: get('/two') },
  { name: 'HEAD', request: 'HEAD /head HTTP/1.1\r\nhost: a\r\n\r\n' },
  { name: '204', request: get('/204') },
  { name: 'a length', request: post('/post', 'content-length: 3\r\n\r\nabc') },
  { name: 'chunks', request: post('/post', 'transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n') },
  {
    name: 'trailers',
    request: post('/post', 'transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx-sum: 7\r\n\r\n'),
  },
  { name: 'chunked answer', request: get('/chunked') },
  { name: 'until close', request: get('/until-close') },
  { name: 'direct', request: get('/direct') },
  { name: 'no cluster', request: get('/missing') },
  { name: 'no host', request: get('/no-host') },
  { name: 'dead', request: get('/dead') },
  { name: 'circuit breaker', request: get('/none') },
  { name: 'timeout', request: get('/timeout') },
  { name: 'cut', request: get('/cut-body') },
  { name: 'no :authority', request: 'GET /x HTTP/1.1\r\n\r\n' },
  { name: 'not HTTP', request: 'hello\r\n\r\n' },
  { name: 'not even a request', request: 'GE' },
  { name: 'HTTP/1.0', request: 'GET /ten HTTP/1.0\r\nhost: a\r\n\r\n' },
  { name: 'the client leaves', request: get('/silent'), leave: true },
  { name: 'nothing', request: '' },
  { name: 'health check', request: get('/hc', 'user-agent: Envoy/HC\r\n') },
];

/** Where this proxy says otherwise on purpose, or not yet the same. */
const differs = new Map<string, string>([
  ['no :authority', 'the head is refused as a whole'],
  ['HTTP/1.0', 'the version and the path that came are logged'],
]);

type Line = { [key: string]: Json };
function normal(line: string, port: number): Line {
  const parsed = JSON.parse(line.replaceAll(`:${port}"`, ':PORT"').replaceAll(`"${port}"`, '"PORT"')) as Line;
  for (const key of PRESENT) parsed[key] = parsed[key] === null ? null : 'some';
  if (parsed.DOWNSTREAM_DIRECT_LOCAL_PORT === port) parsed.DOWNSTREAM_DIRECT_LOCAL_PORT = 'PORT';
  return parsed;
}

class Side {
  readonly port: number;
  readonly name: string;
  constructor(port: number, name: string) {
    this.port = port;
    this.name = name;
  }
  #lines(suffix: string): string[] {
    const path = join(dir.path, `${this.name}${suffix}.log`);
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  }
  get requests(): Line[] {
    return this.#lines('').map((line) => normal(line, this.port));
  }
  get connections(): Line[] {
    return this.#lines('-connections').map((line) => normal(line, this.port));
  }

  /** What the exchange adds to both logs. */
  async exchange({
    request,
    more,
    leave,
  }: (typeof cases)[number]): Promise<{ requests: Line[]; connections: Line[] }> {
    const [requests, connections] = [this.requests.length, this.connections.length];
    const seen = origin.requests.length;
    const client = new Client(this.port);
    await eventually('the connection', () => client.socket.readyState === 'open');
    if (request !== '') client.send(request);
    if (leave) await eventually('the request', () => origin.requests.length > seen);
    else if (request.length > 2) {
      await eventually('an answer', () => client.ended || /\r\n\r\n/.test(client.bytes.toString('latin1')));
      if (more !== undefined) {
        await client.response();
        client.send(more);
        await client.response();
      }
      // The line is written when all of the answer has gone.
      await eventually('the line', () => this.requests.length > requests);
    }
    client.close();
    await eventually('the line of the connection', () => this.connections.length > connections);
    await this.settle(connections + 1);
    return {
      requests: this.requests.slice(requests, -1),
      connections: this.connections.slice(connections, -1),
    };
  }

  /**
   * Both files are written by a thread of their own, one after the other: what one of them has says
   * nothing of the other. A request after everything else is the last line of each.
   */
  async settle(connections: number): Promise<void> {
    await ask(this.port, get('/settle', 'connection: close\r\n'));
    await eventually('the last request', () => this.requests.at(-1)?.['REQ(:PATH)'] === '/settle');
    await eventually('its connection', () => this.connections.length > connections);
  }
}

const theirs = new Side(await freePort(), 'theirs');
const ours = new Side(await freePort(), 'ours');
const flush = ['--file-flush-interval-msec', '10'];
const envoy = new Running(binary, [
  '-c',
  dir.write('envoy.json', config(theirs.port, theirs.name)),
  '--concurrency',
  '1',
  '--disable-hot-restart',
  '-l',
  'error',
  ...flush,
]);
t.teardown(async () => {
  await envoy.stop();
  await origin.close();
  dir.remove();
});
const proxy = await start(config(ours.port, ours.name), [], flush);
t.teardown(() => proxy.stop());
await envoy.listening(theirs.port);
await proxy.listening(ours.port);
// What asked for the ports has left a line.
await theirs.settle(1);
await ours.settle(1);

const only = process.env.ONLY;
for (const each of cases) {
  if (only !== undefined && !each.name.includes(only)) continue;
  t.test(each.name, async (t) => {
    const expected = await theirs.exchange(each);
    const got = await ours.exchange(each);
    const why = differs.get(each.name);
    if (why === undefined) t.same(got, expected);
    else t.notSame(got, expected, `still differs: ${why}`);
  });
}
