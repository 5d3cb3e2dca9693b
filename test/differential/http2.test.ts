// HTTP/2 on either side through the real Envoy and through this proxy: the same frames to the client
// and to the host, the same lines in the log, the same statistics. Skipped where Envoy's binary is
// absent.
import t from 'tap';
import {
  CODES,
  data,
  END_HEADERS,
  END_STREAM,
  encode,
  type Field,
  type Frame,
  frame,
  H2Origin,
  head,
  headers,
  type Peer,
  reset,
  T,
  u32,
  value,
} from '../e2e/h2_frames.ts';
import { cluster, type Fields, freePort, listener, Origin, routes, toCluster } from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { essence, logTo, type Place, type Side, sideBySide } from './http2_sides.ts';

const binary = envoyBinary();
if (binary === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}

const code = (name: string): number => CODES.indexOf(name);
const ok: Field[] = [[':status', '200']];

// ---- origins --------------------------------------------------------------------------------

/** What the HTTP/2 origin does, by the request's path, when the head has come. */
const scripts: { [path: string]: (peer: Peer, stream: number, request: readonly Field[]) => void } = {
  '/empty': (peer, s) => peer.send(headers(s, ok)),
  '/204': (peer, s) => peer.send(headers(s, [[':status', '204']])),
  '/204-data': (peer, s) => peer.send(headers(s, [[':status', '204']], false), data(s, 'body')),
  '/204-length': (peer, s) =>
    peer.send(
      headers(s, [
        [':status', '204'],
        ['content-length', '0'],
      ]),
    ),
  '/304': (peer, s) =>
    peer.send(
      headers(s, [
        [':status', '304'],
        ['etag', '"a"'],
        ['content-length', '10'],
      ]),
    ),
  '/head': (peer, s) => peer.send(headers(s, [...ok, ['content-length', '10']])),
  '/head-data': (peer, s) => peer.send(headers(s, [...ok, ['content-length', '4']], false), data(s, 'body')),
  '/trailers': (peer, s) =>
    peer.send(headers(s, ok, false), data(s, 'body', false), headers(s, [['x-end', 'yes']])),
  '/only-trailers': (peer, s) => peer.send(headers(s, ok, false), headers(s, [['x-end', 'yes']])),
  '/bad-trailers': (peer, s) => peer.send(headers(s, ok, false), headers(s, [[':status', '200']])),
  '/open-trailers': (peer, s) => peer.send(headers(s, ok, false), headers(s, [['x-end', 'yes']], false)),
  '/100': (peer, s) => peer.send(headers(s, [[':status', '100']], false), headers(s, ok)),
  '/103': (peer, s) =>
    peer.send(
      headers(
        s,
        [
          [':status', '103'],
          ['link', 'x'],
        ],
        false,
      ),
      headers(s, ok),
    ),
  '/103-end': (peer, s) => peer.send(headers(s, [[':status', '103']])),
  '/101': (peer, s) => peer.send(headers(s, [[':status', '101']], false)),
  '/no-status': (peer, s) => peer.send(headers(s, [['x-a', 'b']])),
  '/bad-status': (peer, s) => peer.send(headers(s, [[':status', '2000']])),
  '/status-099': (peer, s) => peer.send(headers(s, [[':status', '099']])),
  '/status-999': (peer, s) => peer.send(headers(s, [[':status', '999']])),
  '/status-abc': (peer, s) => peer.send(headers(s, [[':status', 'abc']])),
  '/two-status': (peer, s) => peer.send(headers(s, [...ok, ...ok])),
  '/path': (peer, s) => peer.send(headers(s, [...ok, [':path', '/']])),
  '/upper': (peer, s) => peer.send(headers(s, [...ok, ['X-Upper', 'a']])),
  '/late-pseudo': (peer, s) => peer.send(headers(s, [['x-a', 'b'], ...ok])),
  '/connection': (peer, s) => peer.send(headers(s, [...ok, ['connection', 'close']])),
  '/transfer-encoding': (peer, s) => peer.send(headers(s, [...ok, ['transfer-encoding', 'chunked']])),
  '/value-nul': (peer, s) => peer.send(headers(s, [...ok, ['x-a', 'a\0b']])),
  '/empty-name': (peer, s) => peer.send(headers(s, [...ok, ['', 'a']])),
  '/short': (peer, s) => peer.send(headers(s, [...ok, ['content-length', '10']], false), data(s, 'body')),
  '/long': (peer, s) => peer.send(headers(s, [...ok, ['content-length', '2']], false), data(s, 'body')),
  '/length-no-body': (peer, s) => peer.send(headers(s, [...ok, ['content-length', '2']])),
  '/lengths': (peer, s) =>
    peer.send(headers(s, [...ok, ['content-length', '4'], ['content-length', '5']], false), data(s, 'body')),
  '/same-lengths': (peer, s) =>
    peer.send(headers(s, [...ok, ['content-length', '4'], ['content-length', '4']], false), data(s, 'body')),
  '/bad-length': (peer, s) =>
    peer.send(headers(s, [...ok, ['content-length', '4a']], false), data(s, 'body')),
  '/empty-length': (peer, s) =>
    peer.send(headers(s, [...ok, ['content-length', '']], false), data(s, 'body')),
  '/cookies': (peer, s) =>
    peer.send(
      headers(s, [...ok, ['set-cookie', 'a=1'], ['set-cookie', 'b=2'], ['cookie', 'x'], ['cookie', 'y']]),
    ),
  '/server': (peer, s) => peer.send(headers(s, [...ok, ['server', 'x'], ['date', 'today']])),
  '/data-first': (peer, s) => peer.send(data(s, 'body')),
  '/early': (peer, s) => peer.send(headers(s, ok, false), data(s, 'early')),
  '/early-reset': (peer, s) => peer.send(headers(s, ok, false), data(s, 'early'), reset(s, 0)),
  '/hold': (peer, s) => peer.send(headers(s, ok, false), data(s, 'a', false)),
  '/silent': () => {},
  '/cut-now': (peer) => peer.close(),
  '/cut-head': (peer, s) => {
    peer.send(headers(s, ok, false));
    peer.socket.end();
  },
  '/cut-body': (peer, s) => {
    peer.send(headers(s, ok, false), data(s, 'ab', false));
    peer.socket.end();
  },
  '/goaway': (peer, s) => peer.send(goaway(s), headers(s, ok, false), data(s, 'still')),
  '/goaway-unseen': (peer, s) => {
    if (refused++ % 2 === 0) peer.send(goaway(0));
    else peer.send(headers(s, ok));
  },
  '/refused-once': (peer, s) => {
    if (refused++ % 2 === 0) peer.send(reset(s, code('REFUSED_STREAM')));
    else peer.send(headers(s, ok));
  },
  '/ping-ack': (peer, s) => peer.send(frame(T.PING, 1, 0, '12345678'), headers(s, ok)),
  '/window-zero': (peer, s) => peer.send(frame(T.WINDOW_UPDATE, 0, s, u32(0)), headers(s, ok)),
  '/push': (peer, s) => peer.send(frame(T.PUSH_PROMISE, END_HEADERS, s, u32(2))),
  '/bad-hpack': (peer, s) => peer.send(frame(T.HEADERS, END_HEADERS | END_STREAM, s, Buffer.from([0xff]))),
  '/other-stream': (peer) => peer.send(headers(99, ok)),
  '/many-headers': (peer, s) =>
    peer.send(headers(s, [...ok, ...Array.from({ length: 120 }, (_, i): Field => [`x-${i}`, 'v'])])),
  '/large-header': (peer, s) => peer.send(...large(s, [...ok, ['x-large', 'v'.repeat(70_000)]])),
};
for (const name of CODES) {
  scripts[`/reset/${name}`] = (peer, s) => peer.send(reset(s, code(name)));
  scripts[`/reset-late/${name}`] = (peer, s) => {
    peer.send(headers(s, ok, false), data(s, 'ab', false), reset(s, code(name)));
  };
}
let refused = 0;
const goaway = (last: number, why = 0): Buffer => frame(T.GOAWAY, 0, 0, u32(last, why));

/** A head in as many frames as it takes. */
function large(stream: number, fields: readonly Field[], end = true): Buffer[] {
  const block = encode(fields);
  const out: Buffer[] = [];
  for (let at = 0; at < block.length; at += 16384) {
    const last = at + 16384 >= block.length ? END_HEADERS : 0;
    const part = block.subarray(at, at + 16384);
    out.push(frame(at ? T.CONTINUATION : T.HEADERS, last | (at || !end ? 0 : END_STREAM), stream, part));
  }
  return out;
}

const h2 = await new H2Origin((peer) => {
  peer.onFrame = (f: Frame) => {
    if (f.fields === undefined || value(f.fields, ':path') === undefined) {
      if (f.flags & END_STREAM && (f.type === T.DATA || f.type === T.HEADERS)) ended(peer, f.stream);
      return;
    }
    const path = value(f.fields, ':path') ?? '';
    const script = scripts[path];
    if (script) script(peer, f.stream, f.fields);
    else if (f.flags & END_STREAM) ended(peer, f.stream);
  };
}).listen();
/** Answers a request that has come as a whole with its body. */
function ended(peer: Peer, s: number): void {
  const { body, blocks } = peer.message(s);
  const path = value(blocks[0], ':path') ?? '';
  if (scripts[path]) return;
  peer.send(headers(s, [...ok, ['x-got', String(body.length)]], false), data(s, `<${body.slice(0, 30)}>`));
}

const answers: { [path: string]: string } = {
  '/empty': 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
  '/chunked': 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n',
  '/trailers': 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nx-end: yes\r\n\r\n',
  '/204': 'HTTP/1.1 204 No Content\r\n\r\n',
  '/304': 'HTTP/1.1 304 Not Modified\r\netag: "a"\r\ncontent-length: 10\r\n\r\n',
  '/head': 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n',
  '/hop':
    'HTTP/1.1 200 OK\r\nconnection: keep-alive\r\nkeep-alive: timeout=3\r\nproxy-connection: x\r\n' +
    'upgrade: x\r\nX-Case: Yes\r\ncontent-length: 0\r\n\r\n',
  '/100': 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
  '/103': 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
  '/close': 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok',
};
const cuts: { [path: string]: string } = {
  '/cut-now': '',
  '/cut-head': 'HTTP/1.1 200 OK\r\nx-a: b',
  '/cut-body': 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc',
  '/until-close': 'HTTP/1.1 200 OK\r\n\r\nuntil the end',
  '/garbage': 'hello\r\n\r\n',
};
const heads: string[] = [];
const h1 = await new Origin(
  () => undefined,
  (socket) => {
    let text = '';
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      const at = text.indexOf('\r\n\r\n');
      if (at < 0) return;
      const path = text.split(' ')[1] ?? '';
      const chunked = /transfer-encoding: chunked/i.test(text.slice(0, at));
      const length = Number(/content-length: (\d+)/i.exec(text.slice(0, at))?.[1] ?? 0);
      const whole = chunked ? /\r\n0\r\n(.+\r\n)*\r\n$/.test(text) : text.length >= at + 4 + length;
      if (path === '/early') socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nearly');
      else if (!whole) return;
      heads.push(text);
      text = '';
      if (path === '/silent' || path === '/early') return;
      if (cuts[path] !== undefined) socket.end(cuts[path]);
      else socket.write(answers[path] ?? 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
  },
).listen();

// ---- both sides -----------------------------------------------------------------------------

const dead = await freePort();
const http2 = (fields: Fields = {}): Fields => ({
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      explicit_http_config: { http2_protocol_options: fields },
    },
  },
});

const table = routes([
  { match: { path: '/direct' }, direct_response: { status: 200, body: { inline_string: 'tea' } } },
  { match: { path: '/direct-empty' }, direct_response: { status: 204 } },
  { match: { path: '/away' }, redirect: { path_redirect: '/there' } },
  toCluster('dead', {}, { path: '/dead' }),
  toCluster('h2', { timeout: '0.15s' }, { path: '/timeout' }),
  ...(['h1', 'h2', 'lenient'] as const).map((name) =>
    toCluster(name, { prefix_rewrite: '/', timeout: '3s' }, { prefix: `/${name}/` }),
  ),
]);

function config(place: Place): Fields {
  const extras: Fields[] = [
    {},
    { http2_protocol_options: { override_stream_error_on_invalid_http_message: true } },
    { proxy_100_continue: true },
    { common_http_protocol_options: { max_headers_count: 10 }, max_request_headers_kb: 2 },
    { common_http_protocol_options: { max_requests_per_connection: 2 }, drain_timeout: '0.1s' },
    { common_http_protocol_options: { idle_timeout: '0.1s' }, drain_timeout: '0.1s' },
    { http2_protocol_options: { max_concurrent_streams: 2 } },
    { stream_idle_timeout: '0.15s' },
    { common_http_protocol_options: { max_connection_duration: '0.15s' }, drain_timeout: '0.15s' },
    { request_timeout: '0.15s' },
    { codec_type: 'HTTP2' },
  ];
  return {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: place.admin } } },
    static_resources: {
      listeners: extras.map((extra, i) =>
        listener(`in${i}`, place.ports[i] as number, {
          stat_prefix: i === 0 ? 'in' : `in${i}`,
          generate_request_id: false,
          access_log: logTo(place.log),
          route_config: table,
          ...extra,
        }),
      ),
      clusters: [
        cluster('h1', [h1.port], {
          typed_extension_protocol_options: {
            'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
              '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
              explicit_http_config: { http_protocol_options: { enable_trailers: true } },
            },
          },
        }),
        cluster('h2', [h2.port], http2()),
        cluster('lenient', [h2.port], http2({ override_stream_error_on_invalid_http_message: true })),
        cluster('dead', [dead], http2()),
      ],
    },
  };
}
const PORTS = 11;

const sides = await sideBySide(binary, PORTS, config);
t.teardown(async () => {
  await sides.close();
  await h1.close();
  await h2.close();
});

/** Runs `script` on a new connection of a client and says what everybody saw. */
async function exchange(
  side: Side,
  port: number,
  script: (peer: Peer) => Promise<unknown> | unknown,
  logs: number,
): Promise<unknown> {
  const [line, headsBefore] = [side.lines.length, heads.length];
  const before = h2.peers.map((peer) => peer.frames.length);
  const peer = side.h2(port);
  const more = await script(peer);
  const logged = await side.logged(line, logs);
  const origin = h2.peers
    .map((each, i) => essence(each.frames.slice(before[i] ?? 0)))
    .filter((frames) => frames.length > 0);
  const out = {
    client: essence(peer.frames),
    ended: peer.ended,
    logged,
    h1: heads.slice(headsBefore),
    h2: origin.map((frames) => frames.map((text) => text.replace(/^\d+ /, ''))),
    ...(more !== undefined && { more }),
  };
  peer.close();
  return out;
}

function compare(
  name: string,
  port: number,
  script: (peer: Peer) => Promise<unknown> | unknown,
  logs = 1,
): void {
  t.test(name, async (t) => {
    const expected = await exchange(sides.theirs, port, script, logs);
    t.same(await exchange(sides.ours, port, script, logs), expected);
  });
}

/** One request, to its end. */
const one =
  (fields: { [name: string]: string | undefined }, body?: string, trailers?: Field[]) =>
  async (peer: Peer): Promise<void> => {
    const end = body === undefined && trailers === undefined;
    peer.send(
      headers(1, head(fields), end),
      ...(body === undefined ? [] : [data(1, body, trailers === undefined)]),
      ...(trailers === undefined ? [] : [headers(1, trailers)]),
    );
    await peer.done(1);
  };
const paths = (of: object): string[] => Object.keys(of);

t.setTimeout(300_000);

// ---- cases ----------------------------------------------------------------------------------

compare('an answer of our own', 0, one({ ':path': '/direct' }));
compare('an answer of our own without a body', 0, one({ ':path': '/direct-empty' }));
compare('HEAD of an answer of our own', 0, one({ ':path': '/direct', ':method': 'HEAD' }));
compare('a redirect', 0, one({ ':path': '/away' }));
compare('no route', 0, one({ ':path': '/nowhere' }));
compare('a dead host', 0, one({ ':path': '/dead' }));
compare('a timeout', 0, one({ ':path': '/timeout', 'x-y': 'z' }, 'some'));
compare('prior knowledge only', 10, one({ ':path': '/direct' }));

for (const path of [...paths(answers), ...paths(cuts), '/plain']) {
  const method = path === '/head' ? 'HEAD' : 'GET';
  compare(`h2 to h1: ${path}`, 0, one({ ':path': `/h1${path}`, ':method': method }));
}
compare(
  'h2 to h1: POST with a length',
  0,
  one({ ':path': '/h1/x', ':method': 'POST', 'content-length': '3' }, 'abc'),
);
compare('h2 to h1: POST without a length', 0, one({ ':path': '/h1/x', ':method': 'POST' }, 'abc'));
compare('h2 to h1: POST without a body', 0, one({ ':path': '/h1/x', ':method': 'POST' }));
compare('h2 to h1: request trailers', 0, one({ ':path': '/h1/x', ':method': 'POST' }, 'abc', [['x-t', 'v']]));
compare('h2 to h1: an answer before the end', 0, async (peer) => {
  peer.send(headers(1, head({ ':path': '/h1/early', ':method': 'POST' }), false), data(1, 'ab', false));
  await peer.done(1);
});

for (const path of paths(scripts)) {
  const method = path.startsWith('/head') ? 'HEAD' : 'GET';
  if (path === '/silent' || path === '/hold' || path.startsWith('/early')) continue;
  compare(`h2 to h2: ${path}`, 0, one({ ':path': `/h2${path}`, ':method': method }));
}
for (const path of paths(scripts).filter((path) =>
  /status|path|upper|pseudo|transf|nul|name|length|short|long/.test(path),
))
  compare(`h2 to h2, lenient: ${path}`, 0, one({ ':path': `/lenient${path}` }));

compare(
  'h2 to h2: POST with a length',
  0,
  one({ ':path': '/h2/x', ':method': 'POST', 'content-length': '3' }, 'abc'),
);
compare('h2 to h2: POST without a length', 0, one({ ':path': '/h2/x', ':method': 'POST' }, 'abc'));
compare('h2 to h2: POST without a body', 0, one({ ':path': '/h2/x', ':method': 'POST' }));
compare('h2 to h2: request trailers', 0, one({ ':path': '/h2/x', ':method': 'POST' }, 'abc', [['x-t', 'v']]));
compare(
  'h2 to h2: trailers without a body',
  0,
  one({ ':path': '/h2/x', ':method': 'POST' }, undefined, [['x-t', 'v']]),
);

/** An answer comes while the request has not ended. */
for (const path of ['/early', '/early-reset']) {
  compare(`h2 to h2: ${path} within the request`, 0, async (peer) => {
    peer.send(headers(1, head({ ':path': `/h2${path}`, ':method': 'POST' }), false), data(1, 'ab', false));
    await peer.done(1);
    await peer.until('RST_STREAM', () => peer.message(1).reset !== undefined);
  });
  compare(
    `h2 to h2: ${path}, and the rest of the request`,
    0,
    async (peer) => {
      peer.send(headers(1, head({ ':path': `/h2${path}`, ':method': 'POST' }), false), data(1, 'ab', false));
      await peer.done(1);
      peer.send(data(1, 'cd'), headers(3, head({ ':path': '/direct' })));
      await peer.done(3);
    },
    2,
  );
}
compare(
  'an answer of our own within the request',
  0,
  async (peer) => {
    peer.send(headers(1, head({ ':path': '/direct', ':method': 'POST' }), false), data(1, 'ab', false));
    await peer.done(1);
    peer.send(data(1, 'cd'), headers(3, head({ ':path': '/direct' })));
    await peer.done(3);
  },
  2,
);

// ---- heads of requests ----------------------------------------------------------------------

const odd: { [name: string]: { [name: string]: string | undefined } | Field[] } = {
  'no method': { ':method': undefined },
  'no path': { ':path': undefined },
  'no scheme': { ':scheme': undefined },
  'no authority': { ':authority': undefined },
  'no authority but host': { ':authority': undefined, host: 'other.example' },
  'authority and another host': { host: 'other.example' },
  'authority and the same host': { host: 'test.example' },
  'two hosts': [...head({ ':authority': undefined }), ['host', 'a'], ['host', 'b']],
  'empty authority': { ':authority': '' },
  'empty authority and host': { ':authority': '', host: 'a' },
  'empty path': { ':path': '' },
  'path without a slash': { ':path': 'direct' },
  'path *': { ':path': '*' },
  'OPTIONS *': { ':path': '*', ':method': 'OPTIONS' },
  'absolute path': { ':path': 'http://test.example/direct' },
  'path with a space': { ':path': '/a b' },
  'path with a fragment': { ':path': '/direct#a' },
  'path with high bytes': { ':path': '/\xe4' },
  'scheme https': { ':scheme': 'https' },
  'scheme ftp': { ':scheme': 'ftp' },
  'scheme HTTP': { ':scheme': 'HTTP' },
  'scheme bad': { ':scheme': 'h t' },
  'method lower case': { ':method': 'get' },
  'method with a space': { ':method': 'G T' },
  'method empty': { ':method': '' },
  'method own': { ':method': 'BREW' },
  'authority with user': { ':authority': 'a@b' },
  'authority with a space': { ':authority': 'a b' },
  'authority with a slash': { ':authority': 'a/b' },
  ':status in a request': { ':status': '200' },
  'unknown pseudo': { ':own': 'a' },
  ':protocol': { ':protocol': 'websocket' },
  'two paths': [...head(), [':path', '/direct']],
  'pseudo after others': [
    [':method', 'GET'],
    ['x-a', 'b'],
    [':scheme', 'http'],
    [':path', '/direct'],
    [':authority', 'a'],
  ],
  'upper case': { 'X-Upper': 'a' },
  'space in a name': { 'x a': 'b' },
  'colon in a name': { 'x:a': 'b' },
  'empty name': { '': 'b' },
  'high bytes in a name': { 'x-\xe4': 'b' },
  'empty value': { 'x-a': '' },
  'value with NUL': { 'x-a': 'a\0b' },
  'value with LF': { 'x-a': 'a\nb' },
  'value with CR': { 'x-a': 'a\rb' },
  'value with TAB': { 'x-a': 'a\tb' },
  'value with DEL': { 'x-a': 'a\x7fb' },
  'value with ESC': { 'x-a': 'a\x1bb' },
  'value with high bytes': { 'x-a': 'a\xe4\xffb' },
  'value with a space before': { 'x-a': ' b' },
  'value with a space behind': { 'x-a': 'b ' },
  'value of a space': { 'x-a': ' ' },
  connection: { connection: 'close' },
  'connection keep-alive': { connection: 'keep-alive' },
  'keep-alive': { 'keep-alive': 'a' },
  'proxy-connection': { 'proxy-connection': 'a' },
  'transfer-encoding': { 'transfer-encoding': 'chunked' },
  upgrade: { upgrade: 'websocket' },
  'te trailers': { te: 'trailers' },
  'te gzip': { te: 'gzip' },
  'te both': { te: 'trailers, gzip' },
  'content-length without a body': { 'content-length': '3' },
  'content-length 0': { 'content-length': '0' },
  'content-length bad': { 'content-length': '3a' },
  'content-length +3': { 'content-length': '+3' },
  'content-length empty': { 'content-length': '' },
  'content-length large': { 'content-length': '99999999999999999999' },
  'content-lengths': [...head({ 'content-length': '0' }), ['content-length', '0']],
  'content-lengths that differ': [...head({ 'content-length': '0' }), ['content-length', '1']],
  cookies: [...head(), ['cookie', 'a=1'], ['cookie', 'b=2'], ['x-a', 'b'], ['cookie', 'c=3']],
  'empty cookie': [...head(), ['cookie', 'a=1'], ['cookie', ''], ['cookie', 'c=3']],
  expect: { expect: '100-continue' },
  'expect else': { expect: 'else' },
  CONNECT: { ':method': 'CONNECT', ':path': undefined, ':scheme': undefined },
  'CONNECT with a path': { ':method': 'CONNECT' },
  'extended CONNECT': { ':method': 'CONNECT', ':protocol': 'websocket' },
  underscore: { x_a: 'b' },
  'http2-settings': { 'http2-settings': 'a' },
  'x-forwarded-for': {
    'x-forwarded-for': '10.0.0.1',
    'x-forwarded-proto': 'https',
    'x-envoy-internal': 'true',
  },
};
for (const [name, given] of Object.entries(odd)) {
  const fields = Array.isArray(given) ? given : head({ ':path': '/h2/x', ...given });
  const script = async (peer: Peer): Promise<void> => {
    const at = fields.findIndex(([key, text]) => key === ':path' && text === '/');
    const asked = fields.map((field, i): Field => (i === at ? [':path', '/h2/x'] : field));
    peer.send(headers(1, asked), headers(3, head({ ':path': '/direct' })));
    await peer.done(1);
    await peer.done(3);
  };
  for (const [port, how] of [
    [0, ''],
    [1, ', lenient'],
  ] as const)
    compare(`request: ${name}${how}`, port, script);
}
export { sides };
