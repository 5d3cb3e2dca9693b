// HTTP/2 a frame at a time, for tests: what either end of a connection sends and gets, as it is on
// the wire. Nothing is done by itself but what `Manners` say.
import { createServer, type Server, type Socket, connect as tcp } from 'node:net';
import { encode, type Field, HpackDecoder } from './hpack.ts';
import { eventually } from './support.ts';

export { encode, type Field, literal } from './hpack.ts';

export const T = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const;
export const TYPES = Object.keys(T);
export const END_STREAM = 1;
export const ACK = 1;
export const END_HEADERS = 4;
export const CODES = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];
export const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

export const SETTING = {
  HEADER_TABLE_SIZE: 1,
  ENABLE_PUSH: 2,
  MAX_CONCURRENT_STREAMS: 3,
  INITIAL_WINDOW_SIZE: 4,
  MAX_FRAME_SIZE: 5,
  MAX_HEADER_LIST_SIZE: 6,
  ENABLE_CONNECT_PROTOCOL: 8,
} as const;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  /** Without padding and priority. */
  readonly payload: Buffer;
  /** Of the last HEADERS or CONTINUATION of a block. */
  readonly fields?: readonly Field[];
}

export function frame(type: number, flags: number, stream: number, payload: Buffer | string = ''): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload;
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

export function u32(...values: readonly number[]): Buffer {
  const out = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => {
    out.writeUInt32BE(value, 4 * i);
  });
  return out;
}

export function settings(values: { readonly [id: number]: number } = {}): Buffer {
  const out = Object.entries(values).map(([id, value]) => {
    const one = Buffer.alloc(6);
    one.writeUInt16BE(Number(id), 0);
    one.writeUInt32BE(value, 2);
    return one;
  });
  return frame(T.SETTINGS, 0, 0, Buffer.concat(out));
}

export const windowUpdate = (stream: number, bytes: number): Buffer =>
  frame(T.WINDOW_UPDATE, 0, stream, u32(bytes));
export const reset = (stream: number, code: number): Buffer => frame(T.RST_STREAM, 0, stream, u32(code));

/** A request's head: the pseudo-header fields of a GET, replaced or added to by `fields`. */
export function head(fields: { readonly [name: string]: string | undefined } = {}): Field[] {
  const all = { ':method': 'GET', ':scheme': 'http', ':authority': 'test.example', ':path': '/', ...fields };
  return Object.entries(all).filter((field): field is [string, string] => field[1] !== undefined);
}

export const headers = (stream: number, fields: readonly Field[], end = true): Buffer =>
  frame(T.HEADERS, END_HEADERS | (end ? END_STREAM : 0), stream, encode(fields));
export const data = (stream: number, bytes: Buffer | string, end = true): Buffer =>
  frame(T.DATA, end ? END_STREAM : 0, stream, bytes);

/** What an end does without being told. */
export interface Manners {
  /** Its first SETTINGS; null: none is sent. */
  readonly settings?: { readonly [id: number]: number } | null;
  /** Answers SETTINGS and PING. Default: true. */
  readonly acknowledges?: boolean;
  /** Gives back at once what DATA takes of the windows. Default: true. */
  readonly givesBack?: boolean;
  /** The connection's window is made larger by this at once. */
  readonly window?: number;
}

/** A message as it came on one stream. */
export interface Message {
  /** Heads in order: interim ones and the last; then trailers. */
  readonly blocks: readonly (readonly Field[])[];
  readonly body: string;
  readonly ended: boolean;
  /** The code of RST_STREAM. */
  readonly reset?: string;
}

/** One end of a connection. */
export class Peer {
  readonly socket: Socket;
  readonly frames: Frame[] = [];
  /** The peer has finished sending, or the connection is gone. */
  ended = false;
  onFrame?: (frame: Frame) => void;
  /** Streams of which this end has sent the end, or a reset. */
  readonly finished = new Set<number>();
  private readonly manners: Manners;
  private readonly hpack = new HpackDecoder();
  private input: Buffer = Buffer.alloc(0);
  private preface: number;
  private block: Buffer[] = [];

  constructor(socket: Socket, server: boolean, manners: Manners = {}) {
    this.socket = socket;
    this.manners = manners;
    this.preface = server ? PREFACE.length : 0;
    const opening = manners.settings === null ? Buffer.alloc(0) : settings(manners.settings);
    if (!server) socket.write(PREFACE);
    if (opening.length > 0) socket.write(opening);
    if (manners.window) socket.write(windowUpdate(0, manners.window));
    socket.on('data', (bytes: Buffer) => this.take(bytes));
    for (const event of ['end', 'error', 'close']) {
      socket.on(event, () => {
        this.ended = true;
      });
    }
  }

  send(...parts: readonly Buffer[]): this {
    const bytes = Buffer.concat(parts);
    if (!this.socket.destroyed) this.socket.write(bytes);
    for (let at = 0; at + 9 <= bytes.length; at += 9 + bytes.readUIntBE(at, 3)) {
      const [type, flags] = [bytes[at + 3], bytes[at + 4] as number];
      const ends = (type === T.HEADERS || type === T.DATA) && (flags & END_STREAM) !== 0;
      if (ends || type === T.RST_STREAM) this.finished.add(bytes.readUInt32BE(at + 5));
    }
    return this;
  }

  close(): void {
    this.socket.destroy();
  }

  private take(bytes: Buffer): void {
    this.input = this.input.length > 0 ? Buffer.concat([this.input, bytes]) : bytes;
    const skip = Math.min(this.preface, this.input.length);
    this.preface -= skip;
    this.input = this.input.subarray(skip);
    while (this.input.length >= 9) {
      const size = 9 + this.input.readUIntBE(0, 3);
      if (this.input.length < size) return;
      const whole = this.input.subarray(0, size);
      this.input = this.input.subarray(size);
      this.got(this.read(whole));
    }
  }

  private read(bytes: Buffer): Frame {
    const [type, flags] = [bytes[3] as number, bytes[4] as number];
    const stream = bytes.readUInt32BE(5) & 0x7fffffff;
    let payload = bytes.subarray(9);
    if (flags & 8 && (type === T.DATA || type === T.HEADERS))
      payload = payload.subarray(1, payload.length - (payload[0] as number));
    if (flags & 0x20 && type === T.HEADERS) payload = payload.subarray(5);
    const read = { type, flags, stream, payload };
    if (type !== T.HEADERS && type !== T.CONTINUATION) return read;
    this.block.push(payload);
    if (!(flags & END_HEADERS)) return read;
    const fields = this.hpack.decode(Buffer.concat(this.block));
    this.block = [];
    return { ...read, fields };
  }

  private got(frame: Frame): void {
    this.frames.push(frame);
    const { acknowledges = true, givesBack = true } = this.manners;
    if (acknowledges && frame.type === T.SETTINGS && !(frame.flags & ACK)) this.send(settingsAck);
    if (acknowledges && frame.type === T.PING && !(frame.flags & ACK)) this.send(pingAck(frame));
    if (givesBack && frame.type === T.DATA && frame.payload.length > 0) {
      const { length } = frame.payload;
      const more = frame.flags & END_STREAM ? [] : [windowUpdate(frame.stream, length)];
      this.send(windowUpdate(0, length), ...more);
    }
    this.onFrame?.(frame);
  }

  /** Frames of a type, of one stream or of all. */
  of(type: number, stream?: number): Frame[] {
    return this.frames.filter((f) => f.type === type && (stream === undefined || f.stream === stream));
  }

  message(stream: number): Message {
    const own = this.frames.filter((f) => f.stream === stream);
    const rst = own.find((f) => f.type === T.RST_STREAM);
    return {
      blocks: own.flatMap((f) => (f.fields ? [f.fields] : [])),
      body: Buffer.concat(own.filter((f) => f.type === T.DATA).map((f) => f.payload)).toString('latin1'),
      ended: own.some((f) => (f.type === T.DATA || f.type === T.HEADERS) && (f.flags & END_STREAM) !== 0),
      ...(rst && { reset: codeName(rst.payload.readUInt32BE(0)) }),
    };
  }

  /** The message of a stream when it has ended, was reset or its connection is gone. */
  async done(stream: number): Promise<Message> {
    await eventually(`the end of stream ${stream}`, () => {
      const message = this.message(stream);
      return message.ended || message.reset !== undefined || this.ended;
    });
    return this.message(stream);
  }

  /** Until something is so of what has come. */
  async until(what: string, probe: () => boolean): Promise<void> {
    await eventually(what, () => {
      if (probe()) return true;
      if (this.ended) throw new Error(`ended before ${what}: ${this.seen().join('; ')}`);
      return false;
    });
  }

  async untilEnd(): Promise<this> {
    await eventually('the end of the connection', () => this.ended);
    return this;
  }

  /** Each frame that came, as text. */
  seen(): string[] {
    return this.frames.map(show);
  }
}

const settingsAck = frame(T.SETTINGS, ACK, 0);
const pingAck = (ping: Frame): Buffer => frame(T.PING, ACK, 0, ping.payload);

export const codeName = (code: number): string => CODES[code] ?? String(code);

/** A frame in words: "1 HEADERS end: :status 200, x-a b". */
export function show({ type, flags, stream, payload, fields }: Frame): string {
  const name = `${stream} ${TYPES[type] ?? type}`;
  const end = flags & END_STREAM && (type === T.DATA || type === T.HEADERS) ? ' end' : '';
  if (fields) return `${name}${end}: ${fields.map(([key, value]) => `${key} ${value}`).join(', ')}`;
  switch (type) {
    case T.RST_STREAM:
      return `${name} ${codeName(payload.readUInt32BE(0))}`;
    case T.GOAWAY:
      return `${name} last ${payload.readUInt32BE(0)} ${codeName(payload.readUInt32BE(4))}`;
    case T.WINDOW_UPDATE:
      return `${name} ${payload.readUInt32BE(0)}`;
    case T.SETTINGS: {
      if (flags & ACK) return `${name} ack`;
      const each: string[] = [];
      for (let i = 0; i < payload.length; i += 6)
        each.push(`${payload.readUInt16BE(i)}=${payload.readUInt32BE(i + 2)}`);
      return `${name} ${each.join(' ')}`;
    }
    case T.PING:
      return `${name}${flags & ACK ? ' ack' : ''}`;
    case T.DATA:
      return `${name}${end} ${payload.length > 80 ? payload.length : payload.toString('latin1')}`;
    default:
      return `${name}${end}`;
  }
}

/** A client's end of a connection to a port of the loopback address. */
export function connectH2(port: number, manners: Manners = {}): Peer {
  return new Peer(tcp({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true }), false, manners);
}

/** An origin that does with the frames of each connection what `script` says. */
export class H2Origin {
  readonly peers: Peer[] = [];
  port = 0;
  private readonly server: Server;

  constructor(script: (peer: Peer, nth: number) => void, manners: Manners = {}) {
    this.server = createServer({ noDelay: true }, (socket) => {
      const peer = new Peer(socket, true, manners);
      this.peers.push(peer);
      script(peer, this.peers.length);
    });
  }

  listen(): Promise<this> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, '127.0.0.1', () => {
        const address = this.server.address();
        this.port = typeof address === 'object' && address ? address.port : 0;
        resolve(this);
      });
    });
  }

  /** All frames of all connections, in the order of connections. */
  get frames(): Frame[] {
    return this.peers.flatMap((peer) => peer.frames);
  }

  async close(): Promise<void> {
    for (const peer of this.peers) peer.close();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

/** The value of a field of a block. */
export const value = (fields: readonly Field[] | undefined, name: string): string | undefined =>
  fields?.find(([key]) => key === name)?.[1];
