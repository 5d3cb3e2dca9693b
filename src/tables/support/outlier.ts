import { implemented, type SupportRegistry } from '../../api/support.ts';

const UNCOMPILED = { uncompiled: 'the primary thread decides on ejections' };

/** What src/tables/outlier.ts, src/upstream/outlier.ts and native/upstream/outlier.h do of outlier detection. */
export function declareOutlier(registry: SupportRegistry): void {
  registry.message(
    'envoy.config.cluster.v3.OutlierDetection',
    {
      consecutive_5xx: implemented(),
      consecutive_gateway_failure: implemented(),
      consecutive_local_origin_failure: implemented(),
      split_external_local_origin_errors: implemented(),
      interval: implemented(UNCOMPILED),
      base_ejection_time: implemented(UNCOMPILED),
      max_ejection_time: implemented(UNCOMPILED),
      max_ejection_time_jitter: implemented(UNCOMPILED),
      max_ejection_percent: implemented(UNCOMPILED),
      always_eject_one_host: implemented(UNCOMPILED),
      enforcing_consecutive_5xx: implemented(UNCOMPILED),
      enforcing_consecutive_gateway_failure: implemented(UNCOMPILED),
      enforcing_consecutive_local_origin_failure: implemented(UNCOMPILED),
      enforcing_success_rate: implemented(UNCOMPILED),
      success_rate_minimum_hosts: implemented(UNCOMPILED),
      success_rate_request_volume: implemented(UNCOMPILED),
      success_rate_stdev_factor: implemented(UNCOMPILED),
      failure_percentage_threshold: implemented(UNCOMPILED),
      enforcing_failure_percentage: implemented(UNCOMPILED),
      failure_percentage_minimum_hosts: implemented(UNCOMPILED),
      failure_percentage_request_volume: implemented(UNCOMPILED),
    },
    {
      embed: {
        message: 'envoy.config.cluster.v3.Cluster',
        wrap: (outlier_detection) => ({ name: 'base', outlier_detection }),
      },
    },
  );
}
