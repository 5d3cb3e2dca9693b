#include "tls/context.h"

#include <fcntl.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "tls/names.h"
#include "tls/session.h"
#include "tls/validator.h"

namespace attache::tls {

namespace {

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Certificate = std::unique_ptr<X509, FreeCertificate>;

Bio bioOf(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

int givePassword(char* into, int room, int, void* password) {
  const auto& text = *static_cast<const std::string*>(password);
  if (text.empty() || text.size() > static_cast<size_t>(room)) return -1;
  std::memcpy(into, text.data(), text.size());
  return static_cast<int>(text.size());
}

// A certificate with its chain and key, out of PEM or PKCS #12.
struct Loaded {
  Certificate leaf;
  std::vector<Certificate> chain;
  Key key;
};

bool fail(BuildError* error, Tag tag, size_t index, std::string message) {
  std::string detail = takeOpenSslError();
  if (!detail.empty()) message += ": " + detail;
  *error = {tag, index, std::move(message)};
  return false;
}

bool loadPkcs12(const CertificateSpec& from, size_t index, Loaded* out, BuildError* error) {
  Bio bio = bioOf(from.pkcs12);
  PKCS12* archive = d2i_PKCS12_bio(bio.get(), nullptr);
  if (!archive) return fail(error, Tag::Pkcs12, index, "not a PKCS #12 archive");
  EVP_PKEY* key = nullptr;
  X509* leaf = nullptr;
  STACK_OF(X509)* chain = nullptr;
  int ok = PKCS12_parse(archive, from.password.c_str(), &key, &leaf, &chain);
  PKCS12_free(archive);
  out->key.reset(key);
  out->leaf.reset(leaf);
  for (int i = 0; chain && i < sk_X509_num(chain); i++)
    out->chain.emplace_back(sk_X509_value(chain, i));
  sk_X509_free(chain);
  if (!ok) return fail(error, Tag::Pkcs12, index, "the PKCS #12 archive cannot be opened");
  if (!leaf || !key)
    return fail(error, Tag::Pkcs12, index, "the PKCS #12 archive has no certificate with a key");
  return true;
}

bool loadPem(const CertificateSpec& from, size_t index, Loaded* out, BuildError* error) {
  Bio bio = bioOf(from.chain);
  out->leaf.reset(PEM_read_bio_X509_AUX(bio.get(), nullptr, nullptr, nullptr));
  if (!out->leaf) return fail(error, Tag::Certificate, index, "there is no PEM certificate in it");
  while (X509* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr))
    out->chain.emplace_back(next);
  unsigned long last = ERR_peek_last_error();
  if (last && ERR_GET_REASON(last) != PEM_R_NO_START_LINE) {
    return fail(error, Tag::Certificate, index, "a certificate of the chain is damaged");
  }
  ERR_clear_error();
  if (from.key.empty())
    return fail(error, Tag::Certificate, index, "the certificate has no private key");
  Bio key = bioOf(from.key);
  out->key.reset(PEM_read_bio_PrivateKey(key.get(), nullptr, givePassword,
                                         const_cast<std::string*>(&from.password)));
  if (!out->key) {
    return fail(error, Tag::PrivateKey, index,
                from.password.empty()
                    ? "there is no PEM private key in it, or it needs a password"
                    : "there is no PEM private key in it that the password opens");
  }
  return true;
}

// As Envoy (BoringSSL): what it refuses to serve with.
bool checkKey(const Loaded& loaded, size_t index, bool* ecdsa, BuildError* error) {
  EVP_PKEY* key = loaded.key.get();
  int type = EVP_PKEY_get_base_id(key);
  *ecdsa = type == EVP_PKEY_EC;
  if (type == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) < 2048) {
    return fail(error, Tag::Certificate, index, "the RSA key is shorter than 2048 bits");
  }
  if (type == EVP_PKEY_EC) {
    char curve[64] = {};
    size_t size = 0;
    EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, curve, sizeof curve, &size);
    std::string_view name(curve, size);
    if (name != "prime256v1" && name != "secp384r1" && name != "secp521r1") {
      return fail(error, Tag::Certificate, index,
                  "only ECDSA keys on P-256, P-384 and P-521 are supported");
    }
  } else if (type != EVP_PKEY_RSA) {
    return fail(error, Tag::Certificate, index, "only RSA and ECDSA keys are supported");
  }
  return true;
}

}  // namespace

std::string takeOpenSslError() {
  unsigned long code = ERR_peek_last_error();
  if (!code) return {};
  ERR_clear_error();
  const char* library = ERR_lib_error_string(code);
  const char* reason = ERR_reason_error_string(code);
  return std::to_string(code) + ":" + (library ? library : "") + ":" + (reason ? reason : "");
}

// ---- building ------------------------------------------------------------------------------

Context::Context(Spec spec) : spec_(std::move(spec)), validator_(new Validator) {}
Context::~Context() {
  if (key_log_ >= 0) ::close(key_log_);
}

Context* Context::build(Spec spec, BuildError* error) {
  ERR_clear_error();
  auto* context = new Context(std::move(spec));
  if (context->make(error)) return context;
  context->release();
  return nullptr;
}

bool Context::make(BuildError* error) {
  for (const std::string& protocol : spec_.alpn) {
    alpn_ += static_cast<char>(protocol.size());
    alpn_ += protocol;
  }
  // Sessions may be resumed only where the same peers are accepted.
  std::string identity =
      spec_.trusted_ca + '\0' + spec_.crl + '\0' + std::to_string(spec_.flags) + '\0';
  for (const std::string& hash : spec_.hashes) identity += hash;
  for (const std::string& pin : spec_.spki) identity += pin;
  for (const SanMatcher& san : spec_.sans) identity += san.value + '\0';
  for (const CertificateSpec& certificate : spec_.certificates)
    identity += certificate.chain + '\0';
  session_id_context_.resize(SHA256_DIGEST_LENGTH);
  SHA256(reinterpret_cast<const unsigned char*>(identity.data()), identity.size(),
         reinterpret_cast<unsigned char*>(session_id_context_.data()));
  if (!validator_->build(spec_, error)) return false;
  for (size_t i = 0; i < spec_.ticket_keys.size(); i++) {
    if (spec_.ticket_keys[i].size() != 80)
      return fail(error, Tag::TicketKey, i, "a session ticket key has 80 bytes");
  }
  if (!openKeyLog(error)) return false;
  if (spec_.certificates.empty() && !makeIdentity(nullptr, 0, error)) return false;
  for (size_t i = 0; i < spec_.certificates.size(); i++) {
    if (!makeIdentity(&spec_.certificates[i], i, error)) return false;
  }
  return true;
}

bool Context::makeIdentity(const CertificateSpec* certificate, size_t index, BuildError* error) {
  Identity& made = identities_.emplace_back();
  made.ctx.reset(SSL_CTX_new(spec_.client ? TLS_client_method() : TLS_server_method()));
  SSL_CTX* ctx = made.ctx.get();
  if (!ctx) return fail(error, Tag::Client, 0, "out of memory");
  SSL_CTX_set_app_data(ctx, this);
  if (!setParameters(ctx, error)) return false;
  setSessions(ctx);
  setPeerChecks(ctx);
  if (key_log_ >= 0) SSL_CTX_set_keylog_callback(ctx, onKey);
  if (!certificate) return true;
  Loaded loaded;
  bool ok = certificate->pkcs12.empty() ? loadPem(*certificate, index, &loaded, error)
                                        : loadPkcs12(*certificate, index, &loaded, error);
  if (!ok || !checkKey(loaded, index, &made.ecdsa, error)) return false;
  if (SSL_CTX_use_certificate(ctx, loaded.leaf.get()) != 1) {
    return fail(error, Tag::Certificate, index, "the certificate cannot be used");
  }
  for (Certificate& link : loaded.chain) {
    if (SSL_CTX_add0_chain_cert(ctx, link.get()) != 1) {
      return fail(error, Tag::Certificate, index, "the chain cannot be used");
    }
    (void)link.release();
  }
  if (SSL_CTX_use_PrivateKey(ctx, loaded.key.get()) != 1 || SSL_CTX_check_private_key(ctx) != 1) {
    return fail(error, Tag::PrivateKey, index, "the private key is not that of the certificate");
  }
  made.names = certificateNames(loaded.leaf.get());
  return true;
}

bool Context::setParameters(SSL_CTX* ctx, BuildError* error) {
  int lowest = spec_.min_version ? static_cast<int>(spec_.min_version) : TLS1_2_VERSION;
  int highest = spec_.max_version ? static_cast<int>(spec_.max_version) : TLS1_3_VERSION;
  // Older versions sign with SHA-1, which OpenSSL only does without any level.
  SSL_CTX_set_security_level(ctx, lowest < TLS1_2_VERSION ? 0 : 1);
  SSL_CTX_set_min_proto_version(ctx, lowest);
  SSL_CTX_set_max_proto_version(ctx, highest);
  uint64_t options = SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF;
  if (!spec_.has(Flag::PreferClientCiphers))
    options |= SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA;
  SSL_CTX_set_options(ctx, options);
  // A record is read whole, and buffers are there only while there is something in them.
  SSL_CTX_set_read_ahead(ctx, 1);
  SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (!spec_.ciphers.empty() && SSL_CTX_set_cipher_list(ctx, spec_.ciphers.c_str()) != 1) {
    return fail(error, Tag::Ciphers, 0, "no cipher of the list is known");
  }
  SSL_CTX_set_ciphersuites(
      ctx, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
  const std::string groups = spec_.groups.empty() ? "X25519:P-256" : spec_.groups;
  if (SSL_CTX_set1_groups_list(ctx, groups.c_str()) != 1) {
    return fail(error, Tag::Groups, 0, "a curve of the list is not known");
  }
  if (!spec_.signature_algorithms.empty() &&
      SSL_CTX_set1_sigalgs_list(ctx, spec_.signature_algorithms.c_str()) != 1) {
    return fail(error, Tag::SignatureAlgorithms, 0,
                "a signature algorithm of the list is not known");
  }
  if (alpn_.empty()) return true;
  if (spec_.client) {
    SSL_CTX_set_alpn_protos(ctx, reinterpret_cast<const unsigned char*>(alpn_.data()),
                            static_cast<unsigned>(alpn_.size()));
  } else {
    SSL_CTX_set_alpn_select_cb(ctx, onAlpn, this);
  }
  return true;
}

void Context::setSessions(SSL_CTX* ctx) {
  if (spec_.client) {
    // Kept per cluster by whoever connects; OpenSSL's own cache is not for clients.
    bool keeps = spec_.max_session_keys > 0;
    SSL_CTX_set_session_cache_mode(
        ctx, keeps ? SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL : SSL_SESS_CACHE_OFF);
    if (keeps) SSL_CTX_sess_set_new_cb(ctx, Session::onNewSession);
    return;
  }
  SSL_CTX_set_session_id_context(ctx,
                                 reinterpret_cast<const unsigned char*>(session_id_context_.data()),
                                 static_cast<unsigned>(session_id_context_.size()));
  if (spec_.session_timeout) SSL_CTX_set_timeout(ctx, static_cast<long>(spec_.session_timeout));
  // A client that connects again needs one; each costs a fifteenth of a handshake.
  SSL_CTX_set_num_tickets(ctx, 1);
  bool stateful = !spec_.has(Flag::NoStatefulResumption);
  SSL_CTX_set_session_cache_mode(ctx, stateful ? SSL_SESS_CACHE_SERVER : SSL_SESS_CACHE_OFF);
  if (spec_.has(Flag::NoStatelessResumption)) {
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    // Without a cache there is nothing that TLS 1.3 could hand out either.
    SSL_CTX_set_num_tickets(ctx, stateful ? 1 : 0);
  }
  if (!spec_.ticket_keys.empty()) SSL_CTX_set_tlsext_ticket_key_evp_cb(ctx, onTicket);
}

void Context::setPeerChecks(SSL_CTX* ctx) {
  // As in Envoy: where nothing says what to accept no certificate is asked for, even if required.
  int mode = spec_.client || validator_->active() ? SSL_VERIFY_PEER : SSL_VERIFY_NONE;
  if (mode != SSL_VERIFY_NONE && spec_.has(Flag::RequireClientCertificate))
    mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  SSL_CTX_set_verify(ctx, mode, nullptr);
  SSL_CTX_set_cert_verify_callback(ctx, Session::verify, this);
  validator_->install(ctx);
  if (spec_.certificates.size() > 1 && !spec_.client) SSL_CTX_set_cert_cb(ctx, onCertificate, this);
}

// NSS's format (SSLKEYLOGFILE), for people who have to read captured traffic.
bool Context::openKeyLog(BuildError* error) {
  if (spec_.key_log.empty()) return true;
  key_log_ =
      ::open(spec_.key_log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0600);
  if (key_log_ >= 0) return true;
  *error = {Tag::KeyLog, 0, "cannot open " + spec_.key_log + ": " + std::strerror(errno)};
  return false;
}

void Context::onKey(const SSL* ssl, const char* line) {
  auto* self = static_cast<Context*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  std::string text(line);
  text += '\n';
  // One write: lines of several threads do not mix. A full disk costs the log, not the connection.
  ssize_t n = ::write(self->key_log_, text.data(), text.size());
  (void)n;
}

// ---- handshakes ----------------------------------------------------------------------------

namespace {

// Whether the client takes ECDSA signatures at all.
bool takesEcdsa(SSL* ssl) {
  int count = SSL_get_shared_sigalgs(ssl, 0, nullptr, nullptr, nullptr, nullptr, nullptr);
  for (int i = 0; i < count; i++) {
    int sign = 0;
    SSL_get_shared_sigalgs(ssl, i, &sign, nullptr, nullptr, nullptr, nullptr);
    if (sign == EVP_PKEY_EC) return true;
  }
  return false;
}

}  // namespace

// Envoy's choice: the certificate whose names have the server name, exact before wildcard; of
// several, an ECDSA one when the client takes it; the first of the list when none fits.
const Context::Identity& Context::choose(SSL* ssl) const {
  const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  std::string host = lowerCase(name ? name : "");
  bool ecdsa = takesEcdsa(ssl);
  const Identity* best = &identities_.front();  // there is always one: build()
  int best_score = -1;
  for (const Identity& identity : identities_) {
    int fit = 0;
    for (const std::string& each : identity.names) {
      if (!host.empty() && each == host) {
        fit = 2;
      } else if (fit == 0 && !host.empty() && each.starts_with("*.") &&
                 dnsNameMatches(each, host)) {
        fit = 1;
      }
    }
    bool usable = !identity.ecdsa || ecdsa;
    int score = (usable ? 8 : 0) + fit * 2 + (usable && identity.ecdsa == ecdsa ? 1 : 0);
    if (score > best_score) best = &identity, best_score = score;
  }
  return *best;
}

int Context::onCertificate(SSL* ssl, void* self) {
  const Identity& identity = static_cast<Context*>(self)->choose(ssl);
  if (SSL_get_SSL_CTX(ssl) != identity.ctx.get()) SSL_set_SSL_CTX(ssl, identity.ctx.get());
  return 1;
}

int Context::onAlpn(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* in, unsigned int size, void* self) {
  const std::string& own = static_cast<Context*>(self)->alpn_;
  unsigned char* chosen = nullptr;
  int result =
      SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(own.data()),
                            static_cast<unsigned>(own.size()), in, size);
  *out = chosen;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

// Keys as Envoy and others have them in a file: 16 bytes name, 32 HMAC-SHA256, 32 AES-256-CBC.
int Context::onTicket(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
                      EVP_MAC_CTX* mac, int encrypt) {
  auto* self = static_cast<Context*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  const std::vector<std::string>& keys = self->spec_.ticket_keys;
  size_t which = 0;
  if (encrypt) {
    std::memcpy(name, keys[0].data(), 16);
    if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1) return -1;
  } else {
    while (which < keys.size() && std::memcmp(name, keys[which].data(), 16) != 0) which++;
    if (which == keys.size()) return 0;
  }
  const auto* key = reinterpret_cast<const unsigned char*>(keys[which].data());
  char digest[] = "SHA256";
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, const_cast<unsigned char*>(key + 16),
                                        32),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end(),
  };
  if (EVP_MAC_CTX_set_params(mac, params) != 1) return -1;
  int ok = encrypt ? EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key + 48, iv)
                   : EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key + 48, iv);
  if (ok != 1) return -1;
  // 2: give the client a new one, under the first key.
  return encrypt || which == 0 ? 1 : 2;
}

}  // namespace attache::tls
