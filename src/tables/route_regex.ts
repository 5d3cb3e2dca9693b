/**
 * What the compiler has to know of RE2 patterns without RE2: whether one is certainly wrong, and how every
 * text that matches it begins. RE2 itself has the last word when the table is published.
 */

/** A class of RE2's errors with the piece of the pattern it is about, in RE2's words; null when none is seen. */
export function regexFault(pattern: string): string | null {
  const open: number[] = [];
  /** Whether a repetition may follow: after an atom, not at the start, after `(`, `|` or a repetition. */
  let repeatable = false;
  let lastRepeat = -1;
  for (let i = 0; i < pattern.length; ) {
    const c = pattern[i] as string;
    if (c === '\\') {
      if (i + 1 >= pattern.length) return 'trailing \\';
      if (pattern[i + 1] === 'Q') {
        const end = pattern.indexOf('\\E', i + 2);
        repeatable = true;
        i = end < 0 ? pattern.length : end + 2;
        continue;
      }
      const fault = escapeFault(pattern, i, false);
      if (fault !== null) return fault;
      repeatable = true;
      i += 2;
      continue;
    }
    if (c === '[') {
      const end = classEnd(pattern, i);
      if (typeof end === 'string') return end;
      repeatable = true;
      i = end;
      continue;
    }
    if (c === '(') {
      const skip = groupStart(pattern, i);
      if (typeof skip === 'string') return skip;
      if (pattern[skip - 1] === ')') {
        // Flags alone, `(?i)`: no group is opened. A repetition after it is of what was before, even of
        // a repetition (RE2 takes `a*(?i)*`).
        repeatable ||= lastRepeat >= 0 && i === endOfRepeat(pattern, lastRepeat);
        i = skip;
        continue;
      }
      open.push(i);
      repeatable = false;
      i = skip;
      continue;
    }
    if (c === ')') {
      if (open.pop() === undefined) return `unexpected ): ${pattern}`;
      repeatable = true;
    } else if (c === '|') {
      repeatable = false;
    } else if (c === '*' || c === '+' || c === '?' || c === '{') {
      const length = repetition(pattern, i);
      if (typeof length === 'string') return length;
      if (length > 0) {
        if (!repeatable) {
          return lastRepeat >= 0 && i === endOfRepeat(pattern, lastRepeat)
            ? `bad repetition operator: ${pattern.slice(lastRepeat, i + length)}`
            : `no argument for repetition operator: ${pattern.slice(i, i + length)}`;
        }
        lastRepeat = i;
        repeatable = false;
        i += length;
        continue;
      }
      repeatable = true;
    } else {
      repeatable = true;
    }
    i++;
  }
  return open.length > 0 ? `missing ): ${pattern}` : null;
}

const endOfRepeat = (pattern: string, at: number): number => at + (repetition(pattern, at) as number);

/** The length of the repetition operator at `at` with its `?`, 0 for a `{` that is none, or a fault. */
function repetition(pattern: string, at: number): number | string {
  let length = 1;
  if (pattern[at] === '{') {
    const counts = /^\{(\d+)(?:(,)(\d*))?\}/.exec(pattern.slice(at, at + 40));
    if (counts === null) return 0;
    const low = Number(counts[1]);
    const high = counts[2] === undefined || counts[3] === '' ? low : Number(counts[3]);
    length = counts[0].length;
    if (low > 1000 || high > 1000 || high < low) {
      return `invalid repetition size: ${counts[0]}${pattern[at + length] === '?' ? '?' : ''}`;
    }
  }
  return pattern[at + length] === '?' ? length + 1 : length;
}

/** Past the start of the group at `at` (or past flags alone, with their parenthesis), or a fault. */
function groupStart(pattern: string, at: number): number | string {
  if (pattern[at + 1] !== '?') return at + 1;
  const rest = pattern.slice(at);
  const lookBehind = /^\(\?<[=!]/.exec(rest);
  if (lookBehind !== null) return `invalid perl operator: ${lookBehind[0]}`;
  if (/^\(\?P?</.test(rest)) {
    const named = /^\(\?P?<([^>]*)>/.exec(rest);
    if (named === null) return `invalid named capture group: ${rest}`;
    return /^[\p{L}\p{M}\p{N}\p{Pc}]+$/u.test(named[1] as string)
      ? at + named[0].length
      : `invalid named capture group: ${named[0]}`;
  }
  const flags = /^\(\?[imsU]*(?:-[imsU]+)?[:)]/.exec(rest);
  if (flags !== null) return at + flags[0].length;
  const bad = /^\(\?[imsU]*(?:-[imsU]*)?.?/su.exec(rest) as RegExpExecArray;
  return `invalid perl operator: ${bad[0]}`;
}

/** Past the class that begins at `at`, or a fault. */
function classEnd(pattern: string, at: number): number | string {
  let i = at + 1;
  if (pattern[i] === '^') i++;
  for (let first = true; i < pattern.length; first = false) {
    if (pattern[i] === ']' && !first) return i + 1;
    const posix = pattern.startsWith('[:', i) ? pattern.indexOf(':]', i + 2) : -1;
    if (posix >= 0) {
      i = posix + 2;
      continue;
    }
    const low = classChar(pattern, i);
    if (typeof low === 'string') return low;
    i = low;
    // The end of a range is a character even where it would begin something else.
    if (pattern[i] === '-' && i + 1 < pattern.length && pattern[i + 1] !== ']') {
      const high = classChar(pattern, i + 1);
      if (typeof high === 'string') return high;
      i = high;
    }
  }
  return `missing ]: ${pattern.slice(at)}`;
}

/** Past one character of a class, or a fault. */
function classChar(pattern: string, at: number): number | string {
  if (pattern[at] !== '\\') return at + 1;
  if (at + 1 >= pattern.length) return 'trailing \\';
  return escapeFault(pattern, at, true) ?? at + 2;
}

/** RE2 knows these letters after a backslash; any ASCII punctuation, `_` included, stands for itself. */
function escapeFault(pattern: string, at: number, inClass: boolean): string | null {
  const c = pattern[at + 1] as string;
  if (/[1-9]/.test(c)) {
    // \12 is octal, \1 alone a back reference, which RE2 does not have.
    return /^[1-7][0-7]/.test(pattern.slice(at + 1)) ? null : `invalid escape sequence: \\${c}`;
  }
  const known = inClass ? 'dDsSwWpPaftnrvx0' : 'dDsSwWpPaftnrvx0bBAzCQ';
  if (/[0-9A-Za-z]/.test(c) && !known.includes(c)) return `invalid escape sequence: \\${c}`;
  return c.charCodeAt(0) >= 0x80 ? `invalid escape sequence: \\${c}` : null;
}

/** The text that everything the pattern matches begins with; empty when that is not plain to see. */
export function literalPrefix(pattern: string): string {
  if (!singleBranch(pattern)) return '';
  let prefix = '';
  const chars = [...pattern];
  let i = chars[0] === '^' ? 1 : 0;
  while (i < chars.length) {
    let c = chars[i] as string;
    let next = i + 1;
    if (c === '\\') {
      c = chars[next] ?? '';
      // Only escaped punctuation stands for itself.
      if (c === '' || /[0-9A-Za-z]/.test(c) || c.charCodeAt(0) >= 0x80) break;
      next++;
    } else if (/[.+*?()|[\]{}^$]/.test(c)) {
      break;
    }
    // A character that is repeated may not be there. Flags may stand before the repetition, and even a
    // repetition be repeated behind them: `a(?i)*`, `a+(?i)*`.
    const after = chars[next] ?? '';
    if (/[*+?{]/.test(after) || (after === '(' && chars[next + 1] === '?')) break;
    prefix += c;
    i = next;
  }
  return prefix;
}

/** Has the pattern no `|` outside of its groups, as far as can be told? */
function singleBranch(pattern: string): boolean {
  let depth = 0;
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i];
    if (c === '\\') {
      if (pattern[i + 1] === 'Q') return false;
      i++;
    } else if (c === '[') {
      const end = classEnd(pattern, i);
      if (typeof end === 'string') return false;
      i = end - 1;
    } else if (c === '(') depth++;
    else if (c === ')') depth--;
    else if (c === '|' && depth <= 0) return false;
  }
  return true;
}
