/**
 * envoy.config.route.v3.RouteConfiguration to records: one for each virtual host, so that an unchanged one is
 * shared with the version before, and one for the configuration with the index over the domains.
 */
import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import type { CompiledRecord, CompiledResource } from '../config/compiled.ts';
import {
  type DecoratorInput,
  PathMatch,
  type RequireTls,
  type RouteInput,
  writeRecord,
} from './generated/layout.ts';
import { compileAction } from './route_action.ts';
import { type HostScope, type RouteContext, type RouteScope, refuse } from './route_context.ts';
import { compileDomains } from './route_domains.ts';
import { compileOverrides } from './route_filters.ts';
import { compileMutations } from './route_headers.ts';
import { indexRoutes, storedPath } from './route_index.ts';
import { compilePolicies } from './route_policies.ts';
import { child, flag, has, messages, number, text, texts, wrappedFlag } from './route_read.ts';
import { compileConditions, compileHeaderMatcher, compileRegex } from './route_string.ts';

/** The records, the configuration's own last; undefined when something was reported as an error. */
export function compileRouteConfig(config: Message, context: RouteContext): CompiledResource | undefined {
  const before = context.diagnostics.errorCount;
  const hosts = messages(config, 'virtual_hosts');
  const path = context.path;
  const scope = { ...context, config };
  const records = hosts.map((host, i) => compileHost(host, [...path, 'virtual_hosts', i], scope));
  const compiled = writeRecord('RouteConfig', {
    name: text(config, 'name'),
    virtual_hosts: records.map((host) => ({ host })),
    mutations: compileMutations(config, path, context),
    filters: compileOverrides(config, path, context),
    ...compileDomains(
      hosts.map((host) => texts(host, 'domains')),
      path,
      context,
    ),
    ignore_port: flag(config, 'ignore_port_in_host_matching'),
    most_specific_mutations_win: flag(config, 'most_specific_header_mutations_wins'),
    vhds: has(config, 'vhds'),
  });
  return context.diagnostics.errorCount > before ? undefined : { records: compiled };
}

function compileHost(host: Message, path: Path, context: RouteScope): CompiledRecord {
  const scope = { ...context, host, hostPath: path };
  const routes = messages(host, 'routes').map((route, i) =>
    compileRoute(route, [...path, 'routes', i], scope),
  );
  const records = writeRecord('VirtualHost', {
    name: text(host, 'name'),
    mutations: compileMutations(host, path, context),
    filters: compileOverrides(host, path, context),
    ...indexRoutes(routes),
    require_tls: number(host, 'require_tls') as RequireTls,
    attempts_in_request: flag(host, 'include_request_attempt_count'),
    attempts_in_response: flag(host, 'include_attempt_count_in_response'),
    timeouts_in_request: flag(host, 'include_is_timeout_retry_header'),
  });
  return records[records.length - 1] as CompiledRecord;
}

function compileRoute(route: Message, path: Path, context: HostScope): RouteInput {
  const match = child(route, 'match');
  return {
    ...(match === undefined
      ? refuse(context, path, 'rule', 'the route has no match')
      : compileMatch(match, [...path, 'match'], context)),
    ...compileAction(route, path, context),
    policies: compilePolicies(route, path, context),
    decorator: compileDecorator(route),
    name: text(route, 'name'),
    mutations: compileMutations(route, path, context),
    filters: compileOverrides(route, path, context),
  };
}

function compileDecorator(route: Message): DecoratorInput | undefined {
  const decorator = child(route, 'decorator');
  if (decorator === undefined) return undefined;
  return { operation: text(decorator, 'operation'), propagate: wrappedFlag(decorator, 'propagate', true) };
}

const LITERAL_PATHS = [
  ['prefix', PathMatch.Prefix],
  ['path', PathMatch.Exact],
  ['path_separated_prefix', PathMatch.PathSeparatedPrefix],
] as const;

function compileMatch(match: Message, path: Path, context: RouteContext): Partial<RouteInput> {
  const headers = messages(match, 'headers').map((matcher, i) =>
    compileHeaderMatcher(matcher, [...path, 'headers', i], context),
  );
  return {
    ...compilePath(match, path, context),
    headers,
    conditions: compileConditions(match, path, context),
  };
}

function compilePath(match: Message, path: Path, context: RouteContext): Partial<RouteInput> | undefined {
  const caseSensitive = wrappedFlag(match, 'case_sensitive', true);
  for (const [field, kind] of LITERAL_PATHS) {
    if (!has(match, field)) continue;
    const stored = storedPath(text(match, field), caseSensitive);
    return { path: stored, path_match: kind, case_sensitive: caseSensitive };
  }
  const regex = child(match, 'safe_regex');
  if (regex !== undefined) {
    const pattern = compileRegex(regex, [...path, 'safe_regex'], context);
    return { path: pattern ?? '', path_match: PathMatch.Regex, case_sensitive: true };
  }
  if (has(match, 'connect_matcher')) return { path_match: PathMatch.Connect };
  const field = 'path_match_policy';
  if (!has(match, field))
    return refuse(context, path, 'rule', 'the match names no path', 'prefix, path or safe_regex');
  return refuse(context, [...path, field], 'unsupported', `${field} is not supported yet`);
}
