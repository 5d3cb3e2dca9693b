// Entries of gRPC access logs, from the real Envoy and from this proxy: every field, for requests and connections
// that end in all kinds of ways. Skipped where Envoy's binary is absent.
// observes: envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig: additional_request_headers_to_log
// observes: envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig: additional_response_headers_to_log
// observes: envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig: additional_response_trailers_to_log
// observes: envoy.extensions.access_loggers.grpc.v3.CommonGrpcAccessLogConfig: custom_tags
// observes: envoy.type.tracing.v3.CustomTag: tag literal environment request_header
// observes: envoy.type.tracing.v3.CustomTag.Literal: value
// observes: envoy.type.tracing.v3.CustomTag.Environment: name default_value
// observes: envoy.type.tracing.v3.CustomTag.Header: name default_value
import http2 from 'node:http2';
import t from 'tap';
import { AccessLogService, entriesOf, grpcLog, HTTP2 } from '../e2e/access_log_service.ts';
import { Authority, pem as pemOf } from '../e2e/certificates.ts';
import {
  answer,
  ask,
  Client,
  cluster,
  eventually,
  type Fields,
  folder,
  freePort,
  get,
  type Json,
  listener,
  Origin,
  type Running,
  routes,
  toCluster,
} from '../e2e/support.ts';
import { downstream, secured, TlsClient } from '../e2e/tls_support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { runSide } from './side.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
t.setTimeout(120_000);

const origin = await new Origin((request, socket) => {
  switch (request.path) {
    case '/trailers':
      return 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx-sum: 7\r\n\r\n';
    case '/cut':
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc');
      return undefined;
    case '/silent':
    case '/held':
      return undefined;
    default:
      return answer('hello', 'x-more: 1\r\nx-more: 2\r\nx-bad: \xffa\r\n');
  }
}).listen();
const echo = await new Origin(
  () => undefined,
  (socket) => socket.pipe(socket),
).listen();
const dead = await freePort();
const dir = folder();
const authority = new Authority();
const server = authority.issue('test.example', { san: 'DNS:test.example,URI:spiffe://test/server' });
const client = authority.issue('client', {
  san: 'URI:spiffe://test/client,URI:spiffe://b,DNS:client.example',
});

const TYPE = 'type.googleapis.com/envoy.extensions.filters';
const TAGS: Fields[] = [
  { tag: 'literal', literal: { value: 'l' } },
  { tag: 'header', request_header: { name: 'X-Tag', default_value: 'none' } },
  { tag: 'absent', request_header: { name: 'x-absent' } },
  { tag: 'environment', environment: { name: 'NO_SUCH_VARIABLE', default_value: 'e' } },
  { tag: 'home', environment: { name: 'PATH', default_value: 'none' } },
];
const NAMES = {
  additional_request_headers_to_log: ['X-Tag', 'x-absent', ':method', 'x-tag'],
  additional_response_headers_to_log: ['x-more', 'x-bad', ':status'],
  additional_response_trailers_to_log: ['x-sum'],
};
type Ports = { http: number; tls: number; tcp: number; gone: number; admin: number };

function tcpListener(name: string, port: number, to: string): Fields {
  const typed_config = {
    '@type': `${TYPE}.network.tcp_proxy.v3.TcpProxy`,
    stat_prefix: name,
    cluster: to,
    access_log: [grpcLog('Tcp'), grpcLog('Http', { log_name: 'http of tcp' })],
    access_log_options: { flush_access_log_on_connected: true },
  };
  return {
    name,
    address: { socket_address: { address: '127.0.0.1', port_value: port } },
    filter_chains: [{ filters: [{ name: 'tcp', typed_config }] }],
    access_log: [grpcLog('Tcp', { log_name: 'listener' })],
  };
}

function config(ports: Ports, to: number): Fields {
  const manager: Fields = {
    access_log: [
      grpcLog('Http', { custom_tags: TAGS }, NAMES, {
        not_health_check_filter: {},
      }),
      grpcLog(
        'Tcp',
        { log_name: 'tcp of http' },
        {},
        {
          status_code_filter: {
            comparison: { op: 'GE', value: { default_value: 500, runtime_key: 'none' } },
          },
        },
      ),
    ],
    delayed_close_timeout: '0.02s',
    http_protocol_options: { enable_trailers: true },
    route_config: routes([
      { match: { path: '/direct' }, direct_response: { status: 418, body: { inline_string: 'tea' } } },
      toCluster('missing', {}, { path: '/missing' }),
      toCluster('dead', {}, { path: '/dead' }),
      toCluster('origin', { timeout: '0.15s' }, { path: '/silent' }),
      toCluster('origin', { prefix_rewrite: '/to' }, { prefix: '/from' }),
      { name: 'the-route', ...toCluster('origin') },
    ]),
  };
  (manager.route_config as Fields).validate_clusters = false;
  (manager.route_config as Fields).response_headers_to_remove = ['x-envoy-upstream-service-time'];
  const context = { require_client_certificate: true };
  const trusted = { validation_context: { trusted_ca: { filename: authority.ca } } };
  return {
    node: { id: 'the-id', cluster: 'the-cluster', metadata: { a: 'b' }, locality: { zone: 'z' } },
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: ports.admin } } },
    static_resources: {
      listeners: [
        listener('http', ports.http, manager),
        secured(
          listener('tls', ports.tls, manager, {
            listener_filters: [
              {
                name: 'tls_inspector',
                typed_config: { '@type': `${TYPE}.listener.tls_inspector.v3.TlsInspector` },
              },
            ],
            access_log: [grpcLog('Tcp', { log_name: 'tls listener' })],
          }),
          downstream([server], trusted, context),
        ),
        tcpListener('tcp', ports.tcp, 'echo'),
        tcpListener('gone', ports.gone, 'dead'),
      ],
      clusters: [
        cluster('origin', [origin.port], { http_protocol_options: { enable_trailers: true } }),
        cluster('dead', [dead]),
        cluster('echo', [echo.port]),
        cluster('server', [to], HTTP2),
      ],
    },
  };
}

// ---- what is compared --------------------------------------------------------------------------

/** Whose values are those of one run: compared in whether they are there. */
const TIMES = /^(start_time|duration|time_to_.*|tls_session_id|stream_id|request_id)$/;
/** The suite that OpenSSL prefers is not BoringSSL's, nor are the numbers of their errors. */
const OTHER = /^(tls_cipher_suite|downstream_transport_failure_reason)$/;
/** What the encoder of a field block makes of the response is its own affair. */
const ENCODED = /^downstream_(header|wire)_bytes_sent$/;
const encoded = (entry: Fields): Fields =>
  Object.fromEntries(
    Object.entries(entry).map(([name, value]) => [
      name,
      ENCODED.test(name)
        ? 'some'
        : typeof value === 'object' && value !== null && !Array.isArray(value)
          ? encoded(value)
          : value,
    ]),
  );

function normal(value: Json, key: string, ports: ReadonlyMap<number, string>): Json {
  if (key === 'port_value') return ports.get(value as number) ?? 'some';
  if (TIMES.test(key) || OTHER.test(key)) return 'some';
  if (typeof value === 'string') {
    let text = value;
    for (const [port, name] of ports) text = text.replaceAll(`:${port}`, `:${name}`);
    return text;
  }
  if (Array.isArray(value)) return value.map((each) => normal(each, '', ports));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]) => [name, normal(inner, name, ports)] as const)
      .sort(([a], [b]) => a.localeCompare(b)),
  );
}

class Side {
  readonly service = new AccessLogService();
  readonly ports = { http: 0, tls: 0, tcp: 0, gone: 0, admin: 0 };
  running: Running | undefined;
  #names: ReadonlyMap<number, string> = new Map();

  async start(own: boolean): Promise<this> {
    await this.service.listen();
    for (const name of Object.keys(this.ports) as (keyof Ports)[]) this.ports[name] = await freePort();
    this.running = await runSide(own, config(this.ports, this.service.port), {
      admin: this.ports.admin,
      dir,
    });
    this.#names = new Map([
      ...Object.entries(this.ports).map(([name, port]) => [port, name] as const),
      [origin.port, 'origin'],
      [echo.port, 'echo'],
      [dead, 'dead'],
    ]);
    return this;
  }

  /** By the names of logs, the entries from `from` on. */
  logged(from: Readonly<Record<string, number>> = {}): Record<string, Json[]> {
    const logs: Record<string, Json[]> = {};
    for (const { messages } of this.service.streams) {
      const name = (messages[0]?.identifier as Fields | undefined)?.log_name as string | undefined;
      if (name === undefined) continue;
      logs[name] = [...(logs[name] ?? []), ...messages.flatMap(entriesOf)];
    }
    return Object.fromEntries(
      Object.entries(logs)
        .map(([name, entries]) => [name, entries.slice(from[name] ?? 0)] as const)
        .filter(([, entries]) => entries.length > 0),
    );
  }

  get counts(): Record<string, number> {
    return Object.fromEntries(Object.entries(this.logged()).map(([name, list]) => [name, list.length]));
  }

  /** What `act` has logged, when as many entries have come as it tells. */
  async during(expected: Readonly<Record<string, number>>, act: (ports: Ports) => Promise<void>) {
    const before = this.counts;
    await act(this.ports);
    await eventually(`the entries ${JSON.stringify(expected)}`, () =>
      Object.entries(expected).every(([name, n]) => (this.counts[name] ?? 0) >= (before[name] ?? 0) + n),
    ).catch((error: Error) => {
      throw new Error(`${error.message}: ${JSON.stringify(this.logged(before), undefined, 1)}`);
    });
    const sorted = Object.entries(this.logged(before)).sort(([a], [b]) => a.localeCompare(b));
    const shown = (entry: Json): Json =>
      (entry as Fields).protocol_version === 'HTTP2' ? encoded(entry as Fields) : entry;
    return Object.fromEntries(sorted.map(([name, list]) => [name, normal(list.map(shown), '', this.#names)]));
  }

  stat(name: string): Promise<number> {
    return fetch(`http://127.0.0.1:${this.ports.admin}/stats?filter=${name}`)
      .then((response) => response.text())
      .then((text) => Number(/: (\d+)/.exec(text)?.[1]));
  }

  async stop(): Promise<void> {
    await this.running?.stop();
    this.service.close();
  }
}

const theirs = await new Side().start(false);
const ours = await new Side().start(true);
t.teardown(async () => {
  await Promise.all([theirs.stop(), ours.stop()]);
  await Promise.all([origin.close(), echo.close()]);
  authority.remove();
  dir.remove();
});

async function overHttp2(port: number, path: string, tls: boolean): Promise<void> {
  const session = http2.connect(`${tls ? 'https' : 'http'}://127.0.0.1:${port}`, {
    ...(tls ? { ...pair(), servername: 'test.example', rejectUnauthorized: false } : {}),
  });
  try {
    await new Promise<void>((resolve, reject) => {
      const stream = session.request({ ':path': path, ':authority': 'h2.example', 'x-tag': 'two' });
      session.on('error', reject);
      stream.on('error', reject).on('end', resolve).resume().end();
    });
  } finally {
    await new Promise<void>((resolve) => session.close(resolve));
  }
}
const pair = () => ({ cert: pemOf(client.cert), key: pemOf(client.key) });

/** Each name of a log with the number of entries that it gets. */
const cases: {
  name: string;
  entries: Record<string, number>;
  act: (ports: Ports) => Promise<void>;
}[] = [
  ...[
    ['plain', get('/plain', 'x-tag: one\r\nx-tag: more\r\nuser-agent: me\r\nreferer: r\r\n')],
    ['bytes that are no UTF-8', get('/plain\xe9', 'x-tag: \xc3\xa9\xff\xc0\r\nuser-agent: \xed\xa0\x80\r\n')],
    ['a body', 'PATCH /post HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc'],
    ['a method of its own', 'PURGE /x HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n'],
    ['trailers', get('/trailers')],
    ['rewritten', get('/from/x')],
    ['direct', get('/direct')],
    ['cut', get('/cut')],
  ].map(([name = '', request = '']) => ({
    name,
    entries: { log: 1 },
    act: async ({ http }: Ports) => {
      await ask(http, request).catch(() => undefined);
    },
  })),
  ...[
    ['no cluster', get('/missing')],
    ['dead', get('/dead')],
    ['timeout', get('/silent')],
  ].map(([name = '', request = '']) => ({
    name,
    entries: { log: 1, 'tcp of http': 1 },
    act: async ({ http }: Ports) => {
      await ask(http, request);
    },
  })),
  { name: 'HTTP/2', entries: { log: 1 }, act: ({ http }) => overHttp2(http, '/two', false) },
  {
    name: 'the client leaves',
    entries: { log: 1 },
    act: async ({ http }) => {
      const seen = origin.requests.length;
      const leaving = new Client(http).send(get('/held'));
      await eventually('the request', () => origin.requests.length > seen);
      leaving.close();
    },
  },
  {
    name: 'TLS with a certificate',
    entries: { log: 1, 'tls listener': 1 },
    act: async ({ tls }) => {
      const connection = new TlsClient(tls, { ...pair(), servername: 'test.example' });
      await connection.send(get('/tls')).response();
      connection.close();
    },
  },
  {
    name: 'TLS 1.2',
    entries: { log: 1, 'tls listener': 1 },
    act: async ({ tls }) => {
      const ciphers = 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256';
      const connection = new TlsClient(tls, { ...pair(), maxVersion: 'TLSv1.2', ciphers });
      await connection.send(get('/tls')).response();
      connection.close();
    },
  },
  {
    name: 'TLS without a certificate',
    entries: { 'tls listener': 1 },
    act: async ({ tls }) => {
      const connection = new TlsClient(tls);
      await eventually('the end', () => connection.ended);
    },
  },
  {
    name: 'TCP',
    entries: { log: 2, 'http of tcp': 2, listener: 1 },
    act: async ({ tcp }) => {
      const connection = new Client(tcp).send('hello');
      await eventually('the echo', () => connection.bytes.length === 5);
      connection.close();
    },
  },
  {
    name: 'TCP to nobody',
    entries: { log: 1, 'http of tcp': 1, listener: 1 },
    act: async ({ gone }) => {
      await new Client(gone).untilEnd();
    },
  },
];

const only = process.env.ONLY;
for (const each of cases) {
  if (only !== undefined && !each.name.includes(only)) continue;
  t.test(each.name, async (t) => {
    const expected = await theirs.during(each.entries, each.act);
    const got = await ours.during(each.entries, each.act);
    t.same(got, expected);
  });
}

t.test('who sends', async (t) => {
  const identities = ({ service }: Side) =>
    service.streams
      .map(({ messages }) => {
        const { node, log_name } = messages[0]?.identifier as { node: Fields; log_name: string };
        const { id, cluster: name, metadata, locality, user_agent_name } = node;
        return { log_name, id, name, metadata, locality, user_agent_name };
      })
      .sort((a, b) => a.log_name.localeCompare(b.log_name));
  t.same(identities(ours), identities(theirs));
  for (const { service } of [ours, theirs])
    for (const { messages } of service.streams)
      t.same(
        messages.slice(1).filter(({ identifier }) => identifier !== undefined),
        [],
        'the first message of a stream says it, and no other',
      );
});

t.test('statistics', async (t) => {
  for (const name of ['access_logs.grpc_access_log.logs_written', 'access_logs.grpc_access_log.logs_dropped'])
    t.equal(await ours.stat(name), await theirs.stat(name), name);
});
