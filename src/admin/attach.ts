import type { ConfigPlane } from '../config/plane.ts';
import type { AdminSettings, BootstrapSettings } from '../config/messages.ts';
import { configStats, daysUntilExpiry } from '../config/stats.ts';
import type { NativeAddon } from '../engine/native.ts';
import type { Options } from '../flags.ts';
import type { LogRoot } from '../log/logger.ts';
import type { StatsDisplay } from '../stats/config.ts';
import { StatsGroup } from '../stats/generated/groups.ts';
import { groups } from '../stats/groups.ts';
import { MetricNames } from '../stats/metrics.ts';
import type { LooseStat, StatsRegistry } from '../stats/registry.ts';
import { serverStats } from '../stats/server_stats.ts';
import { shownHostStatName } from '../tables/endpoints_compiler.ts';
import { VERSION } from '../version.ts';
import type { AdminContext, DrainRequest, ServerState } from './context.ts';
import { AdminServer } from './server.ts';

/** The parts of the server (src/server.ts) that the admin interface shows and moves. */
export interface AdminHost<C = unknown> {
  readonly options: Options;
  readonly concurrency: number;
  readonly startTime: number;
  readonly firstStart: number;
  readonly hotRestart: { readonly epoch: number; readonly parentConnections: number } | undefined;
  readonly state: ServerState;
  healthcheckFailed: boolean;
  readonly bootstrap: { readonly bytes: Uint8Array; readonly settings: BootstrapSettings } | undefined;
  readonly bootstrapTime: number;
  readonly staticUnknownFields: number;
  readonly dynamicUnknownFields: number;
  readonly plane: ConfigPlane<C>;
  readonly logs: LogRoot;
  readonly stats: StatsRegistry;
  readonly native: Pick<NativeAddon, 'statsRead' | 'setHealthcheckFail'>;
  readonly publisher: { blockOf(group: number, name: string): number | undefined };
  readonly workers: { readonly restarts: number };
  readonly onQuit: () => void;
  connections(): number;
  reopenLogs(): void;
  drainListeners(request: DrainRequest): void;
}

/** The release as Envoy's `server.version` shows one: a number. */
function versionNumber(): number {
  const [major = 0, minor = 0, patch = 0] = VERSION.split('.').map(Number);
  return (major * 1000 + minor) * 1000 + patch;
}

/** Statistics of the process and of its configuration, for the registry. */
export function* processStats<C>(host: AdminHost<C>): Generator<LooseStat> {
  yield* serverStats({
    concurrency: host.concurrency,
    startTime: host.startTime,
    state: host.state,
    healthcheckFailed: host.healthcheckFailed,
    staticUnknownFields: host.staticUnknownFields,
    dynamicUnknownFields: host.dynamicUnknownFields,
    workerRestarts: host.workers.restarts,
    version: versionNumber(),
    daysUntilExpiry: daysUntilExpiry(host.plane),
    epoch: host.hotRestart?.epoch ?? 0,
    parentConnections: host.hotRestart?.parentConnections ?? 0,
    connections: () => host.connections(),
  });
  for (const stat of configStats(host.plane)) {
    const used =
      stat.name === 'cluster_manager.warming_clusters' || stat.name.endsWith('.total_listeners_warming');
    yield used ? { ...stat, used } : stat;
  }
}

function contextOf<C>(host: AdminHost<C>, display: StatsDisplay): AdminContext {
  const values = new Float64Array(groups.Host.length);
  return {
    options: host.options,
    concurrency: host.concurrency,
    startTime: host.startTime,
    firstStart: host.firstStart,
    hotRestart: host.hotRestart !== undefined,
    get state() {
      return host.state;
    },
    get healthcheckFailed() {
      return host.healthcheckFailed;
    },
    get bootstrap() {
      return host.bootstrap && { bytes: host.bootstrap.bytes, loaded: host.bootstrapTime };
    },
    get node() {
      return host.bootstrap?.settings.node;
    },
    get runtime() {
      return host.plane.runtime.layers();
    },
    plane: host.plane,
    logs: host.logs,
    stats: host.stats,
    metricNames: new MetricNames(display.tags),
    histogramBounds: display.bounds,
    hostValues: (cluster, address) => {
      const block = host.publisher.blockOf(StatsGroup.Host, shownHostStatName(cluster, address));
      if (block === undefined) return undefined;
      host.native.statsRead(block, values);
      return values;
    },
    failHealthchecks: (failed) => {
      host.healthcheckFailed = failed;
      host.native.setHealthcheckFail(failed);
    },
    drainListeners: (request) => host.drainListeners(request),
    reopenLogs: () => host.reopenLogs(),
    quit: () => host.onQuit(),
  };
}

/** Starts the admin interface; resolves when it listens, rejects with a text for the user. */
export async function startAdmin<C>(
  host: AdminHost<C>,
  settings: AdminSettings,
  display: StatsDisplay,
): Promise<AdminServer> {
  host.stats.restrict(display.allowed);
  const server = new AdminServer(contextOf(host, display));
  await server.listen(settings);
  return server;
}
