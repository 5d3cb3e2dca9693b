/** Certificates of clients: who is let in, and what the origin is told. */
import type { Pair } from '../e2e/certificates.ts';
import { type Fields, get } from '../e2e/support.ts';
import { downstream } from '../e2e/tls_support.ts';
import { type Case, of, type See } from './support.ts';
import {
  ca,
  certificates,
  type Context,
  credentials,
  hashes,
  inbound,
  openssl,
  TLS,
  tlsEchoed,
  tlsStatus,
} from './tls_support.ts';

const HCM = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const COMMON = `${TLS}.CommonTlsContext`;
const DOWNSTREAM = `${TLS}.DownstreamTlsContext`;
const VALIDATION = `${TLS}.CertificateValidationContext`;
const SAN = `${TLS}.SubjectAltNameMatcher`;

/** Clients that show a certificate: one is let in and one is not. */
function clients(): Case[] {
  const all = certificates();
  const { client, other, foreign, expired, revoked, chained, named } = all;
  const required = (validation_context: Fields): Context => ({
    own: { require_client_certificate: true },
    common: { validation_context },
  });
  const trusting = (more: Fields = {}): Context => required({ ...ca(), ...more });
  const as = (pair: Pair): See => tlsStatus(credentials(pair));
  const refuses = (field: string, more: Fields, pair: Pair, otherwise: Fields = {}): Case =>
    inbound(of(VALIDATION, field), trusting(more), trusting(otherwise), as(pair), 'refused', 200);
  const accepts = (field: string, more: Fields, pair: Pair, base: Fields = {}): Case =>
    inbound(of(VALIDATION, field), trusting({ ...base, ...more }), trusting(base), as(pair), 200, 'refused');
  const san = (fields: Fields): Context => trusting({ match_typed_subject_alt_names: [fields] });
  const exact = (value: string): Fields => ({ matcher: { exact: value } });
  return [
    inbound(
      of(DOWNSTREAM, 'require_client_certificate'),
      trusting(),
      { common: { validation_context: ca() } },
      tlsStatus(),
      'refused',
      200,
    ),
    inbound(
      of(COMMON, 'validation_context'),
      trusting(),
      { own: { require_client_certificate: true } },
      as(foreign),
      'refused',
      200,
    ),
    inbound(
      of(VALIDATION, 'trusted_ca'),
      trusting(),
      required({ trusted_ca: { filename: all.stranger.ca } }),
      as(foreign),
      'refused',
      200,
    ),
    refuses('crl', { crl: { filename: all.crl } }, revoked),
    accepts('only_verify_leaf_cert_crl', { only_verify_leaf_cert_crl: true }, chained, {
      crl: { filename: all.crlBelow },
    }),
    refuses('max_verify_depth', { max_verify_depth: 0 }, chained),
    refuses('verify_certificate_spki', { verify_certificate_spki: [hashes(other).spki] }, client, {
      verify_certificate_spki: [hashes(client).spki],
    }),
    refuses('verify_certificate_hash', { verify_certificate_hash: [hashes(other).certificate] }, client, {
      verify_certificate_hash: [hashes(client).certificate],
    }),
    accepts('allow_expired_certificate', { allow_expired_certificate: true }, expired),
    accepts('trust_chain_verification', { trust_chain_verification: 'ACCEPT_UNTRUSTED' }, foreign),
    refuses('match_subject_alt_names', { match_subject_alt_names: [{ exact: 'nobody' }] }, client),
    inbound(
      [...of(VALIDATION, 'match_typed_subject_alt_names'), ...of(SAN, 'matcher')],
      san({ san_type: 'DNS', ...exact('nobody') }),
      san({ san_type: 'DNS', ...exact('client.example') }),
      as(client),
      'refused',
      200,
    ),
    inbound(
      of(SAN, 'san_type'),
      san({ san_type: 'URI', ...exact('client.example') }),
      san({ san_type: 'DNS', ...exact('client.example') }),
      as(client),
      'refused',
      200,
    ),
    inbound(
      of(SAN, 'oid'),
      san({ san_type: 'OTHER_NAME', oid: '1.2.3.5', ...exact('someone') }),
      san({ san_type: 'OTHER_NAME', oid: '1.2.3.4', ...exact('someone') }),
      as(named),
      'refused',
      200,
    ),
    inbound(
      of(VALIDATION, 'suppress_client_ca_list'),
      trusting({ suppress_client_ca_list: true }),
      trusting(),
      openssl([], (text) => /Acceptable client certificate CA names\nCN = Test CA/.test(text)),
      false,
      true,
    ),
  ];
}

const XFCC = 'x-forwarded-client-cert';

/** What the origin is told of the client's certificate. */
function forwarding(): Case[] {
  const { server, client } = certificates();
  const chain = {
    transport_socket: downstream(
      [server],
      { validation_context: ca() },
      { require_client_certificate: true },
    ),
  };
  const told = tlsEchoed(
    credentials(client),
    ({ headers }) => headers[XFCC]?.split(/[;,]/).map((part) => part.slice(0, 30)),
    get('/', `${XFCC}: Hash=before\r\n`),
  );
  const has = (key: string): See =>
    tlsEchoed(
      credentials(client),
      ({ headers }) => new RegExp(`;${key}="?(.{12})`).exec(headers[XFCC] ?? '')?.[1],
    );
  const set = { forward_client_cert_details: 'SANITIZE_SET' };
  const detail = (field: string, key: string, seen: string): Case => ({
    fields: of(`${HCM}.SetCurrentClientCertDetails`, field),
    on: { chain, manager: { ...set, set_current_client_cert_details: { [field]: true } } },
    off: { chain, manager: set },
    see: has(key),
    seen,
    unseen: undefined,
  });
  return [
    {
      fields: of(HCM, 'forward_client_cert_details'),
      on: { chain, manager: { forward_client_cert_details: 'FORWARD_ONLY' } },
      off: { chain },
      see: told,
      seen: ['Hash=before'],
      unseen: undefined,
    },
    {
      ...detail('subject', 'Subject', 'CN=client.ex'),
      fields: [...of(HCM, 'set_current_client_cert_details'), `${HCM}.SetCurrentClientCertDetails.subject`],
    },
    detail('cert', 'Cert', '-----BEGIN%2'),
    detail('chain', 'Chain', '-----BEGIN%2'),
    detail('dns', 'DNS', 'client.examp'),
    detail('uri', 'URI', 'spiffe://cli'),
  ];
}

export const clientCases = (): Case[] => [...clients(), ...forwarding()];
