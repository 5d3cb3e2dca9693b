// HTTP/1.1 through the running proxy: connections, framing, bodies, headers.
import t from 'tap';
import {
  answer,
  ask,
  Client,
  cluster,
  freePort,
  get,
  header,
  listener,
  Origin,
  routes,
  sent,
  start,
  toCluster,
} from './support.ts';

const big = Buffer.alloc(3 * 1024 * 1024 + 17);
for (let i = 0; i < big.length; i++) big[i] = (i * 31 + (i >> 9)) & 255;

const origin = await new Origin((request) => {
  switch (request.path) {
    case '/echo':
      return answer(request.body);
    case '/big':
      return answer(big);
    case '/chunked':
      return 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n7;x=y\r\n, world\r\n0\r\nx-end: yes\r\n\r\n';
    case '/close':
      return answer('bye', 'connection: close\r\n');
    case '/204':
      return 'HTTP/1.1 204 No Content\r\n\r\n';
    case '/304':
      return 'HTTP/1.1 304 Not Modified\r\netag: "a"\r\ncontent-length: 10\r\n\r\n';
    case '/head':
      return 'HTTP/1.1 200 OK\r\ncontent-length: 1234\r\n\r\n';
    case '/huge':
      return answer('huge', `x-huge: ${'h'.repeat(300_000)}\r\nx-after: 1\r\n`);
    case '/hop':
      return answer('hop', 'connection: x-hop\r\nx-hop: secret\r\nkeep-alive: timeout=3\r\nx-stays: 1\r\n');
    default:
      return answer(request.path);
  }
}).listen();
const untilClose = await new Origin(
  () => undefined,
  (socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nx-a: b\r\n\r\nuntil the end')),
).listen();
const early = await new Origin(
  () => undefined,
  (socket) => socket.once('data', () => socket.write(answer('early'))),
).listen();

const port = await freePort();
const trailers = await freePort();
const ten = await freePort();
const huge = await freePort();
const table = routes([
  toCluster('until-close', {}, { prefix: '/until-close' }),
  toCluster('early', {}, { prefix: '/early' }),
  toCluster('origin'),
]);
const proxy = await start(
  {
    static_resources: {
      listeners: [
        listener('plain', port, {
          route_config: {
            ...table,
            response_headers_to_add: [{ header: { key: 'x-host', value: '%UPSTREAM_HOST%' } }],
          },
        }),
        listener('trailers', trailers, {
          route_config: routes([
            toCluster('origin', { prefix_rewrite: '/' }, { prefix: '/off/' }),
            toCluster('with-trailers'),
          ]),
          http_protocol_options: { enable_trailers: true },
        }),
        listener('huge', huge, { route_config: routes([toCluster('huge')]), max_request_headers_kb: 1024 }),
        listener('ten', ten, {
          route_config: table,
          http_protocol_options: { accept_http_10: true, default_host_for_http_10: 'old.example' },
        }),
      ],
      clusters: [
        cluster('origin', [origin.port]),
        cluster('with-trailers', [origin.port], { http_protocol_options: { enable_trailers: true } }),
        cluster('huge', [origin.port], { common_http_protocol_options: { max_response_headers_kb: 1024 } }),
        cluster('until-close', [untilClose.port]),
        cluster('early', [early.port]),
      ],
    },
  },
  [port, trailers, ten, huge],
);
t.teardown(async () => {
  await proxy.stop();
  await Promise.all([origin.close(), untilClose.close(), early.close()]);
});

t.test('keep-alive: requests on one connection, one connection upstream', async (t) => {
  const client = new Client(port);
  for (const path of ['/a', '/b', '/c']) {
    client.send(get(path));
    const response = await client.response();
    t.equal(response.line, 'HTTP/1.1 200 OK');
    t.equal(response.body.toString(), path);
    t.equal(header(response, 'connection'), undefined);
  }
  const [a, c] = [origin.requests.at(-3), origin.requests.at(-1)];
  t.equal(a?.connection, c?.connection);
  client.close();
});

t.test('heads larger than every buffer, where limits let them in', async (t) => {
  const client = new Client(huge);
  for (const size of [20_000, 70_000, 140_000, 700_000, 10]) {
    const field = `${'v'.repeat(size)}`;
    client.send(get('/huge', `x-field: ${field}\r\n`));
    const response = await client.response();
    t.equal(response.status, 200);
    t.equal(header(response, 'x-huge'), 'h'.repeat(300_000));
    t.equal(header(response, 'x-after'), '1');
    t.ok(sent(origin.last, 'x-field') === field, `${size} bytes`);
  }
  client.close();
});

t.test('pipelining: answers in order', async (t) => {
  const client = new Client(port);
  const paths = Array.from({ length: 20 }, (_, i) => `/p${i}`);
  client.send(paths.map((path) => (path.endsWith('3') ? post(path, 'abc') : get(path))).join(''));
  for (const path of paths) t.equal((await client.response()).body.toString(), path);
  client.close();
});

function post(path: string, body: string, headers = ''): string {
  return `POST ${path} HTTP/1.1\r\nhost: a\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`;
}

t.test('bodies of some MB, both ways, byte for byte', async (t) => {
  const client = new Client(port);
  client.send(`POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: ${big.length}\r\n\r\n`).send(big);
  const echoed = await client.response();
  t.equal(echoed.status, 200);
  t.ok(echoed.body.equals(big));
  client.send('POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n');
  for (let at = 0; at < big.length; at += 70_001) {
    const piece = big.subarray(at, at + 70_001);
    client
      .send(`${piece.length.toString(16)}\r\n`)
      .send(piece)
      .send('\r\n');
  }
  client.send('0\r\n\r\n');
  const chunked = await client.response();
  t.ok(chunked.body.equals(big));
  t.equal(sent(origin.last, 'transfer-encoding'), 'chunked');
  t.equal(sent(origin.last, 'content-length'), undefined);
  client.send(get('/big'));
  t.ok((await client.response()).body.equals(big));
  client.close();
});

t.test('a request byte by byte', async (t) => {
  const client = new Client(port);
  const text =
    'POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n';
  for (const byte of text) {
    client.send(byte);
    await new Promise((resolve) => setImmediate(resolve));
  }
  t.equal((await client.response()).body.toString(), 'abcde');
  client.close();
});

// observes: envoy.config.core.v3.Http1ProtocolOptions: enable_trailers
// observes: envoy.config.cluster.v3.Cluster: http_protocol_options
t.test('chunked responses; trailers dropped unless both sides enable them', async (t) => {
  const plain = await ask(port, get('/chunked'));
  t.equal(plain.body.toString(), 'hello, world');
  t.equal(plain.trailers, '');
  const passed = await ask(trailers, get('/chunked'));
  t.equal(passed.body.toString(), 'hello, world');
  t.equal(passed.trailers, 'x-end: yes');
  const off = await ask(trailers, get('/off/chunked'));
  t.equal(off.body.toString(), 'hello, world');
  t.equal(off.trailers, '', 'the cluster does not enable them');
});

t.test('request trailers dropped unless both sides enable them', async (t) => {
  const request =
    'POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nx-sum: 7\r\n\r\n';
  t.equal((await ask(port, request)).body.toString(), 'abc');
  t.equal(origin.last.trailers, '');
  t.equal((await ask(trailers, request)).body.toString(), 'abc');
  t.equal(origin.last.trailers, 'x-sum: 7');
  t.equal((await ask(trailers, request.replace('/echo', '/off/echo'))).body.toString(), 'abc');
  t.equal(origin.last.trailers, '', 'the cluster does not enable them');
});

t.test('a response that ends with its connection becomes chunked', async (t) => {
  const client = new Client(port).send(get('/until-close'));
  const response = await client.response();
  t.equal(header(response, 'transfer-encoding'), 'chunked');
  t.equal(response.body.toString(), 'until the end');
  client.send(get('/after'));
  t.equal((await client.response()).body.toString(), '/after');
  client.close();
});

t.test('HEAD, 204, 304 have no body and keep the connection', async (t) => {
  const client = new Client(port);
  client.send('HEAD /head HTTP/1.1\r\nhost: a\r\n\r\n');
  const head = await client.response(true);
  t.equal(header(head, 'content-length'), '1234');
  client.send(get('/204'));
  const none = await client.response();
  t.equal(none.status, 204);
  t.equal(header(none, 'content-length'), undefined);
  t.equal(header(none, 'transfer-encoding'), undefined);
  client.send(get('/304'));
  const same = await client.response();
  t.equal(same.status, 304);
  t.equal(header(same, 'etag'), '"a"');
  client.send(get('/next'));
  t.equal((await client.response()).body.toString(), '/next');
  client.close();
});

t.test('Expect: 100-continue is answered, and not passed on', async (t) => {
  const client = new Client(port);
  client.send('POST /echo HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n');
  t.equal((await client.response()).line, 'HTTP/1.1 100 Continue');
  client.send('abc');
  t.equal((await client.response()).body.toString(), 'abc');
  t.equal(sent(origin.last, 'expect'), undefined);
  client.close();
});

t.test('HTTP/1.0: 426 unless accepted', async (t) => {
  const client = new Client(port).send('GET /x HTTP/1.0\r\n\r\n');
  const refused = await client.response();
  t.equal(refused.status, 426);
  t.equal(header(refused, 'connection'), 'close');
  await client.untilEnd();
  const old = new Client(ten).send('GET /x HTTP/1.0\r\n\r\n');
  const accepted = await old.response();
  t.equal(accepted.status, 200);
  t.equal(accepted.body.toString(), '/x');
  await old.untilEnd();
  t.equal(sent(origin.last, 'host'), 'old.example');
  const kept = new Client(ten).send('GET /1 HTTP/1.0\r\nconnection: keep-alive\r\n\r\n');
  const first = await kept.response();
  t.equal(header(first, 'connection'), 'keep-alive');
  kept.send('GET /chunked HTTP/1.0\r\nconnection: keep-alive\r\n\r\n');
  const raw = (await kept.untilEnd()).toString();
  t.notMatch(raw, /transfer-encoding/);
  t.match(raw, /\r\n\r\nhello, world$/);
});

t.test('Connection: close, by either side', async (t) => {
  const client = new Client(port).send(get('/x', 'connection: close\r\n'));
  t.equal(header(await client.response(), 'connection'), 'close');
  await client.untilEnd();
  t.equal(sent(origin.last, 'connection'), undefined);
  const kept = new Client(port).send(get('/close'));
  const response = await kept.response();
  t.equal(response.body.toString(), 'bye');
  t.equal(header(response, 'connection'), undefined, 'the origin closes its own connection only');
  kept.send(get('/again'));
  t.equal((await kept.response()).body.toString(), '/again');
  kept.close();
});

t.test('absolute-form targets: their authority is the host', async (t) => {
  const response = await ask(port, 'GET http://other.example:81/abs?q HTTP/1.1\r\nhost: a\r\n\r\n');
  t.equal(response.status, 200);
  t.equal(origin.last.path, '/abs?q');
  t.equal(sent(origin.last, 'host'), 'other.example:81');
});

t.test('what Connection names goes no further', async (t) => {
  const response = await ask(
    port,
    get('/hop', 'connection: x-mine, keep-alive\r\nx-mine: 1\r\nx-kept: 2\r\nte: gzip\r\n'),
  );
  t.equal(sent(origin.last, 'x-mine'), undefined);
  t.equal(sent(origin.last, 'x-kept'), '2');
  t.equal(sent(origin.last, 'keep-alive'), undefined);
  t.equal(header(response, 'x-hop'), undefined);
  t.equal(header(response, 'x-stays'), '1');
  t.equal(header(response, 'keep-alive'), undefined);
});

t.test('the headers every request and response gets', async (t) => {
  const response = await ask(
    port,
    get('/h', 'x-envoy-upstream-alt-stat-name: a\r\nx-envoy-internal: true\r\n'),
  );
  const request = origin.last;
  t.equal(sent(request, 'host'), 'test.example');
  t.equal(sent(request, 'x-forwarded-proto'), 'http');
  t.match(
    sent(request, 'x-request-id'),
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  t.equal(sent(request, 'x-envoy-expected-rq-timeout-ms'), '15000');
  t.equal(sent(request, 'x-envoy-upstream-alt-stat-name'), undefined);
  t.equal(sent(request, 'x-envoy-internal'), undefined);
  t.equal(header(response, 'server'), 'envoy');
  t.match(header(response, 'date'), /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
  t.match(header(response, 'x-envoy-upstream-service-time'), /^\d+$/);
});

t.test('an answer before the end of the request: passed on, then closed', async (t) => {
  const client = new Client(port).send(
    'POST /early HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\nabc',
  );
  const response = await client.response();
  t.equal(response.status, 200);
  t.equal(response.body.toString(), 'early');
  await client.untilEnd();
});

t.test('a header says where the answer is from, without access logs', async (t) => {
  t.equal(header(await ask(port, get('/from')), 'x-host'), `127.0.0.1:${origin.port}`);
});
