import { isIP } from 'node:net';
import { type Message, typeNameOf } from '../api/message.ts';
import { socketOption } from '../tables/socket_option.ts';
import { tcpKeepalive } from '../tables/tcp_keepalive.ts';
import type { RefreshPolicy } from '../upstream/dns_refresh.ts';
import type { LookupFamily } from '../upstream/dns.ts';
import type { ResolverSettings } from '../upstream/dns_resolvers.ts';
import type { Assignment } from '../upstream/endpoints.ts';
import type { AdminSettings, BootstrapSettings } from './messages.ts';
import {
  type BindSpec,
  type Discovery,
  type ListenerPayload,
  type ConfigSource,
  type DiscoveredFilter,
  type ScopedRoutes,
  STATIC_DISCOVERY,
} from './payload.ts';
import { aggregatedServer, authoritySettings } from './authorities.ts';
import { connectionLimits, runtimeView } from './runtime.ts';
import { processResolver, resolverSettings } from './resolver_settings.ts';
import { configSource, durationMs, serverSettings } from './sources.ts';

/**
 * What the primary thread needs of decoded messages, as plain data: it never holds descriptors for it.
 * The messages are valid and supported when they come here.
 */
type Msg = { readonly [field: string]: unknown };

const HCM = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const DNS_CLUSTER = 'envoy.extensions.clusters.dns.v3.DnsCluster';
/** envoy.config.cluster.v3.Cluster.DnsLookupFamily by number. */
const FAMILIES: readonly LookupFamily[] = ['AUTO', 'V4_ONLY', 'V6_ONLY', 'V4_PREFERRED', 'ALL'];
/** envoy.extensions.clusters.common.dns.v3.DnsLookupFamily by number. */
const TYPED_FAMILIES: readonly LookupFamily[] = ['AUTO', ...FAMILIES];
const STRICT_DNS = 1;
const LOGICAL_DNS = 2;
const EDS = 3;
/** net.core.somaxconn caps it. */
const LARGEST_BACKLOG = 0x7fffffff;

const message = (of: Msg | undefined, field: string): Msg | undefined => of?.[field] as Msg | undefined;
const list = (of: Msg | undefined, field: string): readonly Msg[] =>
  (of?.[field] as readonly Msg[] | undefined) ?? [];
const text = (of: Msg | undefined, field: string): string => (of?.[field] as string | undefined) ?? '';
const wrapped = <T>(of: Msg | undefined, field: string): T | undefined =>
  message(of, field)?.value as T | undefined;

function refreshPolicy(from: Msg): RefreshPolicy {
  const refreshMs = durationMs(from, 'dns_refresh_rate') ?? 5000;
  const failure = message(from, 'dns_failure_refresh_rate');
  const baseMs = durationMs(failure, 'base_interval');
  return {
    refreshMs,
    respectTtl: from.respect_dns_ttl === true,
    minRefreshMs: durationMs(from, 'dns_min_refresh_rate') ?? 0,
    jitterMs: durationMs(from, 'dns_jitter') ?? 0,
    ...(baseMs === undefined
      ? {}
      : { failure: { baseMs, maxMs: durationMs(failure, 'max_interval') ?? baseMs * 10 } }),
  };
}

function resolver(from: Msg): { readonly resolver?: ResolverSettings } {
  const settings = resolverSettings(from);
  return settings === undefined ? {} : { resolver: settings };
}

/** How a cluster (envoy.config.cluster.v3.Cluster) comes to its hosts. */
export function discovery(cluster: Msg, origin?: ConfigSource): Discovery {
  const assignment = (message(cluster, 'load_assignment') ?? {}) as Assignment;
  const typed = message(message(message(cluster, 'cluster_type'), 'typed_config'), '$decoded');
  if (typed?.$type === DNS_CLUSTER) {
    return {
      kind: 'dns',
      logical: typed.all_addresses_in_single_endpoint === true,
      family: TYPED_FAMILIES[(typed.dns_lookup_family as number | undefined) ?? 0] ?? 'AUTO',
      policy: refreshPolicy(typed),
      assignment,
      ...resolver(typed),
    };
  }
  const type = (cluster.type as number | undefined) ?? 0;
  if (type === STRICT_DNS || type === LOGICAL_DNS) {
    return {
      kind: 'dns',
      logical: type === LOGICAL_DNS,
      family: FAMILIES[(cluster.dns_lookup_family as number | undefined) ?? 0] ?? 'AUTO',
      policy: refreshPolicy(cluster),
      assignment,
      ...resolver(cluster),
    };
  }
  if (type !== EDS) return STATIC_DISCOVERY;
  const eds = message(cluster, 'eds_cluster_config');
  const source = configSource(message(eds, 'eds_config'), origin);
  return { kind: 'eds', serviceName: text(eds, 'service_name') || text(cluster, 'name'), source };
}

export const waitForWarm = (cluster: Msg): boolean =>
  wrapped<boolean>(cluster, 'wait_for_warm_on_init') ?? true;
export const clusterStatName = (cluster: Msg): string =>
  text(cluster, 'alt_stat_name') || text(cluster, 'name');

/** Undefined when it is not set or turned off. */
function keepalive(from: Msg | undefined): BindSpec['keepalive'] {
  const settings = tcpKeepalive(from as Message | undefined);
  if (settings === undefined) return undefined;
  const { probes = 0, time_s = 0, interval_s = 0 } = settings;
  return { probes, time: time_s, interval: interval_s };
}

function bindSpec(
  listener: Msg,
  address: Msg | undefined,
  options: readonly Msg[],
  alive: BindSpec['keepalive'],
): BindSpec {
  const socket = message(address, 'socket_address');
  const pipe = message(address, 'pipe');
  const host = socket === undefined ? text(pipe, 'path') : text(socket, 'address');
  return {
    family: socket === undefined ? 'pipe' : isIP(host) === 6 ? 'ipv6' : 'ipv4',
    host,
    port: (socket?.port_value as number | undefined) ?? 0,
    mode: (pipe?.mode as number | undefined) ?? 0,
    backlog: wrapped<number>(listener, 'tcp_backlog_size') ?? LARGEST_BACKLOG,
    ipv4Compat: socket?.ipv4_compat === true,
    // One socket per address is shared by all workers, which accept evenly from it.
    reusePort: false,
    freebind: wrapped<boolean>(listener, 'freebind') === true,
    transparent: wrapped<boolean>(listener, 'transparent') === true,
    ...(alive === undefined ? {} : { keepalive: alive }),
    options: options.map(socketOption),
  };
}

/** The sockets of a listener (envoy.config.listener.v3.Listener), in the order of its record. */
export function bindSpecs(listener: Msg): BindSpec[] {
  if (wrapped<boolean>(listener, 'bind_to_port') === false) return [];
  const own = list(listener, 'socket_options');
  const alive = keepalive(listener);
  const more = list(listener, 'additional_addresses').map((extra) => {
    const override = message(extra, 'socket_options');
    const options = override === undefined ? own : list(override, 'socket_options');
    return bindSpec(
      listener,
      message(extra, 'address'),
      options,
      'tcp_keepalive' in extra ? keepalive(extra) : alive,
    );
  });
  return [bindSpec(listener, message(listener, 'address'), own, alive), ...more];
}

/** Route configurations that the connection managers of a listener take from elsewhere. */
export function routeSources(listener: Msg, origin?: ConfigSource): ListenerPayload<unknown>['routes'] {
  return managers(listener).flatMap((manager) => {
    const rds = message(manager, 'rds');
    const source = configSource(message(rds, 'config_source'), origin);
    if (source === undefined) return [];
    return [{ name: text(rds, 'route_config_name'), source, statPrefix: text(manager, 'stat_prefix') }];
  });
}

/** Scopes that the connection managers of a listener take from elsewhere. */
export function scopedRoutes(listener: Msg, origin?: ConfigSource): ScopedRoutes[] {
  return managers(listener).flatMap((manager) => {
    const scoped = message(manager, 'scoped_routes');
    const from = message(message(scoped, 'scoped_rds'), 'scoped_rds_config_source');
    const source = configSource(from, origin);
    const rds = configSource(message(scoped, 'rds_config_source'), origin);
    if (source === undefined || rds === undefined) return [];
    return [{ name: text(scoped, 'name'), statPrefix: text(manager, 'stat_prefix'), source, rds }];
  });
}

/** HTTP filters that the connection managers of a listener take from elsewhere; `listenerStat`: how statistics call it. */
export function discoveredFilters(
  listener: Msg,
  listenerStat: string,
  origin?: ConfigSource,
): DiscoveredFilter[] {
  return managers(listener).flatMap((manager) =>
    list(manager, 'http_filters').flatMap((filter) => {
      const from = message(filter, 'config_discovery');
      const source = configSource(message(from, 'config_source'), origin);
      if (from === undefined || source === undefined) return [];
      return [
        {
          name: text(filter, 'name'),
          source,
          statPrefix: text(manager, 'stat_prefix'),
          listenerStat,
          types: ((from.type_urls as readonly string[] | undefined) ?? []).map(typeNameOf),
          atOnce: from.apply_default_config_without_warming === true && from.default_config !== undefined,
        },
      ];
    }),
  );
}

/** The connection managers of a listener. */
function managers(listener: Msg): Msg[] {
  const last = message(listener, 'default_filter_chain');
  const chains = [...list(listener, 'filter_chains'), ...(last === undefined ? [] : [last])];
  return chains.flatMap((chain) =>
    list(chain, 'filters').flatMap((filter) => {
      const manager = message(message(filter, 'typed_config'), '$decoded');
      return manager?.$type === HCM ? [manager] : [];
    }),
  );
}

function adminSettings(admin: Msg | undefined): AdminSettings | undefined {
  const address = message(admin, 'address');
  const socket = message(address, 'socket_address');
  const pipe = message(address, 'pipe');
  const path = text(admin, 'access_log_path');
  const log = path === '' || path === '/dev/null' ? {} : { accessLogPath: path };
  if (socket !== undefined) {
    return {
      address: { host: text(socket, 'address'), port: (socket.port_value as number | undefined) ?? 0 },
      ...log,
    };
  }
  if (pipe !== undefined)
    return { address: { pipe: text(pipe, 'path'), mode: (pipe.mode as number | undefined) ?? 0 }, ...log };
  return undefined;
}

/** What the bootstrap (envoy.config.bootstrap.v3.Bootstrap) says about the process. Flags go before it. */
export function bootstrapSettings(
  bootstrap: Msg,
  flags: { readonly serviceCluster: string; readonly serviceNode: string; readonly serviceZone: string },
): BootstrapSettings {
  const node = message(bootstrap, 'node');
  const dynamic = message(bootstrap, 'dynamic_resources');
  const admin = adminSettings(message(bootstrap, 'admin'));
  const cds = configSource(message(dynamic, 'cds_config'));
  const lds = configSource(message(dynamic, 'lds_config'));
  const ads = message(dynamic, 'ads_config');
  const statsConfig = message(bootstrap, 'stats_config');
  const limits = connectionLimits(bootstrap);
  const runtime = runtimeView(bootstrap);
  const manager = message(bootstrap, 'cluster_manager');
  const bind = message(manager, 'upstream_bind_config');
  const loadStats = message(manager, 'load_stats_config');
  const ownResolver = processResolver(bootstrap);
  const secrets = list(message(bootstrap, 'static_resources'), 'secrets');
  return {
    node: {
      id: flags.serviceNode || text(node, 'id'),
      cluster: flags.serviceCluster || text(node, 'cluster'),
      zone: flags.serviceZone || text(message(node, 'locality'), 'zone'),
    },
    statsFlushIntervalMs: durationMs(bootstrap, 'stats_flush_interval') ?? 5000,
    ...(admin === undefined ? {} : { admin }),
    ...(ads === undefined ? {} : { ads: aggregatedServer(ads as Message) }),
    ...authoritySettings(bootstrap as Message),
    ...(cds === undefined ? {} : { cds }),
    ...(lds === undefined ? {} : { lds }),
    ...(limits === undefined ? {} : { connectionLimits: limits }),
    ...(runtime.length === 0 ? {} : { runtime }),
    ...(loadStats === undefined ? {} : { loadStats: serverSettings(loadStats) }),
    ...(bind === undefined ? {} : { bind: bind as Message }),
    ...(secrets.length === 0 ? {} : { secrets: secrets as Message[] }),
    ...(ownResolver === undefined ? {} : { resolver: ownResolver }),
    ...(statsConfig === undefined ? {} : { statsConfig }),
  };
}
