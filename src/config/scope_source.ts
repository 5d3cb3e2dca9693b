import type { ControlPlaneCounts, TypeHandler, TypeSubscription } from '../xds/mux.ts';
import type { Outcome } from '../xds/type_state.ts';
import type { DiscoveryResponse } from '../xds/wire.ts';
import { keyText } from '../tables/scope_table.ts';
import { freshOf, loadInPieces } from './load_stream.ts';
import type { NamedDeps } from './named_resources.ts';
import type { ConfigSource, ScopePayload } from './payload.ts';
import { type Handler, type Resource, ResourceTable, TYPE } from './resource_map.ts';
import { type Failure, FileSubscription, newCounts, type SubscriptionCounts } from './subscription.ts';

/** What a scope's users are told. */
export interface ScopeEvents {
  /** Around an update: route tables that it names are asked for at its end. */
  begin(): () => void;
  /** All scopes, after each change. */
  onScopes(scopes: ReadonlyMap<string, ScopePayload>): void;
  /** The source has spoken, or did not in time. */
  onKnown(): void;
}

/** Scopes need no warming of their own: their users wait for the route tables. */
const AT_ONCE: Handler<ScopePayload> = {
  warm: (_entry, _version, ready) => {
    ready();
    return () => undefined;
  },
  activate: (_entry, _version, _previous, done) => done(),
  remove: (_entry, _last, done) => done(),
};

/**
 * All scopes of a source (SRDS), which come as a whole. As in Envoy an update is taken or refused as one: two
 * scopes with the same key leave open where requests go.
 */
export class ScopeSource implements TypeHandler {
  readonly table = new ResourceTable<ScopePayload>(TYPE.scopedRoute, AT_ONCE);
  readonly #source: ConfigSource;
  readonly #deps: NamedDeps;
  readonly #events: ScopeEvents;
  readonly #counts = newCounts();
  #file: FileSubscription<ScopePayload> | undefined;
  #channel: TypeSubscription | undefined;
  #timer: NodeJS.Timeout | undefined;
  #known = false;
  #stopped = false;
  /** When the last update came, and the version of the last one that changed something. ms since the epoch. */
  lastUpdated = 0;
  changedVersion = '';

  constructor(source: ConfigSource, deps: NamedDeps, events: ScopeEvents) {
    this.#source = source;
    this.#deps = deps;
    this.#events = events;
  }

  get known(): boolean {
    return this.#known;
  }

  get counts(): SubscriptionCounts {
    return this.#file?.counts ?? this.#counts;
  }

  get controlPlane(): ControlPlaneCounts | undefined {
    return this.#channel?.controlPlane?.('');
  }

  start(): void {
    const source = this.#source;
    if ('path' in source) {
      this.#file = new FileSubscription(TYPE.scopedRoute, source, this.#deps.files, {
        onUpdate: (resources, version) => this.#onFile(resources, version),
        onRejected: (failures, version) => this.#onRejected(failures, version),
      });
      this.#wait();
      void this.#file.start();
      return;
    }
    this.#counts.update_attempt++;
    this.#wait();
    this.#channel = this.#deps.streams.servers.subscribe(source, TYPE.scopedRoute, this, true);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#file?.stop();
    this.#channel?.close();
  }

  #wait(): void {
    const { initialFetchTimeoutMs } = this.#source;
    if (initialFetchTimeoutMs <= 0) return;
    this.#timer = setTimeout(
      () => {
        this.counts.init_fetch_timeout++;
        this.#isKnown();
      },
      Math.min(initialFetchTimeoutMs, 0x7fffffff),
    );
    this.#timer.unref();
  }

  #isKnown(): void {
    clearTimeout(this.#timer);
    if (this.#known) return;
    this.#known = true;
    this.#events.onKnown();
  }

  // ---- files ------------------------------------------------------------------------------------

  #onFile(resources: readonly Resource<ScopePayload>[], version: string): string | undefined {
    const named = new Set(resources.map(({ name }) => name));
    const removed = this.table.names('dynamic').filter((name) => !named.has(name));
    const error = this.#apply(resources, removed, version, new Map());
    this.#isKnown();
    return error;
  }

  #onRejected(failures: readonly Failure[], version: string): void {
    for (const { name, details, bytes } of failures) this.table.fail(name, { version, details, bytes });
    this.#isKnown();
  }

  // ---- management servers -------------------------------------------------------------------------

  onResponse(response: DiscoveryResponse): Promise<Outcome> {
    return this.#deps.streams.inOrder(async () => {
      const resume = this.#events.begin();
      try {
        return await this.#update(response);
      } finally {
        this.#isKnown();
        resume();
      }
    });
  }

  onExpired(names: readonly string[]): void {
    void this.#deps.streams.inOrder(async () => {
      if (!this.#stopped) this.#apply([], names, this.table.versionInfo, new Map());
    });
  }

  onFailure(): void {
    this.#counts.update_failure++;
    this.#counts.update_attempt++;
  }

  async #update({ resources, removed, version, full }: DiscoveryResponse): Promise<Outcome> {
    const { load, log } = this.#deps.streams;
    const versions = new Map(full ? [] : resources.map((each) => [each.name, each.version]));
    const loaded: Resource<ScopePayload>[] = [];
    const failures: Failure[] = [];
    const fresh = freshOf(this.table, resources);
    for await (const piece of loadInPieces<ScopePayload>(load, TYPE.scopedRoute, fresh, this.#source)) {
      loaded.push(...piece.resources);
      failures.push(...piece.failures);
    }
    if (this.#stopped) return {};
    const named = new Set(resources.map(({ name }) => name));
    const gone = full ? this.table.names('dynamic').filter((name) => !named.has(name)) : removed;
    const bad = failures.map(({ name, details }) => `${name}: ${details}`).join('; ');
    for (const { name, details, bytes } of failures) this.table.fail(name, { version, details, bytes });
    const error = bad !== '' ? bad : this.#apply(loaded, gone, version, versions);
    this.#counts.update_attempt++;
    if (error !== undefined) {
      this.#counts.update_rejected++;
      log.warn(`gRPC config for ${TYPE.scopedRoute} rejected: ${error}`);
      return { error, rejected: named };
    }
    this.#counts.update_success++;
    this.#counts.update_time = Date.now();
    this.#counts.version_text = version;
    return {};
  }

  /** Answers why the update is refused, if it is. */
  #apply(
    added: readonly Resource<ScopePayload>[],
    removed: readonly string[],
    version: string,
    versions: ReadonlyMap<string, string>,
  ): string | undefined {
    const conflict = this.#conflict(added, removed);
    if (conflict !== undefined) return `Error adding/updating scoped route(s): ${conflict}`;
    const own = added.map((r) => ({ ...r, version: versions.get(r.name) ?? version }));
    const result = this.table.apply('dynamic', { added: own, removed }, version);
    const changed = result.added.length + result.modified.length + result.removed.length;
    const { counts } = this;
    counts.config_reload++;
    counts.config_reload_time_ms = Date.now();
    this.lastUpdated = Date.now();
    if (changed > 0) {
      this.changedVersion = version;
      this.#events.onScopes(this.scopes());
    }
    return undefined;
  }

  #conflict(added: readonly Resource<ScopePayload>[], removed: readonly string[]): string | undefined {
    const touched = new Set([...removed, ...added.map(({ name }) => name)]);
    const byKey = new Map<string, string>();
    for (const [name, { key }] of this.scopes()) if (!touched.has(name)) byKey.set(keyText(key), name);
    const names = new Set<string>();
    for (const { name, payload } of added) {
      if (names.has(name)) return `duplicate scoped route configuration '${name}' found`;
      names.add(name);
      const other = byKey.get(keyText(payload.key));
      if (other !== undefined)
        return `scope key conflict found, first scope is '${other}', second scope is '${name}'`;
      byKey.set(keyText(payload.key), name);
    }
    return undefined;
  }

  /** What is in force. */
  scopes(): ReadonlyMap<string, ScopePayload> {
    const all = new Map<string, ScopePayload>();
    for (const { name, active } of this.table.entries())
      if (active !== undefined) all.set(name, active.payload);
    return all;
  }
}
