/** Parts of protobuf messages that are put together by hand: the resources inside are encoded already. */

const sizeOf = (value: number): number => {
  let size = 1;
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) size++;
  return size;
};

function putVarint(out: Buffer, at: number, value: number): number {
  let rest = value;
  let to = at;
  for (; rest > 127; rest = Math.floor(rest / 128)) out[to++] = (rest % 128) | 128;
  out[to++] = rest;
  return to;
}

/** A field of the wire type 2: tag (numbers below 16), length, bytes. */
export function bytesField(number: number, value: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(1 + sizeOf(value.length) + value.length);
  out[0] = (number << 3) | 2;
  out.set(value, putVarint(out, 1, value.length));
  return out;
}

/** Nothing for an empty text: proto3 leaves it out. */
export function textField(number: number, value: string): Buffer {
  return value === '' ? Buffer.alloc(0) : bytesField(number, Buffer.from(value));
}

function varintField(number: number, value: number): Buffer {
  if (value === 0) return Buffer.alloc(0);
  const out = Buffer.allocUnsafe(1 + sizeOf(value));
  out[0] = number << 3;
  putVarint(out, 1, value);
  return out;
}

/** google.protobuf.Duration of milliseconds. */
export function durationBytes(ms: number): Buffer {
  const seconds = Math.floor(ms / 1000);
  const nanos = Math.round((ms - seconds * 1000) * 1e6);
  return Buffer.concat([varintField(1, seconds), varintField(2, nanos)]);
}

/** A field that holds a text, bytes, or more fields, which are written into one buffer together. */
export type Part =
  | { readonly number: number; readonly text: string; readonly length: number }
  | { readonly number: number; readonly bytes: Uint8Array; readonly length: number }
  | { readonly number: number; readonly parts: readonly Part[]; readonly length: number };

export const textPart = (number: number, text: string): Part => ({
  number,
  text,
  length: Buffer.byteLength(text),
});
export const bytesPart = (number: number, bytes: Uint8Array): Part => ({
  number,
  bytes,
  length: bytes.length,
});

/** A message in a message. */
export function messagePart(number: number, parts: readonly Part[]): Part {
  let length = 0;
  for (const part of parts) length += sizeOfPart(part);
  return { number, parts, length };
}

/** With tag and length; nothing when there is nothing in it, unless it is a message. */
export function sizeOfPart(part: Part): number {
  return part.length === 0 && !('parts' in part) ? 0 : 1 + sizeOf(part.length) + part.length;
}

/** Writes a field at a place. Returns the place after it. */
export function putPart(out: Buffer, at: number, part: Part): number {
  if (part.length === 0 && !('parts' in part)) return at;
  out[at] = (part.number << 3) | 2;
  let to = putVarint(out, at + 1, part.length);
  if ('parts' in part) {
    for (const each of part.parts) to = putPart(out, to, each);
    return to;
  }
  if ('bytes' in part) out.set(part.bytes, to);
  else if (part.length === part.text.length) out.write(part.text, to, part.length, 'latin1');
  else out.write(part.text, to, part.length, 'utf8');
  return to + part.length;
}
