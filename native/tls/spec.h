// What a TLS context is made of, as bytes that the control half writes (src/tls/spec.ts) and any
// thread can build from: a list of parts, each a tag (u32), a length (u32) and so many bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace attache::tls {

// Numbers of the parts; src/tls/spec.ts has the same. A part of a certificate belongs to the
// Certificate before it.
enum class Tag : uint32_t {
  Client = 1,      // nothing: the side that connects; without it, the one that accepts
  MinVersion = 2,  // u32, 0x0303 for TLS 1.2
  MaxVersion = 3,
  Ciphers = 4,  // OpenSSL's list for TLS 1.2 and below
  Groups = 5,   // OpenSSL's list of curves
  SignatureAlgorithms = 6,
  Alpn = 7,          // one protocol, again for each
  Certificate = 10,  // PEM: the certificate, then its chain
  PrivateKey = 11,   // PEM
  Password = 12,
  Pkcs12 = 13,           // DER: certificate, chain and key
  TrustedCa = 20,        // PEM, any number of certificates
  Crl = 21,              // PEM
  Flags = 22,            // u32, bits of Flag
  MaxDepth = 23,         // u32
  Spki = 24,             // 32 bytes: SHA-256 of a public key that is accepted
  CertificateHash = 25,  // 32 bytes: SHA-256 of a certificate that is accepted
  SanMatcher = 26,       // a list of parts: San*
  TicketKey = 30,        // 80 bytes; the first encrypts
  SessionTimeout = 31,   // u32, seconds
  Sni = 40,
  MaxSessionKeys = 41,  // u32
  KeyLog = 50,          // path
  KeyLogLocal = 51,     // "address/length"
  KeyLogRemote = 52,
  // Inside a SanMatcher
  SanType = 100,  // u32, SanType
  SanExact = 101,
  SanPrefix = 102,
  SanSuffix = 103,
  SanContains = 104,
  SanRegex = 105,
  SanIgnoreCase = 106,  // nothing
  SanOid = 107,         // dotted, of an otherName
};

enum class Flag : uint32_t {
  RequireClientCertificate = 1,
  AcceptUntrusted = 2,
  AllowExpired = 4,
  OnlyLeafCrl = 8,
  NoStatelessResumption = 16,
  NoStatefulResumption = 32,
  AutoHostSni = 64,
  AutoSanValidation = 128,
  PreferClientCiphers = 256,
  AllowRenegotiation = 512,
  EnforceRsaKeyUsage = 1024,
  FullScan = 2048,  // full_scan_certs_on_sni_mismatch
  SuppressCaList = 4096,
};

enum class SanType : uint32_t { Any = 0, Email = 1, Dns = 2, Uri = 3, Ip = 4, Other = 5 };

struct SanMatcher {
  SanType type = SanType::Any;
  Tag kind = Tag::SanExact;
  std::string value;
  std::string oid;
  bool ignore_case = false;
};

struct CertificateSpec {
  std::string chain;
  std::string key;
  std::string password;
  std::string pkcs12;
};

struct Spec {
  bool client = false;
  uint32_t min_version = 0;
  uint32_t max_version = 0;
  std::string ciphers, groups, signature_algorithms;
  std::vector<std::string> alpn;
  std::vector<CertificateSpec> certificates;
  std::string trusted_ca, crl;
  uint32_t flags = 0;
  int max_depth = -1;
  std::vector<std::string> spki, hashes;
  std::vector<SanMatcher> sans;
  std::vector<std::string> ticket_keys;
  uint32_t session_timeout = 0;
  std::string sni;
  uint32_t max_session_keys = 0;
  std::string key_log;
  std::vector<std::string> key_log_local, key_log_remote;

  bool has(Flag flag) const { return flags & static_cast<uint32_t>(flag); }
};

// False: the bytes are not a list of parts.
bool parseSpec(std::string_view bytes, Spec* out);

}  // namespace attache::tls
