import type { Path } from './diagnostics.ts';
import { v2Extension } from './v2_names.ts';

/**
 * What the general rule of the upgrade (same number, other name) cannot know: fields of v2 that v3 dropped
 * or replaced by something of another shape. Keyed by the v2 message and field.
 */

export type Json = Record<string, unknown>;

/** The place of one former field while it is rewritten. */
export type Site = {
  /** The former field's value, as it is in the file. */
  readonly value: unknown;
  /** The category of extensions that the message belongs to, if any. */
  readonly category: string | undefined;
  /** Another field of the same message. */
  get(field: string): unknown;
  /**
   * Gives the message a v3 field whose content came from the former one. Adds to a list that is already
   * there; merges into a message.
   */
  set(field: string, value: unknown): void;
  /** Reports the spelling: `modern` is how it is written today. */
  warn(modern: string, note?: string): void;
  /** Refuses the field: nothing in v3 means the same. */
  refuse(message: string, expected?: string): void;
  /** Marks where a piece of the former value came from, when it is put elsewhere. */
  from<T>(piece: T, ...path: Path): T;
  /** The nearest enclosing message of the type, being rewritten. */
  enclosing(message: string): Site | undefined;
};

export type Rule = (site: Site) => void;

const PREFIX = 'type.googleapis.com/';

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** ProtoJSON's leniency of Envoy: one value may stand for a list. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === null || value === undefined ? [] : [value];
}

/** `{a: 1, b: [x]}`: a value as YAML in one line, for messages; long ones are cut. */
export function flow(value: unknown, limit = 160): string {
  const text = flowOf(value);
  return text.length <= limit ? text : `${text.slice(0, limit)}…`;
}

function flowOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowOf).join(', ')}]`;
  if (isRecord(value)) {
    const entries = Object.entries(value).map(([k, v]) => `${scalar(k)}: ${flowOf(v)}`);
    return `{${entries.join(', ')}}`;
  }
  return typeof value === 'string' ? scalar(value) : String(value);
}

function scalar(text: string): string {
  const plain =
    /^[\w./][\w./:-]*$/.test(text) &&
    !text.endsWith(':') &&
    !/^(?:[\d.]+|true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return plain ? text : JSON.stringify(text);
}

/** Puts one value under another field. */
function move(field: string, make: (value: unknown, site: Site) => unknown, note?: string): Rule {
  return (site) => {
    const made = make(site.value, site);
    site.set(field, made);
    site.warn(`${field}: ${flow(made)}`, note);
  };
}

/** Makes a list of one value each. */
function moveEach(field: string, make: (item: unknown) => unknown): Rule {
  return (site) => {
    const made = asList(site.value).map((item, i) => {
      const one = make(item);
      return Array.isArray(site.value) ? site.from(one, i) : one;
    });
    site.set(field, made);
    site.warn(`${field}: ${flow(made)}`);
  };
}

/** Never did anything, or only said what is now always so. */
function drop(why: string, isDefault: (value: unknown) => boolean = () => true): Rule {
  return (site) => {
    if (isDefault(site.value)) site.warn('leave it out', why);
    else site.refuse(`was removed from Envoy's API: ${why}`, 'the field to be left out');
  };
}

function refused(why: string): Rule {
  return (site) => site.refuse(`was removed from Envoy's API: ${why}`);
}

/** `config`: the settings as a struct; the extension's name said of which type. */
function config(site: Site): void {
  const name = site.get('name') ?? site.get('provider_name');
  const known =
    site.category !== undefined && typeof name === 'string' ? v2Extension(site.category, name) : undefined;
  if (known === undefined) {
    site.refuse(
      `is the v2 spelling, and no v2 extension is called ${JSON.stringify(name ?? '')}`,
      'typed_config: {"@type": ..., ...}',
    );
    return;
  }
  const type = PREFIX + known.type;
  site.set('typed_config', isRecord(site.value) ? { '@type': type, ...site.value } : { '@type': type });
  if (site.value !== null && !isRecord(site.value)) site.set('config', site.value);
  site.warn(`typed_config: {"@type": ${type}, ...}`);
}

/** A map of filter name to struct: as above, once per entry. */
function configMap(field: string, category: string): Rule {
  return (site) => {
    if (!isRecord(site.value)) {
      site.set(field, site.value);
      return;
    }
    const made: Json = {};
    for (const [name, settings] of Object.entries(site.value)) {
      const known = v2Extension(category, name);
      if (known === undefined) {
        site.refuse(`is the v2 spelling, and no v2 extension is called ${JSON.stringify(name)}`, `${field}`);
        continue;
      }
      const body = isRecord(settings) ? settings : {};
      made[known.name] = site.from({ '@type': PREFIX + (known.override ?? known.type), ...body }, name);
    }
    site.set(field, made);
    const shown = Object.entries(made).map(
      ([name, any]) => `${name}: {"@type": ${(any as Json)['@type']}, ...}`,
    );
    site.warn(`${field}: {${shown.join(', ')}}`);
  };
}

/** `hosts` of a cluster: the addresses become endpoints of one locality. */
function hosts(site: Site): void {
  if (site.get('load_assignment') !== undefined) {
    site.refuse('is the v2 spelling of load_assignment, and both are set', 'only load_assignment');
    return;
  }
  const endpoints = asList(site.value).map((address, i) => {
    const one = { endpoint: { address: site.from(address, ...(Array.isArray(site.value) ? [i] : [])) } };
    return Array.isArray(site.value) ? site.from(one, i) : one;
  });
  const made = { cluster_name: site.get('name'), endpoints: [{ lb_endpoints: endpoints }] };
  site.set('load_assignment', made);
  site.warn(`load_assignment: ${flow(made, 300)}`);
}

function tlsContext(type: string): Rule {
  return (site) => {
    const typed = `${PREFIX}envoy.extensions.transport_sockets.tls.v3.${type}`;
    if (site.get('transport_socket') !== undefined) {
      site.refuse('is the v2 spelling of transport_socket, and both are set', 'only transport_socket');
      return;
    }
    const body = isRecord(site.value) ? site.value : {};
    const name = 'envoy.transport_sockets.tls';
    site.set('transport_socket', { name, typed_config: site.from({ '@type': typed, ...body }) });
    site.warn(`transport_socket: {name: ${name}, typed_config: {"@type": ${typed}, ...}}`);
  };
}

/** `runtime` of the bootstrap: a base, a tree of files and the admin's overrides, now as layers. */
function runtime(site: Site): void {
  const { value } = site;
  if (site.get('layered_runtime') !== undefined) {
    site.refuse('is the v2 spelling of layered_runtime, and both are set', 'only layered_runtime');
    return;
  }
  const old = isRecord(value) ? value : {};
  const pick = (snake: string, camel: string): unknown => old[snake] ?? old[camel];
  const layers: Json[] = [];
  if (old.base !== undefined) layers.push({ name: 'base', static_layer: site.from(old.base, 'base') });
  const root = pick('symlink_root', 'symlinkRoot');
  if (root !== undefined && root !== '') {
    const disk: Json = { symlink_root: root };
    const subdirectory = old.subdirectory;
    if (subdirectory !== undefined) disk.subdirectory = subdirectory;
    layers.push({ name: 'root', disk_layer: disk });
    const override = pick('override_subdirectory', 'overrideSubdirectory');
    if (override !== undefined && override !== '') {
      const more = { symlink_root: root, subdirectory: override, append_service_cluster: true };
      layers.push({ name: 'override', disk_layer: more });
    }
  }
  layers.push({ name: 'admin', admin_layer: {} });
  site.set('layered_runtime', { layers });
  site.warn(`layered_runtime: ${flow({ layers }, 300)}`);
}

/** `operation_name` of tracing: the direction moved to the listener. */
function operationName(site: Site): void {
  const direction = site.value === 'EGRESS' || site.value === 1 ? 'OUTBOUND' : 'INBOUND';
  const listener = site.enclosing('envoy.config.listener.v3.Listener');
  const modern = `traffic_direction: ${direction}, on the listener`;
  const present = listener?.get('traffic_direction');
  if (listener === undefined) site.refuse('was moved', modern);
  else if (present !== undefined && present !== direction)
    site.refuse("contradicts the listener's traffic_direction", modern);
  else {
    if (present === undefined) listener.set('traffic_direction', direction);
    site.warn(modern);
  }
}

/** `value` and `regex` of a query parameter: together they were one matcher. */
function queryValue(site: Site): void {
  const text = site.value;
  const matcher = site.get('regex') === true ? { safe_regex: { regex: text } } : { exact: text };
  site.set('string_match', matcher);
  site.warn(`string_match: ${flow(matcher)}`);
}

/** With a value, the value's rule has seen it; without one, only the presence counted. */
function queryRegex(site: Site): void {
  if (site.get('value') !== undefined) return;
  site.set('present_match', true);
  site.warn('present_match: true');
}

/** `cluster` or `catch_all_cluster` of a Redis proxy. */
function redisCatchAll(site: Site): void {
  const made = { catch_all_route: { cluster: site.value } };
  site.set('prefix_routes', made);
  site.warn(`prefix_routes: ${flow(made)}`);
}

/** The first form of TCP routes: one route without conditions is a cluster, more were filter chains. */
function tcpV1(site: Site): void {
  const routes = isRecord(site.value) ? asList(site.value.routes) : [];
  const [only] = routes;
  if (routes.length === 1 && isRecord(only) && Object.keys(only).join() === 'cluster') {
    site.set('cluster', only.cluster);
    site.warn(`cluster: ${flow(only.cluster)}`);
  } else {
    site.refuse("was removed from Envoy's API", 'one filter chain with a filter_chain_match for each route');
  }
}

/** `runtime_key` of a mirror: the share in hundredths of a percent, 0 when the runtime lacks it. */
function mirrorKey(site: Site): void {
  const made = {
    default_value: { numerator: 0, denominator: 'TEN_THOUSAND' },
    runtime_key: site.value,
  };
  if (site.get('runtime_fraction') === undefined) site.set('runtime_fraction', made);
  site.warn(`runtime_fraction: ${flow(made)}`);
}

function lbPolicy(site: Site): void {
  const made: Json = { name: site.get('name') ?? '' };
  const typed = site.get('typed_config');
  if (typed !== undefined) made.typed_config = typed;
  site.set('typed_extension_config', made);
  site.warn(`typed_extension_config: ${flow(made)}`);
}

const safeRegex = (regex: unknown): Json => ({ safe_regex: { regex } });
const RE2 = 'the syntax is now that of RE2';
const exact = (text: unknown): Json => ({ exact: text });
const percent = (on: unknown): Json => ({ default_value: { numerator: on === false ? 0 : 100 } });
const header = (name: string, match: Json): Json => ({ name, string_match: match });

const TLS = 'envoy.api.v2.auth';
const CORE = 'envoy.api.v2.core';
const ROUTE = 'envoy.api.v2.route';
const HCM = 'envoy.config.filter.network.http_connection_manager.v2.HttpConnectionManager';
const GZIP = 'envoy.config.filter.http.gzip.v2.Gzip';
const REDIS = 'envoy.config.filter.network.redis_proxy.v2.RedisProxy';

export const V2_RULES: Readonly<Record<string, Rule>> = {
  'envoy.api.v2.Cluster.hosts': hosts,
  'envoy.api.v2.Cluster.tls_context': tlsContext('UpstreamTlsContext'),
  'envoy.api.v2.Cluster.extension_protocol_options': configMap(
    'typed_extension_protocol_options',
    'envoy.upstream_options',
  ),
  'envoy.api.v2.ClusterLoadAssignment.Policy.disable_overprovisioning': drop(
    'it never had an effect',
    (value) => value === false,
  ),
  'envoy.api.v2.LoadBalancingPolicy.Policy.name': lbPolicy,
  'envoy.api.v2.LoadBalancingPolicy.Policy.typed_config': () => {},
  'envoy.api.v2.LoadBalancingPolicy.Policy.config': refused('write typed_extension_config'),
  'envoy.api.v2.listener.Filter.config': config,
  'envoy.api.v2.listener.FilterChain.tls_context': tlsContext('DownstreamTlsContext'),
  'envoy.api.v2.listener.ListenerFilter.config': config,
  'envoy.api.v2.listener.UdpListenerConfig.udp_listener_name': drop(
    'raw UDP is the only one without quic_options',
    (value) => value === 'raw_udp_listener',
  ),
  'envoy.api.v2.listener.UdpListenerConfig.config': refused('QUIC is configured by quic_options'),
  'envoy.api.v2.listener.UdpListenerConfig.typed_config': refused('QUIC is configured by quic_options'),
  'envoy.api.v2.listener.QuicProtocolOptions.max_concurrent_streams': move(
    'quic_protocol_options',
    (value) => ({ max_concurrent_streams: value }),
  ),
  [`${CORE}.GrpcService.GoogleGrpc.CallCredentials.MetadataCredentialsFromPlugin.config`]: config,
  [`${CORE}.HealthCheck.CustomHealthCheck.config`]: config,
  [`${CORE}.HealthCheck.HttpHealthCheck.service_name`]: move('service_name_matcher', (v) => ({ prefix: v })),
  [`${CORE}.HealthCheck.HttpHealthCheck.use_http2`]: move('codec_client_type', (value) =>
    value === true ? 'HTTP2' : 'HTTP1',
  ),
  [`${CORE}.Node.build_version`]: move('user_agent_version', (value) => value),
  [`${CORE}.TransportSocket.config`]: config,
  [`${TLS}.CertificateValidationContext.require_ocsp_staple`]: drop(
    'it never had an effect',
    (value) => value === false,
  ),
  [`${TLS}.CertificateValidationContext.verify_subject_alt_name`]: moveEach('match_subject_alt_names', exact),
  [`${TLS}.PrivateKeyProvider.config`]: config,
  [`${ROUTE}.CorsPolicy.allow_origin`]: moveEach('allow_origin_string_match', exact),
  [`${ROUTE}.CorsPolicy.allow_origin_regex`]: moveEach('allow_origin_string_match', safeRegex),
  [`${ROUTE}.CorsPolicy.enabled`]: move('filter_enabled', percent),
  [`${ROUTE}.HeaderMatcher.regex_match`]: move('string_match', safeRegex, RE2),
  [`${ROUTE}.QueryParameterMatcher.regex`]: queryRegex,
  [`${ROUTE}.QueryParameterMatcher.value`]: queryValue,
  [`${ROUTE}.RetryPolicy.RetryHostPredicate.config`]: config,
  [`${ROUTE}.RetryPolicy.RetryPriority.config`]: config,
  [`${ROUTE}.Route.per_filter_config`]: configMap('typed_per_filter_config', 'envoy.filters.http'),
  [`${ROUTE}.RouteAction.RequestMirrorPolicy.runtime_key`]: mirrorKey,
  [`${ROUTE}.RouteAction.request_mirror_policy`]: move('request_mirror_policies', (value, site) => [
    site.from(value),
  ]),
  [`${ROUTE}.RouteMatch.regex`]: move('safe_regex', (regex) => ({ regex }), RE2),
  [`${ROUTE}.VirtualCluster.method`]: move('headers', (value) => [header(':method', exact(value))]),
  [`${ROUTE}.VirtualCluster.pattern`]: move('headers', (value) => [header(':path', safeRegex(value))]),
  [`${ROUTE}.VirtualHost.per_filter_config`]: configMap('typed_per_filter_config', 'envoy.filters.http'),
  [`${ROUTE}.WeightedCluster.ClusterWeight.per_filter_config`]: configMap(
    'typed_per_filter_config',
    'envoy.filters.http',
  ),
  'envoy.config.bootstrap.v2.Bootstrap.runtime': runtime,
  'envoy.config.filter.accesslog.v2.AccessLog.config': config,
  'envoy.config.filter.accesslog.v2.ExtensionFilter.config': config,
  'envoy.config.filter.fault.v2.FaultDelay.type': drop('a fixed delay is the only kind'),
  [`${GZIP}.content_length`]: move('compressor', (value) => ({ content_length: value })),
  [`${GZIP}.content_type`]: move('compressor', (value) => ({ content_type: value })),
  [`${GZIP}.disable_on_etag_header`]: move('compressor', (value) => ({ disable_on_etag_header: value })),
  [`${GZIP}.remove_accept_encoding_header`]: move('compressor', (value) => ({
    remove_accept_encoding_header: value,
  })),
  [`${HCM}.idle_timeout`]: move('common_http_protocol_options', (value) => ({ idle_timeout: value })),
  [`${HCM}.Tracing.operation_name`]: operationName,
  [`${HCM}.Tracing.request_headers_for_tags`]: moveEach('custom_tags', (name) => ({
    tag: name,
    request_header: { name },
  })),
  'envoy.config.filter.network.http_connection_manager.v2.HttpFilter.config': config,
  [`${REDIS}.cluster`]: redisCatchAll,
  [`${REDIS}.PrefixRoutes.catch_all_cluster`]: move('catch_all_route', (cluster) => ({ cluster })),
  'envoy.config.filter.network.tcp_proxy.v2.TcpProxy.deprecated_v1': tcpV1,
  'envoy.config.filter.network.thrift_proxy.v2alpha1.ThriftFilter.config': config,
  'envoy.config.metrics.v2.StatsSink.config': config,
  'envoy.config.overload.v2alpha.ResourceMonitor.config': config,
  'envoy.config.trace.v2.Tracing.Http.config': config,
  'envoy.type.matcher.StringMatcher.regex': move('safe_regex', (regex) => ({ regex }), RE2),
};
