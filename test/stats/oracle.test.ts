// Envoy's own values, shown by our renderers, compared byte by byte with what Envoy shows.
import t from 'tap';
import { StatsGroup } from '../../src/stats/generated/groups.ts';
import { groups, type Slot } from '../../src/stats/groups.ts';
import type { StatsSource } from '../../src/stats/blocks.ts';
import { DEFAULT_BOUNDS } from '../../src/stats/histogram.ts';
import { LocalBlock } from '../../src/stats/local.ts';
import { MetricNames } from '../../src/stats/metrics.ts';
import { prometheusText } from '../../src/stats/prometheus.ts';
import { type LooseStat, StatsRegistry } from '../../src/stats/registry.ts';
import { TagExtractor, type TagSpecifier } from '../../src/stats/tags.ts';
import { statsJson, statsText, type TextOptions } from '../../src/stats/text.ts';
import { oracleConfig, oracleFiles } from './oracle_config.ts';
import { envoyBinary, type RealEnvoy, request, startEnvoy, startOrigin, until } from './real_envoy.ts';

const FILTER = '^(cluster|http\\.ingress|http\\.dyn|listener\\.127|listener\\.\\[|listener_manager)';
const matches = (name: string): boolean => new RegExp(FILTER).test(name);

/** Everything that Envoy tells of its statistics. */
type Observed = {
  readonly values: ReadonlyMap<string, { readonly kind: LooseStat['kind']; readonly text: string }>;
  readonly used: ReadonlySet<string>;
  readonly histograms: ReadonlyMap<string, readonly number[]>;
};

const lines = (text: string): [string, string][] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const at = line.indexOf(': ');
      return [line.slice(0, at), line.slice(at + 2)];
    });

async function observe(envoy: RealEnvoy): Promise<Observed> {
  const of = async (query: string): Promise<[string, string][]> =>
    lines((await envoy.get(`/stats?filter=${FILTER}&${query}`)).body);
  const values = new Map<string, { kind: LooseStat['kind']; text: string }>();
  for (const [name, text] of await of('type=Counters')) values.set(name, { kind: 'counter', text });
  for (const [name, text] of await of('type=Gauges')) values.set(name, { kind: 'gauge', text });
  for (const [name, text] of await of('type=TextReadouts')) {
    values.set(name, { kind: 'text', text: text.slice(1, -1) });
  }
  const used = new Set((await of('usedonly')).map(([name]) => name));
  const details = await envoy.get(
    `/stats?filter=${FILTER}&type=Histograms&histogram_buckets=detailed&format=json`,
  );
  const [{ histograms }] = (
    JSON.parse(details.body) as {
      stats: [
        { histograms: { details: { name: string; totals: { lower_bound: number; count: number }[] }[] } },
      ];
    }
  ).stats;
  return {
    values,
    used,
    histograms: new Map(
      histograms.details.map(({ name, totals }) => [name, totals.flatMap((b) => [b.lower_bound, b.count])]),
    ),
  };
}

const BLOCKS: readonly (readonly [group: keyof typeof StatsGroup, head: string, name: string])[] = [
  ['Cluster', 'cluster.', 'origin'],
  ['Cluster', 'cluster.', 'dyn.one'],
  ['Cluster', 'cluster.', 'named'],
  ['Hcm', 'http.', 'ingress.http'],
  ['Hcm', 'http.', 'dyn'],
  ['Listener', 'listener.', '127.0.0.1_0'],
  ['Listener', 'listener.', '[__1]_0'],
  ['ListenerHcm', 'listener.', '127.0.0.1_0.http.ingress.http'],
  ['ListenerHcm', 'listener.', '[__1]_0.http.dyn'],
];

/** A registry with Envoy's values: in blocks as the data plane has them, the rest as single ones. */
function registryOf({ values, used, histograms }: Observed): StatsRegistry {
  const taken = new Set<string>();
  const slotsOf = (index: number): readonly Slot[] => groups[BLOCKS[index]?.[0] as keyof typeof groups];
  const prefixOf = (index: number): string => `${BLOCKS[index]?.[1]}${BLOCKS[index]?.[2]}.`;
  const numberOf = (name: string): number => {
    taken.add(name);
    const value = Number(values.get(name)?.text ?? 0);
    return value === 0 && used.has(name) && values.get(name)?.kind === 'counter' ? -0 : value;
  };
  const source: StatsSource = {
    statsRead: (index, into) => {
      slotsOf(index).forEach(([name, kind], at) => {
        into[at] = kind === 'histogram' || kind === 'codes' ? 0 : numberOf(prefixOf(index) + name);
      });
    },
    statsReadWorker: (index, worker, into) => {
      slotsOf(index).forEach(([name], at) => {
        into[at] = numberOf(`${prefixOf(index)}worker_${worker}.${name}`);
      });
    },
    statsHistogram: (index, slot) => {
      const name = `${prefixOf(index)}${slotsOf(index)[slot]?.[0]}`;
      taken.add(name);
      return Float64Array.from(histograms.get(name) ?? []);
    },
    statsCodes: (index, slot) => {
      const name = `${prefixOf(index)}${slotsOf(index)[slot]?.[0]}_`;
      const found = [...values.keys()].filter(
        (n) => n.startsWith(name) && /^\d{3}$/.test(n.slice(name.length)),
      );
      for (const one of found) taken.add(one);
      return Float64Array.from(found.flatMap((n) => [Number(n.slice(name.length)), numberOf(n)]));
    },
    statsResetCounters: () => undefined,
  };
  const registry = new StatsRegistry({
    source,
    workers: 2,
    loose: () =>
      [...values]
        .filter(([name]) => !taken.has(name))
        .map(([name, { kind, text }]) => ({
          name,
          kind,
          value: kind === 'text' ? text : Number(text) > 2 ** 53 ? BigInt(text) : Number(text),
          used: used.has(name),
        })),
  });
  BLOCKS.forEach(([group, , name], index) => {
    registry.added(index, StatsGroup[group], name);
  });
  // A first pass finds out which names the blocks have.
  const everything = { selection: {}, type: 'All', buckets: 'none', bounds: () => DEFAULT_BOUNDS } as const;
  for (const _ of statsText(registry, everything));
  for (const [name, buckets] of histograms) {
    if (!taken.has(name)) registry.add(new HistogramBlock(name, buckets));
  }
  return registry;
}

/** One histogram of fixed buckets. */
class HistogramBlock extends LocalBlock {
  readonly #buckets: readonly number[];
  constructor(name: string, buckets: readonly number[]) {
    super(name, [['', 'histogram']]);
    this.#buckets = buckets;
  }
  override histogram(): readonly number[] {
    return this.#buckets;
  }
}

async function traffic(envoy: RealEnvoy): Promise<void> {
  const listeners = lines((await envoy.get('/listeners')).body.replaceAll('::', ': '));
  const ports = listeners.map(([name, address]) => [name, Number(address.split(':').at(-1))] as const);
  const port = (name: string): number => ports.find(([n]) => n === name)?.[1] ?? 0;
  for (const path of ['/', '/', '/a', '/status/404', '/status/503', '/status/301']) {
    await request({ host: '127.0.0.1', port: port('main') }, path);
  }
  await request({ host: '::1', port: port('dynl') }, '/');
  await until('the flush', async () => {
    const { body } = await envoy.get('/stats?filter=ingress.http.downstream_cx_length_ms');
    return /P0\(nan,\d/.test(body) ? true : undefined;
  });
  await until('the last connection to be counted', async () => {
    const { body } = await envoy.get('/stats?filter=downstream_cx_destroy$');
    return /ingress.http.downstream_cx_destroy: 6\n/.test(body) ? true : undefined;
  });
  // Two more flushes: everything is in the totals, and nothing in the interval.
  await new Promise((resolve) => setTimeout(resolve, 300));
}

const binary = envoyBinary();
const skip = binary === undefined ? 'the real Envoy is not here' : false;

async function withEnvoy(
  more: string,
  flags: readonly string[],
  check: (envoy: RealEnvoy, observed: Observed) => Promise<void>,
): Promise<void> {
  const origin = await startOrigin();
  const envoy = await startEnvoy(binary as string, oracleConfig(origin.port, more), oracleFiles, flags);
  try {
    await traffic(envoy);
    await check(envoy, await observe(envoy));
  } finally {
    await envoy.stop();
    origin.close();
  }
}

const text = (pieces: Iterable<string>): string => [...pieces].join('');
/** Sums of histograms to 12 digits: the order of their additions is nobody's business. */
const linesOf = (body: string): string[] =>
  body
    .split('\n')
    .map((line) =>
      line.replace(/^(\S+_sum(?:\{.*\})?) (\S+)$/, (_, name, n) => `${name} ${Number(n).toPrecision(12)}`),
    );

t.test('text, JSON and Prometheus as the real Envoy shows them', { skip }, async (t) => {
  await withEnvoy('', [], async (envoy, observed) => {
    const registry = registryOf(observed);
    const plain: TextOptions = {
      selection: { matches },
      type: 'All',
      buckets: 'none',
      bounds: () => DEFAULT_BOUNDS,
    };
    const cases: [string, Partial<TextOptions>][] = [
      ['', {}],
      ['usedonly', { selection: { matches, usedOnly: true } }],
      ['type=Counters', { type: 'Counters' }],
      ['type=Gauges', { type: 'Gauges' }],
      ['type=Histograms', { type: 'Histograms' }],
      ['type=TextReadouts', { type: 'TextReadouts' }],
      ['histogram_buckets=cumulative', { buckets: 'cumulative' }],
      ['histogram_buckets=disjoint', { buckets: 'disjoint' }],
      ['histogram_buckets=detailed', { buckets: 'detailed' }],
      ['histogram_buckets=summary&usedonly', { buckets: 'summary', selection: { matches, usedOnly: true } }],
    ];
    for (const [query, options] of cases) {
      const shown = await envoy.get(`/stats?filter=${FILTER}&${query}`);
      const ours = text(statsText(registry, { ...plain, ...options }));
      t.same(linesOf(ours), linesOf(shown.body), `text ${query}`);
      const json = await envoy.get(`/stats?filter=${FILTER}&${query}&format=json`);
      t.equal(text(statsJson(registry, { ...plain, ...options })), json.body, `JSON ${query}`);
    }
    const names = new MetricNames(new TagExtractor());
    const prometheus = { names, textReadouts: false, histograms: 'buckets', bounds: plain.bounds } as const;
    const queries: [string, object][] = [
      ['', {}],
      ['usedonly', { selection: { matches, usedOnly: true } }],
      ['text_readouts', { textReadouts: true }],
    ];
    for (const [query, options] of queries) {
      const shown = await envoy.get(`/stats/prometheus?filter=${FILTER}&${query}`);
      const ours = text(prometheusText(registry, { ...prometheus, selection: { matches }, ...options }));
      t.same(linesOf(ours), linesOf(shown.body), `Prometheus ${query}`);
    }
  });
});

t.test('tags of the configuration', { skip }, async (t) => {
  const variants: [string, string[], TagSpecifier[], boolean][] = [
    [
      `stats_config:
  stats_tags:
  - {tag_name: where, fixed_value: 'a "b" \\c'}
  - {tag_name: kind, regex: '^cluster\\.((.*?)\\.)'}
  - {tag_name: last.part, regex: '(\\.rq_\\w+)$'}`,
      ['--stats-tag', 'zone:east'],
      [
        { name: 'zone', fixed: 'east' },
        { name: 'where', fixed: 'a "b" \\c' },
        { name: 'kind', regex: '^cluster\\.((.*?)\\.)' },
        { name: 'last.part', regex: '(\\.rq_\\w+)$' },
      ],
      true,
    ],
    [
      `stats_config:
  use_all_default_tags: false
  stats_tags:
  - {tag_name: envoy.cluster_name}
  - {tag_name: which, regex: '(worker_(\\d+)\\.)'}`,
      [],
      [{ name: 'envoy.cluster_name' }, { name: 'which', regex: '(worker_(\\d+)\\.)' }],
      false,
    ],
  ];
  for (const [more, flags, specifiers, defaults] of variants) {
    await withEnvoy(more, flags, async (envoy, observed) => {
      const names = new MetricNames(new TagExtractor(specifiers, defaults));
      const shown = await envoy.get(`/stats/prometheus?filter=${FILTER}`);
      const ours = text(
        prometheusText(registryOf(observed), {
          names,
          textReadouts: false,
          histograms: 'buckets',
          bounds: () => DEFAULT_BOUNDS,
          selection: { matches },
        }),
      );
      t.same(linesOf(ours), linesOf(shown.body), more);
    });
  }
});
