import type { FieldValue, Message } from '../../api/message.ts';
import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';

const ROUTE = 'envoy.config.route.v3';
const PREVIOUS = 'envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate';
const CANARY = 'envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate';
const METADATA = 'envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig';
const PRIORITIES = 'envoy.extensions.retry.priority.previous_priorities.v3.PreviousPrioritiesConfig';
type Json = Record<string, unknown>;

const inAction = (retry_policy: Json): Json => ({ cluster: 'sample', retry_policy });
const inPolicy = (wrap: (json: Json) => Json) => ({
  message: `${ROUTE}.RouteAction`,
  wrap: (json: Json) => inAction({ retry_on: '5xx', ...wrap(json) }),
});
/** Envoy does nothing with another number. */
const onlyOne = (value: FieldValue): string | undefined => {
  const number = typeof value === 'number' ? value : (value as Message).value;
  return number === 1 ? undefined : 'more than one initial request';
};
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
        rate_limited_retry_back_off: implemented(),
        retry_priority: implemented(),
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
    .message(
      `${ROUTE}.RetryPolicy.RetryPriority`,
      { name: harmless('it is for people'), typed_config: implemented() },
      {
        minimal: {
          name: 'base',
          typed_config: { '@type': `type.googleapis.com/${PRIORITIES}`, update_frequency: 3 },
        },
        embed: inPolicy((retry_priority) => ({ retry_priority })),
      },
    )
    .message(
      `${ROUTE}.RetryPolicy.RateLimitedRetryBackOff`,
      {
        reset_headers: implemented(),
        max_interval: implemented(),
      },
      {
        minimal: { reset_headers: [{ name: 'x-base' }] },
        embed: inPolicy((rate_limited_retry_back_off) => ({ rate_limited_retry_back_off })),
      },
    )
    .message(
      `${ROUTE}.RetryPolicy.ResetHeader`,
      { name: implemented(), format: implemented({ enum: ['SECONDS', 'UNIX_TIMESTAMP'] }) },
      {
        minimal: { name: 'x-base' },
        embed: inPolicy((one) => ({ rate_limited_retry_back_off: { reset_headers: [one] } })),
      },
    );
  registry.message(
    `${ROUTE}.HedgePolicy`,
    {
      hedge_on_per_try_timeout: implemented(),
      initial_requests: harmless('a request begins with one attempt', { only: onlyOne }),
    },
    {
      embed: {
        message: `${ROUTE}.RouteAction`,
        wrap: (hedge_policy) => ({ cluster: 'sample', hedge_policy }),
      },
    },
  );
  for (const [name, type] of [
    ['previous_hosts', PREVIOUS],
    ['omit_canary_hosts', CANARY],
    ['omit_host_metadata', METADATA],
  ] as const) {
    const category = 'envoy.retry_host_predicates';
    registry.extension({ category, name: `${category}.${name}`, type, since: '0.1.0' });
  }
  registry.extension({
    category: 'envoy.retry_priorities',
    name: 'envoy.retry_priorities.previous_priorities',
    type: PRIORITIES,
    since: '0.1.0',
  });
  registry.message(PREVIOUS, {}).message(CANARY, {});
  registry.message(PRIORITIES, { update_frequency: implemented() }, { minimal: { update_frequency: 1 } });
  registry.message(METADATA, {
    metadata_match: implemented({
      opaque: true,
      sample: { filter_metadata: { 'envoy.lb': { sample: 'yes' } } },
      note: '`envoy.lb` is looked at',
    }),
  });
}
