/** Byte radix trees for native/route/trie.h; the layout's TrieNode documents the encoding. */

/** Marks a value whose regular expression has to match as well. */
export const NEEDS_REGEX = 0x40000000;
const INLINE = 0x80000000;
const MAX_LABEL = 0xffff;

export type TrieEntry = {
  /** UTF-8 bytes, one in each character (see `byteString`). */
  readonly key: string;
  readonly value: number;
  /** `prefix`: any text that begins with the key; `exact`: the key itself; `regex`: lowers regex_min. */
  readonly kind: 'prefix' | 'exact' | 'regex';
  /** Nothing else has to hold: later values cannot be reached below it. */
  readonly final?: boolean;
  /** `value` carries NEEDS_REGEX. */
  readonly flag?: boolean;
};

export type TrieNode = {
  label: number;
  children: number;
  prefix: number;
  exact: number;
  regex_min: number;
  label_len: number;
  child_count: number;
};

export type Trie = {
  readonly nodes: TrieNode[];
  readonly keys: Uint8Array;
  readonly labels: Uint8Array;
  readonly lists: readonly number[];
};

const ASCII = /^[\0-\x7f]*$/;

/** A string whose characters are the UTF-8 bytes of `text`, so that comparing it compares bytes. */
export function byteString(text: string): string {
  return ASCII.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

export const EMPTY_TRIE: Trie = {
  nodes: [],
  keys: new Uint8Array(0),
  labels: new Uint8Array(0),
  lists: [],
};

/** A range of sorted entries that share `depth` bytes, the last of which led to node `node`. */
type Task = {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
  readonly cut: number;
};

/** Builds the tree. Values that an earlier final one always hides are left out. */
export function buildTrie(entries: readonly TrieEntry[]): Trie {
  if (entries.length === 0) return EMPTY_TRIE;
  return new Builder(entries).build();
}

class Builder {
  readonly #sorted: readonly TrieEntry[];
  readonly #nodes: TrieNode[] = [];
  readonly #keys: number[] = [];
  readonly #lists: number[] = [];
  #labels = '';

  constructor(entries: readonly TrieEntry[]) {
    this.#sorted = [...entries].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.value - b.value));
  }

  build(): Trie {
    this.#addNode(0);
    const queue: Task[] = [{ node: 0, from: 0, to: this.#sorted.length, depth: 0, cut: Infinity }];
    // Breadth first, so that the children of a node are neighbours.
    for (let next = 0; next < queue.length; next++) this.#fill(queue[next] as Task, queue);
    return {
      nodes: this.#nodes,
      keys: Uint8Array.from(this.#keys),
      labels: Buffer.from(this.#labels, 'latin1'),
      lists: this.#lists,
    };
  }

  #addNode(key: number): number {
    this.#keys.push(key);
    return (
      this.#nodes.push({
        label: 0,
        children: 0,
        prefix: 0,
        exact: 0,
        regex_min: 0,
        label_len: 0,
        child_count: 0,
      }) - 1
    );
  }

  #fill({ node: number, from, to, depth, cut }: Task, queue: Task[]): void {
    const sorted = this.#sorted;
    const node = this.#nodes[number] as TrieNode;
    const first = (sorted[from] as TrieEntry).key;
    const end = Math.min(commonLength(first, (sorted[to - 1] as TrieEntry).key, depth), depth + MAX_LABEL);
    if (end > depth) {
      node.label = this.#label(first.slice(depth, end));
      node.label_len = end - depth;
    }
    // Sorted: the entries that end here come first.
    let at = from;
    while (at < to && (sorted[at] as TrieEntry).key.length === end) at++;
    const below = this.#terminals(node, from, at, cut);
    node.children = this.#nodes.length;
    while (at < to) {
      const byte = (sorted[at] as TrieEntry).key.charCodeAt(end);
      const start = at;
      while (at < to && (sorted[at] as TrieEntry).key.charCodeAt(end) === byte) at++;
      if (!this.#reachable(start, at, below)) continue;
      const child = this.#addNode(byte);
      node.child_count++;
      queue.push({ node: child, from: start, to: at, depth: end + 1, cut: below });
    }
  }

  #reachable(from: number, to: number, cut: number): boolean {
    if (cut === Infinity) return true;
    for (let i = from; i < to; i++) if ((this.#sorted[i] as TrieEntry).value < cut) return true;
    return false;
  }

  /** Writes what ends at a node; answers the lowest value that hides everything after it below. */
  #terminals(node: TrieNode, from: number, to: number, cut: number): number {
    const ending = this.#sorted.slice(from, to).sort((a, b) => a.value - b.value);
    const prefix: number[] = [];
    let hidden = cut;
    for (const entry of ending) {
      if (entry.value >= hidden) break;
      if (entry.kind === 'prefix') {
        prefix.push(encode(entry));
        if (entry.final === true) hidden = entry.value;
      } else if (entry.kind === 'regex' && node.regex_min === 0) {
        node.regex_min = entry.value + 1;
      }
    }
    const exact: number[] = [];
    for (const entry of ending) {
      if (entry.value >= hidden) break;
      if (entry.kind !== 'exact') continue;
      exact.push(encode(entry));
      if (entry.final === true) break;
    }
    node.prefix = this.#list(prefix);
    node.exact = this.#list(exact);
    return hidden;
  }

  #list(values: readonly number[]): number {
    if (values.length === 0) return 0;
    if (values.length === 1) return ((values[0] as number) | INLINE) >>> 0;
    const offset = this.#lists.length + 1;
    this.#lists.push(values.length);
    for (const value of values) this.#lists.push(value);
    return offset;
  }

  readonly #known = new Map<string, number>();
  #label(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const offset = this.#labels.length;
    this.#labels += text;
    this.#known.set(text, offset);
    return offset;
  }
}

const encode = (entry: TrieEntry): number => (entry.flag === true ? entry.value | NEEDS_REGEX : entry.value);

function commonLength(a: string, b: string, from: number): number {
  const n = Math.min(a.length, b.length);
  let i = from;
  while (i < n && a.charCodeAt(i) === b.charCodeAt(i)) i++;
  return i;
}
