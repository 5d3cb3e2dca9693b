// TLS of clients: handshakes, bodies of any size, closing, statistics, what is refused.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Authority, pem } from './certificates.ts';
import {
  accepts,
  answer,
  cluster,
  eventually,
  type Fields,
  fileLog,
  folder,
  freePort,
  get,
  listener,
  Origin,
  routes,
  sent,
  start,
  toCluster,
} from './support.ts';
import { askTls, downstream, refusedTls, secured, TlsClient } from './tls_support.ts';

const authority = new Authority();
const leaf = authority.issue('test.example');
t.teardown(() => authority.remove());

/** A proxy that terminates TLS with `socket` in front of one origin. */
async function proxy(
  t: { teardown(fn: () => Promise<void>): void },
  socket = downstream([leaf]),
  handler = () => answer(),
) {
  const origin = await new Origin(handler).listen();
  const [port, admin] = [await freePort(), await freePort()];
  const manager = { route_config: routes([toCluster('origin')]) };
  const running = await start(
    {
      admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
      static_resources: {
        listeners: [secured(listener('in', port, manager), socket)],
        clusters: [cluster('origin', [origin.port])],
      },
    },
    [port],
  );
  t.teardown(async () => {
    await running.stop();
    await origin.close();
  });
  const stats = async (name: string): Promise<number> => {
    const text = await (await fetch(`http://127.0.0.1:${admin}/stats?filter=${name}`)).text();
    return Number(new RegExp(`${name}: (\\d+)`).exec(text)?.[1] ?? -1);
  };
  return { origin, port, running, stats };
}

t.test('requests over TLS 1.3 and 1.2', async (t) => {
  const { origin, port, stats } = await proxy(t);
  for (const version of ['TLSv1.3', 'TLSv1.2'] as const) {
    const client = new TlsClient(port, {
      minVersion: version,
      maxVersion: version,
      ca: pem(authority.ca),
      servername: 'test.example',
    });
    for (let i = 0; i < 3; i++) t.equal((await client.send(get('/')).response()).status, 200);
    t.equal(client.socket.getProtocol(), version);
    t.equal(client.socket.authorizationError, null, 'the chain is good');
    client.close();
  }
  t.equal(sent(origin.last, 'x-forwarded-proto'), 'https');
  t.equal(await stats('ssl.handshake'), 2);
  t.equal(await stats('ssl.versions.TLSv1.2'), 1);
  t.equal(await stats('ssl.connection_error'), 0);
  t.equal(await stats('http.in.downstream_cx_ssl_total'), 2);
});

t.test('bodies of any size both ways', async (t) => {
  const size = 3_000_000;
  const big = Buffer.alloc(size, 'abcdefghij');
  const { origin, port } = await proxy(t, undefined, () => answer(big));
  for (const length of [0, 1, 16_383, 16_384, 16_385, 70_000, 1_000_000]) {
    const body = 'x'.repeat(length);
    const response = await askTls(port, get('/', `content-length: ${length}\r\n`) + body);
    t.equal(origin.last.body.length, length);
    t.ok(response.body.equals(big), `${length} bytes up, ${size} down`);
  }
});

t.test('pipelined requests, one byte in a record', async (t) => {
  const { port } = await proxy(t);
  const client = new TlsClient(port);
  for (const c of get('/a') + get('/b')) client.send(c);
  t.equal((await client.response()).status, 200);
  t.equal((await client.response()).status, 200);
  client.close();
});

t.test('the proxy says that it closes', async (t) => {
  const { port } = await proxy(t);
  // openssl tells of a connection that was cut; node:tls does not.
  const child = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-quiet', '-msg']);
  let output = '';
  child.stdout.on('data', (data: Buffer) => {
    output += data.toString('latin1');
  });
  child.stdin.write(get('/', 'connection: close\r\n'));
  await new Promise((resolve) => child.on('close', resolve));
  t.match(output, /<<< TLS 1.3, Alert \[length 0002\], warning close_notify/);
  t.match(output, /HTTP\/1.1 200 OK/);
});

t.test('what is no TLS is closed and counted', async (t) => {
  const { port, running, stats } = await proxy(t);
  t.match(await refusedTls(port, get('/'), { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' }), /./);
  const plain = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
  t.equal(plain, undefined);
  await eventually('the errors to be counted', async () => (await stats('ssl.connection_error')) >= 1);
  t.equal(await stats('ssl.handshake'), 0);
  t.equal((await askTls(port, get('/'))).status, 200, 'others are served');
  t.ok(running.alive);
});

t.test('a handshake that does not come ends after the timeout', async (t) => {
  const origin = await new Origin(() => answer()).listen();
  const port = await freePort();
  const manager = { route_config: routes([toCluster('origin')]) };
  const inside = secured(listener('in', port, manager), downstream([leaf]), {
    transport_socket_connect_timeout: '0.2s',
  });
  const running = await start(
    { static_resources: { listeners: [inside], clusters: [cluster('origin', [origin.port])] } },
    [port],
  );
  t.teardown(async () => {
    await running.stop();
    await origin.close();
  });
  const { Client } = await import('./support.ts');
  const silent = new Client(port);
  await silent.untilEnd();
  t.equal((await askTls(port, get('/'))).status, 200);
});

t.test('a certificate that is replaced is taken for new connections', async (t) => {
  const first = authority.issue('first.example');
  const second = authority.issue('second.example');
  const at = (name: string): string => join(authority.folder, name);
  const put = (name: string, from: string): void => {
    writeFileSync(at(`${name}.new`), pem(from));
    renameSync(at(`${name}.new`), at(name));
  };
  put('live.pem', first.cert);
  put('live.key', first.key);
  const { port } = await proxy(t, downstream([{ cert: at('live.pem'), key: at('live.key') }]));
  const subject = async (): Promise<string | undefined> => {
    const client = new TlsClient(port).send(get('/'));
    await client.response();
    const { CN } = client.socket.getPeerCertificate().subject;
    client.close();
    return String(CN);
  };
  t.equal(await subject(), 'first.example');
  const old = new TlsClient(port).send(get('/'));
  await old.response();
  put('live.pem', second.cert);
  t.equal(await subject(), 'first.example', 'a certificate without its key changes nothing');
  put('live.key', second.key);
  await eventually('the new certificate', async () => (await subject()) === 'second.example');
  t.equal((await old.send(get('/')).response()).status, 200, 'open connections go on');
  old.close();
});

t.test('certificates that cannot be used are located errors', async (t) => {
  const check = async (socket: ReturnType<typeof downstream>): Promise<string> => {
    const port = await freePort();
    const inside = secured(listener('in', port, { route_config: routes([]) }), socket);
    try {
      const running = await start({ static_resources: { listeners: [inside] } }, [port]);
      await running.stop();
      return '';
    } catch (error) {
      t.notOk(await accepts(port));
      return (error as Error).message;
    }
  };
  const certificate = 'common_tls_context.tls_certificates\\[0\\]';
  const other = authority.issue('other.example');
  t.match(
    await check(downstream([{ cert: '/nowhere.pem', key: leaf.key }])),
    new RegExp(`${certificate}.*/nowhere.pem`),
  );
  t.match(
    await check(downstream([{ cert: leaf.cert, key: other.key }])),
    /private_key.*not that of the certificate/,
  );
  t.match(
    await check(downstream([{ cert: leaf.key, key: leaf.key }])),
    /certificate_chain.*no PEM certificate/,
  );
  t.match(await check(downstream([])), /needs a certificate/);
  t.match(
    await check(downstream([leaf], { tls_params: { ecdh_curves: ['P-1'] } })),
    /ecdh_curves.*not known/,
  );
});

t.test('a handshake that fails is in the log of the listener', async (t) => {
  const dir = folder();
  const origin = await new Origin(() => answer()).listen();
  const port = await freePort();
  const log = join(dir.path, 'connections.log');
  const manager = { route_config: routes([toCluster('origin')]) };
  const access = fileLog(log);
  const inline_string =
    '%DOWNSTREAM_TRANSPORT_FAILURE_REASON% %PROTOCOL% %DOWNSTREAM_TLS_VERSION% %REQUESTED_SERVER_NAME%\n';
  const inspector = {
    name: 'envoy.filters.listener.tls_inspector',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector',
    },
  };
  const fields = {
    listener_filters: [inspector],
    access_log: [
      {
        ...access,
        typed_config: {
          ...(access.typed_config as Fields),
          log_format: { text_format_source: { inline_string } },
        },
      },
    ],
  };
  const inside = secured(listener('in', port, manager, fields), downstream([leaf]));
  const running = await start(
    { static_resources: { listeners: [inside], clusters: [cluster('origin', [origin.port])] } },
    [port],
    ['--file-flush-interval-msec', '50'],
  );
  t.teardown(async () => {
    await running.stop();
    await origin.close();
    dir.remove();
  });
  t.equal(await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined), undefined);
  t.equal((await askTls(port, get('/'), { servername: 'test.example' })).status, 200);
  const lines = await eventually('the lines', () => {
    const text = existsSync(log) ? readFileSync(log, 'utf8') : '';
    return text.includes('HTTP/1.1') ? text.split('\n') : undefined;
  });
  t.ok(
    lines.some((line) => /^TLS_error:\|\d+:SSL_routines:http_request:TLS_error_end - /.test(line)),
    lines.join('\n'),
  );
  t.ok(lines.includes('- HTTP/1.1 TLSv1.3 test.example'), lines.join('\n'));
});
