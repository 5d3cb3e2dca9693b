import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import { HashOf, type HashPoliciesInput, type HashPolicyInput } from './generated/layout.ts';
import type { RouteContext } from './route_context.ts';
import { child, flag, messages, number, text } from './route_read.ts';
import { compileSubstitution } from './route_substitution.ts';

/** What follows the value of a cookie that is made for a client, in the order of Envoy's. */
function cookieSuffix(cookie: Message): string {
  const ttl = child(cookie, 'ttl');
  const seconds = ttl === undefined ? 0 : number(ttl, 'seconds');
  const path = text(cookie, 'path');
  const parts = [...(seconds === 0 ? [] : [`Max-Age=${seconds}`]), ...(path === '' ? [] : [`Path=${path}`])];
  for (const attribute of messages(cookie, 'attributes')) {
    const value = text(attribute, 'value');
    parts.push(value === '' ? text(attribute, 'name') : `${text(attribute, 'name')}=${value}`);
  }
  return [...parts, 'HttpOnly'].map((part) => `; ${part}`).join('');
}

function compilePolicy(policy: Message, path: Path, context: RouteContext): HashPolicyInput | undefined {
  const terminal = flag(policy, 'terminal');
  const header = child(policy, 'header');
  if (header !== undefined) {
    const name = text(header, 'header_name').toLowerCase();
    const rewrite = compileSubstitution(header, 'regex_rewrite', [...path, 'header'], context);
    return { of: HashOf.Header, name, ...rewrite, terminal };
  }
  const cookie = child(policy, 'cookie');
  if (cookie !== undefined) {
    const made = child(cookie, 'ttl') !== undefined;
    const name = text(cookie, 'name');
    const cookie_suffix = made ? cookieSuffix(cookie) : '';
    return { of: HashOf.Cookie, name, makes_cookie: made, cookie_suffix, terminal };
  }
  const parameter = child(policy, 'query_parameter');
  if (parameter !== undefined) return { of: HashOf.QueryParameter, name: text(parameter, 'name'), terminal };
  const connection = child(policy, 'connection_properties');
  return connection !== undefined && flag(connection, 'source_ip')
    ? { of: HashOf.SourceIp, terminal }
    : undefined;
}

/** RouteAction.hash_policy: what the hash of a request is made of, for clusters that choose hosts by it. */
export function compileHashPolicies(
  action: Message,
  path: Path,
  context: RouteContext,
): HashPoliciesInput | undefined {
  const policies = messages(action, 'hash_policy').flatMap(
    (policy, i) => compilePolicy(policy, [...path, 'hash_policy', i], context) ?? [],
  );
  return policies.length === 0 ? undefined : { policies };
}
