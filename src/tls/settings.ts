import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import {
  child,
  duration,
  flag,
  has,
  messages,
  text,
  texts,
  wrappedFlag,
  wrappedNumber,
} from '../tables/route_read.ts';
import { type PartContext, Parts } from './data_source.ts';
import { keyLogParts, parameterParts } from './parameters.ts';
import { FLAG, type SecretKind, TAG, numberPart, textPart } from './spec.ts';
import { validationParts } from './validation.ts';

const TICKET_KEY_BYTES = 80;
/** Protocols of ALPN that wait for their codec. */
const NOT_SPOKEN: ReadonlySet<string> = new Set(['h3']);

/** One TlsCertificate: its chain begins a new certificate in the data plane. */
export function certificateParts(certificate: Message, path: Path, parts: Parts): void {
  const watched = child(certificate, 'watched_directory');
  const pkcs12 = child(certificate, 'pkcs12');
  if (pkcs12 !== undefined) {
    parts.add({ tag: TAG.Certificate }, path);
    parts.source(TAG.Pkcs12, pkcs12, [...path, 'pkcs12'], watched);
  } else {
    const chain = child(certificate, 'certificate_chain');
    if (chain === undefined) {
      parts.error(path, 'the certificate is missing', 'certificate_chain');
      return;
    }
    parts.source(TAG.Certificate, chain, [...path, 'certificate_chain'], watched);
    const key = child(certificate, 'private_key');
    if (key === undefined) parts.error(path, 'the private key is missing', 'private_key');
    parts.source(TAG.PrivateKey, key, [...path, 'private_key'], watched);
  }
  parts.source(TAG.Password, child(certificate, 'password'), [...path, 'password']);
}

/**
 * What an envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig names: a secret that will be delivered or, without a
 * source, one of the bootstrap, which is as if it stood here. Answers flags.
 */
function secretParts(config: Message, kind: SecretKind, path: Path, parts: Parts): number {
  if (has(config, 'sds_config')) {
    parts.secret(config, kind, path);
    return 0;
  }
  const found = parts.fixedSecret(config, FIELDS[kind], path);
  if (found === undefined) return 0;
  const own = new Parts(parts.context);
  let flags = 0;
  if (kind === 'certificate') certificateParts(found, path, own);
  else if (kind === 'validation') flags = validationParts(found, path, own, true);
  else ticketParts(found, path, own);
  parts.take(own);
  return flags;
}

const FIELDS: Readonly<Record<SecretKind, string>> = {
  certificate: 'tls_certificate',
  validation: 'validation_context',
  tickets: 'session_ticket_keys',
};

/** envoy.extensions.transport_sockets.tls.v3.CommonTlsContext; answers flags. */
function commonParts(common: Message, path: Path, parts: Parts): number {
  parameterParts(child(common, 'tls_params'), [...path, 'tls_params'], parts);
  for (const [i, certificate] of messages(common, 'tls_certificates').entries()) {
    certificateParts(certificate, [...path, 'tls_certificates', i], parts);
  }
  for (const [i, secret] of messages(common, 'tls_certificate_sds_secret_configs').entries()) {
    secretParts(secret, 'certificate', [...path, 'tls_certificate_sds_secret_configs', i], parts);
  }
  for (const [i, protocol] of texts(common, 'alpn_protocols').entries()) {
    const at = [...path, 'alpn_protocols', i];
    const length = Buffer.byteLength(protocol);
    // Nobody is promised what no codec speaks; a client takes the next of the list.
    if (NOT_SPOKEN.has(protocol)) {
      if (texts(common, 'alpn_protocols').length === 1)
        parts.error(at, `${protocol} is not supported by attache yet`);
      continue;
    }
    if (length === 0 || length > 255) parts.error(at, 'a protocol has 1 to 255 bytes');
    else parts.add(textPart(TAG.Alpn, protocol), at);
  }
  keyLogParts(child(common, 'key_log'), [...path, 'key_log'], parts);
  return trustParts(common, path, parts);
}

/** Whom to trust: what stands here, what a secret says, or both; answers flags. */
function trustParts(common: Message, path: Path, parts: Parts): number {
  const validation = child(common, 'validation_context');
  if (validation !== undefined) return validationParts(validation, [...path, 'validation_context'], parts);
  const secret = child(common, 'validation_context_sds_secret_config');
  if (secret !== undefined)
    return secretParts(secret, 'validation', [...path, 'validation_context_sds_secret_config'], parts);
  const combined = child(common, 'combined_validation_context');
  if (combined === undefined) return 0;
  const at = [...path, 'combined_validation_context'];
  const base = child(combined, 'default_validation_context');
  const named = child(combined, 'validation_context_sds_secret_config');
  const below = [...at, 'default_validation_context'];
  const flags = base === undefined ? 0 : validationParts(base, below, parts, named !== undefined);
  if (named === undefined) return flags;
  return flags | secretParts(named, 'validation', [...at, 'validation_context_sds_secret_config'], parts);
}

/** envoy.extensions.transport_sockets.tls.v3.TlsSessionTicketKeys */
export function ticketParts(keys: Message | undefined, path: Path, parts: Parts): void {
  for (const [i, source] of (keys === undefined ? [] : messages(keys, 'keys')).entries()) {
    const before = parts.list.length;
    const at = [...path, 'keys', i];
    parts.source(TAG.TicketKey, source, at);
    const made = parts.list[before];
    if (made?.bytes !== undefined && made.bytes.length !== TICKET_KEY_BYTES) {
      parts.error(
        made.path,
        `a session ticket key of ${made.bytes.length} bytes`,
        `${TICKET_KEY_BYTES} bytes`,
      );
    }
  }
}

const certificateCount = (common: Message): number =>
  messages(common, 'tls_certificates').length + messages(common, 'tls_certificate_sds_secret_configs').length;

/** envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext */
export function downstreamParts(config: Message, path: Path, context: PartContext): Parts {
  const parts = new Parts(context);
  const common = child(config, 'common_tls_context');
  const below = [...path, 'common_tls_context'];
  let flags = common === undefined ? 0 : commonParts(common, below, parts);
  if (common === undefined || certificateCount(common) === 0) {
    parts.error(below, 'a listener with TLS needs a certificate', 'tls_certificates');
  }
  ticketParts(child(config, 'session_ticket_keys'), [...path, 'session_ticket_keys'], parts);
  const tickets = child(config, 'session_ticket_keys_sds_secret_config');
  if (tickets !== undefined)
    secretParts(tickets, 'tickets', [...path, 'session_ticket_keys_sds_secret_config'], parts);
  if (wrappedFlag(config, 'require_client_certificate', false)) flags |= FLAG.RequireClientCertificate;
  if (flag(config, 'disable_stateless_session_resumption')) flags |= FLAG.NoStatelessResumption;
  if (flag(config, 'disable_stateful_session_resumption')) flags |= FLAG.NoStatefulResumption;
  if (flag(config, 'prefer_client_ciphers')) flags |= FLAG.PreferClientCiphers;
  if (wrappedFlag(config, 'full_scan_certs_on_sni_mismatch', false)) flags |= FLAG.FullScan;
  parts.add(numberPart(TAG.Flags, flags), path);
  const timeout = duration(config, 'session_timeout');
  if (timeout !== undefined) {
    parts.add(numberPart(TAG.SessionTimeout, Math.floor(timeout / 1000)), [...path, 'session_timeout']);
  }
  return parts;
}

/** envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext */
export function upstreamParts(config: Message, path: Path, context: PartContext): Parts {
  const parts = new Parts(context);
  parts.add({ tag: TAG.Client }, path);
  const common = child(config, 'common_tls_context');
  const below = [...path, 'common_tls_context'];
  let flags = common === undefined ? 0 : commonParts(common, below, parts);
  if (common === undefined) parameterParts(undefined, [...below, 'tls_params'], parts);
  else if (certificateCount(common) > 1) {
    parts.error([...below, 'tls_certificates', 1], 'a client has one certificate');
  }
  const sni = text(config, 'sni');
  if (sni !== '') parts.add(textPart(TAG.Sni, sni), [...path, 'sni']);
  if (flag(config, 'auto_host_sni')) flags |= FLAG.AutoHostSni;
  if (flag(config, 'auto_sni_san_validation')) flags |= FLAG.AutoSanValidation;
  if (wrappedFlag(config, 'enforce_rsa_key_usage', true)) flags |= FLAG.EnforceRsaKeyUsage;
  parts.add(numberPart(TAG.Flags, flags), path);
  const keys = wrappedNumber(config, 'max_session_keys', 1);
  parts.add(numberPart(TAG.MaxSessionKeys, keys), [...path, 'max_session_keys']);
  return parts;
}
