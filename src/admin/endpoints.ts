import type { Endpoint } from './reply.ts';

const STATS_PARAMETERS = {
  usedonly: { name: 'usedonly', help: 'Only include stats that have been written by system since restart' },
  filter: { name: 'filter', help: 'Regular expression (Google re2) for filtering stats' },
  invert: { name: 'invert_filter', help: 'Invert the filter regex' },
} as const;

/** All of them, by path. The texts are Envoy's. */
export const ENDPOINTS: readonly Endpoint[] = [
  { path: '/', help: 'Admin home page', load: () => import('./endpoints/home.ts') },
  { path: '/certs', help: 'print certs on machine', load: () => import('./endpoints/certs.ts') },
  {
    path: '/clusters',
    help: 'upstream cluster status',
    parameters: [
      { name: 'filter', help: 'Regular expression (Google re2) for filtering clusters by name' },
      { name: 'format', help: 'File format to use; One of (text, json)' },
    ],
    load: () => import('./endpoints/clusters.ts'),
  },
  {
    path: '/config_dump',
    help: 'dump current Envoy configs',
    parameters: [
      { name: 'resource', help: 'The resource to dump' },
      {
        name: 'mask',
        help: 'The mask to apply. When both resource and mask are specified, the mask is applied to every element in the desired repeated field so that only a subset of fields are returned. The mask is parsed as a Protobuf::FieldMask',
      },
      {
        name: 'name_regex',
        help: 'Dump only the currently loaded configurations whose names match the specified regex. Can be used with both resource and mask query parameters.',
      },
      {
        name: 'include_eds',
        help: 'Dump currently loaded configuration including EDS. See the response definition for more information',
      },
    ],
    load: () => import('./endpoints/config_dump.ts'),
  },
  {
    path: '/contention',
    help: 'dump current Envoy mutex contention stats (if enabled)',
    load: () => import('./endpoints/contention.ts'),
  },
  {
    path: '/cpuprofiler',
    help: 'enable/disable the CPU profiler',
    post: true,
    parameters: [{ name: 'enable', help: 'enables the CPU profiler; One of (y, n)' }],
    load: () => import('./endpoints/cpuprofiler.ts'),
  },
  {
    path: '/drain_listeners',
    help: 'drain listeners',
    post: true,
    parameters: [
      {
        name: 'graceful',
        help: 'When draining listeners, enter a graceful drain period prior to closing listeners. This behaviour and duration is configurable via server options or CLI',
      },
      {
        name: 'skip_exit',
        help: 'When draining listeners, drain the connections but never stop the listeners. The graceful parameter has no effect when this is set, since the drain period only delays stopping the listeners',
      },
      {
        name: 'inboundonly',
        help: 'Drains all inbound listeners. traffic_direction field in envoy_v3_api_msg_config.listener.v3.Listener is used to determine whether a listener is inbound or outbound.',
      },
    ],
    load: () => import('./endpoints/drain_listeners.ts'),
  },
  {
    path: '/healthcheck/fail',
    help: 'cause the server to fail health checks',
    post: true,
    load: () => import('./endpoints/healthcheck_fail.ts'),
  },
  {
    path: '/healthcheck/ok',
    help: 'cause the server to pass health checks',
    post: true,
    load: () => import('./endpoints/healthcheck_ok.ts'),
  },
  {
    path: '/heapprofiler',
    help: 'enable/disable the heap profiler',
    post: true,
    parameters: [{ name: 'enable', help: 'enable/disable the heap profiler; One of (y, n)' }],
    load: () => import('./endpoints/heapprofiler.ts'),
  },
  { path: '/help', help: 'print out list of admin commands', load: () => import('./endpoints/help.ts') },
  {
    path: '/hot_restart_version',
    help: 'print the hot restart compatibility version',
    load: () => import('./endpoints/hot_restart_version.ts'),
  },
  {
    path: '/init_dump',
    help: 'dump current Envoy init manager information (experimental)',
    parameters: [
      {
        name: 'mask',
        help: 'The desired component to dump unready targets. The mask is parsed as a Protobuf::FieldMask. For example, get the unready targets of all listeners with /init_dump?mask=listener`',
      },
    ],
    load: () => import('./endpoints/init_dump.ts'),
  },
  {
    path: '/listeners',
    help: 'print listener info',
    parameters: [{ name: 'format', help: 'File format to use; One of (text, json)' }],
    load: () => import('./endpoints/listeners.ts'),
  },
  {
    path: '/logging',
    help: 'query/change logging levels',
    post: true,
    parameters: [
      {
        name: 'paths',
        help: 'Change multiple logging levels by setting to <logger_name1>:<desired_level1>,<logger_name2>:<desired_level2>. If fine grain logging is enabled, use __FILE__ or a glob experision as the logger name. For example, source/common*:warning',
      },
      {
        name: 'group',
        help: 'Change given logger group to desired level, set to <logger_group_name>:<desired_level>. logger_group_name must be a logger name.',
      },
      {
        name: 'level',
        help: "desired logging level, this will change all loggers's level; One of (, trace, debug, info, warning, error, critical, off)",
      },
    ],
    load: () => import('./endpoints/logging.ts'),
  },
  {
    path: '/memory',
    help: 'print current allocation/heap usage',
    load: () => import('./endpoints/memory.ts'),
  },
  {
    path: '/quitquitquit',
    help: 'exit the server',
    post: true,
    load: () => import('./endpoints/quitquitquit.ts'),
  },
  {
    path: '/ready',
    help: 'print server state, return 200 if LIVE, otherwise return 503',
    load: () => import('./endpoints/ready.ts'),
  },
  {
    path: '/reopen_logs',
    help: 'reopen access logs',
    post: true,
    load: () => import('./endpoints/reopen_logs.ts'),
  },
  {
    path: '/reset_counters',
    help: 'reset all counters to zero',
    post: true,
    load: () => import('./endpoints/reset_counters.ts'),
  },
  { path: '/runtime', help: 'print runtime values', load: () => import('./endpoints/runtime.ts') },
  {
    path: '/runtime_modify',
    help: 'Adds or modifies runtime values as passed in query parameters. To delete a previously added key, use an empty string as the value. Note that deletion only applies to overrides added via this endpoint; values loaded from disk can be modified via override but not deleted. E.g. ?key1=value1&key2=value2...',
    post: true,
    load: () => import('./endpoints/runtime_modify.ts'),
  },
  {
    path: '/server_info',
    help: 'print server version/status information',
    load: () => import('./endpoints/server_info.ts'),
  },
  {
    path: '/stats',
    help: 'print server stats',
    parameters: [
      STATS_PARAMETERS.usedonly,
      STATS_PARAMETERS.filter,
      STATS_PARAMETERS.invert,
      { name: 'format', help: 'Format to use; One of (html, active-html, text, json)' },
      {
        name: 'type',
        help: 'Stat types to include.; One of (All, Counters, Histograms, Gauges, TextReadouts)',
      },
      {
        name: 'histogram_buckets',
        help: 'Histogram bucket display mode; One of (cumulative, disjoint, detailed, summary)',
      },
    ],
    load: () => import('./endpoints/stats.ts'),
  },
  {
    path: '/stats/prometheus',
    help: 'print server stats in prometheus format',
    parameters: [
      STATS_PARAMETERS.usedonly,
      {
        name: 'text_readouts',
        help: 'Render text_readouts as new gaugues with value 0 (increases Prometheus data size)',
      },
      STATS_PARAMETERS.filter,
      STATS_PARAMETERS.invert,
      { name: 'histogram_buckets', help: 'Histogram bucket display mode; One of (cumulative, summary)' },
    ],
    load: () => import('./endpoints/prometheus.ts'),
  },
];

/** /help, and what follows an unknown path. */
export function helpText(): string {
  const lines = ENDPOINTS.flatMap(({ path, help, post, parameters = [] }) => [
    `  ${path}${post === true ? ' (POST)' : ''}: ${help}`,
    ...parameters.map((parameter) => `      ${parameter.name}: ${parameter.help}`),
  ]);
  return `admin commands are:\n${lines.join('\n')}\n`;
}
