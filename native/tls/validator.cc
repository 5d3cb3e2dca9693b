#include "tls/validator.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "base/regex.h"
#include "tls/names.h"

namespace attache::tls {

namespace {

bool matches(const SanMatcher& matcher, uint32_t regex, const San& san) {
  if (matcher.type != SanType::Any && matcher.type != san.type) return false;
  if (matcher.type == SanType::Other && matcher.oid != san.oid) return false;
  // An exact DNS name is matched as a name: a wildcard of the certificate counts.
  if (san.type == SanType::Dns && matcher.kind == Tag::SanExact)
    return dnsNameMatches(san.value, matcher.value);
  if (matcher.kind == Tag::SanRegex)
    return RegexRegistry::instance().at(regex).fullMatch(san.value);
  std::string value = matcher.ignore_case ? lowerCase(san.value) : san.value;
  std::string wanted = matcher.ignore_case ? lowerCase(matcher.value) : matcher.value;
  switch (matcher.kind) {
    case Tag::SanPrefix:
      return value.starts_with(wanted);
    case Tag::SanSuffix:
      return value.ends_with(wanted);
    case Tag::SanContains:
      return value.find(wanted) != std::string::npos;
    default:
      return value == wanted;
  }
}

}  // namespace

Validator::~Validator() {
  if (store_) X509_STORE_free(store_);
  for (uint32_t regex : regexes_) RegexRegistry::instance().release(regex);
}

bool Validator::build(const Spec& spec, BuildError* error) {
  spec_ = &spec;
  for (size_t i = 0; i < spec.sans.size(); i++) {
    uint32_t number = 0;
    if (spec.sans[i].kind == Tag::SanRegex) {
      std::string_view pattern = spec.sans[i].value;
      RegexRegistry::Error why;
      number = RegexRegistry::instance().acquire({&pattern, 1}, false, &why);
      if (!number) {
        *error = {Tag::SanMatcher, i, why.message};
        return false;
      }
    }
    regexes_.push_back(number);
  }
  store_ = X509_STORE_new();
  if (!addTrusted(error) || !addCrls(error)) return false;
  unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN;
  if (has_crl_)
    flags |= X509_V_FLAG_CRL_CHECK | (spec.has(Flag::OnlyLeafCrl) ? 0 : X509_V_FLAG_CRL_CHECK_ALL);
  if (spec.has(Flag::AllowExpired)) flags |= X509_V_FLAG_NO_CHECK_TIME;
  X509_STORE_set_flags(store_, flags);
  if (spec.max_depth >= 0) X509_STORE_set_depth(store_, spec.max_depth);
  return true;
}

bool Validator::addTrusted(BuildError* error) {
  if (spec_->trusted_ca.empty()) return true;
  BIO* bio = BIO_new_mem_buf(spec_->trusted_ca.data(), static_cast<int>(spec_->trusted_ca.size()));
  STACK_OF(X509_INFO)* items = PEM_X509_INFO_read_bio(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  for (int i = 0; items && i < sk_X509_INFO_num(items); i++) {
    const X509_INFO* item = sk_X509_INFO_value(items, i);
    if (item->x509) {
      X509_STORE_add_cert(store_, item->x509);
      has_ca_ = true;
    }
    if (item->crl) {
      X509_STORE_add_crl(store_, item->crl);
      has_crl_ = true;
    }
  }
  sk_X509_INFO_pop_free(items, X509_INFO_free);
  if (has_ca_) {
    ERR_clear_error();
    return true;
  }
  std::string detail = takeOpenSslError();
  *error = {Tag::TrustedCa, 0,
            "there is no PEM certificate in it" + (detail.empty() ? "" : ": " + detail)};
  return false;
}

bool Validator::addCrls(BuildError* error) {
  if (spec_->crl.empty()) return true;
  BIO* bio = BIO_new_mem_buf(spec_->crl.data(), static_cast<int>(spec_->crl.size()));
  bool any = false;
  while (X509_CRL* crl = PEM_read_bio_X509_CRL(bio, nullptr, nullptr, nullptr)) {
    X509_STORE_add_crl(store_, crl);
    X509_CRL_free(crl);
    any = has_crl_ = true;
  }
  BIO_free(bio);
  std::string detail = takeOpenSslError();
  if (any) return true;
  *error = {Tag::Crl, 0,
            "there is no PEM revocation list in it" + (detail.empty() ? "" : ": " + detail)};
  return false;
}

void Validator::install(SSL_CTX* ctx) const {
  SSL_CTX_set1_cert_store(ctx, store_);
  if (spec_->client || !has_ca_ || spec_->has(Flag::SuppressCaList)) return;
  STACK_OF(X509_NAME)* names = sk_X509_NAME_new_null();
  STACK_OF(X509_OBJECT)* objects = X509_STORE_get0_objects(store_);
  for (int i = 0; i < sk_X509_OBJECT_num(objects); i++) {
    X509* ca = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
    if (ca) sk_X509_NAME_push(names, X509_NAME_dup(X509_get_subject_name(ca)));
  }
  SSL_CTX_set_client_CA_list(ctx, names);
}

bool Validator::pinned(X509* leaf) const {
  auto has = [](const std::vector<std::string>& list, const std::string& hash) {
    return std::find(list.begin(), list.end(), hash) != list.end();
  };
  return (!spec_->hashes.empty() && has(spec_->hashes, certificateHash(leaf))) ||
         (!spec_->spki.empty() && has(spec_->spki, spkiHash(leaf)));
}

bool Validator::chainIsGood(X509_STORE_CTX* store, std::string* reason) const {
  if (X509_verify_cert(store) == 1) return true;
  int code = X509_STORE_CTX_get_error(store);
  *reason = std::string("verify cert failed: ") + X509_verify_cert_error_string(code);
  return false;
}

int Validator::check(X509_STORE_CTX* store, bool client, std::string_view name,
                     VerifyFailure* failure, std::string* reason) const {
  X509* leaf = X509_STORE_CTX_get0_cert(store);
  auto refuse = [&](VerifyFailure why, int code) {
    *failure = why;
    X509_STORE_CTX_set_error(store, code);
    return 0;
  };
  if (has_ca_ && !chainIsGood(store, reason)) {
    // Counted even where it is accepted, as in Envoy.
    *failure = VerifyFailure::Chain;
    if (!spec_->has(Flag::AcceptUntrusted)) return 0;
    reason->clear();
  }
  // Failed attempts leave errors behind that SSL_get_error() would take for its own.
  ERR_clear_error();
  if (client && spec_->has(Flag::EnforceRsaKeyUsage) &&
      EVP_PKEY_get_base_id(X509_get0_pubkey(leaf)) == EVP_PKEY_RSA &&
      !(X509_get_key_usage(leaf) & KU_DIGITAL_SIGNATURE)) {
    *reason = "verify cert failed: key usage does not allow signatures";
    return refuse(VerifyFailure::KeyUsage, X509_V_ERR_INVALID_PURPOSE);
  }
  std::vector<San> sans;
  if (!spec_->sans.empty() || !name.empty()) sans = sansOf(leaf);
  if (!name.empty() && std::none_of(sans.begin(), sans.end(), [&](const San& san) {
        return san.type == SanType::Dns ? dnsNameMatches(san.value, name)
                                        : san.type == SanType::Ip && san.value == name;
      })) {
    *reason = "verify cert failed: SAN matcher";
    return refuse(VerifyFailure::San, X509_V_ERR_APPLICATION_VERIFICATION);
  }
  if (!spec_->sans.empty()) {
    bool any = false;
    for (size_t i = 0; i < spec_->sans.size() && !any; i++) {
      any = std::any_of(sans.begin(), sans.end(),
                        [&](const San& san) { return matches(spec_->sans[i], regexes_[i], san); });
    }
    if (!any) {
      *reason = "verify cert failed: SAN matcher";
      return refuse(VerifyFailure::San, X509_V_ERR_APPLICATION_VERIFICATION);
    }
  }
  if ((!spec_->hashes.empty() || !spec_->spki.empty()) && !pinned(leaf)) {
    *reason = "verify cert failed: cert hash and spki";
    return refuse(VerifyFailure::Hash, X509_V_ERR_APPLICATION_VERIFICATION);
  }
  X509_STORE_CTX_set_error(store, X509_V_OK);
  return 1;
}

}  // namespace attache::tls
