import { nearest } from '../nearest.ts';
import type { DescriptorPool, FieldDesc, MessageDesc } from './descriptor.ts';
import type { Diagnostics, Path } from './diagnostics.ts';
import { EarlierErrors } from './earlier_errors.ts';
import { extensionCategory, mapCategory } from './extension_sites.ts';
import { ANY_TYPE, type FieldValue, type Message, typeNameOf } from './message.ts';
import type { Implemented, SupportRegistry } from './support.ts';
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
  new Checker(pool, registry, diagnostics).message(desc, message, path, undefined);
}

/** What the field that holds a message says about it. */
type Place = { readonly category: string | undefined; readonly without?: readonly string[] };

class Checker {
  readonly #pool: DescriptorPool;
  readonly #registry: SupportRegistry;
  readonly #diagnostics: Diagnostics;
  readonly #before: EarlierErrors;

  constructor(pool: DescriptorPool, registry: SupportRegistry, diagnostics: Diagnostics) {
    this.#pool = pool;
    this.#registry = registry;
    this.#diagnostics = diagnostics;
    this.#before = new EarlierErrors(diagnostics);
  }

  message(desc: MessageDesc, message: Message, path: Path, place: Place | undefined): void {
    if (desc.fullName === ANY_TYPE) {
      this.#any(message, path, place?.category);
      return;
    }
    if (desc.fullName.startsWith('google.protobuf.')) return;
    this.#nameAlone(desc, message, path, place);
    for (const field of desc.fields) {
      const value = message[field.name];
      if (value === undefined || isDefault(field, value)) continue;
      this.#field(desc, field, value, message, [...path, field.name], place);
    }
  }

  #field(
    desc: MessageDesc,
    field: FieldDesc,
    value: FieldValue,
    message: Message,
    path: Path,
    place: Place | undefined,
  ): void {
    const support = this.#registry.field(desc.fullName, field.name);
    if (support === undefined || place?.without?.includes(field.name)) {
      this.#refuse(
        path,
        `${field.name} of ${shortName(desc.fullName)} is not supported by attache yet`,
        true,
      );
      return;
    }
    const unsupported = support.only?.(value, message);
    if (unsupported !== undefined) {
      this.#refuse(path, `${unsupported} is not supported by attache yet`);
      return;
    }
    if (support.kind === 'harmless' || support.opaque) return;
    this.#values(desc, field, support, value, path, place);
  }

  /** Each of a list's or map's values. */
  #values(
    desc: MessageDesc,
    field: FieldDesc,
    support: Implemented,
    value: FieldValue,
    path: Path,
    place: Place | undefined,
  ): void {
    const item = field.map?.value ?? field;
    if (item.message === undefined && item.enum === undefined) return;
    const category = this.#category(desc, field, item, place);
    const each = (one: FieldValue, at: Path): void => {
      if (item.message !== undefined)
        this.message(item.message, one as Message, at, { category, without: support.without });
      else this.#enumValue(item, support, one as number, at);
    };
    if (value instanceof Map) for (const [key, one] of value) each(one, [...path, String(key)]);
    else if (Array.isArray(value))
      for (const [i, one] of value.entries()) each(one as FieldValue, [...path, i]);
    else each(value, path);
  }

  /** What kind of extension a field holds: by the field, or inherited by the `typed_config` of its holder. */
  #category(
    desc: MessageDesc,
    field: FieldDesc,
    item: FieldDesc,
    place: Place | undefined,
  ): string | undefined {
    const type = item.message?.fullName;
    if (type === undefined) return undefined;
    if (field.map !== undefined) return mapCategory(desc.fullName, field.name);
    const own = extensionCategory(type, desc.fullName, field.name);
    if (own !== undefined || type !== ANY_TYPE) return own;
    return place?.category ?? extensionCategory(desc.fullName);
  }

  #enumValue(field: FieldDesc, support: Implemented, value: number, path: Path): void {
    const name = field.enum?.byNumber(value) ?? String(value);
    const accepted = this.#registry.acceptedValues(field, support);
    if (accepted?.has(name)) return;
    this.#diagnostics.error(path, 'unsupported', `${name} is not supported by attache yet`, {
      expected: accepted === undefined ? undefined : `one of ${[...accepted].join(', ')}`,
      suggestion: nearest(name, accepted ?? []),
    });
  }

  /** Since v3 the type of the settings chooses the extension; Envoy too refuses a bare name. */
  #nameAlone(desc: MessageDesc, message: Message, path: Path, place: Place | undefined): void {
    const category = place?.category ?? extensionCategory(desc.fullName);
    const { name } = message;
    if (category === undefined || typeof name !== 'string') return;
    if (desc.field('typed_config') === undefined) return;
    if (CONFIGURED.some((field) => message[field] !== undefined || this.#before.at([...path, field]))) return;
    const known = this.#registry.extensionNamed(name, category);
    this.#diagnostics.error(path, 'extension', `${JSON.stringify(name)} has no typed_config`, {
      expected:
        known === undefined
          ? `typed_config with the type of ${article(category)}`
          : `typed_config: {"@type": type.googleapis.com/${known.type}}`,
    });
  }

  #any(any: Message, path: Path, category: string | undefined): void {
    const type = typeNameOf(typeof any.type_url === 'string' ? any.type_url : '');
    const extension = this.#registry.extensionOfType(type, category);
    const plain = category === undefined && this.#registry.fields(type).size > 0;
    if (extension === undefined && !plain) {
      this.#unknownExtension(type, path, category);
      return;
    }
    const decoded = this.#decode(any);
    const desc = decoded && this.#pool.message(decoded.$type);
    if (decoded !== undefined && desc !== undefined) this.message(desc, decoded, path, undefined);
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

  #unknownExtension(type: string, path: Path, category: string | undefined): void {
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
    this.#diagnostics.error([...path, '@type'], 'unsupported-extension', message, {
      expected:
        category === undefined || available.length === 0
          ? undefined
          : `one of ${available.map((e) => e.name).join(', ')}`,
      suggestion: nearest(type, types),
    });
  }

  #refuse(path: Path, message: string, keyError = false): void {
    this.#diagnostics.error(path, 'unsupported', message, { keyError });
  }
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
