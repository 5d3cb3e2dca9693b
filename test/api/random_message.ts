import type { DescriptorPool, FieldDesc, FieldType, MessageDesc } from '../../src/api/descriptor.ts';
import type { FieldValue, MapKey, Message } from '../../src/api/message.ts';
import { packAny } from '../../src/api/wire.ts';
import type { Random } from './api_fixtures.ts';

type Fields = Record<string, FieldValue | undefined>;

const TEXTS = [
  '',
  'a',
  'type',
  '*',
  'ünï',
  '名字',
  '\u{1F642}',
  '\u0000',
  '__proto__',
  '"\\\n',
  'x'.repeat(200),
];
const DOUBLES = [0, 1.5, -2.25, 1e300, 5e-324, 0.1, 123456789, NaN, Infinity, -Infinity];
const FLOATS = [0, 1.5, -2.25, 3.4028234663852886e38, 1e-45, 0.1, 16777216, NaN, Infinity];

/** Makes messages of any type that are valid on the wire; the same ones for the same random numbers. */
export class MessageMaker {
  readonly #pool: DescriptorPool;
  readonly #random: Random;
  readonly #anyTypes: readonly string[];

  /** `anyTypes`: what google.protobuf.Any may hold. */
  constructor(pool: DescriptorPool, random: Random, anyTypes: readonly string[]) {
    this.#pool = pool;
    this.#random = random;
    this.#anyTypes = anyTypes;
  }

  /** `depth`: messages in messages that may still follow. */
  message(desc: MessageDesc, depth: number): Message {
    const own = this.#wellKnown(desc.fullName, depth);
    if (own !== undefined) return { $type: desc.fullName, ...own };
    const message: Fields = {};
    const taken = new Set<string>();
    for (const field of desc.fields) {
      if (!this.#random.chance(desc.fields.length > 12 ? 0.3 : 0.6)) continue;
      if (field.oneof !== undefined && taken.has(field.oneof)) continue;
      const value = this.#field(field, depth);
      if (value === undefined) continue;
      if (field.oneof !== undefined) taken.add(field.oneof);
      message[field.name] = value;
    }
    return { $type: desc.fullName, ...message };
  }

  #wellKnown(name: string, depth: number): Fields | undefined {
    const random = this.#random;
    switch (name) {
      case 'google.protobuf.Any': {
        const desc = this.#pool.message(random.pick(this.#anyTypes));
        return desc === undefined || depth <= 0 ? {} : { ...packAny(this.message(desc, depth - 1)) };
      }
      case 'google.protobuf.Duration': {
        const sign = random.chance(0.5) ? 1 : -1;
        return { seconds: BigInt(sign * random.below(2 ** 31)), nanos: sign * random.below(1_000_000_000) };
      }
      case 'google.protobuf.Timestamp':
        return {
          seconds: BigInt(random.below(2 ** 32)) * 70n - 62_135_596_800n,
          nanos: random.below(1_000_000_000),
        };
      case 'google.protobuf.Value':
        return this.#value(depth);
      default:
        return undefined;
    }
  }

  /** Exactly one kind: a Value of none has no JSON. */
  #value(depth: number): Fields {
    const random = this.#random;
    const kind = random.below(depth > 0 ? 6 : 4);
    if (kind === 0) return { null_value: 0 };
    if (kind === 1) return { string_value: random.pick(TEXTS) };
    if (kind === 2) return { number_value: random.below(1000) / 8 };
    if (kind === 3) return { bool_value: random.chance(0.5) };
    const name = kind === 4 ? 'Struct' : 'ListValue';
    const desc = this.#pool.message(`google.protobuf.${name}`);
    if (desc === undefined) throw new Error(`no ${name}`);
    return { [kind === 4 ? 'struct_value' : 'list_value']: this.message(desc, depth - 1) };
  }

  #field(field: FieldDesc, depth: number): FieldValue | undefined {
    const { map } = field;
    if (map !== undefined) {
      const entries = this.#list(() => {
        const value = this.#one(map.value, depth);
        return value === undefined ? undefined : ([this.#one(map.key, 0) as MapKey, value] as const);
      });
      return new Map(entries);
    }
    return field.repeated ? this.#list(() => this.#one(field, depth)) : this.#one(field, depth);
  }

  #list<T>(make: () => T | undefined): T[] {
    const made = Array.from({ length: this.#random.below(4) }, make);
    return made.filter((one) => one !== undefined);
  }

  #one(field: FieldDesc, depth: number): FieldValue | undefined {
    if (field.type === 'message') {
      return field.message === undefined || depth <= 0 ? undefined : this.message(field.message, depth - 1);
    }
    if (field.type === 'enum') return this.#random.pick(field.enum?.values ?? []).number;
    return this.#scalar(field.type);
  }

  #scalar(type: FieldType): FieldValue {
    const random = this.#random;
    switch (type) {
      case 'string':
        return random.pick(TEXTS);
      case 'bytes':
        return Uint8Array.from({ length: random.below(20) }, () => random.below(256));
      case 'bool':
        return random.chance(0.5);
      case 'double':
        return random.pick(DOUBLES);
      case 'float':
        return Math.fround(random.pick(FLOATS));
      default:
        return this.#integer(type);
    }
  }

  /** Small ones, any bits, and the limits. */
  #integer(type: FieldType): number | bigint {
    const random = this.#random;
    const bits = type.endsWith('64') ? 64 : 32;
    const any = (BigInt(random.below(2 ** 32)) << 32n) | BigInt(random.below(2 ** 32));
    const raw = random.pick([BigInt(random.below(300)), any, 2n ** BigInt(bits - 1), -1n]);
    const unsigned = type.startsWith('u') || type.startsWith('fixed');
    const value = unsigned ? BigInt.asUintN(bits, raw) : BigInt.asIntN(bits, raw);
    return bits === 64 ? value : Number(value);
  }
}
