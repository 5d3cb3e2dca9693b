import { type Diagnostic, formatPath } from './diagnostics.ts';
import type { Located, Source } from './locate.ts';
import type { Origins } from './origins.ts';

/** The form for `--output json`. */
export type JsonDiagnostic = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly expected?: string;
  readonly suggestion?: string;
};

/** A finding in both forms. */
export type RenderedDiagnostic = {
  readonly severity: 'error' | 'warning';
  readonly text: string;
  readonly json: JsonDiagnostic;
};

export type RenderOptions = {
  readonly sources: readonly Source[];
  /** The value that the paths of the diagnostics lead into, where it was upgraded or merged. */
  readonly root?: unknown;
  readonly origins?: Origins;
};

/**
 * Everything that is to be printed, located and in the order of the text. The parser that knows positions
 * is loaded only when there is something.
 */
export async function renderAll(
  diagnostics: readonly Diagnostic[],
  options: RenderOptions,
): Promise<RenderedDiagnostic[]> {
  if (diagnostics.length === 0) return [];
  const { locateAll } = await import('./locate.ts');
  const { sources, root, origins } = options;
  const placed = origins
    ? diagnostics.map((d) => (d.at || d.original ? d : { ...d, ...origins.resolve(root, d.path, d.file) }))
    : diagnostics;
  return locateAll(placed, sources).map((located) => ({
    severity: located.severity,
    text: renderText(located),
    json: renderJson(located),
  }));
}

export function renderJson(d: Located): JsonDiagnostic {
  const { file, line, column, code, severity, message, expected, suggestion } = d;
  const path = d.path.length === 0 ? '' : formatPath(d.path);
  return { file, line, column, path, code, severity, message, expected, suggestion };
}

/** The form for people: position, path, sentence; the line with a mark under the place; the hint. */
export function renderText(d: Located): string {
  const path = d.code === 'syntax' ? '' : `${formatPath(d.path)}: `;
  const expected = d.expected === undefined ? '' : ` (expected ${d.expected})`;
  const lines = [`${d.file}:${d.line}:${d.column}: ${d.severity}: ${path}${d.message}${expected}`];
  if (d.source !== undefined) lines.push(...excerpt(d.source, d));
  if (d.suggestion !== undefined) {
    lines.push(d.code === 'v2' ? `modern spelling: ${d.suggestion}` : `did you mean "${d.suggestion}"?`);
  }
  return lines.join('\n');
}

const WINDOW = 100;

/** The line and the mark under it. Of a very long line (minified JSON), what surrounds the place. */
function excerpt(source: string, { line, column, length }: Located): string[] {
  let characters = [...source];
  let before = column - 1;
  let tail = '';
  let head = '';
  if (characters.length > WINDOW * 1.5) {
    const from = Math.max(0, before - WINDOW / 2);
    const to = from + WINDOW;
    if (to < characters.length) tail = '…';
    if (from > 0) head = '…';
    characters = characters.slice(from, to);
    before -= from;
  }
  const marked = Math.max(1, Math.min(length, characters.length - before));
  const pad = characters.slice(0, before).map((c) => (c === '\t' ? '\t' : ' '.repeat(width(c))));
  const underline = '~'.repeat(Math.max(0, columns(characters.slice(before, before + marked)) - 1));
  const gutter = String(line).padStart(5);
  return [
    `${gutter} | ${head}${characters.join('')}${tail}`.trimEnd(),
    `${' '.repeat(gutter.length)} | ${head && ' '}${pad.join('')}^${underline}`,
  ];
}

/** The columns of a terminal that a character takes: East Asian wide ones take two. */
function width(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x1100) return 1;
  const wide =
    code <= 0x115f ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd);
  return wide ? 2 : 1;
}

function columns(characters: readonly string[]): number {
  return characters.reduce((sum, c) => sum + width(c), 0);
}
