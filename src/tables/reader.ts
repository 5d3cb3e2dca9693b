import type { CompiledRecord, Fixup } from '../config/compiled.ts';
import { type StructSchema, structs } from './generated/schema.ts';

/** A struct read back: what is zero, empty or absent is left out, as a writer's input may do. */
export type ReadStruct = { [field: string]: unknown };
type Source = Pick<CompiledRecord, 'bytes' | 'fixups'>;

const decoder = new TextDecoder();
const WIDTHS: Record<string, number> = { u8: 1, u16: 2, u32: 4, u64: 8, i32: 4, i64: 8, f64: 8, bool: 1 };

/**
 * Reads a compiled record back into what its writer was given (dumps, tests): names that are resolved
 * when it is published stand as names, `ref` as `{ record }`, the place in the list of its resource.
 * The record is taken for well-formed: it is not the verifier.
 */
export function readRecord(record: Source): { readonly kind: string; readonly value: ReadStruct } {
  const reader = new Reader(record);
  const number = reader.view.getUint32(0, true);
  const found = Object.entries(structs).find(([, { kind }]) => kind === number && kind > 0);
  if (found === undefined) throw new Error(`there is no record kind ${number}`);
  return { kind: found[0], value: reader.struct(found[1], 0) };
}

class Reader {
  readonly view: DataView;
  readonly #bytes: Uint8Array;
  readonly #fixups: ReadonlyMap<number, Fixup>;

  constructor({ bytes, fixups }: Source) {
    this.#bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#fixups = new Map(fixups.map((fixup) => [fixup.offset, fixup]));
  }

  struct({ fields }: StructSchema, at: number): ReadStruct {
    const value: ReadStruct = {};
    for (const [name, type, offset] of fields) {
      const field = this.#field(type, at + offset);
      if (!isNothing(type, field)) value[name] = field;
    }
    return value;
  }

  #field(type: string, at: number): unknown {
    const { view } = this;
    const colon = type.indexOf(':');
    const kind = colon < 0 ? type : type.slice(0, colon);
    const inner = type.slice(colon + 1);
    switch (kind) {
      case 'str':
      case 'bytes': {
        const bytes = this.#bytes.subarray(this.#target(at), this.#target(at) + view.getUint32(at + 4, true));
        return kind === 'bytes' ? bytes.slice() : decoder.decode(bytes);
      }
      case 'enum':
        return view.getUint8(at);
      case 'struct':
        return this.struct(schemaOf(inner), at);
      case 'opt':
        return view.getInt32(at, true) === 0 ? undefined : this.struct(schemaOf(inner), this.#target(at));
      case 'vec':
        return this.#vector(inner, this.#target(at), view.getUint32(at + 4, true));
      case 'ext':
        return this.#extension(at);
      case 'ref':
      case 'id':
      case 'stats':
      case 'regex':
      case 'tls':
      case 'socket':
        return this.#word(at);
      default:
        return type.startsWith('u8[')
          ? this.#bytes.slice(at, at + Number(type.slice(3, -1)))
          : this.#scalar(type, at);
    }
  }

  #target(at: number): number {
    return at + this.view.getInt32(at, true);
  }

  #scalar(type: string, at: number): number | bigint | boolean {
    const { view } = this;
    switch (type) {
      case 'bool':
        return view.getUint8(at) === 1;
      case 'u8':
        return view.getUint8(at);
      case 'u16':
        return view.getUint16(at, true);
      case 'u64':
        return view.getBigUint64(at, true);
      case 'i64':
        return view.getBigInt64(at, true);
      case 'f64':
        return view.getFloat64(at, true);
      case 'i32':
        return view.getInt32(at, true);
      default:
        return view.getUint32(at, true);
    }
  }

  #vector(type: string, at: number, count: number): unknown[] {
    const struct = structs[type];
    const width = struct?.size ?? WIDTHS[type] ?? 8;
    return Array.from({ length: count }, (_, i) =>
      struct === undefined ? this.#field(type, at + i * width) : this.struct(struct, at + i * width),
    );
  }

  #extension(at: number): { struct: string; value: ReadStruct } | undefined {
    const number = this.view.getUint32(at + 4, true);
    const found = Object.entries(structs).find(([, { extension }]) => extension === number);
    if (found === undefined) return undefined;
    return { struct: found[0], value: this.struct(found[1], this.#target(at)) };
  }

  /** What is filled in when the record is published. */
  #word(at: number): unknown {
    const fixup = this.#fixups.get(at);
    switch (fixup?.kind) {
      case 'ref':
        return { record: fixup.record };
      case 'id':
      case 'stats':
        return fixup.name;
      case 'regex':
        return { patterns: fixup.patterns, ...(fixup.ignoreCase === true ? { ignoreCase: true } : {}) };
      case 'tls':
        return fixup.spec;
      case 'socket':
        return fixup.address;
      default:
        return this.view.getUint32(at, true) || undefined;
    }
  }
}

function schemaOf(name: string): StructSchema {
  const schema = structs[name];
  if (schema === undefined) throw new Error(`there is no struct ${name}`);
  return schema;
}

/** What a writer does not write. */
function isNothing(type: string, value: unknown): boolean {
  if (value === undefined || value === false || value === '' || value === 0n) return true;
  if (value === 0) return type !== 'socket';
  if (value instanceof Uint8Array)
    return type === 'bytes' || type === 'tls' ? value.length === 0 : value.every((byte) => byte === 0);
  if (Array.isArray(value)) return value.length === 0;
  return type.startsWith('struct:') && Object.keys(value as object).length === 0;
}
