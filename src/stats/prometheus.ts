import { type Buckets, cumulative, QUANTILES, quantilesOf, sumOf, totalOf } from './histogram.ts';
import {
  type BlockMetrics,
  escapeLabel,
  labels,
  METRIC_ROUNDS,
  type Metric,
  type MetricClass,
  type MetricNames,
  type MetricRound,
  metricName,
  SAMPLE_CODE,
  type SlotTemplate,
} from './metrics.ts';
import { general } from './numbers.ts';
import type { StatsRegistry } from './registry.ts';
import { compare, isBorn, isUsed, type StatsBlock } from './shape.ts';
import { BlockReader, type Selection, shown } from './walk.ts';

export type PrometheusOptions = {
  readonly selection: Selection;
  readonly names: MetricNames;
  /** Text readouts too, as gauges of 0 with the text as a label. */
  readonly textReadouts: boolean;
  readonly histograms: 'buckets' | 'summary';
  readonly bounds: (name: string) => readonly number[];
};

/** Blocks whose metrics have the same names. */
type Group = {
  readonly head: string;
  readonly cls: MetricClass;
  readonly blocks: StatsBlock[];
  readonly labels: (readonly string[])[];
  readonly usualLabels: string[];
  /** All counters and gauges, row by row. */
  values: Float64Array;
};

const SMALL_STEP = 64;
const NONE = new Float64Array(0);

/** /stats/prometheus, in pieces; an empty piece when there is nothing yet. */
export function* prometheusText(
  registry: StatsRegistry,
  options: PrometheusOptions,
): Generator<string, void> {
  const sorting = registry.blocks();
  let step = sorting.next();
  for (; step.done !== true; step = sorting.next()) yield '';
  const groups = new Map<string, Map<MetricClass, Group>>();
  for (const block of step.value) {
    const { cls, head, values }: BlockMetrics = options.names.of(block);
    let classes = groups.get(head);
    if (classes === undefined) {
      classes = new Map();
      groups.set(head, classes);
    }
    const group = classes.get(cls);
    if (group !== undefined) {
      group.blocks.push(block);
      group.labels.push(values);
    } else {
      classes.set(cls, { head, cls, blocks: [block], labels: [values], usualLabels: [], values: NONE });
    }
    yield '';
  }
  const all = [...groups.values()].flatMap((classes) => [...classes.values()]);
  all.sort((a, b) => compare(a.head, b.head));
  const reader = new BlockReader(options.selection);
  for (const group of all) yield* readAll(group, reader);
  for (const round of METRIC_ROUNDS) {
    if (round === 'texts' && !options.textReadouts) continue;
    yield* showRound(all, round, options);
  }
}

function* readAll(group: Group, reader: BlockReader): Generator<string, void> {
  const size = group.blocks[0]?.shape.size ?? 0;
  group.values = new Float64Array(size * group.blocks.length);
  for (const [i, block] of group.blocks.entries()) {
    group.values.set(reader.values(block).subarray(0, size), i * size);
    if (i % SMALL_STEP === 0) yield '';
  }
}

type Cursor = { readonly group: Group; readonly metrics: readonly Metric[]; at: number };
const headOf = ({ group, metrics, at }: Cursor): string => group.head + (metrics[at] as Metric).name;

/** All metrics of one round in the order of their names; equal ones of several groups together. */
function* showRound(
  all: readonly Group[],
  round: MetricRound,
  options: PrometheusOptions,
): Generator<string, void> {
  let open: Cursor[] = [];
  function* drain(limit: string | undefined): Generator<string, void> {
    while (open.length > 0) {
      let name = headOf(open[0] as Cursor);
      for (const cursor of open) {
        const other = headOf(cursor);
        if (other < name) name = other;
      }
      if (limit !== undefined && name >= limit) return;
      const now = open.filter((cursor) => headOf(cursor) === name);
      yield* showMetric(
        name,
        round,
        now.map(({ group, metrics, at }) => [group, metrics[at] as Metric] as const),
        options,
      );
      for (const cursor of now) cursor.at++;
      open = open.filter(({ metrics, at }) => at < metrics.length);
    }
  }
  for (const group of all) {
    yield* drain(group.head);
    const metrics = round === 'counters' ? withCodes(group) : group.cls[round];
    if (metrics.length > 0) open.push({ group, metrics, at: 0 });
  }
  yield* drain(undefined);
}

/**
 * Counters of response codes are one metric with the code as a tag; where the configuration has taken
 * that rule away, each code is a metric of its own.
 */
function withCodes({ cls, blocks }: Group): readonly Metric[] {
  const plain = cls.counters.filter(({ name }) => !name.includes(SAMPLE_CODE));
  if (plain.length === cls.counters.length) return cls.counters;
  const metrics = [...plain];
  for (const { name, templates } of cls.counters) {
    if (!name.includes(SAMPLE_CODE)) continue;
    const codes = new Set<number>();
    for (const block of blocks) {
      for (const { slot } of templates) {
        const pairs = block.codes(slot);
        for (let i = 0; i < pairs.length; i += 2) codes.add(pairs[i] as number);
      }
    }
    for (const code of codes) {
      metrics.push({
        name: name.replace(SAMPLE_CODE, String(code)),
        templates: templates.map((template) => ({ ...template, onlyCode: code })),
      });
    }
  }
  return metrics.sort((a, b) => compare(a.name, b.name));
}

const TYPES: Readonly<Record<MetricRound, string>> = {
  counters: 'counter',
  gauges: 'gauge',
  texts: 'gauge',
  histograms: 'histogram',
};

/** Statistics of these namespaces are no ones of Envoy. */
const CUSTOM = /^istiocustom\./;
const shownName = (name: string): string =>
  CUSTOM.test(name) ? metricName(name.replace(CUSTOM, '')) : `envoy_${metricName(name)}`;

function* showMetric(
  name: string,
  round: MetricRound,
  parts: readonly (readonly [Group, Metric])[],
  options: PrometheusOptions,
): Generator<string, void> {
  // What is left behind a tag that ended the name.
  const metric = shownName(name.replace(/\.+$/, ''));
  const type = round === 'histograms' && options.histograms === 'summary' ? 'summary' : TYPES[round];
  const title = `# TYPE ${metric} ${type}\n`;
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) {
    yield* showGroup(metric, title, round, first, options);
    return;
  }
  const series: { readonly name: string; readonly lines: string }[] = [];
  for (const [group, { templates }] of parts) {
    for (let row = 0; row < group.blocks.length; row++) {
      for (const template of templates) {
        eachSeries(metric, round, group, row, template, options, (lines, own) => {
          series.push({ name: own(), lines });
        });
      }
    }
  }
  series.sort((a, b) => compare(a.name, b.name));
  yield series.length === 0 ? '' : title + series.map(({ lines }) => lines).join('');
}

/** A metric that only one group has, the usual case: its series are in order as they come. */
function* showGroup(
  metric: string,
  title: string,
  round: MetricRound,
  [group, { templates }]: readonly [Group, Metric],
  options: PrometheusOptions,
): Generator<string, void> {
  let out = '';
  let before = title;
  const add = (lines: string): void => {
    out += before + lines;
    before = '';
  };
  for (let row = 0; row < group.blocks.length; row++) {
    for (const template of templates) eachSeries(metric, round, group, row, template, options, add);
    if (row % SMALL_STEP === SMALL_STEP - 1) {
      yield out;
      out = '';
    }
  }
  yield out;
}

/** The labels of a series; those that most of a class have are made once for each block. */
function labelsOf(group: Group, row: number, { tags }: SlotTemplate, code?: number): string {
  const own = group.labels[row] as readonly string[];
  if (tags !== group.cls.usualTags) return labels(tags, own, code);
  let text = group.usualLabels[row];
  if (text === undefined) {
    text = labels(tags, own);
    group.usualLabels[row] = text;
  }
  return text;
}

/** Tells of the series that a statistic of a block is: their lines, and how to get the statistic's name. */
function eachSeries(
  metric: string,
  round: MetricRound,
  group: Group,
  row: number,
  template: SlotTemplate,
  options: PrometheusOptions,
  emit: (lines: string, name: () => string) => void,
): void {
  const { slot, onlyCode } = template;
  const block = group.blocks[row] as StatsBlock;
  const { matches, usedOnly = false } = options.selection;
  if (slot.kind === 'codes') {
    const codes = block.codes(slot);
    for (let i = 0; i < codes.length; i += 2) {
      const code = codes[i] as number;
      const name = `${block.prefix}${slot.name}_${code}`;
      if ((onlyCode !== undefined && code !== onlyCode) || (matches !== undefined && !matches(name)))
        continue;
      emit(`${metric}{${labelsOf(group, row, template, code)}} ${codes[i + 1]}\n`, () => name);
    }
    return;
  }
  const nameOf = (): string => block.prefix + slot.name;
  if (matches !== undefined && !matches(nameOf())) return;
  if (round === 'texts') {
    const text = block.text(slot);
    if (text === undefined || (usedOnly && text === '')) return;
    const label = labelsOf(group, row, template);
    emit(`${metric}{${label === '' ? '' : `${label},`}text_value="${escapeLabel(text)}"} 0\n`, nameOf);
  } else if (round === 'histograms') {
    const buckets = block.histogram(slot);
    if (buckets.length === 0 && (slot.bornSelf || usedOnly)) return;
    const label = labelsOf(group, row, template);
    if (options.histograms === 'summary') emit(summaryLines(metric, label, buckets), nameOf);
    else emit(histogramLines(metric, label, buckets, options.bounds(nameOf())), nameOf);
  } else {
    const at = row * block.shape.size;
    if (!isBorn(slot, group.values, at) || (usedOnly && !isUsed(slot, group.values, at))) return;
    const value = shown(block, slot, group.values, at);
    emit(`${metric}{${labelsOf(group, row, template)}} ${value}\n`, nameOf);
  }
}

/** Bounds as they are written in `le`. */
const writtenBounds = new WeakMap<readonly number[], readonly string[]>();

function histogramLines(metric: string, label: string, buckets: Buckets, bounds: readonly number[]): string {
  const before = label === '' ? '' : `${label},`;
  const below = cumulative(buckets, bounds);
  const total = totalOf(buckets);
  let written = writtenBounds.get(bounds);
  if (written === undefined) {
    written = bounds.map((bound) => general(bound, 32));
    writtenBounds.set(bounds, written);
  }
  const start = `${metric}_bucket{${before}le="`;
  let lines = '';
  for (let i = 0; i < bounds.length; i++) lines += `${start}${written[i]}"} ${below[i]}\n`;
  lines += `${metric}_bucket{${before}le="+Inf"} ${total}\n`;
  return `${lines}${metric}_sum{${label}} ${general(sumOf(buckets), 32)}\n${metric}_count{${label}} ${total}\n`;
}

/** Envoy shows the last flush interval here; without intervals it is everything since the start. */
function summaryLines(metric: string, label: string, buckets: Buckets): string {
  const before = label === '' ? '' : `${label},`;
  const values = buckets.length === 0 ? [] : quantilesOf(buckets);
  const lines = QUANTILES.map((quantile, i) => {
    const value = values[i];
    return `${metric}{${before}quantile="${quantile}"} ${value === undefined ? 'nan' : general(value, 32)}\n`;
  });
  const sum = general(sumOf(buckets), 32);
  return `${lines.join('')}${metric}_sum{${label}} ${sum}\n${metric}_count{${label}} ${totalOf(buckets)}\n`;
}
