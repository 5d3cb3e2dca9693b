// Whether a peer's certificate is accepted: trust chain, revocation, names and pins, as
// envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext has them.
#pragma once

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <string>
#include <string_view>
#include <vector>

#include "tls/context.h"
#include "tls/spec.h"

namespace attache::tls {

// Which check a certificate did not pass; each has a statistic, ssl.fail_verify_*.
enum class VerifyFailure : uint8_t { None, Chain, San, Hash, KeyUsage };

class Validator {
 public:
  // Reads CAs and CRLs of `spec`, which outlives it. False and *error when they are not valid.
  bool build(const Spec& spec, BuildError* error);
  ~Validator();
  Validator() = default;
  Validator(const Validator&) = delete;
  Validator& operator=(const Validator&) = delete;

  // Gives the store, and on the accepting side the names of the CAs, to a context.
  void install(SSL_CTX* ctx) const;
  // Whether there is anything to check.
  bool active() const {
    return has_ca_ || !spec_->sans.empty() || !spec_->spki.empty() || !spec_->hashes.empty();
  }
  bool hasCa() const { return has_ca_; }
  // OpenSSL's question about the chain in `store`; 1: accepted. `name`: what an automatic check of
  // names expects, empty: none. Sets *failure and *reason when it is not.
  int check(X509_STORE_CTX* store, bool client, std::string_view name, VerifyFailure* failure,
            std::string* reason) const;

 private:
  bool addTrusted(BuildError* error);
  bool addCrls(BuildError* error);
  bool chainIsGood(X509_STORE_CTX* store, std::string* reason) const;
  bool pinned(X509* leaf) const;

  const Spec* spec_ = nullptr;
  X509_STORE* store_ = nullptr;
  std::vector<uint32_t> regexes_;  // by matcher, 0: not a regex
  bool has_ca_ = false;
  bool has_crl_ = false;
};

}  // namespace attache::tls
