import {
  BlockFactory,
  type Companion,
  type Counted,
  type NativeBlock,
  type StatsCarrier,
  type StatsSource,
  serverBlocks,
} from './blocks.ts';
import type { Selection } from './walk.ts';
import { compare, Shape, type ShownSlot, type StatsBlock } from './shape.ts';

/** A single statistic that the primary keeps. Text readouts are strings. */
export type LooseStat = {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'text';
  readonly value: number | bigint | string;
  /** Counts as used though it is 0. */
  readonly used?: boolean;
};

export type RegistryOptions = {
  readonly source: StatsSource;
  /** Workers whose share of a listener's connections is shown. */
  readonly workers: number;
  /** What the primary knows of clusters. */
  readonly clusters?: Companion;
  /** The source counts for the process as a whole too, in its block of the group Server. */
  readonly process?: boolean;
  /** Single statistics, made when they are asked for. */
  readonly loose?: () => Iterable<LooseStat>;
};

/** How many names are sorted in one go. */
const RUN = 1024;

/**
 * All statistics of the process: blocks of the data plane, blocks of the primary, and single ones.
 * Nothing is kept of a value: it is read when somebody asks.
 */
export class StatsRegistry {
  readonly #source: StatsSource;
  readonly #factory: BlockFactory;
  readonly #loose: () => Iterable<LooseStat>;
  readonly #clusters: Companion | undefined;
  #allowed: ((name: string) => boolean) | undefined;
  readonly #native = new Map<number, NativeBlock>();
  /** In the order of prefixes, but for `#added` and `#removed`. */
  #sorted: StatsBlock[] = [];
  #added: StatsBlock[] = [];
  readonly #removed = new Set<StatsBlock>();
  #onReset: (() => void)[] = [];

  constructor(options: RegistryOptions) {
    this.#source = options.source;
    this.#factory = new BlockFactory(options.source, options);
    this.#loose = options.loose ?? (() => []);
    this.#clusters = options.clusters;
    if (options.process === true) this.#added.push(...serverBlocks(options.source));
  }

  /** A block of the data plane has come: the publisher tells. */
  added(index: number, group: number, name: string): void {
    const block = this.#factory.make(index, group, name);
    if (block === undefined) return;
    this.#native.set(index, block);
    this.#added.push(block);
  }

  removed(index: number): void {
    const block = this.#native.get(index);
    if (block === undefined) return;
    this.#native.delete(index);
    this.remove(block);
  }

  /** A block of the primary's own. `onReset` sets its counters back. */
  add(block: StatsBlock, onReset?: () => void): void {
    this.#added.push(block);
    if (onReset !== undefined) this.#onReset.push(onReset);
  }

  remove(block: StatsBlock): void {
    this.#removed.add(block);
  }

  /** What the data plane has counted, by block, for the process that takes over. */
  counted(): Map<string, Counted> {
    const all = new Map<string, Counted>();
    for (const block of this.#native.values()) {
      const counted = block.counted();
      if (counted !== undefined) all.set(block.key, counted);
    }
    return all;
  }

  /** Adds what another process has counted, where there is a block of that name; `gone`: without its gauges. */
  carry(to: StatsCarrier, counted: ReadonlyMap<string, Counted>, gone: boolean): void {
    if (counted.size === 0) return;
    for (const block of this.#native.values()) {
      const one = counted.get(block.key);
      if (one !== undefined) block.carry(to, one, gone);
    }
  }

  /** How many blocks there are. */
  get size(): number {
    return this.#sorted.length + this.#added.length - this.#removed.size;
  }

  /** From now on there are only those statistics (stats_matcher). */
  restrict(allowed: ((name: string) => boolean) | undefined): void {
    this.#allowed = allowed;
  }

  /** A selection among the statistics that there are. */
  select(selection: Selection): Selection {
    const allowed = this.#allowed;
    const { matches } = selection;
    if (allowed === undefined) return selection;
    return {
      ...selection,
      matches: matches === undefined ? allowed : (name) => matches(name) && allowed(name),
    };
  }

  /** /reset_counters. */
  resetCounters(): void {
    this.#source.statsResetCounters();
    for (const reset of this.#onReset) reset();
  }

  /**
   * All blocks in the order of their prefixes, with one for each single statistic. Yields now and then
   * while it sorts, so that the thread can do something else.
   */
  *blocks(): Generator<undefined, readonly StatsBlock[]> {
    this.#clusters?.begin();
    if (this.#removed.size > 0) {
      const gone = (block: StatsBlock): boolean => !this.#removed.has(block);
      this.#sorted = this.#sorted.filter(gone);
      this.#added = this.#added.filter(gone);
      this.#removed.clear();
    }
    const before = this.#sorted;
    const queue = this.#added;
    const count = queue.length;
    let runs = [before];
    for (let i = 0; i < count; i += RUN) {
      runs.push(queue.slice(i, Math.min(count, i + RUN)).sort((a, b) => compare(a.prefix, b.prefix)));
      yield undefined;
    }
    while (runs.length > 1) {
      const next: StatsBlock[][] = [];
      for (let i = 0; i < runs.length; i += 2) {
        next.push(merge(runs[i] as StatsBlock[], runs[i + 1] ?? []));
        yield undefined;
      }
      runs = next;
    }
    // Unless somebody else has done the same meanwhile.
    if (this.#sorted === before && this.#added === queue) {
      this.#sorted = runs[0] as StatsBlock[];
      this.#added = queue.slice(count);
    }
    const loose = [...this.#loose()].map((stat) => new LooseBlock(stat));
    loose.sort((a, b) => compare(a.prefix, b.prefix));
    return merge(runs[0] as StatsBlock[], loose);
  }
}

function merge(a: readonly StatsBlock[], b: readonly StatsBlock[]): StatsBlock[] {
  if (b.length === 0) return a as StatsBlock[];
  const out: StatsBlock[] = [];
  let j = 0;
  for (const block of a) {
    while (j < b.length && (b[j] as StatsBlock).prefix < block.prefix) out.push(b[j++] as StatsBlock);
    out.push(block);
  }
  while (j < b.length) out.push(b[j++] as StatsBlock);
  return out;
}

const looseShape = (kind: ShownSlot[1], always: boolean): Shape => new Shape([['', kind, { always }]]);
const LOOSE = {
  counter: [looseShape('counter', false), looseShape('counter', true)],
  gauge: [looseShape('gauge', false), looseShape('gauge', true)],
  wide: [looseShape('wide', false), looseShape('wide', true)],
  text: [looseShape('text', false), looseShape('text', true)],
} as const;

/** A single statistic as a block of one. */
class LooseBlock implements StatsBlock {
  readonly prefix: string;
  readonly shape: Shape;
  readonly #value: number | bigint | string;

  constructor({ name, kind, value, used = false }: LooseStat) {
    this.prefix = name;
    this.shape = LOOSE[typeof value === 'bigint' ? 'wide' : kind][used ? 1 : 0];
    this.#value = value;
  }

  read(values: Float64Array): void {
    const value = this.#value;
    values[0] = typeof value === 'string' ? 0 : Number(value);
  }
  text(): string {
    return String(this.#value);
  }
  histogram(): [] {
    return [];
  }
  codes(): [] {
    return [];
  }
}
