import { harmless, implemented } from '../../api/support.ts';
import { flag, wrappedNumber } from '../../tables/route_read.ts';
import type { Extension } from '../types.ts';

const TYPE = 'envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector';
/** As Envoy: 16 KB, the largest that BoringSSL takes. */
const LARGEST_HELLO = 16 * 1024;

/** envoy.filters.listener.tls_inspector: whether a client speaks TLS, which server it means and what it offers to speak. */
export const tlsInspector: Extension = {
  name: 'envoy.filters.listener.tls_inspector',
  category: 'envoy.filters.listener',
  type: TYPE,
  aliases: ['envoy.listener.tls_inspector'],
  declare: (registry) => {
    registry.message(TYPE, {
      max_client_hello_size: implemented({ sample: 4096 }),
      close_connection_on_client_hello_parsing_errors: implemented(),
      initial_read_buffer_size: harmless('what a client has sent is looked at in one piece'),
    });
    // The filter that generated cases take.
    const typed_config = { '@type': `type.googleapis.com/${TYPE}` };
    registry.message(
      'envoy.config.listener.v3.ListenerFilter',
      {},
      { minimal: { name: 'base', typed_config } },
    );
  },
  compile: (config) => ({
    struct: 'TlsInspector',
    value: {
      stats: 'tls_inspector',
      max_client_hello_size: wrappedNumber(config, 'max_client_hello_size', LARGEST_HELLO),
      close_on_errors: flag(config, 'close_connection_on_client_hello_parsing_errors'),
    },
  }),
};
