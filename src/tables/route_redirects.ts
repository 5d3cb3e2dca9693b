import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import type { InternalRedirectsInput } from './generated/layout.ts';
import { type RouteContext, refuse } from './route_context.ts';
import { child, decoded, flag, messages, number, texts, wrappedNumber } from './route_read.ts';

const PREDICATES = 'envoy.extensions.internal_redirect';
const PREVIOUS = `${PREDICATES}.previous_routes.v3.PreviousRoutesConfig`;
const ALLOWED = `${PREDICATES}.allow_listed_routes.v3.AllowListedRoutesConfig`;
const SAFE = `${PREDICATES}.safe_cross_scheme.v3.SafeCrossSchemeConfig`;
const CODES = [301, 302, 303, 307, 308];
const HANDLE = 1;

/** envoy.config.route.v3.InternalRedirectPolicy, or its older spelling; undefined: redirects go to the client. */
export function compileRedirects(
  action: Message,
  path: Path,
  context: RouteContext,
): InternalRedirectsInput | undefined {
  const policy = child(action, 'internal_redirect_policy');
  if (policy === undefined) {
    if (number(action, 'internal_redirect_action') !== HANDLE) return undefined;
    return { most: wrappedNumber(action, 'max_internal_redirects', 1), codes: [302] };
  }
  const codes = ((policy.redirect_response_codes ?? []) as number[]).filter((code) => CODES.includes(code));
  const predicates = messages(policy, 'predicates').map((each) => decoded(child(each, 'typed_config')));
  const of = (type: string): Message | undefined => predicates.find((each) => each?.$type === type);
  const allowed = predicates.filter((each) => each?.$type === ALLOWED);
  return {
    most: wrappedNumber(policy, 'max_internal_redirects', 1),
    codes: codes.length === 0 && !('redirect_response_codes' in policy) ? [302] : codes,
    copied_headers: copiedHeaders(policy, path, context),
    limits_routes: allowed.length > 0,
    allowed_routes: allowed.reduce<readonly string[]>((left, each, i) => {
      const names = texts(each as Message, 'allowed_route_names');
      return i === 0 ? names : left.filter((name) => names.includes(name));
    }, []),
    not_twice: of(PREVIOUS) !== undefined,
    cross_scheme: flag(policy, 'allow_cross_scheme_redirect'),
    safe_cross_scheme: of(SAFE) !== undefined,
  };
}

function copiedHeaders(policy: Message, path: Path, context: RouteContext): string[] {
  return texts(policy, 'response_headers_to_copy').map((name, i) => {
    const lower = name.toLowerCase();
    if (lower.startsWith(':') || lower === 'host') {
      const where = [...path, 'internal_redirect_policy', 'response_headers_to_copy', i];
      refuse(context, where, 'rule', `${name} is not for redirects to set`, 'another header');
    }
    return lower;
  });
}
