import type { NamedHooks } from './named_source.ts';
import type { ConfigSource, RoutePayload } from './payload.ts';
import type { Version } from './resource_map.ts';
import { routeKey } from './sources.ts';
import type { VirtualHosts } from './virtual_hosts.ts';

/** What route tables are published through. */
export interface RoutePublisher<C> {
  putRoute(name: string, route: C): void;
  dropRoute(name: string): void;
  flush(): void;
}

/** Publishes the route tables that somebody wants, with the virtual hosts that come from elsewhere. */
export class RouteTables<C> implements NamedHooks<RoutePayload<C>> {
  readonly #publisher: RoutePublisher<C>;
  readonly #hosts: VirtualHosts<C>;
  /** How to let go of the virtual hosts of versions that warm, and of those that serve, by key. */
  readonly #warming = new Map<Version<RoutePayload<C>>, () => void>();
  readonly #serving = new Map<string, () => void>();

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
    this.#serving.get(key)?.();
    this.#serving.delete(key);
    const stop = this.#warming.get(version);
    if (vhds === undefined || stop === undefined) return;
    this.#warming.delete(version);
    this.#serving.set(key, stop);
    this.#hosts.serve(version, vhds, (more) => {
      this.#publisher.putRoute(key, more);
      this.#publisher.flush();
    });
  }

  drop(name: string, source: ConfigSource): void {
    const key = routeKey(name, source);
    this.#serving.get(key)?.();
    this.#serving.delete(key);
    this.#publisher.dropRoute(key);
  }

  settled(): void {
    this.#publisher.flush();
  }
}
