import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';

const ROUTE = 'envoy.config.route.v3';
const PREVIOUS = 'envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate';
type Json = Record<string, unknown>;

const inAction = (retry_policy: Json): Json => ({ cluster: 'sample', retry_policy });
const MATCHER = { name: 'x-sample' };

/** What src/tables/route_retries.ts and native/http/retry.h do of envoy.config.route.v3.RetryPolicy. */
export function declareRetries(registry: SupportRegistry): void {
  registry
    .message(
      `${ROUTE}.RetryPolicy`,
      {
        retry_on: implemented({ sample: 'gateway-error,cancelled' }),
        num_retries: implemented(),
        per_try_timeout: implemented(),
        per_try_idle_timeout: implemented(),
        retry_host_predicate: implemented({
          sample: [{ name: 'sample', typed_config: { '@type': `type.googleapis.com/${PREVIOUS}` } }],
        }),
        host_selection_retry_max_attempts: implemented(),
        retriable_status_codes: implemented({ sample: [418] }),
        retry_back_off: implemented({ sample: { base_interval: '0.5s' } }),
        retriable_headers: implemented({ sample: [MATCHER] }),
        retriable_request_headers: implemented({ sample: [MATCHER] }),
      },
      {
        minimal: { retry_on: '5xx' },
        embed: { message: `${ROUTE}.RouteAction`, wrap: inAction },
      },
    )
    .message(
      `${ROUTE}.RetryPolicy.RetryHostPredicate`,
      { name: harmless('it is for people'), typed_config: implemented() },
      {
        minimal: { name: 'base', typed_config: { '@type': `type.googleapis.com/${PREVIOUS}` } },
        embed: {
          message: `${ROUTE}.RouteAction`,
          wrap: (one) => inAction({ retry_on: '5xx', retry_host_predicate: [one] }),
        },
      },
    )
    .message(
      `${ROUTE}.RetryPolicy.RetryBackOff`,
      { base_interval: implemented(), max_interval: implemented() },
      {
        minimal: { base_interval: '0.1s' },
        embed: {
          message: `${ROUTE}.RouteAction`,
          wrap: (retry_back_off) => inAction({ retry_on: '5xx', retry_back_off }),
        },
      },
    )
    .extension({
      category: 'envoy.retry_host_predicates',
      name: 'envoy.retry_host_predicates.previous_hosts',
      type: PREVIOUS,
      since: '0.1.0',
    });
  registry.message(PREVIOUS, {});
}
