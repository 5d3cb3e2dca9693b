import type { Breakers, Threshold } from '../config/payload.ts';
import { groups } from './groups.ts';
import type { ShownSlot } from './shape.ts';

const place = (name: string): number => groups.Cluster.findIndex(([slot]) => slot === name);
const ACTIVE = {
  cx: place('upstream_cx_active'),
  pending: place('upstream_rq_pending_active'),
  rq: place('upstream_rq_active'),
  retry: place('upstream_rq_retry_active'),
};
const PRIORITIES = ['default', 'high'] as const;
/** The flag of each limit, in the data plane's block: `true` while the limit is reached. */
const OPEN = PRIORITIES.map((priority) => ({
  cx: place(`circuit_breakers.${priority}.cx_open`),
  pending: place(`circuit_breakers.${priority}.rq_pending_open`),
  rq: place(`circuit_breakers.${priority}.rq_open`),
  retry: place(`circuit_breakers.${priority}.rq_retry_open`),
}));

const ALWAYS = { always: true } as const;
/** Statistics of Thresholds.track_remaining, for each priority. */
export const REMAINING: readonly ShownSlot[] = PRIORITIES.flatMap((priority): ShownSlot[] => [
  [`circuit_breakers.${priority}.remaining_cx`, 'gauge', ALWAYS],
  [`circuit_breakers.${priority}.remaining_cx_pools`, 'wide', ALWAYS],
  [`circuit_breakers.${priority}.remaining_pending`, 'gauge', ALWAYS],
  [`circuit_breakers.${priority}.remaining_retries`, 'gauge', ALWAYS],
  [`circuit_breakers.${priority}.remaining_rq`, 'gauge', ALWAYS],
]);
/** remaining_cx_pools: max_connection_pools has no default limit, and cannot be set. */
export const NO_LIMIT = String(2n ** 64n - 1n);

const DEFAULTS: Threshold = {
  connections: 1024,
  pending: 1024,
  requests: 1024,
  retries: 3,
  budget: false,
  tracked: false,
};

/**
 * What circuit breakers say of a cluster, from the counts in `values` (a block of the data plane): the flags in place,
 * and what remains from `at` on, in the order of REMAINING.
 */
export function readBreakers(breakers: Breakers | undefined, values: Float64Array, at: number): void {
  const count = (which: keyof typeof ACTIVE): number => values[ACTIVE[which]] || 0;
  const [cx, pending, rq, retry] = [count('cx'), count('pending'), count('rq'), count('retry')];
  const reached = (active: number, limit: number): number => (active > 0 && active >= limit ? 1 : 0);
  const left = (limit: number, active: number): number => Math.max(0, limit - active);
  for (const [i, priority] of PRIORITIES.entries()) {
    const limits = breakers?.[priority] ?? DEFAULTS;
    const open = OPEN[i] as (typeof OPEN)[number];
    values[open.cx] = reached(cx, limits.connections);
    values[open.pending] = reached(pending, limits.pending);
    values[open.rq] = reached(rq, limits.requests);
    values[open.retry] = reached(retry, limits.retries);
    if (!limits.tracked) continue;
    const own = [
      left(limits.connections, cx),
      1,
      left(limits.pending, pending),
      limits.budget ? 0 : left(limits.retries, retry),
      left(limits.requests, rq),
    ];
    values.set(own, at + i * own.length);
  }
}
