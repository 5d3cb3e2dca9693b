import { isTypedStruct, namedType } from './typed_struct.ts';
import { nearest } from '../nearest.ts';
import type { DescriptorPool, FieldDesc, MessageDesc } from './descriptor.ts';
import type { Diagnostics, Path, PathSegment } from './diagnostics.ts';
import { Fault, readScalar, shown, wrongType } from './json_scalars.ts';
import {
  ANY_TYPE,
  type FieldValue,
  type MapKey,
  type Message,
  TYPE_URL_PREFIX,
  typeNameOf,
} from './message.ts';
import {
  hasOwnForm,
  isWrapper,
  parseDuration,
  parseTimestamp,
  plainToList,
  plainToStruct,
  plainToValue,
} from './well_known.ts';

export type DecodeJsonOptions = {
  /** Gets everything that is wrong; nothing is thrown. */
  readonly diagnostics: Diagnostics;
  /** Where the value is, for the paths of findings. */
  readonly path?: Path;
  /** What becomes of fields and enum names that the API does not have. Default: `reject`. */
  readonly unknownFields?: 'reject' | 'warn' | 'ignore';
};

/**
 * Turns a plain value (of YAML or JSON) into a message by the canonical proto3 JSON rules, with what Envoy
 * accepts beyond them: a single value for a list, lists in lists, Duration and wrappers as objects of their
 * fields, enum names in any case. Returns what could be read, also when there are errors.
 */
export function decodeJson(
  pool: DescriptorPool,
  typeName: string,
  value: unknown,
  options: DecodeJsonOptions,
): Message {
  const desc = pool.message(typeName);
  if (desc === undefined) throw new Error(`there is no message ${typeName}`);
  return new JsonDecoder(pool, options).root(desc, value);
}

type Plain = Readonly<Record<string, unknown>>;
type MutableMessage = { $type: string; [field: string]: FieldValue | undefined };

/** protobuf's own limit on messages in messages. */
const MAX_DEPTH = 100;
const NULL_VALUE = 'google.protobuf.NullValue';
const VALUE = 'google.protobuf.Value';
/** Messages whose own form can be a list. */
const LISTS: ReadonlySet<string> = new Set([VALUE, 'google.protobuf.ListValue']);
/** Not in a form of its own: an object of the message's fields. */
const GENERIC = Symbol('generic');

class JsonDecoder {
  readonly #pool: DescriptorPool;
  readonly #diagnostics: Diagnostics;
  readonly #unknown: 'reject' | 'warn' | 'ignore';
  /** Where the walk is; copied only for a finding. */
  readonly #path: PathSegment[];
  readonly #base: number;

  constructor(pool: DescriptorPool, { diagnostics, path = [], unknownFields = 'reject' }: DecodeJsonOptions) {
    this.#pool = pool;
    this.#diagnostics = diagnostics;
    this.#unknown = unknownFields;
    this.#path = [...path];
    this.#base = path.length;
  }

  root(desc: MessageDesc, value: unknown): Message {
    return this.#message(desc, value) ?? { $type: desc.fullName };
  }

  /** A message in any of its forms. Undefined after an error that leaves nothing of it. */
  #message(desc: MessageDesc, value: unknown): Message | undefined {
    const name = desc.fullName;
    if (this.#tooDeep()) return undefined;
    if (name.startsWith('google.protobuf.')) {
      if (name === ANY_TYPE) return this.#any(value);
      const known = this.#wellKnown(desc, value);
      if (known !== GENERIC) return known;
    }
    if (!isPlain(value)) return this.#fail(wrongType(value, `a block with the fields of ${shortName(name)}`));
    return this.#fields(desc, value);
  }

  #fields(desc: MessageDesc, value: Plain, skip?: string): Message {
    const message: MutableMessage = { $type: desc.fullName };
    for (const key of Object.keys(value)) {
      if (key === skip) continue;
      this.#path.push(key);
      const field = desc.field(key);
      if (field === undefined) this.#unknownField(desc, key);
      else this.#field(field, key, value[key], message);
      this.#path.pop();
    }
    return message;
  }

  #field(field: FieldDesc, key: string, value: unknown, message: MutableMessage): void {
    if (isNull(value) && !takesNull(field)) return;
    if (message[field.name] !== undefined) {
      const other = key === field.name ? field.jsonName : field.name;
      this.#keyError('duplicate-field', `is already set as ${other}`, 'the field once');
      return;
    }
    const rival = field.oneof === undefined ? undefined : presentRival(field, message);
    if (rival !== undefined) {
      this.#keyError('oneof', `excludes ${rival}, which is set too`, `one of ${field.oneof} only`);
      return;
    }
    const made =
      field.map !== undefined
        ? this.#map(field.map, value)
        : field.repeated
          ? this.#list(field, value)
          : this.#value(field, value);
    if (made !== undefined) message[field.name] = made;
  }

  #value(field: FieldDesc, value: unknown): FieldValue | undefined {
    if (field.message !== undefined) return this.#message(field.message, value);
    if (isNull(value) && field.typeName === NULL_VALUE) return 0;
    const made = readScalar(field, value);
    if (!(made instanceof Fault)) return made;
    if (made.code === 'unknown-enum' && this.#unknown !== 'reject') {
      if (this.#unknown === 'warn') this.#report('warning', made);
      return undefined;
    }
    return this.#fail(made);
  }

  #list(field: FieldDesc, value: unknown): readonly FieldValue[] {
    const list: FieldValue[] = [];
    this.#items(field, value, list);
    return list;
  }

  /** A single value is a list of one; a list in a list is spread, unless a list is what the items are. */
  #items(field: FieldDesc, value: unknown, list: FieldValue[], nested = false): void {
    if (this.#tooDeep()) return;
    if (!Array.isArray(value) || (nested && LISTS.has(field.typeName ?? ''))) {
      const made = isNull(value) && !takesNull(field) ? emptyItem(field) : this.#value(field, value);
      if (made !== undefined) list.push(made);
      return;
    }
    for (const [i, item] of value.entries()) {
      this.#path.push(i);
      this.#items(field, item, list, true);
      this.#path.pop();
    }
  }

  #map(
    { key, value: item }: { readonly key: FieldDesc; readonly value: FieldDesc },
    value: unknown,
  ): ReadonlyMap<MapKey, FieldValue> | undefined {
    if (!isPlain(value)) return this.#fail(wrongType(value, 'a block of keys and values'));
    const map = new Map<MapKey, FieldValue>();
    for (const name of Object.keys(value)) {
      this.#path.push(name);
      const k = readScalar(key, name);
      const one = value[name];
      const v = isNull(one) && !takesNull(item) ? emptyItem(item) : this.#value(item, one);
      if (k instanceof Fault) this.#fail(k, true);
      else if (v !== undefined) map.set(k as MapKey, v);
      this.#path.pop();
    }
    return map;
  }

  /** google.protobuf's messages in their own form; GENERIC when the value is in that of its fields. */
  #wellKnown(desc: MessageDesc, value: unknown): Message | undefined | typeof GENERIC {
    const name = desc.fullName;
    if (isWrapper(name)) {
      if (isPlain(value)) return GENERIC;
      const inner = desc.field('value');
      const made = inner && this.#value(inner, value);
      return made === undefined ? undefined : { $type: name, value: made };
    }
    switch (name) {
      case 'google.protobuf.Duration':
        return this.#text(value, parseDuration, 'a duration such as "1.5s"');
      case 'google.protobuf.Timestamp':
        return this.#text(value, parseTimestamp, 'a time such as "2026-01-31T12:00:00Z"');
      case 'google.protobuf.Struct':
        return isPlain(value) ? this.#plain(value, plainToStruct) : this.#fail(wrongType(value, 'a block'));
      case 'google.protobuf.ListValue':
        return Array.isArray(value)
          ? this.#plain(value as readonly unknown[], plainToList)
          : this.#fail(wrongType(value, 'a list'));
      case 'google.protobuf.Value':
        return this.#plain(value, plainToValue);
      default:
        return GENERIC;
    }
  }

  #text(
    value: unknown,
    parse: (text: string) => Message | undefined,
    expected: string,
  ): Message | undefined | typeof GENERIC {
    if (isPlain(value)) return GENERIC;
    const made = typeof value === 'string' ? parse(value) : undefined;
    return made ?? this.#fail(wrongType(value, expected));
  }

  /** A message in a message is one or two steps of the path. */
  #tooDeep(): boolean {
    if (this.#path.length - this.#base <= 2 * MAX_DEPTH) return false;
    this.#fail(new Fault('type', 'nested too deep', `at most ${MAX_DEPTH} messages in messages`));
    return true;
  }

  #plain<T>(value: T, convert: (value: T) => Message): Message | undefined {
    if (!deeperThan(value, MAX_DEPTH)) return convert(value);
    return this.#fail(new Fault('type', 'nested too deep', `at most ${MAX_DEPTH} levels`));
  }

  #any(value: unknown): Message | undefined {
    if (!isPlain(value)) return this.#fail(wrongType(value, 'a block with "@type"'));
    const keys = Object.keys(value);
    if (keys.length === 0) return { $type: ANY_TYPE };
    const url = value['@type'];
    if (url === undefined) return this.#noType(keys);
    this.#path.push('@type');
    const desc = this.#anyType(url);
    this.#path.pop();
    if (desc === undefined) return undefined;
    const inner = hasOwnForm(desc.fullName)
      ? this.#anyValue(desc, value)
      : this.#fields(desc, value, '@type');
    if (inner === undefined) return undefined;
    const opened = isTypedStruct(desc.fullName) ? this.#typedStruct(inner, value) : undefined;
    const content = opened === undefined ? { $decoded: inner } : { $struct: inner, $decoded: opened };
    return { $type: ANY_TYPE, type_url: url as string, ...content };
  }

  /** What a TypedStruct holds, as the message that it names; undefined: of one that nobody knows. */
  #typedStruct(struct: Message, { value }: Plain): Message | undefined {
    const desc = this.#pool.message(namedType(struct));
    if (desc === undefined) return undefined;
    this.#path.push('value');
    const made = isNull(value) ? { $type: desc.fullName } : this.#message(desc, value);
    this.#path.pop();
    return made;
  }

  #noType(keys: readonly string[]): undefined {
    const near = nearest('@type', keys);
    const expected = `"@type": ${TYPE_URL_PREFIX}<the name of a message>`;
    return this.#fail(new Fault('any', 'has no "@type"', expected, near && `"@type" instead of "${near}"`));
  }

  #anyType(url: unknown): MessageDesc | undefined {
    const expected = `${TYPE_URL_PREFIX}<the name of a message>`;
    if (typeof url !== 'string') return this.#fail(wrongType(url, expected));
    const name = typeNameOf(url);
    const desc = this.#pool.message(name);
    if (url.indexOf('/') < 1) {
      const suggestion = desc && `${TYPE_URL_PREFIX}${name}`;
      return this.#fail(new Fault('any', `${shown(url)} is not a type URL`, expected, suggestion));
    }
    if (desc !== undefined) return desc;
    const near = nearestType(name, this.#pool);
    const message = `there is no message ${name} in the API`;
    return this.#fail(new Fault('unknown-type', message, expected, near && `${TYPE_URL_PREFIX}${near}`));
  }

  /** `{"@type": ".../google.protobuf.Duration", "value": "1s"}` */
  #anyValue(desc: MessageDesc, value: Plain): Message | undefined {
    for (const key of Object.keys(value)) {
      if (key === '@type' || key === 'value') continue;
      this.#path.push(key);
      this.#keyError('unknown-field', `${shortName(desc.fullName)} has only "value" beside "@type"`);
      this.#path.pop();
    }
    if (!('value' in value)) return { $type: desc.fullName };
    this.#path.push('value');
    const made = this.#message(desc, value.value);
    this.#path.pop();
    return made;
  }

  #unknownField(desc: MessageDesc, key: string): void {
    if (this.#unknown === 'ignore') return;
    const camel = /[A-Z]/.test(key);
    const names = desc.fields.map((field) => (camel ? field.jsonName : field.name));
    const message = `${shortName(desc.fullName)} has no field ${JSON.stringify(key)}`;
    const details = { keyError: true, suggestion: nearest(key, names) };
    if (this.#unknown === 'warn') {
      this.#diagnostics.warning(this.#path, 'unknown-field', message, details);
    } else this.#diagnostics.error(this.#path, 'unknown-field', message, details);
  }

  #keyError(code: string, message: string, expected?: string): void {
    this.#diagnostics.error(this.#path, code, message, { expected, keyError: true });
  }

  #fail(fault: Fault, keyError = false): undefined {
    this.#report('error', fault, keyError);
    return undefined;
  }

  #report(severity: 'error' | 'warning', fault: Fault, keyError = false): void {
    const { code, message, expected, suggestion } = fault;
    this.#diagnostics[severity](this.#path, code, message, { expected, suggestion, keyError });
  }
}

function isPlain(value: unknown): value is Plain {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
  );
}

/** What is `undefined` in an object that a program made is not set either. */
const isNull = (value: unknown): boolean => value === null || value === undefined;

/** To these null is a value; to all others it says that the field is not set. */
function takesNull(field: FieldDesc): boolean {
  return field.typeName === NULL_VALUE || (field.typeName === VALUE && field.map === undefined);
}

/** What null is in a list or map, as Envoy reads it. */
function emptyItem(field: FieldDesc): FieldValue {
  switch (field.type) {
    case 'message':
      return { $type: field.typeName ?? '' };
    case 'string':
      return '';
    case 'bytes':
      return new Uint8Array();
    case 'bool':
      return false;
    default:
      return field.type.endsWith('64') ? 0n : 0;
  }
}

/** The member of the field's oneof that is set already. */
function presentRival(field: FieldDesc, message: Message): string | undefined {
  const oneof = field.parent.oneofs.find(({ name }) => name === field.oneof);
  return oneof?.fields.find(({ name }) => message[name] !== undefined)?.name;
}

function deeperThan(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return limit === 0 || Object.values(value).some((inner) => deeperThan(inner, limit - 1));
}

/** `envoy.config.cluster.v3.Cluster.RefreshRate` → `Cluster.RefreshRate` */
function shortName(fullName: string): string {
  return fullName.slice(fullName.search(/\.[A-Z]/) + 1);
}

/** The current message of the same name in another package, or one whose full name is near. */
function nearestType(fullName: string, pool: DescriptorPool): string | undefined {
  const names = [...pool.messageNames()];
  const last = fullName.slice(fullName.lastIndexOf('.'));
  const same = names.filter((name) => name.endsWith(last) && pool.nextVersionOf(name) === undefined);
  return same.length === 1 ? same[0] : (nearest(fullName, same) ?? nearest(fullName, names));
}
