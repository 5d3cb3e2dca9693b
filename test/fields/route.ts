/** envoy.config.route.v3 and what it is made of. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cluster, endpoint, type Fields, get, type Json, toCluster } from '../e2e/support.ts';
import {
  body,
  type Case,
  type Family,
  of,
  originHeader,
  originPath,
  R,
  responseHeader,
  says,
  type See,
  statuses,
} from './support.ts';
import { grpcCases } from './route_grpc.ts';
import { headerCases } from './route_headers.ts';
import { matchCases } from './route_match.ts';

const MATCHER = 'envoy.type.matcher.v3';

/** A route to the echo with fields of its action; without them; what is seen of both. */
function action(names: string, fields: Fields, see: See, seen: unknown, unseen: unknown): Case {
  const routes = (more: Fields): Json[] => [toCluster('echo', more)];
  return {
    fields: of(`${R}.RouteAction`, names),
    on: { routes: routes(fields) },
    off: { routes: routes({}) },
    see,
    seen,
    unseen,
  };
}

const substitution = (regex: string, to: string): Fields => ({ pattern: { regex }, substitution: to });
const location = responseHeader('/a/b?q=1', 'location');

/** A redirect with fields over a base. */
function redirect(
  names: string,
  fields: Fields,
  seen: unknown,
  unseen: unknown,
  base: Fields = {},
  see = location,
): Case {
  const routes = (more: Fields): Json[] => [{ match: { prefix: '/' }, redirect: { ...base, ...more } }];
  return {
    fields: of(`${R}.RedirectAction`, names),
    on: { routes: routes(fields) },
    off: { routes: routes({}) },
    see,
    seen,
    unseen,
  };
}

const host = originHeader('/a/b', 'host');
const rewrites: Case[] = [
  action('prefix_rewrite', { prefix_rewrite: '/new/' }, originPath('/a/b'), '/new/a/b', '/a/b'),
  {
    ...action(
      'regex_rewrite',
      { regex_rewrite: substitution('^/a/(\\w+)', '/\\1/x') },
      originPath('/a/b'),
      '/b/x',
      '/a/b',
    ),
    fields: [
      ...of(`${R}.RouteAction`, 'regex_rewrite'),
      ...of(`${MATCHER}.RegexMatchAndSubstitute`, 'pattern substitution'),
    ],
  },
  action(
    'host_rewrite_literal',
    { host_rewrite_literal: 'lit.example' },
    host,
    'lit.example',
    'test.example',
  ),
  action(
    'host_rewrite_header',
    { host_rewrite_header: 'x-to' },
    originHeader(get('/', 'x-to: there.example\r\n'), 'host'),
    'there.example',
    'test.example',
  ),
  action(
    'host_rewrite_path_regex',
    { host_rewrite_path_regex: substitution('^/(\\w+)/.*', '\\1.example') },
    host,
    'a.example',
    'test.example',
  ),
  {
    fields: of(`${R}.RouteAction`, 'append_x_forwarded_host'),
    on: { routes: [toCluster('echo', { host_rewrite_literal: 'x', append_x_forwarded_host: true })] },
    off: { routes: [toCluster('echo', { host_rewrite_literal: 'x' })] },
    see: originHeader('/', 'x-forwarded-host'),
    seen: 'test.example',
    unseen: undefined,
  },
  {
    fields: [...of(`${R}.RouteAction`, 'auto_host_rewrite'), 'envoy.config.endpoint.v3.Endpoint.hostname'],
    on: { routes: [toCluster('named', { auto_host_rewrite: true })] },
    off: { routes: [toCluster('named')] },
    see: host,
    seen: 'name.example',
    unseen: 'test.example',
  },
];

const weighted = (clusters: Json[]): Fields => ({
  match: { prefix: '/' },
  route: { weighted_clusters: { clusters } },
});
const WEIGHT = `${R}.WeightedCluster.ClusterWeight`;
const clusters: Case[] = [
  {
    fields: [
      ...of(`${R}.RouteAction`, 'cluster'),
      'envoy.config.bootstrap.v3.Bootstrap.static_resources',
      ...of('envoy.config.bootstrap.v3.Bootstrap.StaticResources', 'listeners clusters'),
      'envoy.config.cluster.v3.Cluster.name',
      'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.route_config',
    ],
    on: { routes: [toCluster('named', {}, { path: '/' })] },
    off: { routes: [toCluster('missing', {}, { path: '/' })], table: { validate_clusters: false } },
    see: statuses('/'),
    seen: [200],
    unseen: [503],
  },
  {
    fields: [
      ...of(`${R}.RouteAction`, 'weighted_clusters'),
      ...of(`${R}.WeightedCluster`, 'clusters'),
      ...of(WEIGHT, 'name weight'),
    ],
    on: {
      routes: [
        weighted([
          { name: 'empty', weight: 0 },
          { name: 'echo', weight: 1 },
        ]),
      ],
    },
    off: {
      routes: [
        weighted([
          { name: 'empty', weight: 1 },
          { name: 'echo', weight: 0 },
        ]),
      ],
    },
    see: statuses('/', '/', '/', '/'),
    seen: [200, 200, 200, 200],
    unseen: [503, 503, 503, 503],
  },
  {
    fields: of(WEIGHT, 'host_rewrite_literal'),
    on: { routes: [weighted([{ name: 'echo', weight: 1, host_rewrite_literal: 'weight.example' }])] },
    off: { routes: [weighted([{ name: 'echo', weight: 1 }])] },
    see: host,
    seen: 'weight.example',
    unseen: 'test.example',
  },
  ...(['NOT_FOUND', 'INTERNAL_SERVER_ERROR'] as const).map(
    (code, i): Case => ({
      fields: of(`${R}.RouteAction`, 'cluster_not_found_response_code'),
      on: {
        routes: [toCluster('missing', { cluster_not_found_response_code: code })],
        table: { validate_clusters: false },
      },
      off: { routes: [toCluster('missing')], table: { validate_clusters: false } },
      see: statuses('/'),
      seen: [[404, 500][i]],
      unseen: [503],
    }),
  ),
  {
    fields: of(`${R}.RouteAction`, 'priority'),
    on: { routes: [toCluster('high', { priority: 'HIGH' })] },
    off: { routes: [toCluster('high')] },
    see: statuses('/'),
    seen: [503],
    unseen: [200],
  },
  ...['timeout', 'idle_timeout'].map(
    (name): Case => ({
      fields: of(`${R}.RouteAction`, name),
      on: { routes: [toCluster('echo', { [name]: '0.05s' })] },
      see: statuses(get('/', 'x-do: hold\r\n')),
      seen: [504],
    }),
  ),
];

const at = 'http://test.example';
const redirects: Case[] = [
  redirect('https_redirect', { https_redirect: true }, 'https://test.example/a/b?q=1', `${at}/a/b?q=1`),
  redirect('scheme_redirect', { scheme_redirect: 'ws' }, 'ws://test.example/a/b?q=1', `${at}/a/b?q=1`),
  redirect('host_redirect', { host_redirect: 'o.example' }, 'http://o.example/a/b?q=1', `${at}/a/b?q=1`),
  redirect('port_redirect', { port_redirect: 81 }, `${at}:81/a/b?q=1`, `${at}/a/b?q=1`),
  redirect('path_redirect', { path_redirect: '/p' }, `${at}/p?q=1`, `${at}/a/b?q=1`),
  redirect('prefix_rewrite', { prefix_rewrite: '/n/' }, `${at}/n/a/b?q=1`, `${at}/a/b?q=1`),
  redirect('regex_rewrite', { regex_rewrite: substitution('^/a', '/z') }, `${at}/z/b?q=1`, `${at}/a/b?q=1`),
  redirect('strip_query', { strip_query: true }, `${at}/a/b`, `${at}/a/b?q=1`),
  ...(
    [
      ['FOUND', 302],
      ['SEE_OTHER', 303],
      ['TEMPORARY_REDIRECT', 307],
      ['PERMANENT_REDIRECT', 308],
    ] as const
  ).map(([code, status]) =>
    redirect(
      'response_code',
      { response_code: code },
      [status],
      [301],
      { host_redirect: 'o' },
      statuses('/'),
    ),
  ),
];

const direct = (fields: Fields): Fields => ({
  match: { prefix: '/' },
  direct_response: { status: 200, ...fields },
});
const SOURCE = 'envoy.config.core.v3.DataSource';
const sources = (files: string): Case[] =>
  (
    [
      ['inline_string', { inline_string: 'text' }, 'text'],
      ['inline_bytes', { inline_bytes: 'Ynl0ZXM=' }, 'bytes'],
      ['filename', { filename: `${files}/body.txt` }, 'of a file'],
      ['environment_variable', { environment_variable: 'FIELDS_BODY' }, 'of the environment'],
    ] as const
  ).map(([name, source, seen]) => ({
    fields: [`${SOURCE}.${name}`, `${R}.DirectResponseAction.body`],
    on: { routes: [direct({ body: source })] },
    off: { routes: [direct({})] },
    see: body(),
    seen,
    unseen: '',
  }));

const tables: Case[] = [
  {
    fields: of(`${R}.VirtualHost`, 'require_tls'),
    on: { host: { require_tls: 'ALL' } },
    off: {},
    see: statuses('/'),
    seen: [301],
    unseen: [200],
  },
  {
    fields: [...of(`${R}.Route`, 'match direct_response'), ...of(`${R}.DirectResponseAction`, 'status')],
    on: { routes: [{ match: { path: '/x' }, direct_response: { status: 418 } }] },
    off: {},
    see: statuses('/x', '/y'),
    seen: [418, 200],
    unseen: [200, 200],
  },
  {
    fields: of(`${R}.Route`, 'redirect'),
    on: { routes: [{ match: { prefix: '/' }, redirect: {} }] },
    off: {},
    see: statuses('/'),
    seen: [301],
    unseen: [200],
  },
  {
    fields: of(`${R}.Route`, 'route'),
    on: { routes: [toCluster('echo')] },
    off: { routes: [direct({ status: 204 })] },
    see: statuses('/'),
    seen: [200],
    unseen: [204],
  },
  {
    fields: of(`${R}.Route`, 'name'),
    on: { routes: [{ ...toCluster('echo'), name: 'a-route' }], host: says('%ROUTE_NAME%') },
    off: { routes: [toCluster('echo')], host: says('%ROUTE_NAME%') },
    see: responseHeader('/', 'x-says'),
    seen: 'a-route',
    unseen: undefined,
  },
  {
    fields: [...of(`${R}.RouteConfiguration`, 'virtual_hosts'), ...of(`${R}.VirtualHost`, 'domains routes')],
    on: { table: { virtual_hosts: [{ name: 'a', domains: ['*.a.example', 'b.*'], routes: [direct({})] }] } },
    off: { table: { virtual_hosts: [] } },
    see: statuses(get('/', '', 'x.a.example'), get('/', '', 'b.example'), get('/', '', 'c.example')),
    seen: [200, 200, 404],
    unseen: [404, 404, 404],
  },
  {
    fields: of(`${R}.RouteConfiguration`, 'ignore_port_in_host_matching'),
    on: { host: { domains: ['a.example'] }, table: { ignore_port_in_host_matching: true } },
    off: { host: { domains: ['a.example'] } },
    see: statuses(get('/', '', 'a.example:81')),
    seen: [200],
    unseen: [404],
  },
];

export const route: Family = {
  name: 'route',
  cases: (files) => [
    ...rewrites,
    ...clusters,
    ...redirects,
    ...sources(files),
    ...tables,
    ...matchCases,
    ...grpcCases,
    ...headerCases,
  ],
  prepare: (files) => {
    writeFileSync(join(files, 'body.txt'), 'of a file');
    process.env.FIELDS_BODY = 'of the environment';
  },
  clusters: (_, origin) => [
    cluster('named', [], {
      type: 'STRICT_DNS',
      load_assignment: {
        cluster_name: 'named',
        endpoints: [
          {
            lb_endpoints: [
              { endpoint: { hostname: 'name.example', ...(endpoint(origin).endpoint as Fields) } },
            ],
          },
        ],
      },
    }),
    cluster('empty', []),
    cluster('high', [origin], {
      circuit_breakers: { thresholds: [{ priority: 'HIGH', max_requests: 0 }] },
    }),
  ],
};
