// Who is let in, of requests and of connections.
// observes: envoy.extensions.filters.http.rbac.v3.RBAC: rules rules_stat_prefix
// observes: envoy.extensions.filters.http.rbac.v3.RBAC: shadow_rules shadow_rules_stat_prefix
// observes: envoy.extensions.filters.http.rbac.v3.RBACPerRoute: rbac
// observes: envoy.extensions.filters.network.rbac.v3.RBAC: rules shadow_rules shadow_rules_stat_prefix stat_prefix
// observes: envoy.config.rbac.v3.RBAC: action policies
// observes: envoy.config.rbac.v3.Policy: permissions principals
// observes: envoy.config.rbac.v3.Permission: header and_rules or_rules not_rule url_path
// observes: envoy.config.rbac.v3.Permission: destination_ip destination_port destination_port_range
// observes: envoy.config.rbac.v3.Permission: requested_server_name
// observes: envoy.config.rbac.v3.Permission.Set: rules
// observes: envoy.config.rbac.v3.Principal: header and_ids or_ids not_id url_path authenticated
// observes: envoy.config.rbac.v3.Principal: source_ip direct_remote_ip remote_ip
// observes: envoy.config.rbac.v3.Principal.Set: ids
// observes: envoy.config.rbac.v3.Principal.Authenticated: principal_name
// observes: envoy.type.matcher.v3.PathMatcher: path
import t from 'tap';
import { readFileSync } from 'node:fs';
import { Authority } from './certificates.ts';
import { exchange, PERMISSIONS, PRINCIPALS, rbacConfig, TCP } from './rbac_support.ts';
import {
  answer,
  ask,
  cluster,
  type Fields,
  freePort,
  get,
  listener,
  Origin,
  router,
  start,
  toCluster,
} from './support.ts';
import { askTls, downstream, secured } from './tls_support.ts';

const origin = await new Origin(() => answer('host')).listen();
const [admin, http] = [await freePort(), await freePort()];
const ports: Record<string, number> = {};
for (const name of Object.keys(TCP)) ports[name] = await freePort();
const running = await start(rbacConfig(origin.port, admin, http, ports), [admin, http]);
t.teardown(async () => {
  await running.stop();
  await origin.close();
});

const statistics = async (filter: string): Promise<string> =>
  (await fetch(`http://127.0.0.1:${admin}/stats?filter=${filter}`)).text();
const request = (route: string, method: string, path: string, more: string): string =>
  `${method} ${path} HTTP/1.1\r\nhost: A.B\r\nx-route: ${route}\r\n${more}\r\n`;
const REQUESTS = [
  ['GET', '/a', ''],
  ['GET', '/a?b', 'x-a: b\r\n'],
  ['POST', '/ab', 'x-a: c\r\ncontent-length: 0\r\n'],
  ['GET', '/a', 'x-forwarded-for: 8.8.8.8\r\n'],
] as const;
/** Which of these each test is true of. */
const TRUE: Readonly<Record<string, string>> = {
  permission_any: '1111',
  permission_header: '0100',
  permission_authority: '1111',
  permission_method: '0010',
  permission_path: '1111',
  permission_exact: '1101',
  permission_ip: '1111',
  permission_other_ip: '0000',
  permission_port: '0000',
  permission_ports: '1111',
  permission_few_ports: '0000',
  permission_name: '0000',
  permission_no_name: '1111',
  permission_not: '1001',
  permission_and: '0110',
  permission_or: '1111',
  permission_deep: '0110',
  principal_header: '0110',
  principal_path: '1101',
  principal_authenticated: '0000',
  principal_source: '1111',
  principal_other_source: '0000',
  principal_direct: '1111',
  principal_other_direct: '0000',
  principal_remote: '1110',
  principal_other_remote: '0001',
  principal_not: '1001',
  principal_and: '0110',
  principal_or: '0110',
};

t.test('each test, of rules that let in and of rules that turn away', async (t) => {
  t.equal(Object.keys(TRUE).length, Object.keys(PERMISSIONS).length + Object.keys(PRINCIPALS).length);
  for (const [name, wanted] of Object.entries(TRUE)) {
    const got = { ALLOW: '', DENY: '' };
    for (const action of ['ALLOW', 'DENY'] as const) {
      for (const [method, path, more] of REQUESTS) {
        const { status, headers } = await ask(http, request(`${name}_${action}`, method, path, more));
        got[action] += status === 200 ? '1' : '0';
        const says = headers.find(([key]) => key === 'x-says')?.[1];
        if (status !== 200)
          t.equal(says, `rbac_access_denied_matched_policy[${action === 'DENY' ? 'a_policy' : 'none'}]`);
      }
    }
    t.equal(got.ALLOW, wanted, name);
    t.equal(got.DENY, [...wanted].map((each) => (each === '1' ? '0' : '1')).join(''), `not ${name}`);
  }
});

t.test('of the filter itself, and of the route instead', async (t) => {
  const status = async (route: string, more: string): Promise<number> =>
    (await ask(http, request(route, 'GET', '/a', more))).status;
  const before = await statistics('rbac.own_.denied');
  t.equal(await status('elsewhere', 'x-deny: a\r\n'), 403);
  t.not(await statistics('rbac.own_.denied'), before);
  t.equal(await status('elsewhere', ''), 200);
  t.equal(await status('none', 'x-deny: a\r\n'), 200, 'a route without rules asks for nothing');
  t.equal(await status('log', 'x-deny: a\r\n'), 200, 'nor do rules that only log');
  t.equal(await status('two', ''), 403);
  t.match(await statistics('rbac.dry_run_.shadow_denied'), /: [1-9]/);
});

t.test('connections', async (t) => {
  const got: Record<string, string> = {};
  for (const name of Object.keys(TCP)) got[name] = await exchange(ports[name] ?? 0);
  const [ok, closed] = ['HTTP/1.1 200 OK', 'closed'];
  t.same(got, {
    tcp_allowed: ok,
    tcp_denied: closed,
    tcp_path: ok,
    tcp_none: ok,
    tcp_log: ok,
    tcp_shadow: ok,
  });
  t.match(await statistics('^tcp.rbac'), /tcp.rbac.denied: 1/);
  t.match(await statistics('^tcp_allowed.rbac'), /tcp_allowed.rbac.shadow_denied: 1/);
  t.match(await statistics('^tcp_shadow.rbac'), /tcp_shadow.rbac.dry_.shadow_allowed: 1/);
});

t.test('a connection has no headers', async (t) => {
  const wrong = rbacConfig(origin.port, await freePort(), await freePort(), ports);
  const network = JSON.parse(JSON.stringify(wrong)) as { static_resources: { listeners: Fields[] } };
  const [, first] = network.static_resources.listeners as unknown as [
    Fields,
    { filter_chains: [{ filters: [{ typed_config: { rules: Fields } }] }] },
  ];
  first.filter_chains[0].filters[0].typed_config.rules = {
    policies: {
      p: { permissions: [{ not_rule: { header: { name: 'x-a' } } }], principals: [{ any: true }] },
    },
  };
  await t.rejects(start(network as unknown as Fields, [await freePort()]), {
    message: /permissions\[0\].not_rule.header: a connection has no headers/,
  });
});

t.test('names of certificates', async (t) => {
  const authority = new Authority();
  t.teardown(() => authority.remove());
  const pair = authority.issue('a.example');
  const port = await freePort();
  const wants = (principal_name: Fields): Fields => ({
    '@type': 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBACPerRoute',
    rbac: {
      rules: {
        policies: {
          p: { permissions: [{ any: true }], principals: [{ authenticated: { principal_name } }] },
        },
      },
    },
  });
  const route = (path: string, name: Fields): Fields => ({
    ...toCluster('origin', {}, { path }),
    typed_per_filter_config: { rbac: wants(name) },
  });
  const manager = {
    http_filters: [
      {
        name: 'rbac',
        typed_config: { '@type': 'type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC' },
      },
      router,
    ],
    route_config: {
      name: 'r',
      virtual_hosts: [
        {
          name: 'v',
          domains: ['*'],
          routes: [route('/its', { exact: 'a.example' }), route('/other', { exact: 'b.example' })],
        },
      ],
    },
  };
  const second = await start(
    {
      static_resources: {
        listeners: [
          secured(
            listener('l', port, manager),
            downstream([pair], { validation_context: { trusted_ca: { filename: authority.ca } } }),
          ),
        ],
        clusters: [cluster('origin', [origin.port])],
      },
    },
    [port],
  );
  t.teardown(() => second.stop());
  const shown = { cert: readFileSync(pair.cert), key: readFileSync(pair.key) };
  t.equal((await askTls(port, get('/its'), shown)).status, 200);
  t.equal((await askTls(port, get('/other'), shown)).status, 403);
  t.equal((await askTls(port, get('/its'))).status, 403, 'nobody has shown one');
});
