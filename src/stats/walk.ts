import type { Buckets } from './histogram.ts';
import { compare, isBorn, isUsed, type Shape, type ShapeSlot, type StatsBlock } from './shape.ts';

/** Names come in three rounds, as in Envoy's outputs; within each in the order of names. */
export type Round = 'texts' | 'scalars' | 'histograms';

/** Which statistics are wanted. */
export type Selection = {
  readonly usedOnly?: boolean;
  /** Of the whole name. */
  readonly matches?: (name: string) => boolean;
  readonly kinds?: 'all' | 'counters' | 'gauges';
};

/** Told of each statistic in turn. `value` is a text readout's text, a number, or a wide gauge's digits. */
export interface Visitor {
  text(name: string, value: string): void;
  scalar(name: string, value: number | string): void;
  histogram(name: string, buckets: Buckets): void;
}

type Item = { readonly suffix: string; readonly value: number | string | Buckets };

/** A block whose statistics are being told, in turn with those of others. */
class Cursor {
  readonly prefix: string;
  readonly #items: readonly Item[];
  #at = 0;
  head: string | undefined;

  constructor(prefix: string, items: readonly Item[]) {
    this.prefix = prefix;
    this.#items = items;
    this.head = items.length === 0 ? undefined : prefix + (items[0] as Item).suffix;
  }
  get value(): Item['value'] {
    return (this.#items[this.#at] as Item).value;
  }
  advance(): void {
    const next = this.#items[++this.#at];
    this.head = next === undefined ? undefined : this.prefix + next.suffix;
  }
}

/** Reads blocks; one for each pass, because it owns the memory that they are read into. */
export class BlockReader {
  readonly #selection: Selection;
  #values = new Float64Array(512);

  constructor(selection: Selection) {
    this.#selection = selection;
  }

  /** The counters and gauges of a block by place; valid until the next call. */
  values(block: StatsBlock): Float64Array {
    if (this.#values.length < block.shape.size) this.#values = new Float64Array(block.shape.size * 2);
    block.read(this.#values);
    return this.#values;
  }

  /** The items of one round that the selection wants, in order. */
  items(block: StatsBlock, round: Round): Item[] {
    const items =
      round === 'scalars'
        ? this.#scalars(block)
        : round === 'texts'
          ? this.#texts(block)
          : this.#histograms(block);
    const { matches } = this.#selection;
    return matches === undefined ? items : items.filter(({ suffix }) => matches(block.prefix + suffix));
  }

  #scalars(block: StatsBlock): Item[] {
    const { shape } = block;
    const { usedOnly = false, kinds = 'all' } = this.#selection;
    if (shape.scalars.length === 0 && shape.codes.length === 0) return [];
    const values = this.values(block);
    const items: Item[] = [];
    for (const slot of shape.scalars) {
      if (!isBorn(slot, values) || (usedOnly && !isUsed(slot, values))) continue;
      if (kinds !== 'all' && (kinds === 'counters') !== (slot.kind === 'counter')) continue;
      items.push({ suffix: slot.name, value: shown(block, slot, values) });
    }
    if (kinds === 'gauges') return items;
    return withCodes(block, shape, items);
  }

  #texts(block: StatsBlock): Item[] {
    const items: Item[] = [];
    for (const slot of block.shape.texts) {
      const text = block.text(slot);
      if (text === undefined || (this.#selection.usedOnly === true && text === '')) continue;
      items.push({ suffix: slot.name, value: text });
    }
    return items;
  }

  #histograms(block: StatsBlock): Item[] {
    const { histograms } = block.shape;
    const items: Item[] = [];
    if (histograms.length === 0) return items;
    for (const slot of histograms) {
      const buckets = block.histogram(slot);
      if (buckets.length === 0 && (slot.bornSelf || this.#selection.usedOnly === true)) continue;
      items.push({ suffix: slot.name, value: buckets });
    }
    return items;
  }
}

/** A gauge may be read below 0 between two workers' steps. */
export function shown(block: StatsBlock, slot: ShapeSlot, values: Float64Array, row = 0): number | string {
  if (slot.kind === 'wide') return block.text(slot) ?? '0';
  const value = values[row + slot.at] as number;
  return Math.max(value, 0);
}

function withCodes(block: StatsBlock, shape: Shape, items: Item[]): Item[] {
  let any = false;
  for (const slot of shape.codes) {
    const codes = block.codes(slot);
    for (let i = 0; i < codes.length; i += 2) {
      any = true;
      items.push({ suffix: `${slot.name}_${codes[i]}`, value: codes[i + 1] as number });
    }
  }
  return any ? items.sort((a, b) => compare(a.suffix, b.suffix)) : items;
}

/**
 * Tells a visitor of all statistics of one round in the order of their names. Yields after each block,
 * so that the thread can do something else in between.
 */
export function* walk(
  blocks: readonly StatsBlock[],
  round: Round,
  selection: Selection,
  visitor: Visitor,
): Generator<undefined, void> {
  const reader = new BlockReader(selection);
  const tell = (name: string, value: Item['value']): void => {
    if (round === 'scalars') visitor.scalar(name, value as number | string);
    else if (round === 'texts') visitor.text(name, value as string);
    else visitor.histogram(name, value as Buckets);
  };
  let open: Cursor[] = [];
  /** Tells everything that comes before `limit`. */
  const drain = (limit: string | undefined): void => {
    while (open.length > 0) {
      let first = open[0] as Cursor;
      for (const cursor of open) if ((cursor.head as string) < (first.head as string)) first = cursor;
      const name = first.head as string;
      if (limit !== undefined && name >= limit) return;
      tell(name, first.value);
      first.advance();
      if (first.head === undefined) open = open.filter((cursor) => cursor !== first);
    }
  };
  for (let i = 0; i < blocks.length; i++) {
    const block = blocks[i] as StatsBlock;
    if (open.length > 0) drain(block.prefix);
    const items = reader.items(block, round);
    const next = blocks[i + 1]?.prefix;
    if (open.length === 0 && (next === undefined || !next.startsWith(block.prefix))) {
      // The usual case: nothing of another block comes between its names.
      for (const { suffix, value } of items) tell(block.prefix + suffix, value);
    } else if (items.length > 0) {
      open.push(new Cursor(block.prefix, items));
    }
    yield undefined;
  }
  drain(undefined);
}
