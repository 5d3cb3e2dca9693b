import type { Logger } from '../log/logger.ts';
import type { ControlPlaneCounts, TypeHandler, TypeSubscription } from '../xds/mux.ts';
import type { Outcome } from '../xds/type_state.ts';
import type { DiscoveryResponse, WireResource } from '../xds/wire.ts';
import { canonicalName, isXdstp } from '../xds/xdstp.ts';
import { freshOf, inSlices, loadInPieces, type ResourceLoader } from './load_stream.ts';
import { NamedHandler, type NamedHooks, type NamedSource, type Subscriber } from './named_source.ts';
import type { AdsSource, ApiSource } from './payload.ts';
import { type Resource, TYPE } from './resource_map.ts';
import { newCounts, type SubscriptionCounts } from './subscription.ts';

export type ServerSource = AdsSource | ApiSource;

/** The management servers, as far as subscriptions know them. */
export interface Servers {
  subscribe(source: ServerSource, typeUrl: string, handler: TypeHandler, wildcard: boolean): TypeSubscription;
  /** The stream of the authority of a name; absent: names come from where their source says. */
  authorityOf?(name: string): number | undefined;
}

export type StreamDeps = {
  readonly servers: Servers;
  readonly load: ResourceLoader;
  /** Runs updates that may refer to each other in the order in which they came. */
  readonly inOrder: <T>(work: () => Promise<T>) => Promise<T>;
  readonly log: Logger;
};

/** These concern nothing but themselves, and wait for nobody. */
const FREE: ReadonlySet<string> = new Set([TYPE.endpoints, TYPE.secret]);
/** So many names that nobody wants any longer are remembered, and for so long. Milliseconds. */
const MOST_PARKED = 1000;
const PARKED_MS = 10_000;

/** The resources of one management server that are asked for by name: RDS, EDS, SDS. */
export class NamedStream<P> extends NamedHandler<P> implements NamedSource<P>, TypeHandler {
  readonly #typeUrl: string;
  readonly #source: ServerSource;
  readonly #deps: StreamDeps;
  readonly #counts = new Map<string, SubscriptionCounts>();
  /** Of names that were given up: a server may not have noticed, and not send them again (see SotwState). */
  readonly #parked = new Map<string, { readonly resource: WireResource; readonly since: number }>();
  /** The server sends states of the world. */
  #full = false;
  readonly #channel: TypeSubscription;
  #stopped = false;

  constructor(typeUrl: string, source: ServerSource, deps: StreamDeps, hooks: NamedHooks<P>) {
    super(typeUrl, source, hooks);
    this.#typeUrl = typeUrl;
    this.#source = source;
    this.#deps = deps;
    this.#channel = deps.servers.subscribe(source, typeUrl, this, false);
  }

  counts(name: string): SubscriptionCounts | undefined {
    return this.#counts.get(name);
  }

  controlPlane(name: string): ControlPlaneCounts | undefined {
    return this.#channel.controlPlane?.(name);
  }

  add(subscriber: Subscriber<P>, timeoutMs: number): void {
    const { name } = subscriber;
    const first = this.subscribers.add(subscriber);
    const active = this.table.get(name)?.active;
    if (active !== undefined) {
      subscriber.onVersion(active);
      return;
    }
    this.subscribers.wait(subscriber, timeoutMs, () => {
      const counts = this.#counts.get(name);
      if (counts !== undefined) counts.init_fetch_timeout++;
    });
    if (!first) return;
    const counts = newCounts();
    counts.update_attempt++;
    this.#counts.set(name, counts);
    this.#channel.add([name]);
    const parked = this.#parked.get(name);
    if (parked === undefined) return;
    this.#parked.delete(name);
    if (Date.now() - parked.since > PARKED_MS) return;
    void this.#update([parked.resource], parked.resource.version, true);
  }

  delete(subscriber: Subscriber<P>): void {
    const { name } = subscriber;
    if (!this.subscribers.delete(subscriber)) return;
    const last = this.table.get(name)?.active;
    if (last !== undefined && this.#full) this.#park({ name, version: last.version, bytes: last.bytes });
    this.#counts.delete(name);
    this.#channel.remove([name]);
    this.table.apply('dynamic', { added: [], removed: [name] }, this.table.versionInfo);
  }

  pause(): void {
    this.#channel.pause();
  }

  resume(): void {
    this.#channel.resume();
  }

  stop(): void {
    this.#stopped = true;
    this.#channel.close();
    this.subscribers.stop();
  }

  // ---- what the server says -------------------------------------------------------------------

  async onResponse(response: DiscoveryResponse): Promise<Outcome> {
    const { version, full } = response;
    // Names with an authority are compared in one form.
    const resources = response.resources.map((one) => (isXdstp(one.name) ? uniform(one) : one));
    const removed = response.removed.map(canonicalName);
    this.#full = full;
    const wanted = resources.filter((resource) => this.subscribers.has(resource.name));
    if (full)
      for (const resource of resources) if (!this.subscribers.has(resource.name)) this.#park(resource);
    const work = async (): Promise<Outcome> => {
      const outcome = await this.#update(wanted, version, full);
      for (const name of removed) this.#missing(name);
      return outcome;
    };
    return FREE.has(this.#typeUrl) ? work() : this.#deps.inOrder(work);
  }

  onExpired(names: readonly string[]): void {
    for (const name of names.map(canonicalName)) {
      this.#deps.log.warn(`the time to live of ${this.#typeUrl} ${name} is over`);
      this.#missing(name);
    }
  }

  onFailure(): void {
    for (const counts of this.#counts.values()) {
      counts.update_failure++;
      counts.update_attempt++;
    }
  }

  /** As in Envoy what is there stays; who waits for endpoints need not wait any longer. */
  #missing(name: string): void {
    if (this.#typeUrl !== TYPE.endpoints) return;
    const counts = this.#counts.get(name);
    if (counts === undefined) return;
    counts.update_empty++;
    this.#giveUp(name);
  }

  /** As in Envoy nobody waits any longer for what was refused, or is not there. */
  #giveUp(name: string): void {
    if (this.table.get(name)?.active !== undefined) return;
    for (const subscriber of this.subscribers.of(name)) {
      clearTimeout(subscriber.timer);
      subscriber.onTimeout();
    }
  }

  async #update(resources: readonly WireResource[], version: string, full: boolean): Promise<Outcome> {
    const versions = full ? undefined : new Map(resources.map((each) => [each.name, each.version]));
    const errors: string[] = [];
    const rejected = new Set<string>();
    const refuse = (name: string, details: string): void => {
      rejected.add(name);
      errors.push(`${name}: ${details}`);
    };
    const fresh = freshOf(this.table, resources);
    for await (const { resources: loaded, failures } of loadInPieces<P>(
      this.#deps.load,
      this.#typeUrl,
      fresh,
      this.#source,
    )) {
      if (this.#stopped) return {};
      for (const { name, details, bytes } of failures) {
        refuse(name, details);
        this.table.fail(name, { version: versions?.get(name) ?? version, details, bytes });
      }
      // Whoever wanted it may have gone while it was read.
      const still = loaded.filter(({ name }) => this.subscribers.has(name));
      await inSlices(still, (slice) => this.#apply(slice, version, versions, refuse));
    }
    this.table.versionInfo = version;
    const text = errors.length === 0 ? undefined : errors.join('; ');
    for (const { name } of resources) this.#count(name, version, rejected.has(name));
    for (const name of rejected) this.#giveUp(name);
    if (text !== undefined) this.#deps.log.warn(`gRPC config for ${this.#typeUrl} rejected: ${text}`);
    return { error: text, rejected };
  }

  #apply(
    slice: readonly Resource<P>[],
    version: string,
    versions: ReadonlyMap<string, string> | undefined,
    refuse: (name: string, details: string) => void,
  ): void {
    const added =
      versions === undefined ? slice : slice.map((r) => ({ ...r, version: versions.get(r.name) ?? version }));
    const result = this.table.apply('dynamic', { added, removed: [] }, version);
    for (const { name, details } of result.failed) refuse(name, details);
    for (const name of [...result.added, ...result.modified]) {
      const counts = this.#counts.get(name);
      if (counts === undefined) continue;
      counts.config_reload++;
      counts.config_reload_time_ms = Date.now();
    }
  }

  #count(name: string, version: string, rejected: boolean): void {
    const counts = this.#counts.get(name);
    if (counts === undefined) return;
    counts.update_attempt++;
    if (rejected) {
      counts.update_rejected++;
      return;
    }
    counts.update_success++;
    counts.update_time = Date.now();
    counts.version_text = version;
  }

  #park({ name, version, bytes }: Pick<WireResource, 'name' | 'version' | 'bytes'>): void {
    if (bytes === undefined) return;
    this.#parked.delete(name);
    // Of its own: the response around it is let go.
    const kept = {
      name,
      version,
      bytes: bytes.slice(),
      typeUrl: this.#typeUrl,
      ttlMs: undefined,
      aliases: [],
    };
    this.#parked.set(name, { resource: kept, since: Date.now() });
    if (this.#parked.size <= MOST_PARKED) return;
    const [oldest] = this.#parked.keys();
    if (oldest !== undefined) this.#parked.delete(oldest);
  }
}

const uniform = (resource: WireResource): WireResource => ({
  ...resource,
  name: canonicalName(resource.name),
});
