const FIRST = 512;
/** Longer texts are left to Buffer. */
const SHORT = 64;

/**
 * Writes protobuf's wire format from the end to the front. What a message contains is written before its
 * length, which is known then: nothing is measured first and nothing is moved.
 */
export class BackWriter {
  #bytes = Buffer.alloc(FIRST);
  /** Where what is written begins. */
  #at = FIRST;

  /** How many bytes are written. */
  get length(): number {
    return this.#bytes.length - this.#at;
  }

  /** What is written, in memory of its own. */
  finish(): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(this.#at));
  }

  /** Makes room for `size` bytes in front, perhaps in another buffer; where they begin. */
  #take(size: number): number {
    if (this.#at < size) {
      const { length } = this;
      const bytes = Buffer.alloc(Math.max(this.#bytes.length * 2, length + size));
      this.#bytes.copy(bytes, bytes.length - length, this.#at);
      this.#at = bytes.length - length;
      this.#bytes = bytes;
    }
    this.#at -= size;
    return this.#at;
  }

  tag(field: number, wireType: number): void {
    this.uint32(((field << 3) | wireType) >>> 0);
  }

  /** A whole number from 0 to 2^32 - 1 as a varint. */
  uint32(value: number): void {
    let size = 1;
    for (let rest = value >>> 7; rest > 0; rest >>>= 7) size++;
    let at = this.#take(size);
    const bytes = this.#bytes;
    let rest = value;
    for (; rest > 127; rest >>>= 7) bytes[at++] = (rest & 127) | 128;
    bytes[at] = rest;
  }

  /** 64 bits as a varint, negative numbers in two's complement. */
  varint64(value: bigint): void {
    if (value >= 0n && value <= 0xffffffffn) {
      this.uint32(Number(value));
      return;
    }
    const whole = BigInt.asUintN(64, value);
    let size = 1;
    for (let rest = whole >> 7n; rest > 0n; rest >>= 7n) size++;
    let at = this.#take(size);
    let rest = whole;
    for (; rest > 127n; rest >>= 7n) this.#bytes[at++] = Number(rest & 127n) | 128;
    this.#bytes[at] = Number(rest);
  }

  fixed32(value: number): void {
    const at = this.#take(4);
    this.#bytes.writeUInt32LE(value >>> 0, at);
  }

  fixed64(value: bigint): void {
    const at = this.#take(8);
    this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), at);
  }

  float(value: number): void {
    const at = this.#take(4);
    this.#bytes.writeFloatLE(value, at);
  }

  double(value: number): void {
    const at = this.#take(8);
    this.#bytes.writeDoubleLE(value, at);
  }

  /** With its length. */
  bytes(value: Uint8Array): void {
    const at = this.#take(value.length);
    this.#bytes.set(value, at);
    this.uint32(value.length);
  }

  /** UTF-8, with its length. */
  string(value: string): void {
    const { length } = value;
    if (length > SHORT || !this.#ascii(value)) {
      const size = Buffer.byteLength(value);
      const at = this.#take(size);
      this.#bytes.write(value, at, size, 'utf8');
      this.uint32(size);
      return;
    }
    this.uint32(length);
  }

  /** False, with nothing written, when there is anything else in it. */
  #ascii(value: string): boolean {
    const { length } = value;
    const at = this.#take(length);
    const bytes = this.#bytes;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) {
        this.#at += length;
        return false;
      }
      bytes[at + i] = code;
    }
    return true;
  }
}
