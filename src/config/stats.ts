import { xxhash64 } from '../xxhash64.ts';
import type { ConfigPlane } from './plane.ts';
import type { SubscriptionCounts } from './subscription.ts';

/** A statistic that the primary keeps, under Envoy's name. Text readouts are strings. */
export type PrimaryStat = {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'text';
  readonly value: number | bigint | string;
};

const counter = (name: string, value: number): PrimaryStat => ({ name, kind: 'counter', value });
const gauge = (name: string, value: number | bigint): PrimaryStat => ({ name, kind: 'gauge', value });

function* subscription(prefix: string, counts: SubscriptionCounts): Generator<PrimaryStat> {
  for (const name of [
    'init_fetch_timeout',
    'update_attempt',
    'update_failure',
    'update_rejected',
    'update_success',
  ] as const) {
    yield counter(`${prefix}.${name}`, counts[name]);
  }
  yield gauge(`${prefix}.update_time`, counts.update_time);
  yield gauge(`${prefix}.version`, counts.update_time === 0 ? 0 : xxhash64(counts.version_text));
  yield { name: `${prefix}.version_text`, kind: 'text', value: counts.version_text };
}

function* reloads(prefix: string, counts: SubscriptionCounts): Generator<PrimaryStat> {
  yield counter(`${prefix}.config_reload`, counts.config_reload);
  yield gauge(`${prefix}.config_reload_time_ms`, counts.config_reload_time_ms);
}

/** Statistics of the configuration: discovery services, listeners, clusters as a whole. Made when asked for. */
export function* configStats<C>(plane: ConfigPlane<C>): Generator<PrimaryStat> {
  const { clusterManager, listenerManager } = plane;
  for (const [name, value] of Object.entries(clusterManager.counters))
    yield counter(`cluster_manager.${name}`, value);
  for (const name of [
    'cluster_updated',
    'cluster_updated_via_merge',
    'update_merge_cancelled',
    'update_out_of_merge_window',
  ]) {
    yield counter(`cluster_manager.${name}`, 0);
  }
  yield gauge('cluster_manager.active_clusters', clusterManager.active().size);
  yield gauge('cluster_manager.warming_clusters', clusterManager.warmingCount);
  if (plane.cds !== undefined) {
    yield* subscription('cluster_manager.cds', plane.cds);
    yield* reloads('cluster_manager.cds', plane.cds);
  }
  for (const [name, value] of Object.entries(listenerManager.counters))
    yield counter(`listener_manager.${name}`, value);
  yield gauge('listener_manager.total_filter_chains_draining', 0);
  yield gauge('listener_manager.total_listeners_active', listenerManager.active().size);
  yield gauge('listener_manager.total_listeners_draining', listenerManager.drainingCount);
  yield gauge('listener_manager.total_listeners_warming', listenerManager.warmingCount);
  yield gauge('listener_manager.workers_started', 1);
  if (plane.lds !== undefined) yield* subscription('listener_manager.lds', plane.lds);
  const seen = new Set<string>();
  for (const { version } of listenerManager.active().values()) {
    for (const { name, source, statPrefix } of version.payload.routes) {
      const prefix = `http.${statPrefix}.rds.${name}`;
      const counts = plane.routes.counts(source);
      if (counts === undefined || seen.has(prefix)) continue;
      seen.add(prefix);
      yield counter(`${prefix}.update_empty`, counts.update_empty);
      yield* subscription(prefix, counts);
      yield* reloads(prefix, counts);
    }
  }
}
