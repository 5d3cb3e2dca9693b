// What must not pass: requests and responses that two readers could read differently, and too much.
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
  start,
  toCluster,
} from './support.ts';

const origin = await new Origin((request) => answer(request.path)).listen();
/** Answers every connection's first bytes with what the path spells. */
const replies = new Map<string, string>();
const odd = await new Origin(
  () => undefined,
  (socket) =>
    socket.once('data', (data: Buffer) => {
      const reply = replies.get(data.toString('latin1').split(' ')[1] ?? '');
      if (reply === undefined) socket.destroy();
      else socket.write(Buffer.from(reply, 'latin1'));
    }),
).listen();
const port = await freePort();
const proxy = await start(
  {
    static_resources: {
      listeners: [
        listener('strict', port, {
          route_config: routes([toCluster('odd', {}, { prefix: '/odd' }), toCluster('origin')]),
        }),
      ],
      clusters: [cluster('origin', [origin.port]), cluster('odd', [odd.port])],
    },
  },
  [port],
);
t.teardown(async () => {
  await proxy.stop();
  await Promise.all([origin.close(), odd.close()]);
});

const refused: [string, string, number?][] = [
  [
    'Content-Length with Transfer-Encoding',
    'content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  [
    'Transfer-Encoding with Content-Length',
    'transfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n0\r\n\r\n',
  ],
  ['two different Content-Lengths', 'content-length: 3\r\ncontent-length: 4\r\n\r\nabcd'],
  ['a list of Content-Lengths', 'content-length: 3, 4\r\n\r\nabcd'],
  ['a signed Content-Length', 'content-length: +3\r\n\r\nabc'],
  ['a hexadecimal Content-Length', 'content-length: 0x3\r\n\r\nabc'],
  ['an empty Content-Length', 'content-length:\r\n\r\n'],
  ['a huge Content-Length', 'content-length: 99999999999999999999\r\n\r\n'],
  ['a coding that is no chunked', 'transfer-encoding: xchunked\r\n\r\n0\r\n\r\n', 501],
  ['chunked twice', 'transfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n', 501],
  ['chunked not last', 'transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n', 501],
  ['a control character before chunked', 'transfer-encoding: \x0bchunked\r\n\r\n0\r\n\r\n'],
  ['a bare LF after a header', 'x-a: b\nx-c: d\r\n\r\n'],
  ['a bare CR in a value', 'x-a: b\rx-c: d\r\n\r\n'],
  ['a folded header', 'x-a: b\r\n c\r\n\r\n'],
  ['a space before the colon', 'x-a : b\r\n\r\n'],
  ['a space before the name', ' x-a: b\r\n\r\n'],
  ['a space in a name', 'x a: b\r\n\r\n'],
  ['a line without colon', 'x-a\r\n\r\n'],
  ['an empty name', ': b\r\n\r\n'],
  ['NUL in a value', 'x-a: b\0c\r\n\r\n'],
  ['NUL in a name', 'x-\0a: b\r\n\r\n'],
  ['a chunk size that is none', 'transfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n'],
  ['a signed chunk size', 'transfer-encoding: chunked\r\n\r\n+3\r\nabc\r\n0\r\n\r\n'],
  ['a chunk size that overflows', 'transfer-encoding: chunked\r\n\r\n10000000000000003\r\nabc\r\n0\r\n\r\n'],
  ['a chunk longer than its size', 'transfer-encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n'],
  ['a bare LF after a chunk size', 'transfer-encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n'],
  ['two hosts', 'host: b\r\n\r\n'],
];

for (const [name, rest, status = 400] of refused) {
  t.test(`${status} and close: ${name}`, async (t) => {
    const client = new Client(port).send(`POST /x HTTP/1.1\r\nhost: a\r\n${rest}`);
    const response = await client.response();
    t.equal(response.status, status);
    t.equal(header(response, 'connection'), 'close');
    t.equal((await client.untilEnd()).length, 0, 'nothing after it');
  });
}

t.test('400: heads that are no requests', async (t) => {
  for (const line of ['GET  / HTTP/1.1', 'GET / HTTP/1.1 ', 'G(T / HTTP/1.1', '\x16\x03\x01']) {
    const response = await ask(port, `${line}\r\nhost: a\r\n\r\n`);
    t.equal(response.status, 400, JSON.stringify(line));
  }
  t.equal((await ask(port, 'GET / HTTP/1.1\r\n\r\n')).status, 400, 'no host');
});

t.test('nothing of a refused request reaches an origin', async (t) => {
  const before = origin.requests.length;
  const bytes =
    'POST /s HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n';
  await new Client(port).send(bytes + get('/smuggled')).untilEnd();
  t.equal(origin.requests.length, before);
});

t.test('431: too large, too many', async (t) => {
  const large = await ask(port, get('/x', `x-large: ${'a'.repeat(61 * 1024)}\r\n`));
  t.equal(large.status, 431);
  t.equal(header(large, 'connection'), 'close');
  const many = Array.from({ length: 101 }, (_, i) => `x-${i}: 1\r\n`).join('');
  t.equal((await ask(port, get('/x', many))).status, 431);
  const enough = Array.from({ length: 90 }, (_, i) => `x-${i}: 1\r\n`).join('');
  t.equal((await ask(port, get('/x', enough))).status, 200);
  t.equal((await ask(port, get(`/${'p'.repeat(59 * 1024)}`))).status, 200);
});

const protocol = 'upstream connect error or disconnect/reset before headers. reset reason: protocol error';
const bad: [string, string][] = [
  ['garbage', 'hello\r\n\r\n'],
  ['a status that is none', 'HTTP/1.1 2000 OK\r\n\r\n'],
  ['an obsolete fold', 'HTTP/1.1 200 OK\r\nx-a: b\r\n c\r\ncontent-length: 0\r\n\r\n'],
  ['both framings', 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd'],
  ['a 101 nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'],
  ['NUL in a value', 'HTTP/1.1 200 OK\r\nx-a: \0\r\ncontent-length: 0\r\n\r\n'],
  ['a head beyond the limit', `HTTP/1.1 200 OK\r\nx-a: ${'a'.repeat(70_000)}\r\n\r\n`],
];
for (const [name, reply] of bad) {
  t.test(`502: ${name}`, async (t) => {
    const path = `/odd/${encodeURIComponent(name)}`;
    replies.set(path, reply);
    const client = new Client(port).send(get(path));
    const response = await client.response();
    t.equal(response.status, 502);
    t.equal(response.body.toString(), protocol);
    client.send(get('/after'));
    t.equal((await client.response()).status, 200, 'the connection downstream lives on');
    client.close();
  });
}

t.test('a bad chunk in mid-response ends the connection', async (t) => {
  replies.set('/odd/chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nxyz\r\n');
  const raw = (await new Client(port).send(get('/odd/chunk')).untilEnd()).toString('latin1');
  t.match(raw, /^HTTP\/1.1 200 OK\r\n/);
  t.notMatch(raw, /0\r\n\r\n$/, 'no end of the body');
});
