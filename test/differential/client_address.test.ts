// Who the client of a request is, through the real Envoy and through this proxy: x-forwarded-for of all
// kinds under all ways to trust it. Compared: what the origin gets, the address in headers and in access
// logs. Skipped where Envoy's binary is absent.
// observes: envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.InternalAddressConfig: unix_sockets
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import {
  answer,
  ask,
  cluster,
  eventually,
  type Fields,
  folder,
  freePort,
  get,
  header,
  type Json,
  listener,
  Origin,
  Running,
  routes,
  start,
  toCluster,
} from '../e2e/support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';

const binary = envoyBinary();
if (binary === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}

let seen = '';
const origin = await new Origin(({ line, headers }) => {
  seen = [line, ...headers.map(([name, value]) => `${name}: ${value}`)].join('\n');
  return answer('ok');
}).listen();

const inside: Fields = {
  unix_sockets: true,
  cidr_ranges: [
    { address_prefix: '127.0.0.0', prefix_len: 8 },
    { address_prefix: '10.0.0.0', prefix_len: 8 },
    { address_prefix: '2001:db8::', prefix_len: 33 },
  ],
};
const ways: [string, Fields][] = [
  ['a proxy in front', {}],
  ['an edge', { use_remote_address: true }],
  ...[false, true].flatMap((edge) =>
    [1, 2, 3].map((hops): [string, Fields] => [
      `${edge ? 'an edge' : 'a proxy in front'}, ${hops} trusted`,
      { use_remote_address: edge, xff_num_trusted_hops: hops },
    ]),
  ),
  ['an edge that appends nothing', { use_remote_address: true, skip_xff_append: true }],
  [
    'an edge that appends nothing, 1 trusted',
    { use_remote_address: true, skip_xff_append: true, xff_num_trusted_hops: 1 },
  ],
  ['an inside, a proxy in front', { internal_address_config: inside }],
  ['an inside, an edge', { internal_address_config: inside, use_remote_address: true }],
  [
    'an inside, an edge, 1 trusted',
    { internal_address_config: inside, use_remote_address: true, xff_num_trusted_hops: 1 },
  ],
  ['an inside without addresses', { internal_address_config: { unix_sockets: true } }],
];

const xff = (...values: string[]) => values.map((value) => `x-forwarded-for: ${value}\r\n`).join('');
const asked =
  'x-envoy-internal: true\r\nx-envoy-external-address: 6.6.6.6\r\nx-envoy-decorator-operation: op\r\n' +
  'x-envoy-downstream-service-cluster: c\r\nx-envoy-downstream-service-node: n\r\nx-envoy-original-url: u\r\n' +
  'x-envoy-force-trace: 1\r\nx-envoy-ip-tags: i\r\nx-request-id: mine\r\nx-forwarded-proto: https\r\n';
const requests: [string, string][] = [
  ['nothing', ''],
  ['one', xff('8.8.8.8')],
  ['one of the inside', xff('10.1.2.3')],
  ['two', xff('8.8.8.8, 10.1.2.3')],
  ['three', xff('1.1.1.1,2.2.2.2 , 3.3.3.3')],
  ['four', xff('1.1.1.1, 2.2.2.2, 3.3.3.3, 4.4.4.4')],
  ['spaces and tabs', xff(' 1.1.1.1\t,\t 2.2.2.2 ')],
  ['IPv6', xff('2001:db8::1')],
  ['IPv6 beyond the inside', xff('2001:db8:8000::1')],
  ['IPv6 in full and upper case', xff('2001:0DB8:0000:0000:0000:0000:0000:00AB')],
  ['mixed', xff('2001:db8::1, 9.9.9.9')],
  ['IPv4 in IPv6', xff('::ffff:10.0.0.1')],
  ['the unspecified ones', xff('0.0.0.0, ::')],
  ['a port', xff('8.8.8.8:80')],
  ['brackets', xff('[2001:db8::1]')],
  ['brackets and a port', xff('[2001:db8::1]:80')],
  ['a name', xff('client.example')],
  ['unknown', xff('unknown, 8.8.8.8')],
  ['unknown at the end', xff('8.8.8.8, unknown')],
  ['empty', xff('')],
  ['a comma', xff(',')],
  ['a comma at the end', xff('8.8.8.8,')],
  ['a comma at the beginning', xff(',8.8.8.8')],
  ['empty members', xff('8.8.8.8,,9.9.9.9')],
  ['numbers too large', xff('8.8.8.256')],
  ['leading zeros', xff('08.8.8.8')],
  ['three numbers', xff('8.8.8')],
  ['a long one', xff('8'.repeat(200))],
  ['two fields', xff('1.1.1.1', '2.2.2.2')],
  ['three fields', xff('1.1.1.1', '2.2.2.2, 3.3.3.3', '4.4.4.4')],
  ['fields apart', `${xff('1.1.1.1')}x-between: 1\r\n${xff('2.2.2.2')}`],
  ['an empty field', xff('1.1.1.1', '')],
  ...['127.0.0.1', '127.0.0.2', '::1', '172.31.0.1', '172.32.0.1', '192.168.0.1', 'fd00::1', 'fc00::1'].map(
    (address): [string, string] => [address, xff(address)],
  ),
  ['what clients say', asked],
  ['what clients say, with one', asked + xff('8.8.8.8')],
  ['what clients say, with one of the inside', asked + xff('10.1.2.3')],
  ['what clients say, with two', asked + xff('8.8.8.8, 10.1.2.3')],
];

const says =
  '%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT% ' +
  '%REQ(x-forwarded-for)%';
const dir = folder();

function log(path: string): Json {
  return {
    name: 'file',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
      path,
      log_format: { text_format_source: { inline_string: `%REQ(:PATH)% ${says}\n` } },
    },
  };
}

function config(ports: number[], path: string, pipe: string): Fields {
  const route_config = routes([toCluster('origin')], {
    response_headers_to_add: [{ header: { key: 'x-says', value: says } }],
  });
  const manager = (fields: Fields) => ({ route_config, access_log: [log(path)], ...fields });
  const listeners = ways.map(([, fields], i) => listener(`w${i}`, ports[i] ?? 0, manager(fields)));
  const piped = listener('pipe', 0, manager({ internal_address_config: inside, use_remote_address: true }));
  return {
    static_resources: {
      listeners: [...listeners, { ...piped, address: { pipe: { path: pipe } } }],
      clusters: [cluster('origin', [origin.port])],
    },
  };
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

interface Side {
  readonly ports: number[];
  readonly log: string;
  readonly pipe: string;
}
async function side(name: string): Promise<Side> {
  const ports = await Promise.all(ways.map(() => freePort()));
  return { ports, log: join(dir.path, `${name}.log`), pipe: join(dir.path, `${name}.sock`) };
}
const [theirs, ours] = [await side('theirs'), await side('ours')];
const envoy = new Running(binary, [
  ...['-c', dir.write('envoy.json', config(theirs.ports, theirs.log, theirs.pipe)), '--concurrency', '1'],
  ...['--disable-hot-restart', '-l', 'error', '--file-flush-interval-msec', '10'],
]);
for (const port of theirs.ports) await envoy.listening(port);
const proxy = await start(config(ours.ports, ours.log, ours.pipe), ours.ports);
t.teardown(async () => {
  await Promise.all([envoy.stop(), proxy.stop()]);
  await origin.close();
  dir.remove();
});

async function exchange({ ports }: Side, way: number, request: number) {
  const text = get(`/${way}/${request}`, requests[request]?.[1] ?? '');
  const response = await ask(ports[way] ?? 0, text);
  return { says: header(response, 'x-says'), origin: seen.replace(UUID, 'UUID') };
}

for (const [way, [name]] of ways.entries()) {
  t.test(name, async (t) => {
    for (const [request, [what]] of requests.entries()) {
      t.same(await exchange(ours, way, request), await exchange(theirs, way, request), what);
    }
  });
}

/** The same over a Unix socket, whose clients have no address. */
function askPipe(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => socket.write(get('/pipe', `connection: close\r\n${asked}`)));
    let text = '';
    socket.on('data', (data: Buffer) => {
      text += data;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(/^x-says: (.*)\r$/m.exec(text)?.[1] ?? text));
  });
}

t.test('a Unix socket', async (t) => {
  const both = [];
  for (const { pipe } of [ours, theirs]) both.push([await askPipe(pipe), seen.replace(UUID, 'UUID')]);
  t.same(both[0]?.[1], both[1]?.[1], 'what the origin gets');
  t.match(both[0]?.[1], /x-envoy-internal: true/);
});

t.test('access logs', async (t) => {
  const lines = (path: string) =>
    eventually(`lines in ${path}`, () => {
      const all = readFileSync(path, 'utf8').trimEnd().split('\n');
      return all.length > ways.length * requests.length ? all : undefined;
    });
  const [mine, expected] = [await lines(ours.log), await lines(theirs.log)];
  t.same(mine.slice(0, -1), expected.slice(0, -1));
});
