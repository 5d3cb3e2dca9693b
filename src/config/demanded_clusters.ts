import type { ControlPlaneCounts } from '../xds/mux.ts';
import type { StreamDeps } from './named_stream.ts';
import { AskedNames, type ClusterSource } from './on_demand.ts';
import type { ClusterPayload } from './payload.ts';
import { type Resource, type ResourceTable, TYPE, type UpdateResult } from './resource_map.ts';
import { sourceKey } from './sources.ts';
import { newCounts, type SubscriptionCounts } from './subscription.ts';
import { WorldStream } from './world_stream.ts';

type Deps<C> = {
  readonly streams: StreamDeps;
  readonly clusters: ResourceTable<ClusterPayload<C>>;
  readonly apply: (
    added: readonly Resource<ClusterPayload<C>>[],
    removed: readonly string[],
    version: string,
  ) => UpdateResult;
  /** Around an update: see WorldEvents. */
  readonly begin: () => () => void;
  /** All clusters, where they come over the stream of all types, which has one subscription for each. */
  readonly aggregated: () => WorldStream<ClusterPayload<C>> | undefined;
};

type Open<C> = {
  readonly asked: AskedNames;
  /** Of its own. */
  readonly stream: WorldStream<ClusterPayload<C>> | undefined;
};

/** Clusters that come when requests want them (on-demand CDS). */
export class DemandedClusters<C> {
  readonly #deps: Deps<C>;
  readonly #open = new Map<string, Open<C>>();
  /** What streams of their own have brought. */
  readonly #own = new Set<string>();
  readonly #requests = newCounts();

  constructor(deps: Deps<C>) {
    this.#deps = deps;
  }

  /** Calls `done` when the cluster is in use, or there is none of this name. */
  demand(source: ClusterSource, name: string, done: () => void): void {
    if (this.#here(name)) {
      done();
      return;
    }
    const open = this.#open.get(sourceKey(source)) ?? this.#start(source);
    this.#requests.update_attempt++;
    open.asked.wait(name, done);
  }

  /** After each change of clusters: those that are in use now. */
  settled(): void {
    for (const { asked } of this.#open.values()) {
      if (asked.size === 0) continue;
      for (const name of asked.names()) if (this.#here(name)) asked.settle(name);
    }
  }

  /** What other streams do not take away, although they do not know it. */
  owns(name: string): boolean {
    return this.#own.has(name);
  }

  /** What the server has said of clusters: not there, or refused. One that is in use is still to be told of. */
  told(removed: readonly string[], rejected: ReadonlySet<string>): void {
    const gone = [...removed, ...rejected].filter((name) => !this.#here(name));
    for (const { asked } of this.#open.values()) for (const name of gone) asked.giveUp(name);
  }

  /** Of all of them; undefined: nothing has been asked for. */
  get counts(): SubscriptionCounts | undefined {
    if (this.#open.size === 0) return undefined;
    const sum = { ...this.#requests };
    for (const { stream } of this.#open.values()) {
      if (stream === undefined) continue;
      const { counts } = stream;
      sum.update_attempt += counts.update_attempt;
      sum.update_success += counts.update_success;
      sum.update_failure += counts.update_failure;
      sum.update_rejected += counts.update_rejected;
      if (counts.update_time < sum.update_time) continue;
      sum.update_time = counts.update_time;
      sum.version_text = counts.version_text;
    }
    return sum;
  }

  get controlPlane(): ControlPlaneCounts | undefined {
    for (const { stream } of this.#open.values())
      if (stream?.controlPlane !== undefined) return stream.controlPlane;
    return undefined;
  }

  close(): void {
    for (const { asked, stream } of this.#open.values()) {
      asked.stop();
      stream?.stop();
    }
    this.#open.clear();
  }

  #here(name: string): boolean {
    return this.#deps.clusters.get(name)?.active !== undefined;
  }

  #start(source: ClusterSource): Open<C> {
    const shared = 'ads' in source ? this.#deps.aggregated() : undefined;
    const stream = shared ?? this.#stream(source);
    const opened = { asked: new AskedNames(stream), stream: shared === undefined ? stream : undefined };
    this.#open.set(sourceKey(source), opened);
    if (shared === undefined) void stream.start();
    return opened;
  }

  #stream(source: ClusterSource): WorldStream<ClusterPayload<C>> {
    const { streams, clusters, apply, begin } = this.#deps;
    return new WorldStream<ClusterPayload<C>>(TYPE.cluster, source, streams, {
      table: clusters,
      service: 'odcds',
      noun: 'cluster',
      removeFirst: false,
      named: true,
      begin,
      apply: (added, removed, version) => {
        for (const { name } of added) this.#own.add(name);
        for (const name of removed) this.#own.delete(name);
        return apply(added, removed, version);
      },
      told: (removed, rejected) => this.told(removed, rejected),
    });
  }
}
