import type { DescriptorPool, EnumDesc, FieldDesc, MessageDesc } from './descriptor.ts';
import type { Diagnostics, Path, PathSegment } from './diagnostics.ts';
import { ANY_TYPE, type FieldValue, type Message } from './message.ts';
import { decodeAny } from './wire.ts';

/**
 * Reports fields and enum values that Envoy's API calls deprecated: a warning for each, an error where Envoy
 * refuses them unless its runtime allows them. Run it on valid messages.
 */
export function checkDeprecated(
  pool: DescriptorPool,
  message: Message,
  path: Path,
  diagnostics: Diagnostics,
): void {
  const desc = pool.message(message.$type);
  if (desc === undefined) throw new Error(`a message of the unknown type ${message.$type}`);
  new Walk(pool, path, diagnostics).message(desc, message);
}

/** What can be deprecated in messages of one type, or hold something that is. */
type Plan = {
  readonly fields: readonly FieldDesc[];
  /** Enums whose default is deprecated: they are looked at when they are not set, too. */
  readonly defaults: ReadonlySet<FieldDesc>;
};

const plans = new WeakMap<MessageDesc, Plan>();

function planOf(desc: MessageDesc): Plan {
  let plan = plans.get(desc);
  if (plan === undefined) {
    const fields = desc.fields.filter(
      (field) =>
        field.deprecated ||
        field.options.disallowedByDefault ||
        holdsMessages(field) ||
        field.enum?.values.some((value) => value.deprecated) === true,
    );
    const defaults = fields.filter((field) => !field.presence && !field.repeated && isGone(field.enum, 0));
    plan = { fields, defaults: new Set(defaults) };
    plans.set(desc, plan);
  }
  return plan;
}

function holdsMessages(field: FieldDesc): boolean {
  const value = field.map?.value ?? field;
  return value.holdsMessage || value.typeName === ANY_TYPE;
}

const isGone = (desc: EnumDesc | undefined, number: number): boolean =>
  desc?.values.find((value) => value.number === number)?.deprecated === true;

class Walk {
  readonly #pool: DescriptorPool;
  readonly #diagnostics: Diagnostics;
  /** Where the walk is; copied only for a finding. */
  readonly #path: PathSegment[];

  constructor(pool: DescriptorPool, path: Path, diagnostics: Diagnostics) {
    this.#pool = pool;
    this.#path = [...path];
    this.#diagnostics = diagnostics;
  }

  message(desc: MessageDesc, message: Message): void {
    if (desc.wellKnown) {
      const inner = desc.fullName === ANY_TYPE ? decodeAny(this.#pool, message) : undefined;
      const type = inner && this.#pool.message(inner.$type);
      if (inner !== undefined && type !== undefined) this.message(type, inner);
      return;
    }
    const { fields, defaults } = planOf(desc);
    for (const field of fields) {
      const value = message[field.name];
      if (value === undefined && !defaults.has(field)) continue;
      this.#path.push(field.name);
      this.#field(desc, field, value);
      this.#path.pop();
    }
  }

  #field(desc: MessageDesc, field: FieldDesc, value: FieldValue | undefined): void {
    if (field.enum !== undefined) this.#enumValues(field.enum, value);
    if (value === undefined || isUnset(field, value)) return;
    const refused = field.options.disallowedByDefault;
    if (field.deprecated || refused) {
      this.#report(`${field.name} of ${lastOf(desc.fullName)} is deprecated`, refused, true);
    }
    const type = (field.map?.value ?? field).message;
    if (type === undefined) return;
    if (value instanceof Map) for (const [key, one] of value) this.#item(type, one, String(key));
    else if (!Array.isArray(value)) this.message(type, value as Message);
    else for (let i = 0; i < value.length; i++) this.#item(type, value[i] as FieldValue, i);
  }

  #item(type: MessageDesc, value: FieldValue, at: PathSegment): void {
    this.#path.push(at);
    this.message(type, value as Message);
    this.#path.pop();
  }

  /** An enum that is not set has a value too, which may be the one that is gone. */
  #enumValues(desc: EnumDesc, value: FieldValue | undefined): void {
    for (const number of Array.isArray(value) ? value : [value ?? 0]) {
      const found = desc.values.find((each) => each.number === number);
      if (found?.deprecated !== true) continue;
      const what = value === undefined ? `its default ${found.name}` : found.name;
      const usable = desc.values.filter((each) => !each.deprecated).map((each) => each.name);
      this.#report(`${what} is deprecated`, found.disallowedByDefault, false, usable);
    }
  }

  #report(message: string, refused: boolean, keyError: boolean, usable?: readonly string[]): void {
    const expected = usable === undefined ? undefined : `one of ${usable.join(', ')}`;
    const details = { expected, keyError };
    if (refused) this.#diagnostics.error(this.#path, 'deprecated', `${message} and refused`, details);
    else this.#diagnostics.warning(this.#path, 'deprecated', message, details);
  }
}

function isUnset(field: FieldDesc, value: FieldValue): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (value instanceof Map) return value.size === 0;
  return !field.presence && (value === false || value === 0 || value === 0n || value === '');
}

function lastOf(fullName: string): string {
  return fullName.slice(fullName.lastIndexOf('.') + 1);
}
