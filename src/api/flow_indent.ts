/**
 * YAML wants every line of a flow collection indented deeper than the block around it, and both parsers
 * here insist. Envoy's does not, and files with `}` under their key are common. This pads such lines.
 */

export type Padded = {
  readonly text: string;
  /** Spaces put before each line; the index is the line from 0. */
  readonly pads: readonly number[];
};

const SPACE = /[ \t]/;

/** A scanner of lines: knows flow collections, quotes, comments and block scalars, nothing more. */
class Scanner {
  readonly #lines: string[];
  readonly #pads: number[] = [];
  /** Open brackets; 0 outside of flow collections. */
  #depth = 0;
  /** The column where the outermost flow collection began. */
  #column = 0;
  #quote = '';
  /** The smallest indentation of the block scalar that is being read; -1: none. */
  #blockScalar = -1;

  constructor(text: string) {
    this.#lines = text.split('\n');
  }

  run(): Padded {
    const out = this.#lines.map((line) => {
      const indent = line.length - line.trimStart().length;
      const pad = this.#depth > 0 && indent < this.#column ? this.#column - indent : 0;
      this.#pads.push(pad);
      this.#line(line, indent);
      return ' '.repeat(pad) + line;
    });
    return { text: out.join('\n'), pads: this.#pads };
  }

  #line(line: string, indent: number): void {
    if (this.#blockScalar >= 0) {
      if (line.trim() === '' || indent >= this.#blockScalar) return;
      this.#blockScalar = -1;
    }
    let at = this.#quote === '' ? indent : this.#quoted(line, 0);
    let start = true;
    while (at < line.length) {
      const c = line[at] as string;
      if (SPACE.test(c)) at++;
      else if (c === '#' && (at === 0 || SPACE.test(line[at - 1] as string))) return;
      else if ((c === '"' || c === "'") && start) {
        this.#quote = c;
        at = this.#quoted(line, at + 1);
        start = false;
      } else if (this.#depth > 0 || ((c === '{' || c === '[') && start)) {
        start = this.#flow(c, at) || (c === ':' && this.#depth > 0);
        at++;
      } else if (start && (c === '|' || c === '>')) {
        this.#blockScalar = indent + 1;
        return;
      } else if (start && (c === '&' || c === '!')) {
        while (at < line.length && !SPACE.test(line[at] as string)) at++;
      } else {
        at = this.#plain(line, at);
        start = true;
      }
    }
  }

  /** One character of a flow collection; whether a scalar may begin after it. */
  #flow(c: string, at: number): boolean {
    if (c === '{' || c === '[') {
      if (this.#depth === 0) this.#column = at;
      this.#depth++;
      return true;
    }
    if (c === '}' || c === ']') this.#depth--;
    return c === ',';
  }

  /** The rest of a quoted scalar; returns where the line goes on, its length when the quote does not end. */
  #quoted(line: string, from: number): number {
    for (let at = from; at < line.length; at++) {
      if (line[at] === '\\' && this.#quote === '"') at++;
      else if (line[at] === this.#quote) {
        if (this.#quote === "'" && line[at + 1] === "'") at++;
        else {
          this.#quote = '';
          return at + 1;
        }
      }
    }
    return line.length;
  }

  /** A plain key, or a plain value to the end of the line; an indicator (`-`) counts as a key. */
  #plain(line: string, from: number): number {
    for (let at = from; at < line.length; at++) {
      const next = line[at + 1];
      const ends = next === undefined || SPACE.test(next);
      if (line[at] === ':' && ends) return at + 1;
      if (at === from && (line[at] === '-' || line[at] === '?') && ends) return at + 1;
      if (line[at] === '#' && SPACE.test(line[at - 1] ?? 'x')) return at;
    }
    return line.length;
  }
}

/** Pads the lines that both parsers would find too far left. */
export function padFlow(text: string): Padded {
  return new Scanner(text).run();
}
