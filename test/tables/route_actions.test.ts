/** What the compiler makes of the parts of a route, as the native half reads it. */
import t from 'tap';
import { compile, findings } from './route_fixtures.ts';
import { matchNatively, nativeMissing, type TestRequest } from './route_native.ts';

type Fields = Record<string, unknown>;

/** The native answer to one request, of a table with one route. */
function answer(route: Fields, request: Partial<TestRequest> = {}, config: Fields = {}): string {
  const compiled = compile({
    name: 'rc',
    virtual_hosts: [{ name: 'h', domains: ['*'], routes: [{ match: { prefix: '/a' }, ...route }] }],
    ...config,
  });
  if (compiled.resource === undefined) return findings(compiled).join();
  return matchNatively(compiled.resource, [{ authority: 'h', path: '/a/b?q=1', ...request }])[0] as string;
}
const forward = (action: Fields): string => answer({ route: { cluster: 'c', ...action } });
const seconds = (n: bigint, nanos = 0): Fields => ({ seconds: n, nanos });
const rest = 'timeout=15000 not_found=503';

t.test('forwarding', { skip: nativeMissing }, (t) => {
  t.equal(forward({}), `0 0 cluster=c ${rest} +x-old`);
  t.equal(forward({ prefix_rewrite: '/new' }), `0 0 path=/new/b?q=1 cluster=c ${rest} +x-old`);
  t.equal(forward({ prefix_rewrite: '' }), `0 0 cluster=c ${rest} +x-old`);
  const rewrite = { pattern: { regex: '/(.)/(.)' }, substitution: '/\\2' };
  t.equal(forward({ regex_rewrite: rewrite }), `0 0 path=/b?q=1 cluster=c ${rest} +x-old`);
  t.equal(forward({ host_rewrite_literal: 'new' }), `0 0 cluster=c host=new ${rest} +x-old`);
  t.equal(forward({ host_rewrite_path_regex: rewrite }), `0 0 cluster=c host=/b ${rest} +x-old`);
  t.equal(forward({ auto_host_rewrite: { value: true } }), `0 0 cluster=c auto_host ${rest} +x-old`);
  t.equal(forward({ auto_host_rewrite: { value: false } }), `0 0 cluster=c ${rest} +x-old`);
  t.equal(forward({ append_x_forwarded_host: true }), `0 0 cluster=c x_forwarded_host ${rest} +x-old`);
  t.equal(forward({ timeout: seconds(0n) }), '0 0 cluster=c timeout=0 not_found=503 +x-old');
  t.equal(forward({ timeout: seconds(2n, 1) }), '0 0 cluster=c timeout=2001 not_found=503 +x-old');
  t.equal(
    forward({ timeout: seconds(1_000_000_000n) }),
    '0 0 cluster=c timeout=4294967295 not_found=503 +x-old',
  );
  t.equal(forward({ idle_timeout: seconds(0n) }), '0 0 cluster=c timeout=15000 idle=0 not_found=503 +x-old');
  t.equal(forward({ priority: 1 }), '0 0 cluster=c timeout=15000 high not_found=503 +x-old');
  t.equal(
    forward({ cluster_not_found_response_code: 1 }),
    '0 0 cluster=c timeout=15000 not_found=404 +x-old',
  );
  t.equal(
    forward({ cluster_not_found_response_code: 2 }),
    '0 0 cluster=c timeout=15000 not_found=500 +x-old',
  );
  const headers = [['x-host', 'by-header']] as const;
  t.equal(
    answer({ route: { cluster: 'c', host_rewrite_header: 'X-Host' } }, { headers }),
    `0 0 cluster=c host=by-header ${rest} +x-old`,
  );
  t.end();
});

t.test('weighted clusters', { skip: nativeMissing }, (t) => {
  const clusters = [
    { name: 'one', weight: { value: 1 } },
    { name: 'two', weight: { value: 9 }, host_rewrite_literal: 'of-two' },
    { name: 'three', weight: { value: 0 } },
  ];
  t.equal(
    answer({ route: { weighted_clusters: { clusters } } }),
    `0 0 weighted=two host=of-two ${rest} +x-old`,
  );
  t.equal(
    answer({ route: { weighted_clusters: { clusters }, host_rewrite_literal: 'of-route' } }),
    `0 0 weighted=two host=of-route ${rest} +x-old`,
  );
  t.end();
});

t.test('redirects', { skip: nativeMissing }, (t) => {
  const to = (redirect: Fields): string => answer({ redirect });
  t.equal(to({}), '0 0 status=301 location=http://h/a/b?q=1 +x-old');
  t.equal(
    to({ https_redirect: true, port_redirect: 8443 }),
    '0 0 status=301 location=https://h:8443/a/b?q=1 +x-old',
  );
  t.equal(
    to({ scheme_redirect: 'ftp', host_redirect: 'n' }),
    '0 0 status=301 location=ftp://n/a/b?q=1 +x-old',
  );
  t.equal(to({ path_redirect: '/p', response_code: 1 }), '0 0 status=302 location=http://h/p?q=1 +x-old');
  t.equal(
    to({ path_redirect: '/p?x', strip_query: true, response_code: 2 }),
    '0 0 status=303 location=http://h/p?x +x-old',
  );
  t.equal(
    to({ prefix_rewrite: '/z', response_code: 3 }),
    '0 0 path=/z/b?q=1 status=307 location=http://h/z/b?q=1 +x-old',
  );
  const regex = { pattern: { regex: 'a' }, substitution: 'x' };
  t.equal(
    to({ regex_rewrite: regex, strip_query: true, response_code: 4 }),
    '0 0 path=/x/b?q=1 status=308 location=http://h/x/b +x-old',
  );
  t.end();
});

t.test('direct responses', { skip: nativeMissing }, (t) => {
  const body = (source?: Fields, config?: Fields): string =>
    answer({ direct_response: { status: 418, body: source } }, {}, config);
  t.equal(body(), '0 0 status=418 body= +x-old');
  t.equal(body({ inline_string: 'é' }), '0 0 status=418 body=é +x-old');
  t.equal(body({ inline_bytes: Buffer.from('raw') }), '0 0 status=418 body=raw +x-old');
  t.equal(body({ environment_variable: 'BODY' }), '0 0 status=418 body=from the environment +x-old');
  const long = 'x'.repeat(5000);
  t.equal(
    body({ inline_string: long }, { max_direct_response_body_size_bytes: { value: 5000 } }),
    `0 0 status=418 body=${long} +x-old`,
  );
  t.end();
});

t.test('header changes of every level', { skip: nativeMissing }, (t) => {
  const add = (key: string, more: Fields = {}): Fields => ({ header: { key, value: 'v' }, ...more });
  const direct_response = { status: 200 };
  const with_ = (options: readonly Fields[], config: Fields = {}): string =>
    answer({ direct_response, request_headers_to_add: options }, {}, config).replace(
      '0 0 status=200 body=',
      '',
    );
  t.equal(with_([add('A'), add('b')]), ' +x-old +a +b');
  t.equal(with_([add('x-old')]), ' +x-old +x-old');
  t.equal(with_([add('x-old', { append: { value: false } })]), ' +x-old');
  t.equal(with_([add('x-old', { append_action: 1 }), add('n', { append_action: 1 })]), ' +x-old +n');
  t.equal(with_([add('x-old', { append_action: 2 }), add('n', { append_action: 2 })]), ' +x-old +n');
  t.equal(with_([add('x-old', { append_action: 3 }), add('n', { append_action: 3 })]), ' +x-old');
  const empty = { header: { key: 'e' } };
  t.equal(with_([empty]), ' +x-old');
  t.equal(with_([{ ...empty, keep_empty_value: true }]), ' +x-old +e');
  t.equal(with_([{ header: { key: 'r', raw_value: Buffer.from('x') } }]), ' +x-old +r');
  const config = { request_headers_to_add: [add('of-config')], request_headers_to_remove: ['X-Old'] };
  t.equal(with_([add('of-route')], config), ' +of-route +of-config');
  t.equal(
    with_([add('of-route')], { ...config, most_specific_header_mutations_wins: true }),
    ' +of-config +of-route',
  );
  t.end();
});

t.test('a small table is scanned, a large one indexed', (t) => {
  const size = (count: number): number => {
    const routes = Array.from({ length: count }, (_, i) => ({
      match: { prefix: `/route-${i}/` },
      direct_response: { status: 200 },
    }));
    const { resource } = compile({ name: 'rc', virtual_hosts: [{ name: 'h', domains: ['*'], routes }] });
    return resource?.records[0]?.bytes.length ?? 0;
  };
  const step = size(8) - size(7);
  t.ok(size(9) - size(8) > 2 * step, 'the ninth route brings the index');
  t.ok(size(1000) / 1000 < 300, `${size(1000) / 1000} bytes a route`);
  t.end();
});

t.test('an unchanged virtual host compiles to the same record', (t) => {
  const host = (name: string, path: string) => ({
    name,
    domains: [name],
    routes: [{ match: { safe_regex: { regex: path } }, route: { cluster: 'c' } }],
  });
  const hashes = (...hosts: Fields[]) =>
    compile({ name: 'rc', virtual_hosts: hosts }).resource?.records.map((r) => r.hash);
  const before = hashes(host('a', '/a'), host('b', '/b')) ?? [];
  const after = hashes(host('a', '/a'), host('b', '/c')) ?? [];
  t.equal(after[0], before[0]);
  t.not(after[1], before[1]);
  t.end();
});
