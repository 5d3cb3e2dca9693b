import { writeFileSync } from 'node:fs';
import { ConfigThread } from './config/client.ts';
import { loadOptions } from './config/load_options.ts';
import { demand } from './config/on_demand.ts';
import type { LoadReporter } from './load_stats/reporter.ts';
import type { AdminHost } from './admin/attach.ts';
import type { DrainRequest } from './admin/context.ts';
import type { AdminServer } from './admin/server.ts';
import type { Counted } from './stats/blocks.ts';
import type { StatsRegistry } from './stats/registry.ts';
import type {
  ConfigInput,
  Finding,
  LoadedBootstrap,
  LoadedResources,
  LoadOptions,
  RawResource,
} from './config/messages.ts';
import { ConfigPlane } from './config/plane.ts';
import { type Publishable, RecordPublisher } from './config/publisher.ts';
import type { ResourceLoader } from './config/load_stream.ts';
import type { Inherited } from './config/sockets.ts';
import { CHANNEL_PREFIX, type ConfigSource, type ServerSettings } from './config/payload.ts';
import type { FileLoader, LoadedFile } from './config/subscription.ts';
import { defaultConcurrency } from './concurrency.ts';
import { Engine, loadAddon } from './engine/engine.ts';
import type { NativeAddon, NativeEvent } from './engine/native.ts';
import { EngineTransport } from './engine/transport.ts';
import type { Options } from './flags.ts';
import type { Handing, HotRestart } from './hot_restart/hot_restart.ts';
import { localAddress } from './local_address.ts';
import { HeapTrimmer } from './memory.ts';
import { COMPONENTS, levelNumber } from './log/levels.ts';
import { LogRoot, type Logger } from './log/logger.ts';
import type { Message } from './api/message.ts';
import { compileEndpointsRecord } from './tables/endpoints_compiler.ts';
import { RecordKind } from './tables/generated/layout.ts';
import { Resolvers } from './upstream/dns_resolvers.ts';
import { engineHealth } from './upstream/health/engine_health.ts';
import { engineOutliers } from './upstream/engine_outliers.ts';
import { OUTLIER_KINDS } from './upstream/outlier.ts';
import { VERSION_STRING } from './version.ts';
import { compileScopes } from './tables/scope_table.ts';
import { tlsRecord } from './tls/record.ts';
import { Workers } from './workers.ts';
import { realClock } from './xds/clock.ts';
import { EngineReach } from './xds/reach.ts';
import { ManagementServers } from './xds/servers.ts';
import type { DiscoveryResponse } from './xds/wire.ts';

/** envoy.admin.v3.ServerInfo.State */
export type ServerState = 'PRE_INITIALIZING' | 'INITIALIZING' | 'LIVE' | 'DRAINING';

/** The configuration was refused; `findings` are all errors and warnings. */
export class ConfigError extends Error {
  readonly findings: readonly Finding[];
  constructor(findings: readonly Finding[]) {
    super(
      findings
        .filter((f) => f.severity === 'error')
        .map((f) => f.text)
        .join('\n'),
    );
    this.name = 'ConfigError';
    this.findings = findings;
  }
}

const LOAD_REPORTS = '/envoy.service.load_stats.v3.LoadReportingService/StreamLoadStats';
const FILE = 'src/server.ts';
type Bootstrap = NonNullable<LoadedBootstrap<Publishable>['result']>;

/** The running proxy: every part of it, built once, top to bottom. */
export class Server implements Handing {
  readonly options: Options;
  readonly input: ConfigInput;
  readonly concurrency: number;
  readonly startTime = Date.now();
  readonly logs: LogRoot;
  readonly log: Logger;
  readonly native: NativeAddon;
  readonly engine: Engine;
  readonly workers: Workers;
  readonly config: ConfigThread;
  readonly resolvers: Resolvers;
  readonly publisher: RecordPublisher;
  readonly plane: ConfigPlane<Publishable>;
  /** Calls of the primary thread to the clusters that are published. */
  readonly transport: EngineTransport;
  state: ServerState = 'PRE_INITIALIZING';
  /** Set by /healthcheck/fail. */
  healthcheckFailed = false;
  /** Without its resources, which have gone their ways. */
  bootstrap: Pick<Bootstrap, 'bytes' | 'settings'> | undefined;
  bootstrapTime = 0;
  staticUnknownFields = 0;
  dynamicUnknownFields = 0;
  /** Called by /quitquitquit. */
  onQuit: () => void = () => undefined;
  /** There with an admin interface: who else would read them. */
  stats: StatsRegistry | undefined;
  /** Set before the start: the processes of the epochs beside this one. */
  hotRestart: HotRestart | undefined;
  #admin: AdminServer | undefined;
  #closing: Promise<void> | undefined;
  readonly #reach: EngineReach;

  constructor(input: ConfigInput, options: Options, native: NativeAddon = loadAddon()) {
    this.input = input;
    this.options = options;
    this.native = native;
    this.concurrency = options.concurrency ?? defaultConcurrency();
    this.logs = new LogRoot({
      level: options.logLevel,
      componentLevels: options.componentLevels,
      format: options.logFormat,
      escaped: options.logFormatEscaped,
      json: options.logJson,
      path: options.logPath,
      onLevel: (component, level) => native.setLogLevel(component, level),
    });
    this.log = this.logs.get('main', FILE);
    this.engine = new Engine(native);
    this.workers = new Workers({
      concurrency: this.concurrency,
      log: this.log,
      stopWorker: (index) => native.stopWorker(index),
    });
    const heap = new HeapTrimmer();
    this.config = new ConfigThread(undefined, {
      ending: () => native.trimMemory(),
      ended: () => void heap.trim().then(() => native.trimMemory()),
    });
    this.resolvers = new Resolvers({ hosts: options.dnsHosts });
    this.publisher = new RecordPublisher(
      this.engine,
      RecordKind,
      {
        // Clusters of channels are nobody's to see.
        added: (block, group, name) =>
          name.startsWith(CHANNEL_PREFIX) ? undefined : this.stats?.added(block, group, name),
        removed: (block) => this.stats?.removed(block),
      },
      (name, reason) => this.log.critical(`the record of ${name} was refused: ${reason}`),
    );
    this.transport = new EngineTransport(native, (name) => this.publisher.idOf('Cluster', name));
    this.#reach = new EngineReach(this.transport, this.#readResponse, () => this.plane.channels);
    this.plane = new ConfigPlane<Publishable>({
      native,
      publisher: this.publisher,
      resolvers: this.resolvers,
      load: this.#load,
      servers: new ManagementServers<ServerSettings>({
        reach: this.#reach,
        clock: realClock,
        log: this.logs.get('config', FILE),
      }),
      loadResources: this.#loadResources,
      compileEndpoints: (name, assignment) => compileEndpointsRecord(name, assignment as unknown as Message),
      compileTls: tlsRecord,
      compileScopes,
      drainTimeMs: () => options.drainTimeS * 1000,
      logs: this.logs,
      health: engineHealth({
        native,
        publisher: this.publisher,
        transport: this.transport,
        log: this.logs.get('hc', FILE),
      }),
      outliers: engineOutliers(native, this.publisher),
      loadReporter: (server, node) => this.#loadReporter(server, node),
    });
  }

  /**
   * Resolves when traffic is accepted, or when the server was told to stop in the meantime. Throws
   * ConfigError, or what keeps it from starting. `alone`: nothing else runs in this thread.
   */
  async start(alone = false): Promise<void> {
    this.log.info(`initializing attache ${VERSION_STRING} with ${this.concurrency} worker(s)`);
    // The two slow parts are done at once: threads start, and the configuration is read.
    const running = this.workers.start();
    running.catch(() => undefined);
    const options = loadOptions(this.options);
    const loaded = await this.config.bootstrap<Publishable>(
      { kind: 'bootstrap', input: this.input, options },
      alone,
    );
    if (this.#stopping()) return;
    const bootstrap = this.#accept(loaded);
    this.bootstrap = { bytes: bootstrap.bytes, settings: bootstrap.settings };
    this.bootstrapTime = Date.now();
    const { cds, lds } = bootstrap.settings;
    if (cds !== undefined || lds !== undefined) this.config.start();
    this.#initNative(bootstrap);
    this.workers.release();
    await this.#startAdmin(bootstrap);
    if (this.#stopping()) return;
    this.plane.listenerManager.sockets.inherit(this.hotRestart?.inherited ?? []);
    await this.plane.start(bootstrap, () => {
      if (!this.#stopping()) this.state = 'INITIALIZING';
    });
    await running;
    if (this.#stopping()) return;
    this.#writeFiles();
    this.state = 'LIVE';
    this.log.info('all dependencies initialized; starting to serve');
    void this.logs.load();
    this.#takeOver();
  }

  /** Hot restart: the process before this one is not needed any more. */
  #takeOver(): void {
    this.plane.listenerManager.sockets.disinherit();
    this.hotRestart?.serve(this);
    this.hotRestart
      ?.tookOver(this.options.parentShutdownTimeS * 1000)
      .catch((error: Error) => this.log.warn(`the process of the earlier epoch: ${error.message}`));
  }

  /** Stops accepting and lets requests finish; resolves when no connection is left or the time is over. */
  async drain(timeMs: number = this.options.stopDrainTimeS * 1000): Promise<void> {
    this.state = 'DRAINING';
    if (this.bootstrap === undefined) return;
    this.#beginDrain(timeMs);
    const end = performance.now() + timeMs;
    while (this.connections() > 0 && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  #beginDrain(timeMs: number): void {
    this.plane.listenerManager.stop(timeMs);
    this.native.drainAll(timeMs);
  }

  #stopping(): boolean {
    return this.state === 'DRAINING' || this.#closing !== undefined;
  }

  // ---- hot restart: what the process of the next epoch asks for --------------------------------

  /** ms since the epoch: when the first of the processes was started. */
  get firstStart(): number {
    return this.hotRestart?.firstStart ?? this.startTime;
  }

  sockets(): Inherited[] {
    return this.plane.listenerManager.sockets.all();
  }

  stopAdmin(): void {
    this.#admin?.close();
    this.#admin = undefined;
  }

  startAdmin(): void {
    if (this.bootstrap === undefined || this.#admin !== undefined) return;
    this.#startAdmin(this.bootstrap).catch((error: Error) =>
      this.log.error(`the admin interface does not come back: ${error.message}`),
    );
  }

  /** What is in the queues of the sockets is the next process's. */
  handOver(): void {
    this.state = 'DRAINING';
    this.log.warn('shutting down due to child request: the process of the next epoch serves');
    this.#beginDrain(this.options.drainTimeS * 1000);
  }

  counted(): ReadonlyMap<string, Counted> {
    return this.stats?.counted() ?? new Map();
  }

  carry(counted: ReadonlyMap<string, Counted>, gone: boolean): void {
    this.stats?.carry(this.native, counted, gone);
  }

  end(): void {
    this.onQuit();
  }

  /** Connections of clients that are open. */
  connections(): number {
    return this.native.connections().reduce((sum, n) => sum + n, 0);
  }

  /** /drain_listeners: the process goes on. */
  drainListeners({ names, graceful, skipExit }: DrainRequest): void {
    const timeMs = this.options.drainTimeS * 1000;
    const stop = (): void => this.plane.listenerManager.stop(timeMs, names);
    if (!graceful && !skipExit) {
      stop();
      return;
    }
    // They go on accepting, so that nobody is turned away before others know.
    const active = this.plane.listenerManager.active();
    for (const name of names ?? active.keys()) {
      const listener = active.get(name);
      if (listener !== undefined) this.native.drainListener(listener.id, timeMs);
    }
    if (!skipExit) setTimeout(stop, timeMs).unref();
  }

  /** Where the admin interface listens. */
  get adminAddress(): string | undefined {
    return this.#admin?.address;
  }

  /** Ends everything at once. */
  close(): Promise<void> {
    this.#closing ??= (async () => {
      this.hotRestart?.close();
      this.#admin?.close();
      this.plane.close();
      this.transport.close();
      this.resolvers.close();
      await Promise.all([this.workers.stop(), this.config.close()]);
      this.native.flushLogs();
      this.log.info('exiting');
      this.logs.flush();
    })();
    return this.#closing;
  }

  /** SIGUSR1: application log and access logs are opened anew. */
  reopenLogs(): void {
    this.logs.reopen();
    this.native.reopenLogs();
    this.#admin?.reopenLog();
  }

  #accept({ result, findings, unknownFields = 0 }: LoadedBootstrap<Publishable>): Bootstrap {
    this.staticUnknownFields = unknownFields;
    if (result === undefined) throw new ConfigError(findings);
    const log = this.logs.get('config', FILE);
    for (const { text } of findings) log.warn(text);
    return result;
  }

  #initNative({ settings }: Bootstrap): void {
    const { options, native } = this;
    native.init({
      concurrency: this.concurrency,
      slabBytes: this.engine.slabBytes,
      logLevel: levelNumber(options.logLevel),
      serviceCluster: settings.node.cluster,
      serviceNode: settings.node.id,
      serviceZone: settings.node.zone,
      ...(settings.nodeMessage === undefined ? {} : { node: settings.nodeMessage }),
      ...(settings.peerMetadata === undefined
        ? {}
        : {
            peerMetadata: settings.peerMetadata.exchange,
            peerMetadataHeader: settings.peerMetadata.header,
            workload: settings.peerMetadata.workload,
          }),
      localAddress: localAddress(options.localAddressIpVersion),
      logFlushMs: options.fileFlushIntervalMsec,
      logFlushBytes: options.fileFlushMinSizeKb * 1024,
      drainMs: options.drainTimeS * 1000,
      drainAtOnce: options.drainStrategy === 'immediate',
    });
    native.setGlobalConnectionLimit(settings.connectionLimits?.global ?? 0);
    for (const [index, name] of COMPONENTS.entries())
      native.setLogLevel(index, levelNumber(this.logs.level(name)));
    native.onEvent((event) => this.#onEvent(event));
  }

  /** The admin interface and its statistics: loaded only when configured. */
  async #startAdmin({ settings }: Pick<Bootstrap, 'settings'>): Promise<void> {
    if (settings.admin === undefined || this.#stopping()) return;
    const [{ processStats, startAdmin }, { StatsRegistry }, { ClusterStats }, { statsDisplay }] =
      await Promise.all([
        import('./admin/attach.ts'),
        import('./stats/registry.ts'),
        import('./stats/cluster_stats.ts'),
        import('./stats/config.ts'),
      ]);
    const host = this as unknown as AdminHost;
    this.stats ??= new StatsRegistry({
      process: true,
      source: this.native,
      workers: this.concurrency,
      clusters: new ClusterStats(() => this.plane),
      loose: () => processStats(host),
    });
    const admin = await startAdmin(
      host,
      settings.admin,
      statsDisplay(settings.statsConfig, this.options.statsTags),
    );
    if (this.#closing !== undefined) admin.close();
    else this.#admin = admin;
  }

  #onEvent(event: NativeEvent): void {
    switch (event.type) {
      case 'log':
        this.logs.write({
          time: Date.now(),
          level: event.level ?? 2,
          component: event.component ?? 'main',
          message: event.message ?? '',
          file: event.file ?? '',
          line: event.line ?? 0,
          thread: event.thread ?? process.pid,
        });
        return;
      case 'outlier':
        this.plane.clusterManager
          .active()
          .get(event.component ?? '')
          ?.onOutlier(event.message ?? '', OUTLIER_KINDS[event.level ?? 0] ?? 'consecutive_5xx');
        return;
      case 'demand': {
        const { id = 0, level = 0, component = '', message = '' } = event;
        const done = (): void => this.native.demandDone(id);
        demand(this.plane, { kind: level, of: component, name: message }, done);
        return;
      }
      case 'drained':
        if (event.id !== undefined) this.plane.listenerManager.drained(event.id);
        return;
      case 'stats-added':
        this.stats?.added(event.id ?? 0, event.level ?? 0, event.message ?? '');
        return;
      case 'stats-removed':
        this.stats?.removed(event.id ?? 0);
        return;
      case 'worker-exit':
        this.log.warn(`worker_${event.worker ?? '?'}: ${event.message ?? 'its engine ended'}`);
        return;
      case 'listener-error':
        this.logs.get('conn_handler', FILE).error(event.message ?? 'a listener failed');
    }
  }

  #dynamicOptions(origin?: ConfigSource): LoadOptions {
    return {
      ...loadOptions(this.options),
      listenerLimits: this.bootstrap?.settings.connectionLimits?.listeners,
      bind: this.bootstrap?.settings.bind,
      secrets: this.bootstrap?.settings.secrets,
      ads: this.bootstrap?.settings.ads?.kind,
      ...(origin === undefined ? {} : { origin }),
    };
  }

  /** Reads what a management server has sent. */
  readonly #loadResources: ResourceLoader = async <P>(
    typeUrl: string,
    resources: readonly RawResource[],
    origin: ConfigSource,
    many = false,
  ): Promise<LoadedResources<P>> => {
    const options = this.#dynamicOptions(origin);
    const loaded = await this.config.resources({ kind: 'resources', typeUrl, resources, options }, many);
    this.dynamicUnknownFields += loaded.unknownFields;
    const log = this.logs.get('config', FILE);
    for (const warning of loaded.warnings) log.warn(warning);
    return loaded as LoadedResources<P>;
  };

  readonly #readResponse = async (body: string): Promise<DiscoveryResponse> => {
    const loaded = await this.config.response(body, this.#dynamicOptions());
    if (loaded.kind === 'bad') throw new Error(loaded.details);
    const { typeUrl, version, nonce } = loaded;
    const resources = loaded.resources.map((each) => ({ ...each, version, ttlMs: undefined, aliases: [] }));
    return { typeUrl, full: true, version, nonce, resources, removed: [], controlPlane: undefined };
  };

  /** Reads a discovery file in the config thread. */
  readonly #load: FileLoader = async <P>(typeUrl: string, path: string): Promise<LoadedFile<P>> => {
    const { file, warnings, unknownFields } = await this.config.discovery({
      kind: 'discovery',
      typeUrl,
      path,
      options: this.#dynamicOptions(),
    });
    this.dynamicUnknownFields += unknownFields;
    const log = this.logs.get('config', FILE);
    for (const warning of warnings) log.warn(warning);
    return file as LoadedFile<P>;
  };

  /** Loaded only when configured. */
  async #loadReporter(server: ServerSettings, node: Uint8Array): Promise<LoadReporter> {
    const [{ LoadReporter }, { engineLoads }] = await Promise.all([
      import('./load_stats/reporter.ts'),
      import('./load_stats/engine_loads.ts'),
    ]);
    // Of a stream that never ends no time is up, as in Envoy.
    const { timeoutMs: _, ...settings } = server;
    return new LoadReporter({
      open: (events) => this.#reach.open(settings, LOAD_REPORTS, events),
      source: engineLoads(this.native, this.publisher, this.plane.clusterManager),
      clock: realClock,
      log: this.logs.get('upstream', FILE),
      node,
    });
  }

  #writeFiles(): void {
    const { baseId, baseIdPath } = this.options;
    if (baseIdPath !== '') writeFileSync(baseIdPath, `${this.hotRestart?.baseId ?? baseId}`);
  }
}
