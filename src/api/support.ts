import type { DescriptorPool, FieldDesc, MessageDesc } from './descriptor.ts';
import type { FieldValue } from './message.ts';
import { type SupportCase, samplesOf, supportCases } from './support_cases.ts';

export type { SupportCase } from './support_cases.ts';

/**
 * The registry of what attache implements. Everything else that a configuration sets is refused by name
 * (see support_check.ts); docs/supported.md and the generated cases of the tests come from here too.
 */

type Json = Record<string, unknown>;

export type ImplementedOptions = {
  /** The accepted values of an enum field, by name. Default: what enumValues() says for the enum. */
  readonly enum?: readonly string[];
  /** Says what is not supported about a value (`a regex of more than 1 KB`), or nothing. */
  readonly only?: (value: FieldValue, message: Readonly<Record<string, unknown>>) => string | undefined;
  /** Fields of the message it holds that are declared but do not work in this place. */
  readonly without?: readonly string[];
  /** The only fields (`package.Message.field`) that may hold its message with this field set. Default: all. */
  readonly inside?: readonly string[];
  /** Accept any content: it is passed on as it is (metadata), so what is inside is not looked at. */
  readonly opaque?: boolean;
  /** For docs/supported.md. */
  readonly note?: string;
  /** A value (ProtoJSON) that must change the compiled bytes. Scalars, enums and wrappers have their own. */
  readonly sample?: unknown;
  /** Why it changes no compiled bytes, and so has no generated case. */
  readonly uncompiled?: string;
  /** Other fields of the message that the sample needs to matter. */
  readonly base?: Readonly<Json>;
  /** As of the message, for this field alone. */
  readonly embed?: MessageOptions['embed'];
};

/** The compiler and the data plane act on the field. */
export type Implemented = ImplementedOptions & { readonly kind: 'implemented' };
/** Accepted though nothing acts on it: `reason` says why nobody can tell. */
export type Harmless = Pick<ImplementedOptions, 'only'> & {
  readonly kind: 'harmless';
  readonly reason: string;
};
export type FieldSupport = Implemented | Harmless;

export function implemented(options: ImplementedOptions = {}): Implemented {
  return { ...options, kind: 'implemented' };
}

/** `only` names the values that are not harmless after all, and so not supported. */
export function harmless(reason: string, options: Pick<ImplementedOptions, 'only'> = {}): Harmless {
  return { ...options, kind: 'harmless', reason };
}

export type MessageOptions = {
  /**
   * The smallest JSON of the message that is valid, for the generated cases. Default: `{}`.
   */
  readonly minimal?: Readonly<Json>;
  /** Puts a JSON value of the message into one that contains it, where the shortest way is not the right one. */
  readonly embed?: { readonly message: string; readonly wrap: (json: Json) => Json };
};

export type ExtensionSupport = {
  /** `envoy.filters.http`. */
  readonly category: string;
  /** `envoy.filters.http.router`. */
  readonly name: string;
  /** Former and short names under which it is also known. */
  readonly aliases?: readonly string[];
  /** The message of its `typed_config`, without a prefix. */
  readonly type: string;
  /** The message of its settings per route, if it takes any. */
  readonly overrides?: readonly string[];
  /** The version of attache that first had it. */
  readonly since: string;
};

type Registered = { readonly fields: Map<string, FieldSupport>; options: MessageOptions };

export class SupportRegistry {
  readonly #messages = new Map<string, Registered>();
  readonly #enums = new Map<string, ReadonlySet<string>>();
  readonly #extensions: ExtensionSupport[] = [];

  /** Declares fields of a message; several calls for one message add up. */
  message(name: string, fields: Readonly<Record<string, FieldSupport>>, options?: MessageOptions): this {
    let entry = this.#messages.get(name);
    if (entry === undefined) {
      entry = { fields: new Map(), options: {} };
      this.#messages.set(name, entry);
    }
    for (const [field, support] of Object.entries(fields)) {
      if (entry.fields.has(field)) throw new Error(`${name}.${field} is declared twice`);
      entry.fields.set(field, support);
    }
    entry.options = { ...entry.options, ...options };
    return this;
  }

  /** Declares the values of an enum that work wherever it is used. */
  enumValues(name: string, values: readonly string[]): this {
    if (this.#enums.has(name)) throw new Error(`${name} is declared twice`);
    this.#enums.set(name, new Set(values));
    return this;
  }

  extension(extension: ExtensionSupport): this {
    const { category, name } = extension;
    if (this.#extensions.some((e) => e.category === category && e.name === name)) {
      throw new Error(`${name} is declared twice in ${category}`);
    }
    this.#extensions.push(extension);
    return this;
  }

  field(message: string, field: string): FieldSupport | undefined {
    return this.#messages.get(message)?.fields.get(field);
  }

  /** The fields of a message that are declared. */
  fields(message: string): ReadonlyMap<string, FieldSupport> {
    return this.#messages.get(message)?.fields ?? new Map();
  }

  options(message: string): MessageOptions {
    return this.#messages.get(message)?.options ?? {};
  }

  get messages(): readonly string[] {
    return [...this.#messages.keys()].sort();
  }

  get extensions(): readonly ExtensionSupport[] {
    return this.#extensions;
  }

  /** The extension of a type. Without a category: of any, as not every place tells its own. */
  extensionOfType(type: string, category?: string): ExtensionSupport | undefined {
    return this.#extensions.find(
      (e) =>
        (category === undefined || e.category === category) &&
        (e.type === type || e.overrides?.includes(type)),
    );
  }

  extensionNamed(name: string, category?: string): ExtensionSupport | undefined {
    return this.#extensions.find(
      (e) =>
        (category === undefined || e.category === category) && (e.name === name || e.aliases?.includes(name)),
    );
  }

  /** The accepted values of an enum field; `undefined` when nothing is declared. */
  acceptedValues(field: FieldDesc, support: Implemented): ReadonlySet<string> | undefined {
    if (support.enum !== undefined) return new Set(support.enum);
    return field.enum === undefined ? undefined : this.#enums.get(field.enum.fullName);
  }

  /** Declarations that the API does not know, or that lack values or a sample: for a test. */
  problems(pool: DescriptorPool): string[] {
    const found: string[] = [];
    for (const [name, { fields }] of this.#messages) {
      const desc = pool.message(name);
      if (desc === undefined) {
        found.push(`there is no message ${name}`);
        continue;
      }
      for (const [field, support] of fields) found.push(...this.#fieldProblems(desc, field, support));
    }
    for (const [name, values] of this.#enums) {
      const desc = pool.enum(name);
      if (desc === undefined) found.push(`there is no enum ${name}`);
      for (const value of values) {
        if (desc?.byName(value) === undefined) found.push(`${name} has no value ${value}`);
      }
    }
    for (const { name, type, overrides = [] } of this.#extensions) {
      for (const each of [type, ...overrides]) {
        if (pool.message(each) === undefined) found.push(`${name}: there is no message ${each}`);
      }
    }
    return found;
  }

  #fieldProblems(desc: MessageDesc, name: string, support: FieldSupport): string[] {
    const field = desc.field(name);
    const where = `${desc.fullName}.${name}`;
    if (field === undefined || field.name !== name) return [`there is no field ${where}`];
    if (support.kind !== 'implemented') return [];
    if (field.enum === undefined) {
      return samplesOf(this, field, support) === undefined
        ? [`${where} is implemented and needs a sample`]
        : [];
    }
    const accepted = this.acceptedValues(field, support);
    if (accepted === undefined) return [`${where} is an enum without declared values`];
    return [...accepted]
      .filter((value) => field.enum?.byName(value) === undefined)
      .map((value) => `${where} has no value ${value}`);
  }

  /** One case for each implemented field: set it, and the compiled bytes must differ. */
  cases(pool: DescriptorPool, resources?: readonly string[]): Generator<SupportCase> {
    return supportCases(pool, this, resources);
  }
}
