// Hosts that speak HTTP/2: pools that grow at a host's limit of streams, hosts that drain under load, other
// implementations, and one that breaks the rules.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import t from 'tap';
import {
  CODES,
  data,
  type Field,
  frame,
  headers,
  H2Origin as RawOrigin,
  type Peer,
  reset,
  T,
  u32,
  value,
} from './h2_frames.ts';
import { fieldOf, frame as message, H2Client, H2Origin } from './h2_support.ts';
import {
  answer,
  Client,
  cluster,
  eventually,
  type Fields,
  folder,
  freePort,
  listener,
  Origin,
  Running,
  routes,
  start,
  toCluster,
} from './support.ts';

t.setTimeout(300_000);
const dir = folder();
t.teardown(() => dir.remove());
const ok: Field[] = [[':status', '200']];
/** Node's own limit would reset streams of a connection that holds more than 10 MB. */
const LARGE = { maxSessionMemory: 1000 };
const plainGet = { ':method': 'GET', 'content-type': 'text/plain' };
const status = (reply: { headers: [string, string][] }): string | undefined =>
  fieldOf(reply.headers, ':status');

const http2 = (fields: Fields = {}, more: Fields = {}): Fields => ({
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      explicit_http_config: { http2_protocol_options: fields },
      ...more,
    },
  },
});

interface Test {
  teardown(fn: () => Promise<void>): void;
  same(got: unknown, wanted: unknown): boolean;
}
interface Proxy {
  readonly port: number;
  stat(name: string): Promise<number>;
  stop(): Promise<void>;
}
/** A proxy in front of one port that speaks HTTP/2. */
async function proxyTo(
  t: Test,
  target: number,
  fields: Fields = http2(),
  action: Fields = {},
): Promise<Proxy> {
  const [port, admin] = [await freePort(), await freePort()];
  const proxy = await start(
    {
      admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
      static_resources: {
        listeners: [
          listener('in', port, { route_config: routes([toCluster('host', { timeout: '20s', ...action })]) }),
        ],
        clusters: [cluster('host', [target], fields)],
      },
    },
    [port, admin],
  );
  t.teardown(() => proxy.stop());
  return {
    port,
    stop: () => proxy.stop(),
    stat: async (name) => {
      const text = await (await fetch(`http://127.0.0.1:${admin}/stats?filter=^${name}$`)).text();
      return Number(/: (\d+)/.exec(text)?.[1] ?? 0);
    },
  };
}

// ---- pools ----------------------------------------------------------------------------------

for (const limit of [1, 5]) {
  t.test(
    `a host that allows ${limit} streams on a connection: as many connections as are needed`,
    async (t) => {
      const REQUESTS = 30;
      let [open, most] = [0, 0];
      const held: (() => void)[] = [];
      const origin = await new H2Origin(
        (stream) => {
          open++;
          most = Math.max(most, open);
          stream.on('close', () => open--);
          held.push(() => {
            if (stream.destroyed) return;
            stream.respond({ ':status': 200 });
            stream.end('held');
          });
        },
        { settings: { maxConcurrentStreams: limit } },
      ).listen();
      t.teardown(() => origin.close());
      const proxy = await proxyTo(t, origin.port);
      const client = new H2Client(proxy.port);
      // The first one brings the limit.
      const first = client.call('/first', { headers: plainGet });
      await eventually('the first request', () => held.length > 0);
      held[0]?.();
      t.equal(status(await first), '200');
      const calls = Array.from({ length: REQUESTS }, (_, i) => client.call(`/${i}`, { headers: plainGet }));
      await eventually('all requests at the host at once', () => open === REQUESTS);
      for (const release of held) release();
      for (const reply of await Promise.all(calls)) t.equal(status(reply), '200');
      const connections = await proxy.stat('cluster.host.upstream_cx_total');
      t.ok(connections >= REQUESTS / limit, `${connections} connections`);
      t.ok(connections <= REQUESTS / limit + 1, 'and no more');
      client.close();
    },
  );
}

t.test('a burst that meets the limit of a host nobody knew', async (t) => {
  const origin = await new H2Origin(
    (stream) => {
      stream.respond({ ':status': 200 });
      stream.end('ok');
    },
    { settings: { maxConcurrentStreams: 3 } },
  ).listen();
  t.teardown(() => origin.close());
  const proxy = await proxyTo(t, origin.port);
  const client = new H2Client(proxy.port);
  const calls = Array.from({ length: 40 }, (_, i) => client.call(`/${i}`, { headers: plainGet }));
  for (const reply of await Promise.all(calls)) t.equal(status(reply), '200');
  client.close();
});

t.test('max_requests_per_connection: each connection serves so many', async (t) => {
  const origin = await new H2Origin((stream) => {
    stream.respond({ ':status': 200 });
    stream.end('ok');
  }).listen();
  t.teardown(() => origin.close());
  const options = http2({}, { common_http_protocol_options: { max_requests_per_connection: 4 } });
  const proxy = await proxyTo(t, origin.port, options);
  const client = new H2Client(proxy.port);
  const calls = Array.from({ length: 20 }, (_, i) => client.call(`/${i}`, { headers: plainGet }));
  for (const reply of await Promise.all(calls)) t.equal(status(reply), '200');
  t.equal(await proxy.stat('cluster.host.upstream_cx_total'), 5);
  await eventually('their end', async () => (await proxy.stat('cluster.host.upstream_cx_active')) === 0);
  client.close();
});

// ---- hosts that drain -----------------------------------------------------------------------

const goaway = (last: number, code = 0): Buffer => frame(T.GOAWAY, 0, 0, u32(last, code));

/** Hosts that end their connections after some requests, each in its way; `answer` answers one. */
const drains: { [name: string]: (peer: Peer, stream: number, nth: number, answer: () => void) => void } = {
  'a GOAWAY that names the last request': (peer, stream, nth, answer) => {
    if (nth > 8) return;
    answer();
    if (nth === 8) peer.send(goaway(stream));
  },
  'a GOAWAY of all, then one that names the last request': (peer, stream, nth, answer) => {
    if (nth === 6) peer.send(goaway(0x7fffffff));
    if (nth > 8) return;
    answer();
    if (nth === 8) peer.send(goaway(stream));
  },
  'a GOAWAY that names an earlier request': (peer, stream, nth, answer) => {
    if (nth < 6) answer();
    // Those of the others are on their way, if any is left.
    if (nth === 6) setTimeout(() => peer.send(goaway(stream - 2)), 5);
  },
  REFUSED_STREAM: (peer, stream, nth, answer) => {
    if (nth % 4 === 0) peer.send(reset(stream, CODES.indexOf('REFUSED_STREAM')));
    else answer();
  },
};
for (const [name, drain] of Object.entries(drains)) {
  t.test(`under load, ${name}: no request is lost`, async (t) => {
    const served = new Map<string, number>();
    const origin = await new RawOrigin((peer) => {
      let nth = 0;
      peer.onFrame = (f) => {
        const path = value(f.fields, ':path');
        if (path === undefined) return;
        drain(peer, f.stream, ++nth, () => {
          served.set(path, (served.get(path) ?? 0) + 1);
          peer.send(headers(f.stream, ok, false), data(f.stream, path));
        });
      };
    }).listen();
    t.teardown(() => origin.close());
    const proxy = await proxyTo(t, origin.port);
    const client = new H2Client(proxy.port);
    let failed = 0;
    await Promise.all(
      Array.from({ length: 4 }, async (_, lane) => {
        for (let i = 0; i < 50; i++) {
          const path = `/${lane}.${i}`;
          const reply = await client.call(path, { headers: plainGet });
          if (status(reply) !== '200' || reply.body.toString() !== path) failed++;
        }
      }),
    );
    t.equal(failed, 0);
    t.equal(served.size, 200);
    t.same(
      [...served].filter(([, times]) => times > 1),
      [],
      'none was served twice',
    );
    client.close();
  });
}

// ---- other implementations ------------------------------------------------------------------

const has = (program: string): boolean => {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** Behind those that are proxies themselves: answers with what it gets. */
const behind = await new Origin(({ path, body }) =>
  path === '/204'
    ? 'HTTP/1.1 204 No Content\r\n\r\n'
    : answer(body.length > 0 ? body : 'x'.repeat(Number(path.slice(1)) || 2)),
).listen();
t.teardown(() => behind.close());
const body = Buffer.alloc(300_000, 'abcdefg');

/** Many requests of several kinds at once, from clients of both protocols. */
async function exercise(t: Test, port: number, posts = true): Promise<void> {
  const client = new H2Client(port);
  const bad: string[] = [];
  const check = (what: string, good: boolean): void => {
    if (!good) bad.push(what);
  };
  await Promise.all(
    Array.from({ length: 8 }, async (_, lane) => {
      for (let i = 0; i < 10; i++) {
        const size = [2, 1000, 100_000, 1_000_000][(lane + i) % 4] as number;
        const reply = await client.call(`/${size}`, { headers: plainGet });
        check(`GET ${size}: ${status(reply)} ${reply.body.length}`, reply.body.length === size);
        if (posts) {
          const echoed = await client.call('/post', { body: [body] });
          check(`POST: ${status(echoed)} ${echoed.body.length}`, echoed.body.equals(body));
        }
        const none = await client.call('/204', { headers: plainGet });
        check(`204: ${status(none)}`, status(none) === '204');
        const one = new Client(port).send(`HEAD /1000 HTTP/1.1\r\nhost: a\r\n\r\n`);
        const seen = await one.response(true);
        check(`HEAD: ${seen.line}`, seen.status === 200);
        one.close();
        // Given up in the middle.
        const stream = client.session.request({ ':path': '/1000000' });
        stream.on('error', () => undefined);
        stream.once('data', () => stream.close(8));
        stream.resume();
      }
    }),
  );
  t.same(bad, []);
  client.close();
}

t.test('nghttpx', { skip: !has('nghttpx') }, async (t) => {
  const port = await freePort();
  const args = ['-f', `127.0.0.1,${port};no-tls`, '-b', `127.0.0.1,${behind.port}`, '-n1', '--no-ocsp'];
  const nghttpx = new Running('nghttpx', [...args, '-L', 'ERROR', '--conf=/dev/null']);
  t.teardown(() => nghttpx.stop());
  await nghttpx.listening(port);
  const proxy = await proxyTo(t, port);
  await exercise(t, proxy.port);
});

t.test('HAProxy', { skip: !has('haproxy') }, async (t) => {
  const port = await freePort();
  const conf = join(dir.path, 'haproxy.cfg');
  writeFileSync(
    conf,
    `defaults
  mode http
  timeout client 30s
  timeout server 30s
  timeout connect 5s
listen l
  bind 127.0.0.1:${port} proto h2
  server s 127.0.0.1:${behind.port}
`,
  );
  const haproxy = new Running('haproxy', ['-db', '-f', conf]);
  t.teardown(() => haproxy.stop());
  await haproxy.listening(port);
  const proxy = await proxyTo(t, port);
  await exercise(t, proxy.port);
});

t.test('h2o', { skip: !has('h2o') }, async (t) => {
  const port = await freePort();
  const conf = join(dir.path, 'h2o.conf');
  writeFileSync(
    conf,
    `listen: { host: 127.0.0.1, port: ${port} }
error-log: ${dir.path}/h2o.log
num-threads: 1
hosts:
  default:
    paths:
      /:
        proxy.reverse.url: http://127.0.0.1:${behind.port}/
        proxy.timeout.io: 30000
`,
  );
  const h2o = new Running('h2o', ['-c', conf]);
  t.teardown(() => h2o.stop());
  await h2o.listening(port);
  const proxy = await proxyTo(t, port);
  await exercise(t, proxy.port);
});

t.test('nginx, which ends a connection after some requests', { skip: !has('nginx') }, async (t) => {
  const port = await freePort();
  const conf = join(dir.path, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (n) => `${n}_temp_path ${dir.path};`,
  );
  writeFileSync(
    conf,
    `daemon off; master_process off; pid ${dir.path}/nginx.pid; error_log ${dir.path}/nginx.log;
events {}
http {
  access_log off; ${temporary.join(' ')}
  client_max_body_size 0; keepalive_requests 25;
  server {
    listen 127.0.0.1:${port} http2;
    location / { proxy_pass http://127.0.0.1:${behind.port}; proxy_http_version 1.1; }
  }
}
`,
  );
  const nginx = new Running('nginx', ['-c', conf, '-e', `${dir.path}/nginx.log`]);
  t.teardown(() => nginx.stop());
  await nginx.listening(port);
  const proxy = await proxyTo(t, port);
  // A body that was sent cannot be sent again: only what can be is asked.
  await exercise(t, proxy.port, false);
  t.ok((await proxy.stat('cluster.host.upstream_cx_close_notify')) > 0, 'nginx has sent GOAWAY');
});

t.test('node:http2', async (t) => {
  const origin = await new H2Origin((stream, _request, fields) => {
    const path = String(fields[':path']);
    if (path === '/204') return stream.respond({ ':status': 204 }, { endStream: true });
    stream.respond({ ':status': 200 });
    if (fields[':method'] === 'POST') stream.pipe(stream);
    else stream.end(fields[':method'] === 'HEAD' ? undefined : 'x'.repeat(Number(path.slice(1)) || 2));
  }, LARGE).listen();
  t.teardown(() => origin.close());
  await exercise(t, (await proxyTo(t, origin.port)).port);
});

t.test('grpc-js: unary calls and streams', async (t) => {
  const grpc = createRequire(import.meta.url)('@grpc/grpc-js') as typeof import('@grpc/grpc-js');
  const bytes = { serialize: (b: Buffer): Buffer => b, deserialize: (b: Buffer): Buffer => b };
  const method = (path: string, stream: boolean) => ({
    path,
    requestStream: stream,
    responseStream: stream,
    requestSerialize: bytes.serialize,
    requestDeserialize: bytes.deserialize,
    responseSerialize: bytes.serialize,
    responseDeserialize: bytes.deserialize,
  });
  const server = new grpc.Server();
  server.addService(
    { unary: method('/s/unary', false), stream: method('/s/stream', true) },
    {
      unary: (call: { request: Buffer }, done: (error: null, value: Buffer) => void) =>
        done(null, call.request),
      stream: (call: NodeJS.ReadWriteStream) => {
        call.on('data', (data) => call.write(data));
        call.on('end', () => call.end());
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  t.teardown(() => server.forceShutdown());
  const proxy = await proxyTo(t, port);
  const client = new H2Client(proxy.port);
  const replies = await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      client.call(i % 2 ? '/s/unary' : '/s/stream', {
        body: i % 2 ? [message(`m${i}`)] : [message('a'), message('b'.repeat(70_000)), message('c')],
      }),
    ),
  );
  for (const [i, reply] of replies.entries()) {
    t.equal(fieldOf(reply.trailers, 'grpc-status'), '0');
    t.equal(reply.body.length, i % 2 ? message(`m${i}`).length : 15 + 70_002);
  }
  client.close();
});
