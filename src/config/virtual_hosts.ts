import type { ControlPlaneCounts, TypeHandler, TypeSubscription } from '../xds/mux.ts';
import type { Outcome } from '../xds/type_state.ts';
import type { DiscoveryResponse, WireResource } from '../xds/wire.ts';
import type { ServerSource, StreamDeps } from './named_stream.ts';
import { AskedNames } from './on_demand.ts';
import type { ConfigSource, RoutePayload } from './payload.ts';
import { TYPE, type Version } from './resource_map.ts';
import { sourceKey } from './sources.ts';
import { newCounts, type SubscriptionCounts } from './subscription.ts';
import { withHosts } from './wire_merge.ts';

/** A route table, and where more of its virtual hosts come from. */
type Follower<C> = {
  readonly name: string;
  readonly version: Version<RoutePayload<C>>;
  readonly origin: ConfigSource;
  /** Once it serves: takes each further compilation. */
  publish: ((compiled: C) => void) | undefined;
  /** Ends the first wait. */
  ready: (() => void) | undefined;
  timer: NodeJS.Timeout | undefined;
};

/** So many names that were answered with nothing are remembered of each source. */
const MOST_ABSENT = 1000;

/**
 * Virtual hosts from a management server of their own (VHDS, which is incremental by nature): those of the name
 * `<table>/<host>` belong to the route table. All are asked for as a whole; one that requests want and that has not
 * come is asked for by its name.
 */
export class VirtualHosts<C> {
  readonly #deps: StreamDeps;
  readonly #streams = new Map<string, HostStream<C>>();

  constructor(deps: StreamDeps) {
    this.#deps = deps;
  }

  /**
   * Calls `ready` when the hosts are in the version's compilation, or late. Answers how to let go.
   */
  warm(
    version: Version<RoutePayload<C>>,
    source: ServerSource,
    origin: ConfigSource,
    ready: () => void,
  ): () => void {
    const id = sourceKey(source);
    let stream = this.#streams.get(id);
    if (stream === undefined) {
      stream = new HostStream(source, this.#deps);
      this.#streams.set(id, stream);
    }
    const own = stream;
    const { name } = version;
    const follower: Follower<C> = { name, version, origin, publish: undefined, ready, timer: undefined };
    own.follow(follower);
    return () => {
      own.leave(follower);
      if (own.followed) return;
      own.stop();
      if (this.#streams.get(id) === own) this.#streams.delete(id);
    };
  }

  /** The version serves from now on: further hosts are published. */
  serve(version: Version<RoutePayload<C>>, source: ServerSource, publish: (compiled: C) => void): void {
    this.#streams.get(sourceKey(source))?.serve(version, publish);
  }

  /** A request of the table has asked for a host that it does not have: `done` once the server has answered. */
  demand(table: string, source: ServerSource, host: string, done: () => void): void {
    const stream = this.#streams.get(sourceKey(source));
    if (stream === undefined) done();
    else stream.demand(`${table}/${host}`, done);
  }

  counts(source: ServerSource, table: string): SubscriptionCounts | undefined {
    return this.#streams.get(sourceKey(source))?.counts.get(table);
  }

  controlPlane(source: ServerSource): ControlPlaneCounts | undefined {
    return this.#streams.get(sourceKey(source))?.controlPlane;
  }

  close(): void {
    for (const stream of this.#streams.values()) stream.stop();
    this.#streams.clear();
  }
}

class HostStream<C> implements TypeHandler {
  readonly bodiless = true;
  readonly #source: ServerSource;
  readonly #deps: StreamDeps;
  readonly #hosts = new Map<string, Uint8Array>();
  readonly #followers = new Set<Follower<C>>();
  readonly #channel: TypeSubscription;
  readonly #asked: AskedNames;
  /**
   * Names that were asked for and answered: with the resource that stands for them, or with nothing. As in Envoy
   * nobody waits for such a name again: it is subscribed to.
   */
  readonly #answered = new Map<string, string | undefined>();
  #absent = 0;
  /** By table. */
  readonly counts = new Map<string, SubscriptionCounts>();
  /** The server has spoken. */
  #known = false;

  constructor(source: ServerSource, deps: StreamDeps) {
    this.#source = source;
    this.#deps = deps;
    this.#channel = deps.servers.subscribe(source, TYPE.virtualHost, this, true);
    this.#asked = new AskedNames(this.#channel);
  }

  get followed(): boolean {
    return this.#followers.size > 0;
  }

  get controlPlane(): ControlPlaneCounts | undefined {
    return this.#channel.controlPlane?.('');
  }

  follow(follower: Follower<C>): void {
    this.#followers.add(follower);
    const { name } = follower;
    if (!this.counts.has(name)) this.counts.set(name, { ...newCounts(), update_attempt: 1 });
    const { initialFetchTimeoutMs } = this.#source;
    if (this.#known) {
      void this.#compile(follower, undefined).finally(() => settle(follower));
      return;
    }
    if (initialFetchTimeoutMs <= 0) return;
    const late = (): void => {
      const counts = this.counts.get(name);
      if (counts !== undefined) counts.init_fetch_timeout++;
      settle(follower);
    };
    follower.timer = setTimeout(late, Math.min(initialFetchTimeoutMs, 0x7fffffff));
    follower.timer.unref();
  }

  leave(follower: Follower<C>): void {
    clearTimeout(follower.timer);
    follower.ready = undefined;
    this.#followers.delete(follower);
    const { name } = follower;
    for (const each of this.#followers) if (each.name === name) return;
    this.counts.delete(name);
    const head = `${name}/`;
    for (const each of this.#asked.names()) if (each.startsWith(head)) this.#asked.giveUp(each);
    for (const each of [...this.#answered.keys()]) if (each.startsWith(head)) this.#forget(each);
  }

  serve(version: Version<RoutePayload<C>>, publish: (compiled: C) => void): void {
    for (const follower of this.#followers) if (follower.version === version) follower.publish = publish;
  }

  demand(name: string, done: () => void): void {
    // It may have come while the request was on its way here.
    if (this.#answered.has(name) || this.#hosts.has(name)) {
      done();
      return;
    }
    const counts = this.counts.get(name.slice(0, name.lastIndexOf('/')));
    if (counts !== undefined) counts.update_attempt++;
    this.#asked.wait(name, done);
  }

  stop(): void {
    this.#channel.close();
    for (const { timer } of this.#followers) clearTimeout(timer);
    this.#asked.stop();
  }

  onResponse({ resources, removed, version }: DiscoveryResponse): Promise<Outcome> {
    return this.#deps.inOrder(async () => {
      const before = new Map(this.#hosts);
      const changed = new Set<string>(removed);
      for (const name of removed) this.#hosts.delete(name);
      for (const { name, bytes } of resources) {
        if (bytes === undefined) continue;
        this.#hosts.set(name, bytes.slice());
        changed.add(name);
      }
      const first = !this.#known;
      this.#known = true;
      const errors: string[] = [];
      const spoken = new Set([...removed, ...resources.map(({ name }) => name)]);
      for (const follower of [...this.#followers]) {
        const own = (name: string): boolean => name.startsWith(`${follower.name}/`);
        const touched = [...changed].some(own);
        const faults = touched ? await this.#compile(follower, before) : [];
        if ([...spoken].some(own)) this.#count(follower.name, version, faults.length > 0);
        errors.push(...faults);
        if (first || touched) settle(follower);
      }
      const rejected = new Set(errors.length === 0 ? [] : resources.map(({ name }) => name));
      this.#answer(resources, removed, rejected);
      if (errors.length === 0) return {};
      return { error: errors.join('; '), rejected };
    });
  }

  onExpired(names: readonly string[]): void {
    const response = { typeUrl: TYPE.virtualHost, full: false, version: '', nonce: '', resources: [] };
    void this.onResponse({ ...response, removed: names, controlPlane: undefined });
  }

  onFailure(): void {
    for (const counts of this.counts.values()) {
      counts.update_failure++;
      counts.update_attempt++;
    }
  }

  #count(table: string, version: string, refused: boolean): void {
    const counts = this.counts.get(table);
    if (counts === undefined) return;
    counts.update_attempt++;
    if (refused) {
      counts.update_rejected++;
      return;
    }
    counts.update_success++;
    counts.config_reload++;
    counts.update_time = counts.config_reload_time_ms = Date.now();
    counts.version_text = version;
  }

  // ---- names that requests have asked for ---------------------------------------------------------

  /** After the tables are published. A resource without a body says of its names that they stand for nothing. */
  #answer(
    resources: readonly WireResource[],
    removed: readonly string[],
    rejected: ReadonlySet<string>,
  ): void {
    if (removed.length > 0) this.#withdraw(new Set(removed));
    for (const { name, aliases, bytes, ttlMs } of resources) {
      // What renews the time to live of one that is there.
      if (bytes === undefined && (ttlMs !== undefined || this.#hosts.has(name))) continue;
      for (const each of [name, ...aliases]) {
        if (!rejected.has(name)) this.#settle(each, bytes === undefined ? undefined : name);
        // What was there before stays, and is still to be told of.
        else if (!this.#answered.has(each)) this.#asked.giveUp(each);
      }
    }
    this.#forgetOldest();
  }

  #withdraw(removed: ReadonlySet<string>): void {
    for (const [name, resource] of this.#answered) {
      if (resource === undefined || !removed.has(resource)) continue;
      this.#answered.set(name, undefined);
      this.#absent++;
    }
    for (const name of removed) this.#settle(name, undefined);
  }

  #settle(name: string, resource: string | undefined): void {
    const known = this.#answered.has(name);
    if (!known && !this.#asked.has(name)) return;
    if (known && this.#answered.get(name) === undefined) this.#absent--;
    this.#answered.delete(name);
    this.#answered.set(name, resource);
    if (resource === undefined) this.#absent++;
    this.#asked.settle(name);
  }

  #forgetOldest(): void {
    if (this.#absent <= MOST_ABSENT) return;
    for (const [name, resource] of this.#answered) {
      if (resource === undefined) this.#forget(name);
      if (this.#absent <= MOST_ABSENT) return;
    }
  }

  #forget(name: string): void {
    if (this.#answered.get(name) === undefined) this.#absent--;
    this.#answered.delete(name);
    this.#channel.remove([name]);
  }

  // ---- tables -------------------------------------------------------------------------------------

  /** The table with its hosts. When it cannot be built the hosts are those from before. */
  async #compile(
    follower: Follower<C>,
    before: ReadonlyMap<string, Uint8Array> | undefined,
  ): Promise<string[]> {
    const { name, version, origin } = follower;
    const own = [...this.#hosts].filter(([host]) => host.startsWith(`${name}/`)).map(([, bytes]) => bytes);
    const bytes = withHosts(version.bytes, own);
    const loaded = await this.#deps.load<RoutePayload<C>>(TYPE.route, [{ name, bytes }], origin);
    const compiled = loaded.resources[0]?.payload.compiled;
    if (compiled === undefined) {
      if (before !== undefined) this.#restore(name, before);
      return loaded.failures.map(({ details }) => `${name}: ${details}`);
    }
    if (follower.publish !== undefined) follower.publish(compiled);
    else version.payload.compiled = compiled;
    return [];
  }

  #restore(table: string, before: ReadonlyMap<string, Uint8Array>): void {
    const head = `${table}/`;
    for (const host of [...this.#hosts.keys()]) if (host.startsWith(head)) this.#hosts.delete(host);
    for (const [host, bytes] of before) if (host.startsWith(head)) this.#hosts.set(host, bytes);
  }
}

function settle<C>(follower: Follower<C>): void {
  clearTimeout(follower.timer);
  const { ready } = follower;
  follower.ready = undefined;
  ready?.();
}
