import { createHash } from 'node:crypto';
import { ANY_TYPE, type FieldValue, isMessage, type Message } from './message.ts';

/**
 * 64 bits of what a message says: equal for equal messages, in whatever order maps and fields came, and however an
 * Any is written. `without`: fields of the message itself that are left out.
 */
export function contentHash(message: Message, without: ReadonlySet<string> = NONE): bigint {
  const out: string[] = [];
  writeFields(message, without, out);
  return createHash('sha1').update(out.join('')).digest().readBigUInt64LE();
}

const NONE: ReadonlySet<string> = new Set();
/** What an Any has beside its content. */
const DERIVED = new Set(['$decoded', '$struct']);

function write(value: FieldValue, out: string[]): void {
  if (typeof value !== 'object') {
    out.push(typeof value === 'string' ? JSON.stringify(value) : `${typeof value}${value}`);
  } else if (value instanceof Uint8Array) {
    out.push('b', Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64'));
  } else if (value instanceof Map) {
    writeMap(value, out);
  } else if (isMessage(value)) {
    writeMessage(value, out);
  } else {
    out.push('[');
    for (const item of value as readonly FieldValue[]) {
      write(item, out);
      out.push(',');
    }
    out.push(']');
  }
}

function writeMap(map: ReadonlyMap<unknown, FieldValue>, out: string[]): void {
  const entries = [...map].map(([key, value]) => [`${typeof key}${key}`, value] as const);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  out.push('<');
  for (const [key, value] of entries) {
    out.push(JSON.stringify(key), ':');
    write(value, out);
    out.push(',');
  }
  out.push('>');
}

function writeMessage(message: Message, out: string[]): void {
  const inner = message.$type === ANY_TYPE ? message.$decoded : undefined;
  if (inner === undefined) {
    writeFields(message, NONE, out);
    return;
  }
  out.push('any');
  write(inner, out);
}

function writeFields(message: Message, without: ReadonlySet<string>, out: string[]): void {
  out.push('{');
  for (const field of Object.keys(message).sort()) {
    const value = message[field];
    if (value === undefined || DERIVED.has(field) || without.has(field)) continue;
    out.push(field, ':');
    write(value, out);
    out.push(',');
  }
  out.push('}');
}
