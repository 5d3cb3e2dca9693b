// Sessions of clients that come again, several certificates, ALPN, the key log.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import t from 'tap';
import { Authority, pem } from './certificates.ts';
import { eventually, type Fields, freePort, get, type Json, listener, start } from './support.ts';
import { downstream, refusedTls, secured, TlsClient } from './tls_support.ts';

const authority = new Authority();
t.teardown(() => authority.remove());
const leaf = authority.issue('test.example');
const reply: Fields = {
  route_config: {
    virtual_hosts: [
      {
        name: 'v',
        domains: ['*'],
        routes: [{ match: { prefix: '/' }, direct_response: { status: 200, body: { inline_string: 'ok' } } }],
      },
    ],
  },
};

type Teardown = { teardown(fn: () => Promise<void>): void };

async function proxy(t: Teardown, sockets: Record<string, Json>, args: string[] = []) {
  const ports: Record<string, number> = {};
  for (const name of Object.keys(sockets)) ports[name] = await freePort();
  const listeners = Object.entries(sockets).map(([name, socket]) =>
    secured(listener(name, ports[name] as number, reply), socket),
  );
  const running = await start({ static_resources: { listeners } }, Object.values(ports), args);
  t.teardown(() => running.stop());
  return (name: string) => ports[name] as number;
}

/** Connects, asks, and answers whether the session was resumed and what to resume next. */
async function visit(
  port: number,
  options: ConnectionOptions,
): Promise<{ reused: boolean; session?: Buffer | undefined }> {
  const client = new TlsClient(port, { servername: 'test.example', ...options }).send(get('/'));
  try {
    await client.response();
    const reused = client.socket.isSessionReused();
    if (client.sessions.length === 0) await new Promise((resolve) => setImmediate(resolve));
    return { reused, session: client.sessions.at(-1) ?? client.socket.getSession() };
  } finally {
    client.close();
  }
}

async function resumes(
  port: number,
  again = port,
  version: 'TLSv1.2' | 'TLSv1.3' = 'TLSv1.3',
): Promise<boolean> {
  const options = { minVersion: version, maxVersion: version };
  const { session } = await visit(port, options);
  return (await visit(again, session === undefined ? options : { ...options, session })).reused;
}

t.test('resumption: what is switched on and off', async (t) => {
  const key = (name: string, byte: string): string => {
    const path = join(authority.folder, name);
    writeFileSync(path, byte.repeat(80));
    return path;
  };
  const [one, two] = [key('one.key', '1'), key('two.key', '2')];
  const keys = (...files: string[]): Fields => ({
    session_ticket_keys: { keys: files.map((filename) => ({ filename })) },
  });
  const at = await proxy(
    t,
    {
      plain: downstream([leaf]),
      stateless_only: downstream([leaf], {}, { disable_stateful_session_resumption: true }),
      stateful_only: downstream([leaf], {}, { disable_stateless_session_resumption: true }),
      none: downstream(
        [leaf],
        {},
        { disable_stateless_session_resumption: true, disable_stateful_session_resumption: true },
      ),
      keyed: downstream([leaf], {}, keys(one)),
      rotated: downstream([leaf], {}, keys(two, one)),
      other: downstream([leaf], {}, keys(two)),
    },
    ['--concurrency', '2'],
  );
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const name of ['plain', 'stateless_only', 'stateful_only', 'keyed']) {
      t.equal(await resumes(at(name), undefined, version), true, `${name} ${version}`);
    }
    t.equal(await resumes(at('none'), undefined, version), false, `none ${version}`);
    t.equal(await resumes(at('keyed'), at('rotated'), version), true, 'a key that is not the first opens');
    t.equal(await resumes(at('keyed'), at('other'), version), false, 'a key that is not there does not');
    t.equal(await resumes(at('plain'), at('keyed'), version), false);
  }
});

t.test('of several certificates the one for the name and the client', async (t) => {
  const rsa = authority.issue('test.example', { rsa: true });
  const other = authority.issue('other.example', { san: 'DNS:other.example,DNS:*.wild.example' });
  const at = await proxy(t, { many: downstream([rsa, leaf, other]) });
  const seen = async (servername: string, options: ConnectionOptions = {}): Promise<string> => {
    const client = new TlsClient(at('many'), { servername, ...options }).send(get('/'));
    await client.response();
    const { subject, asn1Curve } = client.socket.getPeerCertificate();
    client.close();
    return `${subject.CN} ${asn1Curve === undefined ? 'RSA' : 'EC'}`;
  };
  t.equal(await seen('test.example'), 'test.example EC', 'ECDSA for a client that takes it');
  t.equal(await seen('test.example', { sigalgs: 'rsa_pss_rsae_sha256' }), 'test.example RSA');
  t.equal(await seen('other.example'), 'other.example EC');
  t.equal(await seen('a.wild.example'), 'other.example EC');
  t.equal(await seen('TEST.EXAMPLE'), 'test.example EC');
});

t.test('ALPN, versions and ciphers', async (t) => {
  const log = join(authority.folder, 'keys.log');
  const params = (tls_params: Fields): Fields => ({ tls_params });
  const at = await proxy(t, {
    alpn: downstream([leaf], { alpn_protocols: ['h2', 'http/1.1'] }),
    old: downstream(
      [leaf],
      params({
        tls_minimum_protocol_version: 'TLSv1_0',
        tls_maximum_protocol_version: 'TLSv1_1',
        cipher_suites: ['ECDHE-ECDSA-AES128-SHA'],
      }),
    ),
    twelve: downstream(
      [leaf],
      params({ tls_maximum_protocol_version: 'TLSv1_2', cipher_suites: ['ECDHE-ECDSA-AES256-GCM-SHA384'] }),
    ),
    logged: downstream([leaf], { key_log: { path: log } }),
  });
  const on = async (name: string, options: ConnectionOptions = {}) => {
    const client = new TlsClient(at(name), options).send(get('/'));
    await client.response();
    const { socket } = client;
    const found = {
      alpn: socket.alpnProtocol,
      version: socket.getProtocol(),
      cipher: socket.getCipher().name,
    };
    client.close();
    return found;
  };
  t.match(await on('alpn', { ALPNProtocols: ['http/1.1'] }), { alpn: 'http/1.1' });
  t.match(await on('alpn', { ALPNProtocols: ['x'] }), { alpn: false });
  t.match(await on('old', { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }), { version: 'TLSv1.1' });
  t.match(await on('twelve'), { version: 'TLSv1.2', cipher: 'ECDHE-ECDSA-AES256-GCM-SHA384' });
  t.match(await refusedTls(at('twelve'), get('/'), { minVersion: 'TLSv1.3' }), /./);
  await on('logged');
  await eventually(
    'the key log',
    () => existsSync(log) && /^SERVER_TRAFFIC_SECRET_0 /m.test(readFileSync(log, 'utf8')),
  );
});

t.test('certificates as text, from the environment, with a password', async (t) => {
  const { execFileSync } = await import('node:child_process');
  const locked = join(authority.folder, 'locked.key');
  execFileSync('openssl', ['ec', '-in', leaf.key, '-out', locked, '-aes256', '-passout', 'pass:secret'], {
    stdio: 'ignore',
  });
  const p12 = join(authority.folder, 'leaf.p12');
  execFileSync('openssl', [
    'pkcs12',
    '-export',
    '-in',
    leaf.cert,
    '-inkey',
    leaf.key,
    '-out',
    p12,
    '-passout',
    'pass:secret',
  ]);
  process.env.ATTACHE_TEST_CERT = pem(leaf.cert);
  const of = (certificate: Fields): Fields => downstream([], { tls_certificates: [certificate] });
  const password = { inline_string: 'secret' };
  const at = await proxy(t, {
    text: of({
      certificate_chain: { inline_string: pem(leaf.cert) },
      private_key: { inline_bytes: Buffer.from(pem(leaf.key)).toString('base64') },
    }),
    env: of({
      certificate_chain: { environment_variable: 'ATTACHE_TEST_CERT' },
      private_key: { filename: leaf.key },
    }),
    password: of({ certificate_chain: { filename: leaf.cert }, private_key: { filename: locked }, password }),
    pkcs12: of({ pkcs12: { filename: p12 }, password }),
  });
  for (const name of ['text', 'env', 'password', 'pkcs12']) {
    const client = new TlsClient(at(name), { ca: pem(authority.ca), servername: 'test.example' }).send(
      get('/'),
    );
    t.equal((await client.response()).status, 200, name);
    t.equal(client.socket.authorized, true);
    client.close();
  }
});
