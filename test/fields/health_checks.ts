/**
 * Health checks: what hosts are asked, and how they are afterwards (/clusters). Time is told by a cluster that is
 * checked every 10 ms: what never happens has not happened when it was checked 40 times more.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, eventually, type Fields, get, type Json } from '../e2e/support.ts';
import { upstream } from '../e2e/tls_support.ts';
import { type Asked, asked, healthServers, offered } from './health_servers.ts';
import { type Case, type Family, of, type See, stat, type View } from './support.ts';

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const CHECK = 'envoy.config.core.v3.HealthCheck';
const HTTP = `${CHECK}.HttpHealthCheck`;
const SINK = 'envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink';
const FAST = '0.01s';
const NEVER = '3600s';
/** Of which a random part is never, too. */
const FAR = '1000000s';
const TICKS = 40;

const pipe = (path: string): Fields => ({ pipe: { path } });
const host = (address: Json, fields: Fields = {}): Fields => ({ endpoint: { address, ...fields } });
const assignment = (hosts: Json[]): Fields => ({ cluster_name: 'c', endpoints: [{ lb_endpoints: hosts }] });

/** A check that is made every 10 ms. */
const check = (fields: Fields): Fields => ({
  timeout: NEVER,
  interval: FAST,
  no_traffic_interval: FAST,
  unhealthy_threshold: 1,
  healthy_threshold: 1,
  ...fields,
});

/** A cluster that does not wait for its checks. */
const checked = (address: Json, fields: Fields, more: Fields = {}): Fields => ({
  wait_for_warm_on_init: false,
  load_assignment: assignment([host(address)]),
  health_checks: [check(fields)],
  ...more,
});

async function attempts(view: View, name = view.name): Promise<number> {
  return (await stat(view, `cluster.${name}.health_check.attempt`)) ?? 0;
}

/** Until the clock has been checked so many times more. */
async function pass(view: View): Promise<void> {
  const start = await attempts(view, 'clock');
  await eventually('time to pass', async () => (await attempts(view, 'clock')) >= start + TICKS);
}

const settled = new WeakMap<object, Promise<void>>();
/** As `pass`, once for all who ask what became of things since the start. */
function settle(view: View): Promise<void> {
  const known = settled.get(view.world) ?? pass(view);
  settled.set(view.world, known);
  return known;
}

/** How the hosts are. */
async function flags({ name, world }: View): Promise<string[]> {
  const text = await world.admin('/clusters');
  return [...text.matchAll(new RegExp(`^${name}::.*::health_flags::(.*)$`, 'gm'))].map(
    ([, found]) => found ?? '',
  );
}
const health: See = async (view) => {
  await settle(view);
  return (await flags(view))[0];
};
/** Whether checks go on, of a cluster that has been used (`traffic`) or not. */
const goesOn =
  (traffic: boolean): See =>
  async (view) => {
    await settle(view);
    if (traffic) {
      await ask(view.port, get('/'));
      // The one that was due before somebody noticed.
      await pass(view);
    }
    const start = await attempts(view);
    await pass(view);
    return (await attempts(view)) >= start + 5;
  };

let labels = 0;
/** What was asked for under a label of the configuration. */
const question =
  (label: { readonly on: string; readonly off: string }, part: (each: Asked) => unknown): See =>
  async (view) => {
    await settle(view);
    const first = asked.get(view.name.endsWith('on') ? label.on : label.off)?.[0];
    return first === undefined ? 'nothing' : part(first);
  };

function pair(): { readonly on: string; readonly off: string } {
  labels++;
  return { on: `l${labels}on`, off: `l${labels}off` };
}

function timing(http: string): Case[] {
  const one = (
    field: string,
    on: Fields,
    off: Fields,
    see: See,
    seen: Json,
    unseen: Json,
    what = 'ok',
  ): Case => {
    const { on: a, off: b } = pair();
    const made = (fields: Fields, label: string): Fields =>
      checked(pipe(http), {
        http_health_check: {
          path: `/${what}/${label}`,
          ...(what === 'flip' ? { retriable_statuses: [{ start: '503', end: '504' }] } : {}),
        },
        ...fields,
      });
    return {
      fields: of(CHECK, field),
      on: { cluster: made(on, a) },
      off: { cluster: made(off, b) },
      see,
      seen,
      unseen,
    };
  };
  const rarely = { interval: NEVER };
  const late = '/failed_active_hc/active_hc_timeout';
  return [
    one('timeout', { timeout: FAST }, {}, health, late, '/failed_active_hc', 'hang'),
    one('interval', {}, rarely, goesOn(true), true, false),
    one('no_traffic_interval', {}, { no_traffic_interval: NEVER }, goesOn(false), true, false),
    one(
      'no_traffic_healthy_interval',
      { no_traffic_healthy_interval: NEVER },
      {},
      goesOn(false),
      false,
      true,
    ),
    one(
      'unhealthy_interval',
      { ...rarely, unhealthy_interval: FAST },
      rarely,
      goesOn(true),
      true,
      false,
      '500',
    ),
    one(
      'unhealthy_edge_interval',
      { ...rarely, unhealthy_edge_interval: FAST, unhealthy_threshold: 1e6 },
      { ...rarely, unhealthy_threshold: 1e6 },
      goesOn(true),
      true,
      false,
      'flip',
    ),
    one(
      'healthy_edge_interval',
      { ...rarely, healthy_edge_interval: FAST, healthy_threshold: 1e6 },
      { ...rarely, healthy_threshold: 1e6 },
      goesOn(true),
      true,
      false,
      'flop',
    ),
    one('initial_jitter', { initial_jitter: FAR }, {}, goesOn(false), false, true),
    one('interval_jitter', { interval_jitter: FAR }, {}, goesOn(false), false, true),
    one('interval_jitter_percent', { interval_jitter_percent: 4e9 }, {}, goesOn(false), false, true),
    one(
      'unhealthy_threshold',
      { unhealthy_threshold: 1e6 },
      {},
      health,
      'healthy',
      '/failed_active_hc',
      'flip',
    ),
    one('healthy_threshold', { healthy_threshold: 1e6 }, {}, health, '/failed_active_hc', 'healthy', 'flop'),
  ];
}

function http(files: string): Case[] {
  const at = pipe(join(files, 'http.sock'));
  const one = (
    fields: string[],
    on: Fields,
    off: Fields,
    part: ((each: Asked) => unknown) | See,
    [seen, unseen]: readonly [Json, Json],
    what = 'ok',
    to = at,
  ): Case => {
    const label = pair();
    const made = (own: Fields, name: string): Fields =>
      checked(to, { http_health_check: { path: `/${what}/${name}`, ...own } });
    return {
      fields,
      on: { cluster: made(on, label.on) },
      off: { cluster: made(off, label.off) },
      see: part === health ? health : question(label, part as (each: Asked) => unknown),
      seen,
      unseen,
    };
  };
  const range = (start: number, end: number): Json => [{ start: String(start), end: String(end) }];
  const FAILED = '/failed_active_hc';
  const good = ['healthy', FAILED] as const;
  const header = (name: string) => (each: Asked) => each.headers[name] ?? 'none';
  const post = { method: 'POST' };
  const end = { receive: [{ text: Buffer.from('end').toString('hex') }] };
  return [
    one(of(HTTP, 'host'), { host: 'a.example' }, { host: 'b.example' }, header('host'), [
      'a.example',
      'b.example',
    ]),
    one(of(HTTP, 'method'), post, {}, (each: Asked) => each.method, ['POST', 'GET']),
    one(of(HTTP, 'send'), { ...post, send: { text: '6869' } }, post, (each: Asked) => each.body, ['hi', '']),
    one(of(HTTP, 'receive'), { receive: [{ text: '2b' }] }, end, health, [FAILED, 'healthy']),
    one(of(HTTP, 'response_buffer_size'), { ...end, response_buffer_size: 50 }, end, health, [
      FAILED,
      'healthy',
    ]),
    one(
      of(HTTP, 'request_headers_to_add'),
      { request_headers_to_add: [{ header: { key: 'X-A', value: 'b' } }] },
      {},
      header('x-a'),
      ['b', 'none'],
    ),
    one(
      of(HTTP, 'request_headers_to_remove'),
      { request_headers_to_remove: ['user-agent'] },
      {},
      header('user-agent'),
      ['none', 'Envoy/HC'],
    ),
    one(of(HTTP, 'expected_statuses'), { expected_statuses: range(500, 501) }, {}, health, good, '500'),
    one(
      of(HTTP, 'codec_client_type'),
      { codec_client_type: 'HTTP2' },
      {},
      health,
      good,
      'ok',
      pipe(join(files, 'http2.sock')),
    ),
    one(
      of(HTTP, 'service_name_matcher'),
      { service_name_matcher: { prefix: 'service-' } },
      { service_name_matcher: { prefix: 'other' } },
      health,
      good,
      'service',
    ),
    {
      fields: [...of(HTTP, 'path'), ...of(CHECK, 'http_health_check'), ...of(CLUSTER, 'health_checks')],
      on: { cluster: checked(at, { http_health_check: { path: '/200/a' } }) },
      off: { cluster: checked(at, { http_health_check: { path: '/500/a' } }) },
      see: health,
      seen: 'healthy',
      unseen: FAILED,
    },
    {
      fields: of(HTTP, 'retriable_statuses'),
      on: {
        cluster: checked(at, {
          unhealthy_threshold: 1e6,
          http_health_check: { path: '/flip/r1', retriable_statuses: range(503, 504) },
        }),
      },
      off: { cluster: checked(at, { unhealthy_threshold: 1e6, http_health_check: { path: '/flip/r2' } }) },
      see: health,
      seen: 'healthy',
      unseen: FAILED,
    },
  ];
}

const tcp = (fields: Fields): Fields => ({ tcp_health_check: fields });

function others(files: string): Case[] {
  const echo = pipe(join(files, 'echo.sock'));
  const grpc = (fields: Fields): Fields =>
    checked(pipe(join(files, 'http2.sock')), { grpc_health_check: fields }, { http2_protocol_options: {} });
  const payloads = (fields: string[], on: Fields, off: Fields): Case => ({
    fields,
    on: { cluster: checked(echo, tcp(on)) },
    off: { cluster: checked(echo, tcp(off)) },
    see: health,
    seen: 'healthy',
    unseen: '/failed_active_hc',
  });
  const call = (part: (each: Asked) => unknown, on: string, off: string): See => question({ on, off }, part);
  const TCP = `${CHECK}.TcpHealthCheck`;
  const GRPC = `${CHECK}.GrpcHealthCheck`;
  const send = { send: { text: '616263' } };
  return [
    payloads(
      [...of(TCP, 'send'), ...of(CHECK, 'tcp_health_check')],
      { ...send, receive: [{ text: '62' }] },
      { receive: [{ text: '62' }] },
    ),
    payloads(
      of(TCP, 'receive'),
      { ...send, receive: [{ text: '61' }, { text: '63' }] },
      { ...send, receive: [{ text: '63' }, { text: '61' }] },
    ),
    payloads(
      of(`${CHECK}.Payload`, 'text'),
      { ...send, receive: [{ text: '63' }] },
      { ...send, receive: [{ text: '64' }] },
    ),
    payloads(
      of(`${CHECK}.Payload`, 'binary'),
      { ...send, receive: [{ binary: 'Yw==' }] },
      { ...send, receive: [{ binary: 'ZA==' }] },
    ),
    {
      fields: [...of(GRPC, 'service_name'), ...of(CHECK, 'grpc_health_check')],
      on: { cluster: grpc({ service_name: 'good' }) },
      off: { cluster: grpc({ service_name: 'bad' }) },
      see: health,
      seen: 'healthy',
      unseen: '/failed_active_hc',
    },
    {
      fields: of(GRPC, 'authority'),
      on: { cluster: grpc({ authority: 'first.example' }) },
      off: { cluster: grpc({ authority: 'second.example' }) },
      see: call((each) => each.headers[':authority'], 'first.example', 'second.example'),
      seen: 'first.example',
      unseen: 'second.example',
    },
    {
      fields: of(GRPC, 'initial_metadata'),
      on: {
        cluster: grpc({ authority: 'third', initial_metadata: [{ header: { key: 'x-a', value: 'b' } }] }),
      },
      off: { cluster: grpc({ authority: 'fourth' }) },
      see: call((each) => each.headers['x-a'] ?? 'none', 'third', 'fourth'),
      seen: 'b',
      unseen: 'none',
    },
  ];
}

/** The kinds of events in a file of the family's folder. */
const events =
  (file: string, kind: string): See =>
  async (view) => {
    await settle(view);
    const path = join(view.world.files, view.name.endsWith('on') ? file : `${file}.off`);
    return existsSync(path) && readFileSync(path, 'utf8').includes(kind);
  };

function logs(files: string): Case[] {
  const at = pipe(join(files, 'http.sock'));
  const path = (name: string): string => join(files, name);
  const one = (fields: string[], on: Fields, off: Fields, see: See, status = 200): Case => ({
    fields,
    on: { cluster: checked(at, { http_health_check: { path: `/${status}/log` }, ...on }) },
    off: { cluster: checked(at, { http_health_check: { path: `/${status}/log` }, ...off }) },
    see,
    seen: true,
    unseen: false,
  });
  const sink = (name: string): Fields => ({
    event_logger: [
      {
        name: 'file',
        typed_config: { '@type': `type.googleapis.com/${SINK}`, event_log_path: path(name) },
      },
    ],
  });
  return [
    one(of(CHECK, 'event_log_path'), { event_log_path: path('e1') }, {}, events('e1', 'add_healthy_event')),
    one(
      [...of(CHECK, 'event_logger'), ...of(SINK, 'event_log_path')],
      sink('e2'),
      {},
      events('e2', 'add_healthy_event'),
    ),
    one(
      of(CHECK, 'always_log_health_check_failures'),
      { ...sink('e3'), always_log_health_check_failures: true },
      sink('e3.off'),
      events('e3', '"first_check":false'),
      500,
    ),
    one(
      of(CHECK, 'always_log_health_check_success'),
      { ...sink('e4'), always_log_health_check_success: true },
      sink('e4.off'),
      events('e4', 'successful_health_check_event'),
    ),
  ];
}

function connections(files: string, origin: number): Case[] {
  const at = pipe(join(files, 'http.sock'));
  const secure = pipe(join(files, 'tls.sock'));
  const label = pair();
  const kept = (name: string, fields: Fields): Fields =>
    checked(at, { http_health_check: { path: `/ok/${name}` }, ...fields });
  const get200 = { http_health_check: { path: '/ok/tls' } };
  const match = {
    transport_socket_matches: [{ name: 'tls', match: { a: 'b' }, transport_socket: upstream() }],
  };
  const alpn = (name: string, fields: Fields): Fields =>
    checked(secure, { ...get200, ...fields }, { transport_socket: upstream({}, { sni: name }) });
  const dead = { socket_address: { address: '127.0.0.1', port_value: 1 } };
  const CONFIG = 'envoy.config.endpoint.v3.Endpoint.HealthCheckConfig';
  const own = (address: Json, health_check_config: Fields | undefined, path = '/'): Fields => ({
    wait_for_warm_on_init: false,
    load_assignment: assignment([
      host(address, health_check_config === undefined ? {} : { health_check_config }),
    ]),
    health_checks: [check({ http_health_check: { path } })],
  });
  const names = pair();
  const live = { socket_address: { address: '127.0.0.1', port_value: origin } };
  return [
    {
      fields: of(CHECK, 'reuse_connection'),
      on: { cluster: kept(label.on, { reuse_connection: false }) },
      off: { cluster: kept(label.off, {}) },
      see: async (view) => {
        await settle(view);
        const list = asked.get(view.name.endsWith('on') ? label.on : label.off) ?? [];
        return new Set(list.map(({ connection }) => connection)).size > 1;
      },
      seen: true,
      unseen: false,
    },
    {
      fields: [...of(CHECK, 'tls_options'), ...of(`${CHECK}.TlsOptions`, 'alpn_protocols')],
      on: { cluster: alpn('on.example', { tls_options: { alpn_protocols: ['check', 'b'] } }) },
      off: { cluster: alpn('off.example', {}) },
      see: async (view) => {
        await settle(view);
        return offered.get(view.name.endsWith('on') ? 'on.example' : 'off.example') ?? 'none';
      },
      seen: ['check', 'b'],
      unseen: 'none',
    },
    {
      fields: of(CHECK, 'transport_socket_match_criteria'),
      on: { cluster: checked(secure, { ...get200, transport_socket_match_criteria: { a: 'b' } }, match) },
      off: { cluster: checked(secure, get200, match) },
      see: health,
      seen: 'healthy',
      unseen: '/failed_active_hc',
    },
    {
      fields: [
        ...of(CONFIG, 'port_value'),
        ...of('envoy.config.endpoint.v3.Endpoint', 'health_check_config'),
      ],
      on: { cluster: own(dead, { port_value: origin }) },
      off: { cluster: own(dead, undefined) },
      see: health,
      seen: 'healthy',
      unseen: '/failed_active_hc',
    },
    {
      fields: of(CONFIG, 'address'),
      on: { cluster: own(dead, { address: live }) },
      off: { cluster: own(dead, undefined) },
      see: health,
      seen: 'healthy',
      unseen: '/failed_active_hc',
    },
    {
      fields: of(CONFIG, 'disable_active_health_check'),
      on: { cluster: own(dead, { disable_active_health_check: true }) },
      off: { cluster: own(dead, undefined) },
      see: health,
      seen: 'healthy',
      unseen: '/failed_active_hc',
    },
    {
      fields: of(CONFIG, 'hostname'),
      on: { cluster: own(at, { hostname: 'a.example' }, `/ok/${names.on}`) },
      off: { cluster: own(at, { hostname: 'b.example' }, `/ok/${names.off}`) },
      see: question(names, (each) => each.headers.host),
      seen: 'a.example',
      unseen: 'b.example',
    },
  ];
}

function sets(files: string): Case[] {
  const eds = (
    name: string,
    fields: Fields,
    more: Fields = {},
  ): { cluster: Fields; files: Record<string, Json> } => ({
    cluster: {
      type: 'EDS',
      eds_cluster_config: {
        service_name: 'c',
        eds_config: { path_config_source: { path: join(files, name) } },
      },
      health_checks: [check({ timeout: NEVER, ...fields })],
      ...more,
    },
    files: { [name]: set([host(pipe(join(files, 'echo.sock')))]) },
  });
  const set = (hosts: Json[]): Fields => ({
    resources: [
      { '@type': 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment', ...assignment(hosts) },
    ],
  });
  /** What becomes of the hosts when the file says others. */
  const after =
    (base: string, hosts: Json[]): See =>
    async (view) => {
      await settle(view);
      const file = join(files, view.name.endsWith('on') ? base : `${base}.off`);
      const updates = await stat(view, 'cluster.$.update_success');
      writeFileSync(`${file}.new`, JSON.stringify(set(hosts)));
      renameSync(`${file}.new`, file);
      await eventually(
        'an update',
        async () => ((await stat(view, 'cluster.$.update_success')) ?? 0) > (updates ?? 0),
      );
      return flags(view);
    };
  const echo = { tcp_health_check: { send: { text: '61' }, receive: [{ text: '61' }] } };
  const both = [host(pipe(join(files, 'echo.sock'))), host(pipe(join(files, 'deaf.sock')))];
  return [
    {
      fields: of(CLUSTER, 'ignore_health_on_host_removal'),
      on: eds('removed', echo, { ignore_health_on_host_removal: true }),
      off: eds('removed.off', echo),
      see: after('removed', []),
      seen: [],
      unseen: ['/pending_dynamic_removal'],
    },
    {
      fields: of(`${CLUSTER}.CommonLbConfig`, 'ignore_new_hosts_until_first_hc'),
      on: eds('added', echo, { common_lb_config: { ignore_new_hosts_until_first_hc: true } }),
      off: eds('added.off', echo),
      see: after('added', both),
      seen: ['healthy', '/failed_active_hc/pending_active_hc'],
      unseen: ['healthy', '/failed_active_hc'],
    },
  ];
}

export const healthChecks: Family = {
  name: 'health checks',
  prepare: healthServers,
  clusters: (files) => [
    {
      name: 'clock',
      ...checked(pipe(join(files, 'http.sock')), { http_health_check: { path: '/ok/clock' } }),
    },
  ],
  cases: (files, origin) => [
    ...timing(join(files, 'http.sock')),
    ...http(files),
    ...others(files),
    ...logs(files),
    ...connections(files, origin),
    ...sets(files),
  ],
};
