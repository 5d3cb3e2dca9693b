import { type Field, fieldValue, type ResponseHead } from './http1_response.ts';
import { containsInOrder } from './payload.ts';
import type { HttpCheck, StatusRange, TextMatch } from './settings.ts';
import { mutateFields } from './fields.ts';

const USER_AGENT = 'Envoy/HC';
/** Their requests have no body, and say nothing of one. */
const BODILESS = new Set(['GET', 'HEAD', 'DELETE', 'TRACE']);

/** The fields of a check's request, without the pseudo-header fields; the body's length is the last. */
export function requestFields({ add, remove, send }: HttpCheck): Field[] {
  const fields = mutateFields([['user-agent', USER_AGENT]], remove, add);
  return send === undefined ? fields : [...fields, ['content-length', String(send.length)]];
}

/** The head of a request of HTTP/1. */
export function requestHead(check: HttpCheck, host: string): string {
  const lines = requestFields(check).map(([name, value]) => `${name}: ${value}\r\n`);
  const empty = check.send === undefined && !BODILESS.has(check.method) ? 'content-length: 0\r\n' : '';
  return `${check.method} ${check.path} HTTP/1.1\r\nhost: ${host}\r\n${lines.join('')}${empty}\r\n`;
}

export type Verdict = {
  readonly result: 'good' | 'degraded' | 'bad' | 'retriable';
  /** x-envoy-immediate-health-check-fail: nothing is to be sent to the host from now on. */
  readonly exclude: boolean;
  /** The name of the service was looked at. */
  readonly verified: boolean;
};

const inRanges = (status: number, ranges: readonly StatusRange[]): boolean =>
  ranges.some(([start, end]) => status >= start && status < end);

const lower = (text: string): string => text.replace(/[A-Z]/g, (c) => c.toLowerCase());

function matches({ kind, value, ignoreCase }: TextMatch, given: string): boolean {
  const text = ignoreCase ? lower(given) : given;
  switch (kind) {
    case 'exact':
      return text === value;
    case 'prefix':
      return text.startsWith(value);
    case 'suffix':
      return text.endsWith(value);
    default:
      return text.includes(value);
  }
}

/** What a whole response says of its host. `body`: as much of it as is looked at. */
export function judge(check: HttpCheck, { status, fields }: ResponseHead, body: Buffer): Verdict {
  const exclude = fieldValue(fields, 'x-envoy-immediate-health-check-fail') !== undefined;
  const bad = { result: 'bad', exclude, verified: false } as const;
  if (check.receive.length > 0 && !containsInOrder(body, check.receive)) return bad;
  if (!inRanges(status, check.expected)) {
    return inRanges(status, check.retriable) ? { ...bad, result: 'retriable' } : bad;
  }
  const result = fieldValue(fields, 'x-envoy-degraded') === undefined ? 'good' : 'degraded';
  if (check.service === undefined) return { result, exclude: false, verified: false };
  const name = fieldValue(fields, 'x-envoy-upstream-healthchecked-cluster') ?? '';
  return {
    result: matches(check.service, name) ? result : 'bad',
    exclude: false,
    verified: true,
  };
}

/** As much of a body as a check looks at. */
export class BodyPart {
  readonly #check: HttpCheck;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(check: HttpCheck) {
    this.#check = check;
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  add(bytes: Buffer): void {
    const { bufferBytes, receive } = this.#check;
    if (receive.length === 0) return;
    const room = bufferBytes === 0 ? bytes.length : bufferBytes - this.#bytes.length;
    if (room > 0) this.#bytes = Buffer.concat([this.#bytes, bytes.subarray(0, room)]);
  }
}
