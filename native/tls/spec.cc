#include "tls/spec.h"

#include <cstring>

namespace attache::tls {

namespace {

uint32_t word(std::string_view bytes) {
  uint32_t value = 0;
  std::memcpy(&value, bytes.data(), bytes.size() < sizeof value ? bytes.size() : sizeof value);
  return value;
}

// Calls fn(tag, value) for each part; false when the list is damaged or fn says so.
template <class Fn>
bool eachPart(std::string_view bytes, Fn&& fn) {
  while (!bytes.empty()) {
    if (bytes.size() < 8) return false;
    uint32_t tag = word(bytes.substr(0, 4)), size = word(bytes.substr(4, 4));
    if (size > bytes.size() - 8) return false;
    if (!fn(static_cast<Tag>(tag), bytes.substr(8, size))) return false;
    bytes.remove_prefix(8 + size);
  }
  return true;
}

bool parseSan(std::string_view bytes, SanMatcher* out) {
  return eachPart(bytes, [&](Tag tag, std::string_view value) {
    switch (tag) {
      case Tag::SanType:
        out->type = static_cast<SanType>(word(value));
        return true;
      case Tag::SanExact:
      case Tag::SanPrefix:
      case Tag::SanSuffix:
      case Tag::SanContains:
      case Tag::SanRegex:
        out->kind = tag;
        out->value = value;
        return true;
      case Tag::SanIgnoreCase:
        out->ignore_case = true;
        return true;
      case Tag::SanOid:
        out->oid = value;
        return true;
      default:
        return false;
    }
  });
}

bool certificatePart(Tag tag, std::string_view value, std::vector<CertificateSpec>& certificates) {
  if (tag == Tag::Certificate) {
    certificates.emplace_back().chain = value;
    return true;
  }
  if (certificates.empty()) certificates.emplace_back();
  CertificateSpec& last = certificates.back();
  (tag == Tag::PrivateKey ? last.key : tag == Tag::Password ? last.password : last.pkcs12) = value;
  return true;
}

bool validationPart(Tag tag, std::string_view value, Spec& spec) {
  switch (tag) {
    case Tag::TrustedCa:
      spec.trusted_ca = value;
      return true;
    case Tag::Crl:
      spec.crl = value;
      return true;
    case Tag::MaxDepth:
      spec.max_depth = static_cast<int>(word(value));
      return true;
    case Tag::Spki:
      spec.spki.emplace_back(value);
      return true;
    case Tag::CertificateHash:
      spec.hashes.emplace_back(value);
      return true;
    case Tag::SanMatcher:
      return parseSan(value, &spec.sans.emplace_back());
    default:
      return false;
  }
}

bool sessionPart(Tag tag, std::string_view value, Spec& spec) {
  switch (tag) {
    case Tag::TicketKey:
      spec.ticket_keys.emplace_back(value);
      return true;
    case Tag::SessionTimeout:
      spec.session_timeout = word(value);
      return true;
    case Tag::Sni:
      spec.sni = value;
      return true;
    case Tag::MaxSessionKeys:
      spec.max_session_keys = word(value);
      return true;
    case Tag::KeyLog:
      spec.key_log = value;
      return true;
    case Tag::KeyLogLocal:
      spec.key_log_local.emplace_back(value);
      return true;
    case Tag::KeyLogRemote:
      spec.key_log_remote.emplace_back(value);
      return true;
    default:
      return false;
  }
}

}  // namespace

bool parseSpec(std::string_view bytes, Spec* out) {
  return eachPart(bytes, [&](Tag tag, std::string_view value) {
    switch (tag) {
      case Tag::Client:
        out->client = true;
        return true;
      case Tag::MinVersion:
        out->min_version = word(value);
        return true;
      case Tag::MaxVersion:
        out->max_version = word(value);
        return true;
      case Tag::Ciphers:
        out->ciphers = value;
        return true;
      case Tag::Groups:
        out->groups = value;
        return true;
      case Tag::SignatureAlgorithms:
        out->signature_algorithms = value;
        return true;
      case Tag::Alpn:
        out->alpn.emplace_back(value);
        return !value.empty() && value.size() < 256;
      case Tag::Flags:
        out->flags |= word(value);
        return true;
      case Tag::Certificate:
      case Tag::PrivateKey:
      case Tag::Password:
      case Tag::Pkcs12:
        return certificatePart(tag, value, out->certificates);
      default:
        return validationPart(tag, value, *out) || sessionPart(tag, value, *out);
    }
  });
}

}  // namespace attache::tls
