// The filters for gRPC through the real Envoy and through this proxy: gRPC-Web, the bridge for HTTP/1 and
// the statistics of calls; what client and host get, over HTTP/1 and HTTP/2, and what is counted. Skipped
// where Envoy's binary is absent.
import t from 'tap';
import {
  Client,
  cluster,
  eventually,
  type Fields,
  folder,
  freePort,
  listener,
  Running,
  router,
  routes,
  start,
  toCluster,
} from '../e2e/support.ts';
import { type Call, callOnce, frame, H2Origin, http2Hosts, type Pairs } from '../e2e/h2_support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';

const binary = envoyBinary();
if (binary === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}

// ---- the host ---------------------------------------------------------------------------------

type Answer = {
  readonly head?: Record<string, string | number>;
  readonly body?: readonly Buffer[];
  readonly trailers?: Record<string, string>;
};
const hello = frame('hello');
const ok = { 'grpc-status': '0', 'grpc-message': '' };
const plain = { 'content-type': 'text/plain' };
const answers: Readonly<Record<string, Answer>> = {
  ok: { body: [hello], trailers: ok },
  two: { body: [hello, frame('more')], trailers: { ...ok, 'x-last': 'a: b' } },
  empty: { body: [frame('')], trailers: ok },
  nothing: { trailers: ok },
  pieces: { body: [hello.subarray(0, 3), hello.subarray(3, 7), hello.subarray(7)], trailers: ok },
  bytes: { body: [frame(Buffer.from([0, 255, 128, 7]))], trailers: ok },
  large: { body: [frame(Buffer.alloc(70_001, 'x'))], trailers: ok },
  'with-length': { head: { 'content-length': hello.length }, body: [hello], trailers: ok },
  failed: { body: [hello], trailers: { 'grpc-status': '13', 'grpc-message': 'bad%20luck' } },
  'failed-bare': { trailers: { 'grpc-status': '5', 'grpc-message': 'none' } },
  'odd-status': { body: [hello], trailers: { 'grpc-status': 'x' } },
  'high-status': { body: [hello], trailers: { 'grpc-status': '99' } },
  'zero-status': { body: [hello], trailers: { 'grpc-status': '00' } },
  'no-status': { body: [hello], trailers: { 'x-other': '1' } },
  'no-trailers': { body: [hello] },
  only: { head: { 'grpc-status': '7', 'grpc-message': 'no' } },
  'only-ok': { head: { 'grpc-status': '0' } },
  'only-nothing': { head: {} },
  'both-statuses': { head: { 'grpc-status': '0' }, body: [hello], trailers: { 'grpc-status': '3' } },
  gone: { head: { ':status': 404, ...plain }, body: [Buffer.from('gone: 100%\né')] },
  'gone-empty': { head: { ':status': 404, ...plain } },
  'gone-large': { head: { ':status': 500, ...plain }, body: [Buffer.alloc(40_000, 'y')] },
  'gone-trailers': {
    head: { ':status': 503, ...plain },
    body: [Buffer.from('down')],
    trailers: { 'grpc-status': '14' },
  },
  'plain-200': { head: plain, body: [Buffer.from('hi')] },
  web: { head: { 'content-type': 'Application/grpc-web ; a=b' }, body: [hello] },
  'web-text': { head: { 'content-type': 'application/grpc-web-text' }, body: [Buffer.from('AAAA')] },
};
const origin = await new H2Origin((stream, { path }) => {
  const part = (path.split('?')[0] ?? '').split('/').find((each) => answers[each] !== undefined);
  const answer = part === undefined ? undefined : answers[part];
  if (answer === undefined) return;
  stream.on('end', () => {
    const { head, body = [], trailers } = answer;
    const bare = body.length === 0 && trailers === undefined;
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', ...head },
      { endStream: bare, waitForTrailers: trailers !== undefined },
    );
    if (bare) return;
    stream.on('wantTrailers', () => stream.sendTrailers({ ...trailers }));
    for (const piece of body) stream.write(piece);
    stream.end();
  });
}).listen();

// ---- the two proxies --------------------------------------------------------------------------

const TYPES = 'type.googleapis.com/envoy.extensions.filters.http';
const filter = (name: string, type: string, fields: Fields = {}): Fields => ({
  name: `envoy.filters.http.${name}`,
  typed_config: { '@type': `${TYPES}.${name}.v3.${type}`, ...fields },
});
const stats = (fields: Fields = {}): Fields => filter('grpc_stats', 'FilterConfig', fields);
const bridge = (fields: Fields = {}): Fields => filter('grpc_http1_bridge', 'Config', fields);
const services = [
  { name: 'shop.Cart', method_names: ['ok', 'failed'] },
  { name: 'other', method_names: ['ok'] },
];
/** Filters of each listener. */
const chains: Readonly<Record<string, Fields[]>> = {
  web: [filter('grpc_web', 'GrpcWeb')],
  bridge: [bridge()],
  upgrade: [bridge({ upgrade_protobuf_to_grpc: true, ignore_query_parameters: true })],
  together: [stats({ stats_for_all_methods: false }), stats({ stats_for_all_methods: true })],
  names: [
    stats({
      stats_for_all_methods: true,
      replace_dots_in_grpc_service_name: true,
      enable_upstream_stats: true,
    }),
  ],
  listed: [stats({ individual_method_stats_allowlist: { services }, enable_upstream_stats: true })],
  bare: [stats()],
};
const names = Object.keys(chains);

type Ports = { readonly admin: number; readonly of: Readonly<Record<string, number>> };
async function ports(): Promise<Ports> {
  const of: Record<string, number> = {};
  for (const name of names) of[name] = await freePort();
  return { admin: await freePort(), of };
}
/** Each listener has a cluster of its own, so that it is seen who counted. */
function config({ admin, of }: Ports): Fields {
  return {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      listeners: names.map((name) =>
        listener(name, of[name] as number, {
          http_filters: [...(chains[name] as Fields[]), router],
          route_config: {
            ...routes([
              {
                match: { prefix: '/direct/' },
                direct_response: { status: 403, body: { inline_string: 'no' } },
              },
              toCluster('missing', {}, { prefix: '/missing/' }),
              toCluster(`${name}-none`, {}, { prefix: '/none/' }),
              toCluster(name, { prefix_rewrite: '/new/' }, { prefix: '/old/' }),
              toCluster(name, { timeout: '0.1s' }, { prefix: '/slow/' }),
              toCluster(name),
            ]),
            validate_clusters: false,
          },
        }),
      ),
      clusters: names.flatMap((name) => [
        cluster(name, [origin.port], http2Hosts),
        cluster(`${name}-none`, [], http2Hosts),
      ]),
    },
  };
}

const dir = folder();
const [theirs, ours] = [await ports(), await ports()];
const envoy = new Running(binary, [
  ...['-c', dir.write('envoy.json', config(theirs))],
  ...['--concurrency', '1', '--disable-hot-restart', '-l', 'error'],
]);
t.teardown(async () => {
  await envoy.stop();
  await origin.close();
  dir.remove();
});
const proxy = await start(config(ours), Object.values(ours.of));
t.teardown(() => proxy.stop());
for (const port of Object.values(theirs.of)) await envoy.listening(port);

// ---- what is seen -----------------------------------------------------------------------------

/** Without what differs from run to run; the order of pseudo-header fields says nothing. */
function seen(fields: Pairs): string[] {
  const list = fields.map(([name, value]) =>
    ['date', 'x-request-id', 'x-envoy-upstream-service-time'].includes(name) ? name : `${name}: ${value}`,
  );
  const pseudo = list.filter((each) => each.startsWith(':')).sort();
  return [...pseudo, ...list.slice(pseudo.length)];
}

type Exchange = { readonly reply: unknown; readonly request: unknown };
async function withRequest(ask: () => Promise<unknown>): Promise<Exchange> {
  const asked = origin.requests.length;
  const reply = await ask();
  const request = origin.requests[asked];
  await eventually('the end at the host', () => request === undefined || request.closed !== undefined);
  return {
    reply,
    request: request && {
      headers: seen(request.headers),
      body: request.body.toString('latin1'),
      trailers: request.trailers,
    },
  };
}

function overHttp2(port: number, path: string, call: Call): Promise<Exchange> {
  return withRequest(async () => {
    const reply = await callOnce(port, path, call);
    return {
      headers: seen(reply.headers),
      body: reply.body.toString('latin1'),
      trailers: seen(reply.trailers),
      reset: reply.reset,
    };
  });
}

type Sent = {
  readonly fields: string;
  readonly body: readonly (string | Buffer)[];
  readonly chunked?: boolean;
};
function overHttp1(port: number, path: string, { fields, body, chunked = false }: Sent): Promise<Exchange> {
  return withRequest(async () => {
    const pieces = body.map((each) => (typeof each === 'string' ? Buffer.from(each, 'latin1') : each));
    const client = new Client(port);
    const head = `POST ${path} HTTP/1.1\r\nhost: a\r\n${fields}`;
    if (chunked) {
      client.send(`${head}transfer-encoding: chunked\r\n\r\n`);
      for (const piece of pieces)
        client.send(
          Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]),
        );
      client.send('0\r\n\r\n');
    } else {
      const all = Buffer.concat(pieces);
      client.send(`${head}content-length: ${all.length}\r\n\r\n`).send(all);
    }
    const { status, headers, body: got, trailers } = await client.response();
    client.close();
    return { status, headers: seen(headers), body: got.toString('latin1'), trailers };
  });
}

/** Of statuses that are none: see docs/differences.md. */
const ODD = /[._](00|99|x)[:{]/;

/** Statistics of calls, without times. */
async function counted({ admin }: Ports): Promise<string[]> {
  const text = await (await fetch(`http://127.0.0.1:${admin}/stats?filter=grpc`)).text();
  return text
    .split('\n')
    .filter(
      (line) => /^cluster\.[\w-]+\.grpc/.test(line) && !line.includes('upstream_rq_time') && !ODD.test(line),
    );
}
/** How many times were taken, by name. */
async function timed({ admin }: Ports): Promise<string[]> {
  const text = await (await fetch(`http://127.0.0.1:${admin}/stats/prometheus?filter=grpc`)).text();
  return text.split('\n').filter((line) => line.includes('upstream_rq_time_count'));
}
async function exposed({ admin }: Ports): Promise<string[]> {
  const text = await (await fetch(`http://127.0.0.1:${admin}/stats/prometheus?filter=grpc`)).text();
  return text
    .split('\n')
    .filter((line) => /^[^#]*grpc/.test(line) && !line.includes('upstream_rq_time') && !ODD.test(line))
    .sort();
}

/** What docs/differences.md says of them is not compared. */
const otherwise = new Set([
  'web: text, a group too short',
  ...['h1 pieces', 'h1 gone-large', 'protobuf, empty', 'protobuf, empty, chunked'].map(
    (n) => `upgrade: ${n}`,
  ),
]);
const only = process.env.ONLY;
function compare(name: string, chain: string, ask: (port: number) => Promise<unknown>): void {
  if (only !== undefined && !`${chain} ${name}`.includes(only)) return;
  if (otherwise.has(`${chain}: ${name}`)) {
    // Counted all the same.
    t.test(`${chain}: ${name}`, async () => {
      await Promise.all([ask(theirs.of[chain] as number), ask(ours.of[chain] as number)]);
    });
    return;
  }
  t.test(`${chain}: ${name}`, async (t) => {
    const expected = await ask(theirs.of[chain] as number);
    t.same(await ask(ours.of[chain] as number), expected);
  });
}

// ---- gRPC-Web ---------------------------------------------------------------------------------

const WEB = 'application/grpc-web';
const type = (value: string, accept?: string): Record<string, string> => ({
  'content-type': value,
  ...(accept === undefined ? {} : { accept }),
});
const lines = (fields: Record<string, string>): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
const ask = frame('ask');
const text = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('base64'));
const kinds = [
  type(WEB),
  type(`${WEB}+proto`, WEB),
  type(WEB, `${WEB}-text`),
  type(`${WEB}-text+proto`, `${WEB}-text+proto`),
];
for (const [i, kind] of kinds.entries()) {
  const isText = kind['content-type']?.includes('text') === true;
  const body = [isText ? text(ask) : ask];
  for (const answer of i === 0 || i === 3 ? Object.keys(answers) : ['ok', 'failed', 'gone']) {
    compare(`h1 ${JSON.stringify(kind)} ${answer}`, 'web', (port) =>
      overHttp1(port, `/shop.Cart/${answer}`, { fields: lines(kind), body }),
    );
    compare(`h2 ${JSON.stringify(kind)} ${answer}`, 'web', (port) =>
      overHttp2(port, `/shop.Cart/${answer}`, { headers: kind, body }),
    );
  }
}
const asText = type(`${WEB}-text`);
const requests: readonly (readonly [string, Sent, string?])[] = [
  ['no body', { fields: lines(type(WEB)), body: [] }],
  ['text, no body', { fields: lines(asText), body: [] }],
  [
    'text in pieces',
    {
      fields: lines(asText),
      body: ['AAAA', 'AA', 'NhbmtA', 'A', 'AAA'].map((e) => Buffer.from(e)),
      chunked: true,
    },
  ],
  [
    'text, two messages at once',
    { fields: lines(asText), body: [Buffer.concat([text(ask), text(frame('b'))])] },
  ],
  ['text, a group too short', { fields: lines(asText), body: ['AAAAA'] }],
  ['text, no base64', { fields: lines(asText), body: ['AA-A'] }],
  ['text, padding inside', { fields: lines(asText), body: ['AA==AAAA'] }],
  ['text, lost bits', { fields: lines(asText), body: ['AB==AAA='] }],
  ['text, lost bits at the end', { fields: lines(asText), body: ['AAB='] }],
  ['text, three paddings', { fields: lines(asText), body: ['A==='] }],
  ['other kinds', { fields: lines(type(`${WEB}+json`)), body: [ask] }],
  ['parameters', { fields: lines(type(`${WEB}; a=b`)), body: [ask] }],
  ['in capitals', { fields: lines(type('Application/grpc-web')), body: [ask] }],
  ['gRPC itself', { fields: lines(type('application/grpc')), body: [ask] }],
  ['an encoding of its own', { fields: `${lines(type(WEB))}grpc-accept-encoding: gzip\r\n`, body: [ask] }],
  ['an empty encoding', { fields: `${lines(type(WEB))}grpc-accept-encoding: \r\n`, body: [ask] }],
  ['te of its own', { fields: `${lines(type(WEB))}te: gzip\r\n`, body: [ask] }],
  ['direct response', { fields: lines(type(WEB)), body: [ask] }, '/direct/ok'],
  ['direct response, text', { fields: lines(type(WEB, `${WEB}-text`)), body: [ask] }, '/direct/ok'],
  ['no cluster', { fields: lines(type(WEB)), body: [ask] }, '/missing/ok'],
  ['no host', { fields: lines(type(WEB)), body: [ask] }, '/none/ok'],
  ['timeout', { fields: lines(type(WEB)), body: [ask] }, '/slow/never'],
  ['rewritten', { fields: lines(type(WEB)), body: [ask] }, '/old/ok'],
  ['a path of one part', { fields: lines(type(WEB)), body: [ask] }, '/ok'],
  ['a path of three parts', { fields: lines(type(WEB)), body: [ask] }, '/a/ok/c'],
  ['parameters in the path', { fields: lines(type(WEB)), body: [ask] }, '/shop.Cart/two?a=/b/c'],
];
/** How much of them the host has seen when they are refused depends on what happens when. */
const refused = /no base64|padding inside|lost bits|three paddings/;
for (const [name, sent, path = '/shop.Cart/two'] of requests)
  compare(name, 'web', async (port) => {
    const all = await overHttp1(port, path, sent);
    return refused.test(name) ? all.reply : all;
  });

// ---- the bridge -------------------------------------------------------------------------------

const GRPC = type('application/grpc');
const PROTO = type('application/x-protobuf');
for (const answer of Object.keys(answers)) {
  compare(`h1 ${answer}`, 'bridge', (port) =>
    overHttp1(port, `/shop.Cart/${answer}`, { fields: lines(GRPC), body: [ask] }),
  );
  compare(`h1 ${answer}`, 'upgrade', (port) =>
    overHttp1(port, `/shop.Cart/${answer}`, { fields: lines(PROTO), body: ['ask'] }),
  );
}
for (const answer of ['ok', 'failed', 'only', 'gone']) {
  compare(`h2 ${answer}`, 'bridge', (port) => overHttp2(port, `/shop.Cart/${answer}`, { body: [ask] }));
  compare(`h2 ${answer}`, 'upgrade', (port) =>
    overHttp2(port, `/shop.Cart/${answer}`, { headers: PROTO, body: [Buffer.from('ask')] }),
  );
}
const bridged: readonly (readonly [string, string, Sent, string?])[] = [
  ['a query', 'bridge', { fields: lines(GRPC), body: [ask] }, '/shop.Cart/ok?a=b'],
  ['a query', 'upgrade', { fields: lines(GRPC), body: [ask] }, '/shop.Cart/ok?a=b'],
  ['a query with protobuf', 'upgrade', { fields: lines(PROTO), body: ['ask'] }, '/shop.Cart/ok?a=b'],
  ['protobuf', 'bridge', { fields: lines(PROTO), body: ['ask'] }],
  ['protobuf in pieces', 'upgrade', { fields: lines(PROTO), body: ['as', 'k'], chunked: true }],
  ['protobuf, empty', 'upgrade', { fields: lines(PROTO), body: [] }],
  ['protobuf, empty, chunked', 'upgrade', { fields: lines(PROTO), body: [], chunked: true }],
  [
    'protobuf with parameters',
    'upgrade',
    { fields: lines(type('application/x-protobuf; a=b')), body: ['ask'] },
  ],
  ['another protobuf', 'upgrade', { fields: lines(type('application/protobuf')), body: ['ask'] }],
  ['gRPC with a codec', 'upgrade', { fields: lines(type('application/grpc+proto')), body: [ask] }],
  ['plain', 'upgrade', { fields: lines(type('text/plain')), body: ['ask'] }, '/shop.Cart/ok?a=b'],
  ['direct response', 'bridge', { fields: lines(GRPC), body: [ask] }, '/direct/ok'],
  ['direct response', 'upgrade', { fields: lines(PROTO), body: ['ask'] }, '/direct/ok'],
  ['no host', 'bridge', { fields: lines(GRPC), body: [ask] }, '/none/ok'],
  ['no host', 'upgrade', { fields: lines(PROTO), body: ['ask'] }, '/none/ok'],
  ['timeout', 'bridge', { fields: lines(GRPC), body: [ask] }, '/slow/never'],
];
for (const [name, chain, sent, path = '/shop.Cart/ok'] of bridged)
  compare(name, chain, (port) => overHttp1(port, path, sent));

// ---- statistics -------------------------------------------------------------------------------

const calls: readonly (readonly [string, Call?])[] = [
  ...Object.keys(answers).map((answer): [string] => [`/shop.Cart/${answer}`]),
  ['/other/ok'],
  ['/old/ok'],
  ['/direct/ok'],
  ['/missing/ok'],
  ['/none/ok'],
  ['/slow/never'],
  ['/ok'],
  ['/a/ok/c'],
  ['//shop.Cart//ok'],
  ['/shop.Cart/ok?a=/b'],
  ['/shop.Cart/two', { body: [frame('a'), frame(''), frame('c').subarray(0, 4)] }],
  ['/shop.Cart/two', { headers: { 'content-type': 'text/plain' } }],
];
for (const chain of ['together', 'names', 'listed', 'bare'])
  for (const [path, call = {}] of calls)
    compare(path, chain, (port) => overHttp2(port, path, { body: [ask], ...call }));

t.test('what is counted', async (t) => {
  const expected = await counted(theirs);
  t.ok(only !== undefined || expected.length > 100, expected.join('\n'));
  t.same(await counted(ours), expected);
  // Envoy's histograms are of the last flush, every 5 s.
  const times = (await timed(ours)).sort();
  const same = async () => JSON.stringify((await timed(theirs)).sort()) === JSON.stringify(times);
  await eventually('a flush', same).catch(() => undefined);
  t.same((await timed(theirs)).sort(), times);
  t.same(await exposed(ours), await exposed(theirs));
});
