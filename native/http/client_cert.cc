#include "http/client_cert.h"

#include <string>
#include <string_view>

#include "http/stream.h"
#include "tls/facts.h"
#include "tls/names.h"
#include "tls/session.h"

namespace attache::http {

using tables::ForwardClientCert;

namespace {

// Bits of HttpConnectionManager::client_cert_details.
enum Detail : uint8_t { kSubject = 1, kCert = 2, kChain = 4, kDns = 8, kUri = 16 };

void add(std::string& text, std::string_view key, std::string_view value, bool quoted) {
  if (!text.empty()) text += ';';
  text += key;
  text += '=';
  if (quoted) text += '"';
  // RFC 2253 has quotes in names escaped already; PEM has none.
  text += value;
  if (quoted) text += '"';
}

std::string chainText(SSL* ssl, X509* leaf) {
  std::string text = tls::urlEncodedPem(leaf);
  STACK_OF(X509)* chain = SSL_get_peer_cert_chain(ssl);
  for (int i = 0; chain && i < sk_X509_num(chain); i++) {
    X509* link = sk_X509_value(chain, i);
    if (X509_cmp(link, leaf) != 0) text += tls::urlEncodedPem(link);
  }
  return text;
}

// This hop's element: "By=...;Hash=...;Subject=...".
std::string element(SSL* ssl, X509* peer, uint8_t details) {
  std::string text;
  if (X509* own = SSL_get_certificate(ssl)) {
    for (const tls::San& san : tls::sansOf(own)) {
      if (san.type == tls::SanType::Uri) add(text, "By", san.value, false);
    }
  }
  std::string hash;
  tls::appendFact(ssl, tables::TlsFact::PeerFingerprint256, &hash);
  add(text, "Hash", hash, false);
  if (details & kCert) add(text, "Cert", tls::urlEncodedPem(peer), true);
  if (details & kChain) add(text, "Chain", chainText(ssl, peer), true);
  if (details & kSubject) add(text, "Subject", tls::nameText(X509_get_subject_name(peer)), true);
  bool any_uri = false;
  for (const tls::San& san : tls::sansOf(peer)) {
    if (details & kUri && san.type == tls::SanType::Uri) {
      add(text, "URI", san.value, false);
      any_uri = true;
    }
  }
  if (details & kUri && !any_uri) add(text, "URI", "", false);
  for (const tls::San& san : tls::sansOf(peer)) {
    if (details & kDns && san.type == tls::SanType::Dns) add(text, "DNS", san.value, false);
  }
  return text;
}

}  // namespace

void forwardClientCert(Stream& stream) {
  const tables::HttpConnectionManager& config = stream.manager().config;
  HeaderMap& headers = stream.request();
  if (config.forward_client_cert == ForwardClientCert::AlwaysForwardOnly) return;
  tls::Session* session = stream.peer().session();
  X509* peer = session ? SSL_get0_peer_certificate(session->ssl()) : nullptr;
  if (config.forward_client_cert == ForwardClientCert::Sanitize || !peer) {
    headers.remove(HeaderId::XForwardedClientCert);
    return;
  }
  if (config.forward_client_cert == ForwardClientCert::ForwardOnly) return;
  std::string_view text =
      stream.arena().copy(element(session->ssl(), peer, config.client_cert_details));
  if (config.forward_client_cert == ForwardClientCert::AppendForward) {
    headers.appendValue(HeaderId::XForwardedClientCert, text, ",");
  } else {
    headers.set(HeaderId::XForwardedClientCert, text);
  }
}

}  // namespace attache::http
