import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar } from 'yaml';
import type { Diagnostic, Path, PathSegment } from './diagnostics.ts';
import { padFlow } from './flow_indent.ts';
import { spellings } from './origins.ts';

/** A text that configuration was read from. */
export type Source = {
  /** A file name, `<config-yaml>` or `<stdin>`. */
  readonly name: string;
  readonly text: string;
};

/** A place in a text: line and column count characters from 1. */
export type Position = {
  readonly line: number;
  readonly column: number;
  /** The number of characters to underline, at least 1. */
  readonly length: number;
};

export type Found = Position & {
  /** The path as the file spells it; what the file lacks stays as given. */
  readonly path: Path;
  /** How many steps of the path the file has. */
  readonly depth: number;
};

type Step = {
  readonly key: Scalar | undefined;
  readonly node: Node | undefined;
  readonly path: PathSegment[];
};

/**
 * Finds paths in one text. Parsing with positions is slow and large (2 s and 380 MB for 10,000 clusters),
 * so it happens on the first use, which is after there is something to print.
 */
export class TextIndex {
  readonly #lines: LineCounter;
  readonly #pads: readonly number[] = [];
  readonly #document;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    const first = parsePositions(text);
    if (first.document.errors.some((error) => error.code === 'BAD_INDENT')) {
      const { text: padded, pads } = padFlow(text);
      this.#text = padded;
      this.#pads = pads;
      const { document, lines } = parsePositions(padded);
      this.#document = document;
      this.#lines = lines;
    } else {
      this.#document = first.document;
      this.#lines = first.lines;
    }
  }

  /** The place of a key or a value, or of the nearest ancestor that the text has. */
  find(path: Path, keyError = false): Found {
    let step: Step = { key: undefined, node: this.#document.contents ?? undefined, path: [] };
    let depth = 0;
    for (const segment of path) {
      const next = this.#step(step, segment);
      if (next === undefined) break;
      step = next;
      depth++;
    }
    const whole = depth === path.length;
    const spelled = [...step.path, ...path.slice(depth)];
    return { ...this.#range(step, keyError || !whole), path: spelled, depth };
  }

  #step(from: Step, segment: PathSegment): Step | undefined {
    const node = this.#target(from.node);
    if (isSeq(node)) {
      const item = typeof segment === 'number' ? node.items[segment] : undefined;
      if (item === undefined) return undefined;
      return { key: undefined, node: item as Node, path: [...from.path, segment] };
    }
    if (!isMap(node)) return undefined;
    if (segment === 0) return from;
    for (const spelling of spellings(String(segment))) {
      for (const pair of node.items) {
        if (!isScalar(pair.key) || (pair.key.source ?? String(pair.key.value)) !== spelling) continue;
        const value = (pair.value as Node | null) ?? undefined;
        return { key: pair.key, node: value, path: [...from.path, spelling] };
      }
    }
    return undefined;
  }

  #target(node: Node | undefined): Node | undefined {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }

  /** A scalar and what is in braces is marked itself; a block, which has no edge to point at, by its key. */
  #range({ key, node }: Step, atKey: boolean): Position {
    const inline = isScalar(node) || isAlias(node) || ((isMap(node) || isSeq(node)) && node.flow === true);
    const empty = isScalar(node) && node.source === '' && node.type === 'PLAIN';
    const useKey = key !== undefined && (atKey || !inline || empty);
    const range = (useKey ? key.range : undefined) ?? node?.range ?? key?.range ?? [0, 1, 1];
    return this.#position(range[0], range[1]);
  }

  #position(from: number, to: number): Position {
    const { line, col } = this.#lines.linePos(from);
    if (line === 0) return { line: 1, column: 1, length: 1 };
    const start = from - (col - 1);
    const lineEnd = this.#text.indexOf('\n', from);
    const end = Math.min(to, lineEnd < 0 ? this.#text.length : lineEnd);
    const pad = this.#pads[line - 1] ?? 0;
    const column = Math.max(1, [...this.#text.slice(start, from)].length + 1 - pad);
    return { line, column, length: Math.max(1, [...this.#text.slice(from, end).trimEnd()].length) };
  }
}

function parsePositions(text: string): { document: ReturnType<typeof parseDocument>; lines: LineCounter } {
  const lines = new LineCounter();
  const options = { lineCounter: lines, uniqueKeys: false, prettyErrors: false } as const;
  return { document: parseDocument(text, { ...options, strict: false, logLevel: 'silent' }), lines };
}

/** A diagnostic with its place: what is printed. */
export type Located = Diagnostic &
  Position & {
    readonly file: string;
    /** The text of the line; absent where there is no text at all. */
    readonly source?: string;
  };

/**
 * Locates and sorts: by text, then by position, errors before warnings on the same spot. A diagnostic that
 * names no file belongs to the source that has most of its path; on a tie to the later one, which overrides.
 */
export function locateAll(diagnostics: readonly Diagnostic[], sources: readonly Source[]): Located[] {
  const indexes = new Map<Source, TextIndex>();
  const indexOf = (source: Source): TextIndex => {
    let index = indexes.get(source);
    if (index === undefined) {
      index = new TextIndex(source.text);
      indexes.set(source, index);
    }
    return index;
  };
  const order = new Map(sources.map((source, i) => [source.name, i]));
  const rank = (d: Located): number => order.get(d.file) ?? sources.length;
  return diagnostics
    .map((diagnostic) => locate(diagnostic, sources, indexOf))
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        a.line - b.line ||
        a.column - b.column ||
        Number(a.severity === 'warning') - Number(b.severity === 'warning'),
    );
}

function locate(
  diagnostic: Diagnostic,
  sources: readonly Source[],
  indexOf: (source: Source) => TextIndex,
): Located {
  const named = sources.filter((source) => source.name === diagnostic.file);
  const candidates = named.length > 0 || diagnostic.file !== undefined ? named : sources;
  const { at } = diagnostic;
  if (at !== undefined) {
    const source = candidates[0];
    return {
      ...diagnostic,
      ...at,
      length: 1,
      file: nameOf(diagnostic, source),
      source: lineOf(source, at.line),
    };
  }
  let best: { source: Source; found: Found } | undefined;
  for (const source of candidates) {
    const found = indexOf(source).find(diagnostic.path, diagnostic.keyError);
    if (best === undefined || found.depth >= best.found.depth) best = { source, found };
  }
  if (best === undefined) return { ...diagnostic, line: 1, column: 1, length: 1, file: nameOf(diagnostic) };
  const { source, found } = best;
  const { line, column, length, path } = found;
  return { ...diagnostic, path, line, column, length, file: source.name, source: lineOf(source, line) };
}

function nameOf(diagnostic: Diagnostic, source?: Source): string {
  return diagnostic.file ?? source?.name ?? '<configuration>';
}

function lineOf(source: Source | undefined, line: number): string | undefined {
  return source?.text.split('\n', line)[line - 1]?.replace(/\r$/, '');
}
