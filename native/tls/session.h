// TLS of one connection, without a socket: ciphertext is fed in and collected, plaintext read and
// written. io::Connection moves the bytes.
#pragma once

#include <openssl/ssl.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/kept_bytes.h"
#include "stats/stats.h"
#include "tls/context.h"
#include "tls/validator.h"

namespace attache::tls {

// Memory that the sessions of one worker share: each leaves it empty behind itself.
class Scratch {
 public:
  static constexpr size_t kInBytes = 64 * 1024;
  // Where ciphertext is read to.
  char* in() {
    if (!in_) in_.reset(new char[kInBytes]);
    return in_.get();
  }
  std::string_view out() const { return {out_.get(), used_}; }
  void append(const char* data, size_t n);
  void clear() { used_ = 0; }
  // Room to put pieces together: a record's plaintext.
  char* gather() {
    if (!gather_) gather_.reset(new char[SSL3_RT_MAX_PLAIN_LENGTH]);
    return gather_.get();
  }

 private:
  std::unique_ptr<char[]> in_, out_, gather_;
  size_t used_ = 0, room_ = 0;
};

// Who the ends of a connection are: the first URI among the alternative names of each certificate.
struct Principals {
  std::string peer, own;
};

class Session {
 public:
  enum class Result : uint8_t {
    Done,    // of a handshake: complete
    Data,    // of a read: there was plaintext
    More,    // ciphertext is needed
    Closed,  // the peer has said that it sends no more
    Failed,  // reason() says why; an alert may wait in the output
  };
  // Counts in `stats` (group Ssl); retains the context. Null: no memory.
  static std::unique_ptr<Session> make(Context* context, Scratch& scratch, stats::Block* stats);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Of a client, before the handshake: which server it means; its name is sent unless it is an
  // address (RFC 6066 section 3).
  void setServerName(std::string name);
  const std::string& serverName() const { return server_name_; }
  // Protocols for ALPN in wire format, of a client, before the handshake.
  void offer(std::string_view protocols);
  // The name whose certificate is expected without any matcher (auto_san_validation).
  void expectName(std::string_view name) { expected_name_ = name; }
  // The session to resume.
  void resume(SSL_SESSION* session) { SSL_set_session(ssl_, session); }

  // Ciphertext for the next calls. It has to stay until they have taken it all (keepInput()).
  void feed(const char* data, size_t n) {
    input_ = data;
    input_size_ = n;
  }
  // Copies what was not taken, so that the memory may be used for something else.
  void keepInput();
  // Whether read() can have something to say without more ciphertext.
  bool buffered() const { return input_size_ > 0 || more_; }
  Result handshake();
  Result read(char* into, size_t room, size_t* got);
  // Encrypts into output(). False: the session has failed.
  bool write(const iovec* pieces, int count);
  // Says to the peer that nothing more comes.
  void close();
  // The worker's memory for ciphertext that comes in.
  char* scratchIn() { return scratch_.in(); }
  std::string_view output() const { return scratch_.out(); }
  void clearOutput() { scratch_.clear(); }

  // Whether the output that came with the handshake's end is one that nobody waits for.
  bool holdsTicket() const {
    return !context_->spec().client && SSL_version(ssl_) == TLS1_3_VERSION && !output().empty();
  }
  bool established() const { return established_; }
  // "TLS_error:|...:TLS_error_end" or so, as Envoy's transport failure reason; empty: no failure.
  const std::string& reason() const { return reason_; }
  std::string_view alpn() const;
  // Read from the certificates once, when the handshake is done.
  const std::shared_ptr<const Principals>& principals();
  SSL* ssl() const { return ssl_; }
  Context& context() const { return *context_; }
  // Whether the peer has shown a certificate that was checked and found good.
  bool peerValidated() const { return validated_; }
  // Receives each session that a server gives to a client.
  void onTicket(void (*fn)(void*, SSL_SESSION*), void* owner) {
    on_ticket_ = fn;
    ticket_owner_ = owner;
  }
  void* owner() const { return ticket_owner_; }

 private:
  friend class Context;
  Session(Context* context, Scratch& scratch, stats::Block* stats)
      : context_(context), scratch_(scratch), stats_(stats) {}
  bool start();
  void succeeded();
  Result failed();
  void countFailure();
  static int verify(X509_STORE_CTX* store, void* context);
  static int onNewSession(SSL* ssl, SSL_SESSION* session);
  static BIO_METHOD* bioMethod();
  static int bioRead(BIO* bio, char* into, int n);
  static int bioWrite(BIO* bio, const char* data, int n);
  static long bioControl(BIO* bio, int command, long number, void* pointer);

  Context* context_;
  Scratch& scratch_;
  stats::Block* stats_;
  SSL* ssl_ = nullptr;
  const char* input_ = nullptr;
  size_t input_size_ = 0;
  KeptBytes kept_;
  std::string reason_;
  std::string server_name_, expected_name_;
  void (*on_ticket_)(void*, SSL_SESSION*) = nullptr;
  void* ticket_owner_ = nullptr;
  std::shared_ptr<const Principals> principals_;
  VerifyFailure verify_failure_ = VerifyFailure::None;
  bool established_ = false;
  bool validated_ = false;
  bool more_ = false;  // the last read ended because its room was full
  bool failed_ = false;
  bool close_sent_ = false;
};

}  // namespace attache::tls
