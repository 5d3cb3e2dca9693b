import type { Path } from '../api/diagnostics.ts';
import { childOf, type Origins } from '../api/origins.ts';

type Plain = Record<string, unknown>;
const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Merges `over` (from the text `file`) over `base` as protobuf merges messages: messages field by field,
 * lists one after the other, scalars replaced. An Any is replaced as a whole. Remembers where what came
 * from. Changes neither input.
 */
export function mergeOver(
  base: unknown,
  over: unknown,
  origins: Origins,
  file: string,
  path: Path = [],
): unknown {
  if (Array.isArray(base) || Array.isArray(over)) return mergeLists(base, over, origins, file, path);
  if (!isPlain(base) || !isPlain(over) || Object.hasOwn(over, '@type')) {
    if (typeof over === 'object' && over !== null) origins.set(over, { file, path });
    return over;
  }
  const merged: Plain = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const own = childOf(base, name);
    const at = [...path, name];
    if (own === undefined) {
      merged[name] = value;
      origins.setField(merged, name, { file, path: at });
      continue;
    }
    merged[own.key] = mergeOver(own.value, value, origins, file, at);
    if (typeof value !== 'object' || value === null) origins.setField(merged, own.key, { file, path: at });
  }
  return merged;
}

/** A single value stands for a list of one on either side. */
function mergeLists(base: unknown, over: unknown, origins: Origins, file: string, path: Path): unknown[] {
  const first = Array.isArray(base) ? base : base === undefined || base === null ? [] : [base];
  const second = Array.isArray(over) ? over : over === null ? [] : [over];
  const merged = [...first, ...second];
  for (const [index, value] of second.entries()) {
    const place = { file, path: Array.isArray(over) ? [...path, index] : path };
    origins.setField(merged, first.length + index, place);
    if (typeof value === 'object' && value !== null) origins.set(value, place);
  }
  return merged;
}
