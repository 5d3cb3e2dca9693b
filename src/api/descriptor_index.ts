import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where the block of a message or enum is, and what its file says. */
export type IndexEntry = {
  readonly kind: 'message' | 'enum';
  readonly offset: number;
  readonly length: number;
  /** The .proto file. */
  readonly file: string;
  /** Of a message: the full name of the one that names it as its former version. */
  readonly next: string | undefined;
};

/** From a bundle in dist/; from one of its folders, or from the sources. */
const PLACES = ['./api/descriptors.txt', '../../dist/api/descriptors.txt'];
const MAGIC = 'attache-api 1 ';

/**
 * Envoy's API as text, written by scripts/build-api-index.mjs, where its form is described. The names of a
 * package are read when something in it is first asked for.
 */
export class DescriptorIndex {
  readonly #text: string;
  /** Where the blocks begin. */
  readonly #blocks: number;
  readonly #packages = new Map<string, ReadonlyMap<string, IndexEntry>>();

  constructor(text: string) {
    const end = text.indexOf('\n');
    const length = Number(text.slice(MAGIC.length, end));
    if (!text.startsWith(MAGIC) || !(length > 0)) throw new Error('the API descriptors are damaged');
    this.#text = text;
    this.#blocks = end + 1 + length;
  }

  static open(): DescriptorIndex {
    const files = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
    const file = files.find((name) => existsSync(name));
    if (file === undefined) throw new Error(`${files[0]} is missing: run npm run build`);
    return new DescriptorIndex(readFileSync(file, 'latin1'));
  }

  /** The entry of `pkg`.`name`; names of nested types have dots. */
  entry(pkg: string, name: string): IndexEntry | undefined {
    return this.#names(pkg).get(name);
  }

  /** The lines of a message or enum. */
  block(entry: IndexEntry): string {
    const start = this.#blocks + entry.offset;
    return this.#text.slice(start, start + entry.length);
  }

  /** The names of the messages right inside the message `pkg`.`name`. */
  nested(pkg: string, name: string): string[] {
    const prefix = `${name}.`;
    return [...this.#names(pkg)]
      .filter(([each, { kind }]) => kind === 'message' && each.startsWith(prefix))
      .map(([each]) => each)
      .filter((each) => !each.includes('.', prefix.length));
  }

  /** The full names of all messages that are not nested. */
  *messageNames(): Generator<string> {
    let pkg = '';
    for (const line of this.#text.slice(0, this.#blocks).split('\n')) {
      if (line.startsWith('!')) pkg = line.slice(1);
      else if (line.startsWith('m')) {
        const name = line.slice(1, line.indexOf(' '));
        if (!name.includes('.')) yield `${pkg}.${name}`;
      }
    }
  }

  #names(pkg: string): ReadonlyMap<string, IndexEntry> {
    let found = this.#packages.get(pkg);
    if (found === undefined) {
      found = this.#read(pkg);
      this.#packages.set(pkg, found);
    }
    return found;
  }

  #read(pkg: string): ReadonlyMap<string, IndexEntry> {
    const entries = new Map<string, IndexEntry>();
    const heading = `\n!${pkg}\n`;
    const at = this.#text.indexOf(heading);
    if (at < 0 || at >= this.#blocks) return entries;
    const start = at + heading.length;
    const next = this.#text.indexOf('\n!', start);
    const end = next < 0 || next >= this.#blocks ? this.#blocks - 1 : next;
    let file = '';
    for (const line of this.#text.slice(start, end).split('\n')) {
      const [name = '', offset, length, successor] = line.slice(1).split(' ');
      if (line.startsWith(':')) file = name;
      else {
        entries.set(name, {
          kind: line.startsWith('e') ? 'enum' : 'message',
          offset: Number(offset),
          length: Number(length),
          file,
          next: successor,
        });
      }
    }
    return entries;
  }
}
