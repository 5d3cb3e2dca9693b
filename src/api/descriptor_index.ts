import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where the bytes of one top-level message or enum are, and what its file says. */
export type IndexEntry = {
  readonly kind: 'message' | 'enum';
  readonly offset: number;
  readonly length: number;
  /** The .proto file. */
  readonly file: string;
  readonly syntax: 2 | 3;
  /** The message of the next version of the API. */
  readonly next: string | undefined;
};

type Package = ReadonlyMap<string, IndexEntry>;

/** Next to the bundle, or in the build folder when the sources run as they are. */
const PLACES = ['./api/descriptors.bin', '../../dist/api/descriptors.bin'];

/**
 * The descriptors of Envoy's API as scripts/build-api-index.mjs arranged them. A package is read from the
 * text of the index when something in it is first asked for.
 */
export class DescriptorIndex {
  readonly #text: string;
  readonly #bytes: Uint8Array;
  readonly #packages = new Map<string, Package>();

  /** `content`: the whole file. */
  constructor(content: Uint8Array) {
    const length = new DataView(content.buffer, content.byteOffset).getUint32(0, true);
    this.#text = Buffer.from(content.buffer, content.byteOffset + 4, length).toString('latin1');
    this.#bytes = content.subarray(4 + length);
  }

  static open(): DescriptorIndex {
    const files = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
    const file = files.find((name) => existsSync(name));
    if (file === undefined) throw new Error(`${files[0]} is missing: run npm run build`);
    return new DescriptorIndex(readFileSync(file));
  }

  /** The entry of `pkg`.`name`, `name` without a dot. */
  entry(pkg: string, name: string): IndexEntry | undefined {
    let found = this.#packages.get(pkg);
    if (found === undefined) {
      found = this.#read(pkg);
      this.#packages.set(pkg, found);
    }
    return found.get(name);
  }

  bytes(entry: IndexEntry): Uint8Array {
    return this.#bytes.subarray(entry.offset, entry.offset + entry.length);
  }

  /** The names of all top-level messages, without those in files of the compiler and of validation. */
  *messageNames(): Generator<string> {
    let pkg = '';
    for (const line of this.#text.split('\n')) {
      if (line.startsWith('!')) pkg = line.slice(1);
      else if (line.startsWith('m')) yield `${pkg}.${line.slice(1, line.indexOf(' '))}`;
    }
  }

  #read(pkg: string): Package {
    const entries = new Map<string, IndexEntry>();
    const heading = `\n!${pkg}\n`;
    const at = this.#text.indexOf(heading);
    if (at < 0) return entries;
    const start = at + heading.length;
    const end = this.#text.indexOf('\n!', start);
    let file = '';
    let syntax: 2 | 3 = 3;
    for (const line of this.#text.slice(start, end < 0 ? undefined : end).split('\n')) {
      const [name = '', ...rest] = line.slice(1).split(' ');
      if (line.startsWith(':')) {
        file = name;
        syntax = rest[0] === '2' ? 2 : 3;
      } else if (line !== '') {
        const kind = line.startsWith('e') ? 'enum' : 'message';
        const [offset, length, next] = rest;
        entries.set(name, { kind, offset: Number(offset), length: Number(length), file, syntax, next });
      }
    }
    return entries;
  }
}
