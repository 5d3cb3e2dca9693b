import type { ConfigPlane } from '../config/plane.ts';
import type { SubscriptionCounts } from '../config/subscription.ts';
import type { ClusterRuntime } from '../upstream/cluster_manager.ts';
import type { HealthCounts } from '../upstream/health/session.ts';
import { OUTLIER_KINDS, type OutlierCounts } from '../upstream/outlier.ts';
import { xxhash64 } from '../xxhash64.ts';
import { type Companion, sanitize } from './blocks.ts';
import { NO_LIMIT, REMAINING, readBreakers } from './breakers.ts';
import type { ShownSlot } from './shape.ts';

const ALWAYS = { always: true } as const;

/** What the primary knows of a cluster: how it comes to its hosts, and how many there are. */
const SLOTS = [
  ['membership_change', 'counter'],
  ['membership_degraded', 'gauge', ALWAYS],
  ['membership_excluded', 'gauge', ALWAYS],
  ['membership_healthy', 'gauge', ALWAYS],
  ['membership_total', 'gauge', ALWAYS],
  ['max_host_weight', 'gauge'],
  ['assignment_stale', 'counter'],
  ['assignment_timeout_received', 'counter'],
  ['assignment_use_cached', 'counter'],
  ['update_attempt', 'counter'],
  ['update_empty', 'counter'],
  ['update_failure', 'counter'],
  ['update_no_rebuild', 'counter'],
  ['update_success', 'counter'],
  ['warming_state', 'gauge', ALWAYS],
  ['version', 'wide'],
  // Of clusters that get their hosts from a discovery service.
  ['init_fetch_timeout', 'counter'],
  ['update_rejected', 'counter'],
  ['update_time', 'gauge'],
  ['version_text', 'text'],
  // Of clusters whose hosts are checked.
  ['health_check.attempt', 'counter'],
  ['health_check.degraded', 'gauge'],
  ['health_check.failure', 'counter'],
  ['health_check.healthy', 'gauge'],
  ['health_check.network_failure', 'counter'],
  ['health_check.passive_failure', 'counter'],
  ['health_check.success', 'counter'],
  ['health_check.verify_cluster', 'counter'],
  // Of clusters with outlier detection.
  ['outlier_detection.ejections_active', 'gauge'],
  ['outlier_detection.ejections_overflow', 'counter'],
  ['outlier_detection.ejections_total', 'counter'],
  ['outlier_detection.ejections_enforced_total', 'counter'],
  ['outlier_detection.ejections_consecutive_5xx', 'counter'],
  ['outlier_detection.ejections_success_rate', 'counter'],
  ['outlier_detection.ejections_detected_consecutive_5xx', 'counter'],
  ['outlier_detection.ejections_detected_consecutive_gateway_failure', 'counter'],
  ['outlier_detection.ejections_detected_consecutive_local_origin_failure', 'counter'],
  ['outlier_detection.ejections_detected_success_rate', 'counter'],
  ['outlier_detection.ejections_detected_degradation', 'counter'],
  ['outlier_detection.ejections_detected_failure_percentage', 'counter'],
  ['outlier_detection.ejections_detected_local_origin_success_rate', 'counter'],
  ['outlier_detection.ejections_detected_local_origin_failure_percentage', 'counter'],
  ['outlier_detection.ejections_enforced_consecutive_5xx', 'counter'],
  ['outlier_detection.ejections_enforced_consecutive_gateway_failure', 'counter'],
  ['outlier_detection.ejections_enforced_consecutive_local_origin_failure', 'counter'],
  ['outlier_detection.ejections_enforced_success_rate', 'counter'],
  ['outlier_detection.ejections_enforced_failure_percentage', 'counter'],
  ['outlier_detection.ejections_enforced_local_origin_success_rate', 'counter'],
  ['outlier_detection.ejections_enforced_local_origin_failure_percentage', 'counter'],
] as const satisfies readonly ShownSlot[];
const ALL: readonly ShownSlot[] = [...SLOTS, ...REMAINING];

const VERSION = SLOTS.findIndex(([name]) => name === 'version');

/** Statistics of clusters beside those that the data plane counts. */
export class ClusterStats<C> implements Companion {
  readonly slots: readonly ShownSlot[] = ALL;
  readonly #plane: () => ConfigPlane<C>;
  /** By the name in statistics; clusters may share one. */
  #clusters = new Map<string, ClusterRuntime<C>[]>();

  constructor(plane: () => ConfigPlane<C>) {
    this.#plane = plane;
  }

  begin(): void {
    this.#clusters = new Map();
    for (const runtime of this.#plane().clusterManager.active().values()) {
      const name = sanitize(runtime.version.payload.statName);
      const same = this.#clusters.get(name);
      if (same === undefined) this.#clusters.set(name, [runtime]);
      else same.push(runtime);
    }
  }

  read(name: string, values: Float64Array, at: number): void {
    const clusters = this.#clusters.get(name);
    if (clusters === undefined) {
      values.fill(Number.NaN, at, at + ALL.length);
      return;
    }
    values.fill(0, at, at + SLOTS.length);
    values.fill(Number.NaN, at + SLOTS.length, at + ALL.length);
    // Clusters that share a name: the limits of the first.
    readBreakers(clusters[0]?.version.payload.breakers, values, at + SLOTS.length);
    for (const [i, runtime] of clusters.entries()) {
      const own = valuesOf(runtime, this.#subscription(runtime));
      for (const [j, [slot]] of SLOTS.entries()) {
        const value = own[slot] ?? (i === 0 ? Number.NaN : 0);
        values[at + j] = (values[at + j] as number) + value;
      }
    }
  }

  text(name: string, place: number): string | undefined {
    if (place >= SLOTS.length) return NO_LIMIT;
    const [first] = this.#clusters.get(name) ?? [];
    const subscription = first && this.#subscription(first);
    const version = subscription?.version_text ?? '';
    if (place === VERSION) return version === '' ? '0' : String(xxhash64(version));
    return subscription === undefined ? undefined : version;
  }

  #subscription({ version }: ClusterRuntime<C>): SubscriptionCounts | undefined {
    const { discovery } = version.payload;
    if (discovery.kind !== 'eds' || discovery.source === undefined) return undefined;
    return this.#plane().endpoints.counts(discovery.source, discovery.serviceName);
  }
}

type Values = { readonly [slot in (typeof SLOTS)[number][0]]?: number };

function valuesOf<C>(runtime: ClusterRuntime<C>, file: SubscriptionCounts | undefined): Values {
  const { total, healthy, degraded, excluded } = runtime.membership;
  const { counts, hosts } = runtime;
  const weights =
    runtime.version.payload.discovery.kind === 'static' ? [] : hosts.map(({ weight }) => weight);
  return {
    membership_change: counts.membership_change,
    membership_degraded: degraded,
    membership_excluded: excluded,
    membership_healthy: healthy,
    membership_total: total,
    // Envoy leaves it at 0 for hosts that never change.
    max_host_weight: weights.reduce((a, b) => Math.max(a, b), 0),
    assignment_stale: 0,
    assignment_timeout_received: 0,
    assignment_use_cached: 0,
    update_attempt: file?.update_attempt ?? counts.update_attempt,
    update_empty: file?.update_empty ?? counts.update_empty,
    update_failure: file?.update_failure ?? counts.update_failure,
    update_no_rebuild: counts.update_no_rebuild,
    update_success: file?.update_success ?? counts.update_success,
    warming_state: 0,
    // Told apart from 0 only to be in use; the digits are a text.
    version: file === undefined || file.version_text === '' ? 0 : 1,
    ...(file === undefined
      ? {}
      : {
          init_fetch_timeout: file.init_fetch_timeout,
          update_rejected: file.update_rejected,
          update_time: file.update_time,
        }),
    ...healthValues(counts.health),
    ...outlierValues(counts.outliers),
  };
}

/** Those of an origin's own side that are not told apart (local_origin) are there, as in Envoy, and 0. */
function outlierValues(counts: OutlierCounts | undefined): Values {
  if (counts === undefined) return {};
  const { ejections_active, ejections_overflow, ejections_total, ejections_enforced_total } = counts;
  const of = (what: 'detected' | 'enforced'): Values =>
    Object.fromEntries([
      ...OUTLIER_KINDS.map((kind) => [`outlier_detection.ejections_${what}_${kind}`, counts[what][kind]]),
      [`outlier_detection.ejections_${what}_local_origin_success_rate`, 0],
      [`outlier_detection.ejections_${what}_local_origin_failure_percentage`, 0],
    ]);
  return {
    'outlier_detection.ejections_active': ejections_active,
    'outlier_detection.ejections_overflow': ejections_overflow,
    'outlier_detection.ejections_total': ejections_total,
    'outlier_detection.ejections_enforced_total': ejections_enforced_total,
    'outlier_detection.ejections_consecutive_5xx': counts.detected.consecutive_5xx,
    'outlier_detection.ejections_success_rate': counts.detected.success_rate,
    // Hosts that are only degraded are of a mode that is refused.
    'outlier_detection.ejections_detected_degradation': 0,
    ...of('detected'),
    ...of('enforced'),
  };
}

function healthValues(counts: HealthCounts | undefined): Values {
  if (counts === undefined) return {};
  return {
    'health_check.attempt': counts.attempt,
    'health_check.degraded': counts.degraded,
    'health_check.failure': counts.failure,
    'health_check.healthy': counts.healthy,
    'health_check.network_failure': counts.network_failure,
    'health_check.passive_failure': counts.passive_failure,
    'health_check.success': counts.success,
    'health_check.verify_cluster': counts.verify_cluster,
  };
}
