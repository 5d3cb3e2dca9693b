#include "tls/names.h"

#include "base/test.h"

namespace attache::tls {
namespace {

TEST(dns_names_of_certificates) {
  CHECK(dnsNameMatches("a.example", "A.Example"));
  CHECK(!dnsNameMatches("a.example", "b.a.example"));
  CHECK(dnsNameMatches("*.example", "a.example"));
  // A wildcard is one whole label, and the first.
  CHECK(!dnsNameMatches("*.example", "b.a.example"));
  CHECK(!dnsNameMatches("*.example", "example"));
  CHECK(!dnsNameMatches("*.example", ".example"));
  CHECK(!dnsNameMatches("a*.example", "ab.example"));
  CHECK(!dnsNameMatches("a.*", "a.example"));
  CHECK(!dnsNameMatches("", ""));
  // What a reader of C strings would take for another name.
  CHECK(!dnsNameMatches(std::string_view("a.example\0.evil", 15), "a.example"));
}

}  // namespace
}  // namespace attache::tls
