/** Event logs, connections and endpoint sets of clusters whose hosts are checked. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, type Fields, type Json } from '../e2e/support.ts';
import { upstream } from '../e2e/tls_support.ts';
import { asked, offered } from './health_servers.ts';
import {
  assignment,
  check,
  checked,
  flags,
  health,
  host,
  NEVER,
  pair,
  pipe,
  question,
  settle,
} from './health_support.ts';
import { type Case, of, type See, stat } from './support.ts';

const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const CHECK = 'envoy.config.core.v3.HealthCheck';
const SINK = 'envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink';

/** The kinds of events in a file of the family's folder. */
const events =
  (file: string, kind: string): See =>
  async (view) => {
    await settle(view);
    const path = join(view.world.files, view.name.endsWith('on') ? file : `${file}.off`);
    return existsSync(path) && readFileSync(path, 'utf8').includes(kind);
  };

export function logs(files: string): Case[] {
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

export function connections(files: string, origin: number): Case[] {
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

export function sets(files: string): Case[] {
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
