import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import type { RoutePoliciesInput } from './generated/layout.ts';
import type { HostScope } from './route_context.ts';
import { child, flag, wrappedNumber } from './route_read.ts';
import { compileMirrors } from './route_mirrors.ts';
import { compileRedirects } from './route_redirects.ts';
import { compileRetries } from './route_retries.ts';

/** What a route that forwards says of hosts that fail, or its virtual host in its place; undefined: nothing. */
export function compilePolicies(
  route: Message,
  path: Path,
  context: HostScope,
): RoutePoliciesInput | undefined {
  const action = child(route, 'route');
  if (action === undefined) return undefined;
  const made: RoutePoliciesInput = {
    retry: compileRetries(action, [...path, 'route'], context.host, context.hostPath, context),
    redirects: compileRedirects(action, [...path, 'route'], context),
    mirrors: compileMirrors(action, [...path, 'route'], context),
    hedges: hedges(action, context.host),
    ...bodyLimit(route, context.host),
  };
  return Object.values(made).some((value) => value !== undefined) ? made : undefined;
}

/** hedge_policy.hedge_on_per_try_timeout: the policy of the route replaces that of the virtual host as a whole. */
function hedges(action: Message, host: Message): true | undefined {
  const policy = child(action, 'hedge_policy') ?? child(host, 'hedge_policy');
  return policy !== undefined && flag(policy, 'hedge_on_per_try_timeout') ? true : undefined;
}

/** The newer field holds as it is, the older one is never more than what a connection may keep. */
function bodyLimit(route: Message, host: Message): RoutePoliciesInput {
  const said = (field: string): number | undefined =>
    [route, host].map((message) => wrappedNumber(message, field, -1)).find((value) => value >= 0);
  const exact = said('request_body_buffer_limit');
  if (exact !== undefined) return { limits_body: true, body_limit: BigInt(exact) };
  const most = said('per_request_buffer_limit_bytes');
  return most === undefined ? {} : { limits_body: true, body_limit: BigInt(most), body_limit_is_most: true };
}
