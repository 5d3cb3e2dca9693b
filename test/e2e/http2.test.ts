// HTTP/2 on a client's connection: flow control that follows whoever is slow, heads near their limits, interim
// responses and trailers, HTTP/1 to HTTP/2 and back under load, keepalive, and how connections end.
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import {
  codeName,
  connectH2,
  type Field,
  head,
  headers,
  H2Origin as RawOrigin,
  SETTING,
  T,
  value,
  windowUpdate,
} from './h2_frames.ts';
import { callOnce, fieldOf, H2Client, H2Origin, http2Hosts } from './h2_support.ts';
import {
  answer,
  Client,
  cluster,
  eventually,
  type Fields,
  folder,
  freePort,
  get,
  type Json,
  listener,
  Origin,
  routes,
  start,
  toCluster,
} from './support.ts';

t.setTimeout(300_000);

const BIG = 20_000_000;
const big = Buffer.alloc(BIG);
for (let i = 0; i < BIG; i += 4) big.writeUInt32LE(i, i);
const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const bigHash = hashOf(big);

/** Node's own limit would end what holds more than 10 MB. */
const LARGE = { maxSessionMemory: 1000 };

/** For what is large, on a machine that has other things to do. */
const LONG = 120_000;
const plainGet = { ':method': 'GET', 'content-type': 'text/plain' };

/** How much of it a sender has got rid of while nobody takes it: windows, queues and what kernels keep. */
const HELD = 12_000_000;

/** `count` for as long as it grows; then what it is. */
async function settled(count: () => number): Promise<number> {
  let [last, same] = [-1, 0];
  await eventually('it to stand still', () => {
    same = count() === last ? same + 1 : 0;
    last = count();
    return last > 0 && same >= 30;
  });
  return last;
}

/** HTTP/2 hosts with what `fields` say of their protocol. */
const http2 = (fields: Fields): Fields => ({
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      explicit_http_config: { http2_protocol_options: fields },
    },
  },
});

const small: Fields = { initial_stream_window_size: 65535, initial_connection_window_size: 65535 };
const middle: Fields = { initial_stream_window_size: 1 << 20, initial_connection_window_size: 1 << 20 };

/** Answers with what it gets, or with 20 MB. */
const echo = await new H2Origin(
  (stream, _request, fields) => {
    if (fields[':path'] === '/silent') return;
    if (fields[':path'] === '/big') {
      stream.respond({ ':status': 200 });
      stream.end(big);
      return;
    }
    stream.respond({ ':status': 200, 'x-path': String(fields[':path']) });
    if (fields[':path'] === '/lazy') stream.pause();
    else stream.pipe(stream);
  },
  { settings: { initialWindowSize: 1 << 20 } },
).listen();
const plain = await new Origin(({ path, body }, socket) => {
  if (path !== '/big') return answer(body.length > 0 ? body : path);
  socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${BIG}\r\n\r\n`);
  return big;
}).listen();
t.teardown(() => Promise.all([echo.close(), plain.close()]));

/** A proxy with a listener for each set of options: everything to HTTP/2 hosts, `/plain/` to those of HTTP/1. */
async function proxyOf(
  managers: Fields[],
  hosts: Fields = http2(middle),
  more: Fields[] = [],
): Promise<{ ports: number[]; admin: number; stop(): Promise<void> }> {
  const ports = await Promise.all(managers.map(freePort));
  const admin = await freePort();
  const table = routes([
    toCluster('plain', { prefix_rewrite: '/', timeout: '0s' }, { prefix: '/plain/' }),
    ...more.map((each) => toCluster(String(each.name), { timeout: '0s' }, { prefix: `/${each.name}` })),
    toCluster('echo', { timeout: '0s' }),
  ]);
  const proxy = await start(
    {
      admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
      static_resources: {
        listeners: managers.map((manager, i) =>
          listener(`in${i}`, ports[i] as number, { route_config: table, ...manager }),
        ),
        clusters: [cluster('plain', [plain.port]), cluster('echo', [echo.port], hosts), ...more],
      },
    },
    [...ports, admin],
  );
  t.teardown(() => proxy.stop());
  return { ports, admin, stop: () => proxy.stop() };
}
const { ports, admin } = await proxyOf([
  { http2_protocol_options: middle },
  { http2_protocol_options: small },
  { max_request_headers_kb: 1024, common_http_protocol_options: { max_headers_count: 20_000 } },
]);
const [port, tight, roomy] = ports as [number, number, number];

const stat = async (name: string, at = admin): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${at}/stats?filter=^${name}$`)).text();
  return Number(/: (\d+)/.exec(text)?.[1] ?? 0);
};

/** As settled(), of a statistic. */
async function settledStat(name: string, at: number): Promise<number> {
  let latest = 0;
  return await settled(() => {
    stat(name, at).then(
      (value) => {
        latest = value;
      },
      () => undefined,
    );
    return latest;
  });
}

// ---- backpressure ---------------------------------------------------------------------------

for (const path of ['/big', '/plain/big']) {
  t.test(`a client that takes nothing holds the host of ${path} back, and gets all of it`, async (t) => {
    const socketsOf = path === '/big' ? undefined : plain.sockets;
    const peer = connectH2(port, { givesBack: false });
    peer.send(headers(1, head({ ':path': path })));
    await eventually('as much as the window lets through', () => peer.message(1).body.length >= 65535);
    const got = await settled(() => peer.message(1).body.length);
    t.equal(got, 65535, 'what the window lets through');
    if (socketsOf) {
      const waiting = await settled(() => Math.max(...[...socketsOf].map((each) => each.writableLength)));
      t.ok(waiting > BIG - HELD, `${waiting} bytes stayed at the host`);
    }
    t.ok((await stat('http2.pending_send_bytes')) < HELD, 'and not here');
    // Then everything.
    const parts: Buffer[] = peer.of(T.DATA, 1).map((f) => f.payload);
    peer.frames.length = 0;
    let ended = false;
    let length = got;
    peer.onFrame = (f) => {
      if (f.type !== T.DATA) return;
      parts.push(f.payload);
      length += f.payload.length;
      ended = (f.flags & 1) !== 0;
      peer.frames.length = 0;
      if (!ended) peer.send(windowUpdate(0, f.payload.length), windowUpdate(1, f.payload.length));
    };
    peer.send(windowUpdate(0, 1 << 20), windowUpdate(1, 1 << 20));
    await eventually('all of it', () => ended, 60_000);
    t.equal(length, BIG);
    t.equal(hashOf(Buffer.concat(parts)), bigHash);
    peer.close();
  });
}

t.test('a host that takes nothing holds the client back', async (t) => {
  const client = new H2Client(port, LARGE);
  t.teardown(() => client.close());
  const seen = echo.requests.length;
  const before = await stat('cluster.echo.upstream_cx_tx_bytes_total');
  const stream = client.session.request({ ':method': 'POST', ':path': '/lazy' }, { endStream: false });
  stream.on('error', () => undefined);
  stream.resume();
  stream.write(big);
  await eventually('the request', () => echo.requests.length > seen);
  const taken = await settledStat('cluster.echo.upstream_cx_tx_bytes_total', admin);
  t.ok(stream.writableLength > 0, 'the write is not done');
  t.ok(taken - before < HELD, `${taken - before} bytes went to the host`);
  // Others on the same connection to the host go on.
  for (let i = 0; i < 20; i++) t.equal(fieldOf((await callOnce(port, `/x${i}`)).headers, 'x-path'), `/x${i}`);
  stream.close();
});

t.test('a host of HTTP/1 that takes nothing holds the client back, then gets everything', async (t) => {
  const sockets: import('node:net').Socket[] = [];
  let received = 0;
  let last = '';
  const lazy = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.pause();
    socket.on('data', (data: Buffer) => {
      received += data.length;
      last = (last + data.subarray(-5).toString('latin1')).slice(-5);
      // The head of the request and the framing of its body come with it.
      if (received > BIG && last === '0\r\n\r\n') socket.write(answer('thanks'));
    });
  });
  await new Promise<void>((resolve) => lazy.listen(0, '127.0.0.1', resolve));
  const address = lazy.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { ports, admin, stop } = await proxyOf([{ http2_protocol_options: small }], http2(small), [
    cluster('lazy', [address.port]),
  ]);
  t.teardown(async () => {
    await stop();
    for (const socket of sockets) socket.destroy();
    lazy.close();
  });
  const client = new H2Client(ports[0] as number, LARGE);
  t.teardown(() => client.close());
  const call = client.call('/lazy', { body: [big], limit: LONG });
  await eventually('the connection', () => sockets.length > 0);
  const taken = await settledStat('http.in0.downstream_cx_rx_bytes_total', admin);
  t.ok(taken < HELD, `${taken} bytes of ${BIG} were taken`);
  t.equal(received, 0);
  sockets[0]?.resume();
  const reply = await call;
  t.equal(fieldOf(reply.headers, ':status'), '200');
  t.equal(reply.body.toString(), 'thanks');
  t.ok(received > BIG);
});

for (const [name, which] of [
  ['windows of 1 MB', port],
  ['windows of 64 KB', tight],
] as const) {
  t.test(`large bodies both ways at once, ${name}`, async (t) => {
    const client = new H2Client(which, LARGE);
    t.teardown(() => client.close());
    const body = big.subarray(0, 3_000_000);
    const replies = await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        client.call(`/both${i}`, { body: [body.subarray(i)], limit: LONG }),
      ),
    );
    for (const [i, reply] of replies.entries()) {
      t.equal(reply.reset, 0);
      t.equal(reply.body.compare(body.subarray(i)), 0, `body ${i}`);
    }
  });
}

t.test('small windows at the host too', async (t) => {
  const { ports, stop } = await proxyOf([{ http2_protocol_options: small }], http2(small));
  const client = new H2Client(ports[0] as number, LARGE);
  const body = big.subarray(0, 1_000_000);
  const calls = ['/a', '/b', '/plain/c', '/plain/d'].map((path) =>
    client.call(path, { body: [body], limit: LONG }),
  );
  for (const reply of await Promise.all(calls)) t.equal(reply.body.compare(body), 0);
  const down = await client.call('/big', { limit: LONG });
  t.equal(hashOf(down.body), bigHash);
  client.close();
  await stop();
});

// ---- heads ----------------------------------------------------------------------------------

t.test('heads of nearly 1 MB, and more than that', async (t) => {
  const seen: number[] = [];
  const wide = await new RawOrigin((peer) => {
    peer.onFrame = (f) => {
      if (!f.fields) return;
      seen.push(f.fields.length);
      peer.send(headers(f.stream, [[':status', '200']]));
    };
  }).listen();
  t.teardown(() => wide.close());
  const { ports, stop } = await proxyOf(
    [{ max_request_headers_kb: 1024, common_http_protocol_options: { max_headers_count: 20_000 } }],
    http2({}),
    [cluster('wide', [wide.port], http2({}))],
  );
  const call = async (size: number, count: number): Promise<string> => {
    const client = new H2Client(ports[0] as number, { maxSendHeaderBlockLength: 1 << 22 });
    const fields: { [name: string]: string } = {};
    for (let i = 0; i < count; i++) fields[`x-${i}`] = 'v'.repeat(Math.floor(size / count));
    const reply = await client.call('/wide', { headers: fields });
    client.close();
    return fieldOf(reply.headers, ':status') ?? `reset ${reply.reset}`;
  };
  t.equal(await call(1_000_000, 10), '200', '10 fields');
  t.ok((seen.at(-1) ?? 0) > 10);
  t.equal(await call(900_000, 10_000), '200', '10,000 fields');
  t.equal(await call(1_100_000, 10), 'reset 2', 'too large');
  await stop();
});

t.test('cookies are counted as they are decoded', async (t) => {
  const client = new H2Client(roomy);
  t.teardown(() => client.close());
  const cookie = Array.from({ length: 100 }, (_, i) => `c${i}=${'v'.repeat(100)}`).join('; ');
  t.equal(fieldOf((await client.call('/x', { headers: { cookie } })).headers, ':status'), '200');
});

t.test('trailers and interim responses, from each protocol to each', async (t) => {
  const raw = await new RawOrigin((peer) => {
    peer.onFrame = (f) => {
      if (!(f.flags & 1)) return;
      const trailers: Field[] = [['x-end', 'of the answer']];
      const got = peer.message(f.stream).blocks[1];
      if (got) trailers.push(['x-got', value(got, 'x-mine') ?? 'none']);
      peer.send(
        headers(
          f.stream,
          [
            [':status', '103'],
            ['link', 'x'],
          ],
          false,
        ),
        headers(f.stream, [[':status', '200']], false),
        headers(f.stream, trailers),
      );
    };
  }).listen();
  t.teardown(() => raw.close());
  const manager: Fields = {
    proxy_100_continue: true,
    http_protocol_options: { enable_trailers: true },
  };
  const { ports, stop } = await proxyOf([manager], http2({}), [cluster('raw', [raw.port], http2({}))]);
  const reply = await callOnce(ports[0] as number, '/raw', {
    body: [Buffer.from('body')],
    trailers: { 'x-mine': 'of the request' },
  });
  t.same(reply.trailers, [
    ['x-end', 'of the answer'],
    ['x-got', 'of the request'],
  ]);
  const client = new Client(ports[0] as number);
  client.send(
    'POST /raw HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ntrailer: x-mine\r\n\r\n' +
      '4\r\nbody\r\n0\r\nx-mine: from one\r\n\r\n',
  );
  t.equal((await client.response()).status, 103);
  const last = await client.response();
  t.equal(last.status, 200);
  t.match(last.trailers, /x-end: of the answer/);
  t.match(last.trailers, /x-got: from one/);
  client.close();
  await stop();
});

// ---- load -----------------------------------------------------------------------------------

t.test('HTTP/1 and HTTP/2 clients to HTTP/1 and HTTP/2 hosts at once', async (t) => {
  const client = new H2Client(port, LARGE);
  t.teardown(() => client.close());
  const body = (i: number): Buffer => Buffer.from(`${i} `.repeat(1 + (i % 7) * 3000));
  const work = Array.from({ length: 6 }, async (_, lane) => {
    for (let i = 0; i < 40; i++) {
      const n = lane * 1000 + i;
      const path = lane % 2 ? '/plain/x' : '/x';
      if (lane < 3) {
        const reply = await client.call(path, { body: [body(n)] });
        t.equal(reply.body.compare(body(n)), 0);
        continue;
      }
      const one = new Client(port);
      one.send(`POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-length: ${body(n).length}\r\n\r\n`).send(body(n));
      t.equal((await one.response()).body.compare(body(n)), 0);
      one.close();
    }
  });
  await Promise.all(work);
});

t.test('streams beyond max_concurrent_streams are refused, and nothing else', async (t) => {
  const { ports, stop } = await proxyOf([{ http2_protocol_options: { max_concurrent_streams: 3 } }]);
  const peer = connectH2(ports[0] as number);
  await peer.until('SETTINGS', () => peer.of(T.SETTINGS).length > 0);
  const announced = peer.of(T.SETTINGS)[0]?.payload ?? Buffer.alloc(0);
  const at = Array.from({ length: announced.length / 6 }, (_, i) => 6 * i).find(
    (i) => announced.readUInt16BE(i) === SETTING.MAX_CONCURRENT_STREAMS,
  );
  t.equal(at !== undefined && announced.readUInt32BE(at + 2), 3);
  const silent = head({ ':path': '/silent' });
  for (const stream of [1, 3, 5, 7]) peer.send(headers(stream, silent));
  t.equal((await peer.done(7)).reset, 'REFUSED_STREAM');
  for (const stream of [1, 3, 5]) t.equal(peer.message(stream).reset, undefined);
  peer.close();
  await stop();
});

// ---- keepalive ------------------------------------------------------------------------------

t.test('a client that does not answer PING is gone', async (t) => {
  const ping: Json = { connection_keepalive: { interval: '0.1s', timeout: '0.2s' } };
  const { ports, admin, stop } = await proxyOf([{ http2_protocol_options: ping }]);
  const alive = connectH2(ports[0] as number);
  const dead = connectH2(ports[0] as number, { acknowledges: false });
  dead.send(headers(1, head({ ':path': '/silent' })));
  await dead.untilEnd();
  await eventually('more pings', () => alive.of(T.PING).length > 4);
  t.notOk(alive.ended);
  t.equal(await stat('http2.keepalive_timeout', admin), 1);
  alive.close();
  await stop();
});

t.test(
  'a host that does not answer PING is gone; the request fails, the next one goes elsewhere',
  async (t) => {
    let asked = 0;
    const dead = await new RawOrigin(
      (peer, nth) => {
        peer.onFrame = (f) => {
          if (!f.fields) return;
          asked++;
          if (nth > 1) peer.send(headers(f.stream, [[':status', '200']]));
        };
      },
      { acknowledges: false },
    ).listen();
    t.teardown(() => dead.close());
    const keepalive = { connection_keepalive: { interval: '0.1s', timeout: '0.2s' } };
    const { ports, admin, stop } = await proxyOf([{}], http2({}), [
      cluster('dead', [dead.port], http2(keepalive)),
    ]);
    const first = await callOnce(ports[0] as number, '/dead', { headers: plainGet });
    t.equal(fieldOf(first.headers, ':status'), '503');
    const second = await callOnce(ports[0] as number, '/dead', { headers: plainGet });
    t.equal(fieldOf(second.headers, ':status'), '200');
    t.equal(asked, 2);
    t.ok((await stat('cluster.dead.http2.keepalive_timeout', admin)) > 0);
    await stop();
  },
);

// ---- the end of connections -----------------------------------------------------------------

t.test('a listener that goes: GOAWAY, what runs is finished, then the last GOAWAY and the end', async (t) => {
  const files = folder();
  t.teardown(() => files.remove());
  const [own, other] = [await freePort(), await freePort()];
  const write = (listeners: Fields[]): string =>
    files.write('lds.json', {
      version_info: String(listeners.length),
      resources: listeners.map((each) => ({
        '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener',
        ...each,
      })),
    });
  const manager = { route_config: routes([toCluster('echo', { timeout: '0s' })]), drain_timeout: '0.2s' };
  write([listener('own', own, manager), listener('other', other, manager)]);
  const proxy = await start(
    {
      node: { id: 'test', cluster: 'test' },
      dynamic_resources: { lds_config: { path_config_source: { path: join(files.path, 'lds.json') } } },
      static_resources: { clusters: [cluster('echo', [echo.port], http2Hosts)] },
    },
    [own, other],
    ['--drain-time-s', '8'],
  );
  t.teardown(() => proxy.stop());
  const peer = connectH2(own);
  const seen = echo.requests.length;
  peer.send(headers(1, head({ ':path': '/x', ':method': 'POST' }), false));
  await eventually('the request', () => echo.requests.length > seen);
  write([listener('other', other, manager)]);
  await peer.until('GOAWAY', () => peer.of(T.GOAWAY).length > 0);
  const first = peer.of(T.GOAWAY)[0]?.payload ?? Buffer.alloc(8);
  t.equal(codeName(first.readUInt32BE(4)), 'NO_ERROR');
  t.notOk(peer.message(1).ended, 'the request is still under way');
  peer.send(Buffer.concat([Buffer.from([0, 0, 2, 0, 1, 0, 0, 0, 1]), Buffer.from('ok')]));
  t.match(await peer.done(1), { body: 'ok', ended: true });
  await peer.untilEnd();
  t.ok((peer.of(T.GOAWAY).at(-1)?.payload.readUInt32BE(0) ?? 0) >= 1);
  peer.close();
});

t.test('SIGTERM: GOAWAY to every connection; streams are finished, then it ends', async (t) => {
  const own = await freePort();
  const manager = { route_config: routes([toCluster('echo', { timeout: '0s' })]), drain_timeout: '0.2s' };
  const proxy = await start(
    {
      static_resources: {
        listeners: [listener('own', own, manager)],
        clusters: [cluster('echo', [echo.port], http2Hosts)],
      },
    },
    [own],
  );
  t.teardown(() => proxy.stop());
  const [busy, idle] = [connectH2(own), connectH2(own)];
  const seen = echo.requests.length;
  idle
    .send(headers(1, head({ ':path': '/silent' })))
    .send(Buffer.from([0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 8]));
  busy.send(headers(1, head({ ':path': '/x', ':method': 'POST' }), false));
  await eventually('the request', () => echo.requests.length > seen);
  proxy.child.kill('SIGTERM');
  await idle.untilEnd();
  t.equal(codeName(idle.of(T.GOAWAY).at(-1)?.payload.readUInt32BE(4) ?? 99), 'NO_ERROR');
  await busy.until('GOAWAY', () => busy.of(T.GOAWAY).length > 0);
  busy.send(Buffer.concat([Buffer.from([0, 0, 2, 0, 1, 0, 0, 0, 1]), Buffer.from('ok')]));
  t.match(await busy.done(1), { body: 'ok', ended: true });
  t.equal(await proxy.exited, 0);
  busy.close();
  idle.close();
});

t.test('a client of HTTP/1 asks a host of HTTP/2', async (t) => {
  const client = new Client(port).send(get('/x'));
  t.equal((await client.response()).status, 200);
  client.close();
});
