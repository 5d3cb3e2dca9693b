import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { loadBootstrap, loadDiscovery } from '../../src/config/load.ts';
import type { ConfigInput, LoadOptions } from '../../src/config/messages.ts';
import { TYPE } from '../../src/config/resource_map.ts';

const dir = mkdtempSync(join(tmpdir(), 'attache-load-'));
const file = (name: string, text: string): string => {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
};
const options: LoadOptions = {
  unknownStatic: 'reject',
  unknownDynamic: 'warn',
  skipDeprecated: false,
  serviceCluster: '',
  serviceNode: '',
  serviceZone: '',
};
const load = (input: Partial<ConfigInput>, more: Partial<LoadOptions> = {}) =>
  loadBootstrap({ path: '', yaml: '', ...input }, { ...options, ...more });
const host = (address: string): string =>
  `{ endpoint: { address: { socket_address: { address: ${address}, port_value: 80 } } } }`;
const cluster = (name: string, address = '127.0.0.1'): string =>
  `{ name: ${name}, load_assignment: { cluster_name: ${name}, endpoints: [{ lb_endpoints: [${host(address)}] }] } }`;
const hcm = (routes: string): string => `
      filter_chains:
      - filters:
        - name: envoy.filters.network.http_connection_manager
          typed_config:
            '@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
            stat_prefix: in
            ${routes}
            http_filters:
            - { name: r, typed_config: { '@type': type.googleapis.com/envoy.extensions.filters.http.router.v3.Router } }`;
const routed = (to: string): string =>
  hcm(
    `route_config: { name: local, virtual_hosts: [{ name: v, domains: ['*'], routes: [{ match: { prefix: / }, route: { cluster: ${to} } }] }] }`,
  );
const bootstrap = (to = 'one'): string => `
node: { id: node1 }
static_resources:
  clusters: [${cluster('one')}]
  listeners:
    - name: l
      address: { socket_address: { address: 127.0.0.1, port_value: 10000 } }${routed(to)}
`;

t.test('a file becomes compiled resources', async (t) => {
  const path = file('good.yaml', bootstrap());
  const { findings, result } = await load({ path });
  t.same(findings, []);
  t.match(result?.settings, { node: { id: 'node1' } });
  t.match(result?.clusters, [
    {
      name: 'one',
      payload: { discovery: { kind: 'static' }, endpoints: { hosts: /^\[\["127\.0\.0\.1:80",/ } },
    },
  ]);
  t.match(result?.listeners, [
    { name: 'l', payload: { addresses: [{ host: '127.0.0.1', port: 10000 }], routes: [] } },
  ]);
  t.ok(result?.clusters[0]?.payload.compiled?.records.length);
  const again = await load({ path });
  t.equal(again.result?.clusters[0]?.hash, result?.clusters[0]?.hash, 'the same content, the same hash');
  const json = await load({ path: file('good.json', JSON.stringify({ node: { id: 'j' } })) });
  t.equal(json.result?.settings.node.id, 'j');
});

t.test('--config-yaml goes over the file; findings name the text that they are in', async (t) => {
  const path = file('base.yaml', bootstrap());
  const yaml = `node: { cluster: c }\nstatic_resources:\n  clusters: [${cluster('two')}]\n`;
  const { result } = await load({ path, yaml });
  t.match(result?.settings.node, { id: 'node1', cluster: 'c' });
  t.same(
    result?.clusters.map((c) => c.name),
    ['one', 'two'],
  );

  const bad = await load({
    path,
    yaml: 'static_resources:\n  clusters:\n  - { name: two, connect_timeoutt: 1s }\n',
  });
  t.equal(bad.result, undefined);
  t.match(
    bad.findings[0]?.text,
    /^<config-yaml>:3:18: error: static_resources\.clusters\[0\]\.connect_timeoutt/,
  );
  t.match(bad.findings[0]?.text, /did you mean "connect_timeout"/);

  const alone = await load({ yaml: 'node: { id: other }' });
  t.equal(alone.result?.settings.node.id, 'other');
});

t.test('everything that is wrong comes at once', async (t) => {
  const path = file(
    'bad.yaml',
    `${bootstrap('nobody').replace('port_value: 10000', 'port_value: 100000')}  secret: 1\n`,
  );
  const { findings, result } = await load({ path });
  t.equal(result, undefined);
  const all = findings.map((f) => f.text).join('\n');
  t.match(all, /port_value/);
  t.match(all, /secret/);
  t.ok(findings.every((f) => f.text.startsWith(`${path}:`)));
  t.match(findings[0]?.json, { file: path, severity: 'error' });
  const route = await load({ path: file('route.yaml', bootstrap('nobody')) });
  t.match(route.findings[0]?.text, /nobody/, 'a route to a cluster that is not there');
});

t.test('inputs that are not files', async (t) => {
  const missing = await load({ path: join(dir, 'none.yaml') });
  t.match(missing.findings, [
    { severity: 'error', text: /none\.yaml: error: cannot read the configuration: .*no such file/ },
  ]);
  t.equal((await load({ path: '-', text: 'node: { id: stdin }' })).result?.settings.node.id, 'stdin');
  t.match((await load({ path: '-', text: 'node: [' })).findings[0]?.text, /^<stdin>:1:/);
  t.equal((await load({ text: '{"node": {"id": "o"}}' })).result?.settings.node.id, 'o');
});

t.test('unknown fields and deprecations as the flags say', async (t) => {
  const path = file('unknown.yaml', 'node: { idd: n }');
  t.equal((await load({ path })).result, undefined);
  const let_pass = await load({ path }, { unknownStatic: 'warn' });
  t.match(let_pass, { unknownFields: 1, findings: [{ severity: 'warning' }] });
  t.ok(let_pass.result);

  const v2 = file(
    'v2.yaml',
    'static_resources:\n  clusters:\n  - { name: a, hosts: [{ socket_address: { address: 127.0.0.1, port_value: 80 } }] }\n',
  );
  t.match((await load({ path: v2 })).findings, [{ severity: 'warning', text: /load_assignment/ }]);
  t.same((await load({ path: v2 }, { skipDeprecated: true })).findings, []);
});

t.test('files of discovery services must be there', async (t) => {
  const source = (path: string): string =>
    `{ resource_api_version: V3, path_config_source: { path: ${path} } }`;
  const lds = `dynamic_resources: { lds_config: ${source('/nowhere/lds.yaml')} }`;
  t.match((await load({ yaml: lds })).findings, [
    { text: /dynamic_resources\.lds_config: the file \/nowhere\/lds\.yaml does not exist/ },
  ]);
  const eds = `static_resources: { clusters: [{ name: e, type: EDS, eds_cluster_config: { eds_config: ${source('/nowhere/eds.yaml')} } }] }`;
  t.match((await load({ yaml: eds })).findings, [{ text: /does not exist/ }]);
});

const typed = (type: string, fields: string): string => `{ '@type': ${type}, ${fields} }`;

t.test('a discovery file', async (t) => {
  const path = file(
    'cds.yaml',
    `version_info: '7'\nresources:\n- ${typed(TYPE.cluster, cluster('one').slice(1, -1))}\n- '@type': type.googleapis.com/envoy.service.discovery.v3.Resource\n  name: two\n  resource: ${typed(TYPE.cluster, cluster('two').slice(1, -1))}\n`,
  );
  const { file: loaded, warnings, unknownFields } = await loadDiscovery(TYPE.cluster, path, options);
  t.match(loaded, { kind: 'ok', version: '7', resources: [{ name: 'one' }, { name: 'two' }] });
  t.same([warnings, unknownFields], [[], 0]);
  const rds = file(
    'rds.yaml',
    `resources:\n- ${typed(TYPE.route, "name: r, virtual_hosts: [{ name: v, domains: ['*'], routes: [{ match: { prefix: / }, route: { cluster: unknown } }] }]")}\n`,
  );
  t.match(
    (await loadDiscovery(TYPE.route, rds, options)).file,
    { kind: 'ok', resources: [{ name: 'r' }] },
    'clusters may come later',
  );
  const eds = file(
    'eds.yaml',
    `resources:\n- ${typed(TYPE.endpoints, `cluster_name: e, endpoints: [{ lb_endpoints: [${host('10.0.0.1')}] }]`)}\n`,
  );
  t.match((await loadDiscovery(TYPE.endpoints, eds, options)).file, {
    kind: 'ok',
    resources: [{ name: 'e', payload: { hosts: /^\[\["10\.0\.0\.1:80",/ } }],
  });
});

t.test('a bad discovery file: located, each error with its resource', async (t) => {
  const bad = file(
    'bad_cds.yaml',
    `version_info: '8'\nresources:\n- ${typed(TYPE.cluster, cluster('one').slice(1, -1))}\n- ${typed(TYPE.cluster, 'name: two, connect_timeout: soon')}\n`,
  );
  const { file: loaded } = await loadDiscovery(TYPE.cluster, bad, options);
  if (loaded.kind !== 'rejected') throw new Error(JSON.stringify(loaded));
  t.match(loaded.details, /bad_cds\.yaml:4:\d+: error: resources\[1\]/);
  t.match(loaded.failures, [{ name: 'two', details: /connect_timeout/ }]);
  t.ok(loaded.failures[0]?.bytes?.length);

  const twice = file(
    'twice.yaml',
    `resources:\n- ${typed(TYPE.cluster, cluster('one').slice(1, -1))}\n- ${typed(TYPE.cluster, cluster('one').slice(1, -1))}\n`,
  );
  t.match((await loadDiscovery(TYPE.cluster, twice, options)).file, {
    kind: 'rejected',
    details: /a second resource of the name 'one'/,
  });
  t.match((await loadDiscovery(TYPE.listener, twice, options)).file, {
    kind: 'rejected',
    details: /expected envoy\.config\.listener\.v3\.Listener/,
  });
  t.match((await loadDiscovery(TYPE.cluster, join(dir, 'none'), options)).file, {
    kind: 'unreadable',
    details: /no such file/,
  });
  t.match((await loadDiscovery(TYPE.cluster, file('syntax.yaml', 'resources: ['), options)).file, {
    kind: 'rejected',
    failures: [{ details: /not valid YAML/ }],
  });

  const unknown = file(
    'unknown_cds.yaml',
    `resources:\n- ${typed(TYPE.cluster, `xyz: 1, ${cluster('one').slice(1, -1)}`)}\n`,
  );
  t.match(await loadDiscovery(TYPE.cluster, unknown, options), {
    file: { kind: 'ok' },
    unknownFields: 1,
    warnings: [/xyz/],
  });
  t.match(await loadDiscovery(TYPE.cluster, unknown, { ...options, unknownDynamic: 'reject' }), {
    file: { kind: 'rejected' },
  });
  t.match(await loadDiscovery(TYPE.cluster, unknown, { ...options, unknownDynamic: 'ignore' }), {
    file: { kind: 'ok' },
    warnings: [],
    unknownFields: 0,
  });
});
