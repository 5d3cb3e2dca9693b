import { randomBytes } from 'node:crypto';
import { Resource } from './resource.ts';
import { ResourceMap } from './resource_map.ts';
import { type ResourceKind, typeFrom } from './resource_types.ts';
import type { Input } from './snapshot.ts';
import { type NodeInfo, type Source, View } from './view.ts';

export type LinearCacheOptions = {
  /** What versions begin with. Default: something random, so that another process has others. */
  readonly versionPrefix?: string;
  /** Called with names that clients ask for and that are not there: put them in, now or later. */
  readonly onDemand?: (names: readonly string[], node: NodeInfo) => void;
};

/** Resources of one type, the same for all clients, changed one by one. A change costs what it changes. */
export class LinearCache<Kind extends ResourceKind = ResourceKind> implements Source {
  readonly typeUrl: string;
  readonly #prefix: string;
  readonly #onDemand: LinearCacheOptions['onDemand'];
  readonly #watchers = new Set<() => void>();
  #view: View;
  #count = 0;

  /** `type`: a kind (`endpoints`) or a type URL. */
  constructor(
    type: Kind | (string & {}),
    resources: Iterable<Input<Kind>> = [],
    options: LinearCacheOptions = {},
  ) {
    this.typeUrl = typeFrom(type).typeUrl;
    this.#prefix = options.versionPrefix ?? `${randomBytes(4).toString('hex')}-`;
    this.#onDemand = options.onDemand;
    const list = Array.from(resources, (input) => this.#read(input));
    this.#view = new View(this.typeUrl, `${this.#prefix}0`, ResourceMap.of(list));
  }

  /** Puts one in, or a new version of it in its place. Throws ResourceError. */
  set(resource: Input<Kind>): Resource {
    const made = this.#read(resource);
    this.#change([[made.name, made]]);
    return made;
  }

  delete(name: string): void {
    this.#change([[name, undefined]]);
  }

  /** Several changes as one: all of them, or, when one throws, none. */
  update(set: Iterable<Input<Kind>>, remove: Iterable<string> = []): void {
    const changes: [string, Resource | undefined][] = Array.from(remove, (name) => [name, undefined]);
    for (const input of set) {
      const made = this.#read(input);
      changes.push([made.name, made]);
    }
    this.#change(changes);
  }

  /** These and no others. */
  replace(resources: Iterable<Input<Kind>>): void {
    const next = ResourceMap.of(Array.from(resources, (input) => this.#read(input)));
    const { changed, removed } = next.since(this.#view.resources);
    this.update(
      changed,
      removed.map(({ name }) => name),
    );
  }

  get(name: string): Resource | undefined {
    return this.#view.resources.get(name);
  }

  get size(): number {
    return this.#view.resources.size;
  }

  get version(): string {
    return this.#view.version;
  }

  [Symbol.iterator](): Iterator<Resource> {
    return this.#view.resources[Symbol.iterator]();
  }

  view(_node: NodeInfo, typeUrl: string): View | undefined {
    return typeUrl === this.typeUrl ? this.#view : undefined;
  }

  watch(_node: NodeInfo, onChange: () => void): () => void {
    const own = (): void => onChange();
    this.#watchers.add(own);
    return () => this.#watchers.delete(own);
  }

  demand(node: NodeInfo, typeUrl: string, names: readonly string[]): void {
    if (typeUrl === this.typeUrl) this.#onDemand?.(names, node);
  }

  #read(input: object): Resource {
    const made = input instanceof Resource ? input : Resource.of(this.typeUrl, input);
    if (made.typeUrl !== this.typeUrl)
      throw new TypeError(`${made.name} is a ${made.typeUrl}, not a ${this.typeUrl}`);
    return made;
  }

  #change(changes: readonly (readonly [string, Resource | undefined])[]): void {
    const { resources } = this.#view;
    const real = changes.filter(([name, next]) => {
      const before = resources.get(name);
      return next === undefined ? before !== undefined : before === undefined || !next.equals(before);
    });
    if (real.length === 0) return;
    this.#view = new View(this.typeUrl, `${this.#prefix}${++this.#count}`, resources.with(real));
    for (const onChange of this.#watchers) onChange();
  }
}
