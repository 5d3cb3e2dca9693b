import { type Buckets, widthOf } from './histogram.ts';
import { Shape, type ShapeSlot, type ShownSlot, type StatsBlock } from './shape.ts';

/** A histogram that this thread fills in, with Envoy's buckets. */
export class LocalHistogram {
  readonly #counts = new Map<number, number>();

  record(value: number): void {
    let bound = 0;
    if (value > 0) {
      const width = widthOf(value);
      // As the data plane computes it: two digits, then the power of ten.
      bound = (Math.floor(value / width + 1e-9) / 10) * (width * 10);
    }
    this.#counts.set(bound, (this.#counts.get(bound) ?? 0) + 1);
  }

  get buckets(): Buckets {
    return [...this.#counts].sort((a, b) => a[0] - b[0]).flat();
  }
}

/** A block that this thread counts in: the admin listener's own statistics. */
export class LocalBlock implements StatsBlock {
  readonly prefix: string;
  readonly shape: Shape;
  readonly #values: Float64Array;
  readonly #places: ReadonlyMap<string, number>;
  readonly #counters: readonly number[];
  readonly #histograms = new Map<number, LocalHistogram>();

  constructor(prefix: string, slots: readonly ShownSlot[]) {
    this.prefix = prefix;
    this.shape = new Shape(slots);
    this.#values = new Float64Array(slots.length);
    this.#places = new Map(slots.map(([name], at) => [name, at]));
    this.#counters = slots.flatMap(([, kind], at) => (kind === 'counter' ? [at] : []));
  }

  /** Adds to a counter or gauge. */
  add(name: string, n = 1): void {
    const at = this.#place(name);
    // A counter that was set back is -0, and stays in use.
    this.#values[at] = (this.#values[at] as number) + n;
  }

  set(name: string, value: number): void {
    this.#values[this.#place(name)] = value;
  }

  record(name: string, value: number): void {
    const at = this.#place(name);
    let histogram = this.#histograms.get(at);
    if (histogram === undefined) {
      histogram = new LocalHistogram();
      this.#histograms.set(at, histogram);
    }
    histogram.record(value);
  }

  /** Counters start again at 0. */
  reset(): void {
    for (const at of this.#counters) if (this.#values[at] !== 0) this.#values[at] = -0;
  }

  read(values: Float64Array): void {
    values.set(this.#values);
  }
  text(): undefined {
    return undefined;
  }
  histogram(slot: ShapeSlot): Buckets {
    return this.#histograms.get(slot.at)?.buckets ?? [];
  }
  codes(): [] {
    return [];
  }

  #place(name: string): number {
    const at = this.#places.get(name);
    if (at === undefined) throw new Error(`there is no statistic '${this.prefix}${name}'`);
    return at;
  }
}
