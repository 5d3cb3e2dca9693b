// The same file and the same bytes through the real Envoy and through this proxy. Compared: status
// line, headers with their order and values, body, how the connection goes on, what the origin
// got, and the access log. Skipped where Envoy's binary is absent.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  answer,
  Client,
  cluster,
  eventually,
  type Fields,
  fileLog,
  folder,
  freePort,
  get,
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

const heads: string[] = [];
/** Answers what the request's path names; keeps the bytes that it got. */
const origin = await new Origin(
  () => undefined,
  (socket) => {
    let text = '';
    let nth = 0;
    socket.on('data', (data: Buffer) => {
      text += data.toString('latin1');
      const head = text.indexOf('\r\n\r\n');
      if (head < 0) return;
      const chunked = /transfer-encoding: chunked/i.test(text.slice(0, head));
      const length = Number(/content-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? 0);
      if (chunked ? !/\r\n0\r\n(.+\r\n)*\r\n$/.test(text) : text.length < head + 4 + length) return;
      heads.push(text);
      const path = text.split(' ')[1] ?? '';
      text = '';
      reply(path, socket, ++nth);
    });
  },
).listen();

const replies: { [path: string]: string } = {
  '/204': 'HTTP/1.1 204 No Content\r\nx-a: b\r\n\r\n',
  '/204-length': 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n',
  '/304': 'HTTP/1.1 304 Not Modified\r\netag: "a"\r\ncontent-length: 10\r\n\r\n',
  '/304-none': 'HTTP/1.1 304 Not Modified\r\netag: "a"\r\n\r\n',
  '/chunked': 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx-end: yes\r\n\r\n',
  '/head': 'HTTP/1.1 200 OK\r\ncontent-length: 1234\r\n\r\n',
  '/head-chunked': 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n',
  '/head-none': 'HTTP/1.1 200 OK\r\n\r\n',
  '/empty': 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
  '/reason': 'HTTP/1.1 299 Whatever It Is\r\ncontent-length: 0\r\n\r\n',
  '/418': 'HTTP/1.1 418 Tea\r\ncontent-length: 0\r\n\r\n',
  '/server':
    'HTTP/1.1 200 OK\r\nserver: nginx\r\ndate: Mon, 01 Jan 2024 00:00:00 GMT\r\ncontent-length: 0\r\n\r\n',
  '/hop':
    'HTTP/1.1 200 OK\r\nconnection: x-hop\r\nx-hop: 1\r\nkeep-alive: timeout=3\r\nX-Case: Yes\r\ncontent-length: 0\r\n\r\n',
  '/xenvoy':
    'HTTP/1.1 200 OK\r\nx-envoy-upstream-service-time: 999\r\nx-envoy-other: 1\r\nset-cookie: a\r\nset-cookie: b\r\ncontent-length: 0\r\n\r\n',
  '/100': 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
  '/103': 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
  '/101': 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
  '/both': 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  '/lengths': 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd',
  '/same-lengths': 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 3\r\n\r\nabc',
  '/garbage': 'hello\r\n\r\n',
  '/fold': 'HTTP/1.1 200 OK\r\nx-a: b\r\n c\r\ncontent-length: 0\r\n\r\n',
  '/bare-lf': 'HTTP/1.1 200 OK\nx-a: b\ncontent-length: 0\n\n',
  '/te': 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n',
  '/bad-chunk': 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nxyz\r\n',
  '/no-reason': 'HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n',
  '/ten': 'HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n',
};
const cuts: { [path: string]: string } = {
  '/cut-now': '',
  '/cut-head': 'HTTP/1.1 200 OK\r\nx-a: b',
  '/cut-body': 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc',
  '/cut-chunk': 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab',
  '/until-close': 'HTTP/1.1 200 OK\r\nx-a: b\r\n\r\nuntil the end',
  '/ten-close': 'HTTP/1.0 200 OK\r\n\r\nten',
};

function reply(path: string, socket: import('node:net').Socket, nth: number): void {
  const name = path.split('?')[0] ?? '';
  if (name === '/silent') return;
  const cut = cuts[name];
  if (cut !== undefined || (name === '/racing' && nth > 1)) socket.end(cut ?? '');
  else socket.write(replies[name] ?? answer('ok'));
}

const dead = await freePort();
const dir = folder();

/** All to one of several clusters, which adds headers of its own: to answers made here as well. */
function weighted(name: string): Fields {
  const response_headers_to_add = [{ header: { key: 'x-weighted', value: name } }];
  const request_headers_to_add = [{ header: { key: 'x-chosen', value: name } }];
  return {
    match: { prefix: `/weighted-${name}` },
    route: {
      weighted_clusters: {
        clusters: [
          { name, weight: 100, response_headers_to_add, request_headers_to_add },
          { name: 'origin', weight: 0 },
        ],
      },
    },
  };
}

function config(port: number, log: string): Fields {
  const table = routes([
    { match: { path: '/direct' }, direct_response: { status: 418, body: { inline_string: 'teapot' } } },
    { match: { path: '/direct-empty' }, direct_response: { status: 200 } },
    { match: { path: '/direct-204' }, direct_response: { status: 204 } },
    { match: { path: '/moved' }, redirect: { host_redirect: 'new.example', path_redirect: '/there' } },
    { match: { prefix: '/https' }, redirect: { https_redirect: true, response_code: 'FOUND' } },
    { match: { path: '/strip' }, redirect: { prefix_rewrite: '/s', strip_query: true } },
    toCluster('missing', {}, { path: '/missing' }),
    toCluster('empty', {}, { path: '/no-host' }),
    toCluster('dead', {}, { path: '/dead' }),
    toCluster('none', {}, { path: '/none' }),
    toCluster('origin', { timeout: '0.15s' }, { path: '/silent' }),
    toCluster('origin', { prefix_rewrite: '/new' }, { prefix: '/old' }),
    toCluster('origin', { host_rewrite_literal: 'rewritten.example' }, { path: '/host' }),
    { match: { prefix: '/nothing' }, direct_response: { status: 404 } },
    ...['origin', 'dead', 'missing'].map((name) => weighted(name)),
    {
      ...toCluster('origin', {}, { prefix: '/mutated' }),
      request_headers_to_add: [
        { header: { key: 'x-two', value: 'route' }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' },
        { header: { key: 'x-table', value: 'route' }, append_action: 'APPEND_IF_EXISTS_OR_ADD' },
        { header: { key: 'x-absent', value: 'new' }, append_action: 'ADD_IF_ABSENT' },
        { header: { key: 'x-present', value: 'new' }, append_action: 'OVERWRITE_IF_EXISTS' },
        { header: { key: 'x-path', value: '%REQ(:path)% %PROTOCOL% %%' } },
      ],
      request_headers_to_remove: ['x-mine', 'x-three'],
      response_headers_to_add: [{ header: { key: 'x-code', value: '%RESPONSE_CODE%' } }],
      response_headers_to_remove: ['x-envoy-upstream-service-time', 'x-a'],
    },
    toCluster(
      'origin',
      { regex_rewrite: { pattern: { regex: '/(r+)/' }, substitution: '/<\\1>/' } },
      { prefix: '/rr' },
    ),
    toCluster('origin', { host_rewrite_header: 'x-host' }, { prefix: '/header-host' }),
    toCluster(
      'origin',
      { prefix_rewrite: '/', append_x_forwarded_host: true, host_rewrite_literal: 'h' },
      { prefix: '/root/' },
    ),
    toCluster('missing', { cluster_not_found_response_code: 'NOT_FOUND' }, { path: '/gone' }),
    { match: { prefix: '/port' }, redirect: { port_redirect: 8443, https_redirect: true } },
    {
      match: { prefix: '/pre/' },
      redirect: { prefix_rewrite: '/post/', response_code: 'PERMANENT_REDIRECT' },
    },
    toCluster('origin'),
  ]);
  return {
    static_resources: {
      listeners: [
        listener('both', port, {
          access_log: [fileLog(log)],
          delayed_close_timeout: '0.02s',
          route_config: {
            ...table,
            validate_clusters: false,
            request_headers_to_add: [{ header: { key: 'x-table', value: 'table' } }],
            response_headers_to_add: [{ header: { key: 'x-route', value: 'yes' } }],
          },
        }),
      ],
      clusters: [
        cluster('origin', [origin.port]),
        cluster('empty', []),
        cluster('dead', [dead]),
        cluster('none', [origin.port], { circuit_breakers: { thresholds: [{ max_requests: 0 }] } }),
      ],
    },
  };
}

const simple = 'host: a\r\n\r\n';
const post = (path: string, rest: string) => `POST ${path} HTTP/1.1\r\nhost: a\r\n${rest}`;
const cases: [string, string][] = [
  ...[...Object.keys(replies), ...Object.keys(cuts)]
    .filter((path) => !path.startsWith('/head'))
    .map((path): [string, string] => [`GET ${path}`, get(path)]),
  ...[
    '/head',
    '/head-chunked',
    '/head-none',
    '/304',
    '/204',
    '/direct',
    '/direct-empty',
    '/direct-204',
    '/moved',
    '/dead',
    '/no-host',
  ].map((path): [string, string] => [`HEAD ${path}`, `HEAD ${path} HTTP/1.1\r\n${simple}`]),
  ...[
    '/direct',
    '/direct-empty',
    '/direct-204',
    '/moved?a=b',
    '/https/x?q',
    '/strip?q',
    '/missing',
    '/no-host',
  ].map((path): [string, string] => [`own ${path}`, get(path)]),
  ...['/dead', '/none', '/silent', '/old/x?y', '/host', '/plain?q=1#f', '/%7Ea/../b//c'].map(
    (path): [string, string] => [`own ${path}`, get(path)],
  ),
  ['POST with a length', post('/post', 'content-length: 3\r\n\r\nabc')],
  ['POST chunked', post('/post', 'transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n')],
  [
    'POST chunked with trailers',
    post('/post', 'transfer-encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nx-t: 1\r\n\r\n'),
  ],
  ['POST Chunked', post('/post', 'transfer-encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n')],
  ['POST without a body', post('/post', '\r\n')],
  ['PUT without a body', `PUT /put HTTP/1.1\r\n${simple}`],
  ['DELETE without a body', `DELETE /delete HTTP/1.1\r\n${simple}`],
  ['OPTIONS *', `OPTIONS * HTTP/1.1\r\n${simple}`],
  ['CONNECT', 'CONNECT a:80 HTTP/1.1\r\nhost: a:80\r\n\r\n'],
  ['an unknown method', `BREW /x HTTP/1.1\r\n${simple}`],
  ['a method of lower case', `get /x HTTP/1.1\r\n${simple}`],
  ['expect', post('/post', 'expect: 100-continue\r\ncontent-length: 3\r\n\r\nabc')],
  ['another expectation', post('/post', 'expect: 200-maybe\r\ncontent-length: 3\r\n\r\nabc')],
  ['absolute form', 'GET http://other.example:81/abs?q HTTP/1.1\r\nhost: a\r\n\r\n'],
  ['absolute form, https', 'GET https://other.example/abs HTTP/1.1\r\nhost: a\r\n\r\n'],
  ['absolute form, no path', 'GET http://other.example HTTP/1.1\r\nhost: a\r\n\r\n'],
  [
    'connection tokens',
    get('/x', 'connection: x-mine, keep-alive\r\nx-mine: 1\r\nkeep-alive: 3\r\nte: trailers\r\n'),
  ],
  ['te', get('/x', 'te: gzip, trailers;q=0.5\r\n')],
  ['connection close', get('/x', 'connection: close\r\n')],
  ['connection Close', get('/x', 'Connection: Close\r\n')],
  ['proxy-connection', get('/x', 'proxy-connection: close\r\n')],
  ['upgrade', get('/x', 'connection: upgrade\r\nupgrade: websocket\r\n')],
  ['upgrade h2c', get('/x', 'connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AA\r\n')],
  [
    'x-envoy headers from outside',
    get(
      '/x',
      'x-envoy-internal: true\r\nx-envoy-retry-on: 5xx\r\nx-envoy-original-path: /q\r\nx-envoy-expected-rq-timeout-ms: 7\r\nx-envoy-original-url: /u\r\n',
    ),
  ],
  [
    'x-forwarded',
    get('/x', 'x-forwarded-for: 8.8.8.8\r\nx-forwarded-proto: https\r\nx-forwarded-host: h\r\n'),
  ],
  [
    'x-forwarded-for of the inside',
    get('/x', 'x-forwarded-for: 10.0.0.1\r\nx-envoy-upstream-rq-timeout-ms: 777\r\n'),
  ],
  ['x-request-id', get('/x', 'x-request-id: mine\r\nuser-agent: tap\r\n')],
  [
    'header case and spaces',
    get('/x', 'X-Mixed:   a b \t\r\nX-EMPTY:\r\nx-two: 1\r\nX-Two: 2\r\ncookie: a\r\ncookie: b\r\n'),
  ],
  ['high bytes', get('/x', 'x-high: \xe9\xff\r\n')],
  ['underscores', get('/x', 'x_under_score: 1\r\n')],
  ['HTTP/1.0', 'GET /x HTTP/1.0\r\n\r\n'],
  ['HTTP/1.0 with host', `GET /x HTTP/1.0\r\n${simple}`],
  ['HTTP/2.7', `GET /x HTTP/2.7\r\n${simple}`],
  ['HTTP/0.9', 'GET /x\r\n\r\n'],
  ['no host', 'GET /x HTTP/1.1\r\n\r\n'],
  ['empty host', 'GET /x HTTP/1.1\r\nhost:\r\n\r\n'],
  ['two hosts', 'GET /x HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n'],
  ['host with odd characters', 'GET /x HTTP/1.1\r\nhost: a b\r\n\r\n'],
  ['leading empty lines', `\r\n\r\n${get('/x')}`],
  ['two spaces', `GET  /x HTTP/1.1\r\n${simple}`],
  ['a path without slash', `GET x HTTP/1.1\r\n${simple}`],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['lengths that agree', post('/post', 'content-length: 3\r\ncontent-length: 3\r\n\r\nabc')],
  ['lengths that differ', post('/post', 'content-length: 3\r\ncontent-length: 4\r\n\r\nabcd')],
  ['a list of lengths', post('/post', 'content-length: 3, 3\r\n\r\nabc')],
  ['a signed length', post('/post', 'content-length: +3\r\n\r\nabc')],
  ['length and coding', post('/post', 'content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n')],
  ['an unknown coding', post('/post', 'transfer-encoding: gzip\r\n\r\n')],
  ['chunked twice', post('/post', 'transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n')],
  ['identity', post('/post', 'transfer-encoding: identity\r\n\r\n')],
  ['bare LF', 'GET /x HTTP/1.1\nhost: a\n\n'],
  ['fold', get('/x', 'x-a: b\r\n c\r\n')],
  ['space before colon', get('/x', 'x-a : b\r\n')],
  ['NUL', get('/x', 'x-a: b\0\r\n')],
  ['bad chunk size', post('/post', 'transfer-encoding: chunked\r\n\r\nzz\r\n')],
  ['too large', get('/x', `x-a: ${'a'.repeat(61 * 1024)}\r\n`)],
  ['too many', get('/x', Array.from({ length: 101 }, (_, i) => `x-${i}: 1\r\n`).join(''))],
  ['a GET with a body', `GET /x HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc`],
  ...['/weighted-origin', '/weighted-dead', '/weighted-missing', '/rr/rrr/x', '/root/a?b', '/gone'].map(
    (path): [string, string] => [`own ${path}`, get(path)],
  ),
  ...['/port/x?y', '/pre/x?y=%20', '/moved', '/https'].map((path): [string, string] => [
    `redirect ${path} with a port`,
    `GET ${path} HTTP/1.1\r\nhost: a.example:81\r\n\r\n`,
  ]),
  [
    'mutations',
    get('/mutated?x', 'x-mine: 1\r\nx-two: 1\r\nx-two: 2\r\nx-three: 3\r\nx-present: 1\r\nx-absent: old\r\n'),
  ],
  ['mutations where nothing is', get('/mutated')],
  ['host from a header', get('/header-host', 'x-host: other.example:1\r\n')],
  ['host from a header that is not there', get('/header-host')],
  ...[
    'PATCH',
    'PUT',
    'DELETE',
    'TRACE',
    'PROPFIND',
    'REPORT',
    'SEARCH',
    'LINK',
    'PURGE',
    'QUERY',
    'OPTIONS',
  ].map((method): [string, string] => [`method ${method}`, `${method} /m HTTP/1.1\r\n${simple}`]),
  ...['PUT', 'PATCH', 'DELETE'].map((method): [string, string] => [
    `method ${method} with a body`,
    `${method} /m HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\nab`,
  ]),
  ['pipelined', get('/a') + get('/chunked') + get('/direct') + get('/204')],
  [
    'pipelined with bodies',
    post('/1', 'content-length: 1\r\n\r\na') + post('/2', 'content-length: 0\r\n\r\n'),
  ],
  ['a long URL', get(`/${'l'.repeat(8000)}?${'q'.repeat(8000)}`)],
  ['one hundred headers', get('/x', Array.from({ length: 98 }, (_, i) => `x-${i}: ${i}\r\n`).join(''))],
  ['chunks with leading zeros', post('/post', 'transfer-encoding: chunked\r\n\r\n0003\r\nabc\r\n00\r\n\r\n')],
  ['upper-case hexadecimal', post('/post', 'transfer-encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n')],
  [
    'a chunk size that is too large',
    post('/post', 'transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n'),
  ],
  ['an empty chunk size', post('/post', 'transfer-encoding: chunked\r\n\r\n\r\n')],
  ['a negative length', post('/post', 'content-length: -1\r\n\r\n')],
  ['an empty length', post('/post', 'content-length:\r\n\r\n')],
  ['a huge length', post('/post', 'content-length: 99999999999999999999\r\n\r\n')],
  ['a hexadecimal length', post('/post', 'content-length: 0x3\r\n\r\nabc')],
  ['chunked and then gzip', post('/post', 'transfer-encoding: chunked, gzip\r\n\r\n')],
  ['gzip and then chunked', post('/post', 'transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n')],
  ['two codings', post('/post', 'transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n')],
  ['no colon', get('/x', 'no colon here\r\n')],
  ['no name', get('/x', ': value\r\n')],
  ['a name with a slash', get('/x', 'a/b: 1\r\n')],
  ['DEL in a value', get('/x', 'x-a: a\x7fb\r\n')],
  ['TAB in a value', get('/x', 'x-a: a\tb\r\n')],
  ['bare CR in a value', get('/x', 'x-a: a\rb\r\n')],
  ['a port in Host', get('/x', '', 'a.example:8080')],
  ['an IPv6 Host', get('/x', '', '[::1]:80')],
  ['a path with percent signs', get('/%zz%')],
  ['a path with high bytes', get('/\xc3\xa9')],
  ['a path with a space at its end', 'GET /x  HTTP/1.1\r\nhost: a\r\n\r\n'],
  ['a query only', 'GET ?q HTTP/1.1\r\nhost: a\r\n\r\n'],
  ['two slashes', get('//x//y')],
  ['absolute form with a query only', 'GET http://o.example?q HTTP/1.1\r\nhost: a\r\n\r\n'],
  ['absolute form of another scheme', 'GET ftp://o.example/ HTTP/1.1\r\nhost: a\r\n\r\n'],
  ['absolute form and no Host', 'GET http://o.example/x HTTP/1.1\r\n\r\n'],
  ['OPTIONS with absolute form', 'OPTIONS http://o.example HTTP/1.1\r\nhost: a\r\n\r\n'],
  ['lower-case version', 'GET /x http/1.1\r\nhost: a\r\n\r\n'],
  ['HTTP/1.10', 'GET /x HTTP/1.10\r\nhost: a\r\n\r\n'],
  ['HEAD with close', 'HEAD /head-none HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'],
  ['upgrade without Connection', get('/x', 'upgrade: websocket\r\n')],
  ['Connection: upgrade without Upgrade', get('/x', 'connection: upgrade\r\n')],
  ['upgrade on no route', get('/missing', 'connection: Upgrade\r\nupgrade: x\r\n')],
  ['Connection names Host', get('/x', 'connection: host\r\n')],
  ['Connection names a pseudo header', get('/x', 'connection: :path\r\n')],
  [
    'Connection names x-forwarded-for',
    get('/x', 'connection: x-forwarded-for\r\nx-forwarded-for: 1.1.1.1\r\n'),
  ],
  ['Connection names cookie', get('/x', 'connection: cookie\r\ncookie: a\r\n')],
  ['expect without a body', get('/x', 'expect: 100-continue\r\n')],
  [
    'trailer announced',
    post('/post', 'trailer: x-t\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx-t: 1\r\n\r\n'),
  ],
  ['the keep-alive race', get('/racing') + get('/racing')],
];

/** Where this proxy answers otherwise on purpose, with the reason. */
const differs = new Map<string, string>([
  ['method QUERY', 'a registered method: passed on'],
  ['bare CR in a value', 'refused (RFC 9112 section 2.2)'],
  ['a path with a space at its end', 'refused (RFC 9112 section 3)'],
  ['absolute form with a query only', 'its path is / (RFC 9110 section 4.2.3)'],
  ['absolute form and no Host', 'refused (RFC 9112 section 3.2)'],
  ['Connection names Host', 'refused where Envoy drops Host and then misses it'],

  ['GET /hop', 'what Connection names in a response is removed (RFC 9110 section 7.6.1)'],
  ['GET /101', 'nobody asked for an upgrade'],
  ['GET /fold', 'folded lines are refused (RFC 9112 section 5.2)'],
  ['GET /bare-lf', 'bare LF is refused'],
  ['GET /cut-now', 'a reused connection that closes without an answer: the request goes again'],
  ['the keep-alive race', 'a reused connection that closes without an answer: the request goes again'],
  ['GET /bad-chunk', 'what was good of the body has been passed on'],
  ['two hosts', 'refused (RFC 9112 section 3.2)'],
  ['leading empty lines', 'refused'],
  ['two spaces', 'refused (RFC 9112 section 3)'],
  ['bare LF', 'refused'],
  ['fold', 'refused'],
]);

/** Where only the log differs. */
const logDiffers = new Map<string, string>([
  ['x-request-id', 'the request has two ids'],
  ['own /plain?q=1#f', 'open: a target with a fragment is logged without its head'],
  ['OPTIONS *', 'open: NR is flagged'],
  ['an empty chunk size', 'open'],
  ['Connection names a pseudo header', 'open'],
  ['Connection names x-forwarded-for', 'open'],
]);

/** The bytes without what is different every time. */
function normal(bytes: string, port: number): string {
  return bytes
    .replace(/^date: .* GMT\r$/gm, 'date: D\r')
    .replace(/^x-envoy-upstream-service-time: \d+\r$/gm, 'x-envoy-upstream-service-time: N\r')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replaceAll(`:${port}`, ':PORT');
}

function normalLog(line: string): string {
  return line
    .replace(/^\[[^\]]*\]/, '[T]')
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID')
    .replace(
      /^(\[T\] ".*" \d+ \S+ \d+ \d+) \d+ (\d+|-) /,
      (_, left: string, last: string) => `${left} N ${last === '-' ? '-' : 'N'} `,
    );
}

/** The request with the number of its case as its id, where it is sound enough to carry one. */
function named(request: string, i: number): string {
  if (/x-request-id/.test(request)) return request;
  return request.replace(/^([A-Z]+ \S+ HTTP\/1\.1\r\nhost: )/, (line) =>
    line.replace(/host: $/, `x-request-id: case-${i}\r\nhost: `),
  );
}

/** All that comes back, a second request behind the first showing whether the connection goes on. */
async function exchange(port: number, request: string): Promise<{ bytes: string; upstream: string[] }> {
  const before = heads.length;
  const client = new Client(port).send(request);
  const head = request.startsWith('HEAD');
  let first = '';
  // The first answer (or the end), then a request that ends the connection.
  await eventually('an answer', () => client.ended || /\r\n\r\n/.test(client.bytes.toString('latin1')));
  if (!head) await settle(client);
  client.send(get('/next', 'connection: close\r\n'));
  await eventually('the end', () => client.ended, 1500);
  first = normal(client.bytes.toString('latin1'), port);
  client.close();
  return { bytes: first, upstream: heads.slice(before).map((text) => normal(text, port)) };
}

/** Until nothing has come for a moment: a bound on waiting, not a measure of it. */
async function settle(client: Client): Promise<void> {
  let size = -1;
  await eventually('quiet', async () => {
    if (client.ended || client.bytes.length === size) return true;
    size = client.bytes.length;
    await new Promise((resolve) => setTimeout(resolve, 15));
    return false;
  });
}

const [theirs, ours] = [await freePort(), await freePort()];
const theirLog = join(dir.path, 'theirs.log');
const ourLog = join(dir.path, 'ours.log');
const envoy = new Running(binary, [
  '-c',
  dir.write('envoy.json', config(theirs, theirLog)),
  '--concurrency',
  '1',
  '--disable-hot-restart',
  '-l',
  'error',
  '--file-flush-interval-msec',
  '10',
]);
await envoy.listening(theirs);
const proxy = await start(config(ours, ourLog), [ours]);
t.teardown(async () => {
  await Promise.all([envoy.stop(), proxy.stop()]);
  await origin.close();
  dir.remove();
});

const only = process.env.ONLY;
for (const [i, [name, request]] of cases.entries()) {
  if (only !== undefined && !name.includes(only)) continue;
  t.test(name, async (t) => {
    const expected = await exchange(theirs, named(request, i));
    const got = await exchange(ours, named(request, i));
    const why = differs.get(name);
    if (why !== undefined) {
      t.notSame(got, expected, `still differs: ${why}`);
      return;
    }
    t.equal(got.bytes, expected.bytes, 'what the client gets');
    t.same(got.upstream, expected.upstream, 'what the origin gets');
  });
}

t.test('access logs', async (t) => {
  const lines = (path: string) =>
    existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n').map(normalLog) : [];
  proxy.child.kill('SIGTERM');
  await proxy.exited;
  const ours = lines(ourLog);
  const expected = await eventually(
    'the log of Envoy',
    () => {
      const have = lines(theirLog);
      return have.length >= ours.length ? have : undefined;
    },
    3000,
  ).catch(() => lines(theirLog));
  // Each case has put its name into the request id of its requests: lines are compared case by case.
  const byCase = (all: string[]): Map<string, string[]> => {
    const found = new Map<string, string[]>();
    for (const line of all) {
      const id = /"case-(\d+)"/.exec(line)?.[1];
      if (id !== undefined) found.set(id, [...(found.get(id) ?? []), line]);
    }
    return found;
  };
  const [mine, yours] = [byCase(ours), byCase(expected)];
  for (const [i, [name]] of cases.entries()) {
    if (differs.has(name) || logDiffers.has(name)) continue;
    const [line, theirs] = [mine.get(`${i}`), yours.get(`${i}`)];
    // Of a head that is refused Envoy logs nothing but the refusal.
    if (theirs === undefined && line !== undefined) t.match(line.join(), / (400|501) DPE /, name);
    else t.same(line, theirs, name);
  }
  t.ok(mine.size > 100, `${mine.size} cases`);
  t.ok(ours.length > 100);
});
