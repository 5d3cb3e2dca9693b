import protobuf from 'protobufjs/minimal.js';
import type { DescriptorPool, FieldDesc } from './descriptor.ts';
import { ANY_TYPE, type FieldValue, type MapKey, type Message } from './message.ts';

type Writer = protobuf.Writer;

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

/** Writes the fields of a message in the order of their numbers. */
export function encodeMessage(pool: DescriptorPool, writer: Writer, message: Message): void {
  const desc = pool.message(message.$type);
  if (desc === undefined) throw new Error(`a message of the unknown type ${message.$type}`);
  for (const field of desc.numbered) {
    const value = message[field.name];
    if (value !== undefined) writeField(pool, writer, field, value);
    else if (field.name === 'value' && desc.fullName === ANY_TYPE) writeDecoded(pool, writer, message);
  }
}

/** An Any that was read from JSON has no bytes yet. */
function writeDecoded(pool: DescriptorPool, writer: Writer, any: Message): void {
  if (any.$decoded === undefined) return;
  const inner = protobuf.Writer.create();
  encodeMessage(pool, inner, any.$decoded as Message);
  const bytes = inner.finish();
  if (bytes.length > 0) writer.uint32((2 << 3) | 2).bytes(bytes);
}

function writeField(pool: DescriptorPool, writer: Writer, field: FieldDesc, value: FieldValue): void {
  if (field.map !== undefined) {
    writeMap(pool, writer, field, field.map, value as ReadonlyMap<MapKey, FieldValue>);
  } else if (field.repeated) {
    const list = value as readonly FieldValue[];
    if (field.packed) writePacked(writer, field, list);
    else for (const item of list) writeOne(pool, writer, field, item);
  } else if (field.presence || !isZero(value)) writeOne(pool, writer, field, value);
}

function writePacked(writer: Writer, field: FieldDesc, list: readonly FieldValue[]): void {
  if (list.length === 0) return;
  writer.uint32((field.number << 3) | 2).fork();
  for (const item of list) writeScalar(writer, field, item);
  writer.ldelim();
}

function writeMap(
  pool: DescriptorPool,
  writer: Writer,
  field: FieldDesc,
  { key, value }: { readonly key: FieldDesc; readonly value: FieldDesc },
  map: ReadonlyMap<MapKey, FieldValue>,
): void {
  for (const [k, v] of [...map].sort(([a], [b]) => compareKeys(a, b))) {
    writer.uint32((field.number << 3) | 2).fork();
    writeOne(pool, writer, key, k);
    writeOne(pool, writer, value, v);
    writer.ldelim();
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

function writeOne(pool: DescriptorPool, writer: Writer, field: FieldDesc, value: FieldValue): void {
  if (field.type === 'message') {
    writer.uint32((field.number << 3) | 2).fork();
    encodeMessage(pool, writer, value as Message);
    writer.ldelim();
    return;
  }
  writer.uint32((field.number << 3) | wireTypeOf(field));
  writeScalar(writer, field, value);
}

/** A bigint as the writer takes it. */
function long(value: FieldValue): protobuf.Long {
  const big = BigInt(value as bigint | number);
  return {
    low: Number(BigInt.asIntN(32, big)),
    high: Number(BigInt.asIntN(32, big >> 32n)),
    unsigned: false,
  } as protobuf.Long;
}

function writeScalar(writer: Writer, field: FieldDesc, value: FieldValue): void {
  switch (field.type) {
    case 'string':
      writer.string(value as string);
      break;
    case 'bytes':
      writer.bytes(value as Uint8Array);
      break;
    case 'bool':
      writer.bool(value as boolean);
      break;
    case 'enum':
    case 'int32':
      writer.int32(value as number);
      break;
    case 'uint32':
      writer.uint32(value as number);
      break;
    case 'sint32':
      writer.sint32(value as number);
      break;
    case 'fixed32':
      writer.fixed32(value as number);
      break;
    case 'sfixed32':
      writer.sfixed32(value as number);
      break;
    case 'int64':
      writer.int64(long(value));
      break;
    case 'uint64':
      writer.uint64(long(value));
      break;
    case 'sint64':
      writer.sint64(long(value));
      break;
    case 'fixed64':
      writer.fixed64(long(value));
      break;
    case 'sfixed64':
      writer.sfixed64(long(value));
      break;
    case 'float':
      writer.float(value as number);
      break;
    case 'double':
      writer.double(value as number);
      break;
    case 'message':
      throw new Error(`${field.name} is a message`);
  }
}
