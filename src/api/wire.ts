import { isUtf8 } from 'node:buffer';
import protobuf from 'protobufjs/minimal.js';
import type { DescriptorPool, FieldDesc, MessageDesc } from './descriptor.ts';
import { ANY_TYPE, type FieldValue, type MapKey, type Message, typeNameOf } from './message.ts';
import { Diagnostics, formatPath } from './diagnostics.ts';
import { decodeJson } from './json_decode.ts';
import { isTypedStruct, namedType } from './typed_struct.ts';
import { structToPlain } from './well_known.ts';
import { WireEncoder, wireTypeOf } from './wire_encode.ts';

/** Bytes that are not a message of the type. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

export type DecodeWireOptions = {
  /** Called for each field that the type does not have, and for each one of another wire type. */
  readonly onUnknown?: (message: string, field: number | string) => void;
};

type MutableMessage = { $type: string; [field: string]: FieldValue | undefined };
type Reader = protobuf.Reader;

/** protobuf's own limit on messages in messages. */
const MAX_DEPTH = 100;

/**
 * Reads a message from its wire bytes. Throws WireError when they are malformed (cut off, a bad tag, a string
 * that is not UTF-8). Nothing of the result refers to `bytes`. Any stays bytes: see decodeAny().
 */
export function decodeWire(
  pool: DescriptorPool,
  typeName: string,
  bytes: Uint8Array,
  options: DecodeWireOptions = {},
): Message {
  const desc = pool.message(typeName);
  if (desc === undefined) throw new WireError(`there is no message ${typeName}`);
  // Buffer's reader decodes strings natively
  const reader = protobuf.Reader.create(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  try {
    return readMessage(reader, desc, options, 0);
  } catch (error) {
    if (error instanceof WireError) throw error;
    throw new WireError(`not a ${typeName}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The bytes of a message, the same for equal messages: fields by number, map entries by key. */
export function encodeWire(pool: DescriptorPool, message: Message): Uint8Array {
  return new WireEncoder(pool).encode(message);
}

/**
 * What a google.protobuf.Any holds, decoded once and kept in `$decoded`. `undefined` when its type is not
 * known; throws WireError when its bytes are malformed.
 */
export function decodeAny(
  pool: DescriptorPool,
  any: Message,
  options: DecodeWireOptions = {},
): Message | undefined {
  if (any.$decoded !== undefined) return any.$decoded as Message;
  const typeName = typeof any.type_url === 'string' ? typeNameOf(any.type_url) : '';
  if (pool.message(typeName) === undefined) return undefined;
  const value = any.value instanceof Uint8Array ? any.value : new Uint8Array();
  const decoded = decodeWire(pool, typeName, value, options);
  const opened = isTypedStruct(typeName) ? openStruct(pool, decoded, options) : undefined;
  if (opened !== undefined) (any as MutableMessage).$struct = decoded;
  (any as MutableMessage).$decoded = opened ?? decoded;
  return opened ?? decoded;
}

/** The message that a TypedStruct names; undefined: nobody knows that one. */
function openStruct(
  pool: DescriptorPool,
  struct: Message,
  { onUnknown }: DecodeWireOptions,
): Message | undefined {
  const type = namedType(struct);
  if (pool.message(type) === undefined) return undefined;
  const diagnostics = new Diagnostics();
  const plain = struct.value === undefined ? {} : structToPlain(struct.value as Message);
  const message = decodeJson(pool, type, plain, { diagnostics, unknownFields: 'warn' });
  for (const { severity, code, path, message: what } of diagnostics.list) {
    if (severity === 'error') throw new WireError(`a TypedStruct of ${type}: ${formatPath(path)}: ${what}`);
    if (code === 'unknown-field') onUnknown?.(type, formatPath(path));
  }
  return message;
}

/** The `value` of a google.protobuf.Any, also of one that was read from JSON. */
export function anyBytes(pool: DescriptorPool, any: Message): Uint8Array {
  if (any.value instanceof Uint8Array) return any.value;
  return any.$decoded === undefined
    ? new Uint8Array()
    : encodeWire(pool, (any.$struct ?? any.$decoded) as Message);
}

/** Packs a message into a google.protobuf.Any. */
export function packAny(message: Message): Message {
  return { $type: ANY_TYPE, type_url: `type.googleapis.com/${message.$type}`, $decoded: message };
}

function readMessage(reader: Reader, desc: MessageDesc, options: DecodeWireOptions, depth: number): Message {
  if (depth > MAX_DEPTH) throw new WireError(`messages nest deeper than ${MAX_DEPTH}`);
  const message: MutableMessage = { $type: desc.fullName };
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const number = tag >>> 3;
    const wireType = tag & 7;
    if (number === 0) throw new WireError('a field with the number 0');
    const field = desc.fieldByNumber(number);
    if (field === undefined || !readField(reader, field, wireType, message, options, depth)) {
      options.onUnknown?.(desc.fullName, number);
      skip(reader, wireType, number, depth);
    }
  }
  return message;
}

/** Groups are skipped as a whole. */
function skip(reader: Reader, wireType: number, number: number, depth: number): void {
  if (wireType > 5 || wireType === 4) throw new WireError(`a field with the wire type ${wireType}`);
  reader.skipType(wireType, depth, number);
}

/** Reads one occurrence of a field. False, with nothing read, when the wire type is not the field's. */
function readField(
  reader: Reader,
  field: FieldDesc,
  wireType: number,
  message: MutableMessage,
  options: DecodeWireOptions,
  depth: number,
): boolean {
  if (field.map !== undefined) {
    if (wireType !== 2) return false;
    let map = message[field.name] as Map<MapKey, FieldValue> | undefined;
    if (map === undefined) {
      map = new Map();
      message[field.name] = map;
    }
    readEntry(reader, field.map, map, options, depth);
    return true;
  }
  const expected = wireTypeOf(field);
  if (field.repeated) {
    const list = (message[field.name] as FieldValue[] | undefined) ?? [];
    if (wireType === 2 && expected !== 2) {
      within(reader, () => {
        while (reader.pos < reader.len) list.push(readScalar(reader, field));
      });
    } else if (wireType === expected) {
      list.push(readValue(reader, field, undefined, options, depth));
    } else return false;
    if (list.length > 0) message[field.name] = list;
    return true;
  }
  if (wireType !== expected) return false;
  const value = readValue(reader, field, message[field.name] as Message | undefined, options, depth);
  if (field.oneof !== undefined) clearOneof(field, message);
  message[field.name] = value;
  return true;
}

/** The last member of a oneof on the wire wins. */
function clearOneof(field: FieldDesc, message: MutableMessage): void {
  for (const other of field.parent.fields) {
    if (other.oneof === field.oneof && other !== field) delete message[other.name];
  }
}

function readEntry(
  reader: Reader,
  { key, value }: { readonly key: FieldDesc; readonly value: FieldDesc },
  map: Map<MapKey, FieldValue>,
  options: DecodeWireOptions,
  depth: number,
): void {
  const entry: MutableMessage = { $type: key.parent.fullName };
  within(reader, () => {
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      const field = tag >>> 3 === 1 ? key : tag >>> 3 === 2 ? value : undefined;
      if (field === undefined || !readField(reader, field, tag & 7, entry, options, depth)) {
        skip(reader, tag & 7, tag >>> 3, depth);
      }
    }
  });
  map.set((entry.key ?? zero(key)) as MapKey, entry.value ?? zero(value));
}

function zero(field: FieldDesc): FieldValue {
  if (field.type === 'message') return { $type: field.typeName ?? '' };
  if (field.type === 'string') return '';
  if (field.type === 'bool') return false;
  if (field.type === 'bytes') return new Uint8Array();
  return field.type.endsWith('64') ? 0n : 0;
}

/** Runs `body` with the reader limited to the length-prefixed run of bytes that begins here. */
function within<T>(reader: Reader, body: () => T): T {
  const end = reader.uint32() + reader.pos;
  const outer = reader.len;
  if (end > outer) throw new WireError('cut off');
  reader.len = end;
  const result = body();
  if (reader.pos !== end) throw new WireError('a value that goes past the end of its message');
  reader.len = outer;
  return result;
}

function readValue(
  reader: Reader,
  field: FieldDesc,
  present: Message | undefined,
  options: DecodeWireOptions,
  depth: number,
): FieldValue {
  if (field.type !== 'message') return readScalar(reader, field);
  const desc = field.message;
  if (desc === undefined) throw new WireError(`there is no message ${field.typeName}`);
  const made = within(reader, () => readMessage(reader, desc, options, depth + 1));
  return present === undefined ? made : merge(desc, present, made);
}

/** A message that occurs twice: scalars of the second win, lists are joined, messages merged. */
function merge(desc: MessageDesc, first: Message, second: Message): Message {
  const merged: MutableMessage = { ...first };
  for (const field of desc.fields) {
    const value = second[field.name];
    const before = first[field.name];
    if (value === undefined) continue;
    if (field.oneof !== undefined) clearOneof(field, merged);
    if (before === undefined) merged[field.name] = value;
    else if (value instanceof Map) merged[field.name] = new Map([...(before as typeof value), ...value]);
    else if (field.repeated) {
      merged[field.name] = [...(before as readonly FieldValue[]), ...(value as readonly FieldValue[])];
    } else if (field.message !== undefined) {
      merged[field.name] = merge(field.message, before as Message, value as Message);
    } else merged[field.name] = value;
  }
  return merged;
}

function unsigned64(value: protobuf.Long | number): bigint {
  if (typeof value === 'number') return BigInt.asUintN(64, BigInt(value));
  return (BigInt(value.high >>> 0) << 32n) | BigInt(value.low >>> 0);
}

const signed64 = (value: protobuf.Long | number): bigint => BigInt.asIntN(64, unsigned64(value));

function readScalar(reader: Reader, field: FieldDesc): FieldValue {
  switch (field.type) {
    case 'string':
      return readString(reader, field);
    case 'bytes':
      return Uint8Array.prototype.slice.call(reader.bytes());
    case 'bool':
      return reader.bool();
    case 'enum':
    case 'int32':
      return reader.int32();
    case 'uint32':
      return reader.uint32();
    case 'sint32':
      return reader.sint32();
    case 'fixed32':
      return reader.fixed32();
    case 'sfixed32':
      return reader.sfixed32();
    case 'int64':
      return signed64(reader.int64());
    case 'uint64':
      return unsigned64(reader.uint64());
    case 'sint64':
      return signed64(reader.sint64());
    case 'fixed64':
      return unsigned64(reader.fixed64());
    case 'sfixed64':
      return signed64(reader.sfixed64());
    case 'float':
      return reader.float();
    case 'double':
      return reader.double();
    case 'message':
      throw new WireError('a message where a scalar belongs');
  }
}

/** proto3 demands UTF-8; the reader would put U+FFFD in place of what is not. */
function readString(reader: Reader, field: FieldDesc): string {
  const bytes = reader.bytes();
  if (!isUtf8(bytes)) throw new WireError(`${field.name} is not valid UTF-8`);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
