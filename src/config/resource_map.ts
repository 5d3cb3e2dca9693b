/** The kinds of resources that updates carry. */
export const TYPE = {
  listener: 'type.googleapis.com/envoy.config.listener.v3.Listener',
  cluster: 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
  route: 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
  secret: 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret',
  scopedRoute: 'type.googleapis.com/envoy.config.route.v3.ScopedRouteConfiguration',
  extension: 'type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig',
  virtualHost: 'type.googleapis.com/envoy.config.route.v3.VirtualHost',
  runtime: 'type.googleapis.com/envoy.service.runtime.v3.Runtime',
  endpoints: 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
  lbEndpoint: 'type.googleapis.com/envoy.config.endpoint.v3.LbEndpoint',
} as const;

/** Where a resource came from: the bootstrap file, or a file of its own or a management server. */
export type Source = 'static' | 'dynamic';

/** A resource as the config thread hands it over. `P` is what its kind needs to run. */
export type Resource<P> = {
  readonly name: string;
  /** Of the wire bytes; equal hash, equal content. */
  readonly hash: string;
  /** The message itself on the wire, without its Any. */
  readonly bytes: Uint8Array;
  readonly payload: P;
  /** Its own, where not that of the update. */
  readonly version?: string;
};

/** One version of a resource that is, was or is about to be in use. Time in ms since the epoch. */
export type Version<P> = Omit<Resource<P>, 'bytes' | 'payload' | 'version'> & {
  bytes: Uint8Array;
  payload: P;
  readonly version: string;
  readonly lastUpdated: number;
};

/** The last attempt that failed, for /config_dump. */
export type ErrorState = {
  readonly version: string;
  readonly details: string;
  readonly lastUpdateAttempt: number;
  readonly bytes?: Uint8Array;
};

export type Entry<P> = {
  readonly name: string;
  readonly source: Source;
  active: Version<P> | undefined;
  warming: Version<P> | undefined;
  /** Replaced or removed, with users left. */
  draining: readonly Version<P>[];
  error: ErrorState | undefined;
  /** Ends the warming under way. */
  cancelWarming: (() => void) | undefined;
};

/** What a kind of resource does with its versions. The map decides when. */
export interface Handler<P> {
  /**
   * Gets a version ready and calls `ready` once (perhaps at once) when it may take over.
   * Answers the way to give up. The active version keeps on serving meanwhile.
   */
  warm(entry: Entry<P>, version: Version<P>, ready: () => void): () => void;
  /** The version takes over from `previous`; `done` when the previous one has no users left. Throws: refused. */
  activate(entry: Entry<P>, version: Version<P>, previous: Version<P> | undefined, done: () => void): void;
  /** The last version goes away; `done` when it has no users left. */
  remove(entry: Entry<P>, last: Version<P>, done: () => void): void;
  /** After all changes of one update, and after each later activation. */
  settled?(): void;
  /** An activation that was refused after its update was over. */
  failed?(entry: Entry<P>, details: string): void;
}

export type Update<P> = { readonly added: readonly Resource<P>[]; readonly removed: readonly string[] };
export type UpdateResult = {
  readonly added: readonly string[];
  readonly modified: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: number;
  /** Refused at activation, with the reason. */
  readonly failed: readonly { readonly name: string; readonly details: string }[];
};

/** One for all that drain nothing, which are nearly all. */
const NONE: readonly never[] = [];

function without<T>(list: readonly T[], item: T | undefined): readonly T[] {
  const rest = list.filter((one) => one !== item);
  return rest.length === 0 ? NONE : rest;
}

/** With all its fields, so that it never grows: there is one for each cluster. */
function newEntry<P>(name: string, source: Source): Entry<P> {
  const entry: Entry<P> = {
    name,
    source,
    active: undefined,
    warming: undefined,
    draining: NONE,
    error: undefined,
    cancelWarming: undefined,
  };
  return entry;
}

/** Gives a version bytes of its own. */
function detach<P>(version: Version<P>): void {
  version.bytes = version.bytes.slice();
  const payload = version.payload as { compiled?: unknown };
  if (payload.compiled instanceof Uint8Array) payload.compiled = payload.compiled.slice();
}

/** All resources of one kind. The only place where their state changes. */
export class ResourceTable<P> {
  readonly typeUrl: string;
  /** The version of the last dynamic update that was accepted. */
  versionInfo = '';
  /** Failed updates that named no resource of ours, newest last; at most a few. */
  readonly orphanErrors: ErrorState[] = [];
  readonly #entries = new Map<string, Entry<P>>();
  readonly #handler: Handler<P>;
  readonly #now: () => number;
  #settling = false;
  #fresh: Version<P>[] = [];

  constructor(typeUrl: string, handler: Handler<P>, now: () => number = Date.now) {
    this.typeUrl = typeUrl;
    this.#handler = handler;
    this.#now = now;
  }

  entries(): IterableIterator<Entry<P>> {
    return this.#entries.values();
  }

  get(name: string): Entry<P> | undefined {
    return this.#entries.get(name);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** How many entries have an active, a warming, a draining version. */
  counts(): { active: number; warming: number; draining: number } {
    const counts = { active: 0, warming: 0, draining: 0 };
    for (const entry of this.#entries.values()) {
      if (entry.active !== undefined) counts.active++;
      if (entry.warming !== undefined) counts.warming++;
      counts.draining += entry.draining.length;
    }
    return counts;
  }

  /** Names from a source, for those who get whole states of the world. */
  names(source: Source): string[] {
    return [...this.#entries.values()]
      .filter((e) => e.source === source && (e.active ?? e.warming ?? e.error))
      .map((e) => e.name);
  }

  /** The one way in. An unchanged resource costs a comparison of hashes. */
  apply(source: Source, update: Update<P>, version: string): UpdateResult {
    const result = {
      added: [] as string[],
      modified: [] as string[],
      removed: [] as string[],
      unchanged: 0,
      failed: [] as { name: string; details: string }[],
    };
    this.#settling = true;
    this.#fresh = [];
    for (const name of update.removed) {
      if (this.#remove(source, name)) result.removed.push(name);
    }
    for (const resource of update.added) {
      const outcome = this.#add(source, resource, version, result.failed);
      if (outcome === 'unchanged') result.unchanged++;
      else result[outcome].push(resource.name);
    }
    this.#settling = false;
    this.#copyFew(update.added.length);
    if (source === 'dynamic') this.versionInfo = version;
    this.#handler.settled?.();
    return result;
  }

  /** All resources of a load share one buffer: a few that stay must not hold the others' bytes. */
  #copyFew(loaded: number): void {
    if (this.#fresh.length * 2 < loaded) for (const version of this.#fresh) detach(version);
    this.#fresh = [];
  }

  /** Whether an update from outside with these bytes changes nothing; then its error is over, too. */
  isUnchanged(name: string, bytes: Uint8Array): boolean {
    const entry = this.#entries.get(name);
    if (entry === undefined) return false;
    if (entry.source === 'dynamic') {
      const current = entry.warming ?? entry.active;
      if (current === undefined || Buffer.compare(current.bytes, bytes) !== 0) return false;
    }
    entry.error = undefined;
    return true;
  }

  /** Remembers a failed attempt: at the resource it was for, or beside them. */
  fail(name: string | undefined, error: Omit<ErrorState, 'lastUpdateAttempt'>): void {
    const state = { ...error, lastUpdateAttempt: this.#now() };
    const entry = name === undefined ? undefined : this.#entries.get(name);
    if (entry !== undefined) {
      entry.error = state;
      return;
    }
    this.orphanErrors.push(state);
    if (this.orphanErrors.length > 8) this.orphanErrors.shift();
  }

  #add(
    source: Source,
    resource: Resource<P>,
    version: string,
    failed: { name: string; details: string }[],
  ): 'added' | 'modified' | 'unchanged' {
    const old = this.#entries.get(resource.name);
    // What the bootstrap file declares cannot be replaced from outside, as in Envoy.
    if (old !== undefined && old.source === 'static' && source === 'dynamic') return 'unchanged';
    if (old !== undefined) old.error = undefined;
    const current = old?.warming ?? old?.active;
    if (old !== undefined && current?.hash === resource.hash) return 'unchanged';
    const entry = old ?? newEntry<P>(resource.name, source);
    this.#entries.set(resource.name, entry);
    this.#giveUp(entry);
    if (entry.active?.hash === resource.hash) return 'modified'; // back to what is active: only the warming ends
    const { name, hash, bytes, payload } = resource;
    const own = resource.version ?? version;
    const next: Version<P> = { name, hash, bytes, payload, version: own, lastUpdated: this.#now() };
    entry.warming = next;
    this.#fresh.push(next);
    let now = true;
    const refused = (details: string): void => {
      if (now) failed.push({ name: entry.name, details });
      else this.#handler.failed?.(entry, details);
    };
    let started = false;
    const cancel = this.#handler.warm(entry, next, () => {
      if (entry.warming !== next) return;
      started = true;
      const details = this.#activate(entry, next);
      if (details !== undefined) refused(details);
      if (!this.#settling) this.#handler.settled?.();
    });
    now = false;
    if (!started) entry.cancelWarming = cancel;
    return current === undefined ? 'added' : 'modified';
  }

  #activate(entry: Entry<P>, next: Version<P>): string | undefined {
    const previous = entry.active;
    entry.warming = undefined;
    entry.cancelWarming = undefined;
    if (previous !== undefined) entry.draining = [...entry.draining, previous];
    const done = (): void => this.#drained(entry, previous);
    try {
      this.#handler.activate(entry, next, previous, done);
      entry.active = next;
      return undefined;
    } catch (error) {
      entry.draining = without(entry.draining, previous);
      const details = (error as Error).message;
      entry.error = { version: next.version, details, lastUpdateAttempt: this.#now(), bytes: next.bytes };
      return details;
    }
  }

  #remove(source: Source, name: string): boolean {
    const entry = this.#entries.get(name);
    if (entry === undefined || entry.source !== source) return false;
    this.#giveUp(entry);
    const last = entry.active;
    entry.active = undefined;
    if (last === undefined) {
      this.#forget(entry);
      return true;
    }
    entry.draining = [...entry.draining, last];
    this.#handler.remove(entry, last, () => this.#drained(entry, last));
    return true;
  }

  #giveUp(entry: Entry<P>): void {
    entry.cancelWarming?.();
    entry.cancelWarming = undefined;
    entry.warming = undefined;
  }

  #drained(entry: Entry<P>, version: Version<P> | undefined): void {
    if (version === undefined) return;
    entry.draining = without(entry.draining, version);
    this.#forget(entry);
  }

  #forget(entry: Entry<P>): void {
    const unused = entry.active === undefined && entry.warming === undefined && entry.draining.length === 0;
    if (unused && this.#entries.get(entry.name) === entry) this.#entries.delete(entry.name);
  }
}
