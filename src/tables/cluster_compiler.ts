import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import { structToPlain } from '../api/well_known.ts';
import type { CompiledResource } from '../config/compiled.ts';
import type { Breakers, Threshold } from '../config/payload.ts';
import type { CheckTransport, ClusterHealthSettings } from '../upstream/health/settings.ts';
import { compileBalancing } from './balancing.ts';
import { type ClusterTransports, healthSettings } from './health_checks.ts';
import { compileOutlier } from './outlier.ts';
import { labelsOf } from './labels.ts';
import {
  type ClusterInput,
  type MeshServiceInput,
  type OriginalDstClusterInput,
  type ProxyHeaderInput,
  type ThresholdsInput,
  type TlsMatchInput,
  UpstreamProtocol,
  writeRecord,
} from './generated/layout.ts';
import {
  bufferLimit,
  child,
  decoded,
  duration,
  flag,
  messages,
  number,
  text,
  texts,
  wrappedNumber,
} from './route_read.ts';
import { http2Options } from './http2_options.ts';
import { tcpKeepalive } from './tcp_keepalive.ts';
import { compileTransportSocket, type TransportContext } from './transport_socket.ts';
import { upstreamBind } from './upstream_bind.ts';
import { upstreamFilters } from './upstream_filters.ts';

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const CATEGORY = 'envoy.transport_sockets.upstream';
const HOUR = 3_600_000;

const DEFAULTS: ThresholdsInput = {
  max_connections: 1024,
  max_pending_requests: 1024,
  max_requests: 1024,
  max_retries: 3,
};

/** envoy.config.cluster.v3.CircuitBreakers: of several for a priority the first counts, as in Envoy. */
function thresholds(cluster: Message, priority: number): ThresholdsInput {
  const breakers = child(cluster, 'circuit_breakers');
  if (breakers === undefined) return DEFAULTS;
  const of = (field: string) => messages(breakers, field).find((t) => number(t, 'priority') === priority);
  const each = of('per_host_thresholds');
  // One there always is: nothing could be sent without it.
  const most = each === undefined ? -1 : wrappedNumber(each, 'max_connections', -1);
  const host = most < 0 ? {} : { host_connections: Math.max(most, 1) };
  const own = of('thresholds');
  if (own === undefined) return { ...DEFAULTS, ...host };
  return {
    ...host,
    ...retryBudget(own),
    max_connections: wrappedNumber(own, 'max_connections', 1024),
    max_pending_requests: wrappedNumber(own, 'max_pending_requests', 1024),
    max_requests: wrappedNumber(own, 'max_requests', 1024),
    max_retries: wrappedNumber(own, 'max_retries', 3),
    track_remaining: flag(own, 'track_remaining'),
  };
}

const BUDGET_PERCENT = 20;
const BUDGET_LEAST = 3;

/** Of the requests under way so many may be retries, whatever max_retries says. */
function retryBudget(own: Message): Partial<ThresholdsInput> {
  const budget = child(own, 'retry_budget');
  if (budget === undefined) return {};
  const percent = child(budget, 'budget_percent');
  return {
    retry_budget: true,
    budget_percent: percent === undefined ? BUDGET_PERCENT : number(percent, 'value'),
    budget_least: wrappedNumber(budget, 'min_retry_concurrency', BUDGET_LEAST),
  };
}

/** What statistics need to know of a cluster's limits; undefined: defaults. */
export function breakers(cluster: Message): Breakers | undefined {
  if (child(cluster, 'circuit_breakers') === undefined) return undefined;
  const of = (priority: number): Threshold => {
    const {
      max_connections = 0,
      max_pending_requests = 0,
      max_requests = 0,
      max_retries = 0,
      retry_budget = false,
      track_remaining = false,
    } = thresholds(cluster, priority);
    return {
      connections: max_connections,
      pending: max_pending_requests,
      requests: max_requests,
      retries: max_retries,
      budget: retry_budget,
      tracked: track_remaining,
    };
  };
  return { default: of(0), high: of(1) };
}

const AGGREGATE_CLUSTER = 'envoy.extensions.clusters.aggregate.v3.ClusterConfig';
const ORIGINAL_DST = 4;
const ORIGINAL_DST_HEADER = 'x-envoy-original-dst-host';

/** Of a cluster of the type ORIGINAL_DST. */
function originalDst(cluster: Message): OriginalDstClusterInput | undefined {
  if (number(cluster, 'type') !== ORIGINAL_DST) return undefined;
  const config = child(cluster, 'original_dst_lb_config');
  const named = config === undefined ? '' : text(config, 'http_header_name').toLowerCase();
  return {
    header: config !== undefined && flag(config, 'use_http_header') ? named || ORIGINAL_DST_HEADER : '',
    port: config === undefined ? 0 : wrappedNumber(config, 'upstream_port_override', 0),
    cleanup_interval_ms: duration(cluster, 'cleanup_interval') ?? 5000,
  };
}

/** The names in order; none: it is no aggregate. */
function aggregateMembers(cluster: Message): readonly string[] {
  const typed = child(cluster, 'cluster_type');
  const config = decoded(typed === undefined ? undefined : child(typed, 'typed_config'));
  return config?.$type === AGGREGATE_CLUSTER ? texts(config, 'clusters') : [];
}

type Protocol = {
  readonly common: Message | undefined;
  readonly http1: Message | undefined;
  readonly http2: Message | undefined;
  readonly upstream: Message | undefined;
  readonly protocol: UpstreamProtocol;
};

/** The typed options; only without them the old fields of the cluster, as in Envoy. */
function protocolOptions(cluster: Message): Protocol {
  const map = cluster.typed_extension_protocol_options;
  const options = map instanceof Map ? decoded(map.get(HTTP_OPTIONS) as Message | undefined) : undefined;
  if (options === undefined) {
    const http2 = child(cluster, 'http2_protocol_options');
    const downstream = number(cluster, 'protocol_selection') === 1;
    return {
      common: child(cluster, 'common_http_protocol_options'),
      http1: child(cluster, 'http_protocol_options'),
      http2,
      protocol: downstream
        ? UpstreamProtocol.UseDownstream
        : http2 === undefined
          ? UpstreamProtocol.Http1
          : UpstreamProtocol.Http2,
      upstream: child(cluster, 'upstream_http_protocol_options'),
    };
  }
  const explicit = child(options, 'explicit_http_config');
  const downstream = child(options, 'use_downstream_protocol_config');
  const auto = child(options, 'auto_config');
  const own = explicit ?? downstream ?? auto;
  const http2 = own && child(own, 'http2_protocol_options');
  let protocol: UpstreamProtocol = http2 === undefined ? UpstreamProtocol.Http1 : UpstreamProtocol.Http2;
  if (downstream !== undefined) protocol = UpstreamProtocol.UseDownstream;
  if (auto !== undefined) protocol = UpstreamProtocol.Auto;
  return {
    common: child(options, 'common_http_protocol_options'),
    http1: own && child(own, 'http_protocol_options'),
    http2,
    protocol,
    upstream: child(options, 'upstream_http_protocol_options'),
  };
}

/** How connections to the hosts are secured. */
function transport(
  cluster: Message,
  upstream: Message | undefined,
  { path, ...context }: ClusterContext,
): ClusterInput {
  const socket = child(cluster, 'transport_socket');
  const below = [...path, 'transport_socket'];
  const { tls, header } = compileTransportSocket(socket, CATEGORY, below, context);
  const names =
    upstream === undefined
      ? { auto_sni: false }
      : {
          auto_sni: flag(upstream, 'auto_sni'),
          auto_san_validation: flag(upstream, 'auto_san_validation'),
          auto_sni_header: text(upstream, 'override_auto_sni_header').toLowerCase(),
        };
  const matches = messages(cluster, 'transport_socket_matches').map((match, i): TlsMatchInput => {
    const labels = child(match, 'match');
    const at = [...path, 'transport_socket_matches', i, 'transport_socket'];
    const own = compileTransportSocket(child(match, 'transport_socket'), CATEGORY, at, context);
    return {
      name: text(match, 'name'),
      labels: labels === undefined ? [] : labelsOf(labels),
      tls: own.tls,
      proxy_header: own.header,
    };
  });
  const headers = header !== undefined || matches.some(({ proxy_header }) => proxy_header !== undefined);
  const apart = names.auto_sni || headers;
  if (tls === undefined && header === undefined && matches.length === 0) return { ...names, apart };
  const stats = text(cluster, 'alt_stat_name') || text(cluster, 'name');
  return {
    tls,
    tls_matches: matches,
    proxy_header: header,
    ...(tls === undefined && matches.length === 0 ? {} : { ssl_stats: stats }),
    ...(headers ? { proxy_stats: stats } : {}),
    ...names,
    apart,
  };
}

/** What the metadata of Istio says of a cluster. */
function mesh(cluster: Message): Pick<ClusterInput, 'external' | 'tells_nothing' | 'keeps_alpn' | 'service'> {
  const metadata = child(cluster, 'metadata')?.filter_metadata as ReadonlyMap<string, Message> | undefined;
  const istio = metadata?.get('istio');
  if (istio === undefined) return {};
  const { external, disable_mx, alpn_override, services } = structToPlain(istio) as Record<string, unknown>;
  return {
    external: external === true,
    tells_nothing: disable_mx === true,
    keeps_alpn: alpn_override === 'false',
    service: meshService(services),
  };
}

function meshService(services: unknown): MeshServiceInput | undefined {
  const [first] = Array.isArray(services) ? (services as unknown[]) : [];
  if (typeof first !== 'object' || first === null) return undefined;
  const { host, name, namespace } = first as Record<string, unknown>;
  const of = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    host: of(host),
    name: name === undefined ? of(host).split('.', 1)[0] : of(name),
    home: of(namespace),
  };
}

export type ClusterContext = TransportContext & {
  readonly path: Path;
  /** The upstream_bind_config of the bootstrap's cluster_manager. */
  readonly bind?: Message | undefined;
};

/** How checks of its hosts reach them: as requests do. */
function checkTransports({ tls, proxy_header, tls_matches = [] }: ClusterInput): ClusterTransports {
  const one = (name: string | undefined, header: ProxyHeaderInput | undefined): CheckTransport => ({
    ...(name === undefined ? {} : { tls: name }),
    ...(header === undefined ? {} : { proxy: header.version2 === true ? 2 : 1 }),
  });
  return {
    transport: one(tls, proxy_header),
    matches: tls_matches.map((match) => ({
      ...one(match.tls, match.proxy_header),
      labels: match.labels ?? [],
    })),
  };
}

/** envoy.config.cluster.v3.Cluster to a Cluster record, defaults filled in. */
export function compileCluster(cluster: Message, context: ClusterContext): CompiledResource {
  return compileClusterParts(cluster, context).compiled;
}

/** The record, and what the primary is to check of the hosts. */
export function compileClusterParts(
  cluster: Message,
  context: ClusterContext,
): { readonly compiled: CompiledResource; readonly health: ClusterHealthSettings | undefined } {
  const name = text(cluster, 'name');
  const { common, http1, http2, protocol, upstream } = protocolOptions(cluster);
  const time = (field: string, otherwise: number): number =>
    (common === undefined ? undefined : duration(common, field)) ?? otherwise;
  const count = (field: string, otherwise: number): number =>
    common === undefined ? otherwise : wrappedNumber(common, field, otherwise);
  const lb = child(cluster, 'common_lb_config');
  const panic = lb === undefined ? undefined : child(lb, 'healthy_panic_threshold');
  const sockets = transport(cluster, upstream, context);
  const records = writeRecord('Cluster', {
    name,
    alt_stat_name: text(cluster, 'alt_stat_name'),
    stats: text(cluster, 'alt_stat_name') || name,
    endpoints: name,
    connect_timeout_ms: duration(cluster, 'connect_timeout') ?? 5000,
    idle_timeout_ms: time('idle_timeout', HOUR),
    max_connection_duration_ms: time('max_connection_duration', 0),
    max_requests_per_connection: count(
      'max_requests_per_connection',
      wrappedNumber(cluster, 'max_requests_per_connection', 0),
    ),
    per_connection_buffer_limit: bufferLimit(cluster),
    max_response_headers_kb: count('max_response_headers_kb', 60),
    max_response_headers_count: count('max_headers_count', 100),
    panic_threshold: panic === undefined ? 50 : Math.round(number(panic, 'value')),
    ...compileBalancing(cluster, text(cluster, 'alt_stat_name') || name),
    default_priority: thresholds(cluster, 0),
    high_priority: thresholds(cluster, 1),
    original_dst: originalDst(cluster),
    aggregate: aggregateMembers(cluster).map((member) => ({ cluster: member })),
    ...mesh(cluster),
    filters: upstreamFilters(
      cluster,
      text(cluster, 'alt_stat_name') || name,
      context.path,
      context.diagnostics,
    ),
    outlier: compileOutlier(cluster),
    bind: upstreamBind(child(cluster, 'upstream_bind_config'), context.bind),
    keepalive: tcpKeepalive(child(cluster, 'upstream_connection_options')),
    protocol,
    http2: protocol === UpstreamProtocol.Http1 ? undefined : http2Options(http2),
    enable_trailers: http1 !== undefined && flag(http1, 'enable_trailers'),
    ...sockets,
  });
  return { compiled: { records }, health: healthSettings(cluster, checkTransports(sockets)) };
}
