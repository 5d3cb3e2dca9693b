import type { Logger } from '../log/logger.ts';
import type { FileWatcher } from './file_watch.ts';
import type { PathSource } from './payload.ts';
import type { Resource } from './resource_map.ts';

/** What the config thread made of a discovery file. */
export type LoadedFile<P> =
  | { readonly kind: 'ok'; readonly version: string; readonly resources: readonly Resource<P>[] }
  /** Errors in the content: nothing of it is applied. `details` is what users read, located. */
  | {
      readonly kind: 'rejected';
      readonly version: string;
      readonly details: string;
      readonly failures: readonly Failure[];
    }
  /** The file could not be read. */
  | { readonly kind: 'unreadable'; readonly details: string };

/** A resource of a rejected file. */
export type Failure = { readonly name?: string; readonly details: string; readonly bytes?: Uint8Array };

export type FileLoader = <P>(typeUrl: string, path: string) => Promise<LoadedFile<P>>;

/** Envoy's statistics of a subscription. */
export type SubscriptionCounts = {
  update_attempt: number;
  update_success: number;
  update_failure: number;
  update_rejected: number;
  update_empty: number;
  init_fetch_timeout: number;
  config_reload: number;
  /** ms since the epoch, 0: never */
  update_time: number;
  config_reload_time_ms: number;
  version_text: string;
};

export const newCounts = (): SubscriptionCounts => ({
  update_attempt: 0,
  update_success: 0,
  update_failure: 0,
  update_rejected: 0,
  update_empty: 0,
  init_fetch_timeout: 0,
  config_reload: 0,
  update_time: 0,
  config_reload_time_ms: 0,
  version_text: '',
});

export type SubscriptionDeps = {
  readonly load: FileLoader;
  readonly watcher: FileWatcher;
  readonly log: Logger;
};

/** What a subscription tells its owner. */
export interface SubscriptionEvents<P> {
  /** A good file. Answers the details of what was refused while it was applied, if anything. */
  onUpdate(resources: readonly Resource<P>[], version: string): string | undefined;
  onRejected(failures: readonly Failure[], version: string): void;
}

/**
 * One discovery file kept up to date: read at the start and after each replacement, one load at a
 * time. A bad file changes nothing but the counts, the log and the error state.
 */
export class FileSubscription<P> {
  readonly counts = newCounts();
  readonly #typeUrl: string;
  readonly #source: PathSource;
  readonly #deps: SubscriptionDeps;
  readonly #events: SubscriptionEvents<P>;
  #unwatch: (() => void) | undefined;
  #loading: Promise<void> | undefined;
  #dirty = false;
  #stopped = false;

  constructor(typeUrl: string, source: PathSource, deps: SubscriptionDeps, events: SubscriptionEvents<P>) {
    this.#typeUrl = typeUrl;
    this.#source = source;
    this.#deps = deps;
    this.#events = events;
  }

  /** Resolves when the first load has been applied or has failed. */
  start(): Promise<void> {
    const { path, directory, modify } = this.#source;
    this.#unwatch = this.#deps.watcher.watch({ path, directory, modify }, () => this.refresh());
    return this.#run();
  }

  stop(): void {
    this.#stopped = true;
    this.#unwatch?.();
  }

  /** Reads the file again. */
  refresh(): void {
    if (this.#loading === undefined) void this.#run();
    else this.#dirty = true;
  }

  #run(): Promise<void> {
    this.#loading = (async () => {
      do {
        this.#dirty = false;
        await this.#load();
      } while (this.#dirty && !this.#stopped);
      this.#loading = undefined;
    })();
    return this.#loading;
  }

  async #load(): Promise<void> {
    this.counts.update_attempt++;
    const { path } = this.#source;
    let loaded: LoadedFile<P>;
    try {
      loaded = await this.#deps.load<P>(this.#typeUrl, path);
    } catch (error) {
      loaded = { kind: 'unreadable', details: (error as Error).message };
    }
    if (this.#stopped) return;
    if (loaded.kind === 'unreadable') {
      this.counts.update_failure++;
      this.#deps.log.warn(`Filesystem config update failure: ${loaded.details}`);
      return;
    }
    if (loaded.kind === 'rejected') {
      this.counts.update_rejected++;
      this.#deps.log.warn(`Filesystem config update rejected: ${loaded.details}`);
      this.#events.onRejected(loaded.failures, loaded.version);
      return;
    }
    this.#apply(loaded.resources, loaded.version);
  }

  #apply(resources: readonly Resource<P>[], version: string): void {
    const refused = this.#events.onUpdate(resources, version);
    if (refused !== undefined) {
      this.counts.update_rejected++;
      this.#deps.log.warn(`Filesystem config update rejected: ${refused}`);
      return;
    }
    this.counts.update_success++;
    this.counts.update_time = Date.now();
    this.counts.version_text = version;
  }
}
