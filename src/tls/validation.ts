import type { Path } from '../api/diagnostics.ts';
import type { Message } from '../api/message.ts';
import { child, flag, has, messages, number, text, texts } from '../tables/route_read.ts';
import type { Parts } from './data_source.ts';
import { FLAG, TAG, type TlsPart, encodeParts, numberPart, textPart } from './spec.ts';

/** envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher.SanType by number, as in native/tls/spec.h. */
const OTHER_NAME = 5;

/**
 * envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext; answers flags. `partial`: another one
 * joins it, which may have the authority.
 */
export function validationParts(context: Message, path: Path, parts: Parts, partial = false): number {
  const watched = child(context, 'watched_directory');
  const hasCa = parts.source(TAG.TrustedCa, child(context, 'trusted_ca'), [...path, 'trusted_ca'], watched);
  parts.source(TAG.Crl, child(context, 'crl'), [...path, 'crl'], watched);
  const depth = child(context, 'max_verify_depth');
  if (depth !== undefined) {
    parts.add(numberPart(TAG.MaxDepth, number(depth, 'value')), [...path, 'max_verify_depth']);
  }
  hashParts(context, path, parts);
  const typed = messages(context, 'match_typed_subject_alt_names');
  for (const [i, matcher] of typed.entries()) {
    sanPart(child(matcher, 'matcher'), number(matcher, 'san_type'), text(matcher, 'oid'), parts, [
      ...path,
      'match_typed_subject_alt_names',
      i,
    ]);
  }
  for (const [i, matcher] of messages(context, 'match_subject_alt_names').entries()) {
    sanPart(matcher, 0, '', parts, [...path, 'match_subject_alt_names', i]);
  }
  const names = typed.length > 0 || messages(context, 'match_subject_alt_names').length > 0;
  if (names && !hasCa && !partial) {
    parts.error(path, 'names are matched, but no certificate authority is trusted', 'trusted_ca');
  }
  if (flag(context, 'allow_expired_certificate') && !hasCa && !partial) {
    parts.error([...path, 'allow_expired_certificate'], 'it needs trusted_ca');
  }
  return (
    (number(context, 'trust_chain_verification') === 1 ? FLAG.AcceptUntrusted : 0) |
    (flag(context, 'allow_expired_certificate') ? FLAG.AllowExpired : 0) |
    (flag(context, 'only_verify_leaf_cert_crl') ? FLAG.OnlyLeafCrl : 0) |
    (flag(context, 'suppress_client_ca_list') ? FLAG.SuppressCaList : 0)
  );
}

function hashParts(context: Message, path: Path, parts: Parts): void {
  for (const [i, pin] of texts(context, 'verify_certificate_spki').entries()) {
    const bytes = Buffer.from(pin, 'base64');
    const at = [...path, 'verify_certificate_spki', i];
    if (bytes.length === 32) parts.add({ tag: TAG.Spki, bytes }, at);
    else parts.error(at, 'not a SHA-256 hash in base64', '44 characters of base64');
  }
  for (const [i, hash] of texts(context, 'verify_certificate_hash').entries()) {
    const bytes = Buffer.from(hash.replaceAll(':', ''), 'hex');
    const at = [...path, 'verify_certificate_hash', i];
    if (bytes.length === 32) parts.add({ tag: TAG.CertificateHash, bytes }, at);
    else parts.error(at, 'not a SHA-256 hash in hexadecimal digits', '64 digits, with or without colons');
  }
}

function sanPart(matcher: Message | undefined, type: number, oid: string, parts: Parts, path: Path): void {
  if (matcher === undefined) return;
  if (type === OTHER_NAME && oid === '') parts.error([...path, 'oid'], 'an OTHER_NAME is matched by its oid');
  const inner: TlsPart[] = [numberPart(TAG.SanType, type)];
  const regex = child(matcher, 'safe_regex');
  if (regex !== undefined) inner.push(textPart(TAG.SanRegex, text(regex, 'regex')));
  const kinds = {
    exact: TAG.SanExact,
    prefix: TAG.SanPrefix,
    suffix: TAG.SanSuffix,
    contains: TAG.SanContains,
  };
  for (const [field, tag] of Object.entries(kinds)) {
    if (has(matcher, field)) inner.push(textPart(tag, text(matcher, field)));
  }
  if (flag(matcher, 'ignore_case')) inner.push({ tag: TAG.SanIgnoreCase });
  if (oid !== '') inner.push(textPart(TAG.SanOid, oid));
  parts.add({ tag: TAG.SanMatcher, bytes: encodeParts(inner, () => new Uint8Array()) }, path);
}
