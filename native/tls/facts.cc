#include "tls/facts.h"

#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include <ctime>

#include "tls/names.h"

namespace attache::tls {

using tables::TlsFact;

namespace {

std::string hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

std::string serialOf(X509* certificate) {
  BIGNUM* number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr);
  if (!number) return {};
  char* digits = BN_bn2hex(number);
  std::string text = lowerCase(digits ? digits : "");
  OPENSSL_free(digits);
  BN_free(number);
  return text;
}

std::string sha1Hash(X509* certificate) {
  unsigned char* der = nullptr;
  int size = i2d_X509(certificate, &der);
  if (size <= 0) return {};
  unsigned char hash[SHA_DIGEST_LENGTH];
  SHA1(der, static_cast<size_t>(size), hash);
  OPENSSL_free(der);
  return {reinterpret_cast<const char*>(hash), sizeof hash};
}

std::string sansText(X509* certificate, SanType type) {
  std::string text;
  for (const San& san : sansOf(certificate)) {
    if (san.type != type) continue;
    if (!text.empty()) text += ',';
    text += san.value;
  }
  return text;
}

std::string ofCertificate(X509* certificate, TlsFact fact) {
  switch (fact) {
    case TlsFact::PeerSubject:
    case TlsFact::LocalSubject:
      return nameText(X509_get_subject_name(certificate));
    case TlsFact::PeerIssuer:
      return nameText(X509_get_issuer_name(certificate));
    case TlsFact::PeerSerial:
      return serialOf(certificate);
    case TlsFact::PeerFingerprint256:
      return hex(certificateHash(certificate));
    case TlsFact::PeerFingerprint1:
      return hex(sha1Hash(certificate));
    case TlsFact::PeerCert:
      return urlEncodedPem(certificate);
    case TlsFact::PeerUriSan:
    case TlsFact::LocalUriSan:
      return sansText(certificate, SanType::Uri);
    case TlsFact::PeerDnsSan:
    case TlsFact::LocalDnsSan:
      return sansText(certificate, SanType::Dns);
    case TlsFact::PeerIpSan:
    case TlsFact::LocalIpSan:
      return sansText(certificate, SanType::Ip);
    case TlsFact::PeerEmailSan:
    case TlsFact::LocalEmailSan:
      return sansText(certificate, SanType::Email);
    case TlsFact::PeerOthernameSan:
    case TlsFact::LocalOthernameSan:
      return sansText(certificate, SanType::Other);
    default:
      return {};
  }
}

}  // namespace

std::string urlEncodedPem(X509* certificate) {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, certificate);
  char* data = nullptr;
  long size = BIO_get_mem_data(bio, &data);
  std::string text;
  for (long i = 0; i < size; i++) {
    switch (data[i]) {
      case '\n':
        text += "%0A";
        break;
      case ' ':
        text += "%20";
        break;
      case '+':
        text += "%2B";
        break;
      case '/':
        text += "%2F";
        break;
      case '=':
        text += "%3D";
        break;
      default:
        text += data[i];
    }
  }
  BIO_free(bio);
  return text;
}

bool appendFact(SSL* ssl, TlsFact fact, std::string* out) {
  std::string text;
  switch (fact) {
    case TlsFact::Version:
      text = SSL_get_version(ssl);
      break;
    case TlsFact::Cipher:
      text = SSL_get_cipher_name(ssl);
      break;
    case TlsFact::SessionId: {
      // One that resumes nothing is none: TLS 1.3 has tickets (RFC 8446 appendix D.4).
      if (SSL_version(ssl) >= TLS1_3_VERSION) break;
      unsigned int size = 0;
      const SSL_SESSION* session = SSL_get_session(ssl);
      const unsigned char* id = session ? SSL_SESSION_get_id(session, &size) : nullptr;
      text = hex({reinterpret_cast<const char*>(id), size});
      break;
    }
    default: {
      bool local = fact >= TlsFact::LocalSubject;
      X509* certificate = local ? SSL_get_certificate(ssl) : SSL_get0_peer_certificate(ssl);
      if (certificate) text = ofCertificate(certificate, fact);
    }
  }
  *out += text;
  return !text.empty();
}

bool peerValidity(SSL* ssl, bool end, uint64_t* us) {
  X509* certificate = SSL_get0_peer_certificate(ssl);
  if (!certificate) return false;
  tm parts{};
  if (ASN1_TIME_to_tm(end ? X509_get0_notAfter(certificate) : X509_get0_notBefore(certificate),
                      &parts) != 1)
    return false;
  *us = static_cast<uint64_t>(timegm(&parts)) * 1000000;
  return true;
}

}  // namespace attache::tls
