/** Time and chance, so that tests have their own. */
export interface Clock {
  /** ms, from any beginning. */
  now(): number;
  /** Calls once after so many ms; answers the way to stop it. */
  after(ms: number, call: () => void): () => void;
  /** Calls once when what runs now is done. */
  soon(call: () => void): void;
  /** From 0 to below 1. */
  random(): number;
}

/** The process's own. No timer of it keeps the process alive. */
export const realClock: Clock = {
  now: () => performance.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, Math.min(ms, 0x7fffffff));
    timer.unref();
    return () => clearTimeout(timer);
  },
  soon: (call) => void setImmediate(call),
  random: Math.random,
};

/** envoy.config.core.v3.BackoffStrategy: how long to wait after failures, with jitter over the whole interval. */
export class Backoff {
  readonly #base: number;
  readonly #max: number;
  readonly #clock: Clock;
  #interval: number;

  constructor(clock: Clock, baseMs = 500, maxMs = 30_000) {
    this.#clock = clock;
    this.#base = Math.max(1, baseMs);
    this.#max = Math.max(maxMs, this.#base);
    this.#interval = this.#base;
  }

  /** ms until the next attempt. */
  next(): number {
    const interval = this.#interval;
    this.#interval = Math.min(this.#max, interval * 2);
    return this.#clock.random() * interval;
  }

  reset(): void {
    this.#interval = this.#base;
  }
}

/** envoy.config.core.v3.RateLimitSettings */
export type RateLimit = { readonly maxTokens: number; readonly fillRate: number };

/** A token for each request, filled up at a steady rate. */
export class TokenBucket {
  readonly #limit: RateLimit;
  readonly #clock: Clock;
  #tokens: number;
  #filled: number;

  constructor(limit: RateLimit, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
    this.#tokens = limit.maxTokens;
    this.#filled = clock.now();
  }

  /** 0: a token was taken; otherwise ms until there is one. */
  take(): number {
    const now = this.#clock.now();
    const { maxTokens, fillRate } = this.#limit;
    this.#tokens = Math.min(maxTokens, this.#tokens + ((now - this.#filled) * fillRate) / 1000);
    this.#filled = now;
    // What rounding takes away must not become one more wait.
    if (this.#tokens >= 1 - 1e-9) {
      this.#tokens -= 1;
      return 0;
    }
    return Math.max(1, Math.ceil(((1 - this.#tokens) * 1000) / fillRate));
  }
}

/** Which resources live for a limited time, and until when. One timer for all. */
export class Lifetimes {
  readonly #clock: Clock;
  readonly #expired: (names: string[]) => void;
  readonly #ends = new Map<string, number>();
  /** When the timer is due. */
  #first = Number.POSITIVE_INFINITY;
  #stop: (() => void) | undefined;

  constructor(clock: Clock, expired: (names: string[]) => void) {
    this.#clock = clock;
    this.#expired = expired;
  }

  /** Without a time: for ever. */
  set(name: string, ttlMs: number | undefined): void {
    if (ttlMs === undefined) {
      // The timer may find that nothing is due.
      if (this.#ends.delete(name) && this.#ends.size === 0) this.#disarm();
      return;
    }
    const end = this.#clock.now() + ttlMs;
    this.#ends.set(name, end);
    if (end < this.#first) this.#arm(end);
  }

  clear(): void {
    this.#ends.clear();
    this.#disarm();
  }

  #disarm(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.#first = Number.POSITIVE_INFINITY;
  }

  #arm(first: number): void {
    this.#disarm();
    if (first === Number.POSITIVE_INFINITY) return;
    this.#first = first;
    this.#stop = this.#clock.after(Math.max(0, first - this.#clock.now()), () => this.#due());
  }

  #due(): void {
    const now = this.#clock.now();
    const names: string[] = [];
    let first = Number.POSITIVE_INFINITY;
    for (const [name, end] of this.#ends) {
      // A timer may be early by less than a millisecond.
      if (end <= now + 1) names.push(name);
      else first = Math.min(first, end);
    }
    for (const name of names) this.#ends.delete(name);
    this.#arm(first);
    if (names.length > 0) this.#expired(names);
  }
}
