// What is said about a TLS connection and its certificates: in access logs, in headers.
#pragma once

#include <openssl/ssl.h>

#include <string>

#include "tables/generated/layout.h"

namespace attache::tls {

// Appends the text of a fact as Envoy's operators have it; false: there is none.
bool appendFact(SSL* ssl, tables::TlsFact fact, std::string* out);
// When the peer's certificate begins and ends to be valid, µs since 1970; false: there is none.
bool peerValidity(SSL* ssl, bool end, uint64_t* us);
// The certificate as PEM, URL encoded ("%20" and so on).
std::string urlEncodedPem(X509* certificate);

}  // namespace attache::tls
