import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';
import { address } from './values.ts';

const CORE = 'envoy.config.core.v3';
const RUNTIME = 'the value of a key that no layer of layered_runtime may set: the default holds';

/** envoy.config.core.v3: what several resources hold. */
export function declareCore(registry: SupportRegistry): void {
  declareAddresses(registry);
  declareSources(registry);
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
        initial_fetch_timeout: implemented(),
        resource_api_version: harmless('every version is read', {
          only: (value) => (value === 1 ? 'version 2 of the API' : undefined),
        }),
      },
      { minimal: { path_config_source: file } },
    )
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
