import type { LooseStat } from './registry.ts';

/** What statistics of the process are made of. */
export interface ServerFacts {
  readonly concurrency: number;
  /** ms since the epoch. */
  readonly startTime: number;
  readonly state: 'PRE_INITIALIZING' | 'INITIALIZING' | 'LIVE' | 'DRAINING';
  readonly healthcheckFailed: boolean;
  readonly staticUnknownFields: number;
  readonly dynamicUnknownFields: number;
  /** Worker threads that died and were replaced. */
  readonly workerRestarts: number;
  /** The release, as one number. */
  readonly version: number;
  /** Of the first certificate, whole days; undefined without certificates. */
  readonly daysUntilExpiry?: number | undefined;
  /** Hot restart: the process's epoch, and the connections that the one before it still has. */
  readonly epoch: number;
  readonly parentConnections: number;
  /** Connections of clients that are open. */
  connections(): number;
}

/** envoy.admin.v3.ServerInfo.State */
const STATES = { LIVE: 0, DRAINING: 1, PRE_INITIALIZING: 2, INITIALIZING: 3 } as const;
/** What Envoy says when there are no certificates. */
const NO_CERTIFICATES = 4294967295;

const counter = (name: string, value: number, used = false): LooseStat => ({
  name,
  kind: 'counter',
  value,
  used,
});
const gauge = (name: string, value: number, used = false): LooseStat => ({
  name,
  kind: 'gauge',
  value,
  used,
});

/** server.* and runtime.*, for what there is of them here. */
export function* serverStats(facts: ServerFacts): Generator<LooseStat> {
  const { state, healthcheckFailed, startTime } = facts;
  const shown = state === 'LIVE' && healthcheckFailed ? 'DRAINING' : state;
  const memory = process.memoryUsage();
  yield gauge('server.compilation_settings.fips_mode', 0, true);
  yield gauge('server.concurrency', facts.concurrency);
  yield gauge('server.days_until_first_cert_expiring', facts.daysUntilExpiry ?? NO_CERTIFICATES);
  yield counter('server.dynamic_unknown_fields', facts.dynamicUnknownFields, true);
  yield gauge('server.hot_restart_epoch', facts.epoch);
  yield gauge('server.live', shown === 'LIVE' ? 1 : 0);
  yield gauge('server.memory_allocated', memory.heapUsed + memory.external);
  yield gauge('server.memory_heap_size', memory.heapTotal + memory.external);
  yield gauge('server.memory_physical_size', memory.rss);
  yield gauge('server.parent_connections', facts.parentConnections);
  yield gauge('server.seconds_until_first_ocsp_response_expiring', 0);
  yield gauge('server.state', STATES[shown], true);
  yield counter('server.static_unknown_fields', facts.staticUnknownFields, true);
  yield gauge('server.total_connections', facts.connections() + facts.parentConnections, true);
  yield gauge('server.uptime', Math.floor((Date.now() - startTime) / 1000), true);
  yield gauge('server.version', facts.version);
  yield counter('server.wip_protos', 0, true);
  yield counter('server.worker_restarts', facts.workerRestarts);
  yield gauge('runtime.num_keys', 0, true);
  yield gauge('runtime.num_layers', 0, true);
}
