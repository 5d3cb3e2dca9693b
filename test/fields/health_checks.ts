/**
 * Health checks: what hosts are asked, and how they are afterwards (/clusters). Time is told by a cluster that is
 * checked every 10 ms: what never happens has not happened when it was checked 40 times more.
 */
import { join } from 'node:path';
import type { Fields, Json } from '../e2e/support.ts';
import { connections, logs, sets } from './health_checks_more.ts';
import { type Asked, healthServers } from './health_servers.ts';
import { checked, FAR, FAST, goesOn, health, NEVER, pair, pipe, question } from './health_support.ts';
import { type Case, type Family, of, type See } from './support.ts';

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const CHECK = 'envoy.config.core.v3.HealthCheck';
const HTTP = `${CHECK}.HttpHealthCheck`;

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
