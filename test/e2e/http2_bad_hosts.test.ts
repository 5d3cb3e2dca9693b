// Hosts of HTTP/2 that break its rules, or end in the middle of something: the client gets an answer that says so,
// or as much as there was, and the next request is served as if nothing had been.
import t from 'tap';
import {
  CODES,
  data,
  END_HEADERS,
  END_STREAM,
  encode,
  type Field,
  frame,
  headers,
  H2Origin as RawOrigin,
  type Peer,
  reset,
  SETTING,
  settings,
  T,
  u32,
  value,
  windowUpdate,
} from './h2_frames.ts';
import { callOnce, fieldOf, http2Hosts } from './h2_support.ts';
import { cluster, eventually, freePort, listener, routes, start, toCluster } from './support.ts';

t.setTimeout(300_000);
const ok: Field[] = [[':status', '200']];
const code = (name: string): number => CODES.indexOf(name);
const goaway = (last: number, name = 'NO_ERROR'): Buffer => frame(T.GOAWAY, 0, 0, u32(last, code(name)));

type Script = (peer: Peer, stream: number) => void;
/** What a host does with a request, and how it ends for the client: its status, or that it is cut. */
const HOSTS: { readonly [name: string]: readonly [Script, '200' | '502' | '503' | 'cut'] } = {
  'DATA before HEADERS': [(p, s) => p.send(data(s, 'early')), '502'],
  'a head without a status': [(p, s) => p.send(headers(s, [['x-a', 'b']])), '502'],
  'a status of two digits': [(p, s) => p.send(headers(s, [[':status', '20']])), '502'],
  'status 101': [(p, s) => p.send(headers(s, [[':status', '101']])), '502'],
  'a request for an answer': [(p, s) => p.send(headers(s, [[':method', 'GET'], ...ok])), '502'],
  'upper case': [(p, s) => p.send(headers(s, [...ok, ['X-A', 'b']])), '502'],
  'a line end in a value': [(p, s) => p.send(headers(s, [...ok, ['x-a', 'b\r\nx-c: d']])), '502'],
  'transfer-encoding': [(p, s) => p.send(headers(s, [...ok, ['transfer-encoding', 'chunked']])), '502'],
  'two lengths': [
    (p, s) =>
      p.send(headers(s, [...ok, ['content-length', '1'], ['content-length', '2']], false), data(s, 'a')),
    '502',
  ],
  'an answer that is shorter than it says': [
    (p, s) => p.send(headers(s, [...ok, ['content-length', '5']], false), data(s, 'a')),
    'cut',
  ],
  'an answer that is longer than it says': [
    (p, s) => p.send(headers(s, [...ok, ['content-length', '1']], false), data(s, 'abc')),
    'cut',
  ],
  PUSH_PROMISE: [
    (p, s) => p.send(frame(T.PUSH_PROMISE, END_HEADERS, s, Buffer.concat([u32(2), encode(ok)]))),
    '502',
  ],
  'HEADERS on a stream of its own': [(p) => p.send(headers(2, ok)), '502'],
  'HEADERS on a stream that nobody opened': [(p, s) => p.send(headers(s + 100, ok)), '502'],
  'RST_STREAM of a stream that nobody opened': [(p, s) => p.send(reset(s + 100, 0)), '502'],
  'a frame that is too large': [(p, s) => p.send(frame(T.DATA, 0, s, Buffer.alloc(16385))), '502'],
  'SETTINGS of 5 bytes': [(p) => p.send(frame(T.SETTINGS, 0, 0, '12345')), '502'],
  'SETTINGS with a window that is too large': [
    (p) => p.send(settings({ [SETTING.INITIAL_WINDOW_SIZE]: 0x80000000 })),
    '502',
  ],
  'SETTINGS that ask for push': [(p) => p.send(settings({ [SETTING.ENABLE_PUSH]: 1 })), '502'],
  'PING of 7 bytes': [(p) => p.send(frame(T.PING, 0, 0, '1234567')), '502'],
  'a window that overflows': [(p) => p.send(windowUpdate(0, 0x7fffffff)), '502'],
  'a window of the stream that overflows': [(p, s) => p.send(windowUpdate(s, 0x7fffffff)), '502'],
  'WINDOW_UPDATE of 0': [(p, s) => p.send(windowUpdate(s, 0)), '502'],
  'CONTINUATION alone': [(p, s) => p.send(frame(T.CONTINUATION, END_HEADERS, s)), '502'],
  'a head that another frame interrupts': [
    (p, s) => p.send(frame(T.HEADERS, 0, s, encode(ok)), frame(T.PING, 0, 0, '12345678')),
    '502',
  ],
  'HPACK that cannot be read': [
    (p, s) => p.send(frame(T.HEADERS, END_HEADERS, s, Buffer.from([0xff]))),
    '502',
  ],
  'HTTP/1': [(p) => p.socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'), '502'],
  'an interim answer that ends the stream': [(p, s) => p.send(headers(s, [[':status', '103']])), '502'],
  'a head that is too large': [(p, s) => p.send(...wide(s)), '502'],
  'a flood of PING that it does not read': [
    (p) => {
      p.socket.pause();
      const pings = Buffer.concat(Array.from({ length: 1000 }, () => frame(T.PING, 0, 0, '12345678')));
      const more = (): void => {
        if (!p.socket.destroyed && p.socket.writableLength < 1 << 22) p.socket.write(pings);
        if (!p.socket.destroyed) setImmediate(more);
      };
      more();
    },
    '502',
  ],
  'the end of the connection at once': [(p) => p.socket.destroy(), '503'],
  'the end of the connection in a head': [
    (p, s) => p.socket.end(headers(s, [...ok, ['x-a', 'v']]).subarray(0, 15)),
    '503',
  ],
  'the end of the connection in an answer': [
    (p, s) => {
      p.send(headers(s, ok, false), data(s, 'half', false));
      p.socket.end();
    },
    'cut',
  ],
  'GOAWAY with an error, and the end': [
    (p, s) => {
      p.send(goaway(s, 'INTERNAL_ERROR'));
      p.socket.end();
    },
    '503',
  ],
  'unknown frames before the answer': [
    (p, s) => p.send(frame(0x20, 0xff, s, 'what'), frame(0x10, 0, 0, 'else'), headers(s, ok)),
    '200',
  ],
  'unknown settings': [(p, s) => p.send(settings({ 99: 1, 100: 2 }), headers(s, ok)), '200'],
  'an answer, then RST_STREAM of it': [(p, s) => p.send(headers(s, ok), reset(s, code('NO_ERROR'))), '200'],
  'DATA behind the answer': [(p, s) => p.send(headers(s, ok), data(s, 'late')), '200'],
  padding: [
    (p, s) =>
      p.send(
        headers(s, ok, false),
        frame(
          T.DATA,
          8 | END_STREAM,
          s,
          Buffer.concat([Buffer.from([3]), Buffer.from('body'), Buffer.alloc(3)]),
        ),
      ),
    '200',
  ],
  ...Object.fromEntries(
    CODES.map((name): [string, [Script, '502' | '503']] => [
      `RST_STREAM ${name}`,
      [(p, s) => p.send(reset(s, code(name))), name === 'PROTOCOL_ERROR' ? '502' : '503'],
    ]),
  ),
};

/** A block in as many frames as it needs. */
function wide(stream: number): Buffer[] {
  const block = encode([...ok, ['x-a', 'v'.repeat(70_000)]]);
  const parts: Buffer[] = [];
  for (let at = 0; at < block.length; at += 16384) {
    const flags = at + 16384 >= block.length ? END_HEADERS : 0;
    const type = at === 0 ? T.HEADERS : T.CONTINUATION;
    parts.push(frame(type, flags | (at === 0 ? END_STREAM : 0), stream, block.subarray(at, at + 16384)));
  }
  return parts;
}

const origin = await new RawOrigin((peer) => {
  peer.onFrame = (f) => {
    const path = value(f.fields, ':path');
    if (path === undefined || !(f.flags & END_HEADERS)) return;
    const found = HOSTS[decodeURIComponent(path.slice(1))];
    if (found) found[0](peer, f.stream);
    else peer.send(headers(f.stream, ok, false), data(f.stream, 'fine'));
  };
}).listen();
const [port, admin] = [await freePort(), await freePort()];
const proxy = await start(
  {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      listeners: [listener('in', port, { route_config: routes([toCluster('host')]) })],
      clusters: [cluster('host', [origin.port], http2Hosts)],
    },
  },
  [port, admin],
);
t.teardown(async () => {
  await proxy.stop();
  await origin.close();
});
const gauge = async (name: string): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${admin}/stats?filter=^cluster.host.${name}$`)).text();
  return Number(/: (\d+)/.exec(text)?.[1] ?? -1);
};
const call = (name: string) =>
  callOnce(port, `/${encodeURIComponent(name)}`, {
    headers: { ':method': 'GET', 'content-type': 'text/plain' },
  });

for (const [name, [, expected]] of Object.entries(HOSTS)) {
  t.test(name, async (t) => {
    const reply = await call(name);
    const status = fieldOf(reply.headers, ':status');
    if (expected === 'cut') {
      t.equal(status, '200');
      t.not(reply.reset, 0, 'the client is told that it is not all');
    } else {
      t.equal(status, expected);
      t.equal(reply.reset, 0);
    }
    const next = await call('fine');
    t.equal(next.body.toString(), 'fine', 'the next request');
  });
}

t.test('nothing is left of all that', async () => {
  await eventually('no request', async () => (await gauge('upstream_rq_active')) === 0);
  await eventually('no stream', async () => (await gauge('http2.streams_active')) === 0);
  await eventually('no bytes', async () => (await gauge('http2.pending_send_bytes')) === 0);
  await eventually('one connection at most', async () => (await gauge('upstream_cx_active')) <= 1);
});
