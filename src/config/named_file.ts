import { NamedHandler, type NamedHooks, type NamedSource, type Subscriber } from './named_source.ts';
import type { PathSource } from './payload.ts';
import type { Resource } from './resource_map.ts';
import {
  type Failure,
  FileSubscription,
  type SubscriptionCounts,
  type SubscriptionDeps,
} from './subscription.ts';

/** The resources of one file that are asked for by name: RDS, EDS, SDS. */
export class NamedFile<P> extends NamedHandler<P> implements NamedSource<P> {
  readonly #subscription: FileSubscription<P>;
  #version: string | undefined;

  constructor(typeUrl: string, source: PathSource, deps: SubscriptionDeps, hooks: NamedHooks<P>) {
    super(typeUrl, source, hooks);
    this.#subscription = new FileSubscription(typeUrl, source, deps, {
      onUpdate: (resources, version) => this.#onUpdate(resources, version),
      onRejected: (failures, version) => this.#onRejected(failures, version),
    });
    void this.#subscription.start();
  }

  /** All names of a file have those of the file. */
  counts(): SubscriptionCounts {
    return this.#subscription.counts;
  }

  add(subscriber: Subscriber<P>, timeoutMs: number): void {
    this.subscribers.add(subscriber);
    const active = this.table.get(subscriber.name)?.active;
    if (active !== undefined) {
      subscriber.onVersion(active);
      return;
    }
    this.subscribers.wait(subscriber, timeoutMs, () => {
      this.#subscription.counts.init_fetch_timeout++;
    });
    // The file was read when nobody wanted this name yet.
    if (this.#version !== undefined) this.#subscription.refresh();
  }

  delete(subscriber: Subscriber<P>): void {
    if (!this.subscribers.delete(subscriber)) return;
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
    this.subscribers.stop();
  }

  #onUpdate(resources: readonly Resource<P>[], version: string): string | undefined {
    const { counts } = this.#subscription;
    this.#version = version;
    if (resources.length === 0) counts.update_empty++;
    // A resource that is missing from the file keeps its last version, as in Envoy.
    const added = resources.filter(({ name }) => this.subscribers.has(name));
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
}
