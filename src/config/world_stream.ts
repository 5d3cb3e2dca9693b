import type { Logger } from '../log/logger.ts';
import type { ControlPlaneCounts, TypeHandler, TypeSubscription } from '../xds/mux.ts';
import type { Outcome } from '../xds/type_state.ts';
import type { DiscoveryResponse } from '../xds/wire.ts';
import { collectionOf } from '../xds/xdstp.ts';
import { freshOf, inSlices, loadInPieces } from './load_stream.ts';
import type { ServerSource, StreamDeps } from './named_stream.ts';
import type { Resource, ResourceTable, UpdateResult } from './resource_map.ts';
import { newCounts } from './subscription.ts';

/** What becomes of the resources of a type that is asked for as a whole. */
export interface WorldEvents<P> {
  readonly table: ResourceTable<P>;
  /** `cds`, `cluster` */
  readonly service: string;
  readonly noun: string;
  /** What goes, goes before what comes: addresses become free. */
  readonly removeFirst: boolean;
  apply(added: readonly Resource<P>[], removed: readonly string[], version: string): UpdateResult;
  /** The name of a collection (xdstp) that it is; absent: everything that there is. */
  readonly collection?: string | undefined;
  /** Nothing but what is asked for by name, and tells of nothing else. */
  readonly named?: boolean;
  /** What is not taken away although a state of the world does not have it. */
  keeps?(name: string): boolean;
  /** After an update: what the server has not, and what was refused. */
  told?(removed: readonly string[], rejected: ReadonlySet<string>): void;
  /** Around an update: what is asked for because of it is asked for at its end. */
  begin?(): () => void;
}

type Sums = { changed: number; removed: number; unchanged: number };

/** All clusters, or all listeners, of a management server: CDS and LDS. Or those that are asked for. */
export class WorldStream<P> implements TypeHandler {
  readonly counts = newCounts();
  readonly #typeUrl: string;
  readonly #source: ServerSource;
  readonly #deps: StreamDeps;
  readonly #events: WorldEvents<P>;
  readonly #log: Logger;
  #channel: TypeSubscription | undefined;
  #timer: NodeJS.Timeout | undefined;
  #first: (() => void) | undefined;
  #stopped = false;
  /** Asked for by name. */
  readonly #names = new Set<string>();

  constructor(typeUrl: string, source: ServerSource, deps: StreamDeps, events: WorldEvents<P>) {
    this.#typeUrl = typeUrl;
    this.#source = source;
    this.#deps = deps;
    this.#events = events;
    this.#log = deps.log;
  }

  /** Resolves when the first response has been applied or refused, or did not come in time. */
  start(): Promise<void> {
    const { named = false, collection } = this.#events;
    const { initialFetchTimeoutMs } = this.#source;
    if (!named) this.counts.update_attempt++;
    if (!named && initialFetchTimeoutMs > 0) {
      this.#timer = setTimeout(
        () => {
          this.counts.init_fetch_timeout++;
          this.counts.update_attempt++;
          this.#log.warn(`${this.#events.service}: nothing came in the initial fetch time`);
          this.#isFirst();
        },
        Math.min(initialFetchTimeoutMs, 0x7fffffff),
      );
      this.#timer.unref();
    }
    const first = new Promise<void>((resolve) => {
      this.#first = resolve;
    });
    const everything = collection === undefined && !named;
    this.#channel = this.#deps.servers.subscribe(this.#source, this.#typeUrl, this, everything);
    if (collection !== undefined) this.#channel.add([collection]);
    if (this.#names.size > 0) this.#channel.add(this.#names);
    return first;
  }

  /** More resources that are wanted, beside all that there are or instead of them; and such that are not any longer. */
  add(names: Iterable<string>): void {
    const list = [...names];
    for (const name of list) this.#names.add(name);
    this.#channel?.add(list);
  }

  remove(names: Iterable<string>): void {
    const list = [...names];
    for (const name of list) this.#names.delete(name);
    this.#channel?.remove(list);
  }

  get controlPlane(): ControlPlaneCounts | undefined {
    return this.#channel?.controlPlane?.('');
  }

  /** Whether all types come on one stream. */
  get aggregated(): boolean {
    return 'ads' in this.#source;
  }

  pause(): void {
    this.#channel?.pause();
  }

  resume(): void {
    this.#channel?.resume();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#channel?.close();
    this.#isFirst();
  }

  #isFirst(): void {
    clearTimeout(this.#timer);
    this.#first?.();
    this.#first = undefined;
  }

  onResponse(all: DiscoveryResponse): Promise<Outcome> {
    const { collection, named = false } = this.#events;
    // As in Envoy what was not asked for is not looked at.
    const resources =
      collection === undefined && !named
        ? all.resources
        : all.resources.filter(({ name }) => this.#names.has(name) || this.#collected(name));
    const response = { ...all, resources };
    return this.#deps.inOrder(async () => {
      const end = this.#events.begin?.();
      try {
        return await this.#update(response);
      } finally {
        end?.();
        this.#isFirst();
      }
    });
  }

  onExpired(names: readonly string[]): void {
    void this.#deps.inOrder(async () => {
      if (this.#stopped) return;
      this.#events.apply([], names, this.#events.table.versionInfo);
      this.#events.told?.(names, new Set());
    });
  }

  #collected(name: string): boolean {
    const { collection } = this.#events;
    return collection !== undefined && collectionOf(name) === collection;
  }

  onFailure(): void {
    this.counts.update_failure++;
    this.counts.update_attempt++;
  }

  async #update({ resources, removed, version, full }: DiscoveryResponse): Promise<Outcome> {
    const { table, removeFirst, keeps, told } = this.#events;
    const versions = full ? undefined : new Map(resources.map((each) => [each.name, each.version]));
    const before = table.versionInfo;
    const errors: string[] = [];
    const rejected = new Set<string>();
    const refuse = (name: string, details: string): void => {
      rejected.add(name);
      errors.push(`${name}: ${details}`);
    };
    const sums: Sums = { changed: 0, removed: 0, unchanged: 0 };
    const apply = (added: readonly Resource<P>[], gone: readonly string[]): void => {
      const own =
        versions === undefined
          ? added
          : added.map((r) => ({ ...r, version: versions.get(r.name) ?? version }));
      const result = this.#events.apply(own, gone, version);
      for (const { name, details } of result.failed) refuse(name, details);
      sums.changed += result.added.length + result.modified.length - result.failed.length;
      sums.removed += result.removed.length;
    };
    const named = new Set(resources.map(({ name }) => name));
    // Of what is asked for by name only what is there is told.
    const all = full && this.#events.named !== true ? table.names('dynamic') : [];
    const gone = full ? all.filter((name) => !named.has(name) && keeps?.(name) !== true) : removed;
    const fresh = freshOf(table, resources);
    sums.unchanged = resources.length - fresh.length;
    if (removeFirst) await inSlices(gone, (slice) => apply([], slice));
    const pieces = loadInPieces<P>(this.#deps.load, this.#typeUrl, fresh, this.#source);
    for await (const { resources: loaded, failures } of pieces) {
      if (this.#stopped) return {};
      for (const { name, details, bytes } of failures) {
        refuse(name, details);
        table.fail(name, { version: versions?.get(name) ?? version, details, bytes });
      }
      await inSlices(loaded, (slice) => apply(slice, []));
    }
    if (!removeFirst) await inSlices(gone, (slice) => apply([], slice));
    table.versionInfo = errors.length === 0 ? version : before;
    told?.(gone, rejected);
    return this.#report(errors, rejected, sums, version);
  }

  #report(
    errors: readonly string[],
    rejected: ReadonlySet<string>,
    { changed, removed, unchanged }: Sums,
    version: string,
  ): Outcome {
    const { service, noun } = this.#events;
    const { counts } = this;
    this.#log.info(
      `${service}: added/updated ${changed} ${noun}(s) (skipped ${unchanged} unmodified ${noun}(s)); removed ${removed} ${noun}(s)`,
    );
    if (changed + removed > 0) {
      counts.config_reload++;
      counts.config_reload_time_ms = Date.now();
    }
    counts.update_attempt++;
    if (errors.length > 0) {
      counts.update_rejected++;
      const text = `Error adding/updating ${noun}(s) ${errors.join('; ')}`;
      this.#log.warn(`gRPC config for ${this.#typeUrl} rejected: ${text}`);
      return { error: text, rejected };
    }
    counts.update_success++;
    counts.update_time = Date.now();
    counts.version_text = version;
    return {};
  }
}
