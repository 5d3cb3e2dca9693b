import { compileAccessLogs } from '../../accesslog/access_log.ts';
import type { Message } from '../../api/message.ts';
import { implemented, type SupportRegistry } from '../../api/support.ts';
import type { TcpClusterInput } from '../../tables/generated/layout.ts';
import { refuse } from '../../tables/route_context.ts';
import {
  child,
  duration,
  flag,
  has,
  messages,
  number,
  text,
  wrappedFlag,
  wrappedNumber,
} from '../../tables/route_read.ts';
import type { Extension, ExtensionContext } from '../types.ts';

const PACKAGE = 'envoy.extensions.filters.network.tcp_proxy.v3';
const TYPE = `${PACKAGE}.TcpProxy`;
const HOUR = 3_600_000;
/** UpstreamConnectMode; a connection comes to the filter when its TLS handshake is done. */
const ON_DOWNSTREAM_DATA = 1;
/** As Envoy: an interval without a largest one grows to ten times itself. */
const BACKOFF_GROWTH = 10;

function declare(registry: SupportRegistry): void {
  const early = { max_early_data_bytes: 1024 };
  registry
    .message(
      TYPE,
      {
        stat_prefix: implemented(),
        cluster: implemented(),
        weighted_clusters: implemented(),
        idle_timeout: implemented(),
        access_log: implemented(),
        max_connect_attempts: implemented(),
        backoff_options: implemented(),
        max_downstream_connection_duration: implemented(),
        max_downstream_connection_duration_jitter_percentage: implemented({
          base: { max_downstream_connection_duration: '7s' },
        }),
        access_log_flush_interval: implemented(),
        flush_access_log_on_connected: implemented(),
        access_log_options: implemented(),
        upstream_connect_mode: implemented({
          enum: ['IMMEDIATE', 'ON_DOWNSTREAM_DATA', 'ON_DOWNSTREAM_TLS_HANDSHAKE'],
          base: early,
        }),
        max_early_data_bytes: implemented(),
        check_drain_close: implemented(),
        hash_policy: implemented({ sample: [{ source_ip: {} }] }),
      },
      { minimal: { stat_prefix: 'base', cluster: 'base' } },
    )
    .message(
      `${TYPE}.WeightedCluster`,
      { clusters: implemented() },
      { minimal: { clusters: [{ name: 'base', weight: 1 }] } },
    )
    .message(
      `${TYPE}.WeightedCluster.ClusterWeight`,
      { name: implemented(), weight: implemented() },
      { minimal: { name: 'base', weight: 1 } },
    )
    .message(
      'envoy.type.v3.HashPolicy',
      { source_ip: implemented({ uncompiled: 'all that the message says' }) },
      { minimal: { source_ip: {} } },
    )
    .message('envoy.type.v3.HashPolicy.SourceIp', {})
    .message(`${TYPE}.TcpAccessLogOptions`, {
      access_log_flush_interval: implemented(),
      flush_access_log_on_connected: implemented(),
      flush_access_log_on_start: implemented(),
    })
    .message(
      'envoy.config.core.v3.BackoffStrategy',
      { base_interval: implemented(), max_interval: implemented() },
      { minimal: { base_interval: '1s' } },
    );
}

/** The one cluster, or those that share the connections by weight. */
function clusters(proxy: Message): TcpClusterInput[] {
  const weighted = child(proxy, 'weighted_clusters');
  const only = text(proxy, 'cluster');
  if (weighted === undefined) return [{ cluster: only, name: only, weight: 1 }];
  return messages(weighted, 'clusters').map((each) => {
    const name = text(each, 'name');
    return { cluster: name, name, weight: number(each, 'weight') };
  });
}

function logging(proxy: Message, context: ExtensionContext) {
  const options = child(proxy, 'access_log_options');
  for (const field of ['access_log_flush_interval', 'flush_access_log_on_connected']) {
    if (options === undefined || !has(proxy, field) || proxy[field] === false) continue;
    const message = `${field} and access_log_options exclude each other`;
    refuse(context, [...context.path, field], 'rule', message, 'access_log_options alone');
  }
  const from = options ?? proxy;
  return {
    access_logs: compileAccessLogs(proxy, context),
    log_interval_ms: duration(from, 'access_log_flush_interval'),
    log_when_connected: flag(from, 'flush_access_log_on_connected'),
    log_at_start: options !== undefined && flag(options, 'flush_access_log_on_start'),
  };
}

function backoff(proxy: Message, context: ExtensionContext) {
  const options = child(proxy, 'backoff_options');
  if (options === undefined) return {};
  const base = duration(options, 'base_interval') ?? 0;
  const most = duration(options, 'max_interval') ?? base * BACKOFF_GROWTH;
  if (most < base) {
    const path = [...context.path, 'backoff_options', 'max_interval'];
    refuse(context, path, 'rule', 'max_interval is below base_interval', `at least ${base} ms`);
  }
  return { backoff_base_ms: base, backoff_max_ms: most };
}

function connecting(proxy: Message, context: ExtensionContext) {
  const mode = number(proxy, 'upstream_connect_mode');
  const early = has(proxy, 'max_early_data_bytes');
  if (mode !== 0 && !early) {
    const path = [...context.path, 'upstream_connect_mode'];
    refuse(context, path, 'rule', 'it needs max_early_data_bytes', 'max_early_data_bytes, 0 or more');
  }
  return {
    max_connect_attempts: wrappedNumber(proxy, 'max_connect_attempts', 1),
    early_data: early,
    max_early_data_bytes: wrappedNumber(proxy, 'max_early_data_bytes', 0),
    connect_on_data: mode === ON_DOWNSTREAM_DATA,
    ...backoff(proxy, context),
  };
}

/** envoy.filters.network.tcp_proxy: bytes from clients to a host and back. */
export const tcpProxy: Extension = {
  name: 'envoy.filters.network.tcp_proxy',
  category: 'envoy.filters.network',
  type: TYPE,
  aliases: ['envoy.tcp_proxy'],
  terminal: true,
  declare,
  compile: (proxy, context) => {
    const jitter = child(proxy, 'max_downstream_connection_duration_jitter_percentage');
    const list = clusters(proxy);
    return {
      struct: 'TcpProxy',
      value: {
        stats: text(proxy, 'stat_prefix'),
        clusters: list,
        total_weight: BigInt(list.reduce((sum, { weight = 0 }) => sum + weight, 0)),
        ...logging(proxy, context),
        ...connecting(proxy, context),
        idle_timeout_ms: duration(proxy, 'idle_timeout') ?? HOUR,
        max_connection_duration_ms: duration(proxy, 'max_downstream_connection_duration'),
        duration_jitter_percent: jitter === undefined ? 0 : number(jitter, 'value'),
        check_drain_close: wrappedFlag(proxy, 'check_drain_close', false),
        hash_source_ip: messages(proxy, 'hash_policy').some((policy) => has(policy, 'source_ip')),
      },
    };
  },
};
