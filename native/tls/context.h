// One TLS configuration, built from a Spec: OpenSSL's contexts and what decides about a peer's
// certificate. Immutable once built; shared by all threads and kept by whoever retains it.
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tls/spec.h"

namespace attache::tls {

class Validator;

// Why a Spec cannot be used: the part that is wrong, the how-manieth of its tag (from 0).
struct BuildError {
  Tag tag = Tag::Client;
  size_t index = 0;
  std::string message;
};

class Context {
 public:
  // With one use; null and *error when a part is not valid. Slow: parses keys and certificates.
  static Context* build(Spec spec, BuildError* error);
  void retain() { uses_.fetch_add(1, std::memory_order_relaxed); }
  void release() {
    if (uses_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  const Spec& spec() const { return spec_; }
  // Where a session begins; a server may move on to another certificate's by the client's hello.
  SSL_CTX* first() const { return identities_[0].ctx.get(); }
  const Validator& validator() const { return *validator_; }
  // Protocols for ALPN as the wire has them: each after its length.
  const std::string& alpn() const { return alpn_; }

 private:
  struct FreeCtx {
    void operator()(SSL_CTX* ctx) const { SSL_CTX_free(ctx); }
  };
  // A certificate with its key, and the names that it is for.
  struct Identity {
    std::unique_ptr<SSL_CTX, FreeCtx> ctx;
    std::vector<std::string> names;  // lower case, "*.example.com" too
    bool ecdsa = false;
  };
  explicit Context(Spec spec);
  ~Context();
  bool make(BuildError* error);
  bool makeIdentity(const CertificateSpec* certificate, size_t index, BuildError* error);
  bool setParameters(SSL_CTX* ctx, BuildError* error);
  void setSessions(SSL_CTX* ctx);
  void setPeerChecks(SSL_CTX* ctx);
  bool openKeyLog(BuildError* error);
  static void onKey(const SSL* ssl, const char* line);
  const Identity& choose(SSL* ssl) const;
  static int onCertificate(SSL* ssl, void* self);
  static int onAlpn(SSL* ssl, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* in, unsigned int size, void* self);
  static int onTicket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                      EVP_MAC_CTX* mac, int encrypt);

  Spec spec_;
  std::string alpn_;
  std::vector<Identity> identities_;
  std::unique_ptr<Validator> validator_;
  std::string session_id_context_;
  int key_log_ = -1;
  std::atomic<uint32_t> uses_{1};
};

// What OpenSSL says about the last failure of this thread ("" when nothing), and forgets it.
std::string takeOpenSslError();

}  // namespace attache::tls
