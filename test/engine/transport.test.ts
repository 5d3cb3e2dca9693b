// Calls of the primary thread through its own engine: gRPC in all the ways in which a call can end,
// plain requests, flow control, and what is counted.
import { readFileSync } from 'node:fs';
import http2, { type ServerHttp2Stream } from 'node:http2';
import t from 'tap';
import type {
  GrpcStream,
  GrpcStreamOptions,
  Metadata,
  RequestHead,
  RequestOutcome,
} from '../../src/engine/grpc_transport.ts';
import { Authority } from '../e2e/certificates.ts';
import { fieldOf, frame, H2Origin, type H2Request, http2Hosts } from '../e2e/h2_support.ts';
import { answer, cluster, eventually, type Fields, freePort, Origin } from '../e2e/support.ts';
import { Primary } from './primary.ts';

type Handler = (stream: ServerHttp2Stream, request: H2Request) => void;
const reply = (stream: ServerHttp2Stream, head: Record<string, string | number> = {}): void =>
  stream.respond({ ':status': 200, 'content-type': 'application/grpc', ...head }, { waitForTrailers: true });
const trailers = (stream: ServerHttp2Stream, fields: Record<string, string>): void => {
  stream.on('wantTrailers', () => stream.sendTrailers(fields));
};
/** What the host does, by the method that is called. */
const methods: Readonly<Record<string, Handler>> = {
  echo: (stream) => {
    reply(stream, { 'x-initial': 'yes' });
    trailers(stream, { 'grpc-status': '0', 'x-last': 'end' });
    stream.on('data', (data: Buffer) => stream.write(data));
    stream.on('end', () => stream.end());
  },
  refuse: (stream) =>
    stream.respond(
      {
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-status': '7',
        'grpc-message': 'not%20%C3%A9ou',
      },
      { endStream: true },
    ),
  status: (stream) => {
    reply(stream);
    trailers(stream, { 'grpc-status': '99', 'grpc-message': 'odd' });
    stream.end(frame('a'));
  },
  'no-status': (stream) => {
    reply(stream);
    trailers(stream, { 'x-other': '1' });
    stream.end(frame('a'));
  },
  'no-trailers': (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    stream.end(frame('a'));
  },
  gateway: (stream) => {
    stream.respond({ ':status': 404, 'content-type': 'text/plain' });
    stream.end('no');
  },
  'gateway-status': (stream) =>
    stream.respond({ ':status': 503, 'grpc-status': '8', 'grpc-message': 'full' }, { endStream: true }),
  'reset-first': (stream) => stream.close(http2.constants.NGHTTP2_CANCEL),
  'reset-later': (stream) => {
    reply(stream);
    stream.write(frame('a'), () => stream.session?.ping(() => stream.close(2)));
  },
  compressed: (stream) => {
    reply(stream);
    stream.write(frame('a', 1));
  },
  hang: () => undefined,
  flood: (stream) => {
    reply(stream);
    trailers(stream, { 'grpc-status': '0' });
    for (let i = 0; i < 30; i++) stream.write(frame(Buffer.alloc(1 << 20)));
    stream.end();
  },
  large: (stream) => {
    reply(stream);
    trailers(stream, { 'grpc-status': '0' });
    stream.end(frame(Buffer.alloc(300_000, 'x')));
  },
};
const handler: Handler = (stream, request) => {
  if (request.path.startsWith('/v3/')) {
    stream.on('end', () => {
      stream.respond({ ':status': 200, 'x-path': request.path });
      stream.end(request.body);
    });
    return;
  }
  methods[request.path.split('/')[2] ?? '']?.(stream, request);
};

const origin = await new H2Origin(handler).listen();
/** One whose windows are small. */
const narrow = await new H2Origin(handler, { settings: { initialWindowSize: 1000 } }).listen();
const plain = await new Origin((request) => answer(`${request.line}|${request.body}`)).listen();
const authority = new Authority();
const own = authority.issue('transport', { san: 'DNS:transport.example' });
const pem = (path: string): string => readFileSync(path, 'utf8');
const secure = http2.createSecureServer({ key: pem(own.key), cert: pem(own.cert) });
secure.on('stream', (stream) => {
  reply(stream, { 'x-scheme': 'tls' });
  trailers(stream, { 'grpc-status': '0' });
  stream.end(frame('secret'));
});
await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
const securePort = (secure.address() as { port: number }).port;
const dead = await freePort();

const h2 = (name: string, ports: number[], fields: Fields = {}): Fields =>
  cluster(name, ports, { ...http2Hosts, ...fields });
const primary = new Primary();
const { transport } = primary;
await primary.publish([
  h2('origin', [origin.port]),
  h2('narrow', [narrow.port]),
  h2('dead', [dead]),
  h2('empty', []),
  h2('none', [origin.port], { circuit_breakers: { thresholds: [{ max_requests: 0 }] } }),
  cluster('plain', [plain.port]),
  h2('tls', [securePort], {
    transport_socket: {
      name: 'envoy.transport_sockets.tls',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
        sni: 'transport.example',
        common_tls_context: {
          validation_context: {
            trusted_ca: { filename: authority.ca },
            match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact: 'transport.example' } }],
          },
        },
      },
    },
  }),
]);
t.teardown(async () => {
  transport.close();
  await Promise.all([origin.close(), narrow.close(), plain.close()]);
  secure.close();
  authority.remove();
});
const stat = (name: string, slot: string): number => primary.stat(name, slot);

class Seen {
  readonly stream: GrpcStream;
  readonly messages: string[] = [];
  readonly order: string[] = [];
  initial: Metadata | undefined;
  status: [number, string] | undefined;
  trailers: Metadata = [];
  constructor(name: string, method: string, options: GrpcStreamOptions = {}, metadata: Metadata = []) {
    let opened = false;
    const note = (what: string): void => {
      this.order.push(opened ? what : `${what} before it was open`);
    };
    this.stream = transport.openStream(
      name,
      'test.Service',
      method,
      metadata,
      {
        onInitialMetadata: (fields) => {
          note('initial');
          this.initial = fields;
        },
        onMessage: (message) => {
          note('message');
          this.messages.push(message.toString('latin1'));
        },
        onDrain: () => note('drain'),
        onStatus: (code, message, fields) => {
          note('status');
          this.status = [code, message];
          this.trailers = fields;
        },
      },
      options,
    );
    opened = true;
  }
  end(): Promise<[number, string]> {
    return eventually('the status', () => this.status);
  }
}
const value = (fields: Metadata | undefined, name: string): string | undefined =>
  fieldOf([...(fields ?? [])] as [string, string][], name);

t.test('messages both ways', async (t) => {
  const seen = new Seen('origin', 'echo', {}, [
    ['x-token', 'abc'],
    ['x-raw-bin', 'AAE'],
  ]);
  seen.stream.send(Buffer.from('one'));
  await eventually('the echo', () => seen.messages.length === 1);
  t.equal(seen.status, undefined);
  seen.stream.send(Buffer.alloc(0));
  seen.stream.send(Buffer.from('x'.repeat(100_000)));
  await eventually('the echoes', () => seen.messages.length === 3);
  seen.stream.end();
  t.same(await seen.end(), [0, '']);
  t.same(seen.messages, ['one', '', 'x'.repeat(100_000)]);
  t.equal(seen.order.filter((each) => each !== 'drain')[0], 'initial');
  t.equal(seen.order.at(-1), 'status');
  t.equal(value(seen.initial, 'x-initial'), 'yes');
  t.equal(value(seen.trailers, 'x-last'), 'end');
  const request = origin.requests.at(-1) as H2Request;
  t.same(request.headers, [
    [':method', 'POST'],
    [':path', '/test.Service/echo'],
    [':authority', 'origin'],
    [':scheme', 'http'],
    ['te', 'trailers'],
    ['content-type', 'application/grpc'],
    ['x-token', 'abc'],
    ['x-raw-bin', 'AAE'],
    ['x-envoy-internal', 'true'],
    ['x-forwarded-for', value(request.headers, 'x-forwarded-for')],
  ]);
  t.equal(seen.stream.bufferedAmount, 0);
});

const UPSTREAM = 'upstream connect error or disconnect/reset before headers. reset reason: ';
const endings: readonly (readonly [string, string, number, string, string[]?])[] = [
  ['origin', 'refuse', 7, 'not éou'],
  ['origin', 'status', 99, 'odd', ['a']],
  ['origin', 'no-status', 2, '', ['a']],
  ['origin', 'no-trailers', 2, '', ['a']],
  ['origin', 'gateway', 12, ''],
  ['origin', 'gateway-status', 8, 'full'],
  ['origin', 'reset-first', 14, `${UPSTREAM}remote reset`],
  ['origin', 'reset-later', 13, '', ['a']],
  ['origin', 'compressed', 13, ''],
  ['dead', 'echo', 14, `${UPSTREAM}remote connection failure`],
  ['empty', 'echo', 14, 'no healthy upstream'],
  ['none', 'echo', 14, `${UPSTREAM}overflow`],
  ['nowhere', 'echo', 14, 'Cluster not available'],
];
for (const [name, method, code, message, messages = []] of endings) {
  t.test(`${name} ${method}`, async (t) => {
    const seen = new Seen(name, method);
    seen.stream.send(Buffer.from('ask'));
    const [gotCode, got] = await seen.end();
    t.equal(gotCode, code);
    t.ok(got.startsWith(message), got);
    t.same(seen.messages, messages);
    t.notOk(seen.order.some((each) => each.includes('before')));
    // Without effect.
    seen.stream.send(Buffer.from('more'));
    seen.stream.end();
    seen.stream.cancel();
  });
}

t.test('a deadline', async (t) => {
  const seen = new Seen('origin', 'hang', { timeoutMs: 60, authority: 'other.example' });
  t.same(await seen.end(), [14, 'upstream request timeout']);
  const { headers } = origin.requests.at(-1) as H2Request;
  t.equal(value(headers, 'grpc-timeout'), '60m');
  t.equal(value(headers, ':authority'), 'other.example');
  await eventually('the reset', () => origin.requests.at(-1)?.closed !== undefined);
});

t.test('cancelled', async (t) => {
  const seen = new Seen('origin', 'echo');
  seen.stream.send(Buffer.from('one'));
  await eventually('the echo', () => seen.messages.length === 1);
  const request = origin.requests.at(-1) as H2Request;
  seen.stream.cancel();
  await eventually('the reset', () => request.closed !== undefined);
  t.not(request.closed, 0);
  t.equal(seen.status, undefined);
});

t.test('cancelled before it began', async (t) => {
  const asked = origin.requests.length;
  const seen = new Seen('origin', 'echo');
  seen.stream.cancel();
  const next = new Seen('origin', 'refuse');
  await next.end();
  t.equal(origin.requests.length, asked + 1);
  t.same(seen.order, []);
});

t.test('a limit of messages', async (t) => {
  const seen = new Seen('origin', 'large', { maxMessageBytes: 299_999 });
  t.equal((await seen.end())[0], 8);
  const larger = new Seen('origin', 'large', { maxMessageBytes: 300_000 });
  t.same(await larger.end(), [0, '']);
  t.equal(larger.messages[0]?.length, 300_000);
});

t.test('messages that wait for the window', async (t) => {
  const seen = new Seen('narrow', 'hang');
  const request = await eventually('the request', () => {
    seen.stream.send(Buffer.alloc(100));
    return narrow.requests.at(-1);
  });
  t.equal(request.path, '/test.Service/hang');
  seen.stream.cancel();
  const slow = new Seen('narrow', 'echo');
  slow.stream.send(Buffer.alloc(500_000, 'y'));
  t.equal(slow.stream.bufferedAmount, 500_000);
  await eventually('the echo', () => slow.messages.length === 1);
  t.ok(slow.order.includes('drain'), slow.order.join());
  t.equal(slow.stream.bufferedAmount, 0);
  slow.stream.end();
  t.same(await slow.end(), [0, '']);
});

t.test('a paused receiver stops the server', async (t) => {
  const seen = new Seen('origin', 'flood');
  seen.stream.pause();
  // As many as the window of a stream lets come, 16 MB.
  await eventually('the first messages', () => seen.messages.length === 15);
  await new Seen('origin', 'refuse').end();
  t.equal(seen.messages.length, 15);
  t.equal(seen.status, undefined);
  seen.stream.resume();
  t.same(await seen.end(), [0, '']);
  t.equal(seen.messages.length, 30);
});

t.test('over TLS', async (t) => {
  const seen = new Seen('tls', 'any');
  seen.stream.end();
  t.same(await seen.end(), [0, '']);
  t.same(seen.messages, ['secret']);
  t.equal(value(seen.initial, 'x-scheme'), 'tls');
});

type Asked = readonly [RequestHead, string | undefined, number?];
const ask = (name: string, [head, body, timeoutMs = 0]: Asked, more = {}): Promise<RequestOutcome> =>
  transport.request(name, head, body === undefined ? undefined : Buffer.from(body), timeoutMs, more);
const get = (path: string): Asked => [{ method: 'GET', path }, undefined];

t.test('requests', async (t) => {
  const headers: Metadata = [['content-type', 'application/json']];
  const posted = await ask('plain', [{ method: 'POST', path: '/v3/discovery', headers }, '{"a":1}']);
  t.match(posted, { ok: true, status: 200 });
  t.equal(posted.ok && posted.body.toString(), 'POST /v3/discovery HTTP/1.1|{"a":1}');
  const { headers: got } = plain.last;
  t.equal(value(got, 'host'), 'plain');
  t.equal(value(got, 'content-length'), '7');
  t.equal(value(got, 'transfer-encoding'), undefined);
  const empty = await ask('plain', [{ method: 'POST', path: '/', authority: 'b' }, undefined]);
  t.equal(empty.ok && empty.body.toString(), 'POST / HTTP/1.1|');
  t.equal(value(plain.last.headers, 'content-length'), '0');
  const h2 = await ask('origin', [{ method: 'PUT', path: '/v3/x' }, 'body']);
  t.match(h2, { ok: true, status: 200 });
  t.equal(h2.ok && value(h2.headers, 'x-path'), '/v3/x');
  t.equal(h2.ok && h2.body.toString(), 'body');
});

t.test('requests that fail', async (t) => {
  const reason = async (name: string, asked: Asked, more = {}): Promise<string> => {
    const outcome = await ask(name, asked, more);
    return outcome.ok ? String(outcome.status) : outcome.reason;
  };
  t.equal(await reason('dead', get('/')), 'connect-failure');
  t.equal(await reason('empty', get('/')), 'no-host');
  t.equal(await reason('nowhere', get('/')), 'no-cluster');
  t.equal(await reason('none', get('/')), 'overflow');
  t.equal(await reason('origin', [{ method: 'GET', path: '/a/hang' }, undefined, 40]), 'timeout');
  t.equal(await reason('origin', get('/a/reset-first')), 'reset');
  t.equal(await reason('origin', get('/a/large'), { maxBytes: 100_000 }), 'too-large');
  const stop = new AbortController();
  const asked = origin.requests.length;
  const hanging = reason('origin', get('/a/hang'), { signal: stop.signal });
  await eventually('the request', () => origin.requests.length > asked);
  stop.abort();
  t.equal(await hanging, 'closed');
  await eventually('the reset', () => origin.requests.at(-1)?.closed !== undefined);
});

t.test('what is counted', async (t) => {
  t.equal(stat('origin', 'upstream_rq_active'), 0);
  t.equal(stat('origin', 'upstream_cx_active'), 1);
  t.equal(stat('origin', 'upstream_cx_http2_total'), 1);
  t.equal(stat('origin', 'upstream_rq_timeout'), 2);
  t.ok(stat('origin', 'upstream_rq_total') > 10);
  t.ok(stat('origin', 'internal.upstream_rq_2xx') > 5);
  t.equal(stat('dead', 'upstream_cx_connect_fail'), 2);
  t.equal(stat('empty', 'upstream_cx_none_healthy'), 2);
});

t.test('closed', async (t) => {
  const seen = new Seen('origin', 'echo');
  seen.stream.send(Buffer.from('one'));
  await eventually('the echo', () => seen.messages.length === 1);
  const hanging = ask('origin', get('/a/hang'));
  transport.close();
  t.same(await seen.end(), [14, 'the proxy is closing']);
  t.match(await hanging, { ok: false, reason: 'closed' });
  t.match(await ask('origin', get('/')), { ok: false, reason: 'closed' });
  t.equal((await new Seen('origin', 'echo').end())[0], 14);
  await eventually('the connection ends', () => origin.sessions.size === 0);
});
