import t from 'tap';
import { statsDisplay } from '../../src/stats/config.ts';
import { DEFAULT_BOUNDS } from '../../src/stats/histogram.ts';
import { StatsRegistry } from '../../src/stats/registry.ts';
import { TagExtractor } from '../../src/stats/tags.ts';

const none = new Map<string, string>();

t.test('without a configuration: all statistics, the usual tags and buckets', async (t) => {
  const display = statsDisplay(undefined, none);
  t.equal(display.allowed, undefined);
  t.equal(display.bounds('x'), DEFAULT_BOUNDS);
  t.ok(display.tags.usual);
});

t.test('which statistics there are', async (t) => {
  const patterns = [
    { prefix: 'cluster.a.' },
    { suffix: '_ACTIVE', ignore_case: true },
    { safe_regex: { regex: 'listener.*total' } },
    { contains: 'rver.st' },
    { exact: 'server.live' },
  ];
  const names: [string, boolean][] = [
    ['cluster.a.x', true],
    ['cluster.b.x', false],
    ['http.x.downstream_cx_active', true],
    ['listener.1.downstream_cx_total', true],
    ['a.listener.1.downstream_cx_total', false],
    ['server.state', true],
    ['server.live', true],
    ['server.live2', false],
  ];
  const included = statsDisplay({ stats_matcher: { inclusion_list: { patterns } } }, none).allowed;
  const excluded = statsDisplay({ stats_matcher: { exclusion_list: { patterns } } }, none).allowed;
  for (const [name, yes] of names) {
    t.equal(included?.(name), yes, name);
    t.equal(excluded?.(name), !yes, name);
  }
  t.equal(statsDisplay({ stats_matcher: { reject_all: true } }, none).allowed?.('x'), false);
  t.equal(statsDisplay({ stats_matcher: { reject_all: false } }, none).allowed, undefined);
});

t.test('a restriction holds beside a filter', async (t) => {
  const registry = new StatsRegistry({ source: {} as never, workers: 1 });
  t.equal(registry.select({}).matches, undefined);
  registry.restrict((name) => name.startsWith('a'));
  t.equal(registry.select({}).matches?.('ab'), true);
  const both = registry.select({ usedOnly: true, matches: (name) => name.endsWith('b') });
  t.same(
    [both.usedOnly, both.matches?.('ab'), both.matches?.('ac'), both.matches?.('bb')],
    [true, true, false, false],
  );
});

t.test('buckets', async (t) => {
  const { bounds } = statsDisplay(
    {
      histogram_bucket_settings: [
        { match: { prefix: 'http.' }, buckets: [10, 1, 5] },
        { match: { suffix: '_ms' }, buckets: [2] },
      ],
    },
    none,
  );
  t.same(bounds('http.x_ms'), [1, 5, 10]);
  t.same(bounds('x_ms'), [2]);
  t.equal(bounds('y'), DEFAULT_BOUNDS);
});

t.test('tags', async (t) => {
  const { tags } = statsDisplay(
    {
      use_all_default_tags: { $type: 'google.protobuf.BoolValue', value: false },
      stats_tags: [
        { tag_name: 'envoy.cluster_name' },
        { tag_name: 'kind', regex: '_((\\w+)_total)$' },
        { tag_name: 'f', fixed_value: 'v' },
      ],
    },
    new Map([['zone', 'east']]),
  );
  t.same(tags.extract('cluster.a.upstream_cx_total'), {
    name: 'cluster.upstream_',
    tags: [
      ['zone', 'east'],
      ['kind', 'cx'],
      ['f', 'v'],
      ['envoy.cluster_name', 'a'],
    ],
  });
  t.throws(() => statsDisplay({ stats_tags: [{ tag_name: 'x' }] }, none), /no default regex for name: 'x'/);
  t.throws(
    () =>
      new TagExtractor([
        { name: 'x', fixed: '1' },
        { name: 'x', fixed: '2' },
      ]),
    /'x' specified twice/,
  );
  t.throws(() => statsDisplay({ stats_tags: [{ tag_name: 'x', regex: '(' }] }, none), /regular expression/);
});

t.test("Envoy's own rules", async (t) => {
  const extractor = new TagExtractor();
  const cases: [string, string, string[]][] = [
    ['cluster.origin.upstream_rq_200', 'cluster.upstream_rq', ['response_code=200', 'cluster_name=origin']],
    ['cluster.a.b.upstream_rq_2xx', 'cluster.b.upstream_rq_xx', ['response_code_class=2', 'cluster_name=a']],
    [
      'listener.[__1]_80.worker_1.downstream_cx_total',
      'listener.worker_downstream_cx_total',
      ['worker_id=1', 'listener_address=[__1]_80'],
    ],
    [
      'listener.1.2.3.4_80.http.x.downstream_rq_5xx',
      'listener.http.downstream_rq_xx',
      ['response_code_class=5', 'http_conn_manager_prefix=x', 'listener_address=1.2.3.4_80'],
    ],
    ['listener.admin.downstream_cx_total', 'listener.admin.downstream_cx_total', []],
    ['http.x.rds.r.1.version', 'http.rds.version', ['rds_route_config=r.1', 'http_conn_manager_prefix=x']],
    [
      'http.x.user_agent.ios.total',
      'http.user_agent.total',
      ['http_user_agent=ios', 'http_conn_manager_prefix=x'],
    ],
    ['tcp.p.downstream_cx_total', 'tcp.downstream_cx_total', ['tcp_prefix=p']],
    [
      'listener.1.2.3.4_443.ssl.ciphers.ECDHE-RSA',
      'listener.ssl.ciphers',
      ['ssl_cipher=ECDHE-RSA', 'listener_address=1.2.3.4_443'],
    ],
    [
      'vhost.v.vcluster.other.upstream_rq_timeout',
      'vhost.vcluster.upstream_rq_timeout',
      ['virtual_cluster=other', 'virtual_host=v'],
    ],
    ['cluster_manager.cds.version', 'cluster_manager.cds.version', []],
  ];
  for (const [name, metric, tags] of cases) {
    const extracted = extractor.extract(name);
    t.equal(extracted.name, metric);
    t.same(
      extracted.tags.map(([tag, value]) => `${tag.replace('envoy.', '')}=${value}`),
      tags,
    );
  }
});
