import t from 'tap';
import type { Companion, StatsSource } from '../../src/stats/blocks.ts';
import { StatsGroup } from '../../src/stats/generated/groups.ts';
import { type GroupName, groups, type Slot } from '../../src/stats/groups.ts';
import { DEFAULT_BOUNDS } from '../../src/stats/histogram.ts';
import { LocalBlock } from '../../src/stats/local.ts';
import { MetricNames } from '../../src/stats/metrics.ts';
import { prometheusText } from '../../src/stats/prometheus.ts';
import { type LooseStat, StatsRegistry } from '../../src/stats/registry.ts';
import { Shape } from '../../src/stats/shape.ts';
import { TagExtractor } from '../../src/stats/tags.ts';
import { statsJson, statsText, type TextOptions } from '../../src/stats/text.ts';
import type { Selection } from '../../src/stats/walk.ts';

/** The data plane, with values by block and name. */
class Plane implements StatsSource {
  readonly values = new Map<string, number>();
  readonly codes = new Map<string, number[]>();
  readonly histograms = new Map<string, number[]>();
  readonly kinds = new Map<number, GroupName>();
  resets = 0;

  set(index: number, name: string, value: number): void {
    this.values.set(`${index} ${name}`, value);
  }
  slots(index: number): readonly Slot[] {
    return groups[this.kinds.get(index) as GroupName];
  }
  statsRead(index: number, into: Float64Array): void {
    this.slots(index).forEach(([name], at) => {
      into[at] = this.values.get(`${index} ${name}`) ?? 0;
    });
  }
  statsReadWorker(index: number, worker: number, into: Float64Array): void {
    this.slots(index).forEach(([name], at) => {
      into[at] = this.values.get(`${index} ${worker} ${name}`) ?? 0;
    });
  }
  statsHistogram(index: number, slot: number): Float64Array {
    return Float64Array.from(this.histograms.get(`${index} ${this.slots(index)[slot]?.[0]}`) ?? []);
  }
  statsCodes(index: number, slot: number): Float64Array {
    return Float64Array.from(this.codes.get(`${index} ${this.slots(index)[slot]?.[0]}`) ?? []);
  }
  statsResetCounters(): void {
    this.resets++;
  }
}

function make(options: { clusters?: Companion; loose?: LooseStat[] } = {}) {
  const plane = new Plane();
  const { clusters, loose = [] } = options;
  const registry = new StatsRegistry({ source: plane, workers: 2, clusters, loose: () => loose });
  const add = (index: number, group: GroupName, name: string): void => {
    plane.kinds.set(index, group);
    registry.added(index, StatsGroup[group], name);
  };
  return { plane, registry, add };
}

const plain: TextOptions = { selection: {}, type: 'All', buckets: 'none', bounds: () => DEFAULT_BOUNDS };
const lines = (registry: StatsRegistry, options: Partial<TextOptions> = {}): string[] =>
  [...statsText(registry, { ...plain, ...options })].join('').split('\n').slice(0, -1);
const match = (pattern: RegExp): Selection => ({ matches: (name) => pattern.test(name) });
const prometheus = (
  registry: StatsRegistry,
  selection: Selection = {},
  tags = new TagExtractor(),
): string[] =>
  [
    ...prometheusText(registry, {
      selection,
      names: new MetricNames(tags),
      textReadouts: true,
      histograms: 'buckets',
      bounds: () => [1, 10],
    }),
  ]
    .join('')
    .split('\n')
    .slice(0, -1);

t.test('names of all blocks in one order, whatever the blocks are called', async (t) => {
  const { registry, add } = make({ loose: [{ name: 'cluster.a.b', kind: 'gauge', value: 7 }] });
  // One block's names lie between those of another.
  for (const [i, name] of ['a', 'a.upstream_cx', 'a.upstream_cx_total', 'a-b', 'B', 'b:1', ''].entries()) {
    add(i + 1, 'Cluster', name);
  }
  add(20, 'Listener', '1.2.3.4_80');
  add(21, 'ListenerHcm', '1.2.3.4_80.http.x');
  const names = lines(registry, { type: 'Counters' }).map((line) => line.slice(0, line.indexOf(': ')));
  t.same(names, [...names].sort());
  t.ok(names.includes('cluster.b_1.upstream_rq_total'), 'no colons in names');
  t.ok(names.includes('listener.1.2.3.4_80.worker_1.downstream_cx_total'));
  t.same(new Set(names).size, names.length);
  t.ok(lines(registry, { type: 'Gauges' }).includes('cluster.a.b: 7'));
});

t.test('blocks that come and go', async (t) => {
  const { registry, add } = make();
  add(1, 'Cluster', 'one');
  add(2, 'Cluster', 'two');
  add(3, 'Host', 'one|10.0.0.1:80');
  t.equal(registry.size, 2, 'hosts are no statistics');
  const only = { selection: match(/upstream_rq_total/) };
  t.same(lines(registry, only), ['cluster.one.upstream_rq_total: 0', 'cluster.two.upstream_rq_total: 0']);
  registry.removed(1);
  registry.removed(3);
  registry.removed(99);
  add(4, 'Cluster', 'three');
  t.same(lines(registry, only), ['cluster.three.upstream_rq_total: 0', 'cluster.two.upstream_rq_total: 0']);
  t.equal(registry.size, 2);
});

t.test('while one reader sorts, another one comes, and a block too', async (t) => {
  const { registry, add } = make();
  for (let i = 0; i < 3000; i++) add(i + 1, 'ListenerHcm', `a.http.h${(i * 7919) % 3000}`);
  const first = registry.blocks();
  first.next();
  add(5000, 'ListenerHcm', 'a.http.zzz');
  const rest = (blocks: ReturnType<StatsRegistry['blocks']>): readonly unknown[] => {
    for (;;) {
      const step = blocks.next();
      if (step.done) return step.value;
    }
  };
  t.equal(rest(registry.blocks()).length, 3001);
  t.equal(rest(first).length, 3000);
  t.equal(rest(registry.blocks()).length, 3001);
});

t.test('what exists and what was used', async (t) => {
  const { plane, registry, add } = make();
  add(1, 'Cluster', 'c');
  const shown = (pattern: RegExp, usedOnly = false): string[] =>
    lines(registry, { selection: { ...match(pattern), usedOnly } });
  t.same(shown(/upstream_rq_\dxx|http1\.|remaining|rq_time/), ['cluster.c.upstream_rq_timeout: 0']);
  plane.set(1, 'upstream_rq_2xx', 3);
  plane.set(1, 'upstream_cx_http1_total', 1);
  plane.codes.set('1 upstream_rq', [200, 2, 204, 1]);
  plane.histograms.set('1 upstream_rq_time', [1, 3]);
  t.same(shown(/upstream_rq_(\d|t)/), [
    'cluster.c.upstream_rq_0rtt: 0',
    'cluster.c.upstream_rq_200: 2',
    'cluster.c.upstream_rq_204: 1',
    'cluster.c.upstream_rq_2xx: 3',
    'cluster.c.upstream_rq_timeout: 0',
    'cluster.c.upstream_rq_total: 0',
    'cluster.c.upstream_rq_tx_reset: 0',
    'cluster.c.upstream_rq_time: P0(nan,1.025) P25(nan,1.025) P50(nan,1.05) P75(nan,1.075) P90(nan,1.075) P95(nan,1.075) P99(nan,1.075) P99.5(nan,1.075) P99.9(nan,1.075) P100(nan,1.075)',
  ]);
  t.equal(shown(/http1\./).length, 4, 'the codec has come with its connection');
  plane.set(1, 'upstream_rq_total', 5);
  t.same(shown(/c\.upstream_rq_(total|active)|_length_ms/, true), [
    'cluster.c.upstream_rq_active: 0',
    'cluster.c.upstream_rq_total: 5',
  ]);
  plane.set(1, 'upstream_rq_total', -0);
  t.same(shown(/upstream_rq_total/, true), ['cluster.c.upstream_rq_total: 0'], 'set back, and still in use');
  plane.set(1, 'upstream_rq_active', -1);
  t.same(
    shown(/c\.upstream_rq_active$/),
    ['cluster.c.upstream_rq_active: 0'],
    'between two steps of workers',
  );
});

t.test('what the primary adds to a cluster', async (t) => {
  const clusters: Companion = {
    slots: [
      ['version', 'wide'],
      ['version_text', 'text'],
      ['update_time', 'gauge'],
      ['membership_total', 'gauge', { always: true }],
    ],
    begin: () => undefined,
    read: (name, values, at) => values.set([1, 0, name === 'eds' ? 12 : Number.NaN, 0], at),
    text: (name, place) => (place === 0 ? '12567011878008098785' : name === 'eds' ? 'v"1' : undefined),
  };
  const { registry, add } = make({ clusters });
  add(1, 'Cluster', 'eds');
  add(2, 'Cluster', 'static');
  const selection = match(/version|update_time|membership/);
  t.same(lines(registry, { selection: { ...selection, usedOnly: true } }), [
    'cluster.eds.version_text: "v"1"',
    'cluster.eds.membership_total: 0',
    'cluster.eds.update_time: 12',
    'cluster.eds.version: 12567011878008098785',
    'cluster.static.membership_total: 0',
    'cluster.static.version: 12567011878008098785',
  ]);
  t.match(JSON.parse([...statsJson(registry, { ...plain, selection })].join('')), {
    stats: [{ name: 'cluster.eds.version_text', value: 'v"1' }],
  });
  t.same(prometheus(registry, match(/version/)), [
    '# TYPE envoy_cluster_version gauge',
    'envoy_cluster_version{envoy_cluster_name="eds"} 12567011878008098785',
    'envoy_cluster_version{envoy_cluster_name="static"} 12567011878008098785',
    '# TYPE envoy_cluster_version_text gauge',
    'envoy_cluster_version_text{envoy_cluster_name="eds",text_value="v\\"1"} 0',
  ]);
});

t.test('Prometheus: metrics over all blocks, names with dots, histograms', async (t) => {
  const { plane, registry, add } = make({
    loose: [
      { name: 'server.live', kind: 'gauge', value: 1 },
      { name: 'cluster_manager.cluster_added', kind: 'counter', value: 3 },
    ],
  });
  add(1, 'Cluster', 'b');
  add(2, 'Cluster', 'a');
  add(3, 'Cluster', 'a.b.c');
  add(4, 'Cluster', 'x.b.c');
  plane.codes.set('1 upstream_rq', [200, 4, 503, 1]);
  plane.codes.set('3 upstream_rq', [200, 2]);
  plane.histograms.set('2 upstream_cx_connect_ms', [0, 1, 5, 2, 20, 1]);
  t.same(prometheus(registry, match(/upstream_rq_\d\d\d|upstream_cx_total|added|live|connect_ms/)), [
    '# TYPE envoy_cluster_b_c_upstream_cx_total counter',
    'envoy_cluster_b_c_upstream_cx_total{envoy_cluster_name="a"} 0',
    'envoy_cluster_b_c_upstream_cx_total{envoy_cluster_name="x"} 0',
    '# TYPE envoy_cluster_b_c_upstream_rq counter',
    'envoy_cluster_b_c_upstream_rq{envoy_response_code="200",envoy_cluster_name="a"} 2',
    '# TYPE envoy_cluster_upstream_cx_total counter',
    'envoy_cluster_upstream_cx_total{envoy_cluster_name="a"} 0',
    'envoy_cluster_upstream_cx_total{envoy_cluster_name="b"} 0',
    '# TYPE envoy_cluster_upstream_rq counter',
    'envoy_cluster_upstream_rq{envoy_response_code="200",envoy_cluster_name="b"} 4',
    'envoy_cluster_upstream_rq{envoy_response_code="503",envoy_cluster_name="b"} 1',
    '# TYPE envoy_cluster_manager_cluster_added counter',
    'envoy_cluster_manager_cluster_added{} 3',
    '# TYPE envoy_server_live gauge',
    'envoy_server_live{} 1',
    '# TYPE envoy_cluster_b_c_upstream_cx_connect_ms histogram',
    ...empty('envoy_cluster_b_c_upstream_cx_connect_ms', 'a'),
    ...empty('envoy_cluster_b_c_upstream_cx_connect_ms', 'x'),
    '# TYPE envoy_cluster_upstream_cx_connect_ms histogram',
    'envoy_cluster_upstream_cx_connect_ms_bucket{envoy_cluster_name="a",le="1"} 1',
    'envoy_cluster_upstream_cx_connect_ms_bucket{envoy_cluster_name="a",le="10"} 3',
    'envoy_cluster_upstream_cx_connect_ms_bucket{envoy_cluster_name="a",le="+Inf"} 4',
    'envoy_cluster_upstream_cx_connect_ms_sum{envoy_cluster_name="a"} 30.586814779038881795258930651471',
    'envoy_cluster_upstream_cx_connect_ms_count{envoy_cluster_name="a"} 4',
    ...empty('envoy_cluster_upstream_cx_connect_ms', 'b'),
  ]);
});

const empty = (metric: string, name: string): string[] => [
  ...['1', '10', '+Inf'].map((le) => `${metric}_bucket{envoy_cluster_name="${name}",le="${le}"} 0`),
  `${metric}_sum{envoy_cluster_name="${name}"} 0`,
  `${metric}_count{envoy_cluster_name="${name}"} 0`,
];

t.test('names by our short cut are the names by the rules', async (t) => {
  // A tag that is never there takes the short cut away.
  const long = new TagExtractor([{ name: 'never', regex: '(no such name)' }]);
  for (const name of ['a', 'a.b', 'a.ssl.b', 'a.ext_authz.b', 'outbound|80||x.svc', '1', 'upstream_rq_200']) {
    const { plane, registry, add } = make();
    add(1, 'Cluster', name);
    add(2, 'Hcm', name);
    add(3, 'ListenerHcm', `[__1]_80.http.${name}`);
    plane.codes.set('1 upstream_rq', [404, 1]);
    plane.set(1, 'upstream_rq_4xx', 1);
    t.same(prometheus(registry), prometheus(registry, {}, long), name);
  }
});

t.test('labels', async (t) => {
  const { registry, add } = make();
  add(1, 'ListenerHcm', '1.2.3.4_80.http.a"b\\c');
  t.same(prometheus(registry, match(/2xx/)), [
    '# TYPE envoy_listener_http_downstream_rq_xx counter',
    'envoy_listener_http_downstream_rq_xx{envoy_response_code_class="2",envoy_http_conn_manager_prefix="a\\"b\\\\c",envoy_listener_address="1.2.3.4_80"} 0',
  ]);
});

t.test('a block of this thread, and setting back', async (t) => {
  const { plane, registry } = make();
  const block = new LocalBlock('http.admin.', [
    ['total', 'counter'],
    ['active', 'gauge', { usedWith: 'total' }],
    ['time', 'histogram'],
  ]);
  registry.add(block, () => block.reset());
  block.add('total', 2);
  block.add('active');
  block.add('active', -1);
  block.record('time', 12);
  t.same(lines(registry, { type: 'Gauges', selection: { usedOnly: true } }), ['http.admin.active: 0']);
  registry.resetCounters();
  t.equal(plane.resets, 1);
  t.same(lines(registry, { selection: { usedOnly: true }, buckets: 'cumulative', bounds: () => [10, 20] }), [
    'http.admin.active: 0',
    'http.admin.total: 0',
    'http.admin.time: B10(0,0) B20(0,1)',
  ]);
  block.add('total');
  t.same(lines(registry, { type: 'Counters' }), ['http.admin.total: 1']);
  t.throws(() => block.add('other'), /no statistic 'http.admin.other'/);
  t.throws(() => new Shape([['a', 'gauge', { usedWith: 'b' }]]), /no statistic 'b'/);
});
