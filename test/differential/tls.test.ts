// TLS of clients, the same file and certificates through the real Envoy and through this proxy: who is
// let in, which statistic says why not, x-forwarded-client-cert in every mode, the operators of access
// logs. Skipped where Envoy's binary is absent.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Authority, type IssueOptions, type Pair, pem } from '../e2e/certificates.ts';
import {
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
  Running,
  routes,
  sent,
  start,
  toCluster,
} from '../e2e/support.ts';
import { downstream, secured, TlsClient } from '../e2e/tls_support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';

const binary = envoyBinary();
if (binary === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}

t.setTimeout(180_000);
const authority = new Authority();
const stranger = new Authority('Stranger');
const dir = folder();
const origin = await new Origin(() => answer()).listen();
t.teardown(async () => {
  await origin.close();
  authority.remove();
  stranger.remove();
  dir.remove();
});

const server = authority.issue('test.example', { san: 'DNS:test.example,URI:spiffe://test/server' });
const issue = (options: IssueOptions = {}): Pair =>
  authority.issue('client', {
    san: 'URI:spiffe://test/client,DNS:client.example,DNS:b.example,email:a@b.example,IP:10.0.0.1',
    ...options,
  });
/** The same certificate with another signature, which is none of its issuer. */
function forged({ cert, key }: Pair): Pair {
  const der = Buffer.from(pem(cert).replace(/-----[^-]+-----|\s/g, ''), 'base64');
  der[der.length - 1] = (der.at(-1) as number) ^ 1;
  const path = join(dir.path, 'forged.pem');
  const lines = der.toString('base64').replace(/.{64}/g, '$&\n');
  writeFileSync(path, `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`);
  return { cert: path, key };
}
const clients: Record<string, Pair | undefined> = {
  none: undefined,
  good: issue({ subject: '/O=A \\"B\\"/CN=client' }),
  plain: authority.issue('client', { san: '' }),
  other_name: authority.issue('other', { san: 'URI:spiffe://test/other,DNS:other.example' }),
  expired: issue({ days: -1 }),
  server_only: issue({ usage: 'serverAuth' }),
  foreign: stranger.issue('client', { san: 'URI:spiffe://test/client,DNS:client.example' }),
  revoked: issue(),
  nul: authority.issue('nul', { rawName: 'client.example\0.evil.example' }),
  forged: forged(issue()),
};
const crl = authority.revoke(clients.revoked as Pair);
const ca = { trusted_ca: { filename: authority.ca } };
const san = (san_type: string, matcher: Fields): Fields => ({
  ...ca,
  match_typed_subject_alt_names: [{ san_type, matcher }],
});

/** Validation contexts of the clients. */
const validations: Record<string, [Fields | undefined, boolean]> = {
  nothing: [undefined, false],
  required_unchecked: [undefined, true],
  optional: [ca, false],
  required: [ca, true],
  expired: [{ ...ca, allow_expired_certificate: true }, true],
  untrusted: [{ ...ca, trust_chain_verification: 'ACCEPT_UNTRUSTED' }, true],
  revoked: [{ ...ca, crl: { filename: crl } }, true],
  uri: [san('URI', { exact: 'spiffe://test/client' }), true],
  uri_prefix: [san('URI', { prefix: 'spiffe://test/c' }), true],
  dns: [san('DNS', { exact: 'client.example' }), true],
  dns_suffix: [san('DNS', { suffix: '.example' }), true],
  ip: [san('IP_ADDRESS', { exact: '10.0.0.1' }), true],
  email: [san('EMAIL', { safe_regex: { regex: 'a@[a-z.]+' } }), true],
  depth: [{ ...ca, max_verify_depth: 0 }, true],
};
const modes = ['SANITIZE', 'FORWARD_ONLY', 'APPEND_FORWARD', 'SANITIZE_SET', 'ALWAYS_FORWARD_ONLY'];
const format = [
  'TLS_VERSION TLS_CIPHER PEER_SUBJECT PEER_ISSUER PEER_SERIAL PEER_FINGERPRINT_256 PEER_FINGERPRINT_1 PEER_CERT',
  'PEER_URI_SAN PEER_DNS_SAN PEER_IP_SAN PEER_EMAIL_SAN LOCAL_SUBJECT LOCAL_URI_SAN LOCAL_DNS_SAN LOCAL_IP_SAN',
  'LOCAL_EMAIL_SAN PEER_CERT_V_START PEER_CERT_V_END TRANSPORT_FAILURE_REASON',
]
  .join(' ')
  .split(' ')
  .map((name) => `${name}=%DOWNSTREAM_${name}%`)
  .join(' ');

type Ports = Record<string, number>;

function config(ports: Ports, admin: number, log: string): Fields {
  const at = (name: string, extra: Fields, socket: Fields): Fields =>
    secured(
      listener(
        name,
        ports[name] as number,
        { route_config: routes([toCluster('origin')]), ...extra },
        { stat_prefix: name },
      ),
      socket,
    );
  const access = fileLog(log);
  const logged = {
    ...access,
    typed_config: {
      ...(access.typed_config as Fields),
      log_format: { text_format_source: { inline_string: `%REQ(X-CASE)% ${format}\n` } },
    },
  };
  const checked = Object.entries(validations).map(([name, [context, required]]) =>
    at(
      name,
      {},
      downstream([server], context === undefined ? {} : { validation_context: context }, {
        require_client_certificate: required,
      }),
    ),
  );
  const details = { subject: true, cert: true, chain: true, dns: true, uri: true };
  const forwarded = modes.map((mode) =>
    at(
      mode,
      { forward_client_cert_details: mode, set_current_client_cert_details: details, access_log: [logged] },
      downstream([server], { validation_context: ca }),
    ),
  );
  return {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: { listeners: [...checked, ...forwarded], clusters: [cluster('origin', [origin.port])] },
  };
}

type Proxy = { readonly name: string; readonly ports: Ports; readonly admin: number; readonly log: string };

async function begin(name: string): Promise<Proxy> {
  const ports: Ports = {};
  for (const each of [...Object.keys(validations), ...modes]) ports[each] = await freePort();
  const admin = await freePort();
  const log = join(dir.path, `${name}.log`);
  const fields = config(ports, admin, log);
  const all = [...Object.values(ports), admin];
  if (name === 'attache') {
    const running = await start(fields, all);
    t.teardown(() => running.stop());
  } else {
    const file = dir.write('envoy.json', fields);
    const args = [
      '-c',
      file,
      '--concurrency',
      '1',
      '-l',
      'off',
      '--use-dynamic-base-id',
      '--file-flush-interval-msec',
      '50',
    ];
    const running = new Running(binary as string, args);
    t.teardown(() => running.stop());
    for (const port of all) await running.listening(port);
  }
  return { name, ports, admin, log };
}

const envoy = await begin('envoy');
const attache = await begin('attache');

async function stats(proxy: Proxy, prefix: string): Promise<Record<string, number>> {
  const text = await (
    await fetch(`http://127.0.0.1:${proxy.admin}/stats?filter=^listener.${prefix}.ssl.`)
  ).text();
  const found: Record<string, number> = {};
  for (const [, name = '', value] of text.matchAll(/\.ssl\.(\S+): (\d+)/g)) found[name] = Number(value);
  return found;
}

/** 'answered', or 'refused'. */
async function attempt(
  proxy: Proxy,
  where: string,
  pair: Pair | undefined,
  maxVersion: 'TLSv1.2' | 'TLSv1.3',
) {
  const client = new TlsClient(proxy.ports[where] as number, {
    servername: 'test.example',
    maxVersion,
    ...(pair === undefined ? {} : { cert: pem(pair.cert), key: pem(pair.key) }),
  });
  client.send(get('/', 'connection: close\r\n'));
  try {
    return (await client.response()).status === 200 ? 'answered' : 'refused';
  } catch {
    return 'refused';
  } finally {
    client.close();
  }
}

for (const where of Object.keys(validations)) {
  t.test(`who is let in: ${where}`, async (t) => {
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      for (const [who, pair] of Object.entries(clients)) {
        const theirs = await attempt(envoy, where, pair, version);
        const ours = await attempt(attache, where, pair, version);
        t.equal(ours, theirs, `${who} with ${version}`);
      }
    }
    // What depends on the order of lists only: who prefers which curve and cipher.
    const plain = (found: Record<string, number>) =>
      Object.fromEntries(Object.entries(found).filter(([name]) => !/^(ciphers|curves|sigalgs)/.test(name)));
    const theirs = plain(await stats(envoy, where));
    await eventually(
      'the same statistics',
      async () => {
        const ours = plain(await stats(attache, where));
        return JSON.stringify(ours) === JSON.stringify(theirs);
      },
      2000,
    ).catch(() => undefined);
    t.strictSame(plain(await stats(attache, where)), theirs, 'statistics');
  });
}

for (const mode of modes) {
  t.test(`x-forwarded-client-cert: ${mode}`, async (t) => {
    for (const who of ['none', 'good', 'plain', 'other_name']) {
      for (const given of ['', 'x-forwarded-client-cert: By=before\r\n']) {
        const seen: (string | undefined)[] = [];
        const name = `${mode}-${who}-${given.length}`;
        for (const proxy of [envoy, attache]) {
          const pair = clients[who];
          const client = new TlsClient(proxy.ports[mode] as number, {
            servername: 'test.example',
            maxVersion: 'TLSv1.2',
            ...(pair === undefined ? {} : { cert: pem(pair.cert), key: pem(pair.key) }),
          });
          client.send(get('/', `${given}x-case: ${name}\r\n`));
          t.equal((await client.response()).status, 200);
          client.close();
          seen.push(sent(origin.last, 'x-forwarded-client-cert'));
        }
        t.equal(seen[1], seen[0], `${who}${given === '' ? '' : ', one was given'}`);
      }
    }
  });
}

t.test('operators of access logs', async (t) => {
  const lines = (proxy: Proxy): string[] =>
    existsSync(proxy.log) ? readFileSync(proxy.log, 'utf8').trim().split('\n').sort() : [];
  const count = modes.length * 8;
  await eventually('the lines', () => lines(envoy).length === count && lines(attache).length === count);
  const ours = lines(attache);
  for (const [i, line] of lines(envoy).entries()) t.equal(ours[i], line);
});

t.test('/certs', async (t) => {
  const read = async ({ admin }: Proxy): Promise<string[]> => {
    const { certificates } = (await (await fetch(`http://127.0.0.1:${admin}/certs`)).json()) as {
      certificates: unknown[];
    };
    // Envoy has an entry for each context, here equal ones are one.
    return [...new Set(certificates.map((entry) => JSON.stringify(entry)))].sort();
  };
  t.strictSame(await read(attache), await read(envoy));
});
