/**
 * Numbers in the spellings that Envoy's outputs use. `fmt`'s and C++'s shortest forms agree with
 * JavaScript's digits but not on when to write an exponent.
 */

/** `e+06`: at least two digits of exponent, as C does. */
function exponent(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

/** fmt `{}`: the shortest digits; an exponent below 1e-4 and from 1e16. */
export function shortest(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return exponent(value.toExponential());
  return size < 1e-6 && size !== 0 ? exponent(value.toExponential()) : String(value);
}

/** std::to_chars: whichever of the plain and the exponent form is shorter. */
export function plainOrExponent(value: number): string {
  const scientific = exponent(value.toExponential());
  const plain =
    Math.abs(value) >= 1e21 || (value !== 0 && Math.abs(value) < 1e-6) ? undefined : String(value);
  return plain === undefined || scientific.length < plain.length ? scientific : plain;
}

/** C's `%.<digits>g`: that many significant digits, no zeros at the end. */
export function general(value: number, digits: number): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return shortest(value);
  const scientific = value.toExponential(digits - 1);
  const power = Number(scientific.slice(scientific.indexOf('e') + 1));
  const trim = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  if (power >= -4 && power < digits) return trim(value.toFixed(Math.min(100, digits - 1 - power)));
  const [mantissa = '', rest = ''] = scientific.split('e');
  return exponent(`${trim(mantissa)}e${rest}`);
}
