import type { Clock } from '../../xds/clock.ts';
import { Flag } from './flags.ts';
import type { HealthCheckSettings } from './settings.ts';

/** envoy.data.core.v3.HealthCheckFailureType */
export type FailureType = 'ACTIVE' | 'PASSIVE' | 'NETWORK' | 'NETWORK_TIMEOUT';

/** What a check has done to the state of its host. */
export type Transition = 'unchanged' | 'pending' | 'changed';

/** Envoy's cluster.<name>.health_check.*; the last two are gauges. */
export type HealthCounts = {
  attempt: number;
  success: number;
  failure: number;
  passive_failure: number;
  network_failure: number;
  verify_cluster: number;
  healthy: number;
  degraded: number;
};

export const noCounts = (): HealthCounts => ({
  attempt: 0,
  success: 0,
  failure: 0,
  passive_failure: 0,
  network_failure: 0,
  verify_cluster: 0,
  healthy: 0,
  degraded: 0,
});

/** Told of what happens to a host, for the event log. */
export type HealthEvent =
  | { readonly kind: 'eject'; readonly type: FailureType; readonly status: number }
  | { readonly kind: 'failure'; readonly type: FailureType; readonly first: boolean; readonly status: number }
  | { readonly kind: 'add'; readonly first: boolean }
  | { readonly kind: 'success' }
  | { readonly kind: 'degraded' }
  | { readonly kind: 'no-longer-degraded' };

/** One check of one host at a time. Told by `begin`, it answers through the session, later. */
export interface Probe {
  begin(): void;
  /** The check under way is given up. */
  timeOut(): void;
  /** For good; tells nothing any more. */
  stop(): void;
}

/** The host that a session looks after; its active flags are the session's. */
export type Checked = { flags: number };

export type SessionDeps = {
  readonly settings: HealthCheckSettings;
  readonly clock: Clock;
  readonly counts: HealthCounts;
  /** Whether the cluster was ever used. */
  readonly traffic: () => boolean;
  readonly event: (event: HealthEvent) => void;
  /** After each result; it may stop the session. */
  readonly onResult: (transition: Transition) => void;
};

/**
 * The active health checks of one host: when the next one is made, and what results make of the host. Behaves as
 * Envoy's (docs: "Health checking"): the first result counts at once, others by the thresholds, and a failure that is
 * neither of the network nor retriable at once.
 */
export class CheckSession {
  readonly host: Checked;
  readonly #deps: SessionDeps;
  #probe: Probe | undefined;
  #first = true;
  #healthy = 0;
  #unhealthy = 0;
  #stopped = false;
  #stopInterval: (() => void) | undefined;
  #stopTimeout: (() => void) | undefined;

  /** `probe` is made for the session that it tells of its results. */
  constructor(host: Checked, deps: SessionDeps, probe: (session: CheckSession) => Probe) {
    this.host = host;
    this.#deps = deps;
    if ((host.flags & Flag.FailedActive) === 0) deps.counts.healthy++;
    if ((host.flags & Flag.DegradedActive) !== 0) deps.counts.degraded++;
    this.#probe = probe(this);
  }

  /** Whether no result has come yet. */
  get first(): boolean {
    return this.#first;
  }

  start(): void {
    const { initialJitterMs } = this.#deps.settings;
    if (initialJitterMs === 0) this.#check();
    else this.#arm(this.#jittered(0, initialJitterMs));
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#stopInterval?.();
    this.#stopTimeout?.();
    const { counts } = this.#deps;
    if (!this.#has(Flag.FailedActive)) counts.healthy--;
    if (this.#has(Flag.DegradedActive)) counts.degraded--;
    this.#probe?.stop();
    this.#probe = undefined;
  }

  success(degraded: boolean): void {
    if (this.#stopped) return;
    const { counts, event, settings } = this.#deps;
    this.#unhealthy = 0;
    let transition: Transition = 'unchanged';
    if (this.#has(Flag.FailedActive)) {
      if (this.#first || ++this.#healthy === settings.healthyThreshold) {
        this.host.flags &= ~(Flag.ActiveTimeout | Flag.ExcludedImmediate | Flag.FailedActive);
        counts.healthy++;
        transition = 'changed';
        event({ kind: 'add', first: this.#first });
      } else {
        transition = 'pending';
      }
    }
    if (transition !== 'changed' && settings.logSuccess) event({ kind: 'success' });
    transition = this.#clearPending(transition);
    if (degraded !== this.#has(Flag.DegradedActive)) {
      this.host.flags ^= Flag.DegradedActive;
      // Envoy's gauge goes only up; see docs/differences.md.
      counts.degraded += degraded ? 1 : -1;
      event({ kind: degraded ? 'degraded' : 'no-longer-degraded' });
      if (transition === 'unchanged') transition = 'changed';
    }
    counts.success++;
    this.#first = false;
    this.#finish(transition, true);
  }

  failure(type: FailureType, retriable = false, status = 0): void {
    if (this.#stopped) return;
    this.#finish(this.#fail(type, retriable, status), false);
  }

  /** An answer that failed has asked to be left alone at once. */
  exclude(): void {
    this.host.flags |= Flag.ExcludedImmediate;
  }

  #fail(type: FailureType, retriable: boolean, status: number): Transition {
    const { counts, event, settings } = this.#deps;
    const network = type === 'NETWORK' || type === 'NETWORK_TIMEOUT';
    this.#healthy = 0;
    let transition: Transition = 'unchanged';
    if (!this.#has(Flag.FailedActive)) {
      if ((!network && !retriable) || ++this.#unhealthy === settings.unhealthyThreshold) {
        this.host.flags |= Flag.FailedActive;
        counts.healthy--;
        transition = 'changed';
        event({ kind: 'eject', type, status });
      } else {
        transition = 'pending';
      }
    }
    if (type === 'NETWORK_TIMEOUT' && this.#has(Flag.FailedActive)) this.host.flags |= Flag.ActiveTimeout;
    else this.host.flags &= ~Flag.ActiveTimeout;
    transition = this.#clearPending(transition);
    if (this.#first || settings.logFailures) event({ kind: 'failure', type, first: this.#first, status });
    counts.failure++;
    if (network) counts.network_failure++;
    else if (type === 'PASSIVE') counts.passive_failure++;
    this.#first = false;
    return transition;
  }

  #finish(transition: Transition, success: boolean): void {
    this.#deps.onResult(transition);
    if (this.#stopped) return;
    this.#stopTimeout?.();
    this.#arm(this.#interval(success, transition));
  }

  #has(flag: number): boolean {
    return (this.host.flags & flag) !== 0;
  }

  /** A host that was not counted until now is: that is a change whatever the result. */
  #clearPending(transition: Transition): Transition {
    if (!this.#has(Flag.PendingActive)) return transition;
    this.host.flags &= ~Flag.PendingActive;
    return 'changed';
  }

  #check(): void {
    const { clock, counts, settings } = this.#deps;
    this.#probe?.begin();
    if (this.#stopped) return;
    this.#stopTimeout?.();
    this.#stopTimeout = clock.after(settings.timeoutMs, () => {
      this.#probe?.timeOut();
      this.failure('NETWORK_TIMEOUT');
    });
    counts.attempt++;
  }

  #arm(ms: number): void {
    this.#stopInterval?.();
    this.#stopInterval = this.#deps.clock.after(ms, () => this.#check());
  }

  #interval(success: boolean, transition: Transition): number {
    const { settings, traffic } = this.#deps;
    const pending = transition === 'pending';
    if (!traffic()) {
      return this.#jittered(
        success && !pending ? settings.noTrafficHealthyMs : settings.noTrafficMs,
        settings.jitterMs,
      );
    }
    const base = success
      ? pending
        ? settings.healthyEdgeMs
        : settings.intervalMs
      : pending
        ? settings.unhealthyEdgeMs
        : settings.unhealthyMs;
    return this.#jittered(base, settings.jitterMs);
  }

  /** Never 0, which would never let anything else run. */
  #jittered(baseMs: number, jitterMs: number): number {
    const { clock, settings } = this.#deps;
    const share = Math.floor((settings.jitterPercent * baseMs) / 100);
    return Math.max(
      1,
      baseMs + Math.floor(clock.random() * share) + Math.floor(clock.random() * Math.max(0, jitterMs)),
    );
  }
}
