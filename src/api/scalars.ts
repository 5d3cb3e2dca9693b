/** What a plain (unquoted) YAML scalar is to Envoy; see text.ts. */

const YES = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const NO = /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const INTEGER = /^[-+]?(?:0[xX][0-9a-fA-F]+|[0-9]+)$/;

export function boolean(source: string): boolean | undefined {
  return YES.test(source) ? true : NO.test(source) ? false : undefined;
}

/** A string when a double cannot hold the integer, which ProtoJSON accepts as well. */
export function integer(source: string): number | string | undefined {
  if (!INTEGER.test(source)) return undefined;
  const negative = source.startsWith('-');
  const digits = source.replace(/^[-+]/, '');
  const hex = /^0[xX]/.test(digits);
  const octal = !hex && digits.length > 1 && digits.startsWith('0');
  if (octal && /[89]/.test(digits)) return undefined;
  const value = Number.parseInt(digits, hex ? 16 : octal ? 8 : 10);
  if (Number.isSafeInteger(value)) return negative && value !== 0 ? -value : value;
  return source;
}
