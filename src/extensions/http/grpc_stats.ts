import { implemented } from '../../api/support.ts';
import type { Message } from '../../api/message.ts';
import { child, flag, messages, text, texts, wrappedFlag } from '../../tables/route_read.ts';
import type { Extension } from '../types.ts';

const TYPE = 'envoy.extensions.filters.http.grpc_stats.v3.FilterConfig';
const LIST = 'envoy.config.core.v3.GrpcMethodList';
const SERVICE = { name: 'shop.Cart', method_names: ['Add'] };

/** `service/method` of all that are listed, in the order of bytes. */
function listed(config: Message): string[] {
  const list = child(config, 'individual_method_stats_allowlist');
  if (list === undefined) return [];
  const all = messages(list, 'services').flatMap((service) =>
    texts(service, 'method_names').map((method) => `${text(service, 'name')}/${method}`),
  );
  return [...new Set(all)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** envoy.filters.http.grpc_stats: counts calls and their messages, below the statistics of clusters. */
export const grpcStats: Extension = {
  name: 'envoy.filters.http.grpc_stats',
  category: 'envoy.filters.http',
  type: TYPE,
  declare: (registry) => {
    registry
      .message(TYPE, {
        individual_method_stats_allowlist: implemented({ sample: { services: [SERVICE] } }),
        stats_for_all_methods: implemented(),
        enable_upstream_stats: implemented(),
        emit_filter_state: implemented({ note: 'for `istio.stats`' }),
        replace_dots_in_grpc_service_name: implemented({ note: 'with stats_for_all_methods' }),
      })
      .message(LIST, { services: implemented({ sample: [SERVICE] }) })
      .message(
        `${LIST}.Service`,
        {
          name: implemented({ sample: 'other.Service' }),
          method_names: implemented({ sample: ['Other'] }),
        },
        { minimal: SERVICE },
      );
  },
  compile: (config) => ({
    struct: 'GrpcStats',
    value: {
      methods: listed(config),
      all_methods: wrappedFlag(config, 'stats_for_all_methods', false),
      emit: flag(config, 'emit_filter_state'),
      upstream_stats: flag(config, 'enable_upstream_stats'),
      replace_dots: flag(config, 'replace_dots_in_grpc_service_name'),
    },
  }),
};
