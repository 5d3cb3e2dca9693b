import { nearest } from '../nearest.ts';
import type { DescriptorPool, FieldDesc, MessageDesc, OneofDesc } from './descriptor.ts';
import { Diagnostics, type Path, type PathSegment } from './diagnostics.ts';
import { EarlierErrors } from './earlier_errors.ts';
import { ANY_TYPE, type FieldValue, type Message, typeNameOf } from './message.ts';
import { bounds, checkScalar, NUMBER_KINDS, type Rules, withinBounds } from './rules.ts';
import { isWrapper } from './well_known.ts';
import { holdsTypedStruct } from './typed_struct.ts';
import { decodeAny, WireError } from './wire.ts';

/**
 * Enforces `(validate.rules)` of Envoy's API on a decoded message and everything in it, Any included.
 * All violations are reported, each at its path; but not those that only follow from an error that is in
 * `diagnostics` already (a value that could not be read is not missing as well).
 */
export function validate(pool: DescriptorPool, message: Message, path: Path, diagnostics: Diagnostics): void {
  const desc = pool.message(message.$type);
  if (desc === undefined) throw new Error(`a message of the unknown type ${message.$type}`);
  new Validator(pool, path, diagnostics).message(desc, message);
}

const DURATION = 'google.protobuf.Duration';
/** Values of unset fields, for rules that an unset field breaks (`min_len: 1`). */
const ZERO: Readonly<Record<string, FieldValue>> = {
  bool: false,
  string: '',
  bytes: new Uint8Array(),
  enum: 0,
};

/** What has to be looked at in messages of one type; most fields have neither rules nor messages. */
type Plan = {
  /** Where a value may break a rule. */
  readonly fields: readonly FieldDesc[];
  /** Those of them that may not be absent. */
  readonly needed: ReadonlySet<FieldDesc>;
  readonly oneofs: readonly OneofDesc[];
};

const plans = new WeakMap<MessageDesc, Plan>();

function planOf(pool: DescriptorPool, desc: MessageDesc): Plan {
  let plan = plans.get(desc);
  if (plan === undefined) {
    const fields = desc.fields.filter((field) => field.rules !== undefined || holdsRules(field));
    plan = {
      fields,
      needed: new Set(fields.filter((field) => isNeeded(pool, field))),
      oneofs: desc.oneofs.filter((oneof) => oneof.required),
    };
    plans.set(desc, plan);
  }
  return plan;
}

function holdsRules(field: FieldDesc): boolean {
  const value = field.map?.value ?? field;
  return value.holdsMessage || value.typeName === ANY_TYPE || value.typeName === DURATION;
}

/** Whether its absence is an error. */
function isNeeded(pool: DescriptorPool, field: FieldDesc): boolean {
  const trial = new Diagnostics();
  new Validator(pool, [], trial).absent(field);
  return trial.hasErrors;
}

type FieldRules = Readonly<Record<string, Rules>>;

/** The kinds of rules that have `required`. */
const REQUIRABLE = ['message', 'any', 'duration', 'timestamp'];

class Validator {
  readonly #pool: DescriptorPool;
  readonly #diagnostics: Diagnostics;
  readonly #before: EarlierErrors;
  /** Where the walk is; copied only for a finding. */
  readonly #path: PathSegment[];

  constructor(pool: DescriptorPool, path: Path, diagnostics: Diagnostics) {
    this.#pool = pool;
    this.#path = [...path];
    this.#diagnostics = diagnostics;
    this.#before = new EarlierErrors(diagnostics);
  }

  message(desc: MessageDesc, message: Message): void {
    if (desc.wellKnown) {
      if (desc.fullName === ANY_TYPE) this.#inside(message);
      return;
    }
    if (desc.validationDisabled) return;
    const { fields, needed, oneofs } = planOf(this.#pool, desc);
    for (const field of fields) {
      const value = message[field.name];
      if (value !== undefined) this.#present(field, value);
      else if (needed.has(field)) this.absent(field);
    }
    for (const oneof of oneofs) {
      if (oneof.fields.some((field) => message[field.name] !== undefined)) continue;
      const names = oneof.fields.map((field) => field.name);
      if (names.some((name) => this.#before.at([...this.#path, name]))) continue;
      this.#error(`${oneof.name} is missing`, `one of ${names.join(', ')}`);
    }
  }

  /** What an Any holds; of an unknown type it stays closed. */
  #inside(any: Message): void {
    try {
      const inner = decodeAny(this.#pool, any);
      const type = inner && this.#pool.message(inner.$type);
      if (inner === undefined || type === undefined) return;
      const wrapped = holdsTypedStruct(any);
      if (wrapped) this.#path.push('value');
      this.message(type, inner);
      if (wrapped) this.#path.pop();
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      this.#error(error.message, `the bytes of a ${typeNameOf(String(any.type_url ?? ''))}`);
    }
  }

  /**
   * What is unset can break `required` and, where unset means zero, any rule of its kind. The rules of a
   * oneof's member count only when it is the one that is set.
   */
  absent(field: FieldDesc): void {
    const rules = field.rules as FieldRules | undefined;
    if (rules === undefined || field.oneof !== undefined) return;
    this.#path.push(field.name);
    if (REQUIRABLE.some((kind) => rules[kind]?.required === true))
      this.#error('is missing', 'it is required');
    else if (field.map !== undefined) this.#pairs(rules.map, new Map());
    else if (field.repeated) this.#items(rules.repeated, []);
    else if (!field.presence) this.#value(field, rules, ZERO[field.enum ? 'enum' : field.type] ?? 0, true);
    this.#path.pop();
  }

  #present(field: FieldDesc, value: FieldValue): void {
    const rules = field.rules as FieldRules | undefined;
    this.#path.push(field.name);
    if (value instanceof Map) this.#map(field, rules?.map, value);
    else if (field.repeated) this.#list(field, rules?.repeated, value as readonly FieldValue[]);
    else this.#value(field, rules, value);
    this.#path.pop();
  }

  #list(field: FieldDesc, rules: Rules | undefined, list: readonly FieldValue[]): void {
    this.#items(rules, list);
    const each = rules?.items as FieldRules | undefined;
    for (let i = 0; i < list.length; i++) {
      this.#path.push(i);
      this.#value(field, each, list[i] as FieldValue);
      this.#path.pop();
    }
  }

  #items(rules: Rules | undefined, list: readonly FieldValue[]): void {
    if (rules === undefined || (rules.ignore_empty === true && list.length === 0)) return;
    const { min_items, max_items, unique } = rules as Readonly<Record<string, number | bigint | undefined>>;
    if (min_items !== undefined && list.length < min_items) {
      this.#error(
        list.length === 0 ? 'is missing or empty' : `has ${list.length} items`,
        `at least ${min_items}`,
      );
    }
    if (max_items !== undefined && list.length > max_items) {
      this.#error(`has ${list.length} items`, `at most ${max_items}`);
    }
    if (unique) this.#unique(list);
  }

  #unique(list: readonly FieldValue[]): void {
    const seen = new Set<string>();
    for (const [i, item] of list.entries()) {
      const key = canonical(item);
      if (seen.has(key)) this.#errorAt(i, `${shown(item)} is there twice`, 'each item once');
      seen.add(key);
    }
  }

  #map(field: FieldDesc, rules: Rules | undefined, map: ReadonlyMap<unknown, FieldValue>): void {
    this.#pairs(rules, map);
    if (field.map === undefined) return;
    const { keys, values } = (rules ?? {}) as Readonly<Record<string, FieldRules>>;
    for (const [key, value] of map) {
      this.#path.push(String(key));
      if (keys !== undefined) this.#value(field.map.key, keys, key as FieldValue);
      this.#value(field.map.value, values, value);
      this.#path.pop();
    }
  }

  #pairs(rules: Rules | undefined, map: ReadonlyMap<unknown, unknown>): void {
    if (rules === undefined || (rules.ignore_empty === true && map.size === 0)) return;
    const { min_pairs, max_pairs } = rules as Readonly<Record<string, number | bigint | undefined>>;
    if (min_pairs !== undefined && map.size < min_pairs) {
      this.#error(
        map.size === 0 ? 'is missing or empty' : `has ${map.size} entries`,
        `at least ${min_pairs}`,
      );
    }
    if (max_pairs !== undefined && map.size > max_pairs) {
      this.#error(`has ${map.size} entries`, `at most ${max_pairs}`);
    }
  }

  /** One value of any kind, with the rules of its kind. */
  #value(field: FieldDesc, rules: FieldRules | undefined, value: FieldValue, unset = false): void {
    for (const kind in rules) {
      const constraints = rules[kind] as Rules;
      if (kind === 'enum') this.#enum(field, constraints, value as number);
      else if (kind === 'duration' || kind === 'timestamp') this.#time(kind, constraints, value as Message);
      else if (kind === 'any') this.#any(constraints, value as Message);
      else if (kind !== 'message') this.#scalar(field, kind, constraints, value, unset);
    }
    const type = field.message;
    if (type === undefined || rules?.message?.skip === true) return;
    this.message(type, value as Message);
    if (type.fullName === DURATION && rules?.duration === undefined && isNegative(value as Message)) {
      // Envoy refuses every negative duration where it reads it
      this.#error(`${seconds(nanosOf(value as Message))} is not valid`, 'a duration that is not negative');
    }
  }

  /** Rules on a wrapper (UInt32Value) are rules on what it wraps. */
  #scalar(field: FieldDesc, kind: string, rules: Rules, value: FieldValue, unset: boolean): void {
    const wrapped = field.message !== undefined && isWrapper(field.message.fullName);
    const inner = wrapped ? ((value as Message).value ?? ZERO[kind] ?? 0) : value;
    const expected = checkScalar(kind, rules, inner);
    if (expected === undefined) return;
    if (unset || (unsetLike(inner) && !NUMBER_KINDS.has(kind))) {
      this.#error(unset ? 'is missing' : 'is empty', expected);
    } else this.#error(`${shown(inner)} is not valid`, expected);
  }

  #enum(field: FieldDesc, rules: Rules, value: number): void {
    const name = (n: unknown): string => field.enum?.byNumber(n as number) ?? String(n);
    const { const: only, in: allowed, not_in: excluded } = rules;
    const list = (values: unknown): string => (values as readonly unknown[]).map(name).join(', ');
    if (rules.defined_only === true && field.enum?.byNumber(value) === undefined) {
      const known = field.enum?.values.map((v) => v.name) ?? [];
      this.#error(`${value} is not a value of the enum`, `one of ${known.join(', ')}`);
    } else if (only !== undefined && value !== only) {
      this.#error(`${name(value)} is not valid`, name(only));
    } else if (allowed !== undefined && !(allowed as unknown[]).includes(value)) {
      const names = (allowed as unknown[]).map(name);
      this.#error(`${name(value)} is not valid`, `one of ${names.join(', ')}`, nearest(name(value), names));
    } else if (excluded !== undefined && (excluded as unknown[]).includes(value)) {
      this.#error(`${name(value)} is not valid`, `none of ${list(excluded)}`);
    }
  }

  #any(rules: Rules, value: Message): void {
    const url = typeof value.type_url === 'string' ? value.type_url : '';
    const { in: allowed, not_in: excluded } = rules as Readonly<
      Record<string, readonly string[] | undefined>
    >;
    if (allowed !== undefined && !allowed.includes(url)) {
      this.#errorAt(
        '@type',
        `${url} is not valid here`,
        `one of ${allowed.join(', ')}`,
        nearest(url, allowed),
      );
    }
    if (excluded?.includes(url)) this.#errorAt('@type', `${url} is not valid here`, 'another type');
  }

  #time(kind: 'duration' | 'timestamp', rules: Rules, value: Message): void {
    const nanos = nanosOf(value);
    const limits = Object.fromEntries(
      Object.entries(rules).map(([name, limit]) => [name, isTime(limit) ? nanosOf(limit) : limit]),
    );
    const show = (limit: unknown): string =>
      kind === 'duration' ? seconds(limit as bigint) : instant(limit as bigint);
    const expected = timeFault(kind, rules, limits, nanos, show);
    if (expected !== undefined) this.#error(`${show(nanos)} is not valid`, expected);
  }

  #error(message: string, expected: string, suggestion?: string): void {
    if (this.#before.at(this.#path)) return;
    this.#diagnostics.error(this.#path, 'rule', message, { expected, suggestion });
  }

  /** About what is one step further. */
  #errorAt(segment: PathSegment, message: string, expected: string, suggestion?: string): void {
    this.#path.push(segment);
    this.#error(message, expected, suggestion);
    this.#path.pop();
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

function isNegative({ seconds: whole = 0n, nanos = 0 }: Message): boolean {
  return (whole as bigint) < 0n || (nanos as number) < 0;
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
