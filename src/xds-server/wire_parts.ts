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

/** The tag and the length of a field of `length` bytes. */
export function fieldHead(number: number, length: number): Buffer {
  const out = Buffer.allocUnsafe(1 + sizeOf(length));
  out[0] = (number << 3) | 2;
  putVarint(out, 1, length);
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
export function durationField(number: number, ms: number): Buffer {
  const seconds = Math.floor(ms / 1000);
  const nanos = Math.round((ms - seconds * 1000) * 1e6);
  return bytesField(number, Buffer.concat([varintField(1, seconds), varintField(2, nanos)]));
}
