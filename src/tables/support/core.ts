import type { FieldValue } from '../../api/message.ts';
import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';
import { declareGoogle } from './google_grpc.ts';
import { address } from './values.ts';

const CORE = 'envoy.config.core.v3';
const RUNTIME = 'the value of a key that no layer of layered_runtime may set: the default holds';

/** Where a connection comes from: IPv4 or IPv6, not both. */
const SOURCE = { without: ['ipv4_compat'], sample: { address: '127.0.0.3', port_value: 0 } };
const SOURCE_6 = { address: '::1', port_value: 0 };

/** envoy.config.core.v3: what several resources hold. */
export function declareCore(registry: SupportRegistry): void {
  declareAddresses(registry);
  declareSources(registry);
  declareServers(registry);
  declareGoogle(registry);
  declareProtocols(registry);
  registry
    .message(`${CORE}.Locality`, { region: implemented(), zone: implemented(), sub_zone: implemented() })
    .message(`${CORE}.TypedExtensionConfig`, {
      name: harmless('the type of the configuration decides'),
      typed_config: implemented(),
    })
    .message(`${CORE}.TransportSocket`, {
      name: harmless('the type of the configuration decides'),
      typed_config: implemented(),
    })
    .message(
      `${CORE}.RuntimeDouble`,
      { default_value: implemented(), runtime_key: harmless(RUNTIME) },
      { minimal: { default_value: 1, runtime_key: 'key' } },
    )
    .message(
      `${CORE}.RuntimeFeatureFlag`,
      { default_value: implemented({ sample: false }), runtime_key: harmless(RUNTIME) },
      { minimal: { default_value: true, runtime_key: 'key' } },
    )
    .message('envoy.type.v3.Percent', { value: implemented({ sample: 7 }) })
    .enumValues(`${CORE}.TrafficDirection`, ['UNSPECIFIED', 'INBOUND', 'OUTBOUND']);
}

function declareAddresses(registry: SupportRegistry): void {
  registry
    .message(
      `${CORE}.Address`,
      { socket_address: implemented(), pipe: implemented() },
      { minimal: address(7000) },
    )
    .message(
      `${CORE}.SocketAddress`,
      {
        protocol: harmless('TCP is the only protocol there is', {
          only: (protocol) => (protocol === 0 ? undefined : 'UDP'),
        }),
        address: implemented({ sample: '127.0.0.2' }),
        port_value: implemented(),
        ipv4_compat: implemented({ base: { address: '::' } }),
      },
      { minimal: { address: '127.0.0.1', port_value: 7000 } },
    )
    .message(`${CORE}.Pipe`, { path: implemented(), mode: implemented() }, { minimal: { path: '/a.sock' } })
    .message(
      `${CORE}.SocketOption`,
      {
        description: harmless('for people'),
        level: implemented(),
        name: implemented(),
        int_value: implemented(),
        buf_value: implemented(),
        state: harmless('options are always set before the address is bound', {
          only: (state) => (state === 0 ? undefined : 'socket options of a later state than STATE_PREBIND'),
        }),
      },
      { minimal: { level: 1, name: 9, int_value: 1 } },
    )
    .message(
      `${CORE}.BindConfig`,
      {
        source_address: implemented(SOURCE),
        freebind: implemented({ sample: true }),
        socket_options: implemented(),
        extra_source_addresses: implemented({ sample: [{ address: SOURCE_6 }] }),
        additional_source_addresses: implemented({ ...SOURCE, sample: [SOURCE_6] }),
      },
      {
        minimal: { source_address: { address: '127.0.0.2', port_value: 0 } },
        embed: {
          message: 'envoy.config.cluster.v3.Cluster',
          wrap: (json) => ({ name: 'base', upstream_bind_config: json }),
        },
      },
    )
    .message(
      `${CORE}.ExtraSourceAddress`,
      {
        address: implemented({ ...SOURCE, sample: { address: '::2', port_value: 0 } }),
        socket_options: implemented(),
      },
      {
        minimal: { address: SOURCE_6 },
        embed: {
          message: `${CORE}.BindConfig`,
          wrap: (json) => ({
            source_address: { address: '127.0.0.2', port_value: 0 },
            extra_source_addresses: [json],
          }),
        },
      },
    )
    .message(`${CORE}.SocketOptionsOverride`, { socket_options: implemented() })
    .message(`${CORE}.TcpKeepalive`, {
      keepalive_probes: implemented(),
      keepalive_time: implemented(),
      keepalive_interval: implemented(),
    });
}

function declareSources(registry: SupportRegistry): void {
  const file = { path: '/dev/null' };
  registry
    .message(
      `${CORE}.ConfigSource`,
      {
        path: implemented({ sample: '/dev/zero' }),
        path_config_source: implemented(),
        ads: implemented({ sample: {} }),
        self: implemented({ uncompiled: 'it is the source of what it stands in' }),
        api_config_source: implemented(),
        authorities: implemented({
          inside: ['envoy.config.bootstrap.v3.Bootstrap.config_sources'],
          note: 'in `config_sources` of the bootstrap: elsewhere they have no effect',
          uncompiled: 'resources are asked of those that they name',
        }),
        initial_fetch_timeout: implemented(),
        resource_api_version: harmless('every version is read', {
          only: (value) => (value === 1 ? 'version 2 of the API' : undefined),
        }),
      },
      {
        minimal: { path_config_source: file },
        embed: {
          message: 'envoy.config.bootstrap.v3.Bootstrap.DynamicResources',
          wrap: (json) => ({ lds_config: json }),
        },
      },
    )
    .message('xds.core.v3.Authority', { name: implemented({ uncompiled: 'it is compared with names' }) })
    .message(
      `${CORE}.PathConfigSource`,
      { path: implemented({ sample: '/dev/zero' }), watched_directory: implemented() },
      { minimal: file },
    )
    .message(
      `${CORE}.WatchedDirectory`,
      { path: implemented(), watch_modify: implemented() },
      { minimal: { path: '/dev' } },
    );
}

/** Management servers: what src/config/sources.ts reads. */
function declareServers(registry: SupportRegistry): void {
  const envoyGrpc = { cluster_name: 'server' };
  const grpc = { api_type: 'GRPC', transport_api_version: 'V3', grpc_services: [{ envoy_grpc: envoyGrpc }] };
  const version = (value: FieldValue): string | undefined =>
    value === 2 ? undefined : 'a version of the transport other than V3';
  registry
    .message(`${CORE}.AggregatedConfigSource`, {})
    .message(`${CORE}.SelfConfigSource`, {
      transport_api_version: harmless('it is that of the source it stands for', { only: version }),
    })
    .message(
      `${CORE}.ApiConfigSource`,
      {
        api_type: implemented({
          enum: ['REST', 'GRPC', 'DELTA_GRPC', 'AGGREGATED_GRPC', 'AGGREGATED_DELTA_GRPC'],
          sample: 'DELTA_GRPC',
        }),
        transport_api_version: harmless('there is one version', { only: version }),
        cluster_names: implemented({
          base: { api_type: 'REST', cluster_names: ['server'], grpc_services: [], refresh_delay: '1s' },
          sample: ['other'],
          only: (names) =>
            (names as readonly string[]).length > 1 ? 'more than one cluster of a REST server' : undefined,
        }),
        grpc_services: implemented({
          sample: [{ envoy_grpc: { cluster_name: 'other' } }],
          only: (services) =>
            (services as readonly unknown[]).length > 1 ? 'more than one gRPC service' : undefined,
        }),
        refresh_delay: implemented({
          base: { api_type: 'REST', cluster_names: ['server'], grpc_services: [], refresh_delay: '1s' },
        }),
        request_timeout: implemented({
          base: { api_type: 'REST', cluster_names: ['server'], grpc_services: [], refresh_delay: '1s' },
        }),
        rate_limit_settings: implemented({ sample: { max_tokens: 7 } }),
        set_node_on_first_message_only: implemented(),
      },
      { minimal: grpc },
    )
    .message(`${CORE}.RateLimitSettings`, { max_tokens: implemented(), fill_rate: implemented() })
    .message(
      `${CORE}.GrpcService`,
      {
        envoy_grpc: implemented(),
        google_grpc: implemented({
          inside: [`${CORE}.ApiConfigSource.grpc_services`],
          sample: { target_uri: 'other:1', stat_prefix: 'google' },
          note: 'management servers and load reports; elsewhere refused',
        }),
        timeout: implemented(),
        initial_metadata: implemented({ sample: [{ key: 'a', value: 'b' }] }),
        retry_policy: implemented(),
      },
      {
        minimal: { envoy_grpc: envoyGrpc },
        embed: { message: `${CORE}.ApiConfigSource`, wrap: (json) => ({ ...grpc, grpc_services: [json] }) },
      },
    )
    .message(
      `${CORE}.GrpcService.EnvoyGrpc`,
      {
        cluster_name: implemented({ sample: 'other' }),
        authority: implemented(),
        retry_policy: implemented(),
        max_receive_message_length: implemented(),
      },
      { minimal: envoyGrpc },
    )
    .message(`${CORE}.RetryPolicy`, {
      retry_back_off: implemented(),
      num_retries: harmless('a stream is opened again as long as somebody wants something of it'),
    });
}

/** Of both sides; what only one has is declared with it. */
function declareProtocols(registry: SupportRegistry): void {
  registry
    .message(`${CORE}.HttpProtocolOptions`, {
      idle_timeout: implemented(),
      max_connection_duration: implemented(),
      max_requests_per_connection: implemented(),
      max_headers_count: implemented(),
      max_response_headers_kb: implemented(),
    })
    .message(`${CORE}.Http1ProtocolOptions`, { enable_trailers: implemented() });
}
