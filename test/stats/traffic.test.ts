// The same requests through the real Envoy and through us: the same statistics, name by name.
import http from 'node:http';
import t from 'tap';
import { oracleConfig, oracleFiles } from './oracle_config.ts';
import { ATTACHE, envoyBinary, type RealEnvoy, startEnvoy, startOrigin, until } from './real_envoy.ts';

const binary = envoyBinary();
const skip = binary === undefined ? 'the real Envoy is not here' : false;

/** What Envoy has and we do not, and why. */
const ONLY_ENVOY: readonly RegExp[] = [
  /\.zone\./, // per pair of zones: not yet
  /\.update_duration$|server\.initialization_time_ms|overload\.refresh_interval_delay/, // not measured
  /default\.total_match_count$/, // transport socket matches: there are none
  /^(dns\.cares|filesystem|envoy\.overload_actions|http\.async-client|thread_local_cluster_manager)\./,
  /^http1\./, // comes with its first use
  /watchdog_(mega_)?miss$|^runtime\.|^listener_manager\.workers_pinned$/,
  /^server\.(debug_assertion_failures|dropped_stat_flushes|envoy_bug_failures|envoy_notifications|stats_recent_lookups)$/,
];
/** What we have and Envoy does not. */
const ONLY_OURS: readonly RegExp[] = [/^server\.worker_restarts$/];
/** Values that tell of the process, of time, or of which worker got a connection. */
const OWN_VALUES: readonly RegExp[] = [
  /admin/,
  /^server\./,
  /time(_ms)?$/,
  /worker_\d\./,
  /_bytes_buffered$/, // an empty gauge where Envoy leaves what came last
  /_tx_bytes_total$/, // one digit more or less of x-envoy-upstream-service-time
  /^cluster\.origin\.(upstream_cx_(rx_bytes_)?total|upstream_cx_active|upstream_cx_http1_total|upstream_rq_pending_total)$/, // pools of workers
  /^cluster\.named\.update_/, // how often the name is asked for
  /listener_create_success$/, // Envoy counts each worker
];

type Stats = ReadonlyMap<string, string>;

async function stats(proxy: RealEnvoy): Promise<Stats> {
  const { body } = await proxy.get('/stats');
  return new Map(
    body
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  );
}

/** The port of a listener. */
async function portOf(proxy: RealEnvoy, name: string): Promise<number> {
  const { body } = await proxy.get('/listeners');
  const line = body.split('\n').find((one) => one.startsWith(`${name}::`));
  return Number(line?.slice(line.lastIndexOf(':') + 1));
}

type Request = {
  readonly host?: string;
  readonly path: string;
  readonly method?: string;
  readonly body?: string;
};

function send(
  port: number,
  { host = '127.0.0.1', path, method = 'GET', body }: Request,
  agent: http.Agent,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const req = http.request({ host, port, path, method, agent, headers: { host: 'test' } }, (res) => {
      res.resume();
      res.on('end', resolve);
    });
    req.on('error', reject);
    req.end(body);
  });
}

async function traffic(proxy: RealEnvoy): Promise<void> {
  const main = await portOf(proxy, 'main');
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (const path of ['/', '/a?b=c', '/status/404', '/status/503', '/status/301', '/status/204']) {
    await send(main, { path }, agent);
  }
  await send(main, { path: '/', method: 'HEAD' }, agent);
  await send(main, { path: '/', method: 'POST', body: 'x'.repeat(5000) }, agent);
  await send(await portOf(proxy, 'dynl'), { host: '::1', path: '/' }, agent);
  agent.destroy();
  await until('connections to be closed', async () => {
    const { body } = await proxy.get('/stats?filter=(ingress.http|dyn).downstream_cx_destroy$');
    return /ingress.*: 1\n/.test(body) && /dyn.*: 1\n/.test(body) ? true : undefined;
  });
  await until('times to be shown', async () => {
    const { body } = await proxy.get('/stats?filter=(ingress.http|dyn).downstream_cx_length_ms');
    return body.split('P100').length === 3 ? true : undefined;
  });
}

const any = (patterns: readonly RegExp[], name: string): boolean =>
  patterns.some((pattern) => pattern.test(name));

t.test('statistics after the same traffic', { skip }, async (t) => {
  const origin = await startOrigin();
  const config = oracleConfig(origin.port);
  const envoy = await startEnvoy(binary as string, config, oracleFiles);
  const ours = await startEnvoy(ATTACHE, config, oracleFiles);
  try {
    await Promise.all([traffic(envoy), traffic(ours)]);
    const [theirs, mine] = await Promise.all([stats(envoy), stats(ours)]);
    t.ok(mine.size > 500, `${mine.size} statistics`);
    const missing = [...theirs.keys()].filter((name) => !mine.has(name) && !any(ONLY_ENVOY, name));
    t.same(missing, [], 'nothing is missing');
    const more = [...mine.keys()].filter((name) => !theirs.has(name) && !any(ONLY_OURS, name));
    t.same(more, [], 'nothing is invented');
    const different = [...mine].flatMap(([name, value]) => {
      const other = theirs.get(name);
      const isHistogram = value.startsWith('P0(') || other?.startsWith('P0(') === true;
      if (other === undefined || other === value || any(OWN_VALUES, name)) return [];
      // Times differ, but whether there are any does not.
      if (isHistogram && value.startsWith('P0(') === other.startsWith('P0(')) return [];
      return [`${name}: ${value}, Envoy ${other}`];
    });
    t.same(different, [], 'the same values');
  } finally {
    await envoy.stop();
    await ours.stop();
    origin.close();
  }
});
