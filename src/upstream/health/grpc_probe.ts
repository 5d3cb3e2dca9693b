import { mutateFields } from './fields.ts';
import { type Field, fieldValue } from './http1_response.ts';
import { CheckLink } from './http2_probe.ts';
import type { Connect, ProbeResults } from './probe.ts';
import type { Probe } from './session.ts';
import type { GrpcCheck } from './settings.ts';

const SERVING = 1;
const STATUS_FIELD = 1;
const MOST = 1 << 20;

/** grpc.health.v1.HealthCheckRequest with the length before it. */
export function healthRequest(service: string): Buffer {
  const name = Buffer.from(service, 'utf8');
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a]), varint(name.length), name]);
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  bytes.push(left);
  return Buffer.from(bytes);
}

function readVarint(bytes: Buffer, from: number): readonly [value: number, next: number] | undefined {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[from + i];
    if (byte === undefined) return undefined;
    value += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return [value, from + i + 1];
  }
  return undefined;
}

/** The status in a grpc.health.v1.HealthCheckResponse; undefined: it is not one. */
export function servingStatus(message: Buffer): number | undefined {
  let status = 0;
  let at = 0;
  while (at < message.length) {
    const tag = readVarint(message, at);
    if (tag === undefined || tag[0] < 8) return undefined;
    at = tag[1];
    switch (tag[0] & 7) {
      case 0: {
        const value = readVarint(message, at);
        if (value === undefined) return undefined;
        if (tag[0] === STATUS_FIELD * 8) status = value[0];
        at = value[1];
        break;
      }
      case 1:
        at += 8;
        break;
      case 2: {
        const length = readVarint(message, at);
        if (length === undefined) return undefined;
        at = length[1] + length[0];
        break;
      }
      case 5:
        at += 4;
        break;
      default:
        return undefined;
    }
    if (at > message.length) return undefined;
  }
  return status;
}

/** grpc-timeout as Envoy writes it: up to eight digits and a unit. */
export function grpcTimeout(ms: number): string {
  if (ms < 1e8) return `${ms}m`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1e8) return `${seconds}S`;
  return `${Math.min(Math.floor(seconds / 60), 99_999_999)}M`;
}

/** What a call has brought so far. */
class Answer {
  #bytes: Buffer = Buffer.alloc(0);
  #status: number | undefined;

  /** False: that is no answer to such a call. */
  add(bytes: Buffer): boolean {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    while (this.#bytes.length >= 5) {
      const size = this.#bytes.readUInt32BE(1);
      if (size > MOST || (this.#bytes[0] as number) > 1) return false;
      if (this.#bytes.length < 5 + size) break;
      const message = this.#bytes.subarray(5, 5 + size);
      const compressed = this.#bytes[0] !== 0;
      this.#bytes = this.#bytes.subarray(5 + size);
      if (size === 0) continue;
      if (this.#status !== undefined || compressed) return false;
      this.#status = servingStatus(message);
      if (this.#status === undefined) return false;
    }
    return true;
  }

  serving(trailers: readonly Field[]): boolean {
    return fieldValue(trailers, 'grpc-status') === '0' && this.#status === SERVING;
  }
}

/** Calls of grpc.health.v1.Health/Check. */
export class GrpcProbe implements Probe {
  readonly #check: GrpcCheck;
  readonly #host: () => string;
  readonly #scheme: () => string;
  readonly #timeoutMs: number;
  readonly #results: ProbeResults;
  readonly #link: CheckLink;

  constructor(
    check: GrpcCheck,
    host: () => string,
    scheme: () => string,
    { timeoutMs, reuse }: { readonly timeoutMs: number; readonly reuse: boolean },
    results: ProbeResults,
    connect: Connect,
  ) {
    this.#check = check;
    this.#host = host;
    this.#scheme = scheme;
    this.#timeoutMs = timeoutMs;
    this.#results = results;
    this.#link = new CheckLink(connect, reuse, () => results.failure('NETWORK'));
  }

  begin(): void {
    const own: Field[] = [
      ['te', 'trailers'],
      ['content-type', 'application/grpc'],
      ['user-agent', 'Envoy/HC'],
    ];
    const fields = [
      [':method', 'POST'],
      [':path', '/grpc.health.v1.Health/Check'],
      [':authority', this.#host()],
      [':scheme', this.#scheme()],
      ...mutateFields(own, [], this.#check.add),
      ['grpc-timeout', grpcTimeout(this.#timeoutMs)],
    ] as const;
    const answer = new Answer();
    let decided = false;
    /** The call is over for us, whether it ended or is given up. */
    const decide = (good: boolean, ended: boolean): void => {
      if (decided) return;
      decided = true;
      if (!ended) this.#link.cancel();
      this.#link.completed();
      if (good) this.#results.success(false);
      else this.#results.failure('ACTIVE');
    };
    this.#link.get().request(fields, healthRequest(this.#check.service), {
      onHead: (status, list, end) => {
        // Trailers alone never hold a message, so no service either.
        const type = fieldValue(list, 'content-type') ?? '';
        if (status !== 200 || end || !/^application\/grpc(?:$|\+)/.test(type)) decide(false, end);
      },
      onData: (bytes) => {
        if (!answer.add(bytes)) decide(false, false);
      },
      onEnd: (trailers) => decide(trailers !== undefined && answer.serving(trailers), true),
      onReset: () => {
        if (decided) return;
        decided = true;
        this.#link.completed();
        this.#results.failure('NETWORK');
      },
    });
  }

  timeOut(): void {
    this.#link.cancel();
  }

  stop(): void {
    this.#link.close();
  }
}
