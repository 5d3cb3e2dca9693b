/** Lower bounds and counts of the buckets in use, ascending, in pairs. */
export type Buckets = Float64Array | readonly number[];

/** Envoy's quantiles, as parts of 1. */
export const QUANTILES = [0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 1] as const;
/** Their names in percent. */
export const QUANTILE_NAMES = ['0', '25', '50', '75', '90', '95', '99', '99.5', '99.9', '100'] as const;

/** Upper bounds that histograms are shown with when the configuration names none. */
export const DEFAULT_BOUNDS: readonly number[] = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000,
  3_600_000,
];

/** The width of the bucket that starts at `bound`: a tenth of its power of ten. */
export function widthOf(bound: number): number {
  if (bound === 0) return 0;
  let power = 1;
  while (power * 10 <= bound) power *= 10;
  return power / 10;
}

export function totalOf(buckets: Buckets): number {
  let total = 0;
  for (let i = 1; i < buckets.length; i += 2) total += buckets[i] as number;
  return total;
}

/**
 * Envoy's estimate of the sum: each value counts as the harmonic middle of its bucket.
 */
export function sumOf(buckets: Buckets): number {
  let sum = 0;
  for (let i = 0; i < buckets.length; i += 2) {
    const low = buckets[i] as number;
    const high = low + widthOf(low);
    if (low > 0) sum += ((2 * low * high) / (low + high)) * (buckets[i + 1] as number);
  }
  return sum;
}

/**
 * The values at Envoy's quantiles. The n values of a bucket are taken to lie evenly in it, at
 * 1/(n+1), 2/(n+1) and so on of its width.
 */
export function quantilesOf(buckets: Buckets): number[] {
  const total = totalOf(buckets);
  let at = 0;
  let below = 0;
  return QUANTILES.map((quantile) => {
    const rank = Math.max(1, Math.ceil(total * quantile));
    while (at + 2 < buckets.length && below + (buckets[at + 1] as number) < rank) {
      below += buckets[at + 1] as number;
      at += 2;
    }
    const low = buckets[at] as number;
    return low + ((rank - below) / ((buckets[at + 1] as number) + 1)) * widthOf(low);
  });
}

/** For each upper bound, how many values are in buckets that start at it or before. */
export function cumulative(buckets: Buckets, bounds: readonly number[]): number[] {
  let count = 0;
  let at = 0;
  return bounds.map((bound) => {
    for (; at < buckets.length && (buckets[at] as number) <= bound; at += 2)
      count += buckets[at + 1] as number;
    return count;
  });
}
