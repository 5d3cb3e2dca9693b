// What scanners of TLS say of a listener with nothing but certificates set: sslscan, and, when asked for with
// ATTACHE_TESTSSL=1 because it takes minutes, testssl.sh. Of its findings those count that are about the proxy.
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t from 'tap';
import { Authority } from './certificates.ts';
import { folder, freePort, listener, routes, start } from './support.ts';
import { downstream, secured } from './tls_support.ts';

const run = promisify(execFile);
const has = (program: string): boolean => {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

t.setTimeout(1_800_000);
const authority = new Authority();
const dir = folder();
const port = await freePort();
const table = routes([{ match: { prefix: '/' }, direct_response: { status: 200 } }]);
const pairs = [
  authority.issue('localhost'),
  authority.issue('localhost', { rsa: true, san: 'DNS:localhost' }),
];
const proxy = await start(
  {
    static_resources: {
      listeners: [secured(listener('in', port, { route_config: table }), downstream(pairs))],
    },
  },
  [port],
);
t.teardown(async () => {
  await proxy.stop();
  authority.remove();
  dir.remove();
});

t.test('sslscan', { skip: !has('sslscan') && 'sslscan is not here' }, async (t) => {
  const { stdout } = await run('sslscan', ['--no-colour', `127.0.0.1:${port}`], { timeout: 200_000 });
  const protocols = [...stdout.matchAll(/^(\S+)\s+(enabled|disabled)$/gm)].map(
    ([, name, state]) => `${name} ${state}`,
  );
  t.same(
    protocols.sort(),
    [
      ...['SSLv2 disabled', 'SSLv3 disabled', 'TLSv1.0 disabled', 'TLSv1.1 disabled'],
      ...['TLSv1.2 enabled', 'TLSv1.3 enabled'],
    ].sort(),
  );
  t.match(stdout, /Session renegotiation not supported/);
  t.match(stdout, /Server supports TLS Fallback SCSV/);
  t.notMatch(stdout, /: vulnerable|\bvulnerable to heartbleed\n.*\bis vulnerable/);
  for (const version of ['1.2', '1.3']) t.match(stdout, `TLSv${version} not vulnerable to heartbleed`);
  const ciphers = [...stdout.matchAll(/^(?:Preferred|Accepted)\s+(\S+)\s+\d+ bits\s+(\S+)/gm)];
  t.ok(ciphers.length >= 6, `${ciphers.length} ciphers`);
  for (const [, version = '', name = ''] of ciphers)
    t.match(
      name,
      version === 'TLSv1.3' ? /^TLS_(AES|CHACHA20)_/ : /^ECDHE-.*(GCM|CHACHA20-POLY1305)/,
      version,
    );
});

/** Of the certificates of this test, of DNS, and of answers. */
const OF_OTHERS = /^(cert_|cert_.*|DNS_|HSTS|HPKP|security_headers|scan|overall|rating|grade)/;
const wanted = process.env.ATTACHE_TESTSSL === '1';
const skip = !wanted ? 'ATTACHE_TESTSSL=1 is not set' : !has('testssl') && 'testssl is not here';
t.test('testssl.sh', { skip }, async (t) => {
  const report = join(dir.path, 'testssl.json');
  const args = [
    '--quiet',
    '--color',
    '0',
    '--warnings',
    'off',
    '--add-ca',
    authority.ca,
    '--jsonfile',
    report,
  ];
  await run('testssl', [...args, `127.0.0.1:${port}`], { timeout: 1_700_000, maxBuffer: 1 << 26 }).catch(
    () => undefined,
  );
  const findings = JSON.parse(readFileSync(report, 'utf8')) as {
    id: string;
    severity: string;
    finding: string;
  }[];
  t.ok(findings.length > 100, `${findings.length} findings`);
  const above = findings.filter((f) => !['OK', 'INFO'].includes(f.severity) && !OF_OTHERS.test(f.id));
  t.same(above, []);
  t.ok(
    findings.some((f) => f.id === 'scanTime' && f.severity === 'INFO'),
    'the scan is complete',
  );
});
