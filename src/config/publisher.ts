import type { Engine } from '../engine/engine.ts';
import type { RecordInput } from '../engine/native.ts';
import type { CompiledRecord, CompiledResource, Fixup } from './compiled.ts';

/** Numbers of the record kinds that stand in the directory. */
export type Kinds = {
  readonly Cluster: number;
  readonly Endpoints: number;
  readonly Listener: number;
  readonly RouteConfig: number;
};

/** Told of statistics blocks as they come and go; the registry gives them their names. */
export interface StatsBlocks {
  added(block: number, group: number, name: string): void;
  removed(block: number): void;
}

/** Something shared by name among resources, gone when nobody holds it. */
type Shared = { readonly value: number; holders: number };

/** What a published resource holds on to. */
type Live = {
  readonly id: number;
  readonly ids: readonly string[];
  readonly stats: readonly string[];
  /** References of its child records, by content hash. */
  children: Map<string, number>;
};
type Group = {
  readonly key: string;
  readonly records: RecordInput[];
  readonly hashes: (string | undefined)[];
  readonly live: Live;
};

const keyOf = (kind: number, name: string): string => `${kind}\0${name}`;

/**
 * Turns compiled resources into batches for the data plane: names become directory ids, statistics
 * blocks and regex sets; child records that did not change are shared with the version before.
 */
export class RecordPublisher {
  readonly #engine: Engine;
  readonly #kinds: Kinds;
  readonly #blocks: StatsBlocks;
  readonly #onRefused: (name: string, reason: string) => void;
  readonly #ids = new Map<string, Shared>();
  readonly #stats = new Map<string, Shared>();
  readonly #live = new Map<string, Live>();
  #nextId = 1;
  /** Ids that nobody names any longer; a pinned old record may still hold them. */
  #quarantine: number[] = [];
  #free: number[] = [];
  #pending: Group[] = [];
  #removals: number[] = [];

  constructor(
    engine: Engine,
    kinds: Kinds,
    blocks: StatsBlocks,
    onRefused: (name: string, reason: string) => void,
  ) {
    this.#engine = engine;
    this.#kinds = kinds;
    this.#blocks = blocks;
    this.#onRefused = onRefused;
  }

  putCluster(name: string, _statName: string, cluster: CompiledResource, endpoints: CompiledResource): void {
    this.putEndpoints(name, endpoints);
    this.#put(this.#kinds.Cluster, name, cluster);
  }
  putEndpoints(name: string, endpoints: CompiledResource): void {
    this.#put(this.#kinds.Endpoints, name, ownHosts(name, endpoints));
  }
  dropCluster(name: string): void {
    this.#drop(this.#kinds.Cluster, name);
    this.#drop(this.#kinds.Endpoints, name);
  }
  putRoute(name: string, route: CompiledResource): void {
    this.#put(this.#kinds.RouteConfig, name, route);
  }
  dropRoute(name: string): void {
    this.#drop(this.#kinds.RouteConfig, name);
  }
  putListener(name: string, listener: CompiledResource, sockets: readonly number[]): number {
    return this.#put(this.#kinds.Listener, name, listener, sockets);
  }
  /** The name is free at once; the id stays out of use until the listener has drained. */
  dropListener(name: string): void {
    this.#drop(this.#kinds.Listener, name, true);
  }
  releaseListener(id: number): void {
    this.#quarantine.push(id);
  }

  /** The directory id of a resource that is published. */
  idOf(kind: keyof Kinds, name: string): number | undefined {
    return this.#live.get(keyOf(this.#kinds[kind], name))?.id;
  }

  /** The statistics block of a group and name, for those who read it. */
  blockOf(group: number, name: string): number | undefined {
    return this.#stats.get(keyOf(group, name))?.value;
  }

  /** Publishes everything that was put, in one batch. */
  flush(): void {
    const groups = this.#pending.splice(0);
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
      else
        for (const { key } of groups)
          this.#onRefused(key.slice(key.indexOf('\0') + 1), (error as Error).message);
      return;
    }
    let at = 0;
    for (const { hashes, live } of groups) {
      for (const hash of hashes) {
        if (hash !== undefined) live.children.set(hash, references[at] as number);
        at++;
      }
    }
  }

  #put(kind: number, name: string, resource: CompiledResource, sockets: readonly number[] = []): number {
    const key = keyOf(kind, name);
    // The children of a version that is still in the queue have no references to share.
    if (this.#pending.some((group) => group.key === key)) this.flush();
    const old = this.#live.get(key);
    const holds = { ids: [key], stats: [] as string[] };
    const live: Live = { id: this.#holdId(key), ids: holds.ids, stats: holds.stats, children: new Map() };
    const group: Group = { key, records: [], hashes: [], live };
    try {
      this.#build(resource, old, group, holds, sockets);
    } catch (error) {
      this.#release(live);
      throw error;
    }
    this.#live.set(key, live);
    if (old !== undefined) this.#release(old);
    this.#pending.push(group);
    return live.id;
  }

  #drop(kind: number, name: string, keepId = false): void {
    const key = keyOf(kind, name);
    const live = this.#live.get(key);
    if (live === undefined) return;
    this.flush();
    this.#live.delete(key);
    this.#removals.push(live.id);
    if (keepId) {
      // Nobody refers to listeners by id; the entry goes without its id being freed.
      this.#ids.delete(key);
      this.#release({ ...live, ids: live.ids.filter((held) => held !== key) });
      return;
    }
    this.#release(live);
  }

  /** Fills the group with the records that have to be published. */
  #build(
    resource: CompiledResource,
    old: Live | undefined,
    group: Group,
    holds: { ids: string[]; stats: string[] },
    sockets: readonly number[],
  ): void {
    // Where each record of the resource is: in the batch, or shared.
    const places: ({ batch: number } | { shared: number })[] = [];
    for (const [index, record] of resource.records.entries()) {
      const own = index === resource.records.length - 1;
      const known = own ? undefined : old?.children.get(record.hash);
      const input = this.#input(record, own ? group.live.id : 0, places, holds, sockets);
      if (known !== undefined) {
        places.push({ shared: known });
        group.live.children.set(record.hash, known);
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
    holds: { ids: string[]; stats: string[] },
    sockets: readonly number[],
  ): RecordInput {
    const bytes = record.bytes.slice();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const children: number[] = [];
    const shared: number[] = [];
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
          const key = keyOf(fixup.target, fixup.name);
          view.setUint32(fixup.offset, this.#holdId(key), true);
          holds.ids.push(key);
          break;
        }
        case 'stats': {
          const key = keyOf(fixup.group, fixup.name);
          view.setUint32(fixup.offset, this.#holdStats(key, fixup.group, fixup.name), true);
          holds.stats.push(key);
          break;
        }
        case 'regex':
          view.setUint32(fixup.offset, this.#regex(fixup.patterns, fixup.ignoreCase === true), true);
          break;
        case 'socket':
          view.setUint32(fixup.offset, sockets[fixup.address] ?? 0, true);
      }
    }
    return {
      kind: record.kind,
      id,
      bytes,
      ...(children.length > 0 ? { children: Uint32Array.from(children) } : {}),
      ...(shared.length > 0 ? { shared: Uint32Array.from(shared) } : {}),
    };
  }

  #regex(patterns: readonly string[], ignoreCase: boolean): number {
    const answer = this.#engine.native.regexSet(patterns, { ignoreCase });
    if (typeof answer === 'number') return answer;
    throw new Error(`invalid regular expression '${patterns[answer.index] ?? ''}': ${answer.message}`);
  }

  #holdId(key: string): number {
    const shared = this.#ids.get(key);
    if (shared !== undefined) {
      shared.holders++;
      return shared.value;
    }
    const value = this.#newId();
    this.#ids.set(key, { value, holders: 1 });
    return value;
  }

  /** An id is used again only when no record that a worker holds on to can name it. */
  #newId(): number {
    if (this.#free.length === 0 && this.#quarantine.length > 0 && this.#pending.length === 0) {
      if (this.#engine.native.recordStats().retiring === 0) this.#free = this.#quarantine.splice(0);
    }
    return this.#free.pop() ?? this.#nextId++;
  }

  #holdStats(key: string, group: number, name: string): number {
    const shared = this.#stats.get(key);
    if (shared !== undefined) {
      shared.holders++;
      return shared.value;
    }
    const value = this.#engine.native.statsAlloc(group);
    this.#stats.set(key, { value, holders: 1 });
    this.#blocks.added(value, group, name);
    return value;
  }

  #release({ ids, stats }: Pick<Live, 'ids' | 'stats'>): void {
    for (const key of ids) {
      const shared = this.#ids.get(key);
      if (shared === undefined || --shared.holders > 0) continue;
      this.#ids.delete(key);
      this.#quarantine.push(shared.value);
    }
    for (const key of stats) {
      const shared = this.#stats.get(key);
      if (shared === undefined || --shared.holders > 0) continue;
      this.#stats.delete(key);
      this.#blocks.removed(shared.value);
      this.#engine.native.statsFree(shared.value);
    }
  }
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
