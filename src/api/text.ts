import {
  defineMappingTag,
  defineScalarTag,
  load,
  mapTag,
  NOT_RESOLVED,
  nullCoreTag,
  Schema,
  seqTag,
  strTag,
  YAMLException,
} from 'js-yaml';
import type { Diagnostics } from './diagnostics.ts';
import { padFlow } from './flow_indent.ts';
import { boolean, integer } from './scalars.ts';

/**
 * Reads YAML and JSON text the way Envoy does, so that a file means the same here. Plain scalars become:
 * booleans in all of YAML 1.1's spellings (`yes`, `off`, `y`); integers, also `0x1F` and octal `017`, that
 * a double holds exactly; everything else, fractions included, stays a string, which the ProtoJSON rules
 * turn into what the field is. Merge keys (`<<`) are ordinary keys. An entry with a key tagged `!ignore`
 * is dropped.
 */

const boolTag = defineScalarTag<boolean>('tag:yaml.org,2002:bool', {
  implicit: true,
  implicitFirstChars: [...'yYnNtTfFoO'],
  resolve: (source) => boolean(source) ?? NOT_RESOLVED,
  identify: (value) => typeof value === 'boolean',
});

const intTag = defineScalarTag<number | string>('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: [...'-+0123456789'],
  resolve: (source) => integer(source) ?? NOT_RESOLVED,
  identify: (value) => Number.isInteger(value),
});

/** Stands for a key that is tagged `!ignore`. */
class IgnoredKey {}
const IGNORED = new IgnoredKey();

const ignoreTag = defineScalarTag<IgnoredKey>('!ignore', {
  resolve: () => IGNORED,
  identify: () => false,
});

const skippingMapTag = defineMappingTag<Record<string, unknown>>('tag:yaml.org,2002:map', {
  create: mapTag.create,
  identify: mapTag.identify,
  addPair: (carrier, key, value) => (key === IGNORED ? '' : mapTag.addPair(carrier, key, value)),
  has: (carrier, key) => key !== IGNORED && mapTag.has(carrier, key),
  keys: mapTag.keys,
  get: mapTag.get,
});

const ENVOY_SCHEMA: Schema = new Schema([
  strTag,
  seqTag,
  skippingMapTag,
  nullCoreTag,
  boolTag,
  intTag,
  ignoreTag,
]);

/**
 * Parses the text of `file`. Returns the plain value, `{}` for a text without content, and `undefined`
 * after a syntax error, which is then in `diagnostics` with its position. `json`: strict JSON; by default
 * what the file name says, as Envoy decides it.
 */
export function parseText(
  text: string,
  file: string,
  diagnostics: Diagnostics,
  json = /\.json$/i.test(file),
): unknown {
  if (json) return parseJson(text, file, diagnostics);
  if (!/^\s*[^\s#]/m.test(text)) return {};
  const first = tryLoad(text);
  if (first.error === undefined) return first.value ?? {};
  const { text: padded, pads } = padFlow(text);
  const second = first.error.reason === DEFICIENT ? tryLoad(padded) : first;
  if (second.error === undefined) return second.value ?? {};
  const { mark, reason } = second.error;
  const pad = second === first ? 0 : (pads[mark?.line ?? 0] ?? 0);
  const at = mark && { line: mark.line + 1, column: Math.max(1, mark.column + 1 - pad) };
  diagnostics.error([], 'syntax', `not valid YAML: ${reason}`, { file, at });
  return undefined;
}

const DEFICIENT = 'deficient indentation';

function tryLoad(text: string): { value?: unknown; error?: YAMLException } {
  try {
    return { value: load(text, { schema: ENVOY_SCHEMA, maxDepth: 200 }) };
  } catch (error) {
    if (error instanceof YAMLException) return { error };
    throw error;
  }
}

function parseJson(text: string, file: string, diagnostics: Diagnostics): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const found = /position (\d+)/.exec(error.message);
    const before = text.slice(0, found ? Number(found[1]) : text.trimEnd().length);
    const line = before.split('\n').length;
    const at = { line, column: before.length - before.lastIndexOf('\n') };
    const reason = error.message.replace(/ (?:in JSON )?at position .*$/, '');
    diagnostics.error([], 'syntax', `not valid JSON: ${reason}`, { file, at });
    return undefined;
  }
}
