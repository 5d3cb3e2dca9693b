import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';

const TYPE = 'envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector';

/** envoy.filters.listener.tls_inspector: part of how a listener accepts (src/tables/filter_chain_match.ts). */
export const tlsInspector = {
  name: 'envoy.filters.listener.tls_inspector',
  category: 'envoy.filters.listener',
  type: TYPE,
  aliases: ['envoy.listener.tls_inspector'],
  declare: (registry: SupportRegistry): void => {
    registry.message(TYPE, {
      max_client_hello_size: implemented({ sample: 4096 }),
      close_connection_on_client_hello_parsing_errors: implemented(),
      initial_read_buffer_size: harmless('what a client has sent is looked at in one piece'),
    });
  },
} as const;
