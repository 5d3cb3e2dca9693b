import t from 'tap';
import { Diagnostics } from '../../src/api/diagnostics.ts';
import { compileRouteConfig } from '../../src/tables/route_compiler.ts';
import { plainFormat } from '../../src/tables/route_headers.ts';
import { compile, findings, message } from './route_fixtures.ts';

type Fields = Record<string, unknown>;
const oneRoute = (route: Fields, config: Fields = {}): Fields => ({
  name: 'rc',
  virtual_hosts: [{ name: 'h', domains: ['*'], routes: [route] }],
  ...config,
});
const matching = (match: Fields): Fields => oneRoute({ match, direct_response: { status: 200 } });
const doing = (action: Fields): Fields => oneRoute({ match: { prefix: '/' }, ...action });
const header = (matcher: Fields): Fields => matching({ prefix: '/', headers: [{ name: 'x', ...matcher }] });

const ROUTE = 'route_config.virtual_hosts.0.routes.0';
const MISTAKES: readonly (readonly [string, Fields, string])[] = [
  [
    'a connect_config without CONNECT',
    doing({ route: { cluster: 'a', upgrade_configs: [{ upgrade_type: 'websocket', connect_config: {} }] } }),
    `${ROUTE}.route.upgrade_configs.0.connect_config: the upgrade "websocket" has a connect_config, which is for CONNECT`,
  ],
  [
    'a bad regex',
    matching({ safe_regex: { regex: '/a(b' } }),
    `${ROUTE}.match.safe_regex.regex: the regular expression is not valid: missing ): /a(b`,
  ],
  [
    'a bad regex for a header',
    header({ string_match: { safe_regex: { regex: '(?=a)' } } }),
    `${ROUTE}.match.headers.0.string_match.safe_regex.regex: the regular expression is not valid: invalid perl operator: (?=`,
  ],
  [
    'a regex without case',
    header({ string_match: { safe_regex: { regex: 'a' }, ignore_case: true } }),
    `${ROUTE}.match.headers.0.string_match.ignore_case: ignore_case has no effect for safe_regex`,
  ],
  [
    'a bad regex of a query parameter',
    matching({
      prefix: '/',
      query_parameters: [{ name: 'q', string_match: { safe_regex: { regex: '[' } } }],
    }),
    `${ROUTE}.match.query_parameters.0.string_match.safe_regex.regex: the regular expression is not valid: missing ]: [`,
  ],
  ['no path', matching({}), `${ROUTE}.match: the match names no path`],
  [
    'a matcher to come',
    matching({ path_match_policy: { name: 'sample' } }),
    `${ROUTE}.match.path_match_policy: path_match_policy is not supported yet`,
  ],
  ['no action', doing({}), `${ROUTE}: the route has no action`],
  ['no match', oneRoute({ direct_response: { status: 200 } }), `${ROUTE}: the route has no match`],
  [
    'weights of nothing',
    doing({ route: { weighted_clusters: { clusters: [{ name: 'a', weight: { value: 0 } }] } } }),
    `${ROUTE}.route.weighted_clusters.clusters: the weights sum to 0`,
  ],
  [
    'weights of too much',
    doing({
      route: {
        weighted_clusters: {
          clusters: [
            { name: 'a', weight: { value: 0xffffffff } },
            { name: 'b', weight: { value: 1 } },
          ],
        },
      },
    }),
    `${ROUTE}.route.weighted_clusters.clusters: the weights sum to 4294967296`,
  ],
  [
    'a weight for nobody',
    doing({ route: { weighted_clusters: { clusters: [{ weight: { value: 1 } }] } } }),
    `${ROUTE}.route.weighted_clusters.clusters.0: a weighted cluster needs a name`,
  ],
  [
    'a cluster to come',
    doing({ route: { cluster_specifier_plugin: 'x' } }),
    `${ROUTE}.route.cluster_specifier_plugin: cluster_specifier_plugin is not supported yet`,
  ],
  [
    'two rewrites',
    doing({ route: { cluster: 'c', prefix_rewrite: '/', regex_rewrite: { pattern: { regex: 'a' } } } }),
    `${ROUTE}.route.regex_rewrite: prefix_rewrite and regex_rewrite exclude each other`,
  ],
  [
    'a long body',
    doing({ direct_response: { status: 200, body: { inline_string: 'x'.repeat(4097) } } }),
    `${ROUTE}.direct_response.body: the response body has 4097 bytes`,
  ],
  [
    'a missing file',
    doing({ direct_response: { status: 200, body: { filename: '/nope' } } }),
    `${ROUTE}.direct_response.body.filename: no such file: /nope`,
  ],
  [
    'a missing variable',
    doing({ direct_response: { status: 200, body: { environment_variable: 'NOPE' } } }),
    `${ROUTE}.direct_response.body.environment_variable: the environment variable NOPE is not set`,
  ],
  [
    'a header that is not to be set',
    oneRoute({
      match: { prefix: '/' },
      direct_response: { status: 200 },
      request_headers_to_add: [{ header: { key: 'Host', value: 'x' } }],
    }),
    `${ROUTE}.request_headers_to_add.0.header.key: :-prefixed or host headers may not be modified`,
  ],
  [
    'a header that is not to be removed',
    oneRoute(
      { match: { prefix: '/' }, direct_response: { status: 200 } },
      { response_headers_to_remove: ['ok', ':status'] },
    ),
    'route_config.response_headers_to_remove.1: :-prefixed or host headers may not be removed',
  ],
  [
    'append twice',
    oneRoute(
      { match: { prefix: '/' }, direct_response: { status: 200 } },
      {
        request_headers_to_add: [
          { header: { key: 'a', value: 'x' }, append: { value: true }, append_action: 1 },
        ],
      },
    ),
    'route_config.request_headers_to_add.0.append: append and append_action exclude each other',
  ],
  [
    'a domain twice',
    {
      name: 'rc',
      virtual_hosts: [
        { name: 'a', domains: ['a.com', '*.B'] },
        { name: 'b', domains: ['x', '*.b'] },
      ],
    },
    'route_config.virtual_hosts.1.domains.1: the domain *.b is there twice',
  ],
  [
    'two for everything',
    {
      name: 'rc',
      virtual_hosts: [
        { name: 'a', domains: ['*'] },
        { name: 'b', domains: ['*'] },
      ],
    },
    'route_config.virtual_hosts.1.domains.0: only one virtual host may have the domain *',
  ],
];

t.test('mistakes are found where they are', (t) => {
  for (const [name, config, expected] of MISTAKES) {
    const compiled = compile(config);
    t.same(findings(compiled), [expected], name);
    t.equal(compiled.resource, undefined, `${name}: nothing is published`);
  }
  t.end();
});

t.test('all mistakes come at once', (t) => {
  const bad = { match: { safe_regex: { regex: ')' } }, route: { weighted_clusters: { clusters: [] } } };
  const compiled = compile({
    name: 'rc',
    virtual_hosts: [{ name: 'h', domains: ['a', 'A'], routes: [bad, bad] }],
  });
  t.equal(findings(compiled).length, 5);
  t.end();
});

t.test('unknown clusters', (t) => {
  const check = (config: Fields, validateClusters: boolean): string[] => {
    const diagnostics = new Diagnostics();
    compileRouteConfig(message(config), {
      diagnostics,
      path: [],
      compileFormat: plainFormat,
      readFile: () => new Uint8Array(0),
      env: {},
      clusters: new Set(['backend', 'other']),
      validateClusters,
    });
    return diagnostics.list.map((d) => `${d.path.join('.')}: ${d.message} (${d.suggestion})`);
  };
  const config = doing({ route: { cluster: 'backnd' } });
  const missing = ['virtual_hosts.0.routes.0.route.cluster: there is no cluster backnd (backend)'];
  t.same(check(config, true), missing);
  t.same(check(config, false), []);
  t.same(check({ ...config, validate_clusters: { value: true } }, false), missing);
  t.same(check({ ...config, validate_clusters: { value: false } }, true), []);
  t.same(check(doing({ route: { cluster: 'backend' } }), true), []);
  const weighted = {
    clusters: [
      { name: 'other', weight: { value: 1 } },
      { name: 'zzz', weight: { value: 1 } },
    ],
  };
  t.same(check(doing({ route: { weighted_clusters: weighted } }), true), [
    'virtual_hosts.0.routes.0.route.weighted_clusters.clusters.1.name: there is no cluster zzz (undefined)',
  ]);
  t.end();
});

t.test('text formats know no operators', (t) => {
  const format = (value: string): unknown => {
    const diagnostics = new Diagnostics();
    const made = plainFormat(value, { diagnostics, path: ['value'] });
    return diagnostics.hasErrors ? diagnostics.list[0]?.code : made?.ops?.map((op) => op.text);
  };
  t.same(format('plain'), ['plain']);
  t.same(format('100%%'), ['100%']);
  t.same(format('%%%%'), ['%%']);
  t.same(format(''), []);
  t.equal(format('%REQ(x)%'), 'unsupported');
  t.equal(format('%%%'), 'unsupported');
  t.end();
});
