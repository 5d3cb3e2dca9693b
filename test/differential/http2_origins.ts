// Origins for the comparisons of HTTP/2: one that does with frames what the request's path says, and
// one of HTTP/1.
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
  headers,
  type Peer,
  reset,
  T,
  u32,
  value,
} from '../e2e/h2_frames.ts';
import { Origin } from '../e2e/support.ts';

export const code = (name: string): number => CODES.indexOf(name);
export const ok: Field[] = [[':status', '200']];

/** What the HTTP/2 origin does, by the request's path, when the head has come. */
export const scripts: { [path: string]: (peer: Peer, stream: number, request: readonly Field[]) => void } = {
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
export const goaway = (last: number, why = 0): Buffer => frame(T.GOAWAY, 0, 0, u32(last, why));

/** A head in as many frames as it takes. */
export function large(stream: number, fields: readonly Field[], end = true): Buffer[] {
  const block = encode(fields);
  const out: Buffer[] = [];
  for (let at = 0; at < block.length; at += 16384) {
    const last = at + 16384 >= block.length ? END_HEADERS : 0;
    const part = block.subarray(at, at + 16384);
    out.push(frame(at ? T.CONTINUATION : T.HEADERS, last | (at || !end ? 0 : END_STREAM), stream, part));
  }
  return out;
}

export const h2 = await new H2Origin((peer) => {
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

export const answers: { [path: string]: string } = {
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
export const cuts: { [path: string]: string } = {
  '/cut-now': '',
  '/cut-head': 'HTTP/1.1 200 OK\r\nx-a: b',
  '/cut-body': 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc',
  '/until-close': 'HTTP/1.1 200 OK\r\n\r\nuntil the end',
  '/garbage': 'hello\r\n\r\n',
};
export const heads: string[] = [];
export const h1 = await new Origin(
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
