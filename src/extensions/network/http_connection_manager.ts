import type { Message } from '../../api/message.ts';
import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';
import { compileAccessLogs } from '../../accesslog/access_log.ts';
import { ipBytes } from '../../tables/address.ts';
import { configSource, routeKey } from '../../config/sources.ts';
import { cidrRange } from '../../tables/filter_chain_match.ts';
import {
  type CidrRangeInput,
  type CodecType,
  EscapedSlashes,
  type ForwardClientCert,
  ServerHeader,
  StripPort,
} from '../../tables/generated/layout.ts';
import { http2Options } from '../../tables/http2_options.ts';
import { unknownSelf } from '../../tables/config_source.ts';
import { compileFilters } from '../../tables/filters.ts';
import { compileRouteConfig } from '../../tables/route_compiler.ts';
import { compileUpgrades } from '../../tables/route_upgrades.ts';
import { onlyFlag, onlyType } from '../../tables/support/values.ts';
import { compileTracing, declareTracing } from '../../tracing/tracing.ts';
import {
  child,
  duration,
  flag,
  messages,
  number,
  text,
  wrappedFlag,
  wrappedNumber,
} from '../../tables/route_read.ts';
import type { Extension, ExtensionContext } from '../types.ts';
import { compileScopedRoutes, declareScopedRoutes } from './scoped_routes.ts';

const PACKAGE = 'envoy.extensions.filters.network.http_connection_manager.v3';
const TYPE = `${PACKAGE}.HttpConnectionManager`;
const UUID = 'envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig';
/** The smallest manager that is valid; its last filter is whatever ends a chain. */
const MINIMAL = {
  stat_prefix: 'base',
  route_config: { name: 'base' },
  http_filters: [
    {
      name: 'router',
      typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.router.v3.Router' },
    },
  ],
};
/** A filter that may stand before it. */
const BUFFER = {
  name: 'base',
  typed_config: {
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer',
    max_request_bytes: 1000,
  },
};
/** For samples: it comes from a file. */
const DISCOVERED = {
  config_source: { path_config_source: { path: '/dev/null' } },
  type_urls: [BUFFER.typed_config['@type']],
};
const ends = (filter: Record<string, unknown>): boolean =>
  String((filter.typed_config as Record<string, unknown> | undefined)?.['@type']).endsWith('.Router');
const within = (field: string) => ({
  message: TYPE,
  wrap: (json: Record<string, unknown>) => ({ ...MINIMAL, [field]: json }),
});
const HOUR = 3_600_000;
const MINUTE = 60_000;
const SERVER_HEADER = [
  ServerHeader.Overwrite,
  ServerHeader.AppendIfAbsent,
  ServerHeader.PassThrough,
] as const;

/** By number, as the record's enum has them. */
const FORWARD_CLIENT_CERT = [
  'SANITIZE',
  'FORWARD_ONLY',
  'APPEND_FORWARD',
  'SANITIZE_SET',
  'ALWAYS_FORWARD_ONLY',
] as const;

function clientCertDetails(manager: Message): number {
  const details = child(manager, 'set_current_client_cert_details');
  if (details === undefined) return 0;
  const bits = ['cert', 'chain', 'dns', 'uri'].map((field, i) => (flag(details, field) ? 2 << i : 0));
  return bits.reduce((sum, bit) => sum | bit, wrappedFlag(details, 'subject', false) ? 1 : 0);
}

function declare(registry: SupportRegistry): void {
  declareTracing(registry, MINIMAL);
  const none = 'it is what happens anyway';
  registry
    .message(
      TYPE,
      {
        codec_type: implemented({ enum: ['AUTO', 'HTTP1', 'HTTP2'] }),
        stat_prefix: implemented(),
        route_config: implemented({ without: ['vhds'] }),
        rds: implemented(),
        http_filters: implemented({ sample: [BUFFER, ...MINIMAL.http_filters] }),
        access_log: implemented(),
        server_name: implemented(),
        server_header_transformation: implemented({
          enum: ['OVERWRITE', 'APPEND_IF_ABSENT', 'PASS_THROUGH'],
        }),
        via: implemented(),
        use_remote_address: implemented(),
        skip_xff_append: implemented(),
        upgrade_configs: implemented({ sample: [{ upgrade_type: 'sample' }] }),
        internal_address_config: implemented({ sample: { unix_sockets: true } }),
        xff_num_trusted_hops: implemented(),
        generate_request_id: implemented(),
        preserve_external_request_id: implemented(),
        always_set_request_id_in_response: implemented(),
        proxy_100_continue: implemented(),
        stream_idle_timeout: implemented(),
        request_timeout: implemented(),
        request_headers_timeout: implemented(),
        drain_timeout: implemented(),
        forward_client_cert_details: implemented({ enum: FORWARD_CLIENT_CERT }),
        set_current_client_cert_details: implemented({
          base: { forward_client_cert_details: 'SANITIZE_SET' },
        }),
        delayed_close_timeout: implemented(),
        max_request_headers_kb: implemented(),
        common_http_protocol_options: implemented({ without: ['max_response_headers_kb'] }),
        http_protocol_options: implemented(),
        http2_protocol_options: implemented({ sample: { max_concurrent_streams: 7 } }),
        normalize_path: implemented({ sample: true }),
        merge_slashes: implemented(),
        path_with_escaped_slashes_action: implemented({
          enum: [
            'IMPLEMENTATION_SPECIFIC_DEFAULT',
            'KEEP_UNCHANGED',
            'REJECT_REQUEST',
            'UNESCAPE_AND_REDIRECT',
            'UNESCAPE_AND_FORWARD',
          ],
          sample: 'REJECT_REQUEST',
        }),
        strip_matching_host_port: implemented(),
        strip_any_host_port: implemented(),
        strip_trailing_host_dot: implemented(),
        tracing: implemented(),
        request_id_extension: harmless('it is what happens anyway', {
          only: onlyType(UUID, 'a request id extension other than uuid'),
        }),
        add_user_agent: harmless(none, { only: onlyFlag(false, 'adding a user-agent header') }),
        stream_error_on_invalid_http_message: harmless(none, {
          only: onlyFlag(false, 'keeping connections open after messages that are not valid'),
        }),
      },
      { minimal: MINIMAL },
    )
    .message(`${PACKAGE}.HttpConnectionManager.SetCurrentClientCertDetails`, {
      subject: implemented({ sample: true }),
      cert: implemented(),
      chain: implemented(),
      dns: implemented(),
      uri: implemented(),
    })
    .message(
      `${PACKAGE}.HttpConnectionManager.UpgradeConfig`,
      { upgrade_type: implemented(), enabled: implemented() },
      { minimal: { upgrade_type: 'base' } },
    )
    .message(`${PACKAGE}.HttpConnectionManager.InternalAddressConfig`, {
      unix_sockets: implemented(),
      cidr_ranges: implemented({ sample: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] }),
    })
    .message(
      `${PACKAGE}.Rds`,
      { config_source: implemented(), route_config_name: implemented() },
      {
        minimal: {
          route_config_name: 'routes',
          config_source: { path_config_source: { path: '/dev/null' } },
        },
      },
    )
    .message(
      `${PACKAGE}.HttpFilter`,
      {
        name: implemented(),
        typed_config: implemented(),
        config_discovery: implemented({ sample: DISCOVERED }),
        disabled: implemented(),
        is_optional: implemented({ uncompiled: 'a filter that is not built in is left out' }),
      },
      {
        minimal: BUFFER,
        embed: {
          message: TYPE,
          wrap: (json) => ({
            ...MINIMAL,
            http_filters: ends(json) ? [json] : [json, ...MINIMAL.http_filters],
          }),
        },
      },
    )
    .message(
      'envoy.config.core.v3.ExtensionConfigSource',
      {
        config_source: implemented({ sample: { path_config_source: { path: '/dev/zero' } } }),
        default_config: implemented({ sample: BUFFER.typed_config }),
        apply_default_config_without_warming: implemented({
          uncompiled: 'it decides whether a listener waits',
        }),
        type_urls: implemented({ uncompiled: 'it is enforced when a configuration comes' }),
      },
      {
        minimal: DISCOVERED,
        embed: {
          message: `${PACKAGE}.HttpFilter`,
          wrap: (json) => ({ name: 'base', config_discovery: json }),
        },
      },
    )
    .message('envoy.config.core.v3.HttpProtocolOptions', {
      max_stream_duration: implemented({ embed: within('common_http_protocol_options') }),
    })
    .message('envoy.config.core.v3.Http1ProtocolOptions', {
      accept_http_10: implemented({ embed: within('http_protocol_options') }),
      default_host_for_http_10: implemented({ embed: within('http_protocol_options') }),
      allow_absolute_url: harmless('absolute targets are always accepted', {
        only: onlyFlag(true, 'refusing absolute targets'),
      }),
    });
  declareScopedRoutes(registry, MINIMAL);
}

/** The route table: by name where RDS delivers it, one of several by the request's scope, else the one that stands here. */
function routes(manager: Message, context: ExtensionContext) {
  const scoped = child(manager, 'scoped_routes');
  if (scoped !== undefined) return { scopes: compileScopedRoutes(scoped, context) };
  const rds = child(manager, 'rds');
  if (rds !== undefined) {
    const source = configSource(child(rds, 'config_source'), context.origin);
    if (source === undefined) unknownSelf([...context.path, 'rds', 'config_source'], context.diagnostics);
    return source === undefined ? {} : { route_config: routeKey(text(rds, 'route_config_name'), source) };
  }
  const inline = child(manager, 'route_config') ?? { $type: 'envoy.config.route.v3.RouteConfiguration' };
  const path = [...context.path, 'route_config'];
  const compiled = compileRouteConfig(inline, { ...context, path, validateClusters: true });
  return { inline_routes: compiled?.records };
}

const ESCAPED_SLASHES = [
  EscapedSlashes.Keep,
  EscapedSlashes.Keep,
  EscapedSlashes.Reject,
  EscapedSlashes.Redirect,
  EscapedSlashes.Forward,
] as const;

/** What becomes of paths and hosts before a route is looked for. */
function target(manager: Message, { path, diagnostics }: ExtensionContext) {
  const matching = flag(manager, 'strip_matching_host_port');
  const any = flag(manager, 'strip_any_host_port');
  if (matching && any) {
    diagnostics.error([...path, 'strip_any_host_port'], 'conflict', 'strip_matching_host_port is set too', {
      expected: 'one of the two',
      keyError: true,
    });
  }
  const made = {
    normalize_path: wrappedFlag(manager, 'normalize_path', false),
    merge_slashes: flag(manager, 'merge_slashes'),
    escaped_slashes:
      ESCAPED_SLASHES[number(manager, 'path_with_escaped_slashes_action')] ?? EscapedSlashes.Keep,
    strip_port: any ? StripPort.Any : matching ? StripPort.Matching : StripPort.None,
    strip_trailing_host_dot: flag(manager, 'strip_trailing_host_dot'),
  };
  return { ...made, rewrites_target: Object.values(made).some((each) => each !== false && each !== 0) };
}

/** What counts as the inside when no ranges are given: RFC 1918, RFC 4193, loopback; as Envoy. */
const INSIDE: CidrRangeInput[] = [
  { ip: ipBytes('10.0.0.0'), length: 8, ipv6: false },
  { ip: ipBytes('172.16.0.0'), length: 12, ipv6: false },
  { ip: ipBytes('192.168.0.0'), length: 16, ipv6: false },
  { ip: ipBytes('127.0.0.1'), length: 32, ipv6: false },
  { ip: ipBytes('fd00::'), length: 8, ipv6: true },
  { ip: ipBytes('::1'), length: 128, ipv6: true },
];

function internalRanges(internal: Message | undefined, context: ExtensionContext): CidrRangeInput[] {
  if (internal === undefined) return [];
  const ranges = messages(internal, 'cidr_ranges');
  if (ranges.length === 0) return INSIDE;
  const path = [...context.path, 'internal_address_config', 'cidr_ranges'];
  return ranges.flatMap((range, i) => cidrRange(range, [...path, i], context) ?? []);
}

/** envoy.filters.network.http_connection_manager */
export const httpConnectionManager: Extension = {
  name: 'envoy.filters.network.http_connection_manager',
  category: 'envoy.filters.network',
  type: TYPE,
  aliases: ['envoy.http_connection_manager'],
  terminal: true,
  declare,
  compile: (manager, context) => {
    const prefix = text(manager, 'stat_prefix');
    const common = child(manager, 'common_http_protocol_options');
    const http1 = child(manager, 'http_protocol_options');
    const internal = child(manager, 'internal_address_config');
    const time = (of: Message | undefined, field: string, otherwise: number): number =>
      (of === undefined ? undefined : duration(of, field)) ?? otherwise;
    const http_filters = compileFilters(messages(manager, 'http_filters'), 'envoy.filters.http', {
      ...context,
      httpStat: `http.${prefix}.`,
      path: [...context.path, 'http_filters'],
    });
    return {
      struct: 'HttpConnectionManager',
      value: {
        stat_prefix: prefix,
        stats: prefix,
        listener_stats: `${context.listenerStat}.http.${prefix}`,
        ...routes(manager, context),
        ...target(manager, context),
        http_filters,
        access_logs: compileAccessLogs(manager, context),
        tracing: compileTracing(manager, context),
        codec_type: number(manager, 'codec_type') as CodecType,
        http2: http2Options(child(manager, 'http2_protocol_options')),
        server_name: text(manager, 'server_name'),
        server_header:
          SERVER_HEADER[number(manager, 'server_header_transformation')] ?? ServerHeader.Overwrite,
        via: text(manager, 'via'),
        forward_client_cert: number(manager, 'forward_client_cert_details') as ForwardClientCert,
        client_cert_details: clientCertDetails(manager),
        use_remote_address: wrappedFlag(manager, 'use_remote_address', false),
        skip_xff_append: flag(manager, 'skip_xff_append'),
        knows_inside: internal !== undefined,
        internal_unix_sockets: internal !== undefined && flag(internal, 'unix_sockets'),
        internal_ranges: internalRanges(internal, context),
        upgrades: compileUpgrades(manager, context.path, context),
        xff_num_trusted_hops: number(manager, 'xff_num_trusted_hops'),
        generate_request_id: wrappedFlag(manager, 'generate_request_id', true),
        preserve_external_request_id: flag(manager, 'preserve_external_request_id'),
        always_set_request_id_in_response: flag(manager, 'always_set_request_id_in_response'),
        proxy_100_continue: flag(manager, 'proxy_100_continue'),
        idle_timeout_ms: time(common, 'idle_timeout', HOUR),
        max_connection_duration_ms: time(common, 'max_connection_duration', 0),
        max_stream_duration_ms: time(common, 'max_stream_duration', 0),
        max_requests_per_connection:
          common === undefined ? 0 : wrappedNumber(common, 'max_requests_per_connection', 0),
        max_headers_count: (common === undefined ? 0 : wrappedNumber(common, 'max_headers_count', 0)) || 100,
        stream_idle_timeout_ms: time(manager, 'stream_idle_timeout', 5 * MINUTE),
        request_timeout_ms: time(manager, 'request_timeout', 0),
        request_headers_timeout_ms: time(manager, 'request_headers_timeout', 0),
        drain_timeout_ms: time(manager, 'drain_timeout', 5000),
        delayed_close_timeout_ms: time(manager, 'delayed_close_timeout', 1000),
        max_request_headers_kb: wrappedNumber(manager, 'max_request_headers_kb', 60),
        accept_http_10: http1 !== undefined && flag(http1, 'accept_http_10'),
        default_host_for_http_10: http1 === undefined ? '' : text(http1, 'default_host_for_http_10'),
        allow_absolute_url: true,
        enable_trailers: http1 !== undefined && flag(http1, 'enable_trailers'),
      },
    };
  },
};
