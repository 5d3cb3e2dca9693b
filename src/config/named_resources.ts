import { NamedFile } from './named_file.ts';
import type { NamedHooks, NamedSource, Subscriber } from './named_source.ts';
import { NamedStream, type StreamDeps } from './named_stream.ts';
import type { ConfigSource } from './payload.ts';
import { type ResourceTable, TYPE, type Version } from './resource_map.ts';
import { sourceKey } from './sources.ts';
import type { ControlPlaneCounts } from '../xds/mux.ts';
import { canonicalName } from '../xds/xdstp.ts';
import type { SubscriptionCounts, SubscriptionDeps } from './subscription.ts';

/** What subscriptions of all kinds need. */
export type NamedDeps = { readonly files: SubscriptionDeps; readonly streams: StreamDeps };

/** As in Envoy: what names with an authority may be asked of the authority's own source. */
const AUTHORITATIVE: ReadonlySet<string> = new Set([TYPE.endpoints, TYPE.route]);

/** All resources of a kind that are asked for by name, from any number of sources. */
export class NamedResources<P> {
  readonly #typeUrl: string;
  readonly #deps: NamedDeps;
  readonly #hooks: NamedHooks<P>;
  readonly #sources = new Map<string, NamedSource<P>>();
  #paused = 0;

  constructor(typeUrl: string, deps: NamedDeps, hooks: NamedHooks<P> = {}) {
    this.#typeUrl = typeUrl;
    this.#deps = deps;
    this.#hooks = hooks;
  }

  /** One table for each source. */
  tables(): ResourceTable<P>[] {
    return [...this.#sources.values()].map(({ table }) => table);
  }

  /** The counts of the subscription that a name of a source comes through. */
  counts(source: ConfigSource, name: string): SubscriptionCounts | undefined {
    return this.#sources.get(sourceKey(this.#from(source, name)))?.counts(canonicalName(name));
  }

  /** Everything that is wanted, with the counts of its subscription. */
  *wanted(): Generator<readonly [name: string, counts: SubscriptionCounts, active: boolean]> {
    for (const source of this.#sources.values()) {
      for (const name of source.names()) {
        const counts = source.counts(name);
        if (counts !== undefined) yield [name, counts, source.table.get(name)?.active !== undefined];
      }
    }
  }

  controlPlane(source: ConfigSource, name: string): ControlPlaneCounts | undefined {
    return this.#sources.get(sourceKey(this.#from(source, name)))?.controlPlane?.(canonicalName(name));
  }

  /** Tells of each version of a resource, the present one at once. Answers the way to stop. */
  subscribe(
    source: ConfigSource,
    name: string,
    onVersion: (version: Version<P>) => void,
    onTimeout: () => void,
  ): () => void {
    const of = this.#from(source, name);
    const id = sourceKey(of);
    const from = this.#sources.get(id) ?? this.#open(id, of);
    const subscriber: Subscriber<P> = { name: canonicalName(name), onVersion, onTimeout };
    from.add(subscriber, source.initialFetchTimeoutMs);
    return () => {
      from.delete(subscriber);
      if (from.wanted) return;
      from.stop();
      if (this.#sources.get(id) === from) this.#sources.delete(id);
    };
  }

  /** Tells of the present version of a resource again: its payload is another. */
  announce(source: ConfigSource, name: string): void {
    this.#sources.get(sourceKey(source))?.announce(canonicalName(name));
  }

  /** Nothing is asked for from now on; answers how to go on: what is wanted by then is asked for at once. */
  pause(): () => void {
    this.#paused++;
    for (const source of this.#sources.values()) source.pause();
    return () => {
      this.#paused--;
      for (const source of this.#sources.values()) source.resume();
    };
  }

  close(): void {
    for (const source of this.#sources.values()) source.stop();
    this.#sources.clear();
  }

  /** Where a name comes from: that of an authority, where the bootstrap says. */
  #from(source: ConfigSource, name: string): ConfigSource {
    if (!AUTHORITATIVE.has(this.#typeUrl)) return source;
    const authority = this.#deps.streams.servers.authorityOf?.(name);
    if (authority === undefined) return source;
    return { ads: true, authority, initialFetchTimeoutMs: source.initialFetchTimeoutMs };
  }

  #open(id: string, source: ConfigSource): NamedSource<P> {
    const opened: NamedSource<P> =
      'path' in source
        ? new NamedFile<P>(this.#typeUrl, source, this.#deps.files, this.#hooks)
        : new NamedStream<P>(this.#typeUrl, source, this.#deps.streams, this.#hooks);
    for (let i = 0; i < this.#paused; i++) opened.pause();
    this.#sources.set(id, opened);
    return opened;
  }
}
