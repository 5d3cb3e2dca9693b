import { compile, declare, TYPE } from '../istio/stats.ts';
import type { Extension } from '../types.ts';

/** istio.stats: the metrics of a mesh (istio_requests_total and others), by who asks whom. */
export const httpIstioStats: Extension = {
  name: 'istio.stats',
  aliases: ['envoy.filters.http.istio_stats'],
  category: 'envoy.filters.http',
  type: TYPE,
  declare,
  compile: (config, context) => compile(config, context, false),
};
