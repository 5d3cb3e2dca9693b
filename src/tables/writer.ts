import { createHash } from 'node:crypto';
import type { CompiledRecord, Fixup } from '../config/compiled.ts';

const encoder = new TextEncoder();
const SCALAR_SIZE: Record<string, number> = {
  u8: 1,
  u16: 2,
  u32: 4,
  u64: 8,
  i32: 4,
  i64: 8,
  f64: 8,
  bool: 1,
};

/**
 * Builds one record in a growing buffer. Offsets are bytes from its start; what a field points at
 * is appended, and the field holds the distance from itself. Used by the generated writers only.
 */
export class RecordWriter {
  /** One buffer serves all records of a thread: finish() copies out. */
  static #shared: Uint8Array<ArrayBuffer> = new Uint8Array(64 * 1024);
  static #depth = 0;

  view: DataView;
  #bytes: Uint8Array<ArrayBuffer>;
  #end = 0;
  readonly #kind: number;
  readonly #fixups: Fixup[] = [];
  readonly #children: CompiledRecord[] = [];
  readonly #texts = new Map<string, number>();

  private constructor(kind: number, bytes: Uint8Array<ArrayBuffer>) {
    this.#kind = kind;
    this.#bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }

  static begin(kind: number, size: number): RecordWriter {
    const w = new RecordWriter(kind, RecordWriter.#depth === 0 ? RecordWriter.#shared : new Uint8Array(4096));
    RecordWriter.#depth++;
    w.#reserve(size, 8);
    w.view.setUint32(0, kind, true);
    return w;
  }

  finish(): CompiledRecord[] {
    this.#reserve(0, 8);
    this.view.setUint32(4, this.#end, true);
    const bytes = this.#bytes.slice(0, this.#end);
    RecordWriter.#depth--;
    if (this.#bytes.length > RecordWriter.#shared.length && this.#bytes.length <= 1 << 22) {
      RecordWriter.#shared = this.#bytes;
    }
    const hash = createHash('sha1').update(bytes);
    for (const fixup of this.#fixups) {
      if (fixup.kind === 'ref') hash.update(this.#children[fixup.record]?.hash ?? '');
      else hash.update(JSON.stringify(fixup));
    }
    return [
      ...this.#children,
      { kind: this.#kind, bytes, fixups: this.#fixups, hash: hash.digest('base64') },
    ];
  }

  /** Room for `size` zero bytes at the end; their offset. */
  #reserve(size: number, align: number): number {
    const at = Math.ceil(this.#end / align) * align;
    const end = at + size;
    if (end > this.#bytes.length) {
      const bigger = new Uint8Array(Math.max(this.#bytes.length * 2, end));
      bigger.set(this.#bytes.subarray(0, this.#end));
      this.#bytes = bigger;
      this.view = new DataView(bigger.buffer);
    }
    this.#bytes.fill(0, this.#end, end);
    this.#end = end;
    return at;
  }

  child(field: number, size: number, align: number): number {
    const at = this.#reserve(size, align);
    this.view.setInt32(field, at - field, true);
    return at;
  }

  vector(field: number, count: number, size: number, align: number): number {
    const at = this.#reserve(count * size, align);
    this.view.setInt32(field, at - field, true);
    this.view.setUint32(field + 4, count, true);
    return at;
  }

  raw(at: number, value: Uint8Array, size: number): void {
    this.#bytes.set(value.subarray(0, size), at);
  }

  bytes(field: number, value: Uint8Array): void {
    const at = this.#reserve(value.length, 1);
    this.#bytes.set(value, at);
    this.view.setInt32(field, at - field, true);
    this.view.setUint32(field + 4, value.length, true);
  }

  text(field: number, value: string): void {
    // The same text is stored once in a record.
    let at = this.#texts.get(value);
    let length = 0;
    if (at === undefined) {
      at = this.#reserve(value.length * 3, 1);
      length = encoder.encodeInto(value, this.#bytes.subarray(at)).written;
      this.#end = at + length;
      this.#texts.set(value, at);
    } else {
      length = Buffer.byteLength(value);
    }
    this.view.setInt32(field, at - field, true);
    this.view.setUint32(field + 4, length, true);
  }

  texts(field: number, values: readonly string[]): void {
    let at = this.vector(field, values.length, 8, 4);
    for (const value of values) {
      if (value) this.text(at, value);
      at += 8;
    }
  }

  scalars(field: number, values: readonly (number | bigint | boolean)[], type: string): void {
    const size = SCALAR_SIZE[type] ?? 4;
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
    if (!('kind' in record)) {
      const base = this.#children.length;
      for (const each of record) this.#children.push(base === 0 ? each : moved(each, base));
      this.fix({ kind: 'ref', offset: field, record: this.#children.length - 1 });
      return;
    }
    let index = this.#children.indexOf(record);
    if (index < 0) index = this.#children.push(record) - 1;
    this.fix({ kind: 'ref', offset: field, record: index });
  }

  fix(fixup: Fixup): void {
    this.#fixups.push(fixup);
  }
}

/** The record in a list where its own children begin at `base`. */
function moved(record: CompiledRecord, base: number): CompiledRecord {
  const fixups = record.fixups.map((fixup) =>
    fixup.kind === 'ref' ? { ...fixup, record: fixup.record + base } : fixup,
  );
  return { ...record, fixups };
}
