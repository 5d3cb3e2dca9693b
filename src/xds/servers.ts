import type { Logger } from '../log/logger.ts';
import type { Clock } from './clock.ts';
import { type ControlPlaneCounts, Mux, type TypeHandler, type TypeSubscription } from './mux.ts';
import { RestPoller, type RestSettings } from './rest.ts';
import { adsPath, restPath, streamPath, TYPE_URL, type TypeUrl } from './services.ts';
import type { Stream, StreamEvents } from './transport.ts';
import type { DiscoveryResponse } from './wire.ts';
import { isXdstp, parseXdstp } from './xdstp.ts';

/** A management server, as the configuration describes it. */
export type Server = {
  readonly kind: 'sotw' | 'delta' | 'rest';
  readonly cluster: string;
  readonly nodeOnce: boolean;
  readonly rateLimit?: { readonly maxTokens: number; readonly fillRate: number };
  readonly backoff?: { readonly baseMs: number; readonly maxMs: number };
  readonly refreshMs?: number;
};

/** How servers are reached. */
export interface Reach<S extends Server> {
  open(server: S, path: string, events: StreamEvents): Stream;
  /** The body of an answer with the status 200; undefined: nothing changed. Rejects with the reason. */
  request(server: S, path: string, body: string): Promise<string | undefined>;
  /** The node as JSON. */
  nodeJson(node: Uint8Array): Promise<string>;
  /** Reads the JSON of an answer. */
  read(body: string): Promise<DiscoveryResponse>;
}

type Deps<S extends Server> = { readonly reach: Reach<S>; readonly clock: Clock; readonly log: Logger };

type Closable = { start(): void; stop(): void };
/** Envoy opens a stream for each secret; the agents that serve them count on it. */
const ALONE: ReadonlySet<string> = new Set([TYPE_URL.secret]);

/** All streams to management servers: one for all types (ADS), and those of sources with a server of their own. */
export class ManagementServers<S extends Server> {
  readonly #deps: Deps<S>;
  readonly #open = new Set<Closable>();
  #ads: Mux | undefined;
  /** The streams of authorities, and whose they are; no name: that of all others. */
  #authorities: { readonly names: readonly string[]; readonly mux: Mux }[] = [];
  /** envoy.config.core.v3.Node */
  #node: Uint8Array = new Uint8Array();
  #started = false;

  constructor(deps: Deps<S>) {
    this.#deps = deps;
  }

  /** `control_plane.*` of the aggregated stream. */
  get adsCounts(): ControlPlaneCounts | undefined {
    return this.#ads?.counts;
  }

  /** Before anything is subscribed to. */
  configure(
    node: Uint8Array | undefined,
    ads: S | undefined,
    authorities: readonly { readonly names: readonly string[]; readonly server: S }[] = [],
  ): void {
    if (node !== undefined) this.#node = node;
    this.#authorities = authorities.map(({ names, server }) => ({
      names,
      mux: this.#mux(server, adsPath(server.kind === 'delta' ? 'delta' : 'sotw')),
    }));
    if (ads === undefined || ads.kind === 'rest') return;
    this.#ads = this.#mux(ads, adsPath(ads.kind));
  }

  /** The place of the stream that a name with an authority is asked for on; undefined: its own source says. */
  authorityOf(name: string): number | undefined {
    if (this.#authorities.length === 0) return undefined;
    const authority = isXdstp(name) ? parseXdstp(name)?.authority : undefined;
    if (authority === undefined) return undefined;
    const own = this.#authorities.findIndex(({ names }) => names.includes(authority));
    const found = own >= 0 ? own : this.#authorities.findIndex(({ names }) => names.length === 0);
    return found >= 0 ? found : undefined;
  }

  /** The clusters are there: streams may be opened. */
  start(): void {
    this.#started = true;
    for (const one of this.#open) one.start();
  }

  stop(): void {
    for (const one of this.#open) one.stop();
    this.#open.clear();
  }

  subscribe(
    source: { readonly ads: true; readonly authority?: number } | { readonly api: S },
    typeUrl: string,
    handler: TypeHandler,
    wildcard: boolean,
  ): TypeSubscription {
    if ('ads' in source) {
      const mux = source.authority === undefined ? this.#ads : this.#authorities[source.authority]?.mux;
      if (mux === undefined) throw new Error('there is no ads_config');
      return mux.subscribe(typeUrl, handler, wildcard);
    }
    const { api } = source;
    if (api.kind === 'rest') return this.#poll(api, typeUrl as TypeUrl, handler, wildcard);
    if (ALONE.has(typeUrl)) return new Apart((name) => this.#single(api, typeUrl, handler, name));
    return this.#own(api, typeUrl, handler, wildcard);
  }

  #mux(server: S, path: string): Mux {
    const { reach, clock, log } = this.#deps;
    const { kind, cluster, nodeOnce, rateLimit, backoff } = server;
    const mux = new Mux({
      variant: path.includes('/Delta') ? 'delta' : kind === 'delta' ? 'delta' : 'sotw',
      path,
      open: (to, events) => reach.open(server, to, events),
      clock,
      log,
      node: this.#node,
      nodeOnce,
      name: cluster,
      rateLimit,
      ...(backoff === undefined ? {} : { backoff }),
    });
    this.#open.add(mux);
    return mux;
  }

  /** A stream of one type; it ends with its subscription. */
  #own(server: S, typeUrl: string, handler: TypeHandler, wildcard: boolean): TypeSubscription {
    const variant = server.kind === 'delta' ? 'delta' : 'sotw';
    const mux = this.#mux(server, streamPath(typeUrl as TypeUrl, variant));
    const subscription = mux.subscribe(typeUrl, handler, wildcard);
    if (this.#started) mux.start();
    return {
      ...subscription,
      controlPlane: () => mux.counts,
      close: () => {
        subscription.close();
        mux.stop();
        this.#open.delete(mux);
      },
    };
  }

  #single(server: S, typeUrl: string, handler: TypeHandler, name: string): TypeSubscription {
    const subscription = this.#own(server, typeUrl, handler, false);
    subscription.add([name]);
    return subscription;
  }

  #poll(server: S, typeUrl: TypeUrl, handler: TypeHandler, wildcard: boolean): TypeSubscription {
    const path = restPath(typeUrl);
    if (path === undefined) throw new Error(`${typeUrl} does not come over REST`);
    const { reach, clock, log } = this.#deps;
    const refreshMs = server.refreshMs ?? 0;
    const settings: RestSettings = { typeUrl, refreshMs, wildcard };
    const poller = new RestPoller(settings, handler, clock, log, async (fields) => {
      const body = `{${fields},"node":${await reach.nodeJson(this.#node)}}`;
      const answer = await reach.request(server, path, body);
      return answer === undefined ? undefined : reach.read(answer);
    });
    this.#open.add(poller);
    if (this.#started) poller.start();
    return {
      add: (names) => poller.add(names),
      remove: (names) => poller.remove(names),
      pause: () => poller.pause(),
      resume: () => poller.resume(),
      close: () => {
        poller.stop();
        this.#open.delete(poller);
      },
    };
  }
}

/** A stream for each name. */
class Apart implements TypeSubscription {
  readonly #make: (name: string) => TypeSubscription;
  readonly #streams = new Map<string, TypeSubscription>();
  #paused = 0;

  constructor(make: (name: string) => TypeSubscription) {
    this.#make = make;
  }

  add(names: Iterable<string>): void {
    for (const name of names) {
      if (this.#streams.has(name)) continue;
      const made = this.#make(name);
      for (let i = 0; i < this.#paused; i++) made.pause();
      this.#streams.set(name, made);
    }
  }

  remove(names: Iterable<string>): void {
    for (const name of names) {
      this.#streams.get(name)?.close();
      this.#streams.delete(name);
    }
  }

  controlPlane(name: string): ControlPlaneCounts | undefined {
    return this.#streams.get(name)?.controlPlane?.(name);
  }

  pause(): void {
    this.#paused++;
    for (const stream of this.#streams.values()) stream.pause();
  }

  resume(): void {
    this.#paused--;
    for (const stream of this.#streams.values()) stream.resume();
  }

  close(): void {
    this.remove([...this.#streams.keys()]);
  }
}
