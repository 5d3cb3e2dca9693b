import type { RuntimeView } from '../config/runtime.ts';
import type { PlaneView } from './plane_view.ts';
import type { LogRoot } from '../log/logger.ts';
import type { Options } from '../flags.ts';
import type { MetricNames } from '../stats/metrics.ts';
import type { StatsRegistry } from '../stats/registry.ts';

/** envoy.admin.v3.ServerInfo.State */
export type ServerState = 'PRE_INITIALIZING' | 'INITIALIZING' | 'LIVE' | 'DRAINING';

/** Host statistics of the data plane, by the slots of the group Host. */
export type HostValues = Float64Array;

export type DrainRequest = {
  /** Names of the listeners to drain; undefined: all. */
  readonly names: readonly string[] | undefined;
  /** Tell connections to finish, and stop accepting only after the drain time. */
  readonly graceful: boolean;
  /** Never stop accepting. */
  readonly skipExit: boolean;
};

/** Everything that the admin endpoints read and do; the server fills it in. */
export interface AdminContext {
  readonly options: Options;
  readonly concurrency: number;
  /** ms since the epoch. */
  readonly startTime: number;
  /** The same of the first process, when this one took over from others. */
  readonly firstStart: number;
  /** Whether another process can take over. */
  readonly hotRestart: boolean;
  readonly state: ServerState;
  /** Set by /healthcheck/fail. */
  readonly healthcheckFailed: boolean;
  /** The loaded bootstrap on the wire, and when it was loaded (ms since the epoch). */
  readonly bootstrap: { readonly bytes: Uint8Array; readonly loaded: number } | undefined;
  /** What the command line and the bootstrap call this node. */
  readonly node: { readonly id: string; readonly cluster: string } | undefined;
  /** The layers of the runtime in the bootstrap. */
  readonly runtime: readonly RuntimeView[];
  readonly plane: PlaneView;
  readonly logs: LogRoot;
  readonly stats: StatsRegistry;
  readonly metricNames: MetricNames;
  /** Upper bounds of a histogram's buckets in the statistics. */
  histogramBounds(name: string): readonly number[];
  /** Values of a host in the order of groups.Host, or undefined when nothing was counted for it. */
  hostValues(cluster: string, address: string): HostValues | undefined;
  failHealthchecks(failed: boolean): void;
  drainListeners(request: DrainRequest): void;
  reopenLogs(): void;
  /** Ends the process in good order. */
  quit(): void;
}
