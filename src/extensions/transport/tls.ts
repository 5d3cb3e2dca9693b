import { harmless, implemented, type SupportRegistry } from '../../api/support.ts';
import { downstreamParts, upstreamParts } from '../../tls/settings.ts';
import { onlyFlag } from '../../tables/support/values.ts';
import type { TransportSocket } from '../types.ts';

const PACKAGE = 'envoy.extensions.transport_sockets.tls.v3';
const DOWNSTREAM = `${PACKAGE}.DownstreamTlsContext`;
const UPSTREAM = `${PACKAGE}.UpstreamTlsContext`;
const CERTIFICATE = { certificate_chain: { inline_string: 'chain' }, private_key: { inline_string: 'key' } };
const CONTEXT = { tls_certificates: [CERTIFICATE] };
const SDS = { name: 'secret', sds_config: { path_config_source: { path: '/dev/null' } } };
const CA = { trusted_ca: { inline_string: 'ca' } };
const PIN = 'MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=';
const HASH = '30313233343536373839303132333435363738393031323334353637383930ff';

/** What both sides have. */
function declareCommon(registry: SupportRegistry): void {
  registry
    .message(
      `${PACKAGE}.CommonTlsContext`,
      {
        tls_params: implemented(),
        tls_certificates: implemented(),
        validation_context: implemented(),
        alpn_protocols: implemented({ sample: ['http/1.1'] }),
        key_log: implemented(),
        tls_certificate_sds_secret_configs: implemented({ base: { tls_certificates: [] }, sample: [SDS] }),
        validation_context_sds_secret_config: implemented(),
        combined_validation_context: implemented(),
      },
      { minimal: CONTEXT },
    )
    .message(
      `${PACKAGE}.CommonTlsContext.CombinedCertificateValidationContext`,
      {
        default_validation_context: implemented({ sample: { only_verify_leaf_cert_crl: true } }),
        validation_context_sds_secret_config: implemented({ sample: { ...SDS, name: 'another' } }),
      },
      { minimal: { default_validation_context: {}, validation_context_sds_secret_config: SDS } },
    )
    .message(
      `${PACKAGE}.SdsSecretConfig`,
      { name: implemented(), sds_config: implemented() },
      { minimal: SDS },
    )
    .message(`${PACKAGE}.Secret`, {
      name: implemented({ uncompiled: 'it is asked for by its name' }),
      tls_certificate: implemented({ uncompiled: 'it comes from servers and files of its own' }),
      validation_context: implemented({ uncompiled: 'it comes from servers and files of its own' }),
      session_ticket_keys: implemented({ uncompiled: 'it comes from servers and files of its own' }),
    })
    .message(`${PACKAGE}.TlsParameters`, {
      tls_minimum_protocol_version: implemented({ sample: 'TLSv1_3' }),
      tls_maximum_protocol_version: implemented({ sample: 'TLSv1_2' }),
      cipher_suites: implemented({ sample: ['ECDHE-ECDSA-AES128-GCM-SHA256'] }),
      ecdh_curves: implemented({ sample: ['P-256'] }),
      signature_algorithms: implemented({ sample: ['rsa_pss_rsae_sha256'] }),
    })
    .enumValues(`${PACKAGE}.TlsParameters.TlsProtocol`, [
      'TLS_AUTO',
      'TLSv1_0',
      'TLSv1_1',
      'TLSv1_2',
      'TLSv1_3',
    ])
    .message(
      `${PACKAGE}.TlsCertificate`,
      {
        certificate_chain: implemented({ sample: { inline_string: 'other' } }),
        private_key: implemented({ sample: { inline_string: 'other' } }),
        pkcs12: implemented({ sample: { inline_bytes: 'AAAA' } }),
        password: implemented({ sample: { inline_string: 'secret' } }),
        watched_directory: implemented({
          base: { ...CERTIFICATE, certificate_chain: { filename: '/proc/self/cmdline' } },
        }),
      },
      { minimal: CERTIFICATE },
    )
    .message(`${PACKAGE}.TlsKeyLog`, { path: implemented() }, { minimal: { path: '/dev/null' } });
}

function declareValidation(registry: SupportRegistry): void {
  registry
    .message(
      `${PACKAGE}.CertificateValidationContext`,
      {
        trusted_ca: implemented({ sample: { inline_string: 'other' } }),
        crl: implemented({ sample: { inline_string: 'list' } }),
        verify_certificate_spki: implemented({ sample: [PIN] }),
        verify_certificate_hash: implemented({ sample: [HASH] }),
        match_typed_subject_alt_names: implemented(),
        match_subject_alt_names: implemented({ sample: [{ exact: 'a.example' }] }),
        allow_expired_certificate: implemented(),
        trust_chain_verification: implemented({ enum: ['VERIFY_TRUST_CHAIN', 'ACCEPT_UNTRUSTED'] }),
        only_verify_leaf_cert_crl: implemented(),
        max_verify_depth: implemented(),
        suppress_client_ca_list: implemented(),
        watched_directory: implemented({ base: { trusted_ca: { filename: '/proc/self/cmdline' } } }),
      },
      { minimal: CA },
    )
    .message(
      `${PACKAGE}.SubjectAltNameMatcher`,
      {
        san_type: implemented({
          enum: ['EMAIL', 'DNS', 'URI', 'IP_ADDRESS', 'OTHER_NAME'],
          base: { oid: '1.2.3' },
        }),
        matcher: implemented({ sample: { exact: 'b.example' } }),
        oid: implemented({ sample: '1.2.4', base: { san_type: 'OTHER_NAME', oid: '1.2.3' } }),
      },
      { minimal: { san_type: 'DNS', matcher: { exact: 'a.example' } } },
    );
}

function declareDownstream(registry: SupportRegistry): void {
  declareCommon(registry);
  declareValidation(registry);
  registry
    .message(
      DOWNSTREAM,
      {
        common_tls_context: implemented(),
        require_client_certificate: implemented({ sample: true }),
        session_ticket_keys: implemented(),
        session_ticket_keys_sds_secret_config: implemented(),
        disable_stateless_session_resumption: implemented(),
        disable_stateful_session_resumption: implemented(),
        session_timeout: implemented(),
        prefer_client_ciphers: implemented(),
        ocsp_staple_policy: harmless('no certificate has a staple, and staples are not asked for', {
          only: (value) => (value === 0 ? undefined : 'an OCSP staple policy other than LENIENT_STAPLING'),
        }),
        full_scan_certs_on_sni_mismatch: harmless('all certificates are always looked at', {
          only: onlyFlag(false, 'full_scan_certs_on_sni_mismatch'),
        }),
      },
      {
        minimal: { common_tls_context: CONTEXT },
        embed: {
          message: 'envoy.config.listener.v3.FilterChain',
          wrap: (json) => ({
            transport_socket: {
              name: 'envoy.transport_sockets.tls',
              typed_config: { '@type': `type.googleapis.com/${DOWNSTREAM}`, ...json },
            },
          }),
        },
      },
    )
    .message(
      `${PACKAGE}.TlsSessionTicketKeys`,
      { keys: implemented({ sample: [{ inline_string: 'k'.repeat(80) }] }) },
      { minimal: { keys: [{ inline_string: 'j'.repeat(80) }] } },
    );
}

function declareUpstream(registry: SupportRegistry): void {
  registry.message(UPSTREAM, {
    common_tls_context: implemented(),
    sni: implemented(),
    auto_host_sni: implemented(),
    auto_sni_san_validation: implemented(),
    max_session_keys: implemented(),
    enforce_rsa_key_usage: implemented(),
    allow_renegotiation: harmless('nothing renegotiates', { only: () => 'renegotiation' }),
  });
}

/** envoy.transport_sockets.tls of listeners. */
export const downstreamTls: TransportSocket = {
  name: 'envoy.transport_sockets.tls',
  category: 'envoy.transport_sockets.downstream',
  type: DOWNSTREAM,
  aliases: ['tls'],
  declare: declareDownstream,
  parts: downstreamParts,
};

/** envoy.transport_sockets.tls of clusters. */
export const upstreamTls: TransportSocket = {
  name: 'envoy.transport_sockets.tls',
  category: 'envoy.transport_sockets.upstream',
  type: UPSTREAM,
  aliases: ['tls'],
  declare: declareUpstream,
  parts: upstreamParts,
};
