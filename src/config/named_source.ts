import type { ConfigSource } from './payload.ts';
import { type Entry, type Handler, ResourceTable, type Version } from './resource_map.ts';
import type { ControlPlaneCounts } from '../xds/mux.ts';
import type { SubscriptionCounts } from './subscription.ts';

/** What happens to a resource that somebody wants. */
export interface NamedHooks<P> {
  /** Calls `ready` when the version is; answers the way to give up. Absent: it is at once. */
  warm?(version: Version<P>, source: ConfigSource, ready: () => void): () => void;
  /** A version takes over (route configurations are published here). Throws: refused. */
  put?(version: Version<P>, source: ConfigSource): void;
  /** Nobody wants it any longer. */
  drop?(name: string, source: ConfigSource): void;
  settled?(): void;
}

/** Somebody who wants a resource. */
export type Subscriber<P> = {
  readonly name: string;
  /** Throws: refused. */
  readonly onVersion: (version: Version<P>) => void;
  /** None came in time, or there is none. */
  readonly onTimeout: () => void;
  timer?: NodeJS.Timeout;
};

/** The resources of one source that are asked for by name. */
export interface NamedSource<P> {
  readonly table: ResourceTable<P>;
  readonly wanted: boolean;
  counts(name: string): SubscriptionCounts | undefined;
  /** The names that are wanted. */
  names(): Iterable<string>;
  /** Of a stream of its own. */
  controlPlane?(name: string): ControlPlaneCounts | undefined;
  add(subscriber: Subscriber<P>, timeoutMs: number): void;
  delete(subscriber: Subscriber<P>): void;
  /** Tells those who want it of the present version again. */
  announce(name: string): void;
  /** Between these two nothing is asked for. */
  pause(): void;
  resume(): void;
  stop(): void;
}

/** Subscribers by name. */
export class Subscribers<P> {
  readonly #byName = new Map<string, Set<Subscriber<P>>>();

  get size(): number {
    return this.#byName.size;
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  names(): Iterable<string> {
    return this.#byName.keys();
  }

  of(name: string): readonly Subscriber<P>[] {
    return [...(this.#byName.get(name) ?? [])];
  }

  /** Whether it is the first of its name. */
  add(subscriber: Subscriber<P>): boolean {
    const others = this.#byName.get(subscriber.name);
    if (others !== undefined) {
      others.add(subscriber);
      return false;
    }
    this.#byName.set(subscriber.name, new Set([subscriber]));
    return true;
  }

  /** Whether it was the last of its name. */
  delete(subscriber: Subscriber<P>): boolean {
    clearTimeout(subscriber.timer);
    const all = this.#byName.get(subscriber.name);
    if (all?.delete(subscriber) !== true || all.size > 0) return false;
    this.#byName.delete(subscriber.name);
    return true;
  }

  /** Ends all waiting. */
  stop(): void {
    for (const all of this.#byName.values()) for (const { timer } of all) clearTimeout(timer);
  }

  /** Waits for the first version no longer than this; 0: for ever. */
  wait(subscriber: Subscriber<P>, timeoutMs: number, late: () => void): void {
    if (timeoutMs <= 0) return;
    subscriber.timer = setTimeout(
      () => {
        late();
        subscriber.onTimeout();
      },
      Math.min(timeoutMs, 0x7fffffff),
    );
    subscriber.timer.unref();
  }
}

/** Its resources by name, and what becomes of their versions, wherever they come from. */
export abstract class NamedHandler<P> implements Handler<P> {
  readonly table: ResourceTable<P>;
  protected readonly subscribers = new Subscribers<P>();
  readonly #source: ConfigSource;
  readonly #hooks: NamedHooks<P>;

  constructor(typeUrl: string, source: ConfigSource, hooks: NamedHooks<P>) {
    this.#source = source;
    this.#hooks = hooks;
    this.table = new ResourceTable(typeUrl, this);
  }

  get wanted(): boolean {
    return this.subscribers.size > 0;
  }

  names(): Iterable<string> {
    return this.subscribers.names();
  }

  warm(_entry: Entry<P>, version: Version<P>, ready: () => void): () => void {
    if (this.#hooks.warm !== undefined) return this.#hooks.warm(version, this.#source, ready);
    ready();
    return () => undefined;
  }

  activate(entry: Entry<P>, version: Version<P>, _previous: Version<P> | undefined, done: () => void): void {
    this.#hooks.put?.(version, this.#source);
    for (const subscriber of this.subscribers.of(entry.name)) {
      clearTimeout(subscriber.timer);
      subscriber.onVersion(version);
    }
    done();
  }

  announce(name: string): void {
    const active = this.table.get(name)?.active;
    if (active === undefined) return;
    for (const subscriber of this.subscribers.of(name)) subscriber.onVersion(active);
    this.settled();
  }

  remove(entry: Entry<P>, _last: Version<P>, done: () => void): void {
    this.#hooks.drop?.(entry.name, this.#source);
    done();
  }

  settled(): void {
    this.#hooks.settled?.();
  }
}
