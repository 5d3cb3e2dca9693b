import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  IncomingHttpHeaders,
  OutgoingHttpHeaders,
} from 'node:http2';
import { createRequire } from 'node:module';
import { Duplex } from 'node:stream';
import type { Field } from './http1_response.ts';
import type { Connect, Pipe } from './probe.ts';

type Http2 = typeof import('node:http2');
/** Loaded when a check first speaks HTTP/2. */
let loaded: Http2 | undefined;
function http2(): Http2 {
  loaded ??= createRequire(import.meta.url)('node:http2') as Http2;
  return loaded;
}

/** Bytes of a pipe as a stream of Node. */
class PipeStream extends Duplex {
  readonly #pipe: Pipe;

  constructor(connect: Connect) {
    super({ allowHalfOpen: false });
    this.#pipe = connect({
      onConnected: () => undefined,
      onData: (bytes) => void this.push(bytes),
      onClosed: () => {
        this.push(null);
        this.destroy();
      },
    });
  }

  override _read(): void {}
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#pipe.write(chunk);
    done();
  }
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#pipe.close();
    done(error);
  }
}

/** Told of one exchange; the last is `onEnd` or `onReset`. */
export type ExchangeEvents = {
  onHead(status: number, fields: readonly Field[], end: boolean): void;
  onData(bytes: Buffer): void;
  /** The whole response is there; `trailers` are undefined if there were none. */
  onEnd(trailers: readonly Field[] | undefined): void;
  onReset(): void;
};

const NO_ERROR = 0;
const CANCEL = 8;
/** Of a connection of HTTP/1 (RFC 9113 section 8.2.2). */
const FORBIDDEN = new Set(['connection', 'upgrade', 'keep-alive', 'proxy-connection', 'transfer-encoding']);

function pairs(headers: IncomingHttpHeaders): Field[] {
  return Object.entries(headers).flatMap(([name, value]): Field[] =>
    name.startsWith(':') || value === undefined
      ? []
      : [[name, Array.isArray(value) ? value.join(',') : value]],
  );
}

function headersOf(fields: readonly Field[]): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of fields) {
    if (FORBIDDEN.has(name)) continue;
    const known = headers[name];
    headers[name] =
      known === undefined ? value : [...(Array.isArray(known) ? known : [String(known)]), value];
  }
  return headers;
}

/** A connection of HTTP/2 with one exchange at a time. */
export class Http2Link {
  readonly #session: ClientHttp2Session;
  #stream: ClientHttp2Stream | undefined;
  #events: ExchangeEvents | undefined;
  #over = false;

  /** `onGone`: it is closed. `onGoAway`: the host takes no more; `graceful`: but finishes what is under way. */
  constructor(connect: Connect, onGone: () => void, onGoAway: (graceful: boolean) => void) {
    const stream = new PipeStream(connect);
    this.#session = http2().connect('http://health.check', { createConnection: () => stream });
    this.#session.on('error', () => undefined);
    this.#session.on('goaway', (code: number) => {
      if (!this.#over) onGoAway(code === NO_ERROR);
    });
    this.#session.on('close', () => {
      if (this.#over) return;
      this.#over = true;
      onGone();
      this.#reset();
    });
  }

  /** Whether an exchange is under way. */
  get busy(): boolean {
    return this.#events !== undefined;
  }

  request(fields: readonly Field[], body: Uint8Array | undefined, events: ExchangeEvents): void {
    this.#events = events;
    let stream: ClientHttp2Stream;
    try {
      stream = this.#session.request(headersOf(fields), { endStream: body === undefined });
    } catch {
      queueMicrotask(() => this.#reset());
      return;
    }
    this.#stream = stream;
    const current = (): ExchangeEvents | undefined => (this.#stream === stream ? this.#events : undefined);
    let trailers: Field[] | undefined;
    stream.on('response', (headers) => {
      current()?.onHead(Number(headers[':status']), pairs(headers), stream.endAfterHeaders);
    });
    stream.on('trailers', (headers) => {
      trailers = pairs(headers);
    });
    stream.on('data', (bytes: Buffer) => current()?.onData(bytes));
    stream.on('end', () => {
      const told = current();
      if (told === undefined || stream.rstCode !== NO_ERROR) return;
      this.#forget();
      told.onEnd(trailers);
    });
    stream.on('error', () => undefined);
    stream.on('close', () => {
      if (current() !== undefined) this.#reset();
    });
    if (body !== undefined) stream.end(body);
  }

  /** Gives the exchange up; nothing is told of it. */
  cancel(): void {
    const stream = this.#stream;
    this.#forget();
    stream?.close(CANCEL);
  }

  close(): void {
    this.#over = true;
    this.#forget();
    this.#session.destroy();
  }

  #reset(): void {
    const events = this.#events;
    this.#forget();
    events?.onReset();
  }

  #forget(): void {
    this.#stream = undefined;
    this.#events = undefined;
  }
}
