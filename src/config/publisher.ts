import type { Engine } from '../engine/engine.ts';
import type { RecordInput } from '../engine/native.ts';
import type { CompiledRecord, CompiledResource, Fixup } from './compiled.ts';
import { type PackedResource, unpackResource } from './packed_resource.ts';

/** Numbers of the record kinds that stand in the directory. */
export type Kinds = {
  readonly Cluster: number;
  readonly Endpoints: number;
  readonly Listener: number;
  readonly RouteConfig: number;
  readonly ScopeTable: number;
  readonly ExtensionConfig: number;
  readonly TlsContext: number;
};

/** Told of statistics blocks as they come and go; the registry gives them their names. */
export interface StatsBlocks {
  added(block: number, group: number, name: string): void;
  removed(block: number): void;
}

/** What is published: as it was compiled here, or as the configuration thread sends it. */
export type Publishable = CompiledResource | PackedResource;

const unpacked = (given: Publishable): CompiledResource =>
  given instanceof Uint8Array ? unpackResource(given) : given;

/** Something shared by name among resources, gone when nobody holds it. */
type Shared = { readonly name: string; readonly kind: number; readonly value: number; holders: number };

/** What a published resource holds on to. There are two for each cluster: they are kept small. */
type Live = {
  readonly id: number;
  ids: readonly Shared[];
  stats: readonly Shared[];
  /** References of its child records, by content hash. */
  children: Map<string, number> | undefined;
};
const NONE: readonly never[] = [];
/** What is gathered for a `Live` while it is built. */
type Holds = { readonly ids: Shared[]; readonly stats: Shared[] };
type Group = {
  readonly kind: number;
  readonly name: string;
  readonly records: RecordInput[];
  readonly hashes: (string | undefined)[];
  readonly live: Live;
  readonly uses: Uses;
};
/** Uses of regexes and TLS contexts that records take over once they are published. */
type Uses = { readonly regexes: number[]; readonly contexts: number[] };

/** Values by kind (or group of statistics) and name. */
class Names<V> {
  readonly #kinds = new Map<number, Map<string, V>>();

  get(kind: number, name: string): V | undefined {
    return this.#kinds.get(kind)?.get(name);
  }

  set(kind: number, name: string, value: V): void {
    const names = this.#kinds.get(kind);
    if (names === undefined) this.#kinds.set(kind, new Map([[name, value]]));
    else names.set(name, value);
  }

  delete(kind: number, name: string): void {
    this.#kinds.get(kind)?.delete(name);
  }

  clear(): void {
    this.#kinds.clear();
  }
}

/**
 * Turns compiled resources into batches for the data plane: names become directory ids, statistics
 * blocks and regex sets; child records that did not change are shared with the version before.
 */
export class RecordPublisher {
  readonly #engine: Engine;
  readonly #kinds: Kinds;
  readonly #blocks: StatsBlocks;
  readonly #onRefused: (name: string, reason: string) => void;
  readonly #ids = new Names<Shared>();
  readonly #stats = new Names<Shared>();
  readonly #live = new Names<Live>();
  /** Of the kinds that are asked for by their ids: names by id. */
  readonly #named: Map<number, Map<number, string>>;
  #nextId = 1;
  /** Ids that nobody names any longer; a pinned old record may still hold them. */
  #quarantine: number[] = [];
  #free: number[] = [];
  /** Statistics of listeners that are removed and still drain, by id. */
  readonly #leaving = new Map<number, readonly Shared[]>();
  #pending: Group[] = [];
  /** What is in the queue. */
  readonly #queued = new Names<true>();
  #removals: number[] = [];

  constructor(
    engine: Engine,
    kinds: Kinds,
    blocks: StatsBlocks,
    onRefused: (name: string, reason: string) => void,
  ) {
    this.#engine = engine;
    this.#kinds = kinds;
    this.#named = new Map([[kinds.RouteConfig, new Map()]]);
    this.#blocks = blocks;
    this.#onRefused = onRefused;
  }

  putCluster(name: string, _statName: string, cluster: Publishable, endpoints: Publishable): void {
    this.putEndpoints(name, endpoints);
    this.#put(this.#kinds.Cluster, name, cluster);
  }
  putEndpoints(name: string, endpoints: Publishable): void {
    this.#put(this.#kinds.Endpoints, name, ownHosts(name, unpacked(endpoints)));
  }
  dropCluster(name: string): void {
    this.#drop(this.#kinds.Cluster, name);
    this.#drop(this.#kinds.Endpoints, name);
  }
  putRoute(name: string, route: Publishable): void {
    this.#put(this.#kinds.RouteConfig, name, route);
  }
  dropRoute(name: string): void {
    this.#drop(this.#kinds.RouteConfig, name);
  }
  putExtension(name: string, config: Publishable): void {
    this.#put(this.#kinds.ExtensionConfig, name, config);
  }
  dropExtension(name: string): void {
    this.#drop(this.#kinds.ExtensionConfig, name);
  }
  putScopes(name: string, scopes: Publishable): void {
    this.#put(this.#kinds.ScopeTable, name, scopes);
  }
  dropScopes(name: string): void {
    this.#drop(this.#kinds.ScopeTable, name);
  }
  /** Throws when the context cannot be built; the one before it stays. */
  putTls(name: string, context: Publishable): void {
    this.#put(this.#kinds.TlsContext, name, context);
  }
  dropTls(name: string): void {
    this.#drop(this.#kinds.TlsContext, name);
  }
  /** What the version before counts in stays for `drainMs`: connections of it may go on so long. */
  putListener(name: string, listener: Publishable, sockets: readonly number[], drainMs: number): number {
    const { stats = NONE } = this.#live.get(this.#kinds.Listener, name) ?? {};
    for (const shared of stats) shared.holders++;
    try {
      return this.#put(this.#kinds.Listener, name, listener, sockets);
    } finally {
      if (stats.length > 0) setTimeout(() => this.#release({ ids: NONE, stats }), drainMs).unref();
    }
  }
  /** The name is free at once; the id stays out of use until the listener has drained. */
  dropListener(name: string): void {
    this.#drop(this.#kinds.Listener, name, true);
  }
  releaseListener(id: number): void {
    this.#release({ ids: NONE, stats: this.#leaving.get(id) ?? NONE });
    this.#leaving.delete(id);
    this.#quarantine.push(id);
  }

  /** The directory id of a resource that is published. */
  idOf(kind: keyof Kinds, name: string): number | undefined {
    return this.#live.get(this.#kinds[kind], name)?.id;
  }

  /** The name that a directory id belongs to, also of a resource that others name and that is not published. */
  nameOf(kind: 'RouteConfig', id: number): string | undefined {
    return this.#named.get(this.#kinds[kind])?.get(id);
  }

  /** The statistics block of a group and name, for those who read it. */
  blockOf(group: number, name: string): number | undefined {
    return this.#stats.get(group, name)?.value;
  }

  /** Publishes everything that was put, in one batch. */
  flush(): void {
    const groups = this.#pending;
    this.#pending = [];
    this.#queued.clear();
    if (groups.length > 0) this.#publish(groups);
    for (const id of this.#removals.splice(0)) this.#engine.native.remove(id);
  }

  #publish(groups: readonly Group[]): void {
    const batch: RecordInput[] = [];
    for (const { records } of groups) {
      const base = batch.length;
      for (const record of records) batch.push(base === 0 ? record : moved(record, base));
    }
    let references: Uint32Array;
    try {
      references = this.#engine.publish(batch);
    } catch (error) {
      // One bad record (a bug of a compiler) must not take the others with it.
      if (groups.length > 1) for (const group of groups) this.#publish([group]);
      else {
        for (const { name, uses } of groups) {
          this.#giveBack(uses);
          this.#onRefused(name, (error as Error).message);
        }
      }
      return;
    }
    let at = 0;
    for (const { hashes, live } of groups) {
      for (const hash of hashes) {
        if (hash !== undefined) addChild(live, hash, references[at] as number);
        at++;
      }
    }
  }

  #put(kind: number, name: string, given: Publishable, sockets: readonly number[] = []): number {
    // The children of a version that is still in the queue have no references to share.
    if (this.#queued.get(kind, name)) this.flush();
    const old = this.#live.get(kind, name);
    const own = this.#holdId(kind, name);
    const holds: Holds = { ids: [own], stats: [] };
    const live: Live = { id: own.value, ids: NONE, stats: NONE, children: undefined };
    const group: Group = { kind, name, records: [], hashes: [], live, uses: { regexes: [], contexts: [] } };
    try {
      this.#build(unpacked(given), old, group, holds, sockets);
    } catch (error) {
      this.#giveBack(group.uses);
      this.#release(holds);
      throw error;
    }
    // Copies have no room to grow, which would be most of them.
    live.ids = holds.ids.slice();
    if (holds.stats.length > 0) live.stats = holds.stats.slice();
    this.#live.set(kind, name, live);
    if (old !== undefined) this.#release(old);
    if (this.#removals.length > 0) this.#removals = this.#removals.filter((id) => id !== live.id);
    this.#pending.push(group);
    this.#queued.set(kind, name, true);
    return live.id;
  }

  #drop(kind: number, name: string, keepId = false): void {
    const live = this.#live.get(kind, name);
    if (live === undefined) return;
    this.flush();
    this.#live.delete(kind, name);
    this.#removals.push(live.id);
    if (keepId) {
      // Nobody refers to listeners by id; the entry goes without its id being freed.
      this.#ids.delete(kind, name);
      this.#release({ stats: NONE, ids: live.ids.filter(({ value }) => value !== live.id) });
      this.#leaving.set(live.id, live.stats);
      return;
    }
    this.#release(live);
  }

  /** Fills the group with the records that have to be published. */
  #build(
    resource: CompiledResource,
    old: Live | undefined,
    group: Group,
    holds: Holds,
    sockets: readonly number[],
  ): void {
    // Where each record of the resource is: in the batch, or shared.
    const places: ({ batch: number } | { shared: number })[] = [];
    for (const [index, record] of resource.records.entries()) {
      const own = index === resource.records.length - 1;
      const known = own ? undefined : old?.children?.get(record.hash);
      // Only what is published holds uses: a shared record has its own.
      const uses = known === undefined ? group.uses : undefined;
      const input = this.#input(record, own ? group.live.id : 0, places, holds, sockets, uses);
      if (known !== undefined) {
        places.push({ shared: known });
        addChild(group.live, record.hash, known);
        continue;
      }
      places.push({ batch: group.records.length });
      group.records.push(input);
      group.hashes.push(own ? undefined : record.hash);
    }
  }

  /** Resolves the fixups of a record into a copy of its bytes. */
  #input(
    record: CompiledRecord,
    id: number,
    places: readonly ({ batch: number } | { shared: number })[],
    holds: Holds,
    sockets: readonly number[],
    uses: Uses | undefined,
  ): RecordInput {
    const bytes = record.bytes.slice();
    const children: number[] = [];
    const shared: number[] = [];
    const regexes: number[] = [];
    const contexts: number[] = [];
    for (const fixup of record.fixups) {
      switch (fixup.kind) {
        case 'ref': {
          const place = places[fixup.record];
          if (place === undefined) throw new Error(`a record refers to a later one (${fixup.record})`);
          if ('batch' in place) children.push(fixup.offset, place.batch);
          else shared.push(fixup.offset, place.shared);
          break;
        }
        case 'id': {
          const held = this.#holdId(fixup.target, fixup.name);
          setUint32(bytes, fixup.offset, held.value);
          holds.ids.push(held);
          break;
        }
        case 'stats': {
          const held = this.#holdStats(fixup.group, fixup.name);
          setUint32(bytes, fixup.offset, held.value);
          holds.stats.push(held);
          break;
        }
        case 'regex': {
          if (uses === undefined) break;
          const regex = this.#regex(fixup.patterns, fixup.ignoreCase === true);
          setUint32(bytes, fixup.offset, regex);
          regexes.push(regex);
          uses.regexes.push(regex);
          break;
        }
        case 'tls': {
          if (uses === undefined) break;
          const context = this.#context(fixup.spec);
          setUint32(bytes, fixup.offset, context);
          contexts.push(context);
          uses.contexts.push(context);
          break;
        }
        case 'socket':
          setUint32(bytes, fixup.offset, sockets[fixup.address] ?? 0);
      }
    }
    if (children.length + shared.length + regexes.length + contexts.length === 0)
      return { kind: record.kind, id, bytes };
    return {
      kind: record.kind,
      id,
      bytes,
      ...(children.length > 0 ? { children: Uint32Array.from(children) } : {}),
      ...(shared.length > 0 ? { shared: Uint32Array.from(shared) } : {}),
      ...(regexes.length > 0 ? { regexes: Uint32Array.from(regexes) } : {}),
      ...(contexts.length > 0 ? { contexts: Uint32Array.from(contexts) } : {}),
    };
  }

  #regex(patterns: readonly string[], ignoreCase: boolean): number {
    const answer = this.#engine.native.regexSet(patterns, { ignoreCase });
    if (typeof answer === 'number') return answer;
    throw new Error(`invalid regular expression '${patterns[answer.index] ?? ''}': ${answer.message}`);
  }

  #context(spec: Uint8Array): number {
    const answer = this.#engine.native.tlsContext(spec);
    if (typeof answer === 'number') return answer;
    throw new Error(`TLS: ${answer.message}`);
  }

  #giveBack({ regexes, contexts }: Uses): void {
    this.#engine.native.regexRelease(regexes);
    if (contexts.length > 0) this.#engine.native.tlsRelease(contexts);
  }

  #holdId(kind: number, name: string): Shared {
    let shared = this.#ids.get(kind, name);
    if (shared === undefined) {
      shared = { name, kind, value: this.#newId(), holders: 0 };
      this.#ids.set(kind, name, shared);
      this.#named.get(kind)?.set(shared.value, name);
    }
    shared.holders++;
    return shared;
  }

  /** An id is used again only when no record that a worker holds on to can name it. */
  #newId(): number {
    // What is still to be removed is held as long as what was removed and has users.
    const settled = this.#pending.length === 0 && this.#removals.length === 0;
    if (this.#free.length === 0 && this.#quarantine.length > 0 && settled) {
      if (this.#engine.native.recordStats().retiring === 0) this.#free = this.#quarantine.splice(0);
    }
    return this.#free.pop() ?? this.#nextId++;
  }

  #holdStats(group: number, name: string): Shared {
    let shared = this.#stats.get(group, name);
    if (shared === undefined) {
      shared = { name, kind: group, value: this.#engine.native.statsAlloc(group), holders: 0 };
      this.#stats.set(group, name, shared);
      this.#blocks.added(shared.value, group, name);
    }
    shared.holders++;
    return shared;
  }

  #release({ ids, stats }: Pick<Live, 'ids' | 'stats'>): void {
    for (const shared of ids) {
      if (--shared.holders > 0) continue;
      this.#ids.delete(shared.kind, shared.name);
      this.#named.get(shared.kind)?.delete(shared.value);
      this.#quarantine.push(shared.value);
    }
    for (const shared of stats) {
      if (--shared.holders > 0) continue;
      this.#stats.delete(shared.kind, shared.name);
      this.#blocks.removed(shared.value);
      this.#engine.native.statsFree(shared.value);
    }
  }
}

/** Little-endian. A DataView takes longer to make. */
function setUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value & 255;
  bytes[at + 1] = (value >>> 8) & 255;
  bytes[at + 2] = (value >>> 16) & 255;
  bytes[at + 3] = value >>> 24;
}

function addChild(live: Live, hash: string, reference: number): void {
  live.children ??= new Map();
  live.children.set(hash, reference);
}

/** Clusters that share an endpoint set (EDS) count their hosts apart: the blocks go by the cluster's name. */
function ownHosts(cluster: string, endpoints: CompiledResource): CompiledResource {
  const head = `${cluster}|`;
  const named = (fixup: Fixup): Fixup => {
    if (fixup.kind !== 'stats' || fixup.name.startsWith(head)) return fixup;
    return { ...fixup, name: head + fixup.name.slice(fixup.name.indexOf('|') + 1) };
  };
  const records = endpoints.records.map((record) => ({ ...record, fixups: record.fixups.map(named) }));
  return { records };
}

/** The record with the indexes of its children moved to where the batch has them. */
function moved(record: RecordInput, base: number): RecordInput {
  if (record.children === undefined) return record;
  const children = record.children.map((value, i) => (i % 2 === 1 ? value + base : value));
  return { ...record, children };
}
