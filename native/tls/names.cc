#include "tls/names.h"

#include <arpa/inet.h>
#include <openssl/sha.h>
#include <openssl/x509v3.h>

#include <algorithm>

namespace attache::tls {

namespace {

std::string bytesOf(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<size_t>(ASN1_STRING_length(text))};
}

std::string ipOf(const ASN1_OCTET_STRING* bytes) {
  char text[INET6_ADDRSTRLEN] = {};
  int size = ASN1_STRING_length(bytes);
  if (size != 4 && size != 16) return {};
  inet_ntop(size == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(bytes), text, sizeof text);
  return text;
}

bool otherName(const OTHERNAME* other, San* out) {
  char oid[128];
  int n = OBJ_obj2txt(oid, sizeof oid, other->type_id, 1);
  if (n <= 0 || n >= static_cast<int>(sizeof oid)) return false;
  out->oid.assign(oid, static_cast<size_t>(n));
  switch (ASN1_TYPE_get(other->value)) {
    case V_ASN1_UTF8STRING:
    case V_ASN1_IA5STRING:
    case V_ASN1_PRINTABLESTRING:
    case V_ASN1_VISIBLESTRING:
    case V_ASN1_OCTET_STRING:
    case V_ASN1_T61STRING:
    case V_ASN1_NUMERICSTRING:
    case V_ASN1_GENERALSTRING:
      out->value = bytesOf(other->value->value.asn1_string);
      return true;
    default:
      return false;
  }
}

std::string sha256(const unsigned char* data, size_t n) {
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(data, n, reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

}  // namespace

std::string lowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return lower;
}

std::vector<San> sansOf(const X509* certificate) {
  std::vector<San> found;
  auto* names = static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    San san;
    switch (name->type) {
      case GEN_DNS:
        san = {SanType::Dns, bytesOf(name->d.dNSName), {}};
        break;
      case GEN_URI:
        san = {SanType::Uri, bytesOf(name->d.uniformResourceIdentifier), {}};
        break;
      case GEN_EMAIL:
        san = {SanType::Email, bytesOf(name->d.rfc822Name), {}};
        break;
      case GEN_IPADD:
        san = {SanType::Ip, ipOf(name->d.iPAddress), {}};
        break;
      case GEN_OTHERNAME:
        san.type = SanType::Other;
        if (!otherName(name->d.otherName, &san)) continue;
        break;
      default:
        continue;
    }
    found.push_back(std::move(san));
  }
  GENERAL_NAMES_free(names);
  return found;
}

std::vector<std::string> certificateNames(const X509* certificate) {
  std::vector<std::string> names;
  for (San& san : sansOf(certificate)) {
    if (san.type == SanType::Dns) names.push_back(lowerCase(san.value));
  }
  if (!names.empty()) return names;
  const X509_NAME* subject = X509_get_subject_name(certificate);
  int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return names;
  names.push_back(lowerCase(bytesOf(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)))));
  return names;
}

bool dnsNameMatches(std::string_view pattern, std::string_view host) {
  if (pattern.find('\0') != std::string_view::npos) return false;
  std::string wanted = lowerCase(host), own = lowerCase(pattern);
  if (wanted == own) return !own.empty();
  // A wildcard stands for exactly one label, the first.
  if (!own.starts_with("*.")) return false;
  size_t dot = wanted.find('.');
  return dot != std::string::npos && dot > 0 &&
         std::string_view(wanted).substr(dot) == std::string_view(own).substr(1);
}

std::string nameText(const X509_NAME* name) {
  BIO* bio = BIO_new(BIO_s_mem());
  X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253);
  char* data = nullptr;
  long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<size_t>(size > 0 ? size : 0));
  BIO_free(bio);
  return text;
}

std::string certificateHash(const X509* certificate) {
  unsigned char* der = nullptr;
  int size = i2d_X509(certificate, &der);
  if (size <= 0) return {};
  std::string hash = sha256(der, static_cast<size_t>(size));
  OPENSSL_free(der);
  return hash;
}

std::string spkiHash(const X509* certificate) {
  unsigned char* der = nullptr;
  int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
  if (size <= 0) return {};
  std::string hash = sha256(der, static_cast<size_t>(size));
  OPENSSL_free(der);
  return hash;
}

}  // namespace attache::tls
