/**
 * Statistics and the limit of all connections: settings of the whole process, so each family is a
 * process, and what tells a field from its absence is asked of the same process.
 */
import { ask, Client, eventually, type Fields, get } from '../e2e/support.ts';
import { type Case, type Family, of, type See, stat, type View } from './support.ts';

const METRICS = 'envoy.config.metrics.v3';
const CONFIG = `${METRICS}.StatsConfig`;
const MATCHER = `${METRICS}.StatsMatcher`;
const TAG = `${METRICS}.TagSpecifier`;
const LISTENER = 'envoy.config.listener.v3.Listener';
const IN_BOOTSTRAP = 'envoy.config.bootstrap.v3.Bootstrap';
const MONITOR = 'envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig';

const all = (fields: readonly string[], see: See, seen: unknown): Case => ({ fields, on: {}, see, seen });
const patterns = (text: string): Fields => ({ patterns: [{ contains: text }] });

/** The counter with the text in its name, and the one without, after a request: is it there? */
const there: See = async (view) => {
  await ask(view.port, get('/'));
  return [
    (await stat(view, 'http.$.downstream_rq_total')) !== undefined,
    (await stat(view, 'http.$.downstream_cx_total')) !== undefined,
  ];
};

const prometheus = async (view: View, pattern: RegExp): Promise<string[]> => {
  await ask(view.port, get('/'));
  return (await view.world.admin('/stats/prometheus')).split('\n').filter((line) => pattern.test(line));
};

const withConfig = (name: string, stats_config: Fields, cases: () => Case[]): Family => ({
  name,
  cases,
  bootstrap: () => ({ stats_config }),
});

const MATCH_FIELDS = [
  `${IN_BOOTSTRAP}.stats_config`,
  ...of(CONFIG, 'stats_matcher'),
  'envoy.type.matcher.v3.ListStringMatcher.patterns',
];

export const exclusion = withConfig(
  'statistics that are left out, tags, buckets',
  {
    stats_matcher: { exclusion_list: patterns('downstream_rq_total') },
    use_all_default_tags: false,
    stats_tags: [
      { tag_name: 'fixed', fixed_value: 'a-value' },
      { tag_name: 'site', regex: '^http\\.((s\\d+on)\\.)' },
    ],
    histogram_bucket_settings: [{ match: { suffix: 'downstream_rq_time' }, buckets: [7, 77_777] }],
  },
  () => [
    all([...MATCH_FIELDS, ...of(MATCHER, 'exclusion_list')], there, [false, true]),
    all(
      [...of(CONFIG, 'stats_tags'), ...of(TAG, 'tag_name fixed_value regex')],
      async (view) => {
        const lines = await prometheus(view, /^envoy_http_downstream_cx_total\{/);
        return lines.filter(
          (line) => line.includes('fixed="a-value"') && line.includes(`site="${view.name}"`),
        ).length;
      },
      1,
    ),
    all(
      of(CONFIG, 'use_all_default_tags'),
      // With the usual tags the prefix is a label of this name.
      async (view) => (await prometheus(view, /envoy_http_conn_manager_prefix/)).length,
      0,
    ),
    all(
      [
        ...of(CONFIG, 'histogram_bucket_settings'),
        ...of(`${METRICS}.HistogramBucketSettings`, 'match buckets'),
      ],
      async (view) => {
        const lines = await eventually('a histogram', async () => {
          const found = await prometheus(view, new RegExp(`downstream_rq_time_bucket\\{.*${view.name}`));
          return found.length > 0 ? found : undefined;
        });
        return lines.map((line) => /le="([^"]+)"/.exec(line)?.[1]);
      },
      ['7', '77777', '+Inf'],
    ),
  ],
);

export const inclusion = withConfig(
  'statistics that alone are kept',
  { stats_matcher: { inclusion_list: patterns('downstream_rq_total') } },
  () => [all([...of(MATCHER, 'inclusion_list')], there, [true, false])],
);

export const rejection = withConfig('no statistics', { stats_matcher: { reject_all: true } }, () => [
  all(of(MATCHER, 'reject_all'), there, [false, false]),
]);

/** Whether a request is answered; else its connection is closed. */
async function letIn(client: Client): Promise<boolean> {
  const answered = client.response().then(() => true);
  const closed = client.untilEnd().then(() => false);
  return Promise.race([answered, closed]).catch(() => false);
}

/** Whether a client is let in while another one holds the only place that there is. */
const crowded: See = async (view) => {
  // The place of the case before may not be free yet: whoever gets it keeps it.
  const first = await eventually('a place', async () => {
    const client = new Client(view.port).send(get('/'));
    if (await letIn(client)) return client;
    client.close();
    return undefined;
  });
  const next = new Client(view.port).send(get('/'));
  const both = await letIn(next);
  first.close();
  next.close();
  return both;
};

export const overload: Family = {
  name: 'a limit of connections',
  cases: () => [
    {
      fields: of(LISTENER, 'ignore_global_conn_limit'),
      on: { listener: { ignore_global_conn_limit: true } },
      off: {},
      see: crowded,
      seen: true,
      unseen: false,
    },
    {
      // Only one place: the second connection of a listener that does not ignore it is closed.
      fields: [
        `${IN_BOOTSTRAP}.overload_manager`,
        'envoy.config.overload.v3.OverloadManager.resource_monitors',
        'envoy.config.overload.v3.ResourceMonitor.typed_config',
        `${MONITOR}.max_active_downstream_connections`,
      ],
      on: {},
      off: { listener: { ignore_global_conn_limit: true } },
      see: crowded,
      seen: false,
      unseen: true,
    },
  ],
  bootstrap: () => ({
    overload_manager: {
      resource_monitors: [
        {
          name: 'envoy.resource_monitors.global_downstream_max_connections',
          typed_config: { '@type': `type.googleapis.com/${MONITOR}`, max_active_downstream_connections: 1 },
        },
      ],
    },
  }),
};
