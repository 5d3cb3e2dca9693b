import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { TAG, type TlsPart } from './spec.ts';

/** A certificate in use, as far as it is shown. Times in ms since the epoch. */
export type CertificateView = {
  readonly path: string;
  readonly serial: string;
  /** `dns` and so on, with the value. */
  readonly names: readonly (readonly [kind: string, value: string])[];
  readonly from: number;
  readonly until: number;
};

/** The certificates of a context; of a file with several the first, as in Envoy. */
export type ContextCertificates = {
  readonly ca: readonly CertificateView[];
  readonly chain: readonly CertificateView[];
};

type Crypto = typeof import('node:crypto');
/** Loaded when there are certificates to look at: a process without them does without. */
const crypto = (): Crypto => createRequire(import.meta.url)('node:crypto') as Crypto;

const KINDS: Readonly<Record<string, string>> = {
  DNS: 'dns',
  URI: 'uri',
  'IP Address': 'ip_address',
  email: 'email',
};

function viewOf(path: string, pem: Uint8Array): CertificateView | undefined {
  try {
    const { serialNumber, subjectAltName, validFrom, validTo } = new (crypto().X509Certificate)(pem);
    const names = (subjectAltName ?? '').split(', ').flatMap((entry) => {
      const at = entry.indexOf(':');
      const kind = KINDS[entry.slice(0, at)];
      return kind === undefined ? [] : [[kind, entry.slice(at + 1)] as const];
    });
    const serial = serialNumber.toLowerCase();
    return { path, serial, names, from: Date.parse(validFrom), until: Date.parse(validTo) };
  } catch {
    return undefined; // PKCS #12, or a file that is being replaced
  }
}

/** Reads them anew. */
export function certificatesOf(parts: readonly TlsPart[]): ContextCertificates {
  const all = (wanted: number): CertificateView[] =>
    parts.flatMap(({ tag, bytes, file }) => {
      if (tag !== wanted) return [];
      try {
        const pem = bytes ?? (file === undefined ? undefined : readFileSync(file));
        return (pem && viewOf(file ?? '<inline>', pem)) ?? [];
      } catch {
        return [];
      }
    });
  return { ca: all(TAG.TrustedCa), chain: all(TAG.Certificate) };
}
