import { readFileSync, statSync } from 'node:fs';
import { isIP } from 'node:net';

/** Names with their addresses, in file order; names in lower case. */
export type HostTable = ReadonlyMap<string, readonly string[]>;

/** Reads hosts(5): address, then names; `#` starts a comment. Lines that are not of this form are skipped. */
export function parseHosts(text: string): HostTable {
  const table = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const plain = address.replace(/%.*$/, '');
    if (isIP(plain) === 0) continue;
    for (const name of names) {
      const key = name.toLowerCase();
      const list = table.get(key);
      if (list === undefined) table.set(key, [plain]);
      else if (!list.includes(plain)) list.push(plain);
    }
  }
  return table;
}

export type ResolvConf = { readonly search: readonly string[]; readonly ndots: number };

/** Reads what c-ares does not apply to single queries: the search list and ndots. */
export function parseResolvConf(text: string): ResolvConf {
  let search: string[] = [];
  let ndots = 1;
  for (const line of text.split('\n')) {
    const [keyword, ...rest] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/);
    if (keyword === 'search' || keyword === 'domain')
      search = rest.map((d) => d.replace(/\.$/, '').toLowerCase()).filter(Boolean);
    if (keyword !== 'options') continue;
    for (const option of rest) {
      const match = /^ndots:(\d+)$/.exec(option);
      if (match !== null) ndots = Math.min(15, Number(match[1]));
    }
  }
  return { search, ndots };
}

/** The names to ask for, in order: the search list applies to names with fewer dots than ndots. */
export function candidates(name: string, conf: ResolvConf): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const dots = name.split('.').length - 1;
  const longer = conf.search.map((domain) => `${name}.${domain}`);
  return dots >= conf.ndots ? [name, ...longer] : [...longer, name];
}

/** A parsed file that is read again when it changes; looked at no more than once a second. */
export class WatchedFile<T> {
  readonly #path: string;
  readonly #parse: (text: string) => T;
  #value: T;
  #stamp = '';
  #checked = Number.NEGATIVE_INFINITY;

  constructor(path: string, parse: (text: string) => T) {
    this.#path = path;
    this.#parse = parse;
    this.#value = parse('');
  }

  /** The current content; that of an empty file when there is none. */
  get(now = performance.now()): T {
    if (now - this.#checked < 1000) return this.#value;
    this.#checked = now;
    try {
      const { mtimeMs, size, ino } = statSync(this.#path);
      const stamp = `${mtimeMs}/${size}/${ino}`;
      if (stamp !== this.#stamp) {
        this.#value = this.#parse(readFileSync(this.#path, 'utf8'));
        this.#stamp = stamp;
      }
    } catch {
      this.#value = this.#parse('');
      this.#stamp = '';
    }
    return this.#value;
  }

  /** Changes whenever the content was read anew. */
  get stamp(): string {
    return this.#stamp;
  }
}
