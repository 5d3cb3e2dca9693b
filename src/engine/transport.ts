import {
  type GrpcStream,
  type GrpcStreamCallbacks,
  type GrpcStreamOptions,
  GrpcStatus,
  type GrpcTransport,
  type Metadata,
  type RequestHead,
  type RequestOutcome,
} from './grpc_transport.ts';
import { CallEvent, type NativeAddon } from './native.ts';
import type { Pipe, PipeEvents } from '../upstream/health/probe.ts';

/** The part of the addon that calls are made through. */
export type CallsSource = Pick<
  NativeAddon,
  | 'callsStart'
  | 'callsStop'
  | 'callsGrpc'
  | 'callsHttp'
  | 'callsConnect'
  | 'callsSend'
  | 'callsEnd'
  | 'callsPause'
  | 'callsCancel'
  | 'callsWaiting'
>;

type Failure = Extract<RequestOutcome, { ok: false }>;
const MAX_BYTES = 64 << 20;
/** No record has this directory id. */
const NO_CLUSTER = 0;

/** A call that is under way: told of its events, and of the end of the transport. */
type Call = {
  tell(type: number, number: number, text: string, bytes: Buffer, fields: readonly string[]): void;
  closed(): void;
};

const flat = (metadata: Metadata): string[] => metadata.flat();
function paired(fields: readonly string[]): Metadata {
  const list: [string, string][] = [];
  for (let i = 0; i + 1 < fields.length; i += 2) list.push([fields[i] as string, fields[i + 1] as string]);
  return list;
}

/** Calls of the primary thread, made by an engine of its own; see GrpcTransport. There is one for a process. */
export class EngineTransport implements GrpcTransport {
  readonly #native: CallsSource;
  readonly #clusterId: (name: string) => number | undefined;
  readonly #calls = new Map<number, Call>();
  #next = 1;
  #started = false;
  #closed = false;

  /** `clusterId` answers the directory id of a published cluster. */
  constructor(native: CallsSource, clusterId: (name: string) => number | undefined) {
    this.#native = native;
    this.#clusterId = clusterId;
  }

  openStream(
    clusterName: string,
    service: string,
    method: string,
    metadata: Metadata,
    callbacks: GrpcStreamCallbacks,
    options: GrpcStreamOptions = {},
  ): GrpcStream {
    const stream = new Stream(this.#native, callbacks, () => this.#calls.delete(stream.id));
    if (!this.#begin(stream)) {
      queueMicrotask(() => stream.closed());
      return stream;
    }
    const { timeoutMs = 0, authority = clusterName, maxMessageBytes = 0 } = options;
    const head = { authority, service, method, timeoutMs, maxMessageBytes };
    this.#native.callsGrpc(stream.id, this.#clusterId(clusterName) ?? NO_CLUSTER, head, flat(metadata));
    return stream;
  }

  request(
    clusterName: string,
    { method, path, authority = clusterName, headers = [] }: RequestHead,
    body: Uint8Array | undefined,
    timeoutMs: number,
    options: { readonly signal?: AbortSignal; readonly maxBytes?: number } = {},
  ): Promise<RequestOutcome> {
    const { signal, maxBytes = MAX_BYTES } = options;
    return new Promise((resolve) => {
      let id = 0;
      const done = (outcome: RequestOutcome): void => {
        this.#calls.delete(id);
        signal?.removeEventListener('abort', abort);
        resolve(outcome);
      };
      const abort = (): void => {
        this.#native.callsCancel(id);
        done(CLOSED);
      };
      const call = new Exchange(done);
      if (signal?.aborted === true || !this.#begin(call)) {
        resolve(CLOSED);
        return;
      }
      id = call.id;
      signal?.addEventListener('abort', abort);
      const fields = [':method', method, ':path', path, ':authority', authority, ...flat(headers)];
      if (body !== undefined && !headers.some(([name]) => name === 'content-length'))
        fields.push('content-length', String(body.length));
      const cluster = this.#clusterId(clusterName) ?? NO_CLUSTER;
      this.#native.callsHttp(id, cluster, fields, body, { timeoutMs, maxBytes });
    });
  }

  /** Connects without a protocol: for checks of hosts, which belong to no pool. */
  connect(spec: Parameters<NativeAddon['callsConnect']>[1], events: PipeEvents): Pipe {
    const pipe = new BytePipe(this.#native, events, () => this.#calls.delete(pipe.id));
    if (this.#begin(pipe)) this.#native.callsConnect(pipe.id, spec);
    else queueMicrotask(() => pipe.closed());
    return pipe;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#started) this.#native.callsStop();
    for (const call of [...this.#calls.values()]) call.closed();
    this.#calls.clear();
  }

  /** Gives the call a number; false: there is nobody to make it any more. */
  #begin(call: Call & { id: number }): boolean {
    if (this.#closed) return false;
    if (!this.#started) {
      this.#started = true;
      this.#native.callsStart((id, ...event) => this.#calls.get(id)?.tell(...event));
    }
    call.id = this.#next++;
    this.#calls.set(call.id, call);
    return true;
  }
}

const CLOSED: Failure = { ok: false, reason: 'closed', details: 'given up here' };

class Stream implements GrpcStream, Call {
  id = 0;
  readonly #native: CallsSource;
  readonly #callbacks: GrpcStreamCallbacks;
  readonly #forget: () => void;
  #over = false;

  constructor(native: CallsSource, callbacks: GrpcStreamCallbacks, forget: () => void) {
    this.#native = native;
    this.#callbacks = callbacks;
    this.#forget = forget;
  }

  send(message: Uint8Array): void {
    if (!this.#over) this.#native.callsSend(this.id, message);
  }

  end(): void {
    if (!this.#over) this.#native.callsEnd(this.id);
  }

  cancel(): void {
    if (this.#over) return;
    this.#finish();
    this.#native.callsCancel(this.id);
  }

  pause(): void {
    if (!this.#over) this.#native.callsPause(this.id, true);
  }

  resume(): void {
    if (!this.#over) this.#native.callsPause(this.id, false);
  }

  get bufferedAmount(): number {
    return this.#over ? 0 : this.#native.callsWaiting(this.id);
  }

  tell(type: number, number: number, text: string, bytes: Buffer, fields: readonly string[]): void {
    switch (type) {
      case CallEvent.Metadata:
        this.#callbacks.onInitialMetadata?.(paired(fields));
        return;
      case CallEvent.Message:
        this.#callbacks.onMessage(bytes);
        return;
      case CallEvent.Drain:
        this.#callbacks.onDrain?.();
        return;
      default:
        this.#finish();
        this.#callbacks.onStatus(number, text, paired(fields));
    }
  }

  closed(): void {
    if (this.#over) return;
    this.#finish();
    this.#callbacks.onStatus(GrpcStatus.UNAVAILABLE, 'the proxy is closing', []);
  }

  #finish(): void {
    this.#over = true;
    this.#forget();
  }
}

/** A connection without a protocol. */
class BytePipe implements Pipe, Call {
  id = 0;
  readonly #native: CallsSource;
  readonly #events: PipeEvents;
  readonly #forget: () => void;
  /** What is written before it is connected. */
  #waiting: Uint8Array[] | undefined = [];
  #over = false;

  constructor(native: CallsSource, events: PipeEvents, forget: () => void) {
    this.#native = native;
    this.#events = events;
    this.#forget = forget;
  }

  write(bytes: Uint8Array): void {
    if (this.#over) return;
    if (this.#waiting === undefined) this.#native.callsSend(this.id, bytes);
    else this.#waiting.push(bytes);
  }

  close(): void {
    if (this.#over) return;
    this.#finish();
    this.#native.callsCancel(this.id);
  }

  tell(type: number, number: number, text: string, bytes: Buffer): void {
    switch (type) {
      case CallEvent.Metadata: {
        const waiting = this.#waiting ?? [];
        this.#waiting = undefined;
        for (const each of waiting) this.write(each);
        this.#events.onConnected();
        return;
      }
      case CallEvent.Message:
        if (number === 1) this.#native.callsPause(this.id, false);
        this.#events.onData(bytes);
        return;
      default:
        this.#finish();
        this.#events.onClosed(number, text);
    }
  }

  closed(): void {
    if (this.#over) return;
    this.#finish();
    this.#events.onClosed(0, '');
  }

  #finish(): void {
    this.#over = true;
    this.#forget();
  }
}

class Exchange implements Call {
  id = 0;
  readonly #done: (outcome: RequestOutcome) => void;

  constructor(done: (outcome: RequestOutcome) => void) {
    this.#done = done;
  }

  tell(type: number, number: number, text: string, bytes: Buffer, fields: readonly string[]): void {
    if (type === CallEvent.Answer)
      this.#done({ ok: true, status: number, headers: paired(fields), body: bytes });
    else this.#done({ ok: false, reason: text as Failure['reason'], details: fields[0] ?? '' });
  }

  closed(): void {
    this.#done(CLOSED);
  }
}
