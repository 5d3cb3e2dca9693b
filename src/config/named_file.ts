import { type NamedHooks, type NamedSource, type Subscriber, Subscribers } from './named_source.ts';
import type { PathSource } from './payload.ts';
import { type Entry, type Handler, type Resource, ResourceTable, type Version } from './resource_map.ts';
import {
  type Failure,
  FileSubscription,
  type SubscriptionCounts,
  type SubscriptionDeps,
} from './subscription.ts';

/** The resources of one file that are asked for by name: RDS, EDS, SDS. */
export class NamedFile<P> implements Handler<P>, NamedSource<P> {
  readonly table: ResourceTable<P>;
  readonly #subscription: FileSubscription<P>;
  readonly #subscribers = new Subscribers<P>();
  readonly #hooks: NamedHooks<P>;
  readonly #source: PathSource;
  #version: string | undefined;

  constructor(typeUrl: string, source: PathSource, deps: SubscriptionDeps, hooks: NamedHooks<P>) {
    this.#hooks = hooks;
    this.#source = source;
    this.table = new ResourceTable(typeUrl, this);
    this.#subscription = new FileSubscription(typeUrl, source, deps, {
      onUpdate: (resources, version) => this.#onUpdate(resources, version),
      onRejected: (failures, version) => this.#onRejected(failures, version),
    });
    void this.#subscription.start();
  }

  get wanted(): boolean {
    return this.#subscribers.size > 0;
  }

  /** All names of a file have those of the file. */
  counts(): SubscriptionCounts {
    return this.#subscription.counts;
  }

  names(): Iterable<string> {
    return this.#subscribers.names();
  }

  add(subscriber: Subscriber<P>, timeoutMs: number): void {
    this.#subscribers.add(subscriber);
    const active = this.table.get(subscriber.name)?.active;
    if (active !== undefined) {
      subscriber.onVersion(active);
      return;
    }
    this.#subscribers.wait(subscriber, timeoutMs, () => {
      this.#subscription.counts.init_fetch_timeout++;
    });
    // The file was read when nobody wanted this name yet.
    if (this.#version !== undefined) this.#subscription.refresh();
  }

  delete(subscriber: Subscriber<P>): void {
    if (!this.#subscribers.delete(subscriber)) return;
    this.table.apply('dynamic', { added: [], removed: [subscriber.name] }, this.#version ?? '');
  }

  pause(): void {
    // Nobody is asked.
  }
  resume(): void {
    // Nobody is asked.
  }

  stop(): void {
    this.#subscription.stop();
    this.#subscribers.stop();
  }

  #onUpdate(resources: readonly Resource<P>[], version: string): string | undefined {
    const { counts } = this.#subscription;
    this.#version = version;
    if (resources.length === 0) counts.update_empty++;
    // A resource that is missing from the file keeps its last version, as in Envoy.
    const added = resources.filter(({ name }) => this.#subscribers.has(name));
    const result = this.table.apply('dynamic', { added, removed: [] }, version);
    if (result.added.length + result.modified.length > 0) {
      counts.config_reload++;
      counts.config_reload_time_ms = Date.now();
    }
    if (result.failed.length === 0) return undefined;
    return result.failed.map(({ name, details }) => `${name}: ${details}`).join('; ');
  }

  #onRejected(failures: readonly Failure[], version: string): void {
    for (const { name, details, bytes } of failures) this.table.fail(name, { version, details, bytes });
  }

  warm(_entry: Entry<P>, version: Version<P>, ready: () => void): () => void {
    if (this.#hooks.warm !== undefined) return this.#hooks.warm(version, this.#source, ready);
    ready();
    return () => undefined;
  }

  activate(entry: Entry<P>, version: Version<P>, _previous: Version<P> | undefined, done: () => void): void {
    this.#hooks.put?.(version, this.#source);
    for (const subscriber of this.#subscribers.of(entry.name)) {
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
