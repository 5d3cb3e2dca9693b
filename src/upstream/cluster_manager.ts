import type { ClusterPayload, ConfigSource, EndpointsPayload } from '../config/payload.ts';
import type { Entry, Handler, Version } from '../config/resource_map.ts';
import type { Logger } from '../log/logger.ts';
import type { TlsContextManager } from '../config/tls_contexts.ts';
import type { Resolvers } from './dns_resolvers.ts';
import { DnsTarget } from './dns_refresh.ts';
import {
  type Assignment,
  dnsNames,
  flagsOf,
  type HostView,
  hostViews,
  type Membership,
  membership,
  resolveAssignment,
  NO_HOSTS,
  packHosts,
  sameHosts,
  unpackHosts,
} from './endpoints.ts';
import { ClusterHealth, type HealthDeps } from './health/cluster_health.ts';
import { Flag } from './health/flags.ts';
import { type HealthCounts, noCounts } from './health/session.ts';
import {
  noOutliers,
  type OutlierCounts,
  type OutlierDeps,
  OutlierDetector,
  type OutlierKind,
} from './outlier.ts';

/** Where endpoint sets of EDS clusters come from. */
export interface EndpointSource<C> {
  /**
   * Tells of every accepted version of an endpoint set, at once if there is one; `onTimeout` when none
   * came in the initial fetch time. Answers the way to stop.
   */
  subscribe(
    source: ConfigSource,
    name: string,
    onEndpoints: (endpoints: EndpointsPayload<C>, version: string) => void,
    onTimeout: () => void,
  ): () => void;
}

/** What the cluster manager publishes through. All names are cluster names. */
export interface ClusterPublisher<C> {
  /** A cluster with its hosts, together. Throws: refused, nothing changed. */
  putCluster(name: string, statName: string, cluster: C, endpoints: C): void;
  putEndpoints(name: string, endpoints: C): void;
  dropCluster(name: string): void;
  flush(): void;
}

/** Counts that the primary keeps for each cluster, under Envoy's names. */
export type ClusterCounts = {
  update_attempt: number;
  update_success: number;
  update_failure: number;
  update_empty: number;
  update_no_rebuild: number;
  membership_change: number;
  /** Of clusters whose hosts are checked. */
  health?: HealthCounts;
  /** Of clusters with outlier detection. */
  outliers?: OutlierCounts;
};

type Deps<C> = {
  readonly resolvers: Pick<Resolvers, 'get'>;
  readonly endpoints: EndpointSource<C>;
  readonly publisher: ClusterPublisher<C>;
  /** Compiles a resolved assignment; throws when it cannot. */
  readonly compileEndpoints: (clusterName: string, assignment: Assignment) => C;
  readonly tls: Pick<TlsContextManager<C>, 'acquire' | 'release' | 'warm'>;
  /** What checks of hosts need; without it there are none. */
  readonly health?: HealthDeps<C> | undefined;
  /** What outlier detection needs, likewise. */
  readonly outliers?: OutlierDeps | undefined;
  readonly log: Logger;
};

/** One version of a cluster: finds its hosts and keeps them up to date. */
export class ClusterRuntime<C> {
  readonly version: Version<ClusterPayload<C>>;
  readonly #deps: Deps<C>;
  #onReady: (() => void) | undefined;
  readonly counts: ClusterCounts;
  /** The hosts as a text: a tenth of the memory, and compared at once. */
  #hosts = NO_HOSTS;
  /** Compiled, until it is published. */
  #endpoints: C | undefined;
  readonly #health: ClusterHealth<C> | undefined;
  readonly #outliers: OutlierDetector | undefined;
  /** Hosts will be published at the end of the turn. */
  #changed = false;
  /** Version text of the endpoint set (EDS). */
  endpointsVersion = '';
  #active = false;
  #known = false;
  #ready = false;
  #hostsReady = false;
  #secretsReady = false;
  #stops: (() => void)[] | undefined;

  constructor(
    version: Version<ClusterPayload<C>>,
    counts: ClusterCounts,
    deps: Deps<C>,
    onReady: () => void,
  ) {
    this.version = version;
    this.counts = counts;
    this.#deps = deps;
    this.#onReady = onReady;
    this.#health = this.#makeHealth();
    const { outliers } = version.payload;
    if (outliers !== undefined && deps.outliers !== undefined) {
      counts.outliers ??= noOutliers();
      this.#outliers = new OutlierDetector(version.name, outliers, counts.outliers, deps.outliers);
    }
  }

  #makeHealth(): ClusterHealth<C> | undefined {
    const { health, statName, discovery } = this.version.payload;
    if (health === undefined || this.#deps.health === undefined) return undefined;
    this.counts.health ??= noCounts();
    const oneHost = discovery.kind === 'dns' && discovery.logical;
    const names = { name: this.version.name, statName, oneHost };
    return new ClusterHealth(names, health, this.counts.health, this.#deps.health, () => this.#onHealth());
  }

  /** The hosts as they are to be published with the cluster. */
  get endpoints(): C | undefined {
    return this.#health === undefined ? this.#endpoints : this.#health.endpoints();
  }

  /** The hosts now, made when asked for. */
  get hosts(): readonly HostView[] {
    const views = this.#health?.views() ?? unpackHosts(this.#hosts);
    const outliers = this.#outliers;
    if (outliers === undefined) return views;
    return views.map((view) =>
      outliers.isEjected(view.address) ? { ...view, flags: flagsOf(view) | Flag.FailedOutlier } : view,
    );
  }

  /** A worker has seen a row of failures of a host. */
  onOutlier(address: string, kind: OutlierKind): void {
    this.#outliers?.onRow(address, kind);
  }

  get membership(): Membership {
    return membership(this.hosts);
  }

  start(): void {
    const { discovery, endpoints, waitForWarm, tls } = this.version.payload;
    const secrets = this.#deps.tls.warm(tls, () => {
      this.#secretsReady = true;
      if (this.#hostsReady) this.#isReady();
    });
    if (tls !== undefined) this.#onStop(secrets);
    if (discovery.kind === 'static') {
      if (endpoints !== undefined) this.#adopt(endpoints);
      this.#isReady();
      return;
    }
    if (discovery.kind === 'dns') this.#startDns(discovery.assignment);
    else if (discovery.source !== undefined) this.#startEds(discovery.serviceName, discovery.source);
    if (!waitForWarm) this.#isReady();
  }

  /** From now on changed hosts are published as they come; what was published is let go. */
  activated(): void {
    this.#active = true;
    this.#endpoints = undefined;
    this.#outliers?.update(this.hosts.map(({ address }) => address));
    this.#outliers?.start();
  }

  stop(): void {
    this.#active = false;
    this.#health?.stop();
    this.#outliers?.stop();
    for (const stop of this.#stops?.splice(0) ?? []) stop();
  }

  #onStop(stop: () => void): void {
    this.#stops ??= [];
    this.#stops.push(stop);
  }

  #isReady(): void {
    this.#hostsReady = true;
    if (this.#ready || !this.#secretsReady) return;
    this.#ready = true;
    if (this.#health === undefined) this.#tellReady();
    else this.#startHealth(this.#health);
  }

  #tellReady(): void {
    const onReady = this.#onReady;
    this.#onReady = undefined;
    onReady?.();
  }

  /** It is ready when every host was checked once. */
  #startHealth(health: ClusterHealth<C>): void {
    const { tls, waitForWarm } = this.version.payload;
    try {
      this.#deps.tls.acquire(tls);
      if (tls !== undefined) this.#onStop(() => this.#deps.tls.release(tls));
      this.#deps.publisher.flush();
    } catch {
      // Said when the cluster is published; its checks fail until then.
    }
    health.start(() => {
      if (waitForWarm) this.#tellReady();
    });
    if (!waitForWarm) this.#tellReady();
  }

  /** Checks have changed something: published once for all that this turn brings. */
  #onHealth(): void {
    if (!this.#active || this.#changed) return;
    this.#changed = true;
    this.#deps.health?.clock.soon(() => {
      this.#changed = false;
      if (this.#active) this.#publish();
    });
  }

  #publish(): void {
    const endpoints = this.endpoints;
    if (endpoints === undefined) return;
    this.#deps.publisher.putEndpoints(this.version.name, endpoints);
    this.#deps.publisher.flush();
  }

  #startDns(assignment: Assignment): void {
    const { discovery } = this.version.payload;
    if (discovery.kind !== 'dns') return;
    const known = new Map<string, readonly string[]>();
    const names = dnsNames(assignment);
    const waiting = new Set(names);
    const settle = (name: string): void => {
      waiting.delete(name);
      if (waiting.size > 0 && !this.#ready) return; // the first publication waits for every name
      this.#resolved(resolveAssignment(assignment, (n) => known.get(n) ?? [], discovery.logical));
      this.#isReady();
    };
    const resolver = this.#deps.resolvers.get(discovery.resolver);
    for (const name of names) {
      const target = new DnsTarget(resolver, name, discovery.family, discovery.policy, {
        onAttempt: () => {
          this.counts.update_attempt++;
        },
        onAnswer: ({ addresses }) => {
          this.counts.update_success++;
          if (addresses.length === 0) this.counts.update_empty++;
          // LOGICAL_DNS keeps its host through empty answers, as in Envoy.
          if (addresses.length > 0 || !discovery.logical) known.set(name, addresses);
          settle(name);
        },
        onFailure: (error) => {
          this.counts.update_failure++;
          this.#deps.log.debug(
            `DNS failure for cluster '${this.version.name}': ${error.message}; keeping ${known.get(name)?.length ?? 0} address(es)`,
          );
          settle(name);
        },
      });
      this.#onStop(() => target.stop());
      target.start();
    }
    if (names.length === 0) {
      this.#resolved(resolveAssignment(assignment, () => [], discovery.logical));
      this.#isReady();
    }
  }

  #resolved(assignment: Assignment): void {
    const views = hostViews(assignment);
    if (this.#known && sameHosts(views, unpackHosts(this.#hosts)) && this.#health?.keeps !== true) {
      this.counts.update_no_rebuild++;
      return;
    }
    try {
      const compiled = this.#deps.compileEndpoints(this.version.name, assignment);
      this.#adopt({ compiled, hosts: packHosts(views) });
    } catch (error) {
      this.#deps.log.error(`cluster '${this.version.name}': ${(error as Error).message}`);
    }
  }

  #startEds(name: string, source: ConfigSource): void {
    const stop = this.#deps.endpoints.subscribe(
      source,
      name,
      (endpoints, version) => {
        this.endpointsVersion = version;
        this.#adopt(endpoints);
        this.#isReady();
      },
      () => {
        this.#deps.log.warn(`cluster '${this.version.name}': no endpoints in the initial fetch time`);
        this.#isReady();
      },
    );
    this.#onStop(stop);
  }

  #adopt({ compiled, hosts }: EndpointsPayload<C>): void {
    this.#known = true;
    const changed =
      this.#health?.update(hosts, compiled) ??
      (hosts !== this.#hosts && !sameHosts(unpackHosts(hosts), this.hosts));
    if (changed) this.counts.membership_change++;
    this.#hosts = hosts;
    this.#endpoints = compiled;
    if (!this.#active) return;
    this.#publish();
    this.#endpoints = undefined;
    this.#outliers?.update(this.hosts.map(({ address }) => address));
  }
}

/** All clusters: warms a version, publishes it when its hosts are known, keeps the hosts up to date. */
export class ClusterManager<C> implements Handler<ClusterPayload<C>> {
  readonly #deps: Deps<C>;
  readonly #active = new Map<string, ClusterRuntime<C>>();
  readonly #warming = new Map<Version<ClusterPayload<C>>, ClusterRuntime<C>>();
  readonly counters = { cluster_added: 0, cluster_modified: 0, cluster_removed: 0 };

  constructor(deps: Deps<C>) {
    this.#deps = deps;
  }

  /** The clusters that serve, by name. */
  active(): ReadonlyMap<string, ClusterRuntime<C>> {
    return this.#active;
  }

  get warmingCount(): number {
    return this.#warming.size;
  }

  /** Whether those are warm that no management server is needed for. */
  primariesWarm(): boolean {
    for (const { payload } of this.#warming.keys()) {
      const { discovery } = payload;
      if (discovery.kind !== 'eds' || (discovery.source !== undefined && 'path' in discovery.source))
        return false;
    }
    return true;
  }

  warm(entry: Entry<ClusterPayload<C>>, version: Version<ClusterPayload<C>>, ready: () => void): () => void {
    // The counts belong to the name: they go on through replacements.
    const counts = this.#active.get(entry.name)?.counts ?? {
      update_attempt: 0,
      update_success: 0,
      update_failure: 0,
      update_empty: 0,
      update_no_rebuild: 0,
      membership_change: 0,
    };
    const runtime = new ClusterRuntime(version, counts, this.#deps, ready);
    this.#warming.set(version, runtime);
    runtime.start();
    return () => {
      this.#warming.delete(version);
      runtime.stop();
    };
  }

  activate(
    entry: Entry<ClusterPayload<C>>,
    version: Version<ClusterPayload<C>>,
    previous: Version<ClusterPayload<C>> | undefined,
    done: () => void,
  ): void {
    const runtime = this.#warming.get(version);
    const { compiled, statName } = version.payload;
    if (runtime === undefined || compiled === undefined)
      throw new Error(`cluster '${entry.name}' was not warmed`);
    this.#warming.delete(version);
    const endpoints =
      runtime.endpoints ?? this.#deps.compileEndpoints(entry.name, { cluster_name: entry.name });
    const { tls } = version.payload;
    try {
      this.#deps.tls.acquire(tls);
    } catch (error) {
      runtime.stop();
      throw error;
    }
    try {
      this.#deps.publisher.putCluster(entry.name, statName, compiled, endpoints);
    } catch (error) {
      this.#deps.tls.release(tls);
      runtime.stop();
      throw error;
    }
    slim(version);
    runtime.activated();
    const old = this.#active.get(entry.name);
    old?.stop();
    this.#deps.tls.release(old?.version.payload.tls);
    this.#active.set(entry.name, runtime);
    if (previous === undefined) this.counters.cluster_added++;
    else this.counters.cluster_modified++;
    done();
  }

  remove(entry: Entry<ClusterPayload<C>>, _last: Version<ClusterPayload<C>>, done: () => void): void {
    const active = this.#active.get(entry.name);
    active?.stop();
    this.#active.delete(entry.name);
    this.#deps.publisher.dropCluster(entry.name);
    this.#deps.tls.release(active?.version.payload.tls);
    this.counters.cluster_removed++;
    done();
  }

  settled(): void {
    this.#deps.publisher.flush();
  }

  failed(entry: Entry<ClusterPayload<C>>, details: string): void {
    this.#deps.log.warn(`cluster '${entry.name}' rejected: ${details}`);
  }

  /** Ends all discovery. */
  close(): void {
    for (const runtime of this.#active.values()) runtime.stop();
    for (const runtime of this.#warming.values()) runtime.stop();
  }
}

/** What is published is let go; what is left is as small as it can be, and the same in all clusters there once. */
function slim<C>(version: Version<ClusterPayload<C>>): void {
  const { discovery, statName, breakers, waitForWarm, tls, health, outliers } = version.payload;
  version.payload = {
    compiled: undefined,
    discovery,
    statName: statName === version.name ? version.name : statName,
    waitForWarm,
    breakers,
    tls,
    health,
    outliers,
  };
}
