import { harmless, implemented } from '../../api/support.ts';
import { flag } from '../../tables/route_read.ts';
import { onlyFlag } from '../../tables/support/values.ts';
import type { Extension } from '../types.ts';

const TYPE = 'envoy.extensions.filters.http.router.v3.Router';

/** envoy.filters.http.router: has requests answered by a cluster. */
export const router: Extension = {
  name: 'envoy.filters.http.router',
  category: 'envoy.filters.http',
  type: TYPE,
  aliases: ['envoy.router'],
  terminal: true,
  declare: (registry) => {
    registry.message(TYPE, {
      suppress_envoy_headers: implemented(),
      suppress_grpc_request_failure_code_stats: implemented(),
      dynamic_stats: harmless('the statistics are kept', {
        only: onlyFlag(true, 'routing without statistics of status codes'),
      }),
    });
  },
  compile: (config) => ({
    struct: 'Router',
    value: {
      suppress_envoy_headers: flag(config, 'suppress_envoy_headers'),
      suppress_grpc_request_failure_code_stats: flag(config, 'suppress_grpc_request_failure_code_stats'),
      dynamic_stats: true,
    },
  }),
};
