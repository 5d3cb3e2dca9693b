import { nearest } from '../nearest.ts';
import type { DescriptorPool, FieldDesc, MessageDesc, OneofDesc } from './descriptor.ts';
import type { Diagnostics, Path } from './diagnostics.ts';
import { EarlierErrors } from './earlier_errors.ts';
import { ANY_TYPE, type FieldValue, type Message, typeNameOf } from './message.ts';
import { bounds, checkScalar, NUMBER_KINDS, type Rules, withinBounds } from './rules.ts';
import { decodeAny, WireError } from './wire.ts';

/**
 * Enforces `(validate.rules)` of Envoy's API on a decoded message and everything in it, Any included.
 * All violations are reported, each at its path; but not those that only follow from an error that is in
 * `diagnostics` already (a value that could not be read is not missing as well).
 */
export function validate(pool: DescriptorPool, message: Message, path: Path, diagnostics: Diagnostics): void {
  const desc = pool.message(message.$type);
  if (desc === undefined) throw new Error(`a message of the unknown type ${message.$type}`);
  new Validator(pool, diagnostics).message(desc, message, path);
}

const WRAPPER = /^google\.protobuf\.(?:Bool|U?Int(?:32|64)|Float|Double|String|Bytes)Value$/;
const DURATION = 'google.protobuf.Duration';
/** Values of unset fields, for rules that an unset field breaks (`min_len: 1`). */
const ZERO: Readonly<Record<string, FieldValue>> = {
  bool: false,
  string: '',
  bytes: new Uint8Array(),
  enum: 0,
};

/** What has to be looked at in messages of one type; most fields have neither rules nor messages. */
type Plan = { readonly fields: readonly FieldDesc[]; readonly oneofs: readonly OneofDesc[] };

const plans = new WeakMap<MessageDesc, Plan>();

function planOf(desc: MessageDesc): Plan {
  let plan = plans.get(desc);
  if (plan === undefined) {
    plan = {
      fields: desc.fields.filter((f) => f.rules !== undefined || (f.map?.value ?? f).type === 'message'),
      oneofs: desc.oneofs.filter((oneof) => oneof.required),
    };
    plans.set(desc, plan);
  }
  return plan;
}

class Validator {
  readonly #pool: DescriptorPool;
  readonly #diagnostics: Diagnostics;
  readonly #before: EarlierErrors;

  constructor(pool: DescriptorPool, diagnostics: Diagnostics) {
    this.#pool = pool;
    this.#diagnostics = diagnostics;
    this.#before = new EarlierErrors(diagnostics);
  }

  message(desc: MessageDesc, message: Message, path: Path): void {
    if (desc.fullName === ANY_TYPE) {
      this.#inside(message, path);
      return;
    }
    if (desc.validationDisabled || desc.fullName.startsWith('google.protobuf.')) return;
    const plan = planOf(desc);
    for (const field of plan.fields) {
      const value = message[field.name];
      if (value === undefined) this.#absent(field, path);
      else this.#present(field, value, [...path, field.name]);
    }
    for (const oneof of plan.oneofs) {
      if (oneof.fields.some((field) => message[field.name] !== undefined)) continue;
      const names = oneof.fields.map((field) => field.name);
      if (names.some((name) => this.#before.at([...path, name]))) continue;
      this.#error(path, `${oneof.name} is missing`, `one of ${names.join(', ')}`);
    }
  }

  /** What an Any holds; of an unknown type it stays closed. */
  #inside(any: Message, path: Path): void {
    try {
      const inner = decodeAny(this.#pool, any);
      const type = inner && this.#pool.message(inner.$type);
      if (inner !== undefined && type !== undefined) this.message(type, inner, path);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#error(path, error.message, `the bytes of a ${typeNameOf(String(any.type_url ?? ''))}`);
    }
  }

  /**
   * What is unset can break `required` and, where unset means zero, any rule of its kind. The rules of a
   * oneof's member count only when it is the one that is set.
   */
  #absent(field: FieldDesc, parent: Path): void {
    const rules = field.rules as Readonly<Record<string, Rules>> | undefined;
    if (rules === undefined || field.oneof !== undefined) return;
    const path = [...parent, field.name];
    const required = ['message', 'any', 'duration', 'timestamp'].some(
      (kind) => rules[kind]?.required === true,
    );
    if (required) {
      this.#error(path, 'is missing', 'it is required');
      return;
    }
    if (field.map !== undefined) this.#pairs(rules.map, new Map(), path);
    else if (field.repeated) this.#items(rules.repeated, [], path);
    else if (!field.presence)
      this.#value(field, rules, ZERO[field.enum ? 'enum' : field.type] ?? 0, path, true);
  }

  #present(field: FieldDesc, value: FieldValue, path: Path): void {
    const rules = field.rules as Readonly<Record<string, Rules>> | undefined;
    if (value instanceof Map) this.#map(field, rules?.map, value, path);
    else if (field.repeated) this.#list(field, rules?.repeated, value as readonly FieldValue[], path);
    else this.#value(field, rules, value, path);
  }

  #list(field: FieldDesc, rules: Rules | undefined, list: readonly FieldValue[], path: Path): void {
    this.#items(rules, list, path);
    const each = rules?.items as Readonly<Record<string, Rules>> | undefined;
    for (const [i, item] of list.entries()) this.#value(field, each, item, [...path, i]);
  }

  #items(rules: Rules | undefined, list: readonly FieldValue[], path: Path): void {
    if (rules === undefined || (rules.ignore_empty === true && list.length === 0)) return;
    const { min_items, max_items, unique } = rules as Readonly<Record<string, number | bigint | undefined>>;
    if (min_items !== undefined && list.length < min_items) {
      this.#error(
        path,
        list.length === 0 ? 'is missing or empty' : `has ${list.length} items`,
        `at least ${min_items}`,
      );
    }
    if (max_items !== undefined && list.length > max_items) {
      this.#error(path, `has ${list.length} items`, `at most ${max_items}`);
    }
    if (unique) this.#unique(list, path);
  }

  #unique(list: readonly FieldValue[], path: Path): void {
    const seen = new Set<string>();
    for (const [i, item] of list.entries()) {
      const key = canonical(item);
      if (seen.has(key)) this.#error([...path, i], `${shown(item)} is there twice`, 'each item once');
      seen.add(key);
    }
  }

  #map(field: FieldDesc, rules: Rules | undefined, map: ReadonlyMap<unknown, FieldValue>, path: Path): void {
    this.#pairs(rules, map, path);
    if (field.map === undefined) return;
    const { keys, values } = (rules ?? {}) as Readonly<Record<string, Readonly<Record<string, Rules>>>>;
    for (const [key, value] of map) {
      const at = [...path, String(key)];
      if (keys !== undefined) this.#value(field.map.key, keys, key as FieldValue, at);
      this.#value(field.map.value, values, value, at);
    }
  }

  #pairs(rules: Rules | undefined, map: ReadonlyMap<unknown, unknown>, path: Path): void {
    if (rules === undefined || (rules.ignore_empty === true && map.size === 0)) return;
    const { min_pairs, max_pairs } = rules as Readonly<Record<string, number | bigint | undefined>>;
    if (min_pairs !== undefined && map.size < min_pairs) {
      this.#error(
        path,
        map.size === 0 ? 'is missing or empty' : `has ${map.size} entries`,
        `at least ${min_pairs}`,
      );
    }
    if (max_pairs !== undefined && map.size > max_pairs) {
      this.#error(path, `has ${map.size} entries`, `at most ${max_pairs}`);
    }
  }

  /** One value of any kind, with the rules of its kind. */
  #value(
    field: FieldDesc,
    rules: Readonly<Record<string, Rules>> | undefined,
    value: FieldValue,
    path: Path,
    unset = false,
  ): void {
    for (const [kind, constraints] of Object.entries(rules ?? {})) {
      if (kind === 'enum') this.#enum(field, constraints, value as number, path);
      else if (kind === 'duration' || kind === 'timestamp')
        this.#time(kind, constraints, value as Message, path);
      else if (kind === 'any') this.#any(constraints, value as Message, path);
      else if (kind !== 'message') this.#scalar(field, kind, constraints, value, path, unset);
    }
    if (field.message === undefined || rules?.message?.skip === true) return;
    this.message(field.message, value as Message, path);
    if (rules?.duration === undefined && field.message.fullName === DURATION) {
      // Envoy refuses every negative duration where it reads it
      const nanos = nanosOf(value as Message);
      if (nanos < 0n) this.#error(path, `${seconds(nanos)} is not valid`, 'a duration that is not negative');
    }
  }

  /** Rules on a wrapper (UInt32Value) are rules on what it wraps. */
  #scalar(field: FieldDesc, kind: string, rules: Rules, value: FieldValue, path: Path, unset: boolean): void {
    const wrapped = field.message !== undefined && WRAPPER.test(field.message.fullName);
    const inner = wrapped ? ((value as Message).value ?? ZERO[kind] ?? 0) : value;
    const expected = checkScalar(kind, rules, inner);
    if (expected === undefined) return;
    if (unset || (unsetLike(inner) && !NUMBER_KINDS.has(kind))) {
      this.#error(path, unset ? 'is missing' : 'is empty', expected);
    } else this.#error(path, `${shown(inner)} is not valid`, expected);
  }

  #enum(field: FieldDesc, rules: Rules, value: number, path: Path): void {
    const name = (n: unknown): string => field.enum?.byNumber(n as number) ?? String(n);
    const { const: only, in: allowed, not_in: excluded } = rules;
    const list = (values: unknown): string => (values as readonly unknown[]).map(name).join(', ');
    if (rules.defined_only === true && field.enum?.byNumber(value) === undefined) {
      const known = field.enum?.values.map((v) => v.name) ?? [];
      this.#error(path, `${value} is not a value of the enum`, `one of ${known.join(', ')}`);
    } else if (only !== undefined && value !== only) {
      this.#error(path, `${name(value)} is not valid`, name(only));
    } else if (allowed !== undefined && !(allowed as unknown[]).includes(value)) {
      const names = (allowed as unknown[]).map(name);
      this.#error(
        path,
        `${name(value)} is not valid`,
        `one of ${names.join(', ')}`,
        nearest(name(value), names),
      );
    } else if (excluded !== undefined && (excluded as unknown[]).includes(value)) {
      this.#error(path, `${name(value)} is not valid`, `none of ${list(excluded)}`);
    }
  }

  #any(rules: Rules, value: Message, path: Path): void {
    const url = typeof value.type_url === 'string' ? value.type_url : '';
    const { in: allowed, not_in: excluded } = rules as Readonly<
      Record<string, readonly string[] | undefined>
    >;
    if (allowed !== undefined && !allowed.includes(url)) {
      this.#error(
        [...path, '@type'],
        `${url} is not valid here`,
        `one of ${allowed.join(', ')}`,
        nearest(url, allowed),
      );
    }
    if (excluded?.includes(url)) this.#error([...path, '@type'], `${url} is not valid here`, 'another type');
  }

  #time(kind: 'duration' | 'timestamp', rules: Rules, value: Message, path: Path): void {
    const nanos = nanosOf(value);
    const limits = Object.fromEntries(
      Object.entries(rules).map(([name, limit]) => [name, isTime(limit) ? nanosOf(limit) : limit]),
    );
    const show = (limit: unknown): string =>
      kind === 'duration' ? seconds(limit as bigint) : instant(limit as bigint);
    const expected = timeFault(kind, rules, limits, nanos, show);
    if (expected !== undefined) this.#error(path, `${show(nanos)} is not valid`, expected);
  }

  #error(path: Path, message: string, expected: string, suggestion?: string): void {
    if (this.#before.at(path)) return;
    this.#diagnostics.error(path, 'rule', message, { expected, suggestion });
  }
}

/** What was expected of a duration or a time, when it is wrong. */
function timeFault(
  kind: 'duration' | 'timestamp',
  rules: Rules,
  limits: Rules,
  nanos: bigint,
  show: (limit: unknown) => string,
): string | undefined {
  if (limits.const !== undefined && nanos !== limits.const) return show(limits.const);
  if (!withinBounds(nanos, limits))
    return `a ${kind === 'duration' ? 'duration' : 'time'} ${bounds(limits, show)}`;
  const list = (of: unknown): bigint[] => (of as readonly Message[]).map(nanosOf);
  if (rules.in !== undefined && !list(rules.in).includes(nanos))
    return `one of ${list(rules.in).map(show).join(', ')}`;
  if (rules.not_in !== undefined && list(rules.not_in).includes(nanos)) return 'another value';
  const now = BigInt(Date.now()) * 1_000_000n;
  if (rules.lt_now === true && nanos >= now) return 'a time in the past';
  if (rules.gt_now === true && nanos <= now) return 'a time in the future';
  const { within } = limits as { within?: bigint };
  if (within !== undefined && (nanos > now + within || nanos < now - within))
    return `a time within ${seconds(within)} of now`;
  return undefined;
}

function isTime(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nanosOf(time: Message): bigint {
  const { seconds: whole = 0n, nanos = 0 } = time as { seconds?: bigint; nanos?: number };
  return BigInt(whole) * 1_000_000_000n + BigInt(nanos);
}

function seconds(nanos: bigint): string {
  const sign = nanos < 0n ? '-' : '';
  const digits = String(nanos < 0n ? -nanos : nanos).padStart(10, '0');
  return `${sign}${digits.slice(0, -9)}.${digits.slice(-9)}`.replace(/\.?0+$/, '').concat('s');
}

function instant(nanos: bigint): string {
  return new Date(Number(nanos / 1_000_000n)).toISOString();
}

function unsetLike(value: FieldValue): boolean {
  return value === '' || (value instanceof Uint8Array && value.length === 0);
}

/** A value in an error: short. */
function shown(value: unknown): string {
  if (value instanceof Uint8Array) return 'the value';
  if (typeof value === 'object') return 'the same item';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/** A text that is equal for equal values, for `unique`. */
function canonical(value: unknown): string {
  if (value instanceof Uint8Array) return `b${Buffer.from(value).toString('hex')}`;
  if (value instanceof Map) return canonical([...value].sort());
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => `${k}:${canonical(v)}`)
      .join()}}`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : `${typeof value}${String(value)}`;
}
