// Paths and hosts before a route is looked for, and hosts that want TLS: of the real Envoy and of this proxy. Compared:
// the answer, where it redirects to, what the origin sees, the details and the statistics. Skipped where Envoy's binary
// is absent.
import t from 'tap';
import {
  answer,
  ask,
  cluster,
  type Fields,
  folder,
  header,
  listener,
  Origin,
  toCluster,
} from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { bothSides } from './side.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
const dir = folder();
const origin = await new Origin(({ line, headers }) =>
  answer(
    JSON.stringify([line.split(' ')[1], headers.find(([name]) => name === 'host')?.[1]]),
    'x-envoy-decorator-operation: theirs\r\n',
  ),
).listen();

const MANAGERS: Readonly<Record<string, Fields>> = {
  none: {},
  normal: { normalize_path: true },
  merged: { merge_slashes: true },
  both: { normalize_path: true, merge_slashes: true },
  kept: { path_with_escaped_slashes_action: 'KEEP_UNCHANGED' },
  refused: { path_with_escaped_slashes_action: 'REJECT_REQUEST' },
  redirected: { path_with_escaped_slashes_action: 'UNESCAPE_AND_REDIRECT' },
  sent: { path_with_escaped_slashes_action: 'UNESCAPE_AND_FORWARD' },
  all: {
    path_with_escaped_slashes_action: 'UNESCAPE_AND_REDIRECT',
    normalize_path: true,
    merge_slashes: true,
  },
  any: { strip_any_host_port: true },
  matching: { strip_matching_host_port: true },
  dot: { strip_trailing_host_dot: true, strip_any_host_port: true },
  bare: { strip_trailing_host_dot: true },
};
const HOSTS: Readonly<Record<string, Fields>> = {
  tls_all: { require_tls: 'ALL' },
  tls_external: { require_tls: 'EXTERNAL_ONLY' },
  tls_none: { require_tls: 'NONE' },
};
const names = [...Object.keys(MANAGERS), ...Object.keys(HOSTS)];
const says = (value: string): Fields => ({ response_headers_to_add: [{ header: { key: 'x-says', value } }] });

function config(admin: number, ports: Readonly<Record<string, number>>): Fields {
  const table = (name: string): Fields => ({
    route_config: {
      name,
      ...says('table'),
      virtual_hosts: [
        {
          name: 'named',
          domains: ['a.b', '[::1]'],
          ...says('host'),
          ...HOSTS[name],
          routes: [
            { ...toCluster('origin', {}, { path: '/only' }), decorator: { operation: 'ours' } },
            toCluster('origin'),
          ],
        },
        { name: 'none', domains: ['c.d'], ...HOSTS[name], routes: [] },
        { name: 'other', domains: ['*'], routes: [toCluster('origin')] },
      ],
    },
    internal_address_config: { cidr_ranges: [{ address_prefix: '10.0.0.0', prefix_len: 8 }] },
    ...MANAGERS[name],
  });
  return {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      listeners: names.map((name) => listener(name, ports[name] ?? 0, table(name))),
      clusters: [cluster('origin', [origin.port])],
    },
  };
}

const sides = await bothSides(t, dir, names, config);
type Side = (typeof sides)[number];
t.teardown(async () => {
  await origin.close();
  dir.remove();
});

async function seen({ ports }: Side, name: string, path: string, host: string, more: string) {
  const port = ports[name] ?? 0;
  const named = host.replace('$', String(port));
  const request = `GET ${path} HTTP/1.1\r\nhost: ${named}\r\n${more}\r\n`;
  const response = await ask(port, Buffer.from(request, 'latin1'));
  const plain = (text = ''): string => text.replaceAll(String(port), '$');
  return {
    status: response.status,
    location: plain(header(response, 'location')),
    says: header(response, 'x-says'),
    operation: header(response, 'x-envoy-decorator-operation'),
    body: plain(response.body.toString()),
  };
}

async function same(name: string, path: string, host = 'a.b', more = ''): Promise<void> {
  const [theirs, ours] = await Promise.all(sides.map((side) => seen(side, name, path, host, more)));
  // A target that is no HTTP at all is refused by both, in different words.
  const bad = theirs?.status === 400 && theirs.body === 'Bad Request';
  if (bad) t.equal(ours?.status, 400, `${name} ${JSON.stringify(path)}`);
  else t.same(ours, theirs, `${name} ${JSON.stringify(path)} ${host} ${more.trim()}`);
}

const PATHS = [
  ...['/a/../b', '/a/./b', '/a/..', '/a/.', '/..', '/../../b', '/./', '/a/../..', '/a/...', '/a/.b'],
  ...['/a/%2e%2e/b', '/a/%2E./b', '/a/.%2e', '/%2e', '/a/b%2e', '/a%2525', '/a%2', '/a%', '/a/%zz', '/%'],
  ...['/a//../b', '/a//b', '//', '///', '////', '/a//', '//a', '/a///b//?c//d', '/?', '/.?', '/a?', '/only'],
  ...['/a\\b', '/a\\..\\b', '/a/b/..\\c', '/a\\..;x/y', '/a/..;x\\y', '/a?x\\y', '/a/..?x=/../y'],
  ...['/a%2fb', '/a%5cb', '/a%2Fb/..', '/a%2f%2f..', '/a%2F%5c..%2fb', '/a/..%2fb', '/a?%2f', '/a%2f?%5c'],
  ...['/a/b/..;x', '/a/..;x/y', '/a/..;', '/a/.;x', '/a/.;x/b', '/a/b;../c', '/a/%2e%2e;x/y', '/a/...;x'],
  ...[
    '/a/..;a;b/c',
    '/a/;..',
    '/a;b/../c',
    '/a%00b',
    '/a|b^c`d{e}',
    '/a\'b"c<d>',
    '/a/%2e%2e%2fb',
    '/a/b/..%3bx',
  ],
];

t.test('paths', async () => {
  for (const name of ['none', 'normal', 'merged', 'both', 'kept', 'refused', 'redirected', 'sent', 'all']) {
    for (const path of PATHS) await same(name, path);
  }
});

t.test('each byte, and its escape', async () => {
  for (let code = 0; code < 256; code++) {
    const hex = code.toString(16).padStart(2, '0');
    // A fragment is refused by our parser, and not counted.
    if (code > 0x20 && code !== 0x23) await same('normal', `/x${String.fromCharCode(code)}y`);
    for (const text of new Set([hex, hex.toUpperCase()])) await same('normal', `/x%${text}y`);
  }
});

t.test('gRPC clients follow no redirects', async () => {
  await same('redirected', '/a%2fb', 'a.b', 'content-type: application/grpc\r\n');
});

t.test('hosts', async () => {
  for (const name of ['none', 'any', 'matching', 'dot', 'bare']) {
    for (const host of [
      ...['a.b', 'a.b:80', 'a.b:$', 'a.b:', 'a.b:x', 'a.b:080', 'a.b:99999', 'c.d:$', 'x.y:$'],
      ...['[::1]', '[::1]:80', '[::1]:$', '[::1]:', 'a.b.', 'a.b..', 'a.b.:80', 'a.b.:$', 'a.b.:x'],
    ])
      await same(name, '/', host);
  }
});

t.test('hosts that want TLS', async () => {
  for (const name of Object.keys(HOSTS)) {
    for (const host of ['a.b', 'a.b:80', 'c.d', 'x.y']) {
      for (const more of [
        '',
        'x-forwarded-proto: https\r\n',
        'x-forwarded-proto: http\r\n',
        'x-forwarded-for: 10.1.1.1\r\n',
        'x-forwarded-for: 8.8.8.8\r\n',
        'x-envoy-internal: true\r\n',
      ])
        await same(name, '/a/b?c', host, more);
    }
  }
});

t.test('statistics', async (t) => {
  const [theirs, ours] = await Promise.all(
    sides.map(async ({ admin }) => {
      const filter = '^http.*(normaliz|rq_direct_response|no_route|rq_[345]xx)';
      const text = await (await fetch(`http://127.0.0.1:${admin}/stats?filter=${filter}`)).text();
      return text.split('\n').filter((line) => !/: 0$|^http\.admin/.test(line));
    }),
  );
  t.same(ours, theirs);
});
