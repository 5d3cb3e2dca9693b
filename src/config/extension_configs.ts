import type { Logger } from '../log/logger.ts';
import type { ResourceLoader } from './load_stream.ts';
import type { NamedResources } from './named_resources.ts';
import type { DiscoveredFilter, ExtensionPayload } from './payload.ts';
import { TYPE, type Version } from './resource_map.ts';
import { extensionKey } from './sources.ts';

/** What configurations are published through. */
export interface ExtensionPublisher<C> {
  putExtension(name: string, config: C): void;
  dropExtension(name: string): void;
  flush(): void;
}

type Deps<C> = {
  readonly configs: Pick<NamedResources<ExtensionPayload<C>>, 'subscribe'>;
  readonly publisher: ExtensionPublisher<C>;
  readonly load: ResourceLoader;
  readonly log: Logger;
};

/** Envoy's `extension_config_discovery.*` beside those of the subscription. */
export type ExtensionCounts = { config_reload: number; config_fail: number; config_conflict: number };

/** A configuration in one use. */
type Used = {
  readonly filter: DiscoveredFilter;
  readonly key: string;
  users: number;
  /** How many versions have come, and which of them is published; 0: none. */
  versions: number;
  published: number;
  /** The first wait is over. */
  warm: boolean;
  waiters: Set<() => void>;
  stop: () => void;
  readonly counts: ExtensionCounts;
};

/**
 * Configurations of HTTP filters that discovery services deliver (ECDS). Each is compiled for where it is used and
 * published by itself: new streams take it, listeners and their connections stay as they are.
 */
export class ExtensionConfigs<C> {
  readonly #deps: Deps<C>;
  readonly #used = new Map<string, Used>();

  constructor(deps: Deps<C>) {
    this.#deps = deps;
  }

  /** Calls `ready` when the configuration is there, or late. Answers how to let go. */
  subscribe(filter: DiscoveredFilter, ready: () => void): () => void {
    const { name, source, statPrefix, types } = filter;
    const key = extensionKey(name, source, `http.${statPrefix}.`, types);
    const used = this.#used.get(key) ?? this.#open(key, filter);
    used.users++;
    if (used.warm || filter.atOnce) ready();
    else used.waiters.add(ready);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      used.waiters.delete(ready);
      if (--used.users > 0) return;
      used.stop();
      this.#used.delete(key);
      if (used.published > 0) this.#deps.publisher.dropExtension(key);
    };
  }

  /** For statistics. */
  active(): Iterable<{ readonly filter: DiscoveredFilter; readonly counts: ExtensionCounts }> {
    return this.#used.values();
  }

  close(): void {
    for (const { stop } of this.#used.values()) stop();
    this.#used.clear();
  }

  #open(key: string, filter: DiscoveredFilter): Used {
    const counts = { config_reload: 0, config_fail: 0, config_conflict: 0 };
    const used: Used = {
      filter,
      key,
      users: 0,
      versions: 0,
      published: 0,
      warm: false,
      waiters: new Set(),
      stop: () => undefined,
      counts,
    };
    this.#used.set(key, used);
    const { name, source } = filter;
    let opening = true;
    used.stop = this.#deps.configs.subscribe(
      source,
      name,
      (version) => {
        try {
          this.#take(used, version);
        } catch (error) {
          if (!opening) {
            counts.config_fail++;
            throw error;
          }
          // It was taken for another filter: there is nobody to refuse it to.
          counts.config_conflict++;
          this.#deps.log.warn(`the configuration of the filter '${name}': ${(error as Error).message}`);
          this.#isWarm(used);
        }
      },
      () => {
        counts.config_fail++;
        this.#isWarm(used);
      },
    );
    opening = false;
    return used;
  }

  /** Throws for one of another type than the filter may have: it is refused. */
  #take(used: Used, version: Version<ExtensionPayload<C>>): void {
    const { filter, key, counts } = used;
    const { type } = version.payload;
    if (!filter.types.includes(type)) {
      throw new Error(`filter config has type URL ${type} but expect ${filter.types.join(', ')}.`);
    }
    const { name, source, listenerStat, statPrefix } = filter;
    const use = { httpStat: `http.${statPrefix}.`, listenerStat };
    const resource = { name, bytes: version.bytes, use };
    const number = ++used.versions;
    void this.#deps
      .load<ExtensionPayload<C>>(TYPE.extension, [resource], source)
      .then(({ resources, failures }) => {
        if (this.#used.get(key) !== used) return;
        const compiled = resources[0]?.payload.compiled;
        if (compiled === undefined) throw new Error(failures.map(({ details }) => details).join('; '));
        // A large one takes longer than a small one that came later.
        if (number < used.published) return;
        this.#deps.publisher.putExtension(key, compiled);
        this.#deps.publisher.flush();
        used.published = number;
        counts.config_reload++;
      })
      .catch((error: Error) => {
        counts.config_fail++;
        this.#deps.log.warn(`the configuration of the filter '${name}': ${error.message}`);
      })
      .finally(() => this.#isWarm(used));
  }

  #isWarm(used: Used): void {
    used.warm = true;
    const waiters = used.waiters;
    used.waiters = new Set();
    for (const ready of waiters) ready();
  }
}
