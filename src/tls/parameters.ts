import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import { child, messages, number, text, texts } from '../tables/route_read.ts';
import type { Parts } from './data_source.ts';
import { TAG, numberPart, textPart } from './spec.ts';

/** envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol by number; 0 is TLS_AUTO. */
const VERSIONS = [0, 0x0301, 0x0302, 0x0303, 0x0304] as const;
export const TLS1_2 = 0x0303;
export const TLS1_3 = 0x0304;

/** As Envoy's defaults (without its groups of equal preference: the server prefers what the client does). */
const CIPHERS = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
];

/** `[A|B]:C`, BoringSSL's groups of equal preference, as a list. */
const flatten = (suites: readonly string[]): string[] =>
  suites.flatMap((suite) => suite.replace(/[[\]]/g, '').split(/[|:]/)).filter((name) => name !== '');

/** envoy.extensions.transport_sockets.tls.v3.TlsParameters, defaults filled in. */
export function parameterParts(params: Message | undefined, path: Path, parts: Parts): void {
  const of = <T>(read: (message: Message) => T, otherwise: T): T =>
    params === undefined ? otherwise : read(params);
  const lowest = VERSIONS[of((m) => number(m, 'tls_minimum_protocol_version'), 0)] || TLS1_2;
  const highest = VERSIONS[of((m) => number(m, 'tls_maximum_protocol_version'), 0)] || TLS1_3;
  if (lowest > highest) {
    parts.error([...path, 'tls_minimum_protocol_version'], 'the lowest version is above the highest');
  }
  parts.add(numberPart(TAG.MinVersion, lowest), [...path, 'tls_minimum_protocol_version']);
  parts.add(numberPart(TAG.MaxVersion, highest), [...path, 'tls_maximum_protocol_version']);
  const suites = flatten(of((m) => texts(m, 'cipher_suites'), []));
  parts.add(textPart(TAG.Ciphers, (suites.length > 0 ? suites : CIPHERS).join(':')), [
    ...path,
    'cipher_suites',
  ]);
  const curves = of((m) => texts(m, 'ecdh_curves'), []);
  if (curves.length > 0) parts.add(textPart(TAG.Groups, curves.join(':')), [...path, 'ecdh_curves']);
  const signatures = of((m) => texts(m, 'signature_algorithms'), []);
  if (signatures.length > 0) {
    parts.add(textPart(TAG.SignatureAlgorithms, signatures.map(signatureName).join(':')), [
      ...path,
      'signature_algorithms',
    ]);
  }
}

/** TLS's names (`rsa_pss_rsae_sha256`) as OpenSSL 3.0 takes them: some only as key and digest. */
function signatureName(name: string): string {
  const pkcs = /^(rsa)_pkcs1_(sha\d+)$/.exec(name);
  if (pkcs !== null) return `RSA+${(pkcs[2] as string).toUpperCase()}`;
  const ecdsa = /^ecdsa_(?:secp\d+r1_)?(sha\d+)$/.exec(name);
  return ecdsa === null ? name : `ECDSA+${(ecdsa[1] as string).toUpperCase()}`;
}

/** envoy.extensions.transport_sockets.tls.v3.TlsKeyLog */
export function keyLogParts(log: Message | undefined, path: Path, parts: Parts): void {
  if (log === undefined) return;
  parts.add(textPart(TAG.KeyLog, text(log, 'path')), [...path, 'path']);
  const ranges = (field: string, tag: number): void => {
    for (const [i, range] of messages(log, field).entries()) {
      const length = child(range, 'prefix_len');
      const value = `${text(range, 'address_prefix')}/${length === undefined ? 0 : number(length, 'value')}`;
      parts.add(textPart(tag, value), [...path, field, i]);
    }
  };
  ranges('local_address_range', TAG.KeyLogLocal);
  ranges('remote_address_range', TAG.KeyLogRemote);
}
