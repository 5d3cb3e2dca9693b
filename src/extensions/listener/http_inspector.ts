import type { Extension } from '../types.ts';

const TYPE = 'envoy.extensions.filters.listener.http_inspector.v3.HttpInspector';

/** envoy.filters.listener.http_inspector: which version of HTTP a client speaks without TLS. */
export const httpInspector: Extension = {
  name: 'envoy.filters.listener.http_inspector',
  category: 'envoy.filters.listener',
  type: TYPE,
  aliases: ['envoy.listener.http_inspector'],
  declare: (registry) => {
    registry.message(TYPE, {});
  },
  compile: () => ({ struct: 'HttpInspector', value: { stats: 'http_inspector' } }),
};
