import type { MessageDesc } from '../../api/descriptor.ts';
import { type JsonObject, pool } from './proto.ts';

/** The paths of a google.protobuf.FieldMask in its text form. */
export const parseMask = (text: string): string[][] =>
  text
    .split(',')
    .filter((path) => path !== '')
    .map((path) => path.split('.'));

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether the path names a field of the message. Only its last part may be a repeated field. */
function isValid(
  type: MessageDesc | undefined,
  json: JsonObject,
  [name = '', ...rest]: readonly string[],
): boolean {
  const field = type?.field(name);
  if (field === undefined) return false;
  if (rest.length === 0) return true;
  if (field.repeated || field.message === undefined) return false;
  const value = json[name];
  if (!isObject(value)) return true; // not set: nothing to keep
  const inner = value['@type'];
  const next =
    typeof inner === 'string' ? pool().message(inner.slice(inner.indexOf('/') + 1)) : field.message;
  return isValid(next, value, rest);
}

/** Keeps what the paths name, and what says of which type it is; undefined when a path is not of this message. */
export function applyMask(
  typeName: string,
  json: JsonObject,
  paths: readonly string[][],
): JsonObject | undefined {
  const type = pool().message(typeName);
  if (!paths.every((path) => isValid(type, json, path))) return undefined;
  return kept(json, paths);
}

function kept(json: JsonObject, paths: readonly string[][]): JsonObject {
  const out: JsonObject = {};
  for (const [name, value] of Object.entries(json)) {
    if (name === '@type') {
      out[name] = value;
      continue;
    }
    const own = paths.filter((path) => path[0] === name).map((path) => path.slice(1));
    if (own.length === 0) continue;
    out[name] = own.some((path) => path.length === 0) || !isObject(value) ? value : kept(value, own);
  }
  return out;
}
