import { DescriptorIndex, type IndexEntry } from './descriptor_index.ts';
import {
  type EnumValueDesc,
  type FieldType,
  type RawField,
  readEnum,
  readField,
  readMessage,
  wordOf,
} from './descriptor_read.ts';
import type { FieldValue, Message } from './message.ts';
import { isMessage } from './message.ts';
import { decodeWire } from './wire.ts';

export type { EnumValueDesc, FieldType } from './descriptor_read.ts';

/** Constraints by kind (`string`, `uint32`, `repeated`, ...) as plain objects: validate.proto's FieldRules. */
export type FieldRules = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export type FieldOptions = {
  /** envoy.annotations: `3.0`, the API version that deprecated it. */
  readonly deprecatedAtMinorVersion?: string;
  /** envoy.annotations: refused unless a runtime flag allows it. */
  readonly disallowedByDefault: boolean;
  /** udpa.annotations: not to be shown (keys, passwords). */
  readonly sensitive: boolean;
  readonly workInProgress: boolean;
  /** udpa.annotations: the field's name in the next version of the API. */
  readonly migrateRename?: string;
  /** udpa.annotations: the oneof that it joins in the next version of the API. */
  readonly migrateOneof?: string;
};

/** A field of a message. What other descriptors or options it needs is looked up when first asked for. */
export class FieldDesc {
  readonly parent: MessageDesc;
  /** snake_case, as in the .proto file. */
  readonly name: string;
  /** camelCase. */
  readonly jsonName: string;
  readonly number: number;
  /** Of a map: `message`, as that is what it is on the wire. */
  readonly type: FieldType;
  /** A list; a map is not one. */
  readonly repeated: boolean;
  /** A list of numbers that is written as one run of bytes. */
  readonly packed: boolean;
  /** Unset differs from the default: messages, members of oneofs, `optional` scalars. */
  readonly presence: boolean;
  readonly deprecated: boolean;
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

  constructor(pool: DescriptorPool, parent: MessageDesc, raw: RawField) {
    const { flags, map } = raw;
    this.#pool = pool;
    this.#raw = raw;
    this.parent = parent;
    this.name = raw.name;
    this.jsonName = raw.jsonName;
    this.number = raw.number;
    this.type = raw.type;
    this.typeName = raw.typeName;
    this.oneof = raw.oneof;
    this.repeated = flags.includes('r');
    this.packed = flags.includes('p');
    this.presence = flags.includes('h');
    this.deprecated = flags.includes('d');
    this.map = map && {
      key: new FieldDesc(pool, parent, { ...NO_FIELD, ...map.key, name: 'key', jsonName: 'key', number: 1 }),
      value: new FieldDesc(pool, parent, {
        ...NO_FIELD,
        ...map.value,
        name: 'value',
        jsonName: 'value',
        number: 2,
        flags: map.value.type === 'message' ? 'h' : '-',
      }),
    };
  }

  /** Whether it holds a message of a type of its own: asked without loading the file of that type. */
  get holdsMessage(): boolean {
    return this.type === 'message' && this.typeName?.startsWith('google.protobuf.') === false;
  }

  get message(): MessageDesc | undefined {
    if (this.type !== 'message' || this.typeName === undefined) return undefined;
    this.#message ??= this.#pool.message(this.typeName);
    return this.#message;
  }

  get enum(): EnumDesc | undefined {
    if (this.type !== 'enum' || this.typeName === undefined) return undefined;
    this.#enum ??= this.#pool.enum(this.typeName);
    return this.#enum;
  }

  get options(): FieldOptions {
    const { flags, words } = this.#raw;
    this.#options ??= {
      deprecatedAtMinorVersion: wordOf(words, 'v'),
      disallowedByDefault: flags.includes('x'),
      sensitive: flags.includes('s'),
      workInProgress: flags.includes('w'),
      migrateRename: wordOf(words, 'n'),
      migrateOneof: wordOf(words, 'm'),
    };
    return this.#options;
  }

  /** `(validate.rules)` */
  get rules(): FieldRules | undefined {
    if (this.#rules !== undefined) return this.#rules;
    const base64 = wordOf(this.#raw.words, 'k');
    if (base64 === undefined) return undefined;
    const rules = decodeWire(this.#pool, 'validate.FieldRules', Buffer.from(base64, 'base64'));
    this.#rules = plain(rules) as FieldRules;
    return this.#rules;
  }
}

const NO_FIELD = { flags: '-', oneof: undefined, map: undefined, words: [] };

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
  /** One of google.protobuf's own, which have neither rules nor deprecated fields. */
  readonly wellKnown: boolean;
  readonly #pool: DescriptorPool;
  readonly #byName = new Map<string, FieldDesc>();
  readonly #byNumber = new Map<number, FieldDesc>();
  #numbered: readonly FieldDesc[] | undefined;

  /** `block`: its lines in descriptors.txt. */
  constructor(pool: DescriptorPool, fullName: string, file: string, block: string) {
    const raw = readMessage(block);
    this.#pool = pool;
    this.fullName = fullName;
    this.file = file;
    this.previousMessageType = raw.previousMessageType;
    this.deprecated = raw.flags.includes('d');
    this.workInProgress = raw.flags.includes('w');
    this.validationDisabled = raw.flags.includes('v');
    this.wellKnown = fullName.startsWith('google.protobuf.');
    this.fields = raw.fields.map((line) => new FieldDesc(pool, this, readField(line)));
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

  /** The full names of the messages declared in it, without the entries of maps. */
  get nestedNames(): readonly string[] {
    return this.#pool.nestedNames(this.fullName);
  }
}

export class EnumDesc {
  readonly fullName: string;
  readonly file: string;
  readonly values: readonly EnumValueDesc[];
  readonly #numbers = new Map<string, number>();
  readonly #names = new Map<number, string>();

  constructor(fullName: string, file: string, block: string) {
    this.fullName = fullName;
    this.file = file;
    this.values = readEnum(block);
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
    const entry = this.#entry(fullName);
    const made =
      entry?.kind === 'message'
        ? new MessageDesc(this, fullName, entry.file, this.#index.block(entry))
        : undefined;
    this.#messages.set(fullName, made);
    return made;
  }

  enum(fullName: string): EnumDesc | undefined {
    if (this.#enums.has(fullName)) return this.#enums.get(fullName);
    const entry = this.#entry(fullName);
    const made =
      entry?.kind === 'enum' ? new EnumDesc(fullName, entry.file, this.#index.block(entry)) : undefined;
    this.#enums.set(fullName, made);
    return made;
  }

  /** The full name of the message that names this one as its former version. Answered from the index. */
  nextVersionOf(fullName: string): string | undefined {
    return this.#entry(fullName)?.next;
  }

  /** The full names of the messages right inside one. */
  nestedNames(fullName: string): readonly string[] {
    const dot = packageEnd(fullName);
    const pkg = fullName.slice(0, dot);
    return this.#index.nested(pkg, fullName.slice(dot + 1)).map((name) => `${pkg}.${name}`);
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

  #entry(fullName: string): IndexEntry | undefined {
    const dot = packageEnd(fullName);
    return this.#index.entry(fullName.slice(0, dot), fullName.slice(dot + 1));
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
