import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';

const LISTENER = 'envoy.config.listener.v3';
const CORE = 'envoy.config.core.v3';

/** What src/tables/listener_compiler.ts and src/config/extract.ts do of listeners and addresses. */
export function declareListeners(registry: SupportRegistry): void {
  registry
    .message(`${LISTENER}.Listener`, {
      name: implemented(),
      address: implemented(),
      additional_addresses: implemented(),
      stat_prefix: implemented(),
      filter_chains: implemented(),
      per_connection_buffer_limit_bytes: implemented(),
      tcp_backlog_size: implemented(),
      bind_to_port: implemented(),
      socket_options: implemented(),
      tcp_keepalive: implemented(),
      freebind: implemented(),
      transparent: implemented(),
      ignore_global_conn_limit: implemented(),
      traffic_direction: harmless('it names a direction for other components'),
      enable_reuse_port: harmless('all workers share one socket for each address and accept evenly from it'),
      connection_balance_config: harmless('connections are always balanced exactly'),
      metadata: harmless('nothing in the proxy reads it'),
    })
    .message(`${LISTENER}.Listener.ConnectionBalanceConfig`, {
      exact_balance: harmless('connections are always balanced exactly'),
    })
    .message(`${LISTENER}.AdditionalAddress`, {
      address: implemented(),
      socket_options: implemented(),
      tcp_keepalive: implemented(),
    })
    .message(`${LISTENER}.FilterChain`, { name: implemented(), filters: implemented() })
    .message(`${LISTENER}.Filter`, {
      name: harmless('filters are found by the type of their configuration'),
      typed_config: implemented(),
    })
    .message(`${CORE}.Address`, { socket_address: implemented(), pipe: implemented() })
    .message(`${CORE}.SocketAddress`, {
      protocol: implemented({ enum: ['TCP'] }),
      address: implemented(),
      port_value: implemented(),
      ipv4_compat: implemented(),
    })
    .message(`${CORE}.Pipe`, { path: implemented(), mode: implemented() })
    .message(`${CORE}.SocketOption`, {
      description: harmless('for people'),
      level: implemented(),
      name: implemented(),
      int_value: implemented(),
      buf_value: implemented(),
      state: implemented({ enum: ['STATE_PREBIND'] }),
    })
    .message(`${CORE}.SocketOptionsOverride`, { socket_options: implemented() })
    .message(`${CORE}.TcpKeepalive`, {
      keepalive_probes: implemented(),
      keepalive_time: implemented(),
      keepalive_interval: implemented(),
    })
    .enumValues(`${CORE}.TrafficDirection`, ['UNSPECIFIED', 'INBOUND', 'OUTBOUND']);
}
