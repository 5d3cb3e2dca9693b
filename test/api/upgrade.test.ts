import t from 'tap';
import { readFileSync } from 'node:fs';
import { DescriptorPool } from '../../src/api/descriptor.ts';
import { Diagnostics } from '../../src/api/diagnostics.ts';
import { Origins } from '../../src/api/origins.ts';
import { type RenderedDiagnostic, renderAll } from '../../src/api/render.ts';
import { parseText } from '../../src/api/text.ts';
import { upgrade } from '../../src/api/upgrade.ts';
import { v2Extensions } from '../../src/api/v2_names.ts';
import { V2_RULES } from '../../src/api/v2_rules.ts';

const pool = DescriptorPool.load();
const BOOTSTRAP = 'envoy.config.bootstrap.v3.Bootstrap';
const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const LISTENER = 'envoy.config.listener.v3.Listener';
const VHOST = 'envoy.config.route.v3.VirtualHost';
const HCM = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const url = (type: string): string => `type.googleapis.com/${type}`;

type Result = { value: unknown; found: RenderedDiagnostic[]; at: (...path: (string | number)[]) => string };

/** Upgrades a text of a message. */
async function run(type: string, text: string): Promise<Result> {
  const diagnostics = new Diagnostics();
  const origins = new Origins();
  const plain = parseText(text, 'f.yaml', diagnostics);
  const before = JSON.stringify(plain);
  const value = upgrade(type, plain, { pool, diagnostics, origins, file: 'f.yaml' });
  if (JSON.stringify(plain) !== before) throw new Error('the input was changed');
  const found = await renderAll(diagnostics.list, {
    sources: [{ name: 'f.yaml', text }],
    root: value,
    origins,
  });
  const at = (...path: (string | number)[]): string => origins.resolve(value, path).path.join('.');
  return { value, found, at };
}

const shown = ({ found }: Result): string[] => found.map(({ json }) => `${json.path} => ${json.suggestion}`);

t.test('a v3 file comes back as it is', async (t) => {
  const diagnostics = new Diagnostics();
  const value = {
    node: { id: 'a' },
    staticResources: {
      listeners: [
        {
          name: 'l',
          filter_chains: [
            {
              filters: [{ name: 'x', typed_config: { '@type': url(HCM), http_filters: [{ name: 'any' }] } }],
            },
          ],
        },
      ],
      clusters: [{ name: 'c', load_assignment: { cluster_name: 'c' } }],
    },
    unknown: 1,
  };
  t.equal(upgrade(BOOTSTRAP, value, { pool, diagnostics }), value, 'the very same object');
  t.equal(upgrade(BOOTSTRAP, 5, { pool, diagnostics }), 5);
  t.strictSame(diagnostics.list, []);
});

t.test('the example of the first days of Envoy', async (t) => {
  const text = readFileSync(new URL('../../examples/httpbin.yaml', import.meta.url), 'utf8');
  const result = await run(BOOTSTRAP, text);
  const { found, at, value } = result;
  t.strictSame(
    found.map(({ json }) => [json.severity, json.line, json.column, json.code]),
    [
      ['warning', 11, 15, 'v2'],
      ['warning', 12, 9, 'v2'],
      ['warning', 25, 19, 'v2'],
      ['warning', 32, 7, 'v2'],
    ],
  );
  const statics = (value as { static_resources: Record<string, unknown[]> }).static_resources;
  t.match(statics.clusters, [
    {
      name: 'httpbin_service',
      load_assignment: {
        cluster_name: 'httpbin_service',
        endpoints: [
          {
            lb_endpoints: [
              { endpoint: { address: { socket_address: { address: 'httpbin', port_value: 8000 } } } },
            ],
          },
        ],
      },
    },
  ]);
  t.notOk(Object.hasOwn(statics.clusters?.[0] as object, 'hosts'));
  t.match(statics.listeners, [
    {
      filter_chains: [
        {
          filters: [
            {
              name: 'envoy.filters.network.http_connection_manager',
              typed_config: {
                '@type': url(HCM),
                stat_prefix: 'egress_http',
                http_filters: [
                  {
                    name: 'envoy.filters.http.router',
                    typed_config: { '@type': url('envoy.extensions.filters.http.router.v3.Router') },
                  },
                ],
              },
            },
          ],
        },
      ],
    },
  ]);
  const filter = ['static_resources', 'listeners', 0, 'filter_chains', 0, 'filters', 0];
  t.equal(
    at(...filter, 'typed_config', 'route_config', 'name'),
    [...filter, 'config', 'route_config', 'name'].join('.'),
  );
  const endpoint = ['load_assignment', 'endpoints', 0, 'lb_endpoints', 0, 'endpoint', 'address'];
  t.equal(
    at('static_resources', 'clusters', 0, ...endpoint, 'socket_address', 'port_value'),
    'static_resources.clusters.0.hosts.0.socket_address.port_value',
  );
});

t.test('renamed by number; enum values too', async (t) => {
  const cluster = await run(CLUSTER, 'drain_connections_on_host_removal: true\nlb_policy: ORIGINAL_DST_LB');
  t.strictSame(cluster.value, { ignore_health_on_host_removal: true, lb_policy: 'CLUSTER_PROVIDED' });
  t.equal(cluster.at('ignore_health_on_host_removal'), 'drain_connections_on_host_removal');
  t.strictSame(shown(cluster), [
    'drain_connections_on_host_removal => ignore_health_on_host_removal: true',
    'lb_policy => lb_policy: CLUSTER_PROVIDED',
  ]);
  const chain = await run('envoy.config.listener.v3.FilterChainMatch', 'sourceType: LOCAL');
  t.strictSame(chain.value, { sourceType: 'SAME_IP_OR_LOOPBACK' });
  const route = await run('envoy.config.route.v3.RouteAction', 'autoHostRewriteHeader: h');
  t.strictSame(route.value, { host_rewrite_header: 'h' });
  const modern = await run(VHOST, 'routes: [{route: {host_rewrite: h}}]');
  t.strictSame(modern.value, { routes: [{ route: { host_rewrite: 'h' } }] }, 'a field of v3');
  const old = await run(
    HCM,
    'idle_timeout: 5s\nroute_config: {virtual_hosts: [{routes: [{route: {host_rewrite: h}}]}]}',
  );
  t.match(old.value, {
    route_config: { virtual_hosts: [{ routes: [{ route: { host_rewrite_literal: 'h' } }] }] },
  });
});

t.test('types and settings of extensions', async (t) => {
  const hcm = await run(
    LISTENER,
    `filter_chains:
- filters:
  - name: mine
    typed_config:
      "@type": ${url('envoy.config.filter.network.http_connection_manager.v2.HttpConnectionManager')}
      idle_timeout: 5s
      tracing: {operation_name: EGRESS, request_headers_for_tags: [x-a]}
      http_filters:
      - {name: envoy.cors}
      - {name: envoy.filters.http.router}
      - {name: envoy.lua, config: {inline_code: x}}
      - name: s
        typed_config:
          "@type": ${url('udpa.type.v1.TypedStruct')}
          type_url: ${url('envoy.config.filter.http.router.v2.Router')}
          value: {dynamic_stats: false}
`,
  );
  const filter = {
    name: 'mine',
    typed_config: {
      '@type': url(HCM),
      tracing: { custom_tags: [{ tag: 'x-a', request_header: { name: 'x-a' } }] },
      http_filters: [
        {
          name: 'envoy.filters.http.cors',
          typed_config: { '@type': url('envoy.extensions.filters.http.cors.v3.Cors') },
        },
        {
          name: 'envoy.filters.http.router',
          typed_config: { '@type': url('envoy.extensions.filters.http.router.v3.Router') },
        },
        {
          name: 'envoy.filters.http.lua',
          typed_config: { '@type': url('envoy.extensions.filters.http.lua.v3.Lua'), inline_code: 'x' },
        },
        {
          name: 's',
          typed_config: {
            '@type': url('udpa.type.v1.TypedStruct'),
            type_url: url('envoy.extensions.filters.http.router.v3.Router'),
            value: { dynamic_stats: false },
          },
        },
      ],
      common_http_protocol_options: { idle_timeout: '5s' },
    },
  };
  t.strictSame(hcm.value, { filter_chains: [{ filters: [filter] }], traffic_direction: 'OUTBOUND' });
  t.equal(hcm.found.length, 9, 'one for each place');
  t.equal(
    hcm.at('filter_chains', 0, 'filters', 0, 'typed_config', 'common_http_protocol_options', 'idle_timeout'),
    'filter_chains.0.filters.0.typed_config.idle_timeout',
  );
  t.equal(
    hcm.at(
      'filter_chains',
      0,
      'filters',
      0,
      'typed_config',
      'http_filters',
      2,
      'typed_config',
      'inline_code',
    ),
    'filter_chains.0.filters.0.typed_config.http_filters.2.config.inline_code',
  );
});

t.test('a bare name of today stays an error of v3', async (t) => {
  const { value, found } = await run(HCM, 'http_filters: [{name: envoy.filters.http.router}]');
  t.strictSame(value, { http_filters: [{ name: 'envoy.filters.http.router' }] });
  t.strictSame(found, []);
});

t.test('TLS moves into the transport socket, of either side', async (t) => {
  const socket = (type: string, rest: object) => ({
    name: 'envoy.transport_sockets.tls',
    typed_config: { '@type': url(`envoy.extensions.transport_sockets.tls.v3.${type}`), ...rest },
  });
  const cluster = await run(CLUSTER, 'tls_context: {sni: a}');
  t.strictSame(cluster.value, { transport_socket: socket('UpstreamTlsContext', { sni: 'a' }) });
  t.equal(cluster.at('transport_socket', 'typed_config', 'sni'), 'tls_context.sni');
  const chain = await run(
    'envoy.config.listener.v3.FilterChain',
    'tls_context: {common_tls_context: {validation_context: {verify_subject_alt_name: [n, m]}}}',
  );
  const context = { validation_context: { match_subject_alt_names: [{ exact: 'n' }, { exact: 'm' }] } };
  t.notOk(chain.found.some(({ severity }) => severity === 'error'));
  // `n` is a boolean to YAML, as Envoy reads it
  const expected = JSON.parse(JSON.stringify(context).replace('"n"', 'false'));
  t.strictSame(chain.value, {
    transport_socket: socket('DownstreamTlsContext', { common_tls_context: expected }),
  });
  const named = await run(CLUSTER, 'transport_socket: {name: tls, config: {sni: a}}');
  t.strictSame(named.value, { transport_socket: socket('UpstreamTlsContext', { sni: 'a' }) });
  const both = await run(CLUSTER, 'tls_context: {}\ntransport_socket: {name: a}');
  t.match(both.found, [{ json: { severity: 'error', code: 'v2-removed', path: 'tls_context' } }]);
});

t.test('routes', async (t) => {
  const { value, found } = await run(
    VHOST,
    `name: v
cors: {allow_origin: ["*"], allow_origin_regex: ['a.*'], enabled: false}
per_filter_config: {envoy.fault: {delay: {type: FIXED, fixed_delay: 1s}}, envoy.filters.http.rbac: {rbac: {}}}
virtual_clusters: [{name: c, pattern: '/a', method: GET}]
routes:
- match:
    regex: '/b.*'
    headers: [{name: a, regexMatch: b}, {name: b, exact_match: c}]
    query_parameters: [{name: q, value: v, regex: true}, {name: r, value: w}]
  route: {request_mirror_policy: {cluster: m, runtime_key: k}}
`,
  );
  t.strictSame(value, {
    name: 'v',
    cors: {
      allow_origin_string_match: [{ exact: '*' }, { safe_regex: { regex: 'a.*' } }],
      filter_enabled: { default_value: { numerator: 0 } },
    },
    virtual_clusters: [
      {
        name: 'c',
        headers: [
          { name: ':path', string_match: { safe_regex: { regex: '/a' } } },
          { name: ':method', string_match: { exact: 'GET' } },
        ],
      },
    ],
    routes: [
      {
        match: {
          headers: [
            { name: 'a', string_match: { safe_regex: { regex: 'b' } } },
            { name: 'b', exact_match: 'c' },
          ],
          query_parameters: [
            { name: 'q', string_match: { safe_regex: { regex: 'v' } } },
            { name: 'r', string_match: { exact: 'w' } },
          ],
          safe_regex: { regex: '/b.*' },
        },
        route: {
          request_mirror_policies: [
            {
              cluster: 'm',
              runtime_fraction: {
                default_value: { numerator: 0, denominator: 'TEN_THOUSAND' },
                runtime_key: 'k',
              },
            },
          ],
        },
      },
    ],
    typed_per_filter_config: {
      'envoy.filters.http.fault': {
        '@type': url('envoy.extensions.filters.http.fault.v3.HTTPFault'),
        delay: { fixed_delay: '1s' },
      },
      'envoy.filters.http.rbac': {
        '@type': url('envoy.extensions.filters.http.rbac.v3.RBACPerRoute'),
        rbac: {},
      },
    },
  });
  t.ok(found.every(({ severity }) => severity === 'warning'));
});

t.test('the rest of a bootstrap', async (t) => {
  const { value } = await run(
    BOOTSTRAP,
    `node: {id: i, build_version: b}
runtime: {symlink_root: /srv, subdirectory: envoy, override_subdirectory: over, base: {a: 1}}
stats_sinks: [{name: envoy.statsd, config: {prefix: p}}]
tracing: {http: {name: envoy.zipkin, config: {collector_cluster: z}}}
`,
  );
  t.strictSame(value, {
    node: { id: 'i', user_agent_version: 'b' },
    stats_sinks: [
      {
        name: 'envoy.stat_sinks.statsd',
        typed_config: { '@type': url('envoy.config.metrics.v3.StatsdSink'), prefix: 'p' },
      },
    ],
    tracing: {
      http: {
        name: 'envoy.tracers.zipkin',
        typed_config: { '@type': url('envoy.config.trace.v3.ZipkinConfig'), collector_cluster: 'z' },
      },
    },
    layered_runtime: {
      layers: [
        { name: 'base', static_layer: { a: 1 } },
        { name: 'root', disk_layer: { symlink_root: '/srv', subdirectory: 'envoy' } },
        {
          name: 'override',
          disk_layer: { symlink_root: '/srv', subdirectory: 'over', append_service_cluster: true },
        },
        { name: 'admin', admin_layer: {} },
      ],
    },
  });
});

t.test('what v3 has nothing for is refused with its place', async (t) => {
  const cases: [string, string, string][] = [
    [CLUSTER, 'hosts: []\nload_assignment: {}', 'hosts'],
    [
      LISTENER,
      'filter_chains: [{filters: [{name: nobody, config: {}}]}]',
      'filter_chains[0].filters[0].config',
    ],
    [
      'envoy.config.endpoint.v3.ClusterLoadAssignment',
      'policy: {disable_overprovisioning: true}',
      'policy.disable_overprovisioning',
    ],
    [VHOST, 'per_filter_config: {nobody: {}}', 'per_filter_config'],
    [
      'envoy.config.listener.v3.UdpListenerConfig',
      'udp_listener_name: quiche_quic_listener',
      'udp_listener_name',
    ],
  ];
  for (const [type, text, path] of cases) {
    const { found } = await run(type, text);
    t.match(found, [{ severity: 'error', json: { code: 'v2-removed', path, file: 'f.yaml' } }], text);
  }
});

t.test('values of the wrong kind do not stop it', async (t) => {
  for (const wrong of ['5', 'x', '[1, [2]]', '{a: 1}', '~', '[~]']) {
    const cluster = `hosts: ${wrong}\ntls_context: ${wrong}\nextension_protocol_options: ${wrong}`;
    t.type((await run(CLUSTER, cluster)).value, 'object');
    const vhost = `cors: {allow_origin: ${wrong}}\nper_filter_config: ${wrong}\nroutes: ${wrong}`;
    t.type((await run(VHOST, vhost)).value, 'object');
    t.type(
      (await run(BOOTSTRAP, `runtime: ${wrong}\nstats_sinks: ${wrong}\nnode: ${wrong}`)).value,
      'object',
    );
    t.type(
      (await run(LISTENER, `filter_chains: [{filters: [{name: envoy.echo, config: ${wrong}}]}]`)).value,
      'object',
    );
  }
});

t.test('every field that v3 lost has a rule', async (t) => {
  const output = /^envoy\.(?:admin|data|service)\./;
  const names = [...pool.messageNames()];
  const all = names.flatMap((name) => [name, ...nested(name)]);
  let fields = 0;
  for (const name of all) {
    const former = pool.message(name);
    const next = pool.nextVersionOf(name);
    if (former === undefined || next === undefined || output.test(name)) continue;
    const desc = pool.message(next);
    for (const field of former.fields) {
      fields++;
      if (desc?.field(field.name) !== undefined || desc?.fieldByNumber(field.number) !== undefined) continue;
      t.ok(V2_RULES[`${name}.${field.name}`], `${name}.${field.name}`);
    }
  }
  t.ok(fields > 1300, `${fields} fields looked at`);
  for (const key of Object.keys(V2_RULES)) {
    const dot = key.lastIndexOf('.');
    t.ok(pool.message(key.slice(0, dot))?.field(key.slice(dot + 1)), `${key} is a field of v2`);
  }
});

function nested(name: string): string[] {
  return (pool.message(name)?.nestedNames ?? []).flatMap((inner) => [inner, ...nested(inner)]);
}

t.test('every extension of v2 has a type', async (t) => {
  for (const { name, type, override } of v2Extensions()) {
    t.ok(pool.message(type), `${name}: ${type}`);
    if (override !== undefined) t.ok(pool.message(override), `${name}: ${override}`);
  }
});
