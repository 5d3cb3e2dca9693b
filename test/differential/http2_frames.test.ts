// Frames that break rules, limits and resets, through the real Envoy and through this proxy.
import {
  ACK,
  data,
  END_HEADERS,
  END_STREAM,
  encode,
  type Field,
  frame,
  head,
  headers,
  reset,
  settings,
  T,
  u32,
  value,
} from '../e2e/h2_frames.ts';
import { eventually } from '../e2e/support.ts';
import { code, goaway, h2, large } from './http2_origins.ts';
import { compare, one } from './http2_world.ts';

// ---- bodies and frames ----------------------------------------------------------------------

const post = (fields: { [name: string]: string } = {}): Field[] =>
  head({ ':path': '/h2/x', ':method': 'POST', ...fields });
const bodies: { [name: string]: readonly Buffer[] } = {
  'longer than announced': [headers(1, post({ 'content-length': '3' }), false), data(1, 'abcd')],
  'shorter than announced': [headers(1, post({ 'content-length': '3' }), false), data(1, 'ab')],
  'shorter, with trailers': [
    headers(1, post({ 'content-length': '3' }), false),
    data(1, 'ab', false),
    headers(1, [['x-t', 'v']]),
  ],
  'trailers without an end': [headers(1, post(), false), headers(1, [['x-t', 'v']], false)],
  'trailers with a pseudo-header field': [headers(1, post(), false), headers(1, [[':path', '/']])],
  'trailers with connection': [headers(1, post(), false), headers(1, [['connection', 'close']])],
  'trailers with upper case': [headers(1, post(), false), headers(1, [['X-T', 'close']])],
  'empty trailers': [headers(1, post(), false), headers(1, [])],
  'DATA after the end': [headers(1, post({ ':path': '/h2/silent' })), data(1, 'ab')],
  'HEADERS after the end': [headers(1, post({ ':path': '/h2/silent' })), headers(1, [['x-t', 'v']])],
  'DATA on an idle stream': [data(3, 'ab')],
  'RST_STREAM on an idle stream': [reset(3, 0)],
  'WINDOW_UPDATE on an idle stream': [frame(T.WINDOW_UPDATE, 0, 3, u32(1))],
  'an even stream': [headers(2, post())],
  'a lower stream': [headers(5, head({ ':path': '/h2/silent' })), headers(3, post())],
  'a window update of 0': [
    headers(1, post({ ':path': '/h2/silent' }), false),
    frame(T.WINDOW_UPDATE, 0, 1, u32(0)),
  ],
  'a window update of 0 of the connection': [frame(T.WINDOW_UPDATE, 0, 0, u32(0))],
  'a window that is too large': [
    headers(1, post({ ':path': '/h2/silent' }), false),
    frame(T.WINDOW_UPDATE, 0, 1, u32(0x7fffffff)),
  ],
  'a window of the connection that is too large': [frame(T.WINDOW_UPDATE, 0, 0, u32(0x7fffffff))],
  'a frame that is too large': [frame(T.DATA, 0, 1, 'x'.repeat(16385))],
  'PING of 7 bytes': [frame(T.PING, 0, 0, '1234567')],
  'PING on a stream': [frame(T.PING, 0, 1, '12345678')],
  'SETTINGS on a stream': [frame(T.SETTINGS, 0, 1)],
  'SETTINGS of 5 bytes': [frame(T.SETTINGS, 0, 0, '12345')],
  PUSH_PROMISE: [frame(T.PUSH_PROMISE, END_HEADERS, 1, u32(2))],
  'CONTINUATION alone': [frame(T.CONTINUATION, END_HEADERS, 1, '')],
  'bad HPACK': [frame(T.HEADERS, END_HEADERS | END_STREAM, 1, Buffer.from([0xff]))],
  'padding that is too long': [headers(1, post(), false), frame(T.DATA, 8, 1, 'ab')],
  'a stream that depends on itself': [
    frame(
      T.HEADERS,
      END_HEADERS | END_STREAM | 0x20,
      1,
      Buffer.concat([u32(1), Buffer.from([0]), encode(post())]),
    ),
  ],
  'PRIORITY on itself': [frame(T.PRIORITY, 0, 1, Buffer.concat([u32(1), Buffer.from([0])]))],
  'ENABLE_PUSH 2': [settings({ 2: 2 })],
  'INITIAL_WINDOW_SIZE too large': [settings({ 4: 0x80000000 })],
  'MAX_FRAME_SIZE too small': [settings({ 5: 100 })],
  'an unknown setting': [settings({ 99: 7 }), headers(1, head({ ':path': '/direct' }))],
  'an unknown frame': [frame(0x20, 0xff, 1, 'abc'), headers(1, head({ ':path': '/direct' }))],
  GOAWAY: [goaway(0), headers(1, head({ ':path': '/direct' }))],
  'GOAWAY with an error': [goaway(0, 2), headers(1, head({ ':path': '/direct' }))],
};
for (const [name, frames] of Object.entries(bodies)) {
  for (const [port, how] of [
    [0, ''],
    [1, ', lenient'],
  ] as const) {
    compare(`${name}${how}`, port, async (peer) => {
      peer.send(...frames, frame(T.PING, 0, 0, '87654321'));
      // Those behind /silent get no answer.
      const asked = frames.some((each) => each[3] === T.HEADERS && !each.includes('silent'));
      await eventually('an answer or the end', () => {
        const pong = peer.of(T.PING).some((f) => f.flags & ACK);
        const told = peer.frames.some((f) => f.type === T.HEADERS || f.type === T.RST_STREAM);
        return peer.ended || (pong && (told || !asked));
      });
    });
  }
}

// ---- limits ---------------------------------------------------------------------------------

const many = (n: number): Field[] => Array.from({ length: n }, (_, i): Field => [`x-${i}`, 'v']);
for (const n of [5, 6, 7, 10, 11])
  compare(`${n} fields besides the pseudo-header fields, of 10`, 3, async (peer) => {
    peer.send(headers(1, [...head({ ':path': '/direct' }), ...many(n)]));
    await peer.done(1);
  });
for (const n of [1800, 1900, 2000, 2040, 2100, 5000])
  compare(`a field of ${n} bytes, of 2 KB`, 3, async (peer) => {
    peer.send(headers(1, [...head({ ':path': '/direct' }), ['x-a', 'v'.repeat(n)]]));
    await peer.done(1);
  });
compare('a head of many frames', 3, async (peer) => {
  peer.send(...large(1, [...head({ ':path': '/direct' }), ['x-a', 'v'.repeat(100_000)]]));
  await peer.done(1);
});
compare('trailers that are too large', 3, async (peer) => {
  peer.send(headers(1, post(), false), headers(1, [['x-a', 'v'.repeat(3000)]]));
  await peer.done(1);
});
compare('many trailers', 3, async (peer) => {
  peer.send(headers(1, post(), false), headers(1, many(12)));
  await peer.done(1);
});
compare('max_requests_per_connection', 4, async (peer) => {
  peer.send(headers(1, head({ ':path': '/direct' })));
  await peer.done(1);
  peer.send(headers(3, head({ ':path': '/direct' })));
  await peer.done(3);
  await peer.untilEnd();
});
compare('requests beyond max_requests_per_connection', 4, async (peer) => {
  for (const s of [1, 3, 5, 7]) {
    peer.send(headers(s, head({ ':path': '/direct' })));
    await peer.done(s);
  }
  await peer.untilEnd();
});
compare('idle_timeout', 5, async (peer) => {
  peer.send(headers(1, head({ ':path': '/direct' })));
  await peer.untilEnd();
});
compare('idle_timeout of a new connection', 5, (peer) => peer.untilEnd());
compare('max_concurrent_streams', 6, async (peer) => {
  for (const s of [1, 3, 5]) peer.send(headers(s, head({ ':path': '/h2/silent' })));
  await peer.done(5);
});
compare('stream_idle_timeout', 7, one({ ':path': '/h2/silent' }));
compare('stream_idle_timeout within a response', 7, one({ ':path': '/h2/hold' }));
compare('stream_idle_timeout within a request', 7, async (peer) => {
  peer.send(headers(1, post(), false));
  await peer.done(1);
});
compare('max_connection_duration', 8, async (peer) => {
  peer.send(headers(1, head({ ':path': '/direct' })));
  await peer.untilEnd();
});
compare('request_timeout', 9, async (peer) => {
  peer.send(headers(1, post(), false));
  await peer.done(1);
});
compare('proxy_100_continue', 2, async (peer) => {
  peer.send(headers(1, head({ ':path': '/h2/100', ':method': 'POST', expect: '100-continue' }), false));
  await peer.until('100', () => peer.of(T.HEADERS, 1).length > 0);
  peer.send(data(1, 'ab'));
  await peer.done(1);
});
compare('expect', 0, async (peer) => {
  peer.send(headers(1, post({ expect: '100-continue' }), false));
  await peer.until('100', () => peer.of(T.HEADERS, 1).length > 0);
  peer.send(data(1, 'ab'));
  await peer.done(1);
});

// ---- resets ---------------------------------------------------------------------------------

for (const name of ['NO_ERROR', 'PROTOCOL_ERROR', 'INTERNAL_ERROR', 'REFUSED_STREAM', 'CANCEL']) {
  compare(`the client resets before an answer with ${name}`, 0, async (peer) => {
    peer.send(headers(1, head({ ':path': '/h2/silent' })));
    await eventually('the request', () => h2.frames.some((f) => value(f.fields, ':path') === '/silent'));
    peer.send(reset(1, code(name)));
  });
}
compare('the client resets within the request', 0, async (peer) => {
  peer.send(headers(1, post(), false), data(1, 'ab', false));
  await peer.until('nothing', () => true);
  peer.send(reset(1, 8));
});
compare('the client resets within the answer', 0, async (peer) => {
  peer.send(headers(1, head({ ':path': '/h2/hold' })));
  await peer.until('an answer', () => peer.of(T.DATA, 1).length > 0);
  peer.send(reset(1, 8));
});
compare('the client is gone within the answer', 0, async (peer) => {
  peer.send(headers(1, head({ ':path': '/h2/hold' })));
  await peer.until('an answer', () => peer.of(T.DATA, 1).length > 0);
  peer.close();
});
compare('the client half-closes within the answer', 0, async (peer) => {
  peer.send(headers(1, head({ ':path': '/h2/hold' })));
  await peer.until('an answer', () => peer.of(T.DATA, 1).length > 0);
  peer.socket.end();
  await peer.untilEnd();
});
