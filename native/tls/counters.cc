#include "tls/counters.h"

#include <openssl/objects.h>

#include <cstring>
#include <iterator>
#include <string_view>

namespace attache::tls {

namespace s = stats::ssl;

namespace {

struct Named {
  std::string_view name;
  uint16_t slot;
};

constexpr Named kVersions[] = {
    {"TLSv1", s::ssl_versions_TLSv1},
    {"TLSv1.1", s::ssl_versions_TLSv1_1},
    {"TLSv1.2", s::ssl_versions_TLSv1_2},
    {"TLSv1.3", s::ssl_versions_TLSv1_3},
};
constexpr Named kCiphers[] = {
    {"TLS_AES_128_GCM_SHA256", s::ssl_ciphers_TLS_AES_128_GCM_SHA256},
    {"TLS_AES_256_GCM_SHA384", s::ssl_ciphers_TLS_AES_256_GCM_SHA384},
    {"TLS_CHACHA20_POLY1305_SHA256", s::ssl_ciphers_TLS_CHACHA20_POLY1305_SHA256},
    {"ECDHE-ECDSA-AES128-GCM-SHA256", s::ssl_ciphers_ECDHE_ECDSA_AES128_GCM_SHA256},
    {"ECDHE-ECDSA-AES256-GCM-SHA384", s::ssl_ciphers_ECDHE_ECDSA_AES256_GCM_SHA384},
    {"ECDHE-ECDSA-CHACHA20-POLY1305", s::ssl_ciphers_ECDHE_ECDSA_CHACHA20_POLY1305},
    {"ECDHE-ECDSA-AES128-SHA", s::ssl_ciphers_ECDHE_ECDSA_AES128_SHA},
    {"ECDHE-ECDSA-AES256-SHA", s::ssl_ciphers_ECDHE_ECDSA_AES256_SHA},
    {"ECDHE-RSA-AES128-GCM-SHA256", s::ssl_ciphers_ECDHE_RSA_AES128_GCM_SHA256},
    {"ECDHE-RSA-AES256-GCM-SHA384", s::ssl_ciphers_ECDHE_RSA_AES256_GCM_SHA384},
    {"ECDHE-RSA-CHACHA20-POLY1305", s::ssl_ciphers_ECDHE_RSA_CHACHA20_POLY1305},
    {"ECDHE-RSA-AES128-SHA", s::ssl_ciphers_ECDHE_RSA_AES128_SHA},
    {"ECDHE-RSA-AES256-SHA", s::ssl_ciphers_ECDHE_RSA_AES256_SHA},
    {"AES128-GCM-SHA256", s::ssl_ciphers_AES128_GCM_SHA256},
    {"AES256-GCM-SHA384", s::ssl_ciphers_AES256_GCM_SHA384},
    {"AES128-SHA", s::ssl_ciphers_AES128_SHA},
    {"AES256-SHA", s::ssl_ciphers_AES256_SHA},
};

// The signature that the peer has made, and its statistic.
struct Signature {
  int type, digest;
  uint16_t slot;
};
constexpr Signature kSignatures[] = {
    {EVP_PKEY_EC, NID_sha256, s::ssl_sigalgs_ecdsa_secp256r1_sha256},
    {EVP_PKEY_EC, NID_sha384, s::ssl_sigalgs_ecdsa_secp384r1_sha384},
    {EVP_PKEY_EC, NID_sha512, s::ssl_sigalgs_ecdsa_secp521r1_sha512},
    {EVP_PKEY_ED25519, NID_undef, s::ssl_sigalgs_ed25519},
    {EVP_PKEY_RSA, NID_sha256, s::ssl_sigalgs_rsa_pkcs1_sha256},
    {EVP_PKEY_RSA, NID_sha384, s::ssl_sigalgs_rsa_pkcs1_sha384},
    {EVP_PKEY_RSA, NID_sha512, s::ssl_sigalgs_rsa_pkcs1_sha512},
    {EVP_PKEY_RSA_PSS, NID_sha256, s::ssl_sigalgs_rsa_pss_rsae_sha256},
    {EVP_PKEY_RSA_PSS, NID_sha384, s::ssl_sigalgs_rsa_pss_rsae_sha384},
    {EVP_PKEY_RSA_PSS, NID_sha512, s::ssl_sigalgs_rsa_pss_rsae_sha512},
};

template <size_t N>
void countNamed(stats::Block* stats, const Named (&table)[N], std::string_view name) {
  for (const Named& each : table) {
    if (each.name == name) return stats::inc(stats, each.slot);
  }
}

void countCurve(stats::Block* stats, SSL* ssl) {
  switch (SSL_get_negotiated_group(ssl)) {
    case NID_X25519:
      return stats::inc(stats, s::ssl_curves_X25519);
    case NID_X9_62_prime256v1:
      return stats::inc(stats, s::ssl_curves_P_256);
    case NID_secp384r1:
      return stats::inc(stats, s::ssl_curves_P_384);
    case NID_secp521r1:
      return stats::inc(stats, s::ssl_curves_P_521);
    default:
      return;
  }
}

}  // namespace

void countHandshake(stats::Block* stats, SSL* ssl) {
  if (!stats) return;
  stats::inc(stats, s::ssl_handshake);
  if (SSL_session_reused(ssl)) stats::inc(stats, s::ssl_session_reused);
  countNamed(stats, kVersions, SSL_get_version(ssl));
  countNamed(stats, kCiphers, SSL_get_cipher_name(ssl));
  countCurve(stats, ssl);
  if (!SSL_get0_peer_certificate(ssl)) {
    stats::inc(stats, s::ssl_no_certificate);
    return;
  }
  int type = NID_undef, digest = NID_undef;
  SSL_get_peer_signature_type_nid(ssl, &type);
  SSL_get_peer_signature_nid(ssl, &digest);
  for (const Signature& each : kSignatures) {
    if (each.type == type && (each.digest == digest || each.digest == NID_undef))
      return stats::inc(stats, each.slot);
  }
}

}  // namespace attache::tls
