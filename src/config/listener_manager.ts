import type { NativeAddon } from '../engine/native.ts';
import { goneChains, inPlace } from '../tables/listener_identity.ts';
import type { Logger } from '../log/logger.ts';
import type { NamedResources } from './named_resources.ts';
import type { ListenerPayload, RoutePayload } from './payload.ts';
import type { Entry, Handler, Version } from './resource_map.ts';
import type { ExtensionConfigs } from './extension_configs.ts';
import type { ScopedRouteSources } from './scoped_routes.ts';
import { extensionKey, routeKey, scopesKey } from './sources.ts';
import type { TlsContextManager } from './tls_contexts.ts';
import { type Bound, bindAddress, Sockets } from './sockets.ts';

/** What the listener manager publishes through. */
export interface ListenerPublisher<C> {
  /** Answers the directory id. Throws: refused, nothing changed. */
  putListener(name: string, listener: C, sockets: readonly number[], drainMs: number): number;
  /** Takes the name away; its id is not used again before `releaseListener`. */
  dropListener(name: string): void;
  releaseListener(id: number): void;
  flush(): void;
}

type Deps<C> = {
  readonly native: Pick<NativeAddon, 'bind' | 'unbind' | 'addListener' | 'removeListener'>;
  readonly routes: NamedResources<RoutePayload<C>>;
  readonly filters: Pick<ExtensionConfigs<C>, 'subscribe'>;
  readonly scopes: Pick<ScopedRouteSources<C>, 'subscribe'>;
  readonly publisher: ListenerPublisher<C>;
  readonly drainTimeMs: () => number;
  readonly tls: Pick<TlsContextManager<C>, 'acquire' | 'release' | 'warm'>;
  readonly log: Logger;
};

/** A listener that accepts. */
export type ActiveListener<C> = {
  readonly id: number;
  readonly bound: readonly Bound[];
  readonly version: Version<ListenerPayload<C>>;
  readonly stopRoutes: () => void;
};

/** Node's timers know no longer times. */
const LONGEST_MS = 0x7fffffff;

/**
 * All listeners. A version is warm when its route configurations are there; it then takes the
 * sockets of the version before it, so that no connection is lost between the two. Where only filter
 * chains differ it is taken up in place: those that are the same go on, the others drain.
 */
export class ListenerManager<C> implements Handler<ListenerPayload<C>> {
  readonly #deps: Deps<C>;
  readonly #sockets: Sockets;
  readonly #active = new Map<string, ActiveListener<C>>();
  readonly #warmed = new Map<Version<ListenerPayload<C>>, () => void>();
  readonly #draining = new Map<number, () => void>();
  /** Versions that were replaced, and filter chains, whose connections have the drain time. */
  #replacedDraining = 0;
  #chainsDraining = 0;
  /** Ids of listeners that were told to stop, and are not removed. */
  readonly #stopped = new Set<number>();
  /** All were told to stop: no other one starts. */
  #closed = false;
  readonly counters = {
    listener_added: 0,
    listener_modified: 0,
    listener_removed: 0,
    listener_stopped: 0,
    listener_create_success: 0,
    listener_create_failure: 0,
    listener_in_place_updated: 0,
  };

  constructor(deps: Deps<C>) {
    this.#deps = deps;
    this.#sockets = new Sockets(deps.native);
  }

  active(): ReadonlyMap<string, ActiveListener<C>> {
    return this.#active;
  }

  /** Versions that wait for their route configurations. */
  get warmingCount(): number {
    return this.#warmed.size;
  }

  get drainingCount(): number {
    return this.#draining.size + this.#replacedDraining;
  }

  get drainingChains(): number {
    return this.#chainsDraining;
  }

  warm(
    entry: Entry<ListenerPayload<C>>,
    version: Version<ListenerPayload<C>>,
    ready: () => void,
  ): () => void {
    const { routes, scopes = [], filters = [], tls } = version.payload;
    // Counted when it comes, as in Envoy; nothing can refuse it any more.
    if (isInPlace(entry.active, version)) {
      this.counters.listener_modified++;
      this.counters.listener_in_place_updated++;
    }
    let waiting = routes.length + scopes.length + filters.length + 1;
    const stops: (() => void)[] = [];
    let stopped = false;
    const stop = (): void => {
      stopped = true;
      this.#warmed.delete(version);
      for (const one of stops.splice(0)) one();
    };
    this.#warmed.set(version, stop);
    const isReady = (): void => {
      if (--waiting === 0) ready();
    };
    stops.push(this.#deps.tls.warm(tls, isReady));
    for (const { name, source } of routes) {
      let first = true;
      const here = (): void => {
        if (!first) return;
        first = false;
        isReady();
      };
      const onTimeout = (): void => {
        this.#deps.log.warn(
          `listener '${version.name}': no route configuration '${name}' in the initial fetch time`,
        );
        here();
      };
      stops.push(this.#deps.routes.subscribe(source, name, here, onTimeout));
    }
    for (const filter of filters) stops.push(this.#deps.filters.subscribe(filter, isReady));
    for (const scoped of scopes) stops.push(this.#deps.scopes.subscribe(scoped, isReady));
    // Ready at once and refused: the last subscription was not in the list yet.
    if (stopped) stop();
    return stop;
  }

  activate(
    entry: Entry<ListenerPayload<C>>,
    version: Version<ListenerPayload<C>>,
    previous: Version<ListenerPayload<C>> | undefined,
    done: () => void,
  ): void {
    const old = this.#active.get(entry.name);
    const stopRoutes = this.#warmed.get(version) ?? (() => undefined);
    const { compiled, addresses } = version.payload;
    if (this.#closed || (old !== undefined && this.#stopped.has(old.id)))
      throw new Error('the listener was told to stop');
    if (compiled === undefined) throw new Error(`listener '${entry.name}' was published before`);
    let bound: Bound[] = [];
    const { tls } = version.payload;
    this.#deps.tls.acquire(tls);
    try {
      bound = this.#sockets.acquire(entry.name, addresses);
      const sockets = bound.map(({ socket }) => socket);
      const id = this.#deps.publisher.putListener(entry.name, compiled, sockets, this.#drainMs);
      // The record must be there before a worker is sent to read it.
      this.#deps.publisher.flush();
      if (old === undefined || !sameSockets(old.bound, bound)) this.#deps.native.addListener(id);
      this.#active.set(entry.name, { id, bound, version, stopRoutes });
    } catch (error) {
      this.#deps.tls.release(tls);
      this.#sockets.release(bound);
      this.#warmed.delete(version);
      stopRoutes();
      this.counters.listener_create_failure++;
      throw error;
    }
    version.payload.compiled = undefined;
    this.counters.listener_create_success++;
    this.#warmed.delete(version);
    if (old !== undefined) {
      this.#retireRoutes(old, version);
      this.#deps.tls.release(old.version.payload.tls);
      this.#sockets.release(old.bound);
    }
    if (previous === undefined) this.counters.listener_added++;
    else this.#replace(previous, version, done);
  }

  /** What goes with the version before has the drain time, as the workers see to it. */
  #replace(
    previous: Version<ListenerPayload<C>>,
    version: Version<ListenerPayload<C>>,
    done: () => void,
  ): void {
    if (isInPlace(previous, version)) {
      done();
      const gone = goneChains(previous.payload.identity, version.payload.identity);
      this.#chainsDraining += gone;
      if (gone > 0) this.#afterDraining(() => (this.#chainsDraining -= gone));
      return;
    }
    this.counters.listener_modified++;
    this.#replacedDraining++;
    this.#afterDraining(() => {
      this.#replacedDraining--;
      done();
    });
  }

  #afterDraining(then: () => void): void {
    setTimeout(then, this.#drainMs).unref();
  }

  get #drainMs(): number {
    return Math.min(this.#deps.drainTimeMs(), LONGEST_MS);
  }

  remove(entry: Entry<ListenerPayload<C>>, _last: Version<ListenerPayload<C>>, done: () => void): void {
    const active = this.#active.get(entry.name);
    if (active === undefined) {
      done();
      return;
    }
    this.#active.delete(entry.name);
    this.counters.listener_removed++;
    this.#draining.set(active.id, () => {
      // Connections that drain still ask for their routes.
      active.stopRoutes();
      done();
    });
    this.#deps.publisher.dropListener(entry.name);
    this.#deps.tls.release(active.version.payload.tls);
    if (this.#stopped.delete(active.id)) {
      this.drained(active.id);
      return;
    }
    this.#deps.native.removeListener(active.id, this.#drainMs);
    this.#sockets.release(active.bound);
  }

  /** Connections of the version before may ask for route configurations that the new one does not name. */
  #retireRoutes(old: ActiveListener<C>, next: Version<ListenerPayload<C>>): void {
    const named = new Set(routesOf(next.payload));
    if (routesOf(old.version.payload).every((key) => named.has(key))) {
      old.stopRoutes();
      return;
    }
    this.#afterDraining(old.stopRoutes);
  }

  /** The data plane says that the last connection of a removed listener is gone. */
  drained(id: number): void {
    const done = this.#draining.get(id);
    if (done === undefined) return;
    this.#draining.delete(id);
    this.#deps.publisher.releaseListener(id);
    done();
  }

  settled(): void {
    this.#deps.publisher.flush();
    this.#sockets.flush();
  }

  failed(entry: Entry<ListenerPayload<C>>, details: string): void {
    this.#deps.log.warn(`listener '${entry.name}' rejected: ${details}`);
  }

  /**
   * Stops accepting, on all listeners or those named, closes their sockets and lets connections finish
   * for `drainMs`. The listeners stay known: nothing starts them again.
   */
  stop(drainMs: number, names?: Iterable<string>): void {
    if (names === undefined) this.#closed = true;
    for (const name of names ?? [...this.#active.keys()]) {
      const active = this.#active.get(name);
      if (active === undefined || this.#stopped.has(active.id)) continue;
      this.#stopped.add(active.id);
      this.#deps.native.removeListener(active.id, drainMs);
      this.#sockets.release(active.bound);
      this.counters.listener_stopped++;
    }
    this.#sockets.flush();
  }

  /** The listening sockets, as one process hands them to the next. */
  get sockets(): Pick<Sockets, 'inherit' | 'disinherit' | 'all'> {
    return this.#sockets;
  }

  /** `127.0.0.1:10000` and so on, in order. */
  addresses(name: string): string[] {
    return (this.#active.get(name)?.bound ?? []).map(({ spec, port }) => bindAddress(spec, port));
  }
}

/** The route tables, and the tables of scopes, that a listener's record names. */
function routesOf({ routes, scopes = [], filters = [] }: ListenerPayload<unknown>): string[] {
  return [
    ...routes.map(({ name, source }) => routeKey(name, source)),
    ...scopes.map(({ source, rds }) => scopesKey(source, rds)),
    ...filters.map(({ name, source, statPrefix, types }) =>
      extensionKey(name, source, `http.${statPrefix}.`, types),
    ),
  ];
}

const isInPlace = <C>(
  before: Version<ListenerPayload<C>> | undefined,
  next: Version<ListenerPayload<C>>,
): boolean => before !== undefined && inPlace(before.payload.identity, next.payload.identity);

const sameSockets = (a: readonly Bound[], b: readonly Bound[]): boolean =>
  a.length === b.length && a.every((one, i) => one.socket === b[i]?.socket);
