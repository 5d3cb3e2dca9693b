import type { FieldValue, Message } from './message.ts';

/**
 * The text forms of google.protobuf's own messages in ProtoJSON, and Struct as plain values.
 * The parsers return undefined for a text that is not valid. FieldMask has one too, but Envoy's API never uses it.
 */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What has a JSON form of its own, so that an Any of it holds that in `value`. */
const OWN_FORM = /^google\.protobuf\.(?:Any|Duration|Timestamp|Struct|Value|ListValue|\w+Value)$/;
const WRAPPER = /^google\.protobuf\.(?:Bool|U?Int(?:32|64)|Float|Double|String|Bytes)Value$/;

export function hasOwnForm(typeName: string): boolean {
  return OWN_FORM.test(typeName);
}

export function isWrapper(typeName: string): boolean {
  return WRAPPER.test(typeName);
}

/** 10,000 years, the limit that duration.proto sets. */
const MAX_DURATION_S = 315_576_000_000n;
/** The range of timestamp.proto, in seconds from 1970. */
const YEAR_1 = -62_135_596_800n;
const YEAR_10000 = 253_402_300_800n;

/** `1.5s`, `-0.000000001s` */
export function parseDuration(text: string): Message | undefined {
  const found = /^(-?)(\d+)(?:\.(\d{1,9}))?s$/.exec(text);
  if (found === null) return undefined;
  const [, sign = '', whole = '', fraction = ''] = found;
  let seconds = BigInt(whole);
  let nanos = Number(fraction.padEnd(9, '0'));
  if (seconds > MAX_DURATION_S) return undefined;
  if (sign === '-') {
    seconds = -seconds;
    nanos = nanos === 0 ? 0 : -nanos;
  }
  return timeMessage('google.protobuf.Duration', seconds, nanos);
}

/** Without fields that are zero, so that equal times are equal messages. */
function timeMessage($type: string, seconds: bigint, nanos: number): Message {
  return { $type, ...(seconds === 0n ? {} : { seconds }), ...(nanos === 0 ? {} : { nanos }) };
}

/** Whole milliseconds, microseconds or nanoseconds, as protobuf writes them: `.250`; nothing for 0. */
function fractionOf(nanos: number): string {
  if (nanos === 0) return '';
  const digits = String(nanos).padStart(9, '0');
  const length = nanos % 1_000_000 === 0 ? 3 : nanos % 1000 === 0 ? 6 : 9;
  return `.${digits.slice(0, length)}`;
}

/** `1.500s`. Undefined when the fields make no duration: they may come from the wire. */
export function formatDuration(duration: Message): string | undefined {
  const seconds = big(duration.seconds);
  const nanos = Number(duration.nanos ?? 0);
  const opposed = (seconds < 0n && nanos > 0) || (seconds > 0n && nanos < 0);
  if (opposed || Math.abs(nanos) >= 1e9 || seconds > MAX_DURATION_S || seconds < -MAX_DURATION_S) {
    return undefined;
  }
  const negative = seconds < 0n || nanos < 0;
  const whole = seconds < 0n ? -seconds : seconds;
  return `${negative ? '-' : ''}${whole}${fractionOf(Math.abs(nanos))}s`;
}

const big = (value: FieldValue | undefined): bigint =>
  typeof value === 'bigint' ? value : BigInt(typeof value === 'number' ? value : 0);

const TIMESTAMP =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([-+])(\d{2}):(\d{2}))$/;

/** RFC 3339 with up to nine digits of a second: `2026-11-23T10:00:00.5Z`, `...+01:00`. */
export function parseTimestamp(text: string): Message | undefined {
  const found = TIMESTAMP.exec(text);
  if (found === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map(Number);
  const [, , , , , , , fraction = '', sign, offsetHours = '0', offsetMinutes = '0'] = found;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const rolledOver =
    date.getUTCMonth() !== month - 1 ||
    date.getUTCDate() !== day ||
    date.getUTCHours() !== hour ||
    date.getUTCMinutes() !== minute ||
    date.getUTCSeconds() !== second;
  if (year < 1 || rolledOver || Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return undefined;
  const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60 * (sign === '-' ? -1 : 1);
  const seconds = BigInt(date.getTime() / 1000 - offset);
  if (seconds < YEAR_1 || seconds >= YEAR_10000) return undefined;
  return timeMessage('google.protobuf.Timestamp', seconds, Number(fraction.padEnd(9, '0')));
}

/** In UTC, `2026-11-23T10:00:00.500Z`. Undefined when it is not in the years 1 to 9999. */
export function formatTimestamp(timestamp: Message): string | undefined {
  const seconds = big(timestamp.seconds);
  const nanos = Number(timestamp.nanos ?? 0);
  if (seconds < YEAR_1 || seconds >= YEAR_10000 || nanos < 0 || nanos >= 1e9) return undefined;
  const date = new Date(Number(seconds) * 1000);
  return `${date.toISOString().slice(0, -'.000Z'.length)}${fractionOf(nanos)}Z`;
}

/** A google.protobuf.Struct, Value or ListValue as a plain value. */
export function structToPlain(message: Message): Json {
  if (message.$type === 'google.protobuf.Struct') {
    const fields = (message.fields ?? new Map()) as ReadonlyMap<string, Message>;
    return Object.fromEntries([...fields].map(([key, value]) => [key, structToPlain(value)]));
  }
  if (message.$type === 'google.protobuf.ListValue') {
    return ((message.values ?? []) as readonly Message[]).map(structToPlain);
  }
  const { string_value, number_value, bool_value, struct_value, list_value } = message;
  if (struct_value !== undefined) return structToPlain(struct_value as Message);
  if (list_value !== undefined) return structToPlain(list_value as Message);
  return (string_value ?? number_value ?? bool_value ?? null) as Json;
}

/** A plain object as a google.protobuf.Struct. What JSON cannot hold becomes null. */
export function plainToStruct(plain: Readonly<Record<string, unknown>>): Message {
  const entries = Object.entries(plain);
  if (entries.length === 0) return { $type: 'google.protobuf.Struct' };
  return {
    $type: 'google.protobuf.Struct',
    fields: new Map(entries.map(([key, value]) => [key, plainToValue(value)])),
  };
}

/** A plain value as a google.protobuf.Value. */
export function plainToValue(plain: unknown): Message {
  const $type = 'google.protobuf.Value';
  if (typeof plain === 'string') return { $type, string_value: plain };
  if (typeof plain === 'number') return { $type, number_value: plain };
  if (typeof plain === 'bigint') return { $type, number_value: Number(plain) };
  if (typeof plain === 'boolean') return { $type, bool_value: plain };
  if (Array.isArray(plain)) return { $type, list_value: plainToList(plain) };
  if (typeof plain === 'object' && plain !== null) {
    return { $type, struct_value: plainToStruct(plain as Record<string, unknown>) };
  }
  return { $type, null_value: 0 };
}

export function plainToList(plain: readonly unknown[]): Message {
  if (plain.length === 0) return { $type: 'google.protobuf.ListValue' };
  return { $type: 'google.protobuf.ListValue', values: plain.map(plainToValue) };
}
