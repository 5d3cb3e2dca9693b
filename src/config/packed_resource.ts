import type { CompiledRecord, CompiledResource, Fixup } from './compiled.ts';

/**
 * A compiled resource as bytes: one array instead of fifteen objects for each cluster. Only this process
 * reads them. All numbers have 32 bits, texts and bytes a length before them:
 *   records, then for each: kind, hash, bytes, fixups, then for each: kind, offset, and what it names
 */
export type PackedResource = Uint8Array;

const FIXUPS: readonly Fixup['kind'][] = ['ref', 'id', 'stats', 'regex', 'tls', 'socket'];

/** Packs resources one after the other into one buffer. */
export class ResourcePacker {
  #bytes = Buffer.alloc(1 << 16);
  #view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset);
  #end = 0;

  /** Where the resource ends, and the next one begins. */
  add({ records }: CompiledResource): number {
    this.#number(records.length);
    for (const { kind, hash, bytes, fixups } of records) {
      this.#number(kind);
      this.#text(hash);
      this.#raw(bytes);
      this.#number(fixups.length);
      for (const fixup of fixups) this.#fixup(fixup);
    }
    return this.#end;
  }

  finish(): ArrayBuffer {
    return new Uint8Array(this.#bytes.subarray(0, this.#end)).buffer;
  }

  #fixup(fixup: Fixup): void {
    this.#number(FIXUPS.indexOf(fixup.kind));
    this.#number(fixup.offset);
    switch (fixup.kind) {
      case 'ref':
        this.#number(fixup.record);
        break;
      case 'id':
        this.#number(fixup.target);
        this.#text(fixup.name);
        break;
      case 'stats':
        this.#number(fixup.group);
        this.#text(fixup.name);
        break;
      case 'regex':
        this.#number(fixup.ignoreCase === true ? 1 : 0);
        this.#number(fixup.patterns.length);
        for (const pattern of fixup.patterns) this.#text(pattern);
        break;
      case 'tls':
        this.#raw(fixup.spec);
        break;
      case 'socket':
        this.#number(fixup.address);
    }
  }

  #number(value: number): void {
    const at = this.#take(4);
    this.#view.setUint32(at, value, true);
  }

  #text(value: string): void {
    // No character has more than three bytes for each of its units.
    const at = this.#take(4 + 3 * value.length);
    const size = this.#bytes.write(value, at + 4, 'utf8');
    this.#view.setUint32(at, size, true);
    this.#end = at + 4 + size;
  }

  #raw(value: Uint8Array): void {
    this.#number(value.length);
    const at = this.#take(value.length);
    this.#bytes.set(value, at);
  }

  #take(size: number): number {
    const at = this.#end;
    this.#end += size;
    if (this.#end <= this.#bytes.length) return at;
    const bytes = Buffer.alloc(Math.max(this.#bytes.length * 2, this.#end));
    bytes.set(this.#bytes.subarray(0, at));
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset);
    return at;
  }
}

/** The resource again; its bytes are parts of the packed ones. */
export function unpackResource(packed: PackedResource): CompiledResource {
  return new Unpacker(packed).resource();
}

class Unpacker {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  #at = 0;

  constructor({ buffer, byteOffset, length }: PackedResource) {
    this.#bytes = Buffer.from(buffer, byteOffset, length);
    this.#view = new DataView(buffer, byteOffset, length);
  }

  resource(): CompiledResource {
    return { records: this.#list(() => this.#record()) };
  }

  #record(): CompiledRecord {
    const kind = this.#number();
    const hash = this.#text();
    const bytes = this.#raw();
    return { kind, hash, bytes, fixups: this.#list(() => this.#fixup()) };
  }

  #fixup(): Fixup {
    const kind = FIXUPS[this.#number()];
    const offset = this.#number();
    switch (kind) {
      case 'ref':
        return { kind, offset, record: this.#number() };
      case 'id':
        return { kind, offset, target: this.#number(), name: this.#text() };
      case 'stats':
        return { kind, offset, group: this.#number(), name: this.#text() };
      case 'regex': {
        const ignoreCase = this.#number() === 1;
        return { kind, offset, ignoreCase, patterns: this.#list(() => this.#text()) };
      }
      case 'tls':
        return { kind, offset, spec: this.#raw() };
      default:
        return { kind: 'socket', offset, address: this.#number() };
    }
  }

  #list<T>(item: () => T): T[] {
    const list: T[] = [];
    for (let left = this.#number(); left > 0; left--) list.push(item());
    return list;
  }

  #number(): number {
    const value = this.#view.getUint32(this.#at, true);
    this.#at += 4;
    return value;
  }

  #raw(): Uint8Array {
    const size = this.#number();
    const { buffer, byteOffset } = this.#bytes;
    const bytes = new Uint8Array(buffer, byteOffset + this.#at, size);
    this.#at += size;
    return bytes;
  }

  #text(): string {
    const size = this.#number();
    this.#at += size;
    return this.#bytes.toString('utf8', this.#at - size, this.#at);
  }
}
