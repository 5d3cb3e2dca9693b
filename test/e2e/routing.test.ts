// Routes and the proxy's own answers, seen from outside.
import t from 'tap';
import {
  answer,
  ask,
  Client,
  cluster,
  eventually,
  freePort,
  get,
  header,
  listener,
  Origin,
  sent,
  start,
  toCluster,
} from './support.ts';

const origin = await new Origin(() => answer('origin', 'x-from: origin\r\nx-gone: 1\r\n')).listen();
const other = await new Origin(() => answer('other')).listen();
const silent = await new Origin(() => undefined).listen();
/** Closes at once, in mid-head or in mid-body. */
const cut = await new Origin((request, socket) => {
  if (request.path === '/cut/now') socket.end();
  if (request.path === '/cut/head') socket.end('HTTP/1.1 200 OK\r\nx-a: b');
  if (request.path === '/cut/body') socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc');
  if (request.path === '/cut/reset') socket.resetAndDestroy();
  return undefined;
}).listen();
/** Closes its connection when a second request comes on it. */
const racing = await new Origin((request, socket) => {
  if (request.nth === 1) return answer(`connection ${request.connection}`);
  socket.end();
  return undefined;
}).listen();

const [port, dead] = [await freePort(), await freePort()];
const proxy = await start(
  {
    static_resources: {
      listeners: [
        listener('routing', port, {
          route_config: {
            name: 'local',
            validate_clusters: false,
            request_headers_to_add: [{ header: { key: 'x-table', value: 'table' } }],
            virtual_hosts: [
              {
                name: 'exact',
                domains: ['exact.example'],
                routes: [
                  {
                    match: { prefix: '/' },
                    direct_response: { status: 200, body: { inline_string: 'exact' } },
                  },
                ],
              },
              {
                name: 'suffix',
                domains: ['*.suffix.example'],
                routes: [{ match: { prefix: '/' }, direct_response: { status: 201 } }],
              },
              {
                name: 'all',
                domains: ['*'],
                response_headers_to_add: [{ header: { key: 'x-host', value: 'all' } }],
                routes: [
                  {
                    match: { path: '/direct' },
                    direct_response: { status: 418, body: { inline_string: 'teapot' } },
                  },
                  {
                    match: { path: '/moved' },
                    redirect: { host_redirect: 'new.example', path_redirect: '/there' },
                  },
                  { match: { prefix: '/https' }, redirect: { https_redirect: true, response_code: 'FOUND' } },
                  toCluster('origin', { prefix_rewrite: '/new' }, { prefix: '/old' }),
                  toCluster('origin', { host_rewrite_literal: 'rewritten.example' }, { prefix: '/host' }),
                  toCluster('missing', {}, { prefix: '/missing' }),
                  toCluster('empty', {}, { prefix: '/empty' }),
                  toCluster('dead', {}, { prefix: '/dead' }),
                  toCluster('silent', { timeout: '0.15s' }, { prefix: '/silent' }),
                  toCluster('cut', {}, { prefix: '/cut' }),
                  toCluster('none', {}, { prefix: '/none' }),
                  toCluster('one', { timeout: '0.5s' }, { prefix: '/one' }),
                  toCluster('racing', {}, { prefix: '/racing' }),
                  toCluster('other', {}, { safe_regex: { regex: '/r/[0-9]+(\\.txt)?' } }),
                  toCluster(
                    'other',
                    {},
                    {
                      prefix: '/h',
                      headers: [{ name: 'x-pick', string_match: { exact: 'other' } }],
                    },
                  ),
                  {
                    match: { prefix: '/weighted' },
                    route: {
                      weighted_clusters: {
                        clusters: [
                          { name: 'origin', weight: 75 },
                          { name: 'other', weight: 25 },
                        ],
                      },
                    },
                  },
                  {
                    match: { prefix: '/headers' },
                    route: { cluster: 'origin' },
                    request_headers_to_add: [
                      { header: { key: 'x-added', value: '%REQ(:path)%' } },
                      { header: { key: 'x-set', value: 'new' }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
                    ],
                    request_headers_to_remove: ['x-drop'],
                    response_headers_to_add: [{ header: { key: 'x-route', value: 'yes' } }],
                    response_headers_to_remove: ['x-gone'],
                  },
                  toCluster('origin', {}, { prefix: '/p' }),
                ],
              },
            ],
          },
        }),
      ],
      clusters: [
        cluster('origin', [origin.port]),
        cluster('other', [other.port]),
        cluster('empty', []),
        cluster('dead', [dead]),
        cluster('silent', [silent.port]),
        cluster('cut', [cut.port]),
        cluster('racing', [racing.port]),
        cluster('none', [origin.port], { circuit_breakers: { thresholds: [{ max_requests: 0 }] } }),
        cluster('one', [silent.port], { circuit_breakers: { thresholds: [{ max_requests: 1 }] } }),
      ],
    },
  },
  [port],
);
t.teardown(async () => {
  await proxy.stop();
  await Promise.all([origin, other, silent, cut, racing].map((one) => one.close()));
});

const reason = (text: string) =>
  `upstream connect error or disconnect/reset before headers. reset reason: ${text}`;
const own: [string, number, string][] = [
  ['/nothing', 404, ''],
  ['/missing', 503, ''],
  ['/empty', 503, 'no healthy upstream'],
  ['/dead', 503, reason('remote connection failure')],
  ['/silent', 504, 'upstream request timeout'],
  ['/cut/now', 503, reason('connection termination')],
  ['/cut/reset', 503, reason('connection termination')],
  ['/cut/head', 502, reason('protocol error')],
  ['/none', 503, reason('overflow')],
];
for (const [path, status, body] of own) {
  t.test(`${path} is answered with ${status}`, async (t) => {
    const client = new Client(port).send(get(path));
    const response = await client.response();
    t.equal(response.status, status);
    t.equal(response.body.toString(), body);
    t.equal(header(response, 'server'), 'envoy');
    t.equal(header(response, 'content-type'), body === '' ? undefined : 'text/plain');
    client.send(get('/p'));
    t.equal((await client.response()).body.toString(), 'origin', 'the connection lives on');
    client.send(`HEAD ${path} HTTP/1.1\r\nhost: a\r\n\r\n`);
    const head = await client.response(true);
    t.equal(head.status, status);
    client.send(get('/p'));
    t.equal((await client.response()).body.toString(), 'origin');
    client.close();
  });
}

t.test('a response cut in mid-body ends the connection', async (t) => {
  const raw = (await new Client(port).send(get('/cut/body')).untilEnd()).toString('latin1');
  t.match(raw, /^HTTP\/1.1 200 OK\r\n/);
  t.match(raw, /\r\n\r\nabc$/);
});

t.test('circuit breaker: one request at a time', async (t) => {
  const seen = silent.requests.length;
  const first = new Client(port).send(get('/one'));
  await eventually('the first request', () => silent.requests.length > seen);
  const second = await ask(port, get('/one'));
  t.equal(second.status, 503);
  t.equal(second.body.toString(), reason('overflow'));
  t.equal(header(second, 'x-envoy-overloaded'), 'true');
  t.equal((await first.response()).status, 504);
  first.close();
});

t.test('a reused connection that closes: GET goes again, POST with a body does not', async (t) => {
  t.equal((await ask(port, get('/racing'))).body.toString(), 'connection 1');
  t.equal((await ask(port, get('/racing'))).body.toString(), 'connection 2');
  const post = await ask(port, 'POST /racing HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc');
  t.equal(post.status, 503);
  t.equal(post.body.toString(), reason('connection termination'));
});

t.test('direct responses and virtual hosts', async (t) => {
  const teapot = await ask(port, get('/direct'));
  t.equal(teapot.line, 'HTTP/1.1 418 Unknown');
  t.equal(teapot.body.toString(), 'teapot');
  t.equal((await ask(port, get('/', '', 'exact.example'))).body.toString(), 'exact');
  t.equal((await ask(port, get('/', '', 'EXACT.example'))).body.toString(), 'exact');
  t.equal((await ask(port, get('/', '', 'exact.example:80'))).status, 404, 'a port belongs to the name');
  t.equal((await ask(port, get('/', '', 'a.suffix.example'))).status, 201);
  t.equal((await ask(port, get('/', '', 'suffix.example'))).status, 404);
});

t.test('redirects', async (t) => {
  const moved = await ask(port, get('/moved?a=b'));
  t.equal(moved.status, 301);
  t.equal(header(moved, 'location'), 'http://new.example/there?a=b');
  const https = await ask(port, get('/https/x?q=1'));
  t.equal(https.status, 302);
  t.equal(header(https, 'location'), 'https://test.example/https/x?q=1');
});

t.test('rewrites', async (t) => {
  await ask(port, get('/old/x?y'));
  t.equal(origin.last.path, '/new/x?y');
  t.equal(sent(origin.last, 'x-envoy-original-path'), '/old/x?y');
  await ask(port, get('/host'));
  t.equal(sent(origin.last, 'host'), 'rewritten.example');
});

t.test('regular expressions and header matches', async (t) => {
  t.equal((await ask(port, get('/r/12.txt?x'))).body.toString(), 'other');
  t.equal((await ask(port, get('/r/12.txtx'))).status, 404);
  t.equal((await ask(port, get('/hx', 'x-pick: other\r\n'))).body.toString(), 'other');
  t.equal((await ask(port, get('/hx', 'x-pick: another\r\n'))).status, 404);
});

t.test('weighted clusters', async (t) => {
  const client = new Client(port);
  const seen = { origin: 0, other: 0 };
  const count = 400;
  client.send(get('/weighted').repeat(count));
  for (let i = 0; i < count; i++)
    seen[(await client.response()).body.toString() === 'origin' ? 'origin' : 'other']++;
  client.close();
  // 400 draws of 0.75: 300 with a deviation of 8.7; six of them either side.
  t.ok(seen.origin > 248 && seen.origin < 352, `${seen.origin} of ${count}`);
});

t.test('headers added and removed', async (t) => {
  const response = await ask(port, get('/headers/x', 'x-set: old\r\nx-drop: 1\r\n'));
  t.equal(sent(origin.last, 'x-added'), '/headers/x');
  t.equal(sent(origin.last, 'x-table'), 'table');
  t.same(
    origin.last.headers.filter(([name]) => name === 'x-set'),
    [['x-set', 'new']],
  );
  t.equal(sent(origin.last, 'x-drop'), undefined);
  t.equal(header(response, 'x-route'), 'yes');
  t.equal(header(response, 'x-host'), 'all');
  t.equal(header(response, 'x-gone'), undefined);
  t.equal(header(response, 'x-from'), 'origin');
});
