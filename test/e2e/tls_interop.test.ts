// Other implementations on either side: curl and openssl as clients; nginx, openssl s_server and the real
// Envoy as origins, with client certificates. What is not installed is left out.
import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { envoyBinary } from '../stats/real_envoy.ts';
import { Authority } from './certificates.ts';
import {
  ask,
  cluster,
  type Fields,
  folder,
  freePort,
  get,
  listener,
  Running,
  routes,
  start,
  toCluster,
} from './support.ts';
import { downstream, files, secured, upstream } from './tls_support.ts';

const run = promisify(execFile);
const has = (program: string): boolean => {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const authority = new Authority();
const dir = folder();
t.teardown(() => {
  authority.remove();
  dir.remove();
});
const server = authority.issue('test.example');
const client = authority.issue('client.example');
const ca = { trusted_ca: { filename: authority.ca } };
const certificates = { validation_context: ca, tls_certificates: [files(client)] };
const direct: Fields = {
  virtual_hosts: [
    {
      name: 'v',
      domains: ['*'],
      routes: [
        { match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: 'answered' } } },
      ],
    },
  ],
};

t.test('curl with a client certificate', { skip: !has('curl') }, async (t) => {
  const port = await freePort();
  const socket = downstream([server], { validation_context: ca }, { require_client_certificate: true });
  const running = await start(
    { static_resources: { listeners: [secured(listener('in', port, { route_config: direct }), socket)] } },
    [port],
  );
  t.teardown(() => running.stop());
  const url = `https://test.example:${port}/`;
  const common = [
    '-sS',
    '--resolve',
    `test.example:${port}:127.0.0.1`,
    '--cacert',
    authority.ca,
    '--max-time',
    '10',
  ];
  const own = ['--cert', client.cert, '--key', client.key];
  for (const version of ['--tls-max', '--tlsv1.3']) {
    const args = version === '--tls-max' ? ['--tls-max', '1.2'] : [version];
    t.equal((await run('curl', [...common, ...own, ...args, url])).stdout, 'answered');
  }
  // Several requests on one connection, and its end.
  t.equal((await run('curl', [...common, ...own, url, url, url])).stdout, 'answered'.repeat(3));
  await t.rejects(run('curl', [...common, url]), 'without a certificate');
});

/** Asks through a proxy whose cluster is TLS on `origin`; with and without a client certificate. */
async function through(t: { teardown(fn: () => Promise<void>): void }, origin: number): Promise<number[]> {
  const port = await freePort();
  const to = (name: string, common: Fields): Fields =>
    cluster(name, [origin], {
      transport_socket: upstream(common, { sni: 'test.example', auto_sni_san_validation: true }),
    });
  const list = [toCluster('own', {}, { path: '/own' }), toCluster('none', {}, { path: '/none' })];
  const running = await start(
    {
      static_resources: {
        listeners: [listener('in', port, { route_config: routes(list) })],
        clusters: [to('own', certificates), to('none', { validation_context: ca })],
      },
    },
    [port],
  );
  t.teardown(() => running.stop());
  const statuses: number[] = [];
  for (const path of ['/own', '/own', '/none']) statuses.push((await ask(port, get(path))).status);
  return statuses;
}

t.test('nginx as the origin', { skip: !has('nginx') }, async (t) => {
  const port = await freePort();
  const conf = join(dir.path, 'nginx.conf');
  const { writeFileSync } = await import('node:fs');
  writeFileSync(
    conf,
    `daemon off; master_process off; pid ${dir.path}/nginx.pid; error_log ${dir.path}/nginx.log;
events {}
http {
  access_log off;
  client_body_temp_path ${dir.path}; proxy_temp_path ${dir.path}; fastcgi_temp_path ${dir.path};
  uwsgi_temp_path ${dir.path}; scgi_temp_path ${dir.path};
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${server.cert};
    ssl_certificate_key ${server.key};
    ssl_client_certificate ${authority.ca};
    ssl_verify_client on;
    location / { return 200 "nginx"; }
  }
}
`,
  );
  const nginx = new Running('nginx', ['-c', conf, '-e', `${dir.path}/nginx.log`]);
  t.teardown(() => nginx.stop());
  await nginx.listening(port);
  // nginx answers 400 itself to who has no certificate.
  t.strictSame(await through(t, port), [200, 200, 400]);
});

t.test('openssl s_server as the origin', async (t) => {
  const port = await freePort();
  const args = [
    's_server',
    '-accept',
    `127.0.0.1:${port}`,
    '-cert',
    server.cert,
    '-key',
    server.key,
    '-www',
    '-quiet',
  ];
  const openssl = new Running('openssl', [
    ...args,
    '-CAfile',
    authority.ca,
    '-Verify',
    '1',
    '-verify_return_error',
  ]);
  t.teardown(() => openssl.stop());
  await openssl.listening(port);
  t.strictSame(await through(t, port), [200, 200, 503]);
});

const envoy = envoyBinary();
t.test('the real Envoy as the origin', { skip: envoy === undefined }, async (t) => {
  const port = await freePort();
  const socket = downstream([server], { validation_context: ca }, { require_client_certificate: true });
  const file = dir.write('envoy.json', {
    static_resources: { listeners: [secured(listener('in', port, { route_config: direct }), socket)] },
  });
  const args = ['-c', file, '--concurrency', '1', '-l', 'off', '--use-dynamic-base-id'];
  const running = new Running(envoy as string, args);
  t.teardown(() => running.stop());
  await running.listening(port);
  t.strictSame(await through(t, port), [200, 200, 503]);
});
