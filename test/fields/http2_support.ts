/** Clients of HTTP/2: node's, and one that sends frames as no library would. */
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { eventually } from '../e2e/support.ts';
import type { See, View } from './support.ts';

/** A session of a client, and what is seen of it. */
export const session =
  (see: (session: ClientHttp2Session, view: View) => Promise<unknown>): See =>
  async (view) => {
    const client = connectHttp2(`http://127.0.0.1:${view.port}`);
    client.on('error', () => {});
    try {
      return await see(client, view);
    } finally {
      client.destroy();
    }
  };

/** The status of a request; `refused` when there is no answer. */
export const request = (client: ClientHttp2Session): Promise<number | string> =>
  new Promise((resolve) => {
    const stream = client.request({ ':path': '/' });
    stream.on('response', (headers) => resolve(Number(headers[':status'])));
    stream.on('error', () => resolve('refused'));
    stream.on('close', () => resolve('refused'));
    stream.resume();
  });

/** The body of an answer. */
export const body = (client: ClientHttp2Session): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    const stream = client.request({ ':path': '/' });
    stream.on('data', (data: Buffer) => {
      text += data.toString();
    });
    stream.on('close', () => resolve(text));
  });

export const TYPES = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
};
export const FLAGS = { endStream: 1, ack: 1, endHeaders: 4 };

export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A field that enters no table (RFC 7541, 6.2.2), its name as it is. */
const literal = (name: string, value: string): Buffer =>
  Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
/** The method, `http`, `/` and the authority `a` (RFC 7541, appendix A). */
const block = (method: number): Buffer => Buffer.from([method, 0x86, 0x84, 0x01, 1, 0x61]);
const [GET, POST] = [0x82, 0x83];

export const HEADERS = {
  get: (stream: number): Buffer =>
    frame(TYPES.headers, FLAGS.endHeaders | FLAGS.endStream, stream, block(GET)),
  /** Its body is still to come. */
  post: (stream: number): Buffer => frame(TYPES.headers, FLAGS.endHeaders, stream, block(POST)),
  with: (stream: number, flags: number, name: string, value: string): Buffer =>
    frame(TYPES.headers, FLAGS.endHeaders | flags, stream, Buffer.concat([block(GET), literal(name, value)])),
};

/** A client that lets its peer send as much as it likes, and answers nothing. */
export class RawH2 {
  readonly socket: Socket;
  readonly frames: { readonly type: number; readonly flags: number; readonly payload: Buffer }[] = [];
  ended = false;
  #have: Buffer = Buffer.alloc(0);

  constructor(port: number, reads = true) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.ended = true;
    });
    if (reads) this.socket.on('data', (data: Buffer) => this.#take(data));
    else this.socket.pause();
    const most = 0x7fffffff;
    const window = Buffer.alloc(6);
    window.writeUInt16BE(4, 0); // SETTINGS_INITIAL_WINDOW_SIZE
    window.writeUInt32BE(most, 2);
    const more = Buffer.alloc(4);
    more.writeUInt32BE(most - 65_535, 0);
    this.socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    this.send(frame(TYPES.settings, 0, 0, window), frame(TYPES.windowUpdate, 0, 0, more));
  }

  send(...frames: Buffer[]): this {
    this.socket.write(Buffer.concat(frames));
    return this;
  }

  #take(data: Buffer): void {
    this.#have = Buffer.concat([this.#have, data]);
    for (;;) {
      const length = this.#have.length < 9 ? 0 : this.#have.readUIntBE(0, 3);
      if (this.#have.length < 9 + length) return;
      const [type = 0, flags = 0] = this.#have.subarray(3, 5);
      this.frames.push({ type, flags, payload: this.#have.subarray(9, 9 + length) });
      this.#have = this.#have.subarray(9 + length);
    }
  }

  /** Whether a ping that was sent is answered; else the connection has ended. */
  async survives(): Promise<boolean> {
    const answered = (): boolean =>
      this.frames.some(({ type, flags }) => type === TYPES.ping && (flags & FLAGS.ack) !== 0);
    const given = (): boolean => this.ended || this.frames.some(({ type }) => type === TYPES.goAway);
    await eventually('an answer or the end', () => answered() || given());
    return !given();
  }

  close(): void {
    this.socket.destroy();
  }
}
