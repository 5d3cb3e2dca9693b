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

/**
 * Reads YAML and JSON text the way Envoy does, so that a file means the same here. Plain scalars become:
 * booleans in all of YAML 1.1's spellings (`yes`, `off`, `y`); integers, also `0x1F` and octal `017`, that
 * a double holds exactly; everything else, fractions included, stays a string, which the ProtoJSON rules
 * turn into what the field is. Merge keys (`<<`) are ordinary keys. An entry with a key tagged `!ignore`
 * is dropped.
 */

const YES = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const NO = /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|[0-9]+)$/;

const boolTag = defineScalarTag<boolean>('tag:yaml.org,2002:bool', {
  implicit: true,
  implicitFirstChars: [...'yYnNtTfFoO'],
  resolve: (source) => (YES.test(source) ? true : NO.test(source) ? false : NOT_RESOLVED),
  identify: (value) => typeof value === 'boolean',
});

/** An integer of the text; a string when a double cannot hold it, which ProtoJSON accepts as well. */
function integer(source: string): number | string | typeof NOT_RESOLVED {
  if (!INTEGER.test(source)) return NOT_RESOLVED;
  const negative = source.startsWith('-');
  const digits = source.replace(/^[-+]/, '');
  const hex = /^0[xX]/.test(digits);
  const octal = !hex && digits.length > 1 && digits.startsWith('0');
  if (octal && /[89]/.test(digits)) return NOT_RESOLVED;
  const value = Number.parseInt(digits, hex ? 16 : octal ? 8 : 10);
  if (Number.isSafeInteger(value)) return negative && value !== 0 ? -value : value;
  return source;
}

const intTag = defineScalarTag<number | string>('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: [...'-+0123456789'],
  resolve: integer,
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
  try {
    return load(text, { schema: ENVOY_SCHEMA, maxDepth: 200 }) ?? {};
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const at = error.mark && { line: error.mark.line + 1, column: error.mark.column + 1 };
    diagnostics.error([], 'syntax', `not valid YAML: ${error.reason}`, { file, at });
    return undefined;
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
