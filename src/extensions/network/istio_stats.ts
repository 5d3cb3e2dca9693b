import { compile, TYPE } from '../istio/stats.ts';
import type { Extension } from '../types.ts';

/** istio.stats of connections: the metrics of a mesh (istio_tcp_sent_bytes_total and others), by who asks whom. */
export const networkIstioStats: Extension = {
  name: 'istio.stats',
  aliases: ['envoy.filters.network.istio_stats'],
  category: 'envoy.filters.network',
  type: TYPE,
  // Its fields are those of the HTTP filter.
  declare: () => undefined,
  compile: (config, context) => compile(config, context, true),
};
