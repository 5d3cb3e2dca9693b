import { harmless, implemented } from '../../api/support.ts';
import { flag, texts } from '../../tables/route_read.ts';
import { onlyFlag } from '../../tables/support/values.ts';
import type { Extension } from '../types.ts';

const TYPE = 'envoy.extensions.filters.http.router.v3.Router';
/** Bits of Router.strict_headers: `StrictHeader` of native/http/asked.h, in its order. */
const STRICT = [
  'x-envoy-upstream-rq-timeout-ms',
  'x-envoy-upstream-rq-per-try-timeout-ms',
  'x-envoy-max-retries',
  'x-envoy-retry-on',
  'x-envoy-retry-grpc-on',
];

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
      respect_expected_rq_timeout: implemented(),
      strict_check_headers: implemented({ sample: ['x-envoy-retry-on'] }),
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
      respect_expected_rq_timeout: flag(config, 'respect_expected_rq_timeout'),
      dynamic_stats: true,
      strict_headers: texts(config, 'strict_check_headers').reduce(
        (bits, name) => bits | (1 << STRICT.indexOf(name)),
        0,
      ),
    },
  }),
};
