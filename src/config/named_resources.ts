import { sourceKey } from './extract.ts';
import type { PathSource } from './payload.ts';
import { type Entry, type Handler, type Resource, ResourceTable, type Version } from './resource_map.ts';
import {
  type Failure,
  FileSubscription,
  type SubscriptionCounts,
  type SubscriptionDeps,
} from './subscription.ts';

/** What happens to a resource that somebody wants. */
export interface NamedHooks<P> {
  /** A version takes over (route configurations are published here). Throws: refused. */
  put?(version: Version<P>, source: PathSource): void;
  /** Nobody wants it any longer. */
  drop?(name: string, source: PathSource): void;
  settled?(): void;
}

type Subscriber<P> = {
  readonly name: string;
  readonly onVersion: (version: Version<P>) => void;
  readonly onTimeout: () => void;
  timer?: NodeJS.Timeout;
};

/** The resources of one file that are asked for by name: RDS and EDS. */
class NamedFile<P> implements Handler<P> {
  readonly table: ResourceTable<P>;
  readonly subscription: FileSubscription<P>;
  readonly #subscribers = new Map<string, Set<Subscriber<P>>>();
  readonly #hooks: NamedHooks<P>;
  readonly #source: PathSource;
  #version: string | undefined;

  constructor(typeUrl: string, source: PathSource, deps: SubscriptionDeps, hooks: NamedHooks<P>) {
    this.#hooks = hooks;
    this.#source = source;
    this.table = new ResourceTable(typeUrl, this);
    this.subscription = new FileSubscription(typeUrl, source, deps, {
      onUpdate: (resources, version) => this.#onUpdate(resources, version),
      onRejected: (failures, version) => this.#onRejected(failures, version),
    });
    void this.subscription.start();
  }

  get wanted(): boolean {
    return this.#subscribers.size > 0;
  }

  add(subscriber: Subscriber<P>, timeoutMs: number): void {
    const { name } = subscriber;
    const others = this.#subscribers.get(name);
    if (others === undefined) this.#subscribers.set(name, new Set([subscriber]));
    else others.add(subscriber);
    const active = this.table.get(name)?.active;
    if (active !== undefined) {
      subscriber.onVersion(active);
      return;
    }
    if (timeoutMs > 0) {
      subscriber.timer = setTimeout(() => {
        this.subscription.counts.init_fetch_timeout++;
        subscriber.onTimeout();
      }, timeoutMs);
      subscriber.timer.unref();
    }
    // The file was read when nobody wanted this name yet.
    if (this.#version !== undefined) this.subscription.refresh();
  }

  delete(subscriber: Subscriber<P>): void {
    clearTimeout(subscriber.timer);
    const all = this.#subscribers.get(subscriber.name);
    if (all?.delete(subscriber) !== true || all.size > 0) return;
    this.#subscribers.delete(subscriber.name);
    this.table.apply('dynamic', { added: [], removed: [subscriber.name] }, this.#version ?? '');
  }

  stop(): void {
    this.subscription.stop();
    for (const all of this.#subscribers.values()) for (const { timer } of all) clearTimeout(timer);
  }

  #onUpdate(resources: readonly Resource<P>[], version: string): string | undefined {
    this.#version = version;
    if (resources.length === 0) this.subscription.counts.update_empty++;
    // A resource that is missing from the file keeps its last version, as in Envoy.
    const added = resources.filter(({ name }) => this.#subscribers.has(name));
    const result = this.table.apply('dynamic', { added, removed: [] }, version);
    if (result.added.length + result.modified.length > 0) {
      this.subscription.counts.config_reload++;
      this.subscription.counts.config_reload_time_ms = Date.now();
    }
    if (result.failed.length === 0) return undefined;
    return result.failed.map(({ name, details }) => `${name}: ${details}`).join('; ');
  }

  #onRejected(failures: readonly Failure[], version: string): void {
    for (const { name, details, bytes } of failures) this.table.fail(name, { version, details, bytes });
  }

  warm(_entry: Entry<P>, _version: Version<P>, ready: () => void): () => void {
    ready();
    return () => undefined;
  }

  activate(entry: Entry<P>, version: Version<P>, _previous: Version<P> | undefined, done: () => void): void {
    this.#hooks.put?.(version, this.#source);
    for (const subscriber of [...(this.#subscribers.get(entry.name) ?? [])]) {
      clearTimeout(subscriber.timer);
      subscriber.onVersion(version);
    }
    done();
  }

  remove(entry: Entry<P>, _last: Version<P>, done: () => void): void {
    this.#hooks.drop?.(entry.name, this.#source);
    done();
  }

  settled(): void {
    this.#hooks.settled?.();
  }
}

/** All resources of a kind that are asked for by name, from any number of files. */
export class NamedResources<P> {
  readonly #typeUrl: string;
  readonly #deps: SubscriptionDeps;
  readonly #hooks: NamedHooks<P>;
  readonly #files = new Map<string, NamedFile<P>>();

  constructor(typeUrl: string, deps: SubscriptionDeps, hooks: NamedHooks<P> = {}) {
    this.#typeUrl = typeUrl;
    this.#deps = deps;
    this.#hooks = hooks;
  }

  /** One table for each file. */
  tables(): ResourceTable<P>[] {
    return [...this.#files.values()].map((file) => file.table);
  }

  /** The counts of the subscription that a name of a source comes through. */
  counts(source: PathSource): SubscriptionCounts | undefined {
    return this.#files.get(sourceKey(source))?.subscription.counts;
  }

  /** Tells of each version of a resource, the present one at once. Answers the way to stop. */
  subscribe(
    source: PathSource,
    name: string,
    onVersion: (version: Version<P>) => void,
    onTimeout: () => void,
  ): () => void {
    const id = sourceKey(source);
    let file = this.#files.get(id);
    if (file === undefined) {
      file = new NamedFile(this.#typeUrl, source, this.#deps, this.#hooks);
      this.#files.set(id, file);
    }
    const subscriber: Subscriber<P> = { name, onVersion, onTimeout };
    file.add(subscriber, source.initialFetchTimeoutMs);
    return () => {
      file.delete(subscriber);
      if (file.wanted) return;
      file.stop();
      this.#files.delete(id);
    };
  }

  close(): void {
    for (const file of this.#files.values()) file.stop();
    this.#files.clear();
  }
}
