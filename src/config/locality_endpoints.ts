import type { TypeHandler, TypeSubscription } from '../xds/mux.ts';
import type { Outcome } from '../xds/type_state.ts';
import type { DiscoveryResponse } from '../xds/wire.ts';
import { canonicalName, collectionOf } from '../xds/xdstp.ts';
import type { NamedHooks } from './named_source.ts';
import type { ServerSource, StreamDeps } from './named_stream.ts';
import type { ConfigSource, EndpointsPayload, LocalitySource } from './payload.ts';
import { TYPE, type Version } from './resource_map.ts';
import { sourceKey } from './sources.ts';
import { newCounts, type SubscriptionCounts } from './subscription.ts';
import { withEndpoints } from './wire_merge.ts';

type EndpointsVersion<C> = Version<EndpointsPayload<C>>;

/** An assignment with localities whose endpoints come by themselves. */
type Follower<C> = {
  readonly version: EndpointsVersion<C>;
  readonly origin: ConfigSource;
  readonly leds: readonly LocalitySource[];
  readonly counts: SubscriptionCounts;
  /** Ends the first wait. */
  ready: (() => void) | undefined;
  serves: boolean;
  /** Counts compilations: one that is overtaken is thrown away. */
  compilations: number;
};

/** The endpoints of localities from collections of their own (LEDS). */
export class LocalityEndpoints<C> implements NamedHooks<EndpointsPayload<C>> {
  readonly #deps: StreamDeps;
  readonly #announce: (source: ConfigSource, name: string) => void;
  readonly #streams = new Map<string, LocalityStream<C>>();
  /** How to let go of what versions follow that warm, and of those that serve. */
  readonly #warming = new Map<EndpointsVersion<C>, { follower: Follower<C>; stop: () => void }>();
  readonly #serving = new Map<string, { follower: Follower<C>; stop: () => void }>();

  /** By source and name. */
  readonly #counts = new Map<string, SubscriptionCounts>();

  /** `announce`: the present version of an assignment has other endpoints. */
  constructor(deps: StreamDeps, announce: (source: ConfigSource, name: string) => void) {
    this.#deps = deps;
    this.#announce = announce;
  }

  warm(version: EndpointsVersion<C>, origin: ConfigSource, ready: () => void): () => void {
    const { leds } = version.payload;
    if (leds === undefined) {
      ready();
      return () => undefined;
    }
    const key = keyOf(origin, version.name);
    const counts = this.#counts.get(key) ?? newCounts();
    this.#counts.set(key, counts);
    const follower: Follower<C> = {
      ...{ version, origin, leds, counts, serves: false, compilations: 0 },
      // It may be ready at once, before there is a way to stop it.
      ready: () => queueMicrotask(ready),
    };
    const streams = new Set(leds.map(({ source }) => this.#stream(source)));
    for (const stream of streams) stream.follow(follower);
    const stop = (): void => {
      follower.ready = undefined;
      for (const stream of streams) {
        stream.leave(follower);
        if (stream.followed) continue;
        stream.stop();
        this.#streams.delete(sourceKey(stream.source));
      }
    };
    this.#warming.set(version, { follower, stop });
    void this.#look(follower);
    return () => {
      this.#warming.delete(version);
      stop();
    };
  }

  put(version: EndpointsVersion<C>, origin: ConfigSource): void {
    const key = keyOf(origin, version.name);
    const before = this.#serving.get(key);
    const own = this.#warming.get(version);
    this.#serving.delete(key);
    if (own === undefined) this.#counts.delete(key);
    else {
      this.#warming.delete(version);
      own.follower.serves = true;
      this.#serving.set(key, own);
    }
    before?.stop();
  }

  drop(name: string, origin: ConfigSource): void {
    const key = keyOf(origin, name);
    this.#serving.get(key)?.stop();
    this.#serving.delete(key);
    this.#counts.delete(key);
  }

  /** Of all collections of an assignment. */
  counts(origin: ConfigSource, name: string): SubscriptionCounts | undefined {
    return this.#counts.get(keyOf(origin, name));
  }

  close(): void {
    for (const stream of this.#streams.values()) stream.stop();
    this.#streams.clear();
  }

  #stream(source: ServerSource): LocalityStream<C> {
    const key = sourceKey(source);
    const known = this.#streams.get(key);
    if (known !== undefined) return known;
    const made = new LocalityStream<C>(source, this.#deps, (follower) => this.#look(follower));
    this.#streams.set(key, made);
    return made;
  }

  /** Builds the assignment when all of its collections have been told of. Answers what is wrong with it. */
  async #look(follower: Follower<C>): Promise<string[]> {
    const { version, origin, leds } = follower;
    const hosts = new Map<number, readonly Uint8Array[]>();
    for (const { locality, source, collection } of leds) {
      const found = this.#streams.get(sourceKey(source))?.endpointsOf(collection);
      if (found === undefined) return [];
      hosts.set(locality, found);
    }
    const compilation = ++follower.compilations;
    const { name } = version;
    const bytes = withEndpoints(version.bytes, hosts);
    const loaded = await this.#deps.load<EndpointsPayload<C>>(TYPE.endpoints, [{ name, bytes }], origin);
    const payload = loaded.resources[0]?.payload;
    if (payload === undefined) return loaded.failures.map(({ details }) => `${name}: ${details}`);
    if (compilation !== follower.compilations) return [];
    version.payload = { ...payload, leds };
    if (follower.serves) this.#announce(origin, name);
    const { ready } = follower;
    follower.ready = undefined;
    ready?.();
    return [];
  }
}

const keyOf = (source: ConfigSource, name: string): string => `${sourceKey(source)}\0${name}`;

type Collection<C> = {
  readonly hosts: Map<string, Uint8Array>;
  readonly followers: Set<Follower<C>>;
  /** The server has spoken of it, or has not in time. */
  known: boolean;
  timer: NodeJS.Timeout | undefined;
};

/** The collections of one server. */
class LocalityStream<C> implements TypeHandler {
  readonly source: ServerSource;
  readonly #look: (follower: Follower<C>) => Promise<string[]>;
  readonly #collections = new Map<string, Collection<C>>();
  readonly #channel: TypeSubscription;

  constructor(source: ServerSource, deps: StreamDeps, look: (follower: Follower<C>) => Promise<string[]>) {
    this.source = source;
    this.#look = look;
    this.#channel = deps.servers.subscribe(source, TYPE.lbEndpoint, this, false);
  }

  get followed(): boolean {
    return this.#collections.size > 0;
  }

  /** Undefined: it is not known yet. */
  endpointsOf(collection: string): readonly Uint8Array[] | undefined {
    const found = this.#collections.get(collection);
    return found?.known === true ? [...found.hosts.values()] : undefined;
  }

  follow(follower: Follower<C>): void {
    for (const { source, collection } of follower.leds) {
      if (sourceKey(source) !== sourceKey(this.source)) continue;
      const known = this.#collections.get(collection);
      const own = known ?? this.#subscribe(collection, source.initialFetchTimeoutMs);
      own.followers.add(follower);
      if (known === undefined) follower.counts.update_attempt++;
    }
  }

  leave(follower: Follower<C>): void {
    for (const [name, collection] of this.#collections) {
      if (!collection.followers.delete(follower) || collection.followers.size > 0) continue;
      clearTimeout(collection.timer);
      this.#collections.delete(name);
      this.#channel.remove([name]);
    }
  }

  stop(): void {
    this.#channel.close();
    for (const { timer } of this.#collections.values()) clearTimeout(timer);
    this.#collections.clear();
  }

  async onResponse({ resources, removed, version }: DiscoveryResponse): Promise<Outcome> {
    const touched = new Map<Collection<C>, ReadonlyMap<string, Uint8Array>>();
    const touch = (name: string): Collection<C> | undefined => {
      const found = this.#collections.get(collectionOf(name) ?? '');
      if (found !== undefined && !touched.has(found)) touched.set(found, new Map(found.hosts));
      return found;
    };
    for (const name of removed) {
      const found = touch(name);
      // Of the collection as a whole: there is nothing in it.
      if (found === this.#collections.get(canonicalName(name))) found?.hosts.clear();
      else found?.hosts.delete(canonicalName(name));
    }
    for (const { name, bytes } of resources)
      if (bytes !== undefined) touch(name)?.hosts.set(canonicalName(name), bytes.slice());
    // An answer without anything is one to who waits for the first.
    if (resources.length + removed.length === 0)
      for (const each of this.#collections.values()) if (!each.known) touched.set(each, new Map());
    for (const each of touched.keys()) this.#isKnown(each);
    const errors = await this.#tell(touched, version);
    if (errors.length === 0) return {};
    return { error: errors.join('; '), rejected: new Set(resources.map(({ name }) => name)) };
  }

  onExpired(names: readonly string[]): void {
    const response = { typeUrl: TYPE.lbEndpoint, full: false, version: '', nonce: '', resources: [] };
    void this.onResponse({ ...response, removed: names, controlPlane: undefined });
  }

  onFailure(): void {
    for (const { counts } of this.#followers()) {
      counts.update_failure++;
      counts.update_attempt++;
    }
  }

  #followers(of: Iterable<Collection<C>> = this.#collections.values()): Set<Follower<C>> {
    return new Set([...of].flatMap(({ followers }) => [...followers]));
  }

  /** Who cannot be built with it makes its collections what they were. */
  async #tell(
    touched: ReadonlyMap<Collection<C>, ReadonlyMap<string, Uint8Array>>,
    version: string,
  ): Promise<string[]> {
    const errors: string[] = [];
    for (const follower of this.#followers(touched.keys())) {
      const faults = await this.#look(follower);
      errors.push(...faults);
      const { counts } = follower;
      counts.update_attempt++;
      if (faults.length > 0) {
        counts.update_rejected++;
        continue;
      }
      counts.update_success++;
      counts.update_time = Date.now();
      counts.version_text = version;
    }
    if (errors.length === 0) return errors;
    for (const [collection, before] of touched) {
      collection.hosts.clear();
      for (const [name, bytes] of before) collection.hosts.set(name, bytes);
    }
    // With what was there they are what they were, and wait no longer.
    for (const follower of this.#followers(touched.keys())) if (follower.ready) await this.#look(follower);
    return errors;
  }

  #subscribe(name: string, timeoutMs: number): Collection<C> {
    const made: Collection<C> = { hosts: new Map(), followers: new Set(), known: false, timer: undefined };
    this.#collections.set(name, made);
    this.#channel.add([name]);
    if (timeoutMs <= 0) return made;
    const late = (): void => {
      this.#isKnown(made);
      for (const follower of made.followers) {
        follower.counts.init_fetch_timeout++;
        void this.#look(follower);
      }
    };
    made.timer = setTimeout(late, Math.min(timeoutMs, 0x7fffffff));
    made.timer.unref();
    return made;
  }

  #isKnown(collection: Collection<C>): void {
    collection.known = true;
    clearTimeout(collection.timer);
  }
}
