// Secrets that stand in the bootstrap: certificates, authorities and ticket keys by name, on both sides of the proxy,
// through the real Envoy and through this proxy. Skipped where Envoy's binary is absent.
// observes: envoy.config.bootstrap.v3.Bootstrap.StaticResources: secrets
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import t from 'tap';
import { Authority } from '../e2e/certificates.ts';
import {
  cluster,
  eventually,
  type Fields,
  folder,
  get,
  listener,
  routes,
  toCluster,
} from '../e2e/support.ts';
import { downstream, files, secured, TlsClient, upstream } from '../e2e/tls_support.ts';
import { envoyBinary } from '../stats/real_envoy.ts';
import { bothSides } from './side.ts';

if (envoyBinary() === undefined) {
  t.pass("skipped: the real Envoy is not installed (ENVOY_BIN, or the Python package 'envoy')");
  process.exit(0);
}
t.setTimeout(60_000);
const authority = new Authority();
const stranger = new Authority('Stranger');
const dir = folder();
const server = authority.issue('test.example', { san: 'DNS:test.example' });
const client = authority.issue('client', { san: 'DNS:client.example' });
const other = stranger.issue('client', { san: 'DNS:client.example' });
const keys = join(dir.path, 'ticket.key');
writeFileSync(keys, randomBytes(80));
const pem = (path: string): Buffer => readFileSync(path);

/** An origin that takes only the client certificate of our authority. */
const origin = createServer(
  { cert: pem(server.cert), key: pem(server.key), ca: pem(authority.ca), requestCert: true },
  (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => {
      const who = String(socket.getPeerCertificate().subject?.CN ?? 'nobody');
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${who.length}\r\n\r\n${who}`);
    });
  },
);
await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
const port = (origin.address() as { port: number }).port;
t.teardown(() => {
  origin.close();
  authority.remove();
  stranger.remove();
  dir.remove();
});

const trusted = (ca: string): Fields => ({ trusted_ca: { filename: ca } });
const named = (name: string): Fields => ({ name });
const SECRETS: Fields[] = [
  { name: 'server', tls_certificate: files(server) },
  { name: 'client', tls_certificate: files(client) },
  { name: 'ours', validation_context: trusted(authority.ca) },
  { name: 'keys', session_ticket_keys: { keys: [{ filename: keys }] } },
];

const sides = await bothSides(t, dir, ['plain', 'mutual', 'combined'], (admin, ports) => {
  const table = routes([toCluster('origin')]);
  const certificate = { tls_certificate_sds_secret_configs: [named('server')] };
  return {
    admin: { address: { socket_address: { address: '127.0.0.1', port_value: admin } } },
    static_resources: {
      secrets: SECRETS,
      listeners: [
        secured(
          listener('plain', ports.plain, { route_config: table }),
          downstream([], certificate, { session_ticket_keys_sds_secret_config: named('keys') }),
        ),
        secured(
          listener('mutual', ports.mutual, { route_config: table }),
          downstream(
            [],
            { ...certificate, validation_context_sds_secret_config: named('ours') },
            { require_client_certificate: true },
          ),
        ),
        secured(
          listener('combined', ports.combined, { route_config: table }),
          downstream(
            [],
            {
              ...certificate,
              combined_validation_context: {
                // The authority of the secret goes before this one.
                default_validation_context: {
                  ...trusted(stranger.ca),
                  match_typed_subject_alt_names: [{ san_type: 'DNS', matcher: { exact: 'client.example' } }],
                },
                validation_context_sds_secret_config: named('ours'),
              },
            },
            { require_client_certificate: true },
          ),
        ),
      ],
      clusters: [
        cluster('origin', [port], {
          transport_socket: upstream({
            tls_certificate_sds_secret_configs: [named('client')],
            validation_context_sds_secret_config: named('ours'),
          }),
        }),
      ],
    },
  };
});

async function visit(at: number, pair?: { cert: string; key: string }): Promise<string> {
  const options = pair === undefined ? {} : { cert: pem(pair.cert), key: pem(pair.key) };
  const visitor = new TlsClient(at, { servername: 'test.example', ca: pem(authority.ca), ...options });
  visitor.socket.on('secureConnect', () => visitor.socket.write(get('/')));
  await eventually('an answer or an end', () => visitor.ended || /\r\n\r\n./s.test(visitor.have.toString()));
  const text = visitor.have.toString();
  visitor.socket.destroy();
  return text === '' ? 'refused' : `${text.slice(9, 12)} ${text.slice(text.indexOf('\r\n\r\n') + 4)}`;
}

t.test('who is let in, and who the origin sees', async (t) => {
  for (const [at, pair] of [
    ['plain', undefined],
    ['mutual', undefined],
    ['mutual', client],
    ['mutual', other],
    ['combined', client],
    ['combined', server],
    ['combined', other],
  ] as const) {
    const [theirs, ours] = await Promise.all(sides.map(({ ports }) => visit(ports[at], pair)));
    t.equal(ours, theirs, `${at}: ${ours}`);
  }
  t.equal(await visit(sides[1].ports.mutual, client), '200 client');
  t.equal(await visit(sides[1].ports.mutual, other), 'refused');
});

t.test('/config_dump has them, without what is secret', async (t) => {
  const [theirs, ours] = await Promise.all(
    sides.map(async ({ admin }) => {
      const answer = await fetch(`http://127.0.0.1:${admin}/config_dump?resource=static_secrets`);
      const { configs } = (await answer.json()) as { configs: { name: string; last_updated?: string }[] };
      for (const each of configs) each.last_updated = '';
      return configs.sort((a, b) => a.name.localeCompare(b.name));
    }),
  );
  t.same(ours, theirs);
  t.ok((ours ?? []).length >= 4);
});
