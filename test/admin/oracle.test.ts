// The same configuration and the same questions to the real Envoy and to us: status, content type
// and body must be the same, but for ports, times, and what each says of itself.
import t from 'tap';
import { oracleConfig, oracleFiles } from '../stats/oracle_config.ts';
import {
  ATTACHE,
  type Answer,
  envoyBinary,
  type RealEnvoy,
  startEnvoy,
  startOrigin,
} from '../stats/real_envoy.ts';

const binary = envoyBinary();
const skip = binary === undefined ? 'the real Envoy is not here' : false;

type Pair = { readonly envoy: RealEnvoy; readonly ours: RealEnvoy };

/** What differs from process to process. */
function common(text: string, { folder }: RealEnvoy, originPort: number): string {
  return text
    .replaceAll(folder, 'FOLDER')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME')
    .replaceAll(String(originPort), '4242')
    .replace(/(127\.0\.0\.1|\[::1\]):\d+/g, '$1:PORT')
    .replace(/"port_value": \d+/g, '"port_value": PORT');
}

/** Clusters are in no order of Envoy's own. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(sorted);
    const nameOf = (item: unknown): string => {
      const one = item as {
        name?: string;
        cluster?: { name?: string };
        endpoint_config?: { cluster_name?: string };
      };
      return one.name ?? one.cluster?.name ?? one.endpoint_config?.cluster_name ?? '';
    };
    return items.every((item) => typeof item === 'object' && item !== null && nameOf(item) !== '')
      ? items.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
      : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, sorted(child)]));
}

/** What a bootstrap says of the proxy itself. */
function withoutSelf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSelf);
  if (typeof value !== 'object' || value === null) return value;
  const own = ['user_agent_name', 'user_agent_build_version', 'extensions'];
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !own.includes(key))
      .map(([key, child]) => [key, withoutSelf(child)]),
  );
}

function shape(answer: Answer, proxy: RealEnvoy, originPort: number): object {
  const { status, headers } = answer;
  const type = headers['content-type'] ?? '';
  const body = common(answer.body, proxy, originPort);
  const seen = type.startsWith('application/json')
    ? withoutSelf(sorted(JSON.parse(body.replace(/: PORT/g, ': 0'))))
    : body;
  return {
    status,
    type,
    cache: headers['cache-control'],
    // Envoy says it twice with errors of /config_dump.
    nosniff: String(headers['x-content-type-options']).replace('nosniff, nosniff', 'nosniff'),
    server: headers.server,
    // Text compared in full, with the order of keys; lines of clusters in any order.
    body: typeof seen === 'string' ? seen.split('\n').sort() : JSON.stringify(seen, null, 1).split('\n'),
  };
}

async function withBoth(
  check: (pair: Pair, same: (path: string, method?: string) => Promise<[object, object]>) => Promise<void>,
): Promise<void> {
  const origin = await startOrigin();
  const config = oracleConfig(origin.port);
  const envoy = await startEnvoy(binary as string, config, oracleFiles);
  const ours = await startEnvoy(ATTACHE, config, oracleFiles);
  try {
    await check({ envoy, ours }, async (path, method = 'GET') => {
      const [theirs, mine] = await Promise.all([envoy.get(path, { method }), ours.get(path, { method })]);
      return [shape(mine, ours, origin.port), shape(theirs, envoy, origin.port)];
    });
  } finally {
    await envoy.stop();
    await ours.stop();
    origin.close();
  }
}

const QUESTIONS: readonly (string | [path: string, method: string])[] = [
  '/ready',
  '/certs',
  '/clusters',
  '/clusters?format=json',
  '/clusters?filter=orig',
  '/clusters?filter=(',
  '/clusters?filter=nothing&format=json',
  '/listeners',
  '/listeners?format=json',
  '/init_dump',
  '/hot_restart_version',
  '/config_dump',
  '/config_dump?include_eds',
  '/config_dump?resource=static_clusters',
  '/config_dump?resource=dynamic_active_clusters&mask=cluster.name',
  '/config_dump?resource=static_listeners&mask=listener.name',
  '/config_dump?resource=dynamic_listeners&mask=active_state.version_info,name',
  '/config_dump?resource=bootstrap&mask=bootstrap.node.id',
  '/config_dump?resource=bogus',
  '/config_dump?resource=ecds_filters',
  '/config_dump?resource=dynamic_warming_clusters',
  '/config_dump?resource=static_clusters&name_regex=orig.*',
  '/config_dump?resource=dynamic_endpoint_configs&include_eds',
  '/config_dump?resource=static_endpoint_configs&include_eds',
  '/config_dump?resource=dynamic_route_configs',
  '/config_dump?resource=static_route_configs',
  '/config_dump?name_regex=nothing&include_eds',
  '/config_dump?name_regex=(',
  '/config_dump?mask=bogus',
  '/config_dump?mask=static_clusters',
  '/config_dump?mask=static_clusters.cluster',
  '/config_dump?mask=bootstrap.node.id',
  '/config_dump?mask=dynamic_listeners,bootstrap.admin',
  '/config_dump?mask=version_info',
  '/stats?format=bogus',
  '/stats?type=bogus',
  '/stats?histogram_buckets=bogus',
  '/stats?histogram_buckets=prometheusnative',
  '/stats?filter=(',
  '/stats?filter=nothing-here',
  '/stats?filter=nothing-here&format=json',
  '/stats?filter=^cluster\\.(named|dyn.one)\\.upstream_(cx|rq)_(total|active)',
  '/stats?filter=%5Ecluster%5C.origin%5C.lb_&invert_filter&type=TextReadouts',
  '/stats?usedonly&filter=^(server\\.state|listener_manager\\.workers_started)',
  '/stats?usedonly&filter=^(cluster_manager\\.cds|listener_manager\\.lds)\\.(update_success|update_rejected)$',
  '/stats/prometheus?filter=(',
  '/stats/prometheus?filter=nothing-here',
  '/stats/prometheus?histogram_buckets=bogus',
  '/stats/prometheus?histogram_buckets=detailed',
  '/stats?format=prometheus&filter=^cluster\\.named\\.upstream_cx_(total|active)',
  '/logging',
  '/healthcheck/fail',
  '/quitquitquit',
  ['/ready', 'POST'],
  ['/ready', 'PUT'],
  ['/quitquitquit', 'DELETE'],
  ['/logging', 'POST'],
  ['/logging?level=debug', 'POST'],
  ['/logging?level=bogus', 'POST'],
  ['/logging?paths=upstream:debug,http:trace', 'POST'],
  ['/logging?paths=bogus:debug', 'POST'],
  ['/logging?paths=upstream', 'POST'],
  ['/logging?upstream=info', 'POST'],
  ['/logging?bogus=info', 'POST'],
  ['/logging?group=upstream:info', 'POST'],
  ['/logging?level=info&paths=upstream:debug', 'POST'],
  ['/logging?level=error', 'POST'],
  ['/runtime_modify', 'POST'],
  ['/runtime_modify?a=b', 'POST'],
  ['/cpuprofiler', 'POST'],
  ['/heapprofiler?enable=y', 'POST'],
  ['/reopen_logs', 'POST'],
  ['/reset_counters', 'POST'],
  ['/healthcheck/fail', 'POST'],
  '/ready',
  ['/healthcheck/ok', 'POST'],
  '/ready',
  ['/drain_listeners?graceful&skip_exit', 'POST'],
  ['/drain_listeners?inboundonly', 'POST'],
  ['/drain_listeners', 'POST'],
];

t.test('the real Envoy answers the same', { skip }, async (t) => {
  await withBoth(async (_pair, same) => {
    for (const question of QUESTIONS) {
      const [path, method] = typeof question === 'string' ? [question, 'GET'] : question;
      const [mine, theirs] = await same(path, method);
      t.same(mine, theirs, `${method} ${path}`);
    }
  });
});
