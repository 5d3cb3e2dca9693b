/** What is known of a host, as Envoy's /clusters names it: bits of a number. */
export const Flag = {
  FailedActive: 1,
  FailedOutlier: 2,
  FailedEds: 4,
  DegradedActive: 8,
  DegradedEds: 16,
  PendingRemoval: 32,
  PendingActive: 64,
  ExcludedImmediate: 128,
  ActiveTimeout: 256,
  Draining: 512,
} as const;

/** In the order in which they are shown. */
const NAMES: readonly (readonly [flag: number, name: string])[] = [
  [Flag.FailedActive, 'failed_active_hc'],
  [Flag.FailedOutlier, 'failed_outlier_check'],
  [Flag.FailedEds, 'failed_eds_health'],
  [Flag.DegradedActive, 'degraded_active_hc'],
  [Flag.DegradedEds, 'degraded_eds_health'],
  [Flag.PendingRemoval, 'pending_dynamic_removal'],
  [Flag.PendingActive, 'pending_active_hc'],
  [Flag.ExcludedImmediate, 'excluded_via_immediate_hc_fail'],
  [Flag.ActiveTimeout, 'active_hc_timeout'],
  [Flag.Draining, 'eds_status_draining'],
];

/** What envoy.config.core.v3.HealthStatus of an endpoint set says. */
export function edsFlags(health: number): number {
  switch (health) {
    case 2: // UNHEALTHY
    case 4: // TIMEOUT
      return Flag.FailedEds;
    case 3:
      return Flag.Draining;
    case 5:
      return Flag.DegradedEds;
    default:
      return 0;
  }
}

const UNHEALTHY = Flag.FailedActive | Flag.FailedOutlier | Flag.FailedEds | Flag.Draining;
const DEGRADED = Flag.DegradedActive | Flag.DegradedEds;

export const isUnhealthy = (flags: number): boolean => (flags & UNHEALTHY) !== 0;
export const isDegraded = (flags: number): boolean => !isUnhealthy(flags) && (flags & DEGRADED) !== 0;

/** `/failed_active_hc/active_hc_timeout`, or `healthy`. */
export function flagsText(flags: number): string {
  let text = '';
  for (const [flag, name] of NAMES) if ((flags & flag) !== 0) text += `/${name}`;
  return text === '' ? 'healthy' : text;
}
