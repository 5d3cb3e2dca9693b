import type { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type { CompiledRecord, Fixup } from '../config/compiled.ts';

/** Loaded for the first record that others refer to: a thread that compiles only hosts does without. */
let crypto: { readonly createHash: typeof createHash } | undefined;
function sha1(): ReturnType<typeof createHash> {
  crypto ??= createRequire(import.meta.url)('node:crypto') as { readonly createHash: typeof createHash };
  return crypto.createHash('sha1');
}

const encoder = new TextEncoder();
const SIZES: Record<string, number> = { u8: 1, u16: 2, u32: 4, u64: 8, i32: 4, i64: 8, f64: 8, bool: 1 };
/** Finished records share buffers of this size: a buffer each would cost more than they do. */
const CHUNK_BYTES = 32 * 1024;
/** So many are looked through faster than a map is made. */
const FEW_TEXTS = 12;
/** Longer texts are left to the encoder. */
const SHORT_TEXT = 128;

/**
 * Builds one record in a growing buffer. Offsets are bytes from its start; what a field points at
 * is appended, and the field holds the distance from itself. Used by the generated writers only.
 */
export class RecordWriter {
  /** One buffer serves all records of a thread: finish() copies out. */
  static #shared: DataView<ArrayBuffer> | undefined = new DataView(new ArrayBuffer(64 * 1024));
  static #chunk = new Uint8Array(0);
  static #chunkUsed = 0;

  view: DataView<ArrayBuffer>;
  #bytes: Uint8Array<ArrayBuffer>;
  #end = 0;
  readonly #kind: number;
  readonly #fixups: Fixup[] = [];
  readonly #children: CompiledRecord[] = [];
  /** Texts that are there already, and where; most records have a few. */
  readonly #texts: string[] = [];
  readonly #textsAt: number[] = [];
  #manyTexts: Map<string, number> | undefined;
  #known: Map<CompiledRecord, number> | undefined;

  private constructor(kind: number, view: DataView<ArrayBuffer>) {
    this.#kind = kind;
    this.#bytes = new Uint8Array(view.buffer);
    this.view = view;
  }

  /** `write` fills the struct of the record at the offset 0. */
  static build(kind: number, size: number, write: (w: RecordWriter) => void): CompiledRecord[] {
    // A writer that is called while another one is at work has a buffer of its own.
    const shared = RecordWriter.#shared;
    RecordWriter.#shared = undefined;
    const w = new RecordWriter(kind, shared ?? new DataView(new ArrayBuffer(4096)));
    try {
      w.#reserve(size, 8);
      w.view.setUint32(0, kind, true);
      write(w);
      return w.#finish();
    } finally {
      if (shared !== undefined) RecordWriter.#shared = w.#bytes.length <= 1 << 22 ? w.view : shared;
    }
  }

  #finish(): CompiledRecord[] {
    this.#reserve(0, 8);
    this.view.setUint32(4, this.#end, true);
    const own = { kind: this.#kind, bytes: this.#copy(), fixups: this.#fixups, hash: '' };
    return this.#children.length === 0 ? [own] : [...this.#children, own];
  }

  #copy(): Uint8Array {
    const size = this.#end;
    if (size > CHUNK_BYTES / 4) return this.#bytes.slice(0, size);
    if (RecordWriter.#chunkUsed + size > RecordWriter.#chunk.length) {
      RecordWriter.#chunk = new Uint8Array(CHUNK_BYTES);
      RecordWriter.#chunkUsed = 0;
    }
    const at = RecordWriter.#chunkUsed;
    RecordWriter.#chunkUsed += size; // a multiple of 8
    const copy = RecordWriter.#chunk.subarray(at, at + size);
    copy.set(this.#bytes.subarray(0, size));
    return copy;
  }

  /** Room for `size` zero bytes at the end; their offset. */
  #reserve(size: number, align: number): number {
    const at = (this.#end + align - 1) & -align;
    const end = at + size;
    this.#grow(end);
    this.#bytes.fill(0, this.#end, end);
    this.#end = end;
    return at;
  }

  #grow(end: number): void {
    if (end <= this.#bytes.length) return;
    const bigger = new Uint8Array(Math.max(this.#bytes.length * 2, end));
    bigger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = bigger;
    this.view = new DataView(bigger.buffer);
  }

  child(field: number, size: number, align: number): number {
    const at = this.#reserve(size, align);
    this.view.setInt32(field, at - field, true);
    return at;
  }

  vector(field: number, count: number, size: number, align: number): number {
    const at = this.#reserve(count * size, align);
    this.#point(field, at, count);
    return at;
  }

  #point(field: number, at: number, length: number): void {
    this.view.setInt32(field, at - field, true);
    this.view.setUint32(field + 4, length, true);
  }

  raw(at: number, value: Uint8Array, size: number): void {
    this.#bytes.set(value.length > size ? value.subarray(0, size) : value, at);
  }

  bytes(field: number, value: Uint8Array): void {
    if (value.length === 0) return;
    const at = this.#reserve(value.length, 1);
    this.#bytes.set(value, at);
    this.#point(field, at, value.length);
  }

  /** The same text is stored once in a record. */
  text(field: number, value: string): void {
    const known = this.#place(value);
    if (known !== undefined) {
      this.#point(field, known, Buffer.byteLength(value));
      return;
    }
    const at = this.#end;
    this.#grow(at + value.length * 3);
    const length = this.#encode(value, at);
    this.#end = at + length;
    this.#remember(value, at);
    this.#point(field, at, length);
  }

  #place(value: string): number | undefined {
    if (this.#manyTexts !== undefined) return this.#manyTexts.get(value);
    const i = this.#texts.indexOf(value);
    return i < 0 ? undefined : this.#textsAt[i];
  }

  #remember(value: string, at: number): void {
    if (this.#manyTexts !== undefined) {
      this.#manyTexts.set(value, at);
      return;
    }
    this.#texts.push(value);
    this.#textsAt.push(at);
    if (this.#texts.length < FEW_TEXTS) return;
    this.#manyTexts = new Map(this.#texts.map((text, i) => [text, this.#textsAt[i] as number]));
  }

  #encode(value: string, at: number): number {
    const { length } = value;
    if (length <= SHORT_TEXT) {
      const bytes = this.#bytes;
      let i = 0;
      for (; i < length; i++) {
        const code = value.charCodeAt(i);
        if (code > 127) break;
        bytes[at + i] = code;
      }
      if (i === length) return length;
    }
    return encoder.encodeInto(value, this.#bytes.subarray(at)).written;
  }

  texts(field: number, values: readonly string[]): void {
    let at = this.vector(field, values.length, 8, 4);
    for (const value of values) {
      if (value) this.text(at, value);
      at += 8;
    }
  }

  scalars(field: number, values: readonly (number | bigint | boolean)[], type: string): void {
    const size = SIZES[type] ?? 4;
    let at = this.vector(field, values.length, size, size);
    for (const value of values) {
      if (type === 'u64') this.view.setBigUint64(at, BigInt(value), true);
      else if (type === 'i64') this.view.setBigInt64(at, BigInt(value), true);
      else if (type === 'f64') this.view.setFloat64(at, Number(value), true);
      else if (size === 4) this.view.setUint32(at, Number(value) >>> 0, true);
      else if (size === 2) this.view.setUint16(at, Number(value), true);
      else this.view.setUint8(at, Number(value));
      at += size;
    }
  }

  /**
   * `record` is compiled on its own (a list: the records it refers to first, itself last); shared in
   * the list when the same object comes again.
   */
  record(field: number, record: CompiledRecord | readonly CompiledRecord[]): void {
    const list = 'kind' in record ? [record] : record;
    const last = list.at(-1);
    if (last === undefined) return;
    this.#known ??= new Map();
    let index = this.#known.get(last);
    if (index === undefined) {
      const base = this.#children.length;
      for (const each of list) this.#adopt(base === 0 ? each : moved(each, base));
      index = this.#children.length - 1;
      this.#known.set(last, index);
    }
    this.fix({ kind: 'ref', offset: field, record: index });
  }

  /** A record that others refer to needs its hash, to be shared when it did not change. */
  #adopt(record: CompiledRecord): void {
    const hash = record.hash || hashOf(record, this.#children);
    this.#children.push({ ...record, hash });
  }

  fix(fixup: Fixup): void {
    this.#fixups.push(fixup);
  }
}

function hashOf(record: CompiledRecord, earlier: readonly CompiledRecord[]): string {
  const hash = sha1().update(record.bytes);
  for (const fixup of record.fixups) {
    const { kind, offset } = fixup;
    hash.update(JSON.stringify(kind === 'ref' ? { offset, to: earlier[fixup.record]?.hash } : fixup));
  }
  return hash.digest('base64');
}

/** The record in a list where its own children begin at `base`. */
function moved(record: CompiledRecord, base: number): CompiledRecord {
  const fixups = record.fixups.map((fixup) =>
    fixup.kind === 'ref' ? { ...fixup, record: fixup.record + base } : fixup,
  );
  return { ...record, fixups };
}
