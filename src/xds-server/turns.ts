/** Something that has work now and then, in steps. */
export interface Worker {
  /** One step. True: there is more to do. */
  step(): boolean;
}

/** So long streams are served before the rest of the program has its turn. */
const TURN_MS = 5;

/** Gives turns to streams: many changes at once are one push, and a thousand streams do not stop the program. */
export class Turns {
  readonly #waiting = new Set<Worker>();
  #scheduled = false;

  /** Has `step` called soon, once however often this is called until then. */
  wake(worker: Worker): void {
    this.#waiting.add(worker);
    this.#schedule();
  }

  forget(worker: Worker): void {
    this.#waiting.delete(worker);
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.size === 0) return;
    this.#scheduled = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#scheduled = false;
    const end = performance.now() + TURN_MS;
    for (const worker of this.#waiting) {
      this.#waiting.delete(worker);
      if (worker.step()) this.#waiting.add(worker);
      if (performance.now() > end) break;
    }
    this.#schedule();
  }
}

export type BudgetOptions = {
  /** Bytes that may be on their way to clients that take them. */
  readonly bytes: number;
  /** Bytes that may be on their way to clients that do not. */
  readonly slowBytes: number;
  /** A client that has not taken a response for so long is slow. */
  readonly slowMs: number;
};

/** A response that is on its way. */
export interface Shipment {
  /** It has arrived, or never will. */
  done(): void;
}

/**
 * Bounds the memory of responses that are on their way. A client that does not read takes no part of it from
 * the others for long; when those are too many, the one that has kept us waiting longest is let go.
 */
export class Budget {
  readonly #options: BudgetOptions;
  readonly #waiting = new Set<() => void>();
  readonly #slow = new Map<object, { readonly size: number; readonly giveUp: () => void }>();
  #used = 0;
  #usedSlow = 0;

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  /** Bytes on their way. */
  get used(): number {
    return this.#used + this.#usedSlow;
  }

  /** Room for `size` bytes: `giveUp` ends the stream. Undefined: there is none now, `retry` is called. */
  take(size: number, retry: () => void, giveUp: () => void): Shipment | undefined {
    if (this.#used > 0 && this.#used + size > this.#options.bytes) {
      this.#waiting.add(retry);
      return undefined;
    }
    this.#used += size;
    let slow = false;
    let over = false;
    const key = {};
    const timer = setTimeout(() => {
      slow = true;
      this.#used -= size;
      this.#usedSlow += size;
      this.#slow.set(key, { size, giveUp });
      this.#limitSlow();
      this.#next();
    }, this.#options.slowMs);
    timer.unref();
    return {
      done: () => {
        if (over) return;
        over = true;
        clearTimeout(timer);
        if (slow) this.#usedSlow -= size;
        else this.#used -= size;
        this.#slow.delete(key);
        this.#next();
      },
    };
  }

  forget(retry: () => void): void {
    this.#waiting.delete(retry);
  }

  #next(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const retry of waiting) retry();
  }

  #limitSlow(): void {
    for (const [, { giveUp }] of this.#slow) {
      if (this.#usedSlow <= this.#options.slowBytes) return;
      giveUp(); // calls done()
    }
  }
}
