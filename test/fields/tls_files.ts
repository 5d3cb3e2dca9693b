/** Certificates and keys of listeners: where they come from. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Pair, pem } from '../e2e/certificates.ts';
import { eventually, type Fields } from '../e2e/support.ts';
import { files as pairOf } from '../e2e/tls_support.ts';
import { type Case, of, type See } from './support.ts';
import { place, swap } from './swap.ts';
import { certificates, type Context, credentials, inbound, peerName, TLS, tlsStatus } from './tls_support.ts';

const COMMON = `${TLS}.CommonTlsContext`;
const CERTIFICATE = `${TLS}.TlsCertificate`;
const VALIDATION = `${TLS}.CertificateValidationContext`;

/** `see` again and again, until it sees what it has to after the swap. */
const afterSwap =
  (files: string, name: string, see: See, seen: unknown): See =>
  async (view) => {
    const before = await see(view);
    swap(files, name);
    await eventually('what replaces it', async () => (await see(view)) === seen);
    return before;
  };

export function fileCases(folder: string): Case[] {
  const { server, other } = certificates();
  const password = { inline_string: 'secret' };
  const of1 = (certificate: Fields): Context => ({ pairs: [], common: { tls_certificates: [certificate] } });
  const live = (name: string): string => join(folder, name, 'live');
  return [
    inbound(
      [...of(COMMON, 'tls_certificates'), ...of(CERTIFICATE, 'certificate_chain private_key')],
      of1(pairOf(other)),
      of1(pairOf(server)),
      peerName,
      'b.example',
      'a.example',
    ),
    inbound(
      of(CERTIFICATE, 'pkcs12'),
      of1({ pkcs12: { filename: join(folder, 'other.p12') }, password }),
      of1(pairOf(server)),
      peerName,
      'b.example',
      'a.example',
    ),
    // Without the password the key cannot be read: nothing would start.
    inbound(
      of(CERTIFICATE, 'password'),
      of1({ ...pairOf(other), private_key: { filename: join(folder, 'locked.key') }, password }),
      undefined,
      peerName,
      'b.example',
    ),
    inbound(
      of(CERTIFICATE, 'watched_directory'),
      of1({
        ...pairOf({ cert: join(live('certificate'), 'cert'), key: join(live('certificate'), 'key') }),
        watched_directory: { path: join(folder, 'certificate') },
      }),
      undefined,
      afterSwap(folder, 'certificate', peerName, 'b.example'),
      'a.example',
    ),
    inbound(
      of(VALIDATION, 'watched_directory'),
      {
        own: { require_client_certificate: true },
        common: {
          validation_context: {
            trusted_ca: { filename: join(live('trust'), 'ca') },
            watched_directory: { path: join(folder, 'trust') },
          },
        },
      },
      undefined,
      afterSwap(folder, 'trust', tlsStatus(credentials(certificates().foreign)), 200),
      'refused',
    ),
  ];
}

/** The files that cases are made of. */
export function prepareFiles(folder: string): void {
  const { server, other, authority, stranger } = certificates();
  const pass = ['-passout', 'pass:secret'];
  const run = (args: string[]): void => void execFileSync('openssl', args, { stdio: 'ignore' });
  run(['ec', '-in', other.key, '-out', join(folder, 'locked.key'), '-aes256', ...pass]);
  run([
    ...['pkcs12', '-export', '-in', other.cert, '-inkey', other.key],
    ...['-out', join(folder, 'other.p12'), ...pass],
  ]);
  const both = (pair: Pair) => ({ cert: pem(pair.cert), key: pem(pair.key) });
  place(folder, 'certificate', [both(server), both(other)]);
  place(folder, 'trust', [{ ca: pem(authority.ca) }, { ca: pem(stranger.ca) }]);
}
