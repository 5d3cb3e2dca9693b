import type { ConfigSource } from '../config/payload.ts';

/**
 * TLS contexts as bytes for the data plane: a list of parts, each a tag, a length and so many bytes.
 * native/tls/spec.h reads them and has the same tags.
 */
export const TAG = {
  /** Stands for those of a secret; never in what the data plane reads. */
  Secret: 0,
  Client: 1,
  MinVersion: 2,
  MaxVersion: 3,
  Ciphers: 4,
  Groups: 5,
  SignatureAlgorithms: 6,
  Alpn: 7,
  Certificate: 10,
  PrivateKey: 11,
  Password: 12,
  Pkcs12: 13,
  TrustedCa: 20,
  Crl: 21,
  Flags: 22,
  MaxDepth: 23,
  Spki: 24,
  CertificateHash: 25,
  SanMatcher: 26,
  TicketKey: 30,
  SessionTimeout: 31,
  Sni: 40,
  MaxSessionKeys: 41,
  KeyLog: 50,
  KeyLogLocal: 51,
  KeyLogRemote: 52,
  SanType: 100,
  SanExact: 101,
  SanPrefix: 102,
  SanSuffix: 103,
  SanContains: 104,
  SanRegex: 105,
  SanIgnoreCase: 106,
  SanOid: 107,
} as const;

/** Bits of TAG.Flags. */
export const FLAG = {
  RequireClientCertificate: 1,
  AcceptUntrusted: 2,
  AllowExpired: 4,
  OnlyLeafCrl: 8,
  NoStatelessResumption: 16,
  NoStatefulResumption: 32,
  AutoHostSni: 64,
  AutoSanValidation: 128,
  PreferClientCiphers: 256,
  AllowRenegotiation: 512,
  EnforceRsaKeyUsage: 1024,
  FullScan: 2048,
  SuppressCaList: 4096,
} as const;

/** What a secret service is asked for. */
export type SecretRef = {
  readonly name: string;
  readonly source: ConfigSource;
  readonly kind: SecretKind;
};
/** Of envoy.extensions.transport_sockets.tls.v3.Secret, what it has to hold in a place. */
export type SecretKind = 'certificate' | 'validation' | 'tickets';

/** One part: its bytes, or the file that has them, or the secret that the parts come from that belong here. */
export type TlsPart = {
  readonly tag: number;
  readonly bytes?: Uint8Array;
  readonly file?: string;
  readonly secret?: SecretRef;
};

const encoder = new TextEncoder();

export const textPart = (tag: number, value: string): TlsPart => ({ tag, bytes: encoder.encode(value) });

export function numberPart(tag: number, value: number): TlsPart {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return { tag, bytes };
}

/** The parts as the data plane reads them. `read` throws for a file that is not there. */
export function encodeParts(parts: readonly TlsPart[], read: (path: string) => Uint8Array): Uint8Array {
  const values = parts.map(
    ({ bytes, file }) => bytes ?? (file === undefined ? new Uint8Array() : read(file)),
  );
  const spec = new Uint8Array(values.reduce((sum, { length }) => sum + 8 + length, 0));
  const view = new DataView(spec.buffer);
  let at = 0;
  for (const [i, value] of values.entries()) {
    view.setUint32(at, parts[i]?.tag ?? 0, true);
    view.setUint32(at + 4, value.length, true);
    spec.set(value, at + 8);
    at += 8 + value.length;
  }
  return spec;
}
