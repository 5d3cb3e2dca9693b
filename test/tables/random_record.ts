import { type RecordInputs, type RecordKindName, writeRecord } from '../../src/tables/generated/layout.ts';
import { enums, type StructSchema, structs } from '../../src/tables/generated/schema.ts';
import type { ReadStruct } from '../../src/tables/reader.ts';
import type { Random } from './route_fixtures.ts';

/** A record of random content: what goes to the writer, and what a reader makes of it. */
export type RandomRecord = { readonly input: ReadStruct; readonly expected: ReadStruct };

const MAX_DEPTH = 5;
const TEXTS = ['', 'a', 'cluster', 'ключ', 'x'.repeat(200), '日本語 🎉', '\0\x7f', 'ascii then ü'];
const recordKinds = Object.entries(structs).filter(([, { kind }]) => kind > 0);
export const recordNames = recordKinds.map(([name]) => name as RecordKindName);

/** A value of a field for the writer and as it reads back; undefined: left out. */
type Value = readonly [input: unknown, expected: unknown];

export function randomRecord(kind: RecordKindName, random: Random): RandomRecord {
  const records = { count: 0 };
  const [input, expected] = struct(structs[kind] as StructSchema, random, 0, records);
  return { input: input as ReadStruct, expected: expected as ReadStruct };
}

export const write = (kind: RecordKindName, input: ReadStruct) =>
  writeRecord(kind, input as RecordInputs[typeof kind]);

type Records = { count: number };

function struct({ fields }: StructSchema, random: Random, depth: number, records: Records): Value {
  const input: ReadStruct = {};
  const expected: ReadStruct = {};
  for (const [name, type] of fields) {
    if (random.chance(0.3)) continue;
    const [given, back] = field(type, random, depth, records);
    if (given !== undefined) input[name] = given;
    if (back !== undefined) expected[name] = back;
  }
  return [input, expected];
}

const times = <T>(n: number, make: () => T): T[] => Array.from({ length: n }, make);
const same = (value: unknown): Value => [value, value];

function field(type: string, random: Random, depth: number, records: Records): Value {
  const colon = type.indexOf(':');
  const kind = colon < 0 ? type : type.slice(0, colon);
  const inner = type.slice(colon + 1);
  const deep = depth >= MAX_DEPTH;
  switch (kind) {
    case 'bool':
      return random.chance(0.5) ? same(true) : [false, undefined];
    case 'str': {
      const value = random.pick(TEXTS);
      return [value, value || undefined];
    }
    case 'bytes': {
      const value = Uint8Array.from(times(random.below(9), () => random.below(256)));
      return [value, value.length > 0 ? value : undefined];
    }
    case 'enum': {
      const value = random.below(enums[inner]?.length ?? 1);
      return [value, value || undefined];
    }
    case 'struct': {
      const [input, expected] = struct(structs[inner] as StructSchema, random, depth + 1, records);
      return [input, Object.keys(expected as object).length > 0 ? expected : undefined];
    }
    case 'opt':
      return deep
        ? [undefined, undefined]
        : struct(structs[inner] as StructSchema, random, depth + 1, records);
    case 'vec':
      return vector(inner, random, depth, records);
    case 'ext': {
      const name = random.pick(Object.keys(structs).filter((s) => structs[s]?.extension !== undefined));
      if (deep) return [undefined, undefined];
      const [input, expected] = struct(structs[name] as StructSchema, random, depth + 1, records);
      return [
        { struct: name, value: input },
        { struct: name, value: expected },
      ];
    }
    case 'ref': {
      if (deep) return [undefined, undefined];
      const made = write(inner as RecordKindName, randomRecord(inner as RecordKindName, random).input);
      records.count += made.length;
      return [made, { record: records.count - 1 }];
    }
    case 'id':
    case 'stats':
      return same(random.pick(['one', 'two']));
    case 'regex':
      return random.chance(0.5)
        ? same({ patterns: ['a+', 'b'] })
        : same({ patterns: ['c'], ignoreCase: true });
    case 'tls':
      return same(Uint8Array.of(1 + random.below(255), 0));
    case 'socket':
      return same(random.below(3));
    default:
      return scalar(type, random);
  }
}

function vector(type: string, random: Random, depth: number, records: Records): Value {
  if (depth >= MAX_DEPTH) return [undefined, undefined];
  const schema = structs[type];
  const values = times(random.below(4), () =>
    schema === undefined ? element(type, random) : struct(schema, random, depth + 1, records),
  );
  return [values.map(([input]) => input), values.length > 0 ? values.map(([, back]) => back) : undefined];
}

/** In a list a zero stays where it is. */
function element(type: string, random: Random): Value {
  const [input] = field(type, random, 0, { count: 0 });
  return same(type === 'u64' || type === 'i64' ? BigInt(input as bigint) : input);
}

function scalar(type: string, random: Random): Value {
  const length = /^u8\[(\d+)\]$/.exec(type)?.[1];
  if (length !== undefined) {
    const value = Uint8Array.from(times(Number(length), () => 1 + random.below(255)));
    return same(value);
  }
  const bits: Record<string, number> = { u8: 8, u16: 16, u32: 32, u64: 62, i32: 31, i64: 62 };
  if (type === 'f64') {
    const value = random.below(1000) / 8;
    return [value, value || undefined];
  }
  const size = bits[type] ?? 32;
  const largest = 2n ** BigInt(size) - 1n;
  const choices = [0n, 1n, largest, BigInt(random.below(2 ** Math.min(size, 31)))];
  const value = random.pick(choices) * (type.startsWith('i') && random.chance(0.5) ? -1n : 1n);
  if (size > 32) return [value, value === 0n ? undefined : value];
  return [Number(value), Number(value) || undefined];
}
