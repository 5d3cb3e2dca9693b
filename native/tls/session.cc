#include "tls/session.h"

#include <arpa/inet.h>
#include <openssl/err.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "tls/counters.h"
#include "tls/names.h"

namespace attache::tls {

void Scratch::append(const char* data, size_t n) {
  if (used_ + n > room_) {
    size_t room = std::max<size_t>(room_ * 2, used_ + n + 4096);
    std::unique_ptr<char[]> bigger(new char[room]);
    if (used_) std::memcpy(bigger.get(), out_.get(), used_);
    out_ = std::move(bigger);
    room_ = room;
  }
  std::memcpy(out_.get() + used_, data, n);
  used_ += n;
}

namespace {

// SSL_get_error() takes what is left in the thread's queue for its own. Clearing it costs more than
// seeing that it is empty.
void forgetErrors() {
  if (ERR_peek_error()) ERR_clear_error();
}

}  // namespace

// ---- OpenSSL's side ------------------------------------------------------------------------

BIO_METHOD* Session::bioMethod() {
  static BIO_METHOD* method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "attache");
    BIO_meth_set_read(made, bioRead);
    BIO_meth_set_write(made, bioWrite);
    BIO_meth_set_ctrl(made, bioControl);
    return made;
  }();
  return method;
}

int Session::bioRead(BIO* bio, char* into, int n) {
  auto* self = static_cast<Session*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  size_t take = std::min<size_t>(static_cast<size_t>(n), self->input_size_);
  if (take == 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  std::memcpy(into, self->input_, take);
  self->input_ += take;
  self->input_size_ -= take;
  return static_cast<int>(take);
}

int Session::bioWrite(BIO* bio, const char* data, int n) {
  static_cast<Session*>(BIO_get_data(bio))->scratch_.append(data, static_cast<size_t>(n));
  return n;
}

long Session::bioControl(BIO*, int command, long, void*) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

int Session::verify(X509_STORE_CTX* store, void* context) {
  auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* self = static_cast<Session*>(SSL_get_app_data(ssl));
  const Validator& validator = static_cast<Context*>(context)->validator();
  int ok = validator.check(store, self->context_->spec().client, self->expected_name_,
                           &self->verify_failure_, &self->reason_);
  self->validated_ = ok && validator.active();
  if (ok && self->verify_failure_ != VerifyFailure::None) {
    self->countFailure();
    self->verify_failure_ = VerifyFailure::None;
  }
  return ok;
}

int Session::onNewSession(SSL* ssl, SSL_SESSION* session) {
  auto* self = static_cast<Session*>(SSL_get_app_data(ssl));
  if (!self || !self->on_ticket_) return 0;
  self->on_ticket_(self->ticket_owner_, session);
  return 1;  // taken over
}

// ---- life ----------------------------------------------------------------------------------

std::unique_ptr<Session> Session::make(Context* context, Scratch& scratch, stats::Block* stats) {
  context->retain();
  std::unique_ptr<Session> session(new Session(context, scratch, stats));
  return session->start() ? std::move(session) : nullptr;
}

bool Session::start() {
  ssl_ = SSL_new(context_->first());
  BIO* bio = ssl_ ? BIO_new(bioMethod()) : nullptr;
  if (!bio) return false;
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_, bio, bio);
  SSL_set_app_data(ssl_, this);
  if (context_->spec().client) {
    SSL_set_connect_state(ssl_);
  } else {
    SSL_set_accept_state(ssl_);
  }
  return true;
}

Session::~Session() {
  if (ssl_) SSL_free(ssl_);
  context_->release();
}

void Session::setServerName(std::string name) {
  server_name_ = std::move(name);
  unsigned char address[16];
  bool ip = inet_pton(AF_INET, server_name_.c_str(), address) == 1 ||
            inet_pton(AF_INET6, server_name_.c_str(), address) == 1;
  if (!server_name_.empty() && !ip) SSL_set_tlsext_host_name(ssl_, server_name_.c_str());
}

void Session::keepInput() {
  if (input_size_ == 0) return;
  // What is kept already may be where the rest lies.
  KeptBytes next;
  next.append(input_, input_size_);
  kept_ = std::move(next);
  input_ = kept_.data();
}

void Session::offer(std::string_view protocols) {
  SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(protocols.data()),
                      static_cast<unsigned>(protocols.size()));
}

const std::shared_ptr<const Principals>& Session::principals() {
  if (principals_) return principals_;
  auto uriOf = [](const X509* certificate) {
    if (certificate) {
      for (San& san : sansOf(certificate)) {
        if (san.type == SanType::Uri) return std::move(san.value);
      }
    }
    return std::string();
  };
  auto made = std::make_shared<Principals>();
  X509* peer = SSL_get1_peer_certificate(ssl_);
  made->peer = uriOf(peer);
  X509_free(peer);
  made->own = uriOf(SSL_get_certificate(ssl_));
  principals_ = std::move(made);
  return principals_;
}

std::string_view Session::alpn() const {
  const unsigned char* protocol = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl_, &protocol, &size);
  return {reinterpret_cast<const char*>(protocol), size};
}

// ---- records -------------------------------------------------------------------------------

Session::Result Session::handshake() {
  if (failed_) return Result::Failed;
  forgetErrors();
  int result = SSL_do_handshake(ssl_);
  if (result == 1) {
    succeeded();
    return Result::Done;
  }
  if (SSL_get_error(ssl_, result) == SSL_ERROR_WANT_READ) return Result::More;
  return failed();
}

void Session::succeeded() {
  established_ = true;
  // What came in the same piece as the handshake's end lies in OpenSSL's own buffer.
  more_ = SSL_has_pending(ssl_);
  // The certificate of a session that is resumed was looked at when it began.
  if (SSL_session_reused(ssl_) && SSL_get0_peer_certificate(ssl_))
    validated_ = context_->validator().active();
  countHandshake(stats_, ssl_);
}

Session::Result Session::failed() {
  failed_ = true;
  more_ = false;
  input_size_ = 0;
  std::string text = takeOpenSslError();
  // A certificate that was refused: what refused it has said more.
  if (!text.empty()) reason_ = reason_.empty() ? text : text + ":" + reason_;
  reason_ = "TLS_error:|" + (reason_.empty() ? "unknown" : reason_) + ":TLS_error_end";
  countFailure();
  return Result::Failed;
}

void Session::countFailure() {
  if (!stats_) return;
  switch (verify_failure_) {
    case VerifyFailure::Chain:
      stats::inc(stats_, stats::ssl::ssl_fail_verify_error);
      break;
    case VerifyFailure::San:
      stats::inc(stats_, stats::ssl::ssl_fail_verify_san);
      break;
    case VerifyFailure::Hash:
      stats::inc(stats_, stats::ssl::ssl_fail_verify_cert_hash);
      break;
    case VerifyFailure::KeyUsage:
      stats::inc(stats_, stats::ssl::ssl_was_key_usage_invalid);
      break;
    case VerifyFailure::None:
      if (reason_.find("peer did not return a certificate") != std::string::npos) {
        stats::inc(stats_, stats::ssl::ssl_fail_verify_no_cert);
        return;
      }
      break;
  }
  // As in Envoy: a certificate that was refused is no error of the connection besides.
  if (verify_failure_ == VerifyFailure::None) stats::inc(stats_, stats::ssl::ssl_connection_error);
}

Session::Result Session::read(char* into, size_t room, size_t* got) {
  *got = 0;
  if (failed_) return Result::Failed;
  forgetErrors();
  more_ = false;
  for (;;) {
    int n = SSL_read(ssl_, into + *got, static_cast<int>(room - *got));
    if (n > 0) {
      *got += static_cast<size_t>(n);
      if (input_size_ == 0 && !SSL_has_pending(ssl_)) return Result::Data;
      if (*got == room) {
        more_ = true;
        return Result::Data;
      }
      continue;
    }
    int error = SSL_get_error(ssl_, n);
    if (error == SSL_ERROR_WANT_READ) return *got ? Result::Data : Result::More;
    if (*got) {
      // First what came before it; the next call meets it again.
      more_ = true;
      return Result::Data;
    }
    if (error == SSL_ERROR_ZERO_RETURN) return Result::Closed;
    return failed();
  }
}

bool Session::write(const iovec* pieces, int count) {
  if (failed_) return false;
  forgetErrors();
  size_t gathered = 0;
  auto seal = [&](const char* data, size_t n) {
    int written = SSL_write(ssl_, data, static_cast<int>(n));
    if (written > 0) return true;
    failed();
    return false;
  };
  auto sealGathered = [&] {
    size_t n = gathered;
    gathered = 0;
    return n == 0 || seal(scratch_.gather(), n);
  };
  for (int i = 0; i < count; i++) {
    const char* data = static_cast<const char*>(pieces[i].iov_base);
    size_t left = pieces[i].iov_len;
    // A message that lies in one piece is not copied.
    if (count == 1 && left > 0) return seal(data, left);
    while (left > 0) {
      if (gathered == 0 && left >= SSL3_RT_MAX_PLAIN_LENGTH) {
        size_t whole = left - left % SSL3_RT_MAX_PLAIN_LENGTH;
        if (!seal(data, whole)) return false;
        data += whole;
        left -= whole;
        continue;
      }
      size_t take = std::min<size_t>(left, SSL3_RT_MAX_PLAIN_LENGTH - gathered);
      std::memcpy(scratch_.gather() + gathered, data, take);
      gathered += take;
      data += take;
      left -= take;
      if (gathered == SSL3_RT_MAX_PLAIN_LENGTH && !sealGathered()) return false;
    }
  }
  return sealGathered();
}

void Session::close() {
  if (failed_ || close_sent_ || !established_) return;
  close_sent_ = true;
  forgetErrors();
  SSL_shutdown(ssl_);
}

}  // namespace attache::tls
