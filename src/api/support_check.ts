import { nearest } from '../nearest.ts';
import type { DescriptorPool, FieldDesc, MessageDesc } from './descriptor.ts';
import type { Diagnostics, Path, PathSegment } from './diagnostics.ts';
import { EarlierErrors } from './earlier_errors.ts';
import { extensionCategory, mapCategory } from './extension_sites.ts';
import { ANY_TYPE, type FieldValue, type Message, typeNameOf } from './message.ts';
import type { FieldSupport, Implemented, SupportRegistry } from './support.ts';
import { holdsTypedStruct, isTypedStruct, namedType } from './typed_struct.ts';
import { decodeAny, WireError } from './wire.ts';

/** Ways of giving an extension its settings other than inline. */
const CONFIGURED = ['typed_config', 'config_discovery'];

/**
 * Refuses everything in a message that is not implemented, each by name and place. A field that is set
 * to what it would be unset (false, 0, an empty list) is no wish and passes. Takes messages that are
 * not valid too, so that everything can be told at once.
 */
export function checkSupport(
  pool: DescriptorPool,
  registry: SupportRegistry,
  message: Message,
  path: Path,
  diagnostics: Diagnostics,
): void {
  const desc = pool.message(message.$type);
  if (desc === undefined) throw new Error(`a message of the unknown type ${message.$type}`);
  new Checker(pool, registry, path, diagnostics).message(desc, message, NOWHERE);
}

/** What the field that holds a message says about it. */
type Place = {
  readonly category: string | undefined;
  readonly without: readonly string[] | undefined;
  /** The field itself; none: the message is a resource. */
  readonly holder?: { readonly desc: MessageDesc; readonly field: FieldDesc };
  /** An extension that is not there is left out. */
  readonly optional?: boolean;
};
const NOWHERE: Place = { category: undefined, without: undefined };
/** Goes around what a route sets of a filter. */
const FILTER_CONFIG = 'envoy.config.route.v3.FilterConfig';

/** What is always the same about a field. */
type Known = { readonly support: FieldSupport | undefined; readonly category: string | undefined };

class Checker {
  readonly #pool: DescriptorPool;
  readonly #registry: SupportRegistry;
  readonly #diagnostics: Diagnostics;
  readonly #before: EarlierErrors;
  readonly #known = new Map<FieldDesc, Known>();
  /** Where the walk is; copied only for a finding. */
  readonly #path: PathSegment[];

  constructor(pool: DescriptorPool, registry: SupportRegistry, path: Path, diagnostics: Diagnostics) {
    this.#pool = pool;
    this.#registry = registry;
    this.#path = [...path];
    this.#diagnostics = diagnostics;
    this.#before = new EarlierErrors(diagnostics);
  }

  message(desc: MessageDesc, message: Message, place: Place): void {
    if (desc.wellKnown) {
      if (desc.fullName === ANY_TYPE) this.#any(message, place);
      return;
    }
    this.#nameAlone(desc, message, place);
    for (const name in message) {
      const value = message[name];
      const field = value === undefined ? undefined : desc.field(name);
      if (value === undefined || field === undefined || isDefault(field, value)) continue;
      this.#path.push(name);
      this.#field(desc, field, value, message, place);
      this.#path.pop();
    }
  }

  #field(desc: MessageDesc, field: FieldDesc, value: FieldValue, message: Message, place: Place): void {
    const { support, category } = this.#knownOf(desc, field);
    if (support === undefined || place.without?.includes(field.name)) {
      this.#refuse(`${field.name} of ${shortName(desc.fullName)} is not supported by attache yet`, true);
      return;
    }
    if (isOutside(support, place)) {
      this.#refuse(`${field.name} of ${shortName(desc.fullName)} is not supported here`, true);
      return;
    }
    const unsupported = support.only?.(value, message);
    if (unsupported !== undefined) {
      this.#refuse(`${unsupported} is not supported by attache yet`);
      return;
    }
    if (support.kind === 'harmless' || support.opaque) return;
    const item = field.map?.value ?? field;
    if (item.message === undefined && item.enum === undefined) return;
    // An Any has the category of the message that holds it, unless its field says another.
    const inherits = category === undefined && field.map === undefined && item.typeName === ANY_TYPE;
    this.#values(item, support, value, {
      category: inherits ? (place.category ?? extensionCategory(desc.fullName)) : category,
      without: support.without,
      holder: { desc, field },
      optional: message.is_optional === true,
    });
  }

  #knownOf(desc: MessageDesc, field: FieldDesc): Known {
    let known = this.#known.get(field);
    if (known === undefined) {
      known = {
        support: this.#registry.field(desc.fullName, field.name),
        category: categoryOf(desc, field),
      };
      this.#known.set(field, known);
    }
    return known;
  }

  /** Each of a list's or map's values. */
  #values(item: FieldDesc, support: Implemented, value: FieldValue, place: Place): void {
    if (value instanceof Map) {
      for (const [key, one] of value) this.#value(item, support, one, place, String(key));
    } else if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) this.#value(item, support, value[i] as FieldValue, place, i);
    } else this.#value(item, support, value, place);
  }

  #value(item: FieldDesc, support: Implemented, value: FieldValue, place: Place, at?: PathSegment): void {
    if (at !== undefined) this.#path.push(at);
    if (item.message !== undefined) this.message(item.message, value as Message, place);
    else this.#enumValue(item, support, value as number);
    if (at !== undefined) this.#path.pop();
  }

  #enumValue(field: FieldDesc, support: Implemented, value: number): void {
    const name = field.enum?.byNumber(value) ?? String(value);
    const accepted = this.#registry.acceptedValues(field, support);
    if (accepted?.has(name)) return;
    this.#diagnostics.error(this.#path, 'unsupported', `${name} is not supported by attache yet`, {
      expected: accepted === undefined ? undefined : `one of ${[...accepted].join(', ')}`,
      suggestion: nearest(name, accepted ?? []),
    });
  }

  /** Since v3 the type of the settings chooses the extension; Envoy too refuses a bare name. */
  #nameAlone(desc: MessageDesc, message: Message, place: Place): void {
    const { name } = message;
    if (typeof name !== 'string' || desc.field('typed_config') === undefined) return;
    const category = place.category ?? extensionCategory(desc.fullName);
    if (category === undefined) return;
    if (CONFIGURED.some((field) => message[field] !== undefined || this.#before.at([...this.#path, field])))
      return;
    const known = this.#registry.extensionNamed(name, category);
    this.#diagnostics.error(this.#path, 'extension', `${JSON.stringify(name)} has no typed_config`, {
      expected:
        known === undefined
          ? `typed_config with the type of ${article(category)}`
          : `typed_config: {"@type": type.googleapis.com/${known.type}}`,
    });
  }

  #any(any: Message, { category, optional }: Place): void {
    const wrapped = holdsTypedStruct(any);
    const type = wrapped
      ? this.#wrappedType(any)
      : typeNameOf(typeof any.type_url === 'string' ? any.type_url : '');
    const extension = this.#registry.extensionOfType(type, category);
    const plain = category === undefined && this.#registry.fields(type).size > 0;
    if (extension === undefined && !plain && type !== FILTER_CONFIG) {
      // Without a type the settings of a filter only switch it on.
      if (optional !== true && type !== '') this.#unknownExtension(type, category);
      return;
    }
    const decoded = this.#decode(any);
    const desc = decoded && this.#pool.message(decoded.$type);
    if (decoded === undefined || desc === undefined) return;
    if (wrapped) this.#path.push('value');
    this.message(desc, decoded, NOWHERE);
    if (wrapped) this.#path.pop();
  }

  /** Of what a TypedStruct holds, known or not. */
  #wrappedType(any: Message): string {
    const opened = this.#decode(any);
    if (opened === undefined) return '';
    return isTypedStruct(opened.$type) ? namedType(opened) : opened.$type;
  }

  /** Bytes that are malformed are for validate() to report. */
  #decode(any: Message): Message | undefined {
    try {
      return decodeAny(this.#pool, any);
    } catch (error) {
      if (error instanceof WireError) return undefined;
      throw error;
    }
  }

  #unknownExtension(type: string, category: string | undefined): void {
    const available = this.#registry.extensions.filter(
      (e) => category === undefined || e.category === category,
    );
    const types = available.flatMap((e) => [e.type, ...(e.overrides ?? [])]);
    const elsewhere = category === undefined ? undefined : this.#registry.extensionOfType(type);
    const message =
      elsewhere !== undefined
        ? `${elsewhere.name} is ${article(elsewhere.category)}, not ${article(category ?? '')}`
        : this.#pool.message(type) === undefined
          ? `there is no extension of the type ${type}`
          : `the extension of the type ${type} is not supported by attache yet`;
    this.#diagnostics.error([...this.#path, '@type'], 'unsupported-extension', message, {
      expected:
        category === undefined || available.length === 0
          ? undefined
          : `one of ${available.map((e) => e.name).join(', ')}`,
      suggestion: nearest(type, types),
    });
  }

  #refuse(message: string, keyError = false): void {
    this.#diagnostics.error(this.#path, 'unsupported', message, { keyError });
  }
}

/** What kind of extension a field holds, where the field tells. */
function categoryOf(desc: MessageDesc, field: FieldDesc): string | undefined {
  if (field.map !== undefined) return mapCategory(desc.fullName, field.name);
  const type = field.message?.fullName;
  return type === undefined ? undefined : extensionCategory(type, desc.fullName, field.name);
}

/** Whether the field works in other places, and not in this one. */
function isOutside(support: FieldSupport, { holder }: Place): boolean {
  if (support.kind !== 'implemented' || support.inside === undefined) return false;
  return holder === undefined || !support.inside.includes(`${holder.desc.fullName}.${holder.field.name}`);
}

function isDefault(field: FieldDesc, value: FieldValue): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (value instanceof Map) return value.size === 0;
  if (field.presence) return false;
  return (
    value === false ||
    value === 0 ||
    value === 0n ||
    value === '' ||
    (value instanceof Uint8Array && value.length === 0)
  );
}

/** `config.cluster.v3.Cluster` → `Cluster`; nested messages keep their parents. */
function shortName(fullName: string): string {
  const parts = fullName.split('.');
  const first = parts.findIndex((part) => /^[A-Z]/.test(part));
  return parts.slice(Math.max(0, first)).join('.');
}

/** `envoy.filters.http` → `an extension of envoy.filters.http`. */
function article(category: string): string {
  return `an extension of ${category}`;
}
