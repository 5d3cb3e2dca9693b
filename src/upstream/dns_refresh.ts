import type { DnsAnswer, LookupFamily } from './dns.ts';
import type { NameResolver } from './dns_resolvers.ts';

/** How often a name is asked for again. Milliseconds. */
export type RefreshPolicy = {
  readonly refreshMs: number;
  /** After a failure: exponential from base to max, with jitter. Without it refreshMs. */
  readonly failure?: { readonly baseMs: number; readonly maxMs: number };
  readonly respectTtl: boolean;
  /** The least time between two lookups when the TTL decides. */
  readonly minRefreshMs: number;
  /** Up to this much is added at random. */
  readonly jitterMs: number;
};

export type DnsEvents = {
  onAttempt(): void;
  onAnswer(answer: DnsAnswer): void;
  onFailure(error: Error): void;
};

/**
 * One name kept up to date. The next lookup is scheduled when the last one has ended, so slow
 * resolvers never pile timers or queries up, and a lost answer never ends the refreshing.
 */
export class DnsTarget {
  readonly #resolver: Pick<NameResolver, 'resolve'>;
  readonly #name: string;
  readonly #family: LookupFamily;
  readonly #policy: RefreshPolicy;
  readonly #events: DnsEvents;
  readonly #random: () => number;
  #timer: NodeJS.Timeout | undefined;
  #failures = 0;
  #stopped = false;

  constructor(
    resolver: Pick<NameResolver, 'resolve'>,
    name: string,
    family: LookupFamily,
    policy: RefreshPolicy,
    events: DnsEvents,
    random: () => number = Math.random,
  ) {
    this.#resolver = resolver;
    this.#name = name;
    this.#family = family;
    this.#policy = policy;
    this.#events = events;
    this.#random = random;
  }

  start(): void {
    void this.#lookup();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #lookup(): Promise<void> {
    this.#events.onAttempt();
    let delay: number;
    try {
      const answer = await this.#resolver.resolve(this.#name, this.#family);
      if (this.#stopped) return;
      this.#failures = 0;
      delay = this.#afterAnswer(answer);
      this.#events.onAnswer(answer);
    } catch (error) {
      if (this.#stopped) return;
      delay = this.#afterFailure();
      this.#events.onFailure(error as Error);
    }
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#lookup(), delay);
    this.#timer.unref();
  }

  #afterAnswer(answer: DnsAnswer): number {
    const { refreshMs, respectTtl, minRefreshMs, jitterMs } = this.#policy;
    // A TTL of 0 would mean asking without end: the refresh rate holds, as in Envoy.
    const ttlMs = respectTtl && answer.ttl !== undefined && answer.ttl > 0 ? answer.ttl * 1000 : undefined;
    const base = ttlMs === undefined ? refreshMs : Math.max(ttlMs, minRefreshMs);
    return Math.min(base + this.#random() * jitterMs, 0x7fffffff);
  }

  #afterFailure(): number {
    const { failure, refreshMs, jitterMs } = this.#policy;
    if (failure === undefined) return Math.min(refreshMs + this.#random() * jitterMs, 0x7fffffff);
    const full = Math.min(failure.baseMs * 2 ** Math.min(this.#failures++, 30), failure.maxMs);
    return Math.max(1, full / 2 + (this.#random() * full) / 2);
  }
}
