import type { Resource } from './resource.ts';
import { Snapshot, type SnapshotResources, type SnapshotVersion } from './snapshot.ts';
import { type NodeInfo, type Source, View } from './view.ts';

/** A snapshot whose parts do not fit together. */
export class InconsistentError extends Error {
  readonly problems: readonly string[];

  constructor(group: string, problems: readonly string[]) {
    super(`the snapshot of "${group}" is not consistent:\n${problems.join('\n')}`);
    this.name = 'InconsistentError';
    this.problems = problems;
  }
}

export type SnapshotCacheOptions = {
  /** The group of a client. Default: the id of its node. */
  readonly hash?: (node: NodeInfo) => string;
  /** The group whose snapshot those get that have none of their own. */
  readonly fallback?: string;
  /** Refuse snapshots that are not consistent (Snapshot.check). Default: true. */
  readonly check?: boolean;
};

/** A snapshot for each group of clients. */
export class SnapshotCache implements Source {
  readonly #hash: (node: NodeInfo) => string;
  readonly #fallback: string | undefined;
  readonly #check: boolean;
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #views = new Map<string, ReadonlyMap<string, View>>();
  readonly #watchers = new Map<string, Set<() => void>>();

  constructor(options: SnapshotCacheOptions = {}) {
    this.#hash = options.hash ?? (({ id }) => id);
    this.#fallback = options.fallback;
    this.#check = options.check ?? true;
  }

  /**
   * Gives a group its next snapshot, which goes out at once. Of a type that is as before the version stays too.
   * Throws ResourceError, or InconsistentError; the snapshot before it stays then.
   */
  set(group: string, snapshot: Snapshot | SnapshotResources, version?: SnapshotVersion): Snapshot {
    const made = snapshot instanceof Snapshot ? snapshot : new Snapshot(snapshot, version);
    const problems = this.#check ? made.check() : [];
    if (problems.length > 0) throw new InconsistentError(group, problems);
    const before = this.#views.get(group);
    const views = new Map<string, View>();
    for (const view of made.views) views.set(view.typeUrl, merged(before?.get(view.typeUrl), view));
    // A type that had resources and is not in the snapshot has none now.
    for (const [typeUrl, view] of before ?? [])
      if (!views.has(typeUrl))
        views.set(typeUrl, view.resources.size === 0 ? view : new View(typeUrl, '', []));
    this.#snapshots.set(group, made);
    this.#views.set(group, views);
    this.#notify(group);
    return made;
  }

  get(group: string): Snapshot | undefined {
    return this.#snapshots.get(group);
  }

  /** Forgets a group. Its clients keep what they have. */
  delete(group: string): void {
    this.#snapshots.delete(group);
    this.#views.delete(group);
    this.#notify(group);
  }

  /** The groups that have a snapshot. */
  get groups(): readonly string[] {
    return [...this.#snapshots.keys()];
  }

  /** The group that a client belongs to. */
  groupOf(node: NodeInfo): string {
    return this.#hash(node);
  }

  view(node: NodeInfo, typeUrl: string): View | undefined {
    const own = this.#views.get(this.#hash(node));
    const views = own ?? (this.#fallback === undefined ? undefined : this.#views.get(this.#fallback));
    return views?.get(typeUrl);
  }

  watch(node: NodeInfo, onChange: () => void): () => void {
    const group = this.#hash(node);
    const groups = this.#fallback === undefined ? [group] : [...new Set([group, this.#fallback])];
    for (const each of groups) {
      const watchers = this.#watchers.get(each) ?? new Set();
      this.#watchers.set(each, watchers.add(onChange));
    }
    return () => {
      for (const each of groups) {
        const watchers = this.#watchers.get(each);
        watchers?.delete(onChange);
        if (watchers?.size === 0) this.#watchers.delete(each);
      }
    };
  }

  #notify(group: string): void {
    for (const onChange of this.#watchers.get(group) ?? []) onChange();
  }
}

/** The view that follows on another: the same when it says the same; with the same bytes for what it shares. */
function merged(before: View | undefined, view: View): View {
  if (before === undefined) return view;
  const { changed, removed } = view.resources.since(before.resources);
  if (changed.length === 0 && removed.length === 0) return before;
  const changes: [string, Resource | undefined][] = [
    ...changed.map((resource): [string, Resource] => [resource.name, resource]),
    ...removed.map(({ name }): [string, undefined] => [name, undefined]),
  ];
  return new View(view.typeUrl, view.version, before.resources.with(changes));
}
