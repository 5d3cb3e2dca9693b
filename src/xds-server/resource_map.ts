import type { Resource } from './resource.ts';

/** What differs from one map to a later one. */
export type Difference = {
  /** New, or in another version. */
  readonly changed: readonly Resource[];
  /** As they were. */
  readonly removed: readonly Resource[];
};

/** So many changes are kept beside the map that they change before another one is made. */
const BESIDE = 256;

/**
 * Resources by name; never changes. A map with a few changes shares the rest with the one it came from, and
 * what differs between the two is found without looking at the rest.
 */
export class ResourceMap {
  readonly size: number;
  readonly #base: ReadonlyMap<string, Resource>;
  /** Undefined: not there. */
  readonly #beside: ReadonlyMap<string, Resource | undefined>;
  /** By the map that came before; the same for all streams. */
  readonly #differences = new WeakMap<ResourceMap, Difference>();

  private constructor(
    base: ReadonlyMap<string, Resource>,
    beside: ReadonlyMap<string, Resource | undefined>,
    size: number,
  ) {
    this.#base = base;
    this.#beside = beside;
    this.size = size;
  }

  static readonly EMPTY = new ResourceMap(new Map(), new Map(), 0);

  /** Of two with one name the later one counts. */
  static of(resources: Iterable<Resource>): ResourceMap {
    const base = new Map<string, Resource>();
    for (const resource of resources) base.set(resource.name, resource);
    return new ResourceMap(base, new Map(), base.size);
  }

  get(name: string): Resource | undefined {
    return this.#beside.has(name) ? this.#beside.get(name) : this.#base.get(name);
  }

  *[Symbol.iterator](): Iterator<Resource> {
    for (const resource of this.#base.values()) if (!this.#beside.has(resource.name)) yield resource;
    for (const resource of this.#beside.values()) if (resource !== undefined) yield resource;
  }

  /** With these in place of what has their names; undefined takes a name away. */
  with(changes: Iterable<readonly [string, Resource | undefined]>): ResourceMap {
    const beside = new Map(this.#beside);
    let { size } = this;
    for (const [name, resource] of changes) {
      const before = beside.has(name) ? beside.get(name) : this.#base.get(name);
      size += Number(resource !== undefined) - Number(before !== undefined);
      beside.set(name, resource);
    }
    const made = new ResourceMap(this.#base, beside, size);
    // The base is copied when the changes are many, and not again until they are many again.
    return beside.size <= Math.max(BESIDE, this.#base.size / 64) ? made : ResourceMap.of(made);
  }

  /** What is to be said to somebody who knows `from`. Found once for each pair. */
  since(from: ResourceMap): Difference {
    if (from === this) return NOTHING;
    let found = this.#differences.get(from);
    if (found === undefined) {
      found = from.#base === this.#base ? this.#sinceBeside(from) : this.#sinceWhole(from);
      this.#differences.set(from, found);
    }
    return found;
  }

  #sinceBeside(from: ResourceMap): Difference {
    const names = new Set([...from.#beside.keys(), ...this.#beside.keys()]);
    const changed: Resource[] = [];
    const removed: Resource[] = [];
    for (const name of names) {
      const before = from.get(name);
      const now = this.get(name);
      if (now === undefined) {
        if (before !== undefined) removed.push(before);
      } else if (before === undefined || !now.equals(before)) changed.push(now);
    }
    return { changed, removed };
  }

  #sinceWhole(from: ResourceMap): Difference {
    const changed: Resource[] = [];
    const removed: Resource[] = [];
    for (const now of this) {
      const before = from.get(now.name);
      if (before === undefined || !now.equals(before)) changed.push(now);
    }
    for (const before of from) if (this.get(before.name) === undefined) removed.push(before);
    return { changed, removed };
  }
}

const NOTHING: Difference = { changed: [], removed: [] };
