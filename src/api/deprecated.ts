import type { DescriptorPool, EnumDesc, FieldDesc, MessageDesc } from './descriptor.ts';
import type { Diagnostics, Path } from './diagnostics.ts';
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
  walk(pool, desc, message, path, diagnostics);
}

const plans = new WeakMap<MessageDesc, readonly FieldDesc[]>();

/** The fields that can be deprecated or hold something that is. */
function planOf(desc: MessageDesc): readonly FieldDesc[] {
  let plan = plans.get(desc);
  if (plan === undefined) {
    plan = desc.fields.filter(
      (field) =>
        field.deprecated ||
        field.options.disallowedByDefault ||
        (field.map?.value ?? field).type === 'message' ||
        field.enum?.values.some((value) => value.deprecated) === true,
    );
    plans.set(desc, plan);
  }
  return plan;
}

function walk(
  pool: DescriptorPool,
  desc: MessageDesc,
  message: Message,
  path: Path,
  diagnostics: Diagnostics,
): void {
  if (desc.fullName === ANY_TYPE) {
    const inner = decodeAny(pool, message);
    const type = inner && pool.message(inner.$type);
    if (inner !== undefined && type !== undefined) walk(pool, type, inner, path, diagnostics);
    return;
  }
  if (desc.fullName.startsWith('google.protobuf.')) return;
  for (const field of planOf(desc)) {
    const value = message[field.name];
    if (field.enum !== undefined) enumValues(field, field.enum, value, [...path, field.name], diagnostics);
    if (value === undefined || isUnset(field, value)) continue;
    const at = [...path, field.name];
    if (field.deprecated || field.options.disallowedByDefault) {
      const refused = field.options.disallowedByDefault;
      report(diagnostics, at, `${field.name} of ${lastOf(desc.fullName)} is deprecated`, refused, true);
    }
    const type = (field.map?.value ?? field).message;
    if (type === undefined) continue;
    const each = (one: FieldValue, place: Path): void => walk(pool, type, one as Message, place, diagnostics);
    if (value instanceof Map) for (const [key, one] of value) each(one, [...at, String(key)]);
    else if (Array.isArray(value))
      for (const [i, one] of value.entries()) each(one as FieldValue, [...at, i]);
    else each(value, at);
  }
}

/** An enum that is not set has a value too, which may be the one that is gone. */
function enumValues(
  field: FieldDesc,
  desc: EnumDesc,
  value: FieldValue | undefined,
  path: Path,
  diagnostics: Diagnostics,
): void {
  if (value === undefined && (field.presence || field.repeated)) return;
  for (const number of Array.isArray(value) ? value : [value ?? 0]) {
    const found = desc.values.find((each) => each.number === number);
    if (found?.deprecated !== true) continue;
    const what = value === undefined ? `its default ${found.name}` : found.name;
    const usable = desc.values.filter((each) => !each.deprecated).map((each) => each.name);
    report(diagnostics, path, `${what} is deprecated`, found.disallowedByDefault, false, usable);
  }
}

function report(
  diagnostics: Diagnostics,
  path: Path,
  message: string,
  refused: boolean,
  keyError: boolean,
  usable?: readonly string[],
): void {
  const expected = usable === undefined ? undefined : `one of ${usable.join(', ')}`;
  if (refused) diagnostics.error(path, 'deprecated', `${message} and refused`, { expected, keyError });
  else diagnostics.warning(path, 'deprecated', message, { expected, keyError });
}

function isUnset(field: FieldDesc, value: FieldValue): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (value instanceof Map) return value.size === 0;
  return !field.presence && (value === false || value === 0 || value === 0n || value === '');
}

function lastOf(fullName: string): string {
  return fullName.slice(fullName.lastIndexOf('.') + 1);
}
