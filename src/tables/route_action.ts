import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import { readSource } from './data_source.ts';
import {
  type DirectResponseInput,
  type RedirectInput,
  type RewriteInput,
  RouteAction,
  type RouteInput,
  type WeightedClustersInput,
} from './generated/layout.ts';
import { checkCluster, type HostScope, type RouteContext, type RouteScope, refuse } from './route_context.ts';
import { compileOverrides } from './route_filters.ts';
import { compileHashPolicies } from './route_hash_policy.ts';
import { compileMutations } from './route_headers.ts';
import {
  child,
  flag,
  has,
  messages,
  milliseconds,
  number,
  text,
  wrappedFlag,
  wrappedNumber,
} from './route_read.ts';
import { compileSubstitution } from './route_substitution.ts';
import { compileTimeouts } from './route_timeouts.ts';
import { compileUpgrades } from './route_upgrades.ts';

const DEFAULT_TIMEOUT_MS = 15_000;
const NOT_FOUND_STATUS = [503, 404, 500];
const REDIRECT_STATUS = [301, 302, 303, 307, 308];
const DEFAULT_MAX_BODY = 4096;

/** Route.action: the fields of a tables::Route that say what becomes of a request. */
export function compileAction(
  route: Message,
  path: Path,
  context: HostScope,
): Partial<RouteInput> | undefined {
  const forward = child(route, 'route');
  if (forward !== undefined) return compileForward(forward, [...path, 'route'], context);
  const redirect = child(route, 'redirect');
  if (redirect !== undefined) return compileRedirect(redirect, [...path, 'redirect'], context);
  const direct = child(route, 'direct_response');
  if (direct !== undefined) {
    return compileDirect(direct, [...path, 'direct_response'], context);
  }
  const field = ['filter_action', 'non_forwarding_action'].find((name) => has(route, name));
  return refuse(
    context,
    field === undefined ? path : [...path, field],
    field === undefined ? 'rule' : 'unsupported',
    field === undefined ? 'the route has no action' : `${field} is not supported yet`,
    'route, redirect or direct_response',
  );
}

function compileForward(action: Message, path: Path, context: HostScope): Partial<RouteInput> | undefined {
  const weighted = child(action, 'weighted_clusters');
  const cluster = text(action, 'cluster');
  const header = text(action, 'cluster_header').toLowerCase();
  if (weighted === undefined && !has(action, 'cluster') && header === '') {
    const field = ['cluster_specifier_plugin', 'inline_cluster_specifier_plugin'].find((name) =>
      has(action, name),
    );
    if (field === undefined) return refuse(context, path, 'rule', 'the route names no cluster');
    return refuse(context, [...path, field], 'unsupported', `${field} is not supported yet`);
  }
  checkCluster(cluster, [...path, 'cluster'], context);
  const idle = milliseconds(action, 'idle_timeout');
  const types = compileUpgrades(action, path, context);
  const timeouts = compileTimeouts(action);
  return {
    action: kindOf(weighted, header),
    cluster,
    cluster_name: cluster || header,
    weighted:
      weighted === undefined ? undefined : compileWeighted(weighted, [...path, 'weighted_clusters'], context),
    rewrite: compileRewrite(action, path, context),
    // A longest life of the stream takes its place.
    timeout_ms:
      timeouts?.limits_stream === true ? 0 : (milliseconds(action, 'timeout') ?? DEFAULT_TIMEOUT_MS),
    timeouts,
    hash: compileHashPolicies(action, path, context),
    idle_timeout_ms: idle,
    upgrades: types.length === 0 ? undefined : { types },
    has_idle_timeout: idle !== undefined,
    cluster_not_found_status: NOT_FOUND_STATUS[number(action, 'cluster_not_found_response_code')] ?? 503,
    high_priority: number(action, 'priority') === 1,
  };
}

function kindOf(weighted: Message | undefined, header: string): RouteAction {
  if (weighted !== undefined) return RouteAction.WeightedClusters;
  return header === '' ? RouteAction.Cluster : RouteAction.ClusterHeader;
}

function compileWeighted(weighted: Message, path: Path, context: RouteScope): WeightedClustersInput {
  let total = 0;
  const clusters = messages(weighted, 'clusters').map((cluster, i) => {
    const where = [...path, 'clusters', i];
    const name = text(cluster, 'name');
    const header = text(cluster, 'cluster_header').toLowerCase();
    if (name === '' && header === '')
      refuse(context, where, 'rule', 'a weighted cluster needs a name', 'the name of a cluster');
    if (name !== '' && header !== '')
      refuse(context, [...where, 'cluster_header'], 'rule', 'the cluster is named already', 'name, or this');
    checkCluster(name, [...where, 'name'], context);
    const weight = wrappedNumber(cluster, 'weight', 0);
    total += weight;
    return {
      cluster: name,
      name,
      weight,
      mutations: compileMutations(cluster, where, context),
      filters: compileOverrides(cluster, where, context),
      host_rewrite: text(cluster, 'host_rewrite_literal'),
      cluster_header: header,
    };
  });
  if (total === 0) {
    refuse(context, [...path, 'clusters'], 'rule', 'the weights sum to 0', 'at least one weight above 0');
  } else if (total > 0xffffffff) {
    refuse(context, [...path, 'clusters'], 'rule', `the weights sum to ${total}`, 'at most 4294967295');
  }
  return { total: BigInt(total), clusters };
}

function compileRewrite(action: Message, path: Path, context: RouteContext): RewriteInput | undefined {
  const prefix = text(action, 'prefix_rewrite');
  if (prefix !== '' && has(action, 'regex_rewrite')) {
    refuse(
      context,
      [...path, 'regex_rewrite'],
      'rule',
      'prefix_rewrite and regex_rewrite exclude each other',
    );
  }
  const rewrite: RewriteInput = {
    prefix,
    host: text(action, 'host_rewrite_literal'),
    host_header: text(action, 'host_rewrite_header').toLowerCase(),
    ...pathRegex(action, path, context),
    ...hostRegex(action, path, context),
    auto_host: wrappedFlag(action, 'auto_host_rewrite', false),
    append_x_forwarded_host: flag(action, 'append_x_forwarded_host'),
  };
  return Object.values(rewrite).some((value) => value !== '' && value !== false) ? rewrite : undefined;
}

const pathRegex = (message: Message, path: Path, context: RouteContext): Partial<RewriteInput> =>
  compileSubstitution(message, 'regex_rewrite', path, context) ?? {};

function hostRegex(message: Message, path: Path, context: RouteContext): Partial<RewriteInput> {
  const made = compileSubstitution(message, 'host_rewrite_path_regex', path, context);
  return made === undefined ? {} : { host_regex: made.regex, host_substitution: made.substitution };
}

function compileRedirect(redirect: Message, path: Path, context: RouteContext): Partial<RouteInput> {
  const to = text(redirect, 'path_redirect');
  const port = number(redirect, 'port_redirect');
  const prefix = text(redirect, 'prefix_rewrite');
  const rewrite: RewriteInput = prefix !== '' ? { prefix } : pathRegex(redirect, path, context);
  const made: RedirectInput = {
    scheme: flag(redirect, 'https_redirect') ? 'https' : text(redirect, 'scheme_redirect'),
    host: text(redirect, 'host_redirect'),
    port: port === 0 ? '' : `:${port}`,
    path: to,
    code: REDIRECT_STATUS[number(redirect, 'response_code')] ?? 301,
    strip_query: flag(redirect, 'strip_query'),
    path_has_query: to.includes('?'),
  };
  return {
    action: RouteAction.Redirect,
    redirect: made,
    rewrite: Object.keys(rewrite).length > 0 ? rewrite : undefined,
  };
}

function compileDirect(direct: Message, path: Path, context: RouteScope): Partial<RouteInput> {
  const source = child(direct, 'body');
  const body = source === undefined ? undefined : readSource(source, [...path, 'body'], context);
  const limit = wrappedNumber(context.config, 'max_direct_response_body_size_bytes', DEFAULT_MAX_BODY);
  if (body !== undefined && body.length > limit) {
    refuse(
      context,
      [...path, 'body'],
      'rule',
      `the response body has ${body.length} bytes`,
      `at most ${limit} bytes (max_direct_response_body_size_bytes)`,
    );
  }
  const made: DirectResponseInput = { status: number(direct, 'status'), body };
  return { action: RouteAction.DirectResponse, direct: made };
}
