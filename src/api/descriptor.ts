import { DescriptorIndex, type IndexEntry } from './descriptor_index.ts';
import {
  type FieldOptions,
  type FieldType,
  type RawEnumValue,
  type RawField,
  type RawMessage,
  readEnum,
  readFieldOptions,
  readMessage,
} from './descriptor_read.ts';
import type { FieldValue, Message } from './message.ts';
import { isMessage } from './message.ts';
import { decodeWire } from './wire.ts';

export type { FieldType, RawEnumValue as EnumValueDesc } from './descriptor_read.ts';

/** Constraints by kind (`string`, `uint32`, `repeated`, ...) as plain objects: validate.proto's FieldRules. */
export type FieldRules = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const NO_OPTIONS: FieldOptions = {
  deprecated: false,
  disallowedByDefault: false,
  sensitive: false,
  workInProgress: false,
};

/** A field of a message. What other descriptors or options it needs is looked up when first asked for. */
export class FieldDesc {
  readonly parent: MessageDesc;
  /** snake_case, as in the .proto file. */
  readonly name: string;
  /** camelCase. */
  readonly jsonName: string;
  readonly number: number;
  readonly type: FieldType;
  /** A list; a map is not one. */
  readonly repeated: boolean;
  /** A list of numbers that is written as one run of bytes. */
  readonly packed: boolean;
  /** Unset differs from the default: messages, members of oneofs, `optional` scalars. */
  readonly presence: boolean;
  /** The oneof it is a member of; not the one that `optional` makes. */
  readonly oneof: string | undefined;
  /** The full name of its message or enum, without a leading dot. */
  readonly typeName: string | undefined;
  /** Of a map field. */
  readonly map: { readonly key: FieldDesc; readonly value: FieldDesc } | undefined;
  readonly #pool: DescriptorPool;
  readonly #raw: RawField;
  #message: MessageDesc | undefined;
  #enum: EnumDesc | undefined;
  #options: FieldOptions | undefined;
  #rules: FieldRules | undefined;

  constructor(pool: DescriptorPool, parent: MessageDesc, raw: RawField, entry: MessageDesc | undefined) {
    this.#pool = pool;
    this.#raw = raw;
    this.parent = parent;
    this.name = raw.name;
    this.jsonName = raw.jsonName;
    this.number = raw.number;
    this.type = raw.type;
    this.typeName = raw.typeName;
    this.oneof = raw.optional ? undefined : parent.oneofName(raw.oneofIndex);
    const [key, value] = entry?.fields ?? [];
    this.map = key !== undefined && value !== undefined ? { key, value } : undefined;
    this.repeated = raw.label === 'repeated' && this.map === undefined;
    const numeric = raw.type !== 'string' && raw.type !== 'bytes' && raw.type !== 'message';
    this.packed = this.repeated && numeric && (raw.packed ?? parent.syntax === 3);
    this.presence =
      raw.label !== 'repeated' &&
      (raw.type === 'message' || raw.oneofIndex !== undefined || parent.syntax === 2);
  }

  get message(): MessageDesc | undefined {
    if (this.type !== 'message' || this.map !== undefined || this.typeName === undefined) return undefined;
    this.#message ??= this.#pool.message(this.typeName);
    return this.#message;
  }

  get enum(): EnumDesc | undefined {
    if (this.type !== 'enum' || this.typeName === undefined) return undefined;
    this.#enum ??= this.#pool.enum(this.typeName);
    return this.#enum;
  }

  get options(): FieldOptions {
    if (this.#options === undefined) {
      this.#options = this.#raw.options === undefined ? NO_OPTIONS : readFieldOptions(this.#raw.options);
    }
    return this.#options;
  }

  get deprecated(): boolean {
    return this.options.deprecated;
  }

  /** `(validate.rules)` */
  get rules(): FieldRules | undefined {
    const bytes = this.options.rules;
    if (bytes === undefined) return undefined;
    this.#rules ??= plain(decodeWire(this.#pool, 'validate.FieldRules', bytes)) as FieldRules;
    return this.#rules;
  }
}

export type OneofDesc = {
  readonly name: string;
  /** `(validate.required)` */
  readonly required: boolean;
  readonly fields: readonly FieldDesc[];
};

export class MessageDesc {
  readonly fullName: string;
  /** The .proto file. */
  readonly file: string;
  readonly syntax: 2 | 3;
  /** In the order of the .proto file. */
  readonly fields: readonly FieldDesc[];
  /** Without those that `optional` makes. */
  readonly oneofs: readonly OneofDesc[];
  /** The full name of the message of the former API version that it grew from. */
  readonly previousMessageType: string | undefined;
  /** `(validate.disabled)` or `(validate.ignored)`: its rules do not count. */
  readonly validationDisabled: boolean;
  readonly deprecated: boolean;
  readonly workInProgress: boolean;
  readonly #pool: DescriptorPool;
  readonly #raw: RawMessage;
  readonly #byName = new Map<string, FieldDesc>();
  readonly #byNumber = new Map<number, FieldDesc>();
  #numbered: readonly FieldDesc[] | undefined;

  constructor(
    pool: DescriptorPool,
    fullName: string,
    source: { readonly file: string; readonly syntax: 2 | 3 },
    bytes: Uint8Array,
  ) {
    const raw = readMessage(bytes);
    this.#pool = pool;
    this.#raw = raw;
    this.fullName = fullName;
    this.file = source.file;
    this.syntax = source.syntax;
    this.previousMessageType = raw.previousMessageType;
    this.validationDisabled = raw.validationDisabled;
    this.deprecated = raw.deprecated;
    this.workInProgress = raw.workInProgress;
    this.fields = raw.fields.map((field) => new FieldDesc(pool, this, field, this.#mapEntry(field)));
    for (const field of this.fields) {
      this.#byNumber.set(field.number, field);
      this.#byName.set(field.jsonName, field);
    }
    for (const field of this.fields) this.#byName.set(field.name, field);
    this.oneofs = raw.oneofs
      .map(({ name, required }) => ({
        name,
        required,
        fields: this.fields.filter((field) => field.oneof === name),
      }))
      .filter((oneof) => oneof.fields.length > 0);
  }

  /** The field of a snake_case or camelCase name. */
  field(name: string): FieldDesc | undefined {
    return this.#byName.get(name);
  }

  fieldByNumber(number: number): FieldDesc | undefined {
    return this.#byNumber.get(number);
  }

  /** The fields in the order of their numbers: how they are written on the wire. */
  get numbered(): readonly FieldDesc[] {
    this.#numbered ??= [...this.fields].sort((a, b) => a.number - b.number);
    return this.#numbered;
  }

  oneofName(index: number | undefined): string | undefined {
    return index === undefined ? undefined : this.#raw.oneofs[index]?.name;
  }

  /** The full names of the messages declared in it, without the entries of maps. */
  get nestedNames(): readonly string[] {
    return [...this.#raw.nested]
      .filter(([, nested]) => !nested.mapEntry)
      .map(([name]) => `${this.fullName}.${name}`);
  }

  /** A message declared in it. */
  nestedMessage(name: string): MessageDesc | undefined {
    const nested = this.#raw.nested.get(name);
    return nested && new MessageDesc(this.#pool, `${this.fullName}.${name}`, this, nested.bytes);
  }

  /** An enum declared in it. */
  nestedEnum(name: string): EnumDesc | undefined {
    const bytes = this.#raw.enums.get(name);
    return bytes && new EnumDesc(`${this.fullName}.${name}`, this.file, bytes);
  }

  #mapEntry(field: RawField): MessageDesc | undefined {
    if (field.type !== 'message' || field.label !== 'repeated') return undefined;
    const prefix = `${this.fullName}.`;
    if (field.typeName?.startsWith(prefix) !== true) return undefined;
    const name = field.typeName.slice(prefix.length);
    return this.#raw.nested.get(name)?.mapEntry ? this.nestedMessage(name) : undefined;
  }
}

export class EnumDesc {
  readonly fullName: string;
  readonly file: string;
  readonly values: readonly RawEnumValue[];
  readonly #numbers = new Map<string, number>();
  readonly #names = new Map<number, string>();

  constructor(fullName: string, file: string, bytes: Uint8Array) {
    this.fullName = fullName;
    this.file = file;
    this.values = readEnum(bytes);
    for (const { name, number } of this.values) {
      this.#numbers.set(name, number);
      if (!this.#names.has(number)) this.#names.set(number, name);
    }
  }

  byName(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  /** The first name of a number. */
  byNumber(number: number): string | undefined {
    return this.#names.get(number);
  }
}

let shared: DescriptorPool | undefined;

/** Envoy's API. Descriptors are made when first asked for and kept. */
export class DescriptorPool {
  readonly #index: DescriptorIndex;
  readonly #messages = new Map<string, MessageDesc | undefined>();
  readonly #enums = new Map<string, EnumDesc | undefined>();

  constructor(index: DescriptorIndex) {
    this.#index = index;
  }

  /** The pool of this thread. */
  static load(): DescriptorPool {
    shared ??= new DescriptorPool(DescriptorIndex.open());
    return shared;
  }

  /** A message by its full name, without a leading dot. */
  message(fullName: string): MessageDesc | undefined {
    if (this.#messages.has(fullName)) return this.#messages.get(fullName);
    const { entry, outer, name } = this.#find(fullName);
    const made =
      entry?.kind === 'message'
        ? new MessageDesc(this, fullName, entry, this.#index.bytes(entry))
        : this.#outer(outer)?.nestedMessage(name);
    this.#messages.set(fullName, made);
    return made;
  }

  enum(fullName: string): EnumDesc | undefined {
    if (this.#enums.has(fullName)) return this.#enums.get(fullName);
    const { entry, outer, name } = this.#find(fullName);
    const made =
      entry?.kind === 'enum'
        ? new EnumDesc(fullName, entry.file, this.#index.bytes(entry))
        : this.#outer(outer)?.nestedEnum(name);
    this.#enums.set(fullName, made);
    return made;
  }

  /** The full name of the message that names this one as its former version. Answered from the index. */
  nextVersionOf(fullName: string): string | undefined {
    const dot = packageEnd(fullName);
    const [top = '', ...nested] = fullName.slice(dot + 1).split('.');
    const next = this.#index.entry(fullName.slice(0, dot), top)?.next;
    if (next === undefined || nested.length === 0) return next;
    const successor = [next, ...nested].join('.');
    return this.message(successor)?.previousMessageType === fullName ? successor : undefined;
  }

  /** The full names of all messages that are not declared in another. */
  messageNames(): Iterable<string> {
    return this.#index.messageNames();
  }

  /** The files of which something was used so far. */
  get loadedFiles(): readonly string[] {
    const used = [...this.#messages.values(), ...this.#enums.values()];
    return [...new Set(used.filter((desc) => desc !== undefined).map((desc) => desc.file))].sort();
  }

  #outer(fullName: string | undefined): MessageDesc | undefined {
    return fullName === undefined ? undefined : this.message(fullName);
  }

  /** The index entry of a top-level name, or the parent of a nested one. */
  #find(fullName: string): { entry?: IndexEntry; outer?: string; name: string } {
    const dot = packageEnd(fullName);
    const last = fullName.lastIndexOf('.');
    const name = fullName.slice(last + 1);
    if (last > dot) return { outer: fullName.slice(0, last), name };
    return { entry: this.#index.entry(fullName.slice(0, dot), name), name };
  }
}

/** The index of the dot after the package: package names have no capitals, messages start with one. */
function packageEnd(fullName: string): number {
  const capital = fullName.search(/\.[A-Z]/);
  return capital < 0 ? fullName.lastIndexOf('.') : capital;
}

/** Without `$type`, all the way down. */
function plain(value: FieldValue): unknown {
  if (Array.isArray(value)) return value.map((item: FieldValue) => plain(item));
  if (!isMessage(value)) return value;
  const entries = Object.entries(value as Message).filter(([name]) => name !== '$type');
  return Object.fromEntries(entries.map(([name, inner]) => [name, plain(inner as FieldValue)]));
}
