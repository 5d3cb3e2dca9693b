import { LEVELS } from './levels.ts';

/** One log line before it is written. `level` is an index of LEVELS. */
export type LogEntry = {
  readonly time: number;
  readonly level: number;
  readonly component: string;
  readonly message: string;
  /** Where it was written; empty when unknown. */
  readonly file: string;
  readonly line: number;
  readonly thread: number;
};

export type LineFormatter = (entry: LogEntry) => string;
type Piece = (entry: LogEntry, date: Date) => string;

const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);
const three = (n: number): string => `${n}`.padStart(3, '0');
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const SHORT_LEVELS = ['T', 'D', 'I', 'W', 'E', 'C', 'O'];
const hour12 = (d: Date): string => two(d.getHours() % 12 === 0 ? 12 : d.getHours() % 12);
const half = (d: Date): string => (d.getHours() < 12 ? 'AM' : 'PM');
const clock = (d: Date): string => `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`;
const day = (d: Date): string => (DAYS[d.getDay()] as string).slice(0, 3);
const month = (d: Date): string => (MONTHS[d.getMonth()] as string).slice(0, 3);
const shortDate = (d: Date): string =>
  `${two(d.getMonth() + 1)}/${two(d.getDate())}/${two(d.getFullYear() % 100)}`;
const place = (e: LogEntry): string => (e.line > 0 ? `${e.file}:${e.line}` : e.file);

function zone(d: Date): string {
  const minutes = -d.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** C escapes as Envoy's `%_` and --log-format-escaped write them. */
export function escapeControls(text: string): string {
  const named: Record<string, string> = {
    '\n': '\\n',
    '\r': '\\r',
    '\t': '\\t',
    '\v': '\\v',
    '\f': '\\f',
    '\b': '\\b',
    '\x07': '\\a',
    '\\': '\\\\',
    '"': '\\"',
    "'": "\\'",
  };
  const escaped = (c: string): string => named[c] ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`;
  return text.replace(/\p{Cc}|[\\"']/gu, escaped);
}

/** spdlog's pattern flags, with Envoy's two (`%_`, `%j`). Times are local, as spdlog's. */
const FLAGS: Record<string, Piece> = {
  v: (e) => e.message,
  _: (e) => e.message.replaceAll('\n', '\\n'),
  j: (e) => JSON.stringify(e.message).slice(1, -1),
  t: (e) => `${e.thread}`,
  P: () => `${process.pid}`,
  n: (e) => e.component,
  l: (e) => LEVELS[e.level] ?? 'info',
  L: (e) => SHORT_LEVELS[e.level] ?? 'I',
  a: (_e, d) => day(d),
  A: (_e, d) => DAYS[d.getDay()] as string,
  b: (_e, d) => month(d),
  h: (_e, d) => month(d),
  B: (_e, d) => MONTHS[d.getMonth()] as string,
  c: (_e, d) => `${day(d)} ${month(d)} ${d.getDate()} ${clock(d)} ${d.getFullYear()}`,
  C: (_e, d) => two(d.getFullYear() % 100),
  Y: (_e, d) => `${d.getFullYear()}`,
  D: (_e, d) => shortDate(d),
  x: (_e, d) => shortDate(d),
  m: (_e, d) => two(d.getMonth() + 1),
  d: (_e, d) => two(d.getDate()),
  H: (_e, d) => two(d.getHours()),
  I: (_e, d) => hour12(d),
  M: (_e, d) => two(d.getMinutes()),
  S: (_e, d) => two(d.getSeconds()),
  e: (_e, d) => three(d.getMilliseconds()),
  f: (_e, d) => `${three(d.getMilliseconds())}000`,
  F: (_e, d) => `${three(d.getMilliseconds())}000000`,
  p: (_e, d) => half(d),
  r: (_e, d) => `${hour12(d)}:${two(d.getMinutes())}:${two(d.getSeconds())} ${half(d)}`,
  R: (_e, d) => `${two(d.getHours())}:${two(d.getMinutes())}`,
  T: (_e, d) => clock(d),
  X: (_e, d) => clock(d),
  z: (_e, d) => zone(d),
  E: (e) => `${Math.floor(e.time / 1000)}`,
  g: (e) => e.file,
  s: (e) => e.file.slice(e.file.lastIndexOf('/') + 1),
  '#': (e) => (e.line > 0 ? `${e.line}` : ''),
  '@': place,
  '!': () => '',
  '^': () => '',
  $: () => '',
  '%': () => '%',
};

/** spdlog's `%-8l`, `%8l`, `%=8l`, and `%3!l` to cut. */
function aligned(piece: Piece, side: string, width: number, cut: boolean): Piece {
  return (e, d) => {
    const text = piece(e, d);
    if (text.length >= width) return cut ? text.slice(0, width) : text;
    if (side === '-') return text.padEnd(width);
    if (side === '=') return text.padStart(text.length + Math.floor((width - text.length) / 2)).padEnd(width);
    return text.padStart(width);
  };
}

/** Compiles a spdlog pattern. The answered function gives a line without its newline; it never throws. */
export function compilePattern(pattern: string): LineFormatter {
  const pieces: Piece[] = [];
  const literal = (text: string): number => pieces.push(() => text);
  // `%g:%#` is one piece: without a known line there is no colon either.
  const token = /%g:%#|%([-=]?)(\d+)?(!(?=[A-Za-z]))?([A-Za-z@#!%^$_+])/g;
  let end = 0;
  for (const match of pattern.matchAll(token)) {
    if (match.index > end) literal(pattern.slice(end, match.index));
    end = match.index + match[0].length;
    const [whole, side = '', width, cut, name = ''] = match;
    const piece = whole === '%g:%#' ? place : FLAGS[name];
    if (piece === undefined) literal(whole);
    else
      pieces.push(
        width === undefined ? piece : aligned(piece, side, Math.min(64, Number(width)), cut !== undefined),
      );
  }
  if (end < pattern.length) literal(pattern.slice(end));
  return (entry) => {
    const date = new Date(entry.time);
    let line = '';
    for (const piece of pieces) line += piece(entry, date);
    return line;
  };
}
