// Names in certificates.
#pragma once

#include <openssl/x509.h>

#include <string>
#include <string_view>
#include <vector>

#include "tls/spec.h"

namespace attache::tls {

std::string lowerCase(std::string_view text);

// A subject alternative name. The value may hold any byte, NUL too: compare all of it.
struct San {
  SanType type = SanType::Any;
  std::string value;  // an IP address as text
  std::string oid;    // of an otherName
};
// All subject alternative names of kinds that can be matched.
std::vector<San> sansOf(const X509* certificate);
// DNS names in lower case; without any, the common name.
std::vector<std::string> certificateNames(const X509* certificate);
// Whether a DNS name of a certificate ("*.example.com") is that of `host`, in any case.
bool dnsNameMatches(std::string_view pattern, std::string_view host);
// "CN=a,O=b" as RFC 2253 has it.
std::string nameText(const X509_NAME* name);
// SHA-256 of the certificate's DER, of its public key.
std::string certificateHash(const X509* certificate);
std::string spkiHash(const X509* certificate);

}  // namespace attache::tls
