import type { Clock } from '../xds/clock.ts';

/** envoy.config.cluster.v3.OutlierDetection with its defaults; times in ms, shares in percent. Plain data. */
export type OutlierSettings = {
  readonly intervalMs: number;
  readonly baseMs: number;
  readonly maxMs: number;
  readonly jitterMs: number;
  readonly maxPercent: number;
  readonly alwaysOne: boolean;
  readonly enforce: Readonly<Record<OutlierKind, number>>;
  readonly successRate: { readonly hosts: number; readonly volume: number; readonly factor: number };
  readonly failurePercentage: { readonly threshold: number; readonly hosts: number; readonly volume: number };
};

/** The first three in the order of `OutlierKind` of native/upstream/outlier.h. */
export const OUTLIER_KINDS = [
  'consecutive_5xx',
  'consecutive_gateway_failure',
  'consecutive_local_origin_failure',
  'success_rate',
  'failure_percentage',
] as const;
export type OutlierKind = (typeof OUTLIER_KINDS)[number];

/** Envoy's cluster.<name>.outlier_detection.*; they belong to the name and go on through replacements. */
export type OutlierCounts = {
  ejections_active: number;
  ejections_overflow: number;
  ejections_total: number;
  ejections_enforced_total: number;
  readonly detected: Record<OutlierKind, number>;
  readonly enforced: Record<OutlierKind, number>;
};
const zeros = (): Record<OutlierKind, number> => ({
  consecutive_5xx: 0,
  consecutive_gateway_failure: 0,
  consecutive_local_origin_failure: 0,
  success_rate: 0,
  failure_percentage: 0,
});
export const noOutliers = (): OutlierCounts => ({
  ejections_active: 0,
  ejections_overflow: 0,
  ejections_total: 0,
  ejections_enforced_total: 0,
  detected: zeros(),
  enforced: zeros(),
});

export interface OutlierDeps {
  readonly clock: Clock;
  /** Takes a host out of all workers' balancers, or puts it back. */
  eject(cluster: string, address: string, ejected: boolean): void;
  /** Requests to a host so far: those that succeeded, and those that did not; undefined: none is known. */
  traffic(cluster: string, address: string): readonly [good: number, bad: number] | undefined;
}

type Watched = {
  /** ms of the clock; undefined: it is not ejected. */
  since: number | undefined;
  /** How many times baseMs it stays out. */
  backoff: number;
  jitterMs: number;
  /** What `traffic` said at the last interval. */
  good: number;
  bad: number;
};

/** Which hosts of one cluster are ejected for what requests say of them, and for how long. */
export class OutlierDetector {
  readonly #cluster: string;
  readonly #settings: OutlierSettings;
  readonly #counts: OutlierCounts;
  readonly #deps: OutlierDeps;
  readonly #hosts = new Map<string, Watched>();
  #stop: (() => void) | undefined;

  constructor(cluster: string, settings: OutlierSettings, counts: OutlierCounts, deps: OutlierDeps) {
    this.#cluster = cluster;
    this.#settings = settings;
    this.#counts = counts;
    this.#deps = deps;
  }

  start(): void {
    this.#stop ??= this.#deps.clock.after(this.#settings.intervalMs, () => {
      this.#stop = undefined;
      this.#interval();
      this.start();
    });
  }

  /** Ends it; the hosts that are ejected come back. */
  stop(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.update([]);
  }

  /** The hosts that there are now, by address. */
  update(addresses: readonly string[]): void {
    const now = new Set(addresses);
    for (const [address, host] of this.#hosts) {
      if (now.has(address)) continue;
      if (host.since !== undefined) this.#uneject(address, host);
      this.#hosts.delete(address);
    }
    for (const address of now) {
      if (this.#hosts.has(address)) continue;
      const [good, bad] = this.#deps.traffic(this.#cluster, address) ?? [0, 0];
      this.#hosts.set(address, { since: undefined, backoff: 0, jitterMs: 0, good, bad });
    }
  }

  isEjected(address: string): boolean {
    return this.#hosts.get(address)?.since !== undefined;
  }

  /** A worker has seen as many failures in a row as the configuration allows. */
  onRow(address: string, kind: OutlierKind): void {
    const host = this.#hosts.get(address);
    if (host === undefined || host.since !== undefined) return;
    this.#detected(address, host, kind);
  }

  #detected(address: string, host: Watched, kind: OutlierKind): void {
    const { maxPercent, alwaysOne, enforce } = this.#settings;
    const counts = this.#counts;
    counts.detected[kind]++;
    const active = this.#active();
    const fits = (100 * (active + 1)) / this.#hosts.size <= maxPercent || (alwaysOne && active === 0);
    if (!fits) {
      counts.ejections_overflow++;
      return;
    }
    if (kind === 'consecutive_5xx' || kind === 'success_rate') counts.ejections_total++;
    if (this.#deps.clock.random() * 100 >= enforce[kind]) return;
    counts.ejections_active++;
    counts.ejections_enforced_total++;
    counts.enforced[kind]++;
    this.#eject(address, host);
  }

  #active(): number {
    return [...this.#hosts.values()].filter(({ since }) => since !== undefined).length;
  }

  #eject(address: string, host: Watched): void {
    const { baseMs, maxMs, jitterMs } = this.#settings;
    host.since = this.#deps.clock.now();
    if (baseMs * host.backoff < maxMs + baseMs) host.backoff++;
    host.jitterMs = jitterMs === 0 ? 0 : Math.floor(this.#deps.clock.random() * (jitterMs + 1));
    this.#deps.eject(this.#cluster, address, true);
  }

  #uneject(address: string, host: Watched): void {
    host.since = undefined;
    this.#counts.ejections_active--;
    this.#deps.eject(this.#cluster, address, false);
  }

  #interval(): void {
    const { baseMs, maxMs } = this.#settings;
    const now = this.#deps.clock.now();
    for (const [address, host] of this.#hosts) {
      if (host.since === undefined) {
        if (host.backoff > 0) host.backoff--;
      } else if (Math.min(baseMs * host.backoff, maxMs) + host.jitterMs <= now - host.since) {
        this.#uneject(address, host);
      }
    }
    this.#judge();
  }

  /** Hosts by what share of the last interval's requests succeeded. */
  #judge(): void {
    const rates: { address: string; host: Watched; total: number; rate: number }[] = [];
    for (const [address, host] of this.#hosts) {
      const [good, bad] = this.#deps.traffic(this.#cluster, address) ?? [0, 0];
      const [plus, minus] = [good - host.good, bad - host.bad];
      [host.good, host.bad] = [good, bad];
      const total = plus + minus;
      if (host.since === undefined && total > 0)
        rates.push({ address, host, total, rate: (100 * plus) / total });
    }
    const { successRate, failurePercentage } = this.#settings;
    const enough = rates.filter(({ total }) => total >= successRate.volume);
    if (enough.length > 0 && enough.length >= successRate.hosts) {
      const mean = enough.reduce((sum, { rate }) => sum + rate, 0) / enough.length;
      const variance = enough.reduce((sum, { rate }) => sum + (rate - mean) ** 2, 0) / enough.length;
      const least = mean - (Math.sqrt(variance) * successRate.factor) / 1000;
      for (const { address, host, rate } of enough)
        if (rate < least) this.#detected(address, host, 'success_rate');
    }
    const many = rates.filter(({ total }) => total >= failurePercentage.volume);
    if (many.length === 0 || many.length < failurePercentage.hosts) return;
    for (const { address, host, rate } of many)
      if (host.since === undefined && 100 - rate >= failurePercentage.threshold)
        this.#detected(address, host, 'failure_percentage');
  }
}
