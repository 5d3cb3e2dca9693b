/** What the cases of TLS stand on: certificates, and what a client sees of a handshake. */
import { spawnSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { Authority, type Pair, pem } from '../e2e/certificates.ts';
import { type Fields, get, type Response } from '../e2e/support.ts';
import { downstream, TlsClient } from '../e2e/tls_support.ts';
import type { Case, Echoed, See } from './support.ts';

export const TLS = 'envoy.extensions.transport_sockets.tls.v3';

function make() {
  const [authority, stranger] = [new Authority(), new Authority('Stranger')];
  const below = new Authority('Intermediate', authority);
  const revoked = authority.issue('revoked.example');
  const leafBelow = below.issue('below.example');
  // The leaf with its issuer, as a client sends it.
  const chained = join(below.folder, 'chained.pem');
  writeFileSync(chained, pem(leafBelow.cert) + pem(below.ca));
  return {
    authority,
    stranger,
    below,
    server: authority.issue('a.example', { san: 'DNS:a.example,URI:spiffe://a' }),
    other: authority.issue('b.example'),
    rsa: authority.issue('a.example', { rsa: true }),
    client: authority.issue('client.example', { san: 'DNS:client.example,URI:spiffe://client' }),
    named: authority.issue('named.example', { san: 'otherName:1.2.3.4;UTF8:someone' }),
    expired: authority.issue('expired.example', { days: -1 }),
    foreign: stranger.issue('client.example'),
    noSignature: authority.issue('a.example', { rsa: true, keyUsage: 'keyEncipherment' }),
    revoked,
    crl: authority.revoke(revoked),
    // Of the leaf's issuer alone: the root has none in it.
    crlBelow: below.revoke(),
    chained: { cert: chained, key: leafBelow.key },
  };
}
let made: ReturnType<typeof make> | undefined;

/** All certificates, made when first asked for. */
export function certificates(): ReturnType<typeof make> {
  if (made === undefined) {
    const all = make();
    process.on('exit', () => {
      for (const each of [all.authority, all.stranger, all.below]) each.remove();
    });
    made = all;
  }
  return made;
}

export const ca = (): Fields => ({ trusted_ca: { filename: certificates().authority.ca } });

/** The two hashes that a certificate can be pinned by. */
export function hashes({ cert }: Pair): { spki: string; certificate: string } {
  const parsed = new X509Certificate(pem(cert));
  const of = (bytes: Buffer) => createHash('sha256').update(bytes);
  return {
    spki: of(parsed.publicKey.export({ type: 'spki', format: 'der' })).digest('base64'),
    certificate: of(parsed.raw).digest('hex'),
  };
}

export const credentials = ({ cert, key }: Pair): ConnectionOptions => ({ cert: pem(cert), key: pem(key) });

/** What is seen of an exchange over TLS; `refused` when there is no answer. */
export const exchange =
  (
    options: ConnectionOptions,
    part: (response: Response, socket: TLSSocket) => unknown,
    request = get('/'),
  ): See =>
  async ({ port }) => {
    const client = new TlsClient(port, { servername: 'a.example', ...options }).send(request);
    try {
      return part(await client.response(), client.socket);
    } catch (error) {
      // That nothing comes at all is another thing.
      if (!client.ended) throw error;
      return 'refused';
    } finally {
      client.close();
    }
  };

export const tlsStatus = (options: ConnectionOptions = {}): See => exchange(options, ({ status }) => status);
export const handshake = (options: ConnectionOptions, part: (socket: TLSSocket) => unknown): See =>
  exchange(options, (_, socket) => part(socket));
export const tlsEchoed = (
  options: ConnectionOptions,
  part: (echoed: Echoed) => unknown,
  request = get('/'),
): See => exchange(options, ({ body }) => part(JSON.parse(body.toString()) as Echoed), request);
export const peerName: See = handshake({}, (socket) => String(socket.getPeerCertificate().subject.CN));

/** What `openssl s_client` says of a listener. */
export const openssl =
  (args: string[], part: (text: string) => unknown): See =>
  ({ port }) => {
    const { stdout, stderr } = spawnSync('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...args], {
      input: get('/', 'connection: close\r\n'),
      encoding: 'latin1',
    });
    return part(stdout + stderr);
  };

/** Two DownstreamTlsContexts: fields of their CommonTlsContext, and their own. */
export type Context = { readonly common?: Fields; readonly own?: Fields; readonly pairs?: readonly Pair[] };
export function inbound(
  fields: string[],
  on: Context,
  off: Context | undefined,
  see: See,
  seen: unknown,
  unseen?: unknown,
): Case {
  const chain = ({ common, own, pairs }: Context): Fields => ({
    transport_socket: downstream([...(pairs ?? [certificates().server])], common, own),
  });
  const rest = off === undefined ? {} : { off: { chain: chain(off) }, unseen };
  return { fields, on: { chain: chain(on) }, ...rest, see, seen };
}
