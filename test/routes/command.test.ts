// `attache routes check` and `attache routes explain`, through the command's own entry and once through the binary.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { routesCommand } from '../../src/routes/command.ts';
import { folder, root } from '../e2e/support.ts';

const dir = folder();
t.teardown(() => dir.remove());
const file = (name: string, text: string): string => {
  const path = join(dir.path, name);
  writeFileSync(path, text);
  return path;
};

const TABLE = `
name: local
virtual_hosts:
- name: www
  domains: [www.example.com, "*.example.org"]
  request_headers_to_add: [{header: {key: x-client, value: "%REQ(:authority)%"}}]
  response_headers_to_remove: [server]
  response_headers_to_add: [{header: {key: x-by, value: us}}]
  routes:
  - match: {path: /exact}
    route: {cluster: exact}
  - match: {prefix: /api/, headers: [{name: x-version, string_match: {exact: "2"}}]}
    route: {cluster: api2, prefix_rewrite: /v2/}
  - match: {prefix: /api/}
    name: old-api
    route: {cluster: api1, host_rewrite_literal: api.internal}
  - match: {prefix: /moved}
    redirect: {host_redirect: new.example.com, path_redirect: /here, response_code: FOUND}
  - match: {safe_regex: {regex: "/w/[0-9]+"}}
    route: {weighted_clusters: {clusters: [{name: a, weight: 30}, {name: b, weight: 70}]}}
  - match: {prefix: /q, query_parameters: [{name: debug, string_match: {exact: "1"}}]}
    direct_response: {status: 201}
- name: secure
  domains: [secure.example.com]
  require_tls: ALL
  routes: [{match: {prefix: /}, route: {cluster: secure}}]
`;
const table = file('routes.yaml', TABLE);

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', ''];
  const code = await routesCommand(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

const PASSING = `
tests:
- test_name: exact
  input: {authority: www.example.com, path: /exact, method: GET}
  validate: {cluster_name: exact, virtual_host_name: www, virtual_cluster_name: "", path_rewrite: /exact, host_rewrite: www.example.com}
- test_name: a header decides
  input:
    authority: a.example.org
    path: /api/x?y=1
    method: GET
    additional_request_headers: [{key: X-Version, value: "2"}]
    additional_response_headers: [{key: server, value: them}]
  validate:
    cluster_name: api2
    path_rewrite: /v2/x?y=1
    request_header_matches:
    - {name: x-client, string_match: {exact: a.example.org}}
    - {name: x-envoy-original-path, string_match: {prefix: /api/}}
    - {name: x-none, present_match: false}
    response_header_matches:
    - {name: server, present_match: true, invert_match: true}
    - {name: x-by, string_match: {exact: us}}
- test_name: without it
  input: {authority: a.example.org, path: /api/x, method: GET}
  validate: {cluster_name: api1, host_rewrite: api.internal, path_redirect: "", header_fields: [{key: x-client, value: a.example.org}]}
- test_name: a redirect
  input: {authority: www.example.com, path: /moved, method: GET, ssl: true}
  validate: {path_redirect: "https://new.example.com/here", code_redirect: 302, cluster_name: ""}
- test_name: the last of the first
  input: {authority: www.example.com, path: /w/1, method: GET, random_value: 29}
  validate: {cluster_name: a}
- test_name: the first of the second
  input: {authority: www.example.com, path: /w/1, method: GET, random_value: 130}
  validate: {cluster_name: b}
- test_name: no host
  input: {authority: other.com, path: /, method: GET}
  validate: {cluster_name: "", virtual_host_name: ""}
- test_name: TLS
  input: {authority: secure.example.com, path: /a, method: GET, ssl: true}
  validate: {cluster_name: secure}
- test_name: TLS is wanted
  input: {authority: secure.example.com, path: /a, method: GET}
  validate: {path_redirect: "https://secure.example.com/a", cluster_name: ""}
`;

t.test('tests that pass', async (t) => {
  const tests = file('passing.yaml', PASSING);
  const { code, out, err } = await run('check', table, tests, '--details', '--detailed-coverage');
  t.equal(err, '');
  t.equal(code, 0);
  t.match(out, /^exact: ok\n/);
  t.match(out, 'Current route coverage: 85.7143%\nNot covered: www, route 5\n');
  t.equal((await run('check', table, tests)).out, 'Current route coverage: 85.7143%\n');
  t.equal((await run('check', table, tests, '-f', '80')).code, 0);
  const low = await run('check', table, tests, '--fail-under', '90');
  t.equal(low.code, 1);
  t.equal(low.err, 'Failed to meet coverage requirement: 90%\n');
  t.match((await run('check', table, tests, '--covall')).out, 'Current route coverage: 60%\n');
});

t.test('tests that fail', async (t) => {
  const tests = file(
    'failing.yaml',
    `
tests:
- test_name: fine
  input: {authority: www.example.com, path: /exact, method: GET}
  validate: {cluster_name: exact}
- test_name: wrong
  input: {authority: www.example.com, path: /exact, method: GET}
  validate: {cluster_name: other, path_redirect: /x, request_header_matches: [{name: x-client, string_match: {exact: nobody}}]}
`,
  );
  const { code, out } = await run('check', table, tests);
  t.equal(code, 1);
  t.match(out, 'wrong\nexpected: [other], actual: [exact], test type: cluster_name\n');
  t.match(out, 'expected: [/x], actual: [], test type: path_redirect\n');
  t.match(out, 'test type: request_header_matches\n');
  t.notMatch(out, 'fine');
  const json = await run('check', table, tests, '--output', 'json');
  t.match(JSON.parse(json.out), {
    ok: false,
    tests: [
      { name: 'fine', mismatches: [] },
      { name: 'wrong', mismatches: [{ about: 'cluster_name', expected: 'other', actual: 'exact' }, {}, {}] },
    ],
  });
});

t.test('what is wrong with tests is located', async (t) => {
  const tests = file(
    'bad.yaml',
    `tests:
- test_name: ''
  input: {authority: a, path: /, methd: GET}
  validate: {}
- test_name: b
  input: {authority: a, path: /, runtime: x}
  validate: {cluster_nam: x, request_header_matches: [{nam: x}]}
`,
  );
  const { code, err } = await run('check', table, tests);
  t.equal(code, 1);
  t.match(err, `${tests}:2:14: error: tests[0].test_name: the test has no name`);
  t.match(err, /bad\.yaml:3:34: error: tests\[0\]\.input\.methd: there is no field 'methd'/);
  t.match(err, 'did you mean "method"?');
  t.match(err, 'tests[0].validate: nothing is asked for');
  t.match(err, 'runtime is not supported yet');
  t.match(err, 'did you mean "cluster_name"?');
  t.match(err, 'HeaderMatcher has no field "nam"');
});

t.test('explanations', async (t) => {
  t.same(await run('explain', table, 'http://a.example.org/api/x?y=1'), {
    code: 0,
    err: '',
    out: `virtual host 'www', for www.example.com, *.example.org
route 0 does not match: its path is another (path /exact)
route 1 does not match: its condition of the header 'x-version' does not hold
route 2 'old-api' matches: prefix /api/
cluster 'api1'
the host becomes api.internal
`,
  });
  const second = await run('explain', table, 'http://a.example.org/api/x', '-H', 'X-Version: 2');
  t.match(
    second.out,
    "route 1 matches: prefix /api/, header 'x-version'\ncluster 'api2'\nthe path becomes /v2/x\n",
  );
  t.match((await run('explain', table, 'http://secure.example.com/')).out, 'it wants TLS: 301');
  const none = await run('explain', table, 'http://www.example.com/q?debug=2');
  t.equal(none.code, 1);
  t.match(
    none.out,
    "route 5 does not match: its condition of the query 'debug' does not hold\nno route matches: 404\n",
  );
  t.match(
    (await run('explain', table, 'http://nobody/')).out,
    'no virtual host is for the host of this request',
  );
  t.match((await run('explain', table, 'http://www.example.com/q?debug=1')).out, 'answered here: 201');
});

t.test('a bootstrap with its tables', async (t) => {
  const binary = (...args: string[]) =>
    spawnSync(process.execPath, [join(root, 'bin/attache'), 'routes', ...args], { encoding: 'utf8' });
  const example = join(root, 'examples/httpbin.yaml');
  const { status, stdout } = binary('explain', example, 'http://localhost/get');
  t.equal(status, 0);
  t.match(stdout, "cluster 'httpbin_service'\n");
  t.match(
    (await run('explain', example, 'http://localhost/', '--table', 'x')).err,
    'has 0 such route tables',
  );
});

t.test('wrong use', async (t) => {
  t.match((await run('chek')).err, "there is no command 'chek'");
  t.equal((await run('help')).code, 0);
  t.match((await run('check', table)).err, 'check takes a file and its tests');
  t.match((await run('explain', table, 'nowhere')).err, 'nowhere is no URL');
  for (const random of ['many', '-1', '0.5'])
    t.match(
      (await run('explain', table, 'http://a/', `--random=${random}`)).err,
      '--random takes a whole number',
    );
  t.match((await run('check', table, join(dir.path, 'none'))).err, 'ENOENT');
  t.equal((await run('check', file('empty.yaml', 'virtual_host: 1'), table)).code, 1);
});
