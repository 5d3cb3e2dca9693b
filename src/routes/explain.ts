import type { Message } from '../api/message.ts';
import { child, has, messages, text } from '../tables/route_read.ts';
import { headerOf } from './cases.ts';
import type { Routed, RouteTable } from './table.ts';

/** `Check` of native/route/select.h. */
const CHECKS = ['path', 'header', 'query', 'cookie', 'fraction', 'grpc'] as const;
const LISTS = { header: 'headers', query: 'query_parameters', cookie: 'cookies' } as const;
/** More routes than these that fail on the path alone are told as a number. */
const MOST = 20;

/** Why a request took its route, as lines for people. */
export function explanation(table: RouteTable, routed: Routed, path: string): string[] {
  const { virtualHost, routeMessage, request } = routed;
  if (virtualHost === undefined) {
    const domains = messages(table.config, 'virtual_hosts').flatMap((host) => domainsOf(host));
    return [`no virtual host is for the host of this request: the table has ${domains.join(', ') || 'none'}`];
  }
  const lines = [`virtual host '${text(virtualHost, 'name')}', for ${domainsOf(virtualHost).join(', ')}`];
  lines.push(...tried(routed, virtualHost));
  if (routed.toTls === 1) return [...lines, `it wants TLS: ${routed.status}, location ${routed.location}`];
  if (routeMessage === undefined) return [...lines, 'no route matches: 404'];
  lines.push(`route ${routed.route}${named(routeMessage)} matches: ${matchText(routeMessage)}`);
  if (routed.cluster === '') {
    const location = routed.location === '' ? '' : `, location ${routed.location}`;
    return [...lines, `answered here: ${routed.status}${location}`];
  }
  lines.push(`cluster '${routed.cluster}'`);
  const now = headerOf(request, ':path');
  if (now !== path) lines.push(`the path becomes ${now}`);
  const original = headerOf(request, 'x-envoy-original-host');
  if (original !== '') lines.push(`the host becomes ${headerOf(request, ':authority')}`);
  return lines;
}

const domainsOf = (host: Message): readonly string[] => (host.domains as readonly string[] | undefined) ?? [];
const named = (route: Message): string => (has(route, 'name') ? ` '${text(route, 'name')}'` : '');

/** The routes before it that were looked at, and what each failed on. */
function tried({ misses }: Routed, host: Message): string[] {
  const routes = messages(host, 'routes');
  const lines: string[] = [];
  let onPath = 0;
  for (let i = 0; i < misses.length; i += 3) {
    const [number = 0, check = 0, detail = 0] = misses.subarray(i, i + 3);
    const kind = CHECKS[check] ?? 'path';
    const route = routes[number];
    if (route === undefined) continue;
    if (kind === 'path' && onPath++ >= MOST) continue;
    lines.push(`route ${number}${named(route)} does not match: ${missText(route, kind, detail)}`);
  }
  if (onPath > MOST) lines.push(`and ${onPath - MOST} more, whose paths are others`);
  return lines;
}

function missText(route: Message, kind: (typeof CHECKS)[number], detail: number): string {
  if (kind === 'path') return `its path is another (${pathText(route)})`;
  if (kind === 'grpc') return 'it is for gRPC alone';
  if (kind === 'fraction') return 'it is for a fraction of requests, to which this one does not belong';
  const match = child(route, 'match');
  const matcher = match && messages(match, LISTS[kind])[detail];
  return `its condition of the ${kind} '${matcher === undefined ? '' : text(matcher, 'name')}' does not hold`;
}

const PATHS = ['prefix', 'path', 'path_separated_prefix'] as const;

function pathText(route: Message): string {
  const match = child(route, 'match');
  if (match === undefined) return 'none';
  for (const field of PATHS) if (has(match, field)) return `${field} ${text(match, field)}`;
  const regex = child(match, 'safe_regex');
  if (regex !== undefined) return `safe_regex ${text(regex, 'regex')}`;
  return child(match, 'connect_matcher') === undefined ? 'any' : 'connect_matcher';
}

function matchText(route: Message): string {
  const match = child(route, 'match');
  const conditions = Object.entries(LISTS).flatMap(([kind, field]) =>
    (match === undefined ? [] : messages(match, field)).map((each) => `${kind} '${text(each, 'name')}'`),
  );
  return [pathText(route), ...conditions].join(', ');
}
