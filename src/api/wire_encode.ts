import { BackWriter } from './back_writer.ts';
import type { DescriptorPool, FieldDesc } from './descriptor.ts';
import { ANY_TYPE, type FieldValue, type MapKey, type Message } from './message.ts';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/** The wire type of one value of a field. */
export function wireTypeOf(field: FieldDesc): number {
  switch (field.type) {
    case 'message':
    case 'string':
    case 'bytes':
      return LENGTH;
    case 'double':
    case 'fixed64':
    case 'sfixed64':
      return FIXED64;
    case 'float':
    case 'fixed32':
    case 'sfixed32':
      return FIXED32;
    default:
      return VARINT;
  }
}

/** Where a message inside of another is: both counted from the end of all bytes. */
type Span = { readonly begin: number; readonly end: number };

/** Writes messages, the last field first (see BackWriter). */
export class WireEncoder {
  readonly #pool: DescriptorPool;
  readonly #out = new BackWriter();
  readonly #wanted: ReadonlySet<Message> | undefined;
  readonly #spans = new Map<Message, Span>();

  /** `wanted`: messages inside of which `partOf` will be asked. */
  constructor(pool: DescriptorPool, wanted?: ReadonlySet<Message>) {
    this.#pool = pool;
    this.#wanted = wanted;
  }

  /** The bytes of a message: fields by number, map entries by key. */
  encode(message: Message): Uint8Array {
    this.#message(message);
    return this.#out.finish();
  }

  /** The part of the bytes that a wanted message is. */
  partOf(message: Message, bytes: Uint8Array): Uint8Array {
    const span = this.#spans.get(message);
    if (span === undefined) throw new Error(`${message.$type} was not in what was written`);
    return bytes.subarray(bytes.length - span.begin, bytes.length - span.end);
  }

  #message(message: Message): void {
    const desc = this.#pool.message(message.$type);
    if (desc === undefined) throw new Error(`a message of the unknown type ${message.$type}`);
    const end = this.#out.length;
    const fields = desc.numbered;
    for (let i = fields.length - 1; i >= 0; i--) {
      const field = fields[i] as FieldDesc;
      const value = message[field.name];
      if (value !== undefined) this.#field(field, value);
      else if (desc.fullName === ANY_TYPE && field.name === 'value') this.#decoded(field, message);
    }
    if (this.#wanted?.has(message)) this.#spans.set(message, { begin: this.#out.length, end });
  }

  /** An Any that was read from JSON has no bytes yet. */
  #decoded(field: FieldDesc, any: Message): void {
    if (any.$decoded === undefined) return;
    const end = this.#out.length;
    this.#message((any.$struct ?? any.$decoded) as Message);
    if (this.#out.length > end) this.#close(field, end);
  }

  #field(field: FieldDesc, value: FieldValue): void {
    if (field.map !== undefined) this.#map(field, field.map, value as ReadonlyMap<MapKey, FieldValue>);
    else if (field.repeated) this.#list(field, value as readonly FieldValue[]);
    else if (field.presence || !isZero(value)) this.#one(field, value);
  }

  #list(field: FieldDesc, list: readonly FieldValue[]): void {
    if (list.length === 0) return;
    const end = this.#out.length;
    for (let i = list.length - 1; i >= 0; i--) {
      if (field.packed) writeScalar(this.#out, field, list[i] as FieldValue);
      else this.#one(field, list[i] as FieldValue);
    }
    if (field.packed) this.#close(field, end);
  }

  #map(
    field: FieldDesc,
    { key, value }: { readonly key: FieldDesc; readonly value: FieldDesc },
    map: ReadonlyMap<MapKey, FieldValue>,
  ): void {
    for (const [k, v] of [...map].sort(([a], [b]) => compareKeys(b, a))) {
      const end = this.#out.length;
      this.#one(value, v);
      this.#one(key, k);
      this.#close(field, end);
    }
  }

  #one(field: FieldDesc, value: FieldValue): void {
    if (field.type === 'message') {
      const end = this.#out.length;
      this.#message(value as Message);
      this.#close(field, end);
      return;
    }
    writeScalar(this.#out, field, value);
    this.#out.tag(field.number, wireTypeOf(field));
  }

  /** The length of what was written since, and the tag. */
  #close(field: FieldDesc, end: number): void {
    this.#out.uint32(this.#out.length - end);
    this.#out.tag(field.number, LENGTH);
  }
}

/** Strings by their UTF-8 bytes, as every implementation can; the rest by value. */
function compareKeys(a: MapKey, b: MapKey): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

function isZero(value: FieldValue): boolean {
  if (typeof value === 'number') return Object.is(value, 0);
  return (
    value === '' || value === false || value === 0n || (value instanceof Uint8Array && value.length === 0)
  );
}

const zigzag = (value: bigint): bigint => (value << 1n) ^ (value >> 63n);

function writeScalar(out: BackWriter, field: FieldDesc, value: FieldValue): void {
  switch (field.type) {
    case 'string':
      out.string(value as string);
      break;
    case 'bytes':
      out.bytes(value as Uint8Array);
      break;
    case 'bool':
      out.uint32(value === true ? 1 : 0);
      break;
    case 'enum':
    case 'int32':
      // A negative one has 64 bits on the wire.
      if ((value as number) >= 0) out.uint32(value as number);
      else out.varint64(BigInt(value as number));
      break;
    case 'uint32':
      out.uint32(value as number);
      break;
    case 'sint32':
      out.uint32((((value as number) << 1) ^ ((value as number) >> 31)) >>> 0);
      break;
    case 'fixed32':
    case 'sfixed32':
      out.fixed32(value as number);
      break;
    case 'int64':
    case 'uint64':
      out.varint64(BigInt(value as bigint));
      break;
    case 'sint64':
      out.varint64(zigzag(BigInt(value as bigint)));
      break;
    case 'fixed64':
    case 'sfixed64':
      out.fixed64(BigInt(value as bigint));
      break;
    case 'float':
      out.float(value as number);
      break;
    case 'double':
      out.double(value as number);
      break;
    case 'message':
      throw new Error(`${field.name} is a message`);
  }
}
