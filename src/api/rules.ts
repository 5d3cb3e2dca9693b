import { STRING_FORMATS, wellKnown } from './string_formats.ts';

/**
 * The constraints of `(validate.rules)` on one value, kind by kind. A check returns what would have been
 * right, for `expected`, or nothing. Rules are plain objects as the descriptors give them.
 */

export type Rules = Readonly<Record<string, unknown>>;
type Numeric = number | bigint;
/** One constraint: its limit, the value, all the constraints of the kind. */
type Check<T> = (limit: never, value: T, rules: Rules) => string | undefined;
type Checks<T> = Readonly<Record<string, Check<T> | null>>;

/** The value, or that of `same`, in words. */
const quoted = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value) : String(value);
const listed = (values: readonly unknown[]): string => values.map(quoted).join(', ');
const among = (value: unknown, list: readonly unknown[]): boolean => list.some((one) => equal(one, value));

function equal(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  return typeof a === 'number' || typeof a === 'bigint'
    ? typeof b === 'number' || typeof b === 'bigint'
      ? !(a < b) && !(a > b)
      : false
    : a === b;
}

/** The names of rule kinds that hold numbers. */
export const NUMBER_KINDS: ReadonlySet<string> = new Set([
  'float',
  'double',
  'int32',
  'int64',
  'uint32',
  'uint64',
  'sint32',
  'sint64',
  'fixed32',
  'fixed64',
  'sfixed32',
  'sfixed64',
]);

/** The bounds of a number, a duration or a time, in words: `from 0 to 65535`, `greater than 0s`. */
export function bounds(rules: Rules, show: (limit: unknown) => string = String): string {
  const { gt, gte, lt, lte } = rules;
  const low = gt ?? gte;
  const high = lt ?? lte;
  if (low !== undefined && high !== undefined && !inverted(low, high)) {
    if (gte !== undefined && lte !== undefined) return `from ${show(gte)} to ${show(lte)}`;
    const from = gt === undefined ? `at least ${show(low)}` : `greater than ${show(low)}`;
    return `${from} and ${lt === undefined ? `at most ${show(high)}` : `less than ${show(high)}`}`;
  }
  const parts: string[] = [];
  if (high !== undefined) parts.push(lt === undefined ? `at most ${show(high)}` : `less than ${show(high)}`);
  if (low !== undefined) parts.push(gt === undefined ? `at least ${show(low)}` : `greater than ${show(low)}`);
  return parts.join(' or ');
}

function inverted(low: unknown, high: unknown): boolean {
  return (low as Numeric) >= (high as Numeric);
}

/** Bounds that cross exclude what is between them instead of what is outside. */
export function withinBounds(value: Numeric, rules: Rules): boolean {
  const { gt, gte, lt, lte } = rules as Readonly<Record<string, Numeric | undefined>>;
  const aboveLow = gt !== undefined ? value > gt : gte !== undefined ? value >= gte : undefined;
  const belowHigh = lt !== undefined ? value < lt : lte !== undefined ? value <= lte : undefined;
  if (aboveLow === undefined) return belowHigh ?? true;
  if (belowHigh === undefined) return aboveLow;
  const low = gt ?? gte;
  const high = lt ?? lte;
  return inverted(low, high) ? aboveLow || belowHigh : aboveLow && belowHigh;
}

const bound: Check<Numeric> = (_limit, value, rules) =>
  withinBounds(value, rules) ? undefined : `a number ${bounds(rules)}`;

const NUMBERS: Checks<Numeric> = {
  const: (limit, value) => (equal(value, limit) ? undefined : quoted(limit)),
  lt: bound,
  lte: bound,
  gt: bound,
  gte: bound,
  in: (limit: readonly unknown[], value) => (among(value, limit) ? undefined : `one of ${listed(limit)}`),
  not_in: (limit: readonly unknown[], value) =>
    among(value, limit) ? `none of ${listed(limit)}` : undefined,
  ignore_empty: null,
};

const BOOLS: Checks<boolean> = {
  const: (limit, value) => (value === limit ? undefined : quoted(limit)),
};

function characters(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    // The second half of a pair belongs to the first.
    const pair = i > 0 && isLow(text.charCodeAt(i)) && isHigh(text.charCodeAt(i - 1));
    if (!pair) count++;
  }
  return count;
}

const isHigh = (code: number): boolean => code >= 0xd800 && code < 0xdc00;
const isLow = (code: number): boolean => code >= 0xdc00 && code < 0xe000;
const bytes = (text: string): number => Buffer.byteLength(text);

function atLeast(limit: Numeric, unit: string): string {
  if (Number(limit) === 1)
    return unit === 'bytes' || unit === 'characters' ? 'a non-empty value' : `at least 1`;
  return `at least ${limit} ${unit}`;
}

const patterns = new Map<string, RegExp>();

/** RE2's full match, with the syntax that the fixed patterns of the API use. */
function matches(pattern: string, text: string): boolean {
  let compiled = patterns.get(pattern);
  if (compiled === undefined) {
    compiled = new RegExp(`^(?:${pattern})$`, 'u');
    patterns.set(pattern, compiled);
  }
  return compiled.test(text);
}

const format = (name: string): Check<string> => {
  const entry = STRING_FORMATS[name];
  if (entry === undefined) throw new Error(`no string format ${name}`);
  return (on: boolean, value) => (!on || entry[0](value) ? undefined : entry[1]);
};

const STRINGS: Checks<string> = {
  const: (limit, value) => (value === limit ? undefined : quoted(limit)),
  len: (limit: Numeric, value) => (equal(characters(value), limit) ? undefined : `${limit} characters`),
  min_len: (limit: Numeric, value) => (characters(value) >= limit ? undefined : atLeast(limit, 'characters')),
  max_len: (limit: Numeric, value) =>
    characters(value) <= limit ? undefined : `at most ${limit} characters`,
  len_bytes: (limit: Numeric, value) => (equal(bytes(value), limit) ? undefined : `${limit} bytes`),
  min_bytes: (limit: Numeric, value) => (bytes(value) >= limit ? undefined : atLeast(limit, 'bytes')),
  max_bytes: (limit: Numeric, value) => (bytes(value) <= limit ? undefined : `at most ${limit} bytes`),
  pattern: (limit: string, value) => (matches(limit, value) ? undefined : `a match of ${limit}`),
  prefix: (limit: string, value) =>
    value.startsWith(limit) ? undefined : `a value starting with ${quoted(limit)}`,
  suffix: (limit: string, value) =>
    value.endsWith(limit) ? undefined : `a value ending with ${quoted(limit)}`,
  contains: (limit: string, value) =>
    value.includes(limit) ? undefined : `a value containing ${quoted(limit)}`,
  not_contains: (limit: string, value) =>
    value.includes(limit) ? `a value without ${quoted(limit)}` : undefined,
  in: (limit: readonly string[], value) => (limit.includes(value) ? undefined : `one of ${listed(limit)}`),
  not_in: (limit: readonly string[], value) =>
    limit.includes(value) ? `none of ${listed(limit)}` : undefined,
  email: format('email'),
  hostname: format('hostname'),
  ip: format('ip'),
  ipv4: format('ipv4'),
  ipv6: format('ipv6'),
  uri: format('uri'),
  uri_ref: format('uri_ref'),
  address: format('address'),
  uuid: format('uuid'),
  well_known_regex: (kind: number, value, rules) => {
    const known = wellKnown(kind, rules.strict !== false);
    return known === undefined || known[0].test(value) ? undefined : known[1];
  },
  strict: null,
  ignore_empty: null,
};

const find = (value: Uint8Array, part: Uint8Array): number => Buffer.from(value).indexOf(part);

const BYTES: Checks<Uint8Array> = {
  const: (limit: Uint8Array, value) => (equal(value, limit) ? undefined : 'another value'),
  len: (limit: Numeric, value) => (equal(value.length, limit) ? undefined : `${limit} bytes`),
  min_len: (limit: Numeric, value) => (value.length >= limit ? undefined : atLeast(limit, 'bytes')),
  max_len: (limit: Numeric, value) => (value.length <= limit ? undefined : `at most ${limit} bytes`),
  pattern: (limit: string, value) =>
    matches(limit, Buffer.from(value).toString('latin1')) ? undefined : `a match of ${limit}`,
  prefix: (limit: Uint8Array, value) => (find(value, limit) === 0 ? undefined : 'another beginning'),
  suffix: (limit: Uint8Array, value) =>
    equal(value.subarray(Math.max(0, value.length - limit.length)), limit) ? undefined : 'another end',
  contains: (limit: Uint8Array, value) => (find(value, limit) >= 0 ? undefined : 'other content'),
  in: (limit: readonly Uint8Array[], value) => (among(value, limit) ? undefined : 'one of a fixed set'),
  not_in: (limit: readonly Uint8Array[], value) => (among(value, limit) ? 'another value' : undefined),
  ip: (on: boolean, value) =>
    !on || value.length === 4 || value.length === 16 ? undefined : 'the 4 or 16 bytes of an IP address',
  ipv4: (on: boolean, value) => (!on || value.length === 4 ? undefined : 'the 4 bytes of an IPv4 address'),
  ipv6: (on: boolean, value) => (!on || value.length === 16 ? undefined : 'the 16 bytes of an IPv6 address'),
  ignore_empty: null,
};

/** The kinds whose value is one scalar. */
const SCALARS: Readonly<Record<string, Checks<never>>> = {
  ...Object.fromEntries([...NUMBER_KINDS].map((kind) => [kind, NUMBERS])),
  bool: BOOLS,
  string: STRINGS,
  bytes: BYTES,
};

/** Checks a scalar; returns what was expected when it is wrong. */
export function checkScalar(kind: string, rules: Rules, value: unknown): string | undefined {
  const checks = SCALARS[kind];
  if (checks === undefined) throw new Error(`no validation rules of the kind ${kind}`);
  if (rules.ignore_empty === true && isEmpty(value)) return undefined;
  for (const name of Object.keys(rules)) {
    const expected = checks[name]?.(rules[name] as never, value as never, rules);
    if (expected !== undefined) return expected;
  }
  return undefined;
}

function isEmpty(value: unknown): boolean {
  return value === '' || value === 0 || value === 0n || (value instanceof Uint8Array && value.length === 0);
}

/** The constraints of kinds that validate.ts checks itself. */
const COMPOUND: Readonly<Record<string, readonly string[]>> = {
  enum: ['const', 'defined_only', 'in', 'not_in'],
  message: ['skip', 'required'],
  repeated: ['min_items', 'max_items', 'unique', 'items', 'ignore_empty'],
  map: ['min_pairs', 'max_pairs', 'no_sparse', 'keys', 'values', 'ignore_empty'],
  any: ['required', 'in', 'not_in'],
  duration: ['required', 'const', 'lt', 'lte', 'gt', 'gte', 'in', 'not_in'],
  timestamp: ['required', 'const', 'lt', 'lte', 'gt', 'gte', 'lt_now', 'gt_now', 'within'],
};

/** The rules that nothing here checks, as `kind.constraint`: none for Envoy's API, which a test asserts. */
export function unhandledRules(rules: Rules): string[] {
  const found: string[] = [];
  for (const [kind, constraints] of Object.entries(rules)) {
    const known = SCALARS[kind] ? Object.keys(SCALARS[kind]) : COMPOUND[kind];
    if (known === undefined) {
      found.push(kind);
      continue;
    }
    for (const [name, limit] of Object.entries(constraints as Rules)) {
      if (!known.includes(name)) found.push(`${kind}.${name}`);
      if (kind === 'repeated' && name === 'items') found.push(...unhandledRules(limit as Rules));
      if (kind === 'map' && name !== 'items' && (name === 'keys' || name === 'values'))
        found.push(...unhandledRules(limit as Rules));
    }
  }
  return found;
}
