import type { TypeHandler, TypeSubscription } from '../xds/mux.ts';
import type { Outcome } from '../xds/type_state.ts';
import type { DiscoveryResponse } from '../xds/wire.ts';
import type { ServerSource, StreamDeps } from './named_stream.ts';
import type { ConfigSource, RoutePayload } from './payload.ts';
import { TYPE, type Version } from './resource_map.ts';
import { sourceKey } from './sources.ts';

/** virtual_hosts of envoy.config.route.v3.RouteConfiguration: its field number as a length-delimited tag. */
const VIRTUAL_HOSTS_TAG = 0x12;

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

/** The bytes of a table with those of more virtual hosts behind it, which is how messages are merged. */
export function withHosts(table: Uint8Array, hosts: readonly Uint8Array[]): Uint8Array {
  const pieces: Uint8Array[] = [table];
  for (const host of hosts) {
    const head = [VIRTUAL_HOSTS_TAG];
    let length = host.length;
    for (; length > 127; length = Math.floor(length / 128)) head.push((length & 127) | 128);
    head.push(length);
    pieces.push(Uint8Array.from(head), host);
  }
  return new Uint8Array(Buffer.concat(pieces));
}

/**
 * Virtual hosts from a management server of their own (VHDS, which is incremental by nature): those of the name
 * `<table>/<host>` belong to the route table. Hosts are not asked for one by one when requests come.
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

  close(): void {
    for (const stream of this.#streams.values()) stream.stop();
    this.#streams.clear();
  }
}

class HostStream<C> implements TypeHandler {
  readonly #source: ServerSource;
  readonly #deps: StreamDeps;
  readonly #hosts = new Map<string, Uint8Array>();
  readonly #followers = new Set<Follower<C>>();
  readonly #channel: TypeSubscription;
  /** The server has spoken. */
  #known = false;

  constructor(source: ServerSource, deps: StreamDeps) {
    this.#source = source;
    this.#deps = deps;
    this.#channel = deps.servers.subscribe(source, TYPE.virtualHost, this, true);
  }

  get followed(): boolean {
    return this.#followers.size > 0;
  }

  follow(follower: Follower<C>): void {
    this.#followers.add(follower);
    const { initialFetchTimeoutMs } = this.#source;
    if (this.#known) {
      void this.#compile(follower, undefined).finally(() => settle(follower));
      return;
    }
    if (initialFetchTimeoutMs <= 0) return;
    follower.timer = setTimeout(() => settle(follower), Math.min(initialFetchTimeoutMs, 0x7fffffff));
    follower.timer.unref();
  }

  leave(follower: Follower<C>): void {
    clearTimeout(follower.timer);
    follower.ready = undefined;
    this.#followers.delete(follower);
  }

  serve(version: Version<RoutePayload<C>>, publish: (compiled: C) => void): void {
    for (const follower of this.#followers) if (follower.version === version) follower.publish = publish;
  }

  stop(): void {
    this.#channel.close();
    for (const { timer } of this.#followers) clearTimeout(timer);
  }

  onResponse({ resources, removed }: DiscoveryResponse): Promise<Outcome> {
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
      for (const follower of [...this.#followers]) {
        const touched = [...changed].some((name) => name.startsWith(`${follower.name}/`));
        if (touched) errors.push(...(await this.#compile(follower, before)));
        if (first || touched) settle(follower);
      }
      if (errors.length === 0) return {};
      const rejected = new Set(resources.map(({ name }) => name));
      return { error: errors.join('; '), rejected };
    });
  }

  onExpired(names: readonly string[]): void {
    const response = { typeUrl: TYPE.virtualHost, full: false, version: '', nonce: '', resources: [] };
    void this.onResponse({ ...response, removed: names, controlPlane: undefined });
  }

  onFailure(): void {
    // Counted nowhere: the tables are there.
  }

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
