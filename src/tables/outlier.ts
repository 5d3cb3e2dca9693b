import type { Message } from '../api/message.ts';
import type { OutlierSettings } from '../upstream/outlier.ts';
import type { OutlierInput } from './generated/layout.ts';
import { child, duration, flag, wrappedFlag, wrappedNumber } from './route_read.ts';

/** What the data plane counts of a cluster's outlier_detection. */
export function compileOutlier(cluster: Message): OutlierInput | undefined {
  const config = child(cluster, 'outlier_detection');
  if (config === undefined) return undefined;
  return {
    consecutive_5xx: wrappedNumber(config, 'consecutive_5xx', 5),
    consecutive_gateway: wrappedNumber(config, 'consecutive_gateway_failure', 5),
    consecutive_local: wrappedNumber(config, 'consecutive_local_origin_failure', 5),
    split: flag(config, 'split_external_local_origin_errors'),
  };
}

/** What the primary thread makes of it. */
export function outlierSettings(cluster: Message): OutlierSettings | undefined {
  const config = child(cluster, 'outlier_detection');
  if (config === undefined) return undefined;
  const number = (field: string, otherwise: number): number => wrappedNumber(config, field, otherwise);
  const baseMs = duration(config, 'base_ejection_time') ?? 30_000;
  return {
    intervalMs: duration(config, 'interval') ?? 10_000,
    baseMs,
    maxMs: duration(config, 'max_ejection_time') ?? Math.max(300_000, baseMs),
    jitterMs: duration(config, 'max_ejection_time_jitter') ?? 0,
    maxPercent: Math.min(100, number('max_ejection_percent', 10)),
    alwaysOne: wrappedFlag(config, 'always_eject_one_host', false),
    enforce: {
      consecutive_5xx: number('enforcing_consecutive_5xx', 100),
      consecutive_gateway_failure: number('enforcing_consecutive_gateway_failure', 0),
      consecutive_local_origin_failure: number('enforcing_consecutive_local_origin_failure', 100),
      success_rate: number('enforcing_success_rate', 100),
      failure_percentage: number('enforcing_failure_percentage', 0),
    },
    successRate: {
      hosts: number('success_rate_minimum_hosts', 5),
      volume: number('success_rate_request_volume', 100),
      factor: number('success_rate_stdev_factor', 1900),
    },
    failurePercentage: {
      threshold: number('failure_percentage_threshold', 85),
      hosts: number('failure_percentage_minimum_hosts', 5),
      volume: number('failure_percentage_request_volume', 50),
    },
  };
}
