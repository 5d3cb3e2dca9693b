import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';
import type { Message } from '../../api/message.ts';
import { ofMillion } from '../../tables/fraction.ts';
import type { FaultFilterInput } from '../../tables/generated/layout.ts';
import type { RouteContext } from '../../tables/route_context.ts';
import {
  child,
  duration,
  has,
  messages,
  number,
  text,
  texts,
  wrappedNumber,
} from '../../tables/route_read.ts';
import { compileHeaderMatcher } from '../../tables/route_string.ts';
import type { Extension } from '../types.ts';

const TYPE = 'envoy.extensions.filters.http.fault.v3.HTTPFault';
const DELAY = 'envoy.extensions.filters.common.fault.v3.FaultDelay';
const ABORT = 'envoy.extensions.filters.http.fault.v3.FaultAbort';
const ALL = { numerator: 100 };
const FIXED = { fixed_delay: '1s', percentage: ALL };
const STATUS = { http_status: 500, percentage: ALL };
const RUNTIME = 'there is no runtime to look it up in: the value that stands beside it holds';

function declare(registry: SupportRegistry): void {
  registry
    .message(TYPE, {
      delay: implemented({ sample: FIXED }),
      abort: implemented({ sample: STATUS }),
      upstream_cluster: implemented(),
      headers: implemented({ sample: [{ name: 'x-sample' }] }),
      downstream_nodes: implemented({ sample: ['sample'] }),
      max_active_faults: implemented(),
      delay_percent_runtime: harmless(RUNTIME),
      abort_percent_runtime: harmless(RUNTIME),
      delay_duration_runtime: harmless(RUNTIME),
      abort_http_status_runtime: harmless(RUNTIME),
      max_active_faults_runtime: harmless(RUNTIME),
      response_rate_limit_percent_runtime: harmless(RUNTIME),
      abort_grpc_status_runtime: harmless(RUNTIME),
      disable_downstream_cluster_stats: harmless('there are no statistics by the cluster of the client'),
    })
    .message(
      DELAY,
      {
        fixed_delay: implemented({ sample: '7s' }),
        header_delay: implemented({ sample: {} }),
        percentage: implemented({ sample: { numerator: 7 } }),
      },
      { minimal: FIXED, embed: { message: TYPE, wrap: (json) => ({ delay: json }) } },
    )
    .message(`${DELAY}.HeaderDelay`, {})
    .message(
      ABORT,
      {
        http_status: implemented({ sample: 404 }),
        grpc_status: implemented({ sample: 7 }),
        header_abort: implemented({ sample: {} }),
        percentage: implemented({ sample: { numerator: 7 } }),
        response_body: implemented(),
      },
      { minimal: STATUS, embed: { message: TYPE, wrap: (json) => ({ abort: json }) } },
    )
    .message(`${ABORT}.HeaderAbort`, {});
}

function compileFault(config: Message, context: RouteContext): FaultFilterInput {
  const delay = child(config, 'delay');
  const abort = child(config, 'abort');
  return {
    upstream_cluster: text(config, 'upstream_cluster'),
    downstream_nodes: [...texts(config, 'downstream_nodes')],
    headers: messages(config, 'headers').map((matcher, i) =>
      compileHeaderMatcher(matcher, [...context.path, 'headers', i], context),
    ),
    limits_active: has(config, 'max_active_faults'),
    max_active: wrappedNumber(config, 'max_active_faults', 0),
    ...(delay === undefined
      ? {}
      : {
          delays: true,
          delay_by_header: has(delay, 'header_delay'),
          delay_ms: BigInt(duration(delay, 'fixed_delay') ?? 0),
          delay_share: ofMillion(child(delay, 'percentage')),
        }),
    ...(abort === undefined
      ? {}
      : {
          aborts: true,
          abort_by_header: has(abort, 'header_abort'),
          http_status: number(abort, 'http_status'),
          grpc_status: has(abort, 'grpc_status') ? number(abort, 'grpc_status') : -1,
          abort_share: ofMillion(child(abort, 'percentage')),
          abort_body: text(abort, 'response_body'),
        }),
  };
}

/** envoy.filters.http.fault: delays and answers that tests ask for. */
export const fault: Extension = {
  name: 'envoy.filters.http.fault',
  category: 'envoy.filters.http',
  type: TYPE,
  aliases: ['envoy.fault'],
  declare,
  compile: (config, context) => ({
    struct: 'FaultFilter',
    value: { ...compileFault(config, context), stats: `${context.httpStat ?? ''}fault` },
  }),
  perRoute: {
    type: TYPE,
    compile: (config, context) => ({ struct: 'FaultFilter', value: compileFault(config, context) }),
  },
};
