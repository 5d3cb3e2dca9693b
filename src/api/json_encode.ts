import type { DescriptorPool, EnumDesc, FieldDesc, MessageDesc } from './descriptor.ts';
import { Diagnostics } from './diagnostics.ts';
import { decodeJson } from './json_decode.ts';
import { ANY_TYPE, type FieldValue, type MapKey, type Message, typeNameOf } from './message.ts';
import {
  formatDuration,
  formatTimestamp,
  hasOwnForm,
  isWrapper,
  type Json,
  structToPlain,
} from './well_known.ts';
import { holdsTypedStruct, isTypedStruct } from './typed_struct.ts';
import { decodeAny, decodeWire, WireError } from './wire.ts';

export type EncodeJsonOptions = {
  /** camelCase field names instead of those of the .proto files, which Envoy's admin interface prints. */
  readonly camelCase?: boolean;
  /** Hide what the API marks as sensitive, as Envoy's config dump does. */
  readonly redactSensitive?: boolean;
};

/**
 * The canonical proto3 JSON of a message as a plain value: 64-bit integers, durations and times as strings,
 * what an Any holds inline, fields in the order of their numbers; fields without presence that are zero are
 * left out. An Any of a type that is not known keeps its bytes: `{"@type": ..., "value": <base64>}`.
 */
export function encodeJson(pool: DescriptorPool, message: Message, options: EncodeJsonOptions = {}): Json {
  return new JsonEncoder(pool, options).message(message, false);
}

const REDACTED = '[redacted]';

class JsonEncoder {
  readonly #pool: DescriptorPool;
  readonly #camelCase: boolean;
  readonly #redact: boolean;

  constructor(pool: DescriptorPool, { camelCase = false, redactSensitive = false }: EncodeJsonOptions) {
    this.#pool = pool;
    this.#camelCase = camelCase;
    this.#redact = redactSensitive;
  }

  /** `hide`: something around it is sensitive, so that all of it is. */
  message(message: Message, hide: boolean): Json {
    const desc = this.#pool.message(message.$type);
    if (desc === undefined) throw new Error(`a message of the unknown type ${message.$type}`);
    if (message.$type.startsWith('google.protobuf.')) {
      const known = this.#wellKnown(desc, message, hide);
      if (known !== undefined) return known;
    }
    if (this.#redact && !hide && isTypedStruct(message.$type)) return this.#typedStruct(desc, message);
    return this.#fields(desc, message, hide);
  }

  #fields(desc: MessageDesc, message: Message, hide: boolean): { [key: string]: Json } {
    const out: { [key: string]: Json } = {};
    for (const field of desc.numbered) {
      const value = message[field.name];
      if (value === undefined) continue;
      const hidden = this.#redact && (hide || field.options.sensitive);
      const made = this.#field(field, value, hidden);
      if (made !== undefined) out[this.#camelCase ? field.jsonName : field.name] = made;
    }
    return out;
  }

  /** Undefined: left out. */
  #field(field: FieldDesc, value: FieldValue, hide: boolean): Json | undefined {
    if (field.map !== undefined) {
      const map = value as ReadonlyMap<MapKey, FieldValue>;
      return map.size === 0 ? undefined : this.#map(field.map.value, map, hide);
    }
    if (field.repeated) {
      const list = value as readonly FieldValue[];
      if (list.length === 0 || (hide && !hidable(field))) return undefined;
      return list.map((item) => this.#value(field, item, hide));
    }
    if (!field.presence && isZero(value)) return undefined;
    if (hide && !hidable(field)) return undefined;
    return this.#value(field, value, hide);
  }

  #map(item: FieldDesc, map: ReadonlyMap<MapKey, FieldValue>, hide: boolean): Json {
    const each = (value: FieldValue): Json =>
      hide && !hidable(item) ? zeroOf(item) : this.#value(item, value, hide);
    return Object.fromEntries([...map].map(([key, value]) => [String(key), each(value)]));
  }

  #value(field: FieldDesc, value: FieldValue, hide: boolean): Json {
    switch (field.type) {
      case 'message':
        return this.message(value as Message, hide);
      case 'string':
        return hide ? REDACTED : (value as string);
      case 'bytes':
        return base64(hide ? Buffer.from(REDACTED) : (value as Uint8Array));
      case 'enum':
        return enumName(field.enum, value as number);
      case 'double':
        return finite(value as number);
      case 'float':
        return finite(shortestFloat(value as number));
      case 'int64':
      case 'uint64':
      case 'sint64':
      case 'fixed64':
      case 'sfixed64':
        return String(value);
      default:
        return value as number | boolean;
    }
  }

  /** google.protobuf's messages in their own form. Undefined: the message has none. */
  #wellKnown(desc: MessageDesc, message: Message, hide: boolean): Json | undefined {
    if (desc.fullName === ANY_TYPE) return this.#any(message, hide);
    if (isWrapper(desc.fullName)) {
      const field = desc.field('value');
      if (field === undefined) return undefined;
      const value = hide && !hidable(field) ? undefined : message.value;
      return value === undefined ? zeroOf(field) : this.#value(field, value, hide);
    }
    switch (desc.fullName) {
      case 'google.protobuf.Duration':
        return formatDuration(hide ? { $type: desc.fullName } : message);
      case 'google.protobuf.Timestamp':
        return formatTimestamp(hide ? { $type: desc.fullName } : message);
      case 'google.protobuf.Struct':
      case 'google.protobuf.Value':
      case 'google.protobuf.ListValue': {
        const plain = structToPlain(message);
        return hide ? hidePlain(plain) : plain;
      }
      default:
        return undefined;
    }
  }

  #any(any: Message, hide: boolean): Json {
    if (typeof any.type_url !== 'string' || any.type_url === '') return {};
    const head = { '@type': any.type_url };
    let inner: Message | undefined;
    try {
      inner = holdsTypedStruct(any) ? this.#structOf(any) : decodeAny(this.#pool, any);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
    }
    if (inner === undefined) {
      const bytes = hide ? Buffer.from(REDACTED) : ((any.value ?? new Uint8Array()) as Uint8Array);
      return { ...head, value: base64(bytes) };
    }
    const made = this.message(inner, hide);
    return hasOwnForm(inner.$type) ? { ...head, value: made } : { ...head, ...(made as object) };
  }

  /** The TypedStruct itself, whatever it names. */
  #structOf(any: Message): Message {
    const known = any.$struct ?? any.$decoded;
    if (known !== undefined) return known as Message;
    const value = any.value instanceof Uint8Array ? any.value : new Uint8Array();
    return decodeWire(this.#pool, typeNameOf(String(any.type_url)), value);
  }

  /** What a TypedStruct holds is redacted by the type that it names. */
  #typedStruct(desc: MessageDesc, message: Message): Json {
    const typeName = typeof message.type_url === 'string' ? typeNameOf(message.type_url) : '';
    const value = message.value as Message | undefined;
    if (value === undefined || this.#pool.message(typeName) === undefined)
      return this.#fields(desc, message, false);
    const diagnostics = new Diagnostics();
    const plain = structToPlain(value);
    const inner = decodeJson(this.#pool, typeName, plain, { diagnostics });
    const shown = diagnostics.hasErrors ? hidePlain(plain) : this.message(inner, false);
    return { ...this.#fields(desc, message, false), value: shown };
  }
}

/** A scalar that cannot say "redacted" is left out. */
function hidable(field: FieldDesc): boolean {
  return field.type === 'string' || field.type === 'bytes' || field.type === 'message';
}

function hidePlain(plain: Json): Json {
  if (typeof plain === 'string') return REDACTED;
  if (Array.isArray(plain)) return plain.map(hidePlain);
  if (typeof plain !== 'object' || plain === null) return null;
  return Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, hidePlain(value)]));
}

function isZero(value: FieldValue): boolean {
  if (typeof value === 'number') return Object.is(value, 0);
  return (
    value === '' || value === false || value === 0n || (value instanceof Uint8Array && value.length === 0)
  );
}

function zeroOf(field: FieldDesc): Json {
  if (field.type === 'bool') return false;
  if (field.type === 'string' || field.type === 'bytes') return '';
  if (field.type === 'enum') return enumName(field.enum, 0);
  return field.type.endsWith('64') ? '0' : 0;
}

function enumName(desc: EnumDesc | undefined, value: number): Json {
  if (desc?.fullName === 'google.protobuf.NullValue') return null;
  return desc?.byNumber(value) ?? value;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** JSON has no numbers for these. */
function finite(value: number): Json {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? value : value > 0 ? 'Infinity' : '-Infinity';
}

/** The shortest decimal number that is the same in 32 bits: 0.1, not 0.10000000149011612. */
function shortestFloat(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number.isFinite(value) ? Number(value.toPrecision(9)) : value;
}
