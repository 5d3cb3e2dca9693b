import type { Buckets } from './histogram.ts';
import type { Slot, SlotOptions } from './groups.ts';
import type { Extracted } from './tags.ts';

/**
 * What a statistic of a block is. Beside the data plane's kinds (src/stats/groups.ts): `wide`, a gauge
 * of 64 bits, and `text`, a text readout.
 */
export type ShownKind = Slot[1] | 'wide' | 'text';
export type ShownSlot = readonly [name: string, kind: ShownKind, options?: ShownOptions];
export type ShownOptions = SlotOptions & {
  /** A gauge that counts as used though it is 0. */
  readonly always?: boolean;
};

/** One statistic of a shape, with names of others resolved to their places. */
export type ShapeSlot = {
  readonly name: string;
  readonly kind: ShownKind;
  readonly at: number;
  readonly bornSelf: boolean;
  /** Place of the counter that it is born with, -1: from the start. */
  readonly bornWith: number;
  readonly usedWith: number;
  readonly always: boolean;
};

/** The statistics that all blocks of a kind have, each at its place. */
export class Shape {
  readonly size: number;
  /** One statistic without a name of its own: the block's prefix is the name. */
  readonly single: boolean;
  /** By name; counters, gauges and codes; without those that are never shown. */
  readonly scalars: readonly ShapeSlot[];
  readonly texts: readonly ShapeSlot[];
  readonly histograms: readonly ShapeSlot[];
  readonly codes: readonly ShapeSlot[];

  constructor(slots: readonly ShownSlot[]) {
    const places = new Map(slots.map(([name], at) => [name, at]));
    const place = (name: string | undefined): number => {
      if (name === undefined || name === 'self' || name === 'never') return -1;
      const at = places.get(name);
      if (at === undefined) throw new Error(`there is no statistic '${name}' beside it`);
      return at;
    };
    const all = slots
      .map(([name, kind, options], at) => ({
        name,
        kind,
        at,
        bornSelf: options?.born === 'self',
        bornWith: place(options?.born),
        usedWith: place(options?.usedWith),
        always: options?.always === true,
        never: options?.born === 'never',
      }))
      .filter(({ never }) => !never)
      .sort((a, b) => compare(a.name, b.name));
    this.size = slots.length;
    this.single = slots.length === 1 && slots[0]?.[0] === '';
    this.codes = all.filter(({ kind }) => kind === 'codes');
    this.texts = all.filter(({ kind }) => kind === 'text');
    this.histograms = all.filter(({ kind }) => kind === 'histogram');
    this.scalars = all.filter(({ kind }) => kind !== 'text' && kind !== 'histogram' && kind !== 'codes');
  }
}

/** The order of bytes, which is Envoy's order of names. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A counter or gauge that something happened to. `row`: where the block's values begin. A counter that was set back is -0. */
export function isUsed(slot: ShapeSlot, values: Float64Array, row = 0): boolean {
  const value = values[row + slot.at] as number;
  if (value !== 0) return true;
  if (slot.kind === 'counter') return Object.is(value, -0);
  return slot.always || (slot.usedWith >= 0 && wasCounted(values[row + slot.usedWith] as number));
}

/** Whether the statistic exists; what is absent from a block is NaN. */
export function isBorn(slot: ShapeSlot, values: Float64Array, row = 0): boolean {
  const value = values[row + slot.at] as number;
  if (Number.isNaN(value)) return false;
  if (slot.bornSelf) return wasCounted(value);
  return slot.bornWith < 0 || wasCounted(values[row + slot.bornWith] as number);
}

const wasCounted = (value: number): boolean => value !== 0 || Object.is(value, -0);

/** The statistics of one thing: a listener, a connection manager, a cluster. */
export interface StatsBlock {
  /** `cluster.shop.`: stands before the names of the shape. */
  readonly prefix: string;
  readonly shape: Shape;
  /** The metric and its tags, where they are known without the rules for names. */
  readonly tagged?: Extracted;
  /** Fills in counters and gauges by place; NaN for one that does not exist here. */
  read(values: Float64Array): void;
  /** A text readout, or the digits of a wide gauge; undefined: it does not exist here. */
  text(slot: ShapeSlot): string | undefined;
  histogram(slot: ShapeSlot): Buckets;
  /** Response codes that were seen, and counts, in pairs. */
  codes(slot: ShapeSlot): ArrayLike<number>;
}
