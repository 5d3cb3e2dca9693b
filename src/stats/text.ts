import { type Buckets, cumulative, QUANTILE_NAMES, QUANTILES, quantilesOf, widthOf } from './histogram.ts';
import { general, plainOrExponent, shortest } from './numbers.ts';
import type { StatsRegistry } from './registry.ts';
import { type Round, type Selection, type Visitor, walk } from './walk.ts';

/** How histograms are shown in text and JSON. */
export type BucketMode = 'none' | 'summary' | 'cumulative' | 'disjoint' | 'detailed';
export type TextOptions = {
  readonly selection: Selection;
  /** The only kind that is wanted. */
  readonly type: 'All' | 'Counters' | 'Gauges' | 'Histograms' | 'TextReadouts';
  readonly buckets: BucketMode;
  /** Upper bounds of a histogram's buckets. */
  readonly bounds: (name: string) => readonly number[];
};

/**
 * Envoy shows each histogram twice: of the last flush interval, and since the start. Here values are
 * read when they are asked for, not flushed, and the interval is always empty.
 */
const NOTHING = 'nan';

const ROUNDS: Readonly<Record<TextOptions['type'], readonly Round[]>> = {
  All: ['texts', 'scalars', 'histograms'],
  Counters: ['scalars'],
  Gauges: ['scalars'],
  Histograms: ['histograms'],
  TextReadouts: ['texts'],
};

function selectionOf({ selection, type }: TextOptions): Selection {
  if (type === 'Counters') return { ...selection, kinds: 'counters' };
  return type === 'Gauges' ? { ...selection, kinds: 'gauges' } : selection;
}

/** Counts between a bound and the one before. */
function disjoint(counts: readonly number[]): number[] {
  return counts.map((count, i) => count - (counts[i - 1] ?? 0));
}

function summary(buckets: Buckets): string {
  return quantilesOf(buckets)
    .map((value, i) => `P${QUANTILE_NAMES[i]}(${NOTHING},${shortest(value)})`)
    .join(' ');
}

function histogramText(name: string, buckets: Buckets, { buckets: mode, bounds }: TextOptions): string {
  if (buckets.length === 0) return `${name}: No recorded values\n`;
  if (mode === 'cumulative' || mode === 'disjoint') {
    const limits = bounds(name);
    const below = cumulative(buckets, limits);
    const counts = mode === 'disjoint' ? disjoint(below) : below;
    return `${name}: ${limits.map((limit, i) => `B${general(limit, 6)}(0,${counts[i]})`).join(' ')}\n`;
  }
  if (mode !== 'detailed') return `${name}: ${summary(buckets)}\n`;
  const totals: string[] = [];
  for (let i = 0; i < buckets.length; i += 2) {
    const low = buckets[i] as number;
    totals.push(`${general(low, 6)},${general(widthOf(low), 6)}:${buckets[i + 1]}`);
  }
  return `${name}:\n  totals=${totals.join(', ')}\n  intervals=\n  summary=${summary(buckets)}\n`;
}

/** /stats as text, in pieces; an empty piece when there is nothing yet. */
export function* statsText(registry: StatsRegistry, options: TextOptions): Generator<string, void> {
  let out = '';
  const visitor: Visitor = {
    text: (name, value) => {
      out += `${name}: "${value}"\n`;
    },
    scalar: (name, value) => {
      out += `${name}: ${value}\n`;
    },
    histogram: (name, buckets) => {
      out += histogramText(name, buckets, options);
    },
  };
  yield* rounds(registry, options, visitor, () => {
    const piece = out;
    out = '';
    return piece;
  });
}

function* rounds(
  registry: StatsRegistry,
  options: TextOptions,
  visitor: Visitor,
  take: () => string,
): Generator<string, void> {
  const sorting = registry.blocks();
  let step = sorting.next();
  for (; step.done !== true; step = sorting.next()) yield '';
  const selection = registry.select(selectionOf(options));
  for (const round of ROUNDS[options.type]) {
    for (const _ of walk(step.value, round, selection, visitor)) yield take();
    yield take();
  }
}

const numberJson = (value: number): string => (Number.isFinite(value) ? plainOrExponent(value) : 'null');
const quantilesJson = (buckets: Buckets): string =>
  buckets.length === 0
    ? QUANTILES.map(() => '{"cumulative":null,"interval":null}').join(',')
    : quantilesOf(buckets)
        .map((value) => `{"cumulative":${numberJson(value)},"interval":null}`)
        .join(',');

function bucketsJson(name: string, buckets: Buckets, { buckets: mode, bounds }: TextOptions): string {
  const limits = bounds(name);
  const below = cumulative(buckets, limits);
  const counts = mode === 'disjoint' ? disjoint(below) : below;
  const list = limits.map(
    (limit, i) => `{"upper_bound":${numberJson(limit)},"interval":0,"cumulative":${counts[i]}}`,
  );
  return `{"name":${JSON.stringify(name)},"buckets":[${list.join(',')}]}`;
}

function detailsJson(name: string, buckets: Buckets): string {
  const totals: string[] = [];
  for (let i = 0; i < buckets.length; i += 2) {
    const low = buckets[i] as number;
    totals.push(
      `{"lower_bound":${numberJson(low)},"width":${numberJson(widthOf(low))},"count":${buckets[i + 1]}}`,
    );
  }
  return `{"name":${JSON.stringify(name)},"totals":[${totals.join(',')}],"intervals":[],"percentiles":[${quantilesJson(buckets)}]}`;
}

/** What stands around the list of histograms. */
function frames(mode: BucketMode): readonly [open: string, close: string] {
  if (mode === 'cumulative' || mode === 'disjoint') return ['{"histograms":[', ']}'];
  const quantiles = `[${QUANTILE_NAMES.join(',')}]`;
  if (mode === 'detailed') return [`{"histograms":{"supported_percentiles":${quantiles},"details":[`, ']}}'];
  return [`{"histograms":{"supported_quantiles":${quantiles},"computed_quantiles":[`, ']}}'];
}

/** /stats?format=json, in pieces. */
export function* statsJson(registry: StatsRegistry, options: TextOptions): Generator<string, void> {
  const mode = options.buckets;
  const [open, close] = frames(mode);
  let out = '{"stats":[';
  let empty = true;
  let histograms = 0;
  const separate = (): string => {
    const comma = empty ? '' : ',';
    empty = false;
    return comma;
  };
  const visitor: Visitor = {
    text: (name, value) => {
      out += `${separate()}{"name":${JSON.stringify(name)},"value":${JSON.stringify(value)}}`;
    },
    scalar: (name, value) => {
      out += `${separate()}{"name":${JSON.stringify(name)},"value":${value}}`;
    },
    histogram: (name, buckets) => {
      out += histograms++ === 0 ? `${separate()}${open}` : ',';
      if (mode === 'cumulative' || mode === 'disjoint') out += bucketsJson(name, buckets, options);
      else if (mode === 'detailed') out += detailsJson(name, buckets);
      else out += `{"name":${JSON.stringify(name)},"values":[${quantilesJson(buckets)}]}`;
    },
  };
  yield* rounds(registry, options, visitor, () => {
    const piece = out;
    out = '';
    return piece;
  });
  yield `${histograms > 0 ? close : ''}]}`;
}
