import { nearest } from '../nearest.ts';
import type { EnumDesc, FieldDesc, FieldType } from './descriptor.ts';
import type { Scalar } from './message.ts';

/**
 * One scalar of ProtoJSON, with what Envoy's parser accepts beyond the standard: numbers and booleans in
 * strings, enum names in any case.
 */

/** What is wrong with a value. */
export class Fault {
  readonly code: string;
  readonly message: string;
  readonly expected: string;
  readonly suggestion: string | undefined;

  constructor(code: string, message: string, expected: string, suggestion?: string) {
    this.code = code;
    this.message = message;
    this.expected = expected;
    this.suggestion = suggestion;
  }
}

type Range = { readonly min: bigint; readonly max: bigint; readonly wide: boolean };

const signed = (bits: bigint): Range => ({
  min: -(1n << (bits - 1n)),
  max: (1n << (bits - 1n)) - 1n,
  wide: bits === 64n,
});
const unsigned = (bits: bigint): Range => ({ min: 0n, max: (1n << bits) - 1n, wide: bits === 64n });

const INTEGERS: Readonly<Partial<Record<FieldType, Range>>> = {
  int32: signed(32n),
  sint32: signed(32n),
  sfixed32: signed(32n),
  int64: signed(64n),
  sint64: signed(64n),
  sfixed64: signed(64n),
  uint32: unsigned(32n),
  fixed32: unsigned(32n),
  uint64: unsigned(64n),
  fixed64: unsigned(64n),
};

const YES = /^(?:true|t|yes|y|1)$/i;
const NO = /^(?:false|f|no|n|0)$/i;
const HEX = /^([-+]?)(0x[0-9a-f]+)$/i;
const DECIMAL = /^[-+]?\d+$/;
const NUMBER = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?\s*$/i;
const INFINITE = /^([-+]?)inf(?:inity)?$/i;
const NOT_A_NUMBER = /^[-+]?nan$/i;

/** A value in a message: short. */
export function shown(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Uint8Array) return 'bytes';
  if (typeof value === 'object') return 'a block';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

export function wrongType(value: unknown, expected: string): Fault {
  return new Fault('type', `${shown(value)} is not valid`, expected);
}

/** The value of a scalar or enum field, or what is wrong with it. */
export function readScalar(field: FieldDesc, value: unknown): Scalar | Fault {
  switch (field.type) {
    case 'string':
      return readString(value);
    case 'bool':
      return readBool(value);
    case 'bytes':
      return readBytes(value);
    case 'double':
    case 'float':
      return readFloat(value, field.type);
    case 'enum':
      return readEnum(field.enum, value);
    default:
      return readInteger(value, field.type);
  }
}

function readString(value: unknown): string | Fault {
  if (typeof value === 'string') {
    if (/[\uD800-\uDFFF]/.test(value) && !wellFormed(value)) {
      return new Fault('type', 'half of a surrogate pair', 'Unicode text');
    }
    return value;
  }
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') {
    return wrongType(value, `a string, in quotes: "${value}"`);
  }
  return wrongType(value, 'a string');
}

function wellFormed(text: string): boolean {
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);
}

function readBool(value: unknown): boolean | Fault {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'string') {
    if (YES.test(value)) return true;
    if (NO.test(value)) return false;
  }
  return wrongType(value, 'true or false');
}

/** Both alphabets, with or without padding; no white space. */
function readBytes(value: unknown): Uint8Array | Fault {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') {
    const found = /^([A-Za-z0-9+/_-]*)(={0,2})$/.exec(value);
    const [, digits = '', padding = ''] = found ?? [];
    const whole = padding === '' ? digits.length % 4 !== 1 : (digits.length + padding.length) % 4 === 0;
    if (found !== null && whole) return new Uint8Array(Buffer.from(digits, 'base64'));
  }
  return wrongType(value, 'bytes in base64');
}

function readFloat(value: unknown, type: 'double' | 'float'): number | Fault {
  const expected = 'a number';
  const number = floatOf(value);
  if (number === undefined) return wrongType(value, expected);
  if (type === 'double' || !Number.isFinite(number)) return number;
  const rounded = Math.fround(number);
  if (Number.isFinite(rounded)) return rounded;
  return new Fault('range', `${shown(value)} is out of range`, 'a number that 32 bits can hold');
}

function floatOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') return undefined;
  if (NUMBER.test(value)) return Number(value);
  const hex = HEX.exec(value);
  if (hex !== null) return Number(hex[2]) * (hex[1] === '-' ? -1 : 1);
  const infinite = INFINITE.exec(value);
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity;
  return NOT_A_NUMBER.test(value) ? NaN : undefined;
}

function readInteger(value: unknown, type: FieldType): number | bigint | Fault {
  const range = INTEGERS[type];
  if (range === undefined) throw new Error(`${type} is not an integer`);
  const expected = `an integer from ${range.min} to ${range.max}`;
  const integer = integerOf(value);
  if (integer === undefined) return wrongType(value, expected);
  if (range.wide && typeof value === 'number' && !Number.isSafeInteger(value)) {
    return new Fault('range', `${shown(value)} has lost digits`, 'an integer beyond 2^53 in quotes');
  }
  if (integer < range.min || integer > range.max) {
    return new Fault('range', `${shown(value)} is out of range`, expected);
  }
  return range.wide ? integer : Number(integer);
}

function integerOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined;
  if (typeof value !== 'string' || value.trim() !== value) return undefined;
  if (DECIMAL.test(value)) return BigInt(value.replace(/^\+/, ''));
  const hex = HEX.exec(value);
  if (hex?.[2] !== undefined) return BigInt(hex[2]) * (hex[1] === '-' ? -1n : 1n);
  const number = NUMBER.test(value) ? Number(value) : NaN;
  return Number.isInteger(number) ? BigInt(number) : undefined;
}

function readEnum(desc: EnumDesc | undefined, value: unknown): number | Fault {
  const names = desc?.values.map((each) => each.name) ?? [];
  const expected = `one of ${names.join(', ')}`;
  if (typeof value === 'string') {
    const number = desc?.byName(value) ?? desc?.byName(value.toUpperCase());
    if (number !== undefined) return number;
    if (!DECIMAL.test(value.trim())) {
      const message = `${shown(value)} is not a value of the enum`;
      return new Fault('unknown-enum', message, expected, nearest(value, names));
    }
  } else if (typeof value !== 'number') return wrongType(value, expected);
  const number = Number(value);
  // validation refuses a number without a name where the API says so
  return Number.isInteger(number) && Math.abs(number) <= 0x7fffffff ? number : wrongType(value, expected);
}
