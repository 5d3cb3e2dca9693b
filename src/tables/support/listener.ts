import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';
import { address } from './values.ts';

const LISTENER = 'envoy.config.listener.v3';
const PREDICATES = [{ destination_port_range: { start: 1, end: 2 } }, { any_match: true }];

/** What src/tables/listener_compiler.ts and src/config/extract.ts do of listeners. */
export function declareListeners(registry: SupportRegistry): void {
  registry
    .message(
      `${LISTENER}.Listener`,
      {
        name: implemented(),
        address: implemented(),
        additional_addresses: implemented(),
        stat_prefix: implemented(),
        access_log: implemented(),
        max_connections_to_accept_per_socket_event: implemented(),
        filter_chains: implemented(),
        default_filter_chain: implemented(),
        per_connection_buffer_limit_bytes: implemented(),
        tcp_backlog_size: implemented(),
        bind_to_port: implemented(),
        socket_options: implemented(),
        tcp_keepalive: implemented(),
        freebind: implemented(),
        transparent: implemented(),
        ignore_global_conn_limit: implemented(),
        traffic_direction: harmless('it names a direction for other components'),
        enable_reuse_port: harmless(
          'all workers share one socket for each address and accept evenly from it',
        ),
        connection_balance_config: harmless('connections are always balanced exactly'),
        listener_filters: implemented(),
        listener_filters_timeout: implemented({ sample: '7s' }),
        continue_on_listener_filters_timeout: implemented(),
        use_original_dst: implemented(),
        metadata: harmless('nothing in the proxy reads it'),
      },
      { minimal: { name: 'base', address: address(7000) } },
    )
    .message(
      `${LISTENER}.AdditionalAddress`,
      { address: implemented(), socket_options: implemented(), tcp_keepalive: implemented() },
      { minimal: { address: address(7001) } },
    )
    .message(`${LISTENER}.ListenerFilter`, {
      name: harmless('filters are found by the type of their configuration'),
      typed_config: implemented(),
      filter_disabled: implemented({ sample: { any_match: true } }),
    })
    .message(
      `${LISTENER}.ListenerFilterChainMatchPredicate`,
      {
        any_match: implemented(),
        not_match: implemented({ sample: { any_match: true } }),
        and_match: implemented({ sample: { rules: PREDICATES } }),
        or_match: implemented({ sample: { rules: PREDICATES } }),
        destination_port_range: implemented({ sample: { start: 7, end: 8 } }),
      },
      { minimal: { destination_port_range: { start: 1, end: 2 } } },
    )
    .message(
      `${LISTENER}.ListenerFilterChainMatchPredicate.MatchSet`,
      { rules: implemented({ sample: PREDICATES }) },
      { minimal: { rules: [{ any_match: true }, { any_match: true }] } },
    )
    .message('envoy.type.v3.Int32Range', { start: implemented(), end: implemented() })
    .message(`${LISTENER}.FilterChainMatch`, {
      destination_port: implemented(),
      prefix_ranges: implemented(),
      server_names: implemented({ sample: ['a.example'] }),
      transport_protocol: implemented({ sample: 'tls' }),
      application_protocols: implemented(),
      direct_source_prefix_ranges: implemented(),
      source_type: implemented({ enum: ['ANY', 'SAME_IP_OR_LOOPBACK', 'EXTERNAL'] }),
      source_prefix_ranges: implemented(),
      source_ports: implemented(),
    })
    .message(
      'envoy.config.core.v3.CidrRange',
      { address_prefix: implemented({ sample: '10.0.0.0' }), prefix_len: implemented() },
      { minimal: { address_prefix: '11.0.0.0', prefix_len: 8 } },
    )
    .message(`${LISTENER}.FilterChain`, {
      filter_chain_match: implemented(),
      name: implemented(),
      filters: implemented(),
      transport_socket: implemented(),
      transport_socket_connect_timeout: implemented(),
      metadata: harmless('nothing in the proxy reads it'),
    })
    .message(
      `${LISTENER}.Filter`,
      { name: harmless('filters are found by the type of their configuration'), typed_config: implemented() },
      { minimal: { name: 'base' } },
    );
}
