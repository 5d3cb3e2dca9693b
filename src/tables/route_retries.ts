import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import { nearest } from '../nearest.ts';
import type { RetryPolicyInput } from './generated/layout.ts';
import { LB_LABEL, lbLabelsOf } from './labels.ts';
import { type RouteContext, refuse } from './route_context.ts';
import { child, decoded, messages, milliseconds, number, text, wrappedNumber } from './route_read.ts';
import { compileHeaderMatcher } from './route_string.ts';

/** Bits of RetryPolicy.on: `RetryOn` of native/http/retry.h, in its order. */
const RETRY_ON = [
  '5xx',
  'gateway-error',
  'connect-failure',
  'retriable-4xx',
  'refused-stream',
  'retriable-status-codes',
  'retriable-headers',
  'reset',
  'reset-before-request',
  'envoy-ratelimited',
  'cancelled',
  'deadline-exceeded',
  'resource-exhausted',
  'unavailable',
  'internal',
] as const;
/** Conditions of Envoy that can never hold here. */
const NEVER = ['http3-post-connect-failure'];
const PREVIOUS_HOSTS = 'envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate';
const CANARY_HOSTS = 'envoy.extensions.retry.host.omit_canary_hosts.v3.OmitCanaryHostsPredicate';
const HOST_METADATA = 'envoy.extensions.retry.host.omit_host_metadata.v3.OmitHostMetadataConfig';
const UNIX_TIMESTAMP = 1;
const BASE_MS = 25;

/** envoy.config.route.v3.RetryPolicy of a route, or else of its virtual host: it replaces that one as a whole. */
export function compileRetries(
  action: Message,
  path: Path,
  host: Message,
  hostPath: Path,
  context: RouteContext,
): RetryPolicyInput | undefined {
  const own = child(action, 'retry_policy');
  if (own !== undefined) return compilePolicy(own, [...path, 'retry_policy'], context);
  const shared = child(host, 'retry_policy');
  return shared === undefined ? undefined : compilePolicy(shared, [...hostPath, 'retry_policy'], context);
}

function compilePolicy(policy: Message, path: Path, context: RouteContext): RetryPolicyInput {
  const backOff = child(policy, 'retry_back_off');
  const base = (backOff === undefined ? undefined : milliseconds(backOff, 'base_interval')) ?? BASE_MS;
  const most = (backOff === undefined ? undefined : milliseconds(backOff, 'max_interval')) ?? base * 10;
  if (most < base) {
    const where = [...path, 'retry_back_off', 'max_interval'];
    refuse(context, where, 'rule', 'max_interval is below base_interval', 'at least base_interval');
  }
  const headers = (field: string) =>
    messages(policy, field).map((matcher, i) => compileHeaderMatcher(matcher, [...path, field, i], context));
  return {
    on: conditions(text(policy, 'retry_on'), [...path, 'retry_on'], context),
    retries: wrappedNumber(policy, 'num_retries', 1),
    per_try_timeout_ms: milliseconds(policy, 'per_try_timeout') ?? 0,
    per_try_idle_timeout_ms: milliseconds(policy, 'per_try_idle_timeout') ?? 0,
    backoff_base_ms: Math.max(1, base),
    backoff_max_ms: Math.max(1, most),
    host_attempts: Math.max(1, number(policy, 'host_selection_retry_max_attempts')),
    ...compilePredicates(policy),
    avoid_priorities: updateFrequency(policy),
    ...compileResets(policy),
    status_codes: (policy.retriable_status_codes ?? []) as number[],
    headers: headers('retriable_headers'),
    request_headers: headers('retriable_request_headers'),
  };
}

/** Hosts that are not to be tried again. */
function compilePredicates(policy: Message): Pick<RetryPolicyInput, 'avoid_previous' | 'avoid_labels'> {
  const configs = messages(policy, 'retry_host_predicate').map((each) =>
    decoded(child(each, 'typed_config')),
  );
  const labels = configs.flatMap((config) => {
    if (config?.$type === CANARY_HOSTS) return [{ labels: [`${LB_LABEL}canary=true`] }];
    if (config?.$type !== HOST_METADATA) return [];
    const metadata = child(config, 'metadata_match')?.filter_metadata;
    const own = metadata instanceof Map ? (metadata.get('envoy.lb') as Message | undefined) : undefined;
    return [{ labels: own === undefined ? [] : lbLabelsOf(own) }];
  });
  return { avoid_previous: configs.some((config) => config?.$type === PREVIOUS_HOSTS), avoid_labels: labels };
}

/** envoy.retry_priorities.previous_priorities is the only one there is. */
function updateFrequency(policy: Message): number {
  const priority = child(policy, 'retry_priority');
  const config = priority === undefined ? undefined : decoded(child(priority, 'typed_config'));
  return config === undefined ? 0 : number(config, 'update_frequency');
}

function compileResets(policy: Message): Pick<RetryPolicyInput, 'reset_headers' | 'reset_max_ms'> {
  const limited = child(policy, 'rate_limited_retry_back_off');
  if (limited === undefined) return {};
  return {
    reset_headers: messages(limited, 'reset_headers').map((header) => ({
      name: text(header, 'name').toLowerCase(),
      unix: number(header, 'format') === UNIX_TIMESTAMP,
    })),
    reset_max_ms: milliseconds(limited, 'max_interval') ?? 300_000,
  };
}

function conditions(list: string, path: Path, context: RouteContext): number {
  let on = 0;
  for (const name of list.split(',').map((one) => one.trim())) {
    const bit = RETRY_ON.indexOf(name as (typeof RETRY_ON)[number]);
    if (bit >= 0) on |= 1 << bit;
    else if (name !== '' && !NEVER.includes(name)) {
      const near = nearest(name, RETRY_ON);
      context.diagnostics.error(path, 'rule', `there is no retry condition ${JSON.stringify(name)}`, {
        expected: `some of ${RETRY_ON.join(', ')}`,
        ...(near === undefined ? {} : { suggestion: near }),
      });
    }
  }
  return on;
}
