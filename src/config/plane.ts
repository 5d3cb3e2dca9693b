import type { LoadReporter } from '../load_stats/reporter.ts';
import type { NativeAddon } from '../engine/native.ts';
import type { LogRoot } from '../log/logger.ts';
import { type ClusterPublisher, ClusterManager, type EndpointSource } from '../upstream/cluster_manager.ts';
import type { HealthDeps } from '../upstream/health/cluster_health.ts';
import type { OutlierDeps } from '../upstream/outlier.ts';
import type { Resolvers } from '../upstream/dns_resolvers.ts';
import type { Assignment } from '../upstream/endpoints.ts';
import type { AuthoritySource } from './authorities.ts';
import { DemandedClusters } from './demanded_clusters.ts';
import { ExtensionConfigs, type ExtensionPublisher } from './extension_configs.ts';
import { FileWatcher } from './file_watch.ts';
import { ListenerManager, type ListenerPublisher } from './listener_manager.ts';
import { LocalityEndpoints } from './locality_endpoints.ts';
import type { BootstrapSettings, LoadedBootstrap } from './messages.ts';
import type { ResourceLoader } from './load_stream.ts';
import { type NamedDeps, NamedResources } from './named_resources.ts';
import type { Servers } from './named_stream.ts';
import type {
  ClusterPayload,
  EndpointsPayload,
  ExtensionPayload,
  ConfigSource,
  ListenerPayload,
  PathSource,
  RoutePayload,
  RuntimePayload,
  SecretPayload,
  ServerSettings,
} from './payload.ts';
import { type Handler, type Resource, ResourceTable, TYPE, type UpdateResult } from './resource_map.ts';
import { type RoutePublisher, RouteTables } from './route_tables.ts';
import { RuntimeManager } from './runtime_manager.ts';
import { type PublishedScope, ScopedRouteSources, type ScopePublisher } from './scoped_routes.ts';
import { TlsContextManager, type TlsPublisher } from './tls_contexts.ts';
import { type Failure, type FileLoader, FileSubscription, type SubscriptionCounts } from './subscription.ts';
import { VirtualHosts } from './virtual_hosts.ts';
import { WorldStream } from './world_stream.ts';
import { GoogleChannels } from '../xds/google_channels.ts';
import type { ControlPlaneCounts } from '../xds/mux.ts';

/** What the configuration is published through. */
export interface Publisher<C>
  extends ClusterPublisher<C>,
    ExtensionPublisher<C>,
    ListenerPublisher<C>,
    RoutePublisher<C>,
    ScopePublisher<C>,
    TlsPublisher<C> {}

/** All management servers (src/xds/servers.ts). */
export interface PlaneServers extends Servers {
  readonly adsCounts: ControlPlaneCounts | undefined;
  configure(
    node: Uint8Array | undefined,
    ads: ServerSettings | undefined,
    authorities?: readonly AuthoritySource[],
  ): void;
  start(): void;
  stop(): void;
}

export type PlaneOptions<C> = {
  readonly native: Pick<
    NativeAddon,
    'bind' | 'unbind' | 'addListener' | 'removeListener' | 'setGlobalConnectionLimit'
  >;
  readonly publisher: Publisher<C>;
  readonly resolvers: Resolvers;
  readonly load: FileLoader;
  readonly servers: PlaneServers;
  readonly loadResources: ResourceLoader;
  readonly compileEndpoints: (clusterName: string, assignment: Assignment) => C;
  /** The record of a TLS context's specification. */
  readonly compileTls: (spec: Uint8Array) => C;
  /** The record of a table of scopes. */
  readonly compileScopes: (scopes: readonly PublishedScope[]) => C;
  readonly drainTimeMs: () => number;
  readonly logs: LogRoot;
  /** What checks of hosts need; absent: there are none. */
  readonly health?: HealthDeps<C> | undefined;
  readonly outliers?: OutlierDeps | undefined;
  /** Reports of load; absent: there are none. */
  readonly loadReporter?: (server: ServerSettings, node: Uint8Array) => Promise<PlaneLoads>;
};

/** What the plane needs of a LoadReporter (src/load_stats/reporter.ts). */
type PlaneLoads = Pick<LoadReporter, 'counts' | 'start' | 'stop'>;

type Bootstrap<C> = NonNullable<LoadedBootstrap<C>['result']>;
const FILE = 'src/config/plane.ts';
/** The subscription of all resources of a kind. */
type World<P> = FileSubscription<P> | WorldStream<P>;

/**
 * All configuration of the process and its one update path: static resources, discovery files and,
 * later, management servers all go through the tables here.
 */
export class ConfigPlane<C> {
  readonly clusters: ResourceTable<ClusterPayload<C>>;
  readonly listeners: ResourceTable<ListenerPayload<C>>;
  readonly routes: NamedResources<RoutePayload<C>>;
  readonly virtualHosts: VirtualHosts<C>;
  readonly routeTables: RouteTables<C>;
  readonly demandedClusters: DemandedClusters<C>;
  readonly scopes: ScopedRouteSources<C>;
  readonly extensions: NamedResources<ExtensionPayload<C>>;
  readonly filters: ExtensionConfigs<C>;
  readonly endpoints: NamedResources<EndpointsPayload<C>>;
  readonly localityEndpoints: LocalityEndpoints<C>;
  readonly secrets: NamedResources<SecretPayload>;
  readonly runtimes: NamedResources<RuntimePayload>;
  readonly runtime: RuntimeManager;
  readonly clusterManager: ClusterManager<C>;
  /** Servers that are named by google_grpc. */
  readonly channels: GoogleChannels<C>;
  readonly tls: TlsContextManager<C>;
  readonly listenerManager: ListenerManager<C>;
  readonly servers: PlaneServers;
  /** Where the configuration asks for them. */
  loads: PlaneLoads | undefined;
  readonly #loadReporter;
  #cds: World<ClusterPayload<C>> | undefined;
  #lds: World<ListenerPayload<C>> | undefined;
  readonly #watcher = new FileWatcher();
  readonly #resolvers: Resolvers;
  readonly #deps: NamedDeps;
  /** The first clusters are warm. */
  #clustersInitialized = false;
  #cdsPaused = false;
  /** Updates that may refer to each other: one after the other. */
  #order: Promise<unknown> = Promise.resolve();
  readonly #log;
  #waiters: { readonly done: () => boolean; readonly resolve: () => void }[] = [];

  constructor(options: PlaneOptions<C>) {
    const { native, publisher, resolvers, load, compileEndpoints, compileTls, drainTimeMs, logs } = options;
    this.#log = logs.get('upstream', FILE);
    this.servers = options.servers;
    this.#loadReporter = options.loadReporter;
    this.#resolvers = resolvers;
    const log = logs.get('config', FILE);
    this.#deps = {
      files: { load, watcher: this.#watcher, log },
      streams: {
        servers: options.servers,
        load: options.loadResources,
        inOrder: (work) => this.#inOrder(work),
        log,
      },
    };
    this.localityEndpoints = new LocalityEndpoints(this.#deps.streams, (source, name) =>
      this.endpoints.announce(source, name),
    );
    this.endpoints = new NamedResources(TYPE.endpoints, this.#deps, this.localityEndpoints);
    this.secrets = new NamedResources(TYPE.secret, this.#deps);
    this.runtimes = new NamedResources(TYPE.runtime, this.#deps);
    this.runtime = new RuntimeManager({
      resources: this.runtimes,
      setGlobalLimit: (limit) => native.setGlobalConnectionLimit(limit),
    });
    this.virtualHosts = new VirtualHosts(this.#deps.streams);
    this.routeTables = new RouteTables(publisher, this.virtualHosts);
    this.routes = new NamedResources(TYPE.route, this.#deps, this.routeTables);
    this.scopes = new ScopedRouteSources({
      ...this.#deps,
      routes: this.routes,
      publisher,
      compile: options.compileScopes,
    });
    this.extensions = new NamedResources(TYPE.extension, this.#deps, {
      put: ({ payload }) => {
        // Each use compiles its own.
        payload.compiled = undefined;
      },
    });
    this.filters = new ExtensionConfigs({
      configs: this.extensions,
      publisher,
      load: options.loadResources,
      log,
    });
    this.tls = new TlsContextManager({
      publisher,
      watcher: this.#watcher,
      secrets: {
        subscribe: (source, name, onSecret, onTimeout) =>
          this.secrets.subscribe(source, name, (v) => onSecret(v.payload), onTimeout),
      },
      log,
      record: compileTls,
    });
    const clusterDeps = {
      ...{ resolvers, publisher, compileEndpoints, tls: this.tls, log: this.#log },
      endpoints: {
        subscribe: (source, name, onEndpoints, onTimeout) =>
          this.endpoints.subscribe(source, name, (v) => onEndpoints(v.payload, v.version), onTimeout),
      } satisfies EndpointSource<C>,
    };
    const { health, outliers } = options;
    this.clusterManager = new ClusterManager({ ...clusterDeps, health, outliers });
    this.channels = new GoogleChannels(new ClusterManager(clusterDeps), options.loadResources);
    this.listenerManager = new ListenerManager({
      native,
      publisher,
      drainTimeMs,
      routes: this.routes,
      scopes: this.scopes,
      filters: this.filters,
      tls: this.tls,
      log: this.#log,
    });
    this.clusters = new ResourceTable(TYPE.cluster, this.#observed(this.clusterManager));
    this.listeners = new ResourceTable(TYPE.listener, this.#observed(this.listenerManager));
    this.demandedClusters = new DemandedClusters({
      streams: this.#deps.streams,
      clusters: this.clusters,
      apply: (added, removed, version) => this.apply('dynamic', TYPE.cluster, { added, removed }, version),
      begin: () => this.#beginOf(TYPE.cluster),
      aggregated: () => (this.#cds instanceof WorldStream && this.#cds.aggregated ? this.#cds : undefined),
    });
  }

  /** The counts of the cluster and listener discovery, where configured. */
  get cds(): SubscriptionCounts | undefined {
    return this.#cds?.counts;
  }
  get lds(): SubscriptionCounts | undefined {
    return this.#lds?.counts;
  }

  /** The streams that clusters, or listeners, have for themselves. */
  get cdsServer(): ControlPlaneCounts | undefined {
    return this.#cds instanceof WorldStream ? this.#cds.controlPlane : undefined;
  }
  get ldsServer(): ControlPlaneCounts | undefined {
    return this.#lds instanceof WorldStream ? this.#lds.controlPlane : undefined;
  }

  /**
   * Applies the bootstrap in Envoy's order: static clusters, discovered clusters; when they are warm,
   * listeners. Resolves when the listeners accept. Throws when a static resource is refused. `initialized` is
   * called between the two.
   */
  async start({ settings, clusters, listeners }: Bootstrap<C>, initialized?: () => void): Promise<void> {
    this.servers.configure(settings.nodeMessage, settings.ads, settings.authorities);
    this.#resolvers.configure(settings.resolver);
    refuse(this.apply('static', TYPE.cluster, { added: clusters, removed: [] }, ''));
    // Management servers are reached through clusters that need none themselves.
    await this.#warm(() => this.clusterManager.primariesWarm());
    this.servers.start();
    const { loadStats, nodeMessage = new Uint8Array() } = settings;
    if (loadStats !== undefined) {
      this.loads = await this.#loadReporter?.(loadStats, nodeMessage);
      this.loads?.start();
    }
    const limits = settings.connectionLimits;
    await this.runtime.start(settings.runtime ?? [], limits?.monitored === true ? limits.global : undefined);
    await this.#startCds(settings);
    await this.#warm(() => this.clusterManager.warmingCount === 0);
    this.#clustersInitialized = true;
    this.#log.info('cm init: all clusters initialized');
    initialized?.();
    refuse(this.apply('static', TYPE.listener, { added: listeners, removed: [] }, ''));
    await this.#startLds(settings);
    await this.#warm(() => this.listenerManager.warmingCount === 0);
  }

  /** The one way in for every update of clusters and listeners, whatever it came by. */
  apply(
    source: 'static' | 'dynamic',
    type: typeof TYPE.cluster | typeof TYPE.listener,
    update: { readonly added: readonly Resource<unknown>[]; readonly removed: readonly string[] },
    version: string,
  ): UpdateResult {
    if (type === TYPE.cluster) {
      return this.clusters.apply(
        source,
        { ...update, added: update.added as Resource<ClusterPayload<C>>[] },
        version,
      );
    }
    return this.listeners.apply(
      source,
      { ...update, added: update.added as Resource<ListenerPayload<C>>[] },
      version,
    );
  }

  close(): void {
    this.#cds?.stop();
    this.#lds?.stop();
    this.demandedClusters.close();
    this.servers.stop();
    this.loads?.stop();
    this.clusterManager.close();
    this.scopes.close();
    this.filters.close();
    this.extensions.close();
    this.routes.close();
    this.virtualHosts.close();
    this.endpoints.close();
    this.localityEndpoints.close();
    this.secrets.close();
    this.runtime.stop();
    this.runtimes.close();
    this.#watcher.close();
  }

  async #startCds({ cds, cdsCollection }: BootstrapSettings): Promise<void> {
    if (cds === undefined) return;
    this.#log.info('cm init: initializing cds');
    this.#cds = this.#world('cds', 'cluster', TYPE.cluster, cds, this.clusters, cdsCollection);
    await this.#cds.start();
  }

  async #startLds({ lds, ldsCollection }: BootstrapSettings): Promise<void> {
    if (lds === undefined) return;
    this.#lds = this.#world('lds', 'listener', TYPE.listener, lds, this.listeners, ldsCollection);
    await this.#lds.start();
  }

  /** The whole state of its kind, from a file or a server. */
  #world<P>(
    service: string,
    noun: string,
    type: typeof TYPE.cluster | typeof TYPE.listener,
    source: ConfigSource,
    table: ResourceTable<P>,
    collection?: string,
  ): World<P> {
    if ('path' in source) return this.#worldFile(service, noun, type, source, table);
    return new WorldStream<P>(type, source, this.#deps.streams, {
      table,
      service,
      noun,
      collection,
      removeFirst: type === TYPE.listener,
      apply: (added, removed, version) => this.apply('dynamic', type, { added, removed }, version),
      begin: () => this.#beginOf(type),
      ...(type === TYPE.listener
        ? {}
        : {
            keeps: (name) => this.demandedClusters.owns(name),
            told: (removed, rejected) => this.demandedClusters.told(removed, rejected),
          }),
    });
  }

  /** Around an update: what its resources name is asked for at its end. */
  #beginOf(type: typeof TYPE.cluster | typeof TYPE.listener): () => void {
    const named =
      type === TYPE.cluster ? [this.endpoints, this.secrets] : [this.routes, this.secrets, this.extensions];
    const resumes = named.map((one) => one.pause());
    return () => {
      for (const resume of resumes) resume();
    };
  }

  /** What is missing from the file is removed. */
  #worldFile<P>(
    service: string,
    noun: string,
    type: typeof TYPE.cluster | typeof TYPE.listener,
    source: PathSource,
    table: ResourceTable<P>,
  ): FileSubscription<P> {
    return new FileSubscription<P>(type, source, this.#deps.files, {
      onUpdate: (resources, version) => {
        const names = new Set(resources.map(({ name }) => name));
        const removed = table
          .names('dynamic')
          .filter((name) => !names.has(name) && !(type === TYPE.cluster && this.demandedClusters.owns(name)));
        const result = this.apply('dynamic', type, { added: resources, removed }, version);
        const changed = result.added.length + result.modified.length;
        this.#log.info(
          `${service}: added/updated ${changed} ${noun}(s) (skipped ${result.unchanged} unmodified ${noun}(s)); removed ${result.removed.length} ${noun}(s)`,
        );
        const counts = type === TYPE.cluster ? this.#cds?.counts : this.#lds?.counts;
        if (counts !== undefined && changed + result.removed.length > 0) {
          counts.config_reload++;
          counts.config_reload_time_ms = Date.now();
        }
        if (result.failed.length === 0) return undefined;
        return `Error adding/updating ${noun}(s) ${result.failed.map(({ name, details }) => `${name}: ${details}`).join('; ')}`;
      },
      onRejected: (failures: readonly Failure[], version) => {
        for (const { name, details, bytes } of failures) table.fail(name, { version, details, bytes });
      },
    });
  }

  /** Passes everything on and looks, after each change, who waited for it. */
  #observed<P>(handler: Handler<P>): Handler<P> {
    return {
      warm: (entry, version, ready) => handler.warm(entry, version, ready),
      activate: (entry, version, previous, done) => handler.activate(entry, version, previous, done),
      remove: (entry, last, done) => handler.remove(entry, last, done),
      failed: (entry, details) => handler.failed?.(entry, details),
      settled: () => {
        handler.settled?.();
        this.#holdCds();
        this.demandedClusters.settled();
        const due = this.#waiters.filter(({ done }) => done());
        if (due.length === 0) return;
        this.#waiters = this.#waiters.filter((waiter) => !due.includes(waiter));
        for (const { resolve } of due) resolve();
      },
    };
  }

  /** As in Envoy clusters of the aggregated stream are acknowledged when they are warm: then come the routes that use them. */
  #holdCds(): void {
    if (!this.#clustersInitialized || !(this.#cds instanceof WorldStream) || !this.#cds.aggregated) return;
    const warming = this.clusterManager.warmingCount > 0;
    if (warming === this.#cdsPaused) return;
    this.#cdsPaused = warming;
    if (warming) this.#cds.pause();
    else this.#cds.resume();
  }

  #inOrder<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#order.then(work);
    this.#order = done.catch(() => undefined);
    return done;
  }

  #warm(done: () => boolean): Promise<void> {
    if (done()) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ done, resolve }));
  }
}

/** A static resource that is refused ends the start, as in Envoy. */
function refuse({ failed }: UpdateResult): void {
  if (failed.length > 0)
    throw new Error(failed.map(({ name, details }) => `error adding '${name}': ${details}`).join('\n'));
}
