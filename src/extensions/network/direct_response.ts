import { implemented } from '../../api/support.ts';
import { readSource } from '../../tables/data_source.ts';
import { child } from '../../tables/route_read.ts';
import type { Extension } from '../types.ts';

const TYPE = 'envoy.extensions.filters.network.direct_response.v3.Config';

/** envoy.filters.network.direct_response: says one thing to every connection and closes it. */
export const directResponse: Extension = {
  name: 'envoy.filters.network.direct_response',
  category: 'envoy.filters.network',
  type: TYPE,
  terminal: true,
  declare: (registry) => {
    registry.message(TYPE, { response: implemented() });
  },
  compile: (config, context) => {
    const source = child(config, 'response');
    const path = [...context.path, 'response'];
    return {
      struct: 'TcpDirectResponse',
      value: { response: source === undefined ? undefined : readSource(source, path, context) },
    };
  },
};
