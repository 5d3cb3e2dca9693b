import type { NamedHooks } from './named_source.ts';
import type { ServerSource } from './named_stream.ts';
import type { ConfigSource, RoutePayload } from './payload.ts';
import type { Version } from './resource_map.ts';
import { routeKey } from './sources.ts';
import type { SubscriptionCounts } from './subscription.ts';
import type { VirtualHosts } from './virtual_hosts.ts';
import type { ControlPlaneCounts } from '../xds/mux.ts';

/** What route tables are published through. */
export interface RoutePublisher<C> {
  putRoute(name: string, route: C): void;
  dropRoute(name: string): void;
  flush(): void;
  /** The name of the table that has a directory id, or will have it. */
  nameOf(kind: 'RouteConfig', id: number): string | undefined;
}

type HostCounts = {
  readonly counts: SubscriptionCounts;
  readonly controlPlane: ControlPlaneCounts | undefined;
};

/** Publishes the route tables that somebody wants, with the virtual hosts that come from elsewhere. */
export class RouteTables<C> implements NamedHooks<RoutePayload<C>> {
  readonly #publisher: RoutePublisher<C>;
  readonly #hosts: VirtualHosts<C>;
  /** How to let go of the virtual hosts of versions that warm, and of those that serve, by key. */
  readonly #warming = new Map<Version<RoutePayload<C>>, () => void>();
  readonly #serving = new Map<string, () => void>();
  /** Of the tables that serve, by key: their names, and where more of their hosts come from. */
  readonly #sources = new Map<string, { readonly name: string; readonly source: ServerSource }>();

  constructor(publisher: RoutePublisher<C>, hosts: VirtualHosts<C>) {
    this.#publisher = publisher;
    this.#hosts = hosts;
  }

  warm(version: Version<RoutePayload<C>>, source: ConfigSource, ready: () => void): () => void {
    const { vhds } = version.payload;
    if (vhds === undefined) {
      ready();
      return () => undefined;
    }
    const stop = this.#hosts.warm(version, vhds, source, () => {
      // It may be ready at once, before there is a way to stop it.
      queueMicrotask(ready);
    });
    this.#warming.set(version, stop);
    return () => {
      this.#warming.delete(version);
      stop();
    };
  }

  put(version: Version<RoutePayload<C>>, source: ConfigSource): void {
    const key = routeKey(version.name, source);
    const { compiled, vhds } = version.payload;
    if (compiled !== undefined) this.#publisher.putRoute(key, compiled);
    version.payload.compiled = undefined;
    this.#letGo(key);
    const stop = this.#warming.get(version);
    if (vhds === undefined || stop === undefined) return;
    this.#warming.delete(version);
    this.#serving.set(key, stop);
    this.#sources.set(key, { name: version.name, source: vhds });
    this.#hosts.serve(version, vhds, (more) => {
      this.#publisher.putRoute(key, more);
      this.#publisher.flush();
    });
  }

  drop(name: string, source: ConfigSource): void {
    const key = routeKey(name, source);
    this.#publisher.dropRoute(key);
    this.#letGo(key);
  }

  /** Of the hosts from elsewhere: requests that wait for one go on by what is there now. */
  #letGo(key: string): void {
    const stop = this.#serving.get(key);
    if (stop === undefined) return;
    this.#publisher.flush();
    this.#serving.delete(key);
    this.#sources.delete(key);
    stop();
  }

  /** A request of the table of this directory id has asked for a host that it does not have. */
  demandHost(id: number, host: string, done: () => void): void {
    const of = this.#sources.get(this.#publisher.nameOf('RouteConfig', id) ?? '');
    if (of === undefined) done();
    else this.#hosts.demand(of.name, of.source, host, done);
  }

  /** Of the subscription that more hosts of a table come through. */
  hostCounts(name: string, source: ConfigSource): HostCounts | undefined {
    const of = this.#sources.get(routeKey(name, source));
    if (of === undefined) return undefined;
    const counts = this.#hosts.counts(of.source, of.name);
    return counts && { counts, controlPlane: this.#hosts.controlPlane(of.source) };
  }

  settled(): void {
    this.#publisher.flush();
  }
}
