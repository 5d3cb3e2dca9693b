import type { CertificateView } from '../../tls/certificates.ts';
import { type Handler, json } from '../reply.ts';

const DAY_MS = 86_400_000;
const time = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

/** envoy.admin.v3.CertificateDetails */
const details = ({ path, serial, names, from, until }: CertificateView) => ({
  path,
  serial_number: serial,
  subject_alt_names: names.flatMap(([kind, value]) =>
    kind === 'dns' || kind === 'uri' || kind === 'ip_address' ? [{ [kind]: value }] : [],
  ),
  days_until_expiration: String(Math.max(0, Math.floor((until - Date.now()) / DAY_MS))),
  valid_from: time(from),
  expiration_time: time(until),
});

/** Certificates in use: one entry for each TLS context. */
export const handle: Handler = ({ plane }) => {
  const certificates = [...plane.tls.active()].map(({ name }) => {
    const { ca, chain } = plane.tls.certificates(name) ?? { ca: [], chain: [] };
    return { ca_cert: ca.map(details), cert_chain: chain.map(details) };
  });
  return json({ certificates });
};
