import { compare, type Shape, type ShapeSlot, type StatsBlock } from './shape.ts';
import type { Extracted, TagExtractor } from './tags.ts';

/** Kinds of metrics, in the order in which they are shown. */
export type MetricRound = 'counters' | 'gauges' | 'texts' | 'histograms';
export const METRIC_ROUNDS: readonly MetricRound[] = ['counters', 'gauges', 'texts', 'histograms'];

/** A tag of a template: its value is a literal, or that value of the block, or the response code. */
type TemplateTag = readonly [name: string, value: string | number];
const CODE = -1;
/** Stands for any response code while a template is made. */
export const SAMPLE_CODE = '987';
/** Stands for any name while the templates of the usual names are made. */
const PLACEHOLDER = '\u0001';

/** What one statistic of a shape becomes. */
export type SlotTemplate = {
  readonly slot: ShapeSlot;
  /** The metric's name behind the block's head. */
  readonly metric: string;
  readonly tags: readonly TemplateTag[];
  /** Of the codes, only this one. */
  readonly onlyCode?: number;
};
/** A metric and the statistics that feed it, in the order of their names. */
export type Metric = { readonly name: string; readonly templates: readonly SlotTemplate[] };

/** Blocks whose statistics become the same metrics, but for the values of tags. */
export type MetricClass = Readonly<Record<MetricRound, readonly Metric[]>> & {
  /** The tags that most of its statistics have: one list for all of them. */
  readonly usualTags: readonly TemplateTag[];
};
/** What the metrics of a block are called: its head stands before the names of its class. */
export type BlockMetrics = {
  readonly cls: MetricClass;
  readonly head: string;
  /** For tags. */
  readonly values: readonly string[];
};

/** A Prometheus name: nothing but letters, digits and underscores. */
export const metricName = (name: string): string => name.replace(/[^a-zA-Z0-9_]/g, '_');
export const escapeLabel = (value: string): string =>
  /[\\"\n]/.test(value)
    ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
    : value;

function roundOf({ kind }: ShapeSlot): MetricRound {
  if (kind === 'counter' || kind === 'codes') return 'counters';
  if (kind === 'text') return 'texts';
  return kind === 'histogram' ? 'histograms' : 'gauges';
}

/** The labels of one statistic of a block, without the braces. */
export function labels(tags: readonly TemplateTag[], values: readonly string[], code?: number): string {
  return tags
    .map(([name, value]) => {
      const text = typeof value === 'string' ? value : value === CODE ? String(code) : (values[value] ?? '');
      return `${metricName(name)}="${escapeLabel(text)}"`;
    })
    .join(',');
}

/** Finds out, and remembers, what metrics the statistics of blocks are. */
export class MetricNames {
  readonly #tags: TagExtractor;
  readonly #classes = new Map<string, MetricClass>();
  /** For blocks whose names have the usual form. */
  readonly #usual = new Map<string, MetricClass>();
  readonly #known = new WeakMap<StatsBlock, BlockMetrics>();
  readonly #shapes = new Map<Shape, number>();

  constructor(tags: TagExtractor) {
    this.#tags = tags;
  }

  of(block: StatsBlock): BlockMetrics {
    const known = this.#known.get(block);
    if (known !== undefined) return known;
    if (block.tagged !== undefined) return this.#taggedOf(block, block.tagged);
    // A block of one statistic is made for one pass only.
    if (block.shape.single) return this.#templates(block.shape, block.prefix, '');
    const made = this.#usualOf(block) ?? this.#templates(block.shape, block.prefix);
    this.#known.set(block, made);
    return made;
  }

  /**
   * `cluster.<name>.` under Envoy's own rules: what is before the first dot of the name is the tag,
   * the rest stays in the metric's name.
   */
  #usualOf(block: StatsBlock): BlockMetrics | undefined {
    if (!this.#tags.usual) return undefined;
    const [, first = '', name = '', rest = ''] = /^(cluster|http)\.([^.]+)\.(.*)$/.exec(block.prefix) ?? [];
    if (first === '' || /(^|\.)(ext_authz|grpc|ssl|rds|user_agent|fault|http)\./.test(rest)) return undefined;
    const key = `${first} ${this.#shapeId(block.shape)}`;
    let cls = this.#usual.get(key);
    if (cls === undefined) {
      cls = this.#templates(block.shape, `${first}.${PLACEHOLDER}.`).cls;
      this.#usual.set(key, cls);
    }
    return { cls, head: `${first}.${rest}`, values: [name] };
  }

  /** Of a block of one statistic that has its tags with it. */
  #taggedOf({ shape }: StatsBlock, { name, tags }: Extracted): BlockMetrics {
    const key = JSON.stringify([this.#shapeId(shape), 'tagged', tags.map(([tag]) => tag)]);
    let cls = this.#classes.get(key);
    if (cls === undefined) {
      const slots = [...shape.scalars, ...shape.histograms];
      cls = classOf(
        slots.map((slot) => ({ slot, metric: '', tags: tags.map(([tag], i) => [tag, i] as const) })),
      );
      if (this.#classes.size < 1000) this.#classes.set(key, cls);
    }
    return { cls, head: name, values: tags.map(([, value]) => value) };
  }

  /** By the rules, for all statistics of blocks with this prefix. */
  #templates(shape: Shape, prefix: string, whole = this.#headOf(prefix)): BlockMetrics {
    const values: string[] = [];
    const slots = [...shape.scalars, ...shape.codes, ...shape.texts, ...shape.histograms];
    let head = whole;
    const extracted = slots.map((slot): Extracted => {
      const suffix = slot.kind === 'codes' ? `${slot.name}_${SAMPLE_CODE}` : slot.name;
      const made = this.#tags.extract(prefix + suffix);
      if (!made.name.startsWith(whole)) head = '';
      return made;
    });
    const templates = extracted.map(({ name, tags }, i): SlotTemplate => {
      const slot = slots[i] as ShapeSlot;
      const places = tags.map(([tag, value]): TemplateTag => [tag, placeOf(slot, value, prefix, values)]);
      return { slot, metric: name.slice(head.length), tags: places };
    });
    const key = JSON.stringify([this.#shapeId(shape), templates.map(({ metric, tags }) => [metric, tags])]);
    let cls = this.#classes.get(key);
    if (cls === undefined) {
      cls = classOf(templates);
      // Names of any kind may come from the configuration's own rules.
      if (!shape.single && this.#classes.size < 1000) this.#classes.set(key, cls);
    }
    return { cls, head, values };
  }

  /** What all metrics of a block begin with, as a rule. */
  #headOf(prefix: string): string {
    return this.#tags.extract(`${prefix}x`).name.slice(0, -1);
  }

  #shapeId(shape: Shape): number {
    let id = this.#shapes.get(shape);
    if (id === undefined) {
      id = this.#shapes.size;
      this.#shapes.set(shape, id);
    }
    return id;
  }
}

/** A value that is part of the block's own name is the block's; another one belongs to the class. */
function placeOf(slot: ShapeSlot, value: string, prefix: string, values: string[]): string | number {
  if (slot.kind === 'codes' && value === SAMPLE_CODE) return CODE;
  if (!prefix.includes(value)) return value;
  const known = values.indexOf(value);
  return known >= 0 ? known : values.push(value) - 1;
}

function classOf(all: readonly SlotTemplate[]): MetricClass {
  // Equal lists of tags become one, to be told apart by identity.
  const lists = new Map<string, { readonly tags: readonly TemplateTag[]; count: number }>();
  const templates = all.map((template) => {
    const key = JSON.stringify(template.tags);
    const list = lists.get(key) ?? { tags: template.tags, count: 0 };
    list.count++;
    lists.set(key, list);
    return { ...template, tags: list.tags };
  });
  const [usual] = [...lists.values()].sort((a, b) => b.count - a.count);
  return {
    counters: metricsOf(templates, 'counters'),
    gauges: metricsOf(templates, 'gauges'),
    texts: metricsOf(templates, 'texts'),
    histograms: metricsOf(templates, 'histograms'),
    usualTags: usual?.tags ?? [],
  };
}

/** The metrics of one round by name, each with what feeds it. */
function metricsOf(templates: readonly SlotTemplate[], round: MetricRound): Metric[] {
  const metrics = new Map<string, SlotTemplate[]>();
  for (const template of templates) {
    if (roundOf(template.slot) !== round) continue;
    const list = metrics.get(template.metric);
    if (list === undefined) metrics.set(template.metric, [template]);
    else list.push(template);
  }
  return [...metrics]
    .map(([name, list]) => ({ name, templates: list.sort((a, b) => compare(a.slot.name, b.slot.name)) }))
    .sort((a, b) => compare(a.name, b.name));
}
