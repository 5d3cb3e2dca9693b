/** Parameters of a query string, the first value of each name. */
export class Query {
  readonly #values = new Map<string, string>();

  constructor(text: string) {
    for (const part of text.split('&')) {
      if (part === '') continue;
      const eq = part.indexOf('=');
      const name = decode(eq < 0 ? part : part.slice(0, eq));
      if (!this.#values.has(name)) this.#values.set(name, eq < 0 ? '' : decode(part.slice(eq + 1)));
    }
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** undefined for one that is missing. */
  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  entries(): [string, string][] {
    return [...this.#values];
  }
}

/** Percent signs only: a plus stays a plus, as regular expressions need it. */
function decode(text: string): string {
  if (!text.includes('%')) return text;
  return Buffer.from(
    text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
}

/** Path and query of a request target. */
export function splitTarget(target: string): { path: string; query: string } {
  const at = target.indexOf('?');
  return at < 0 ? { path: target, query: '' } : { path: target.slice(0, at), query: target.slice(at + 1) };
}
