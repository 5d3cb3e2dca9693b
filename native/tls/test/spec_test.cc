#include "tls/spec.h"

#include <cstring>

#include "base/test.h"
#include "tls/registry.h"

namespace attache::tls {
namespace {

std::string part(Tag tag, std::string_view value) {
  uint32_t head[2] = {static_cast<uint32_t>(tag), static_cast<uint32_t>(value.size())};
  return std::string(reinterpret_cast<const char*>(head), sizeof head).append(value);
}

std::string word(uint32_t value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

TEST(spec_is_read_back) {
  Spec spec;
  std::string san =
      part(Tag::SanType, word(2)) + part(Tag::SanPrefix, "a.") + part(Tag::SanIgnoreCase, "");
  REQUIRE(parseSpec(part(Tag::Client, "") + part(Tag::MinVersion, word(0x0303)) +
                        part(Tag::Alpn, "h2") + part(Tag::Certificate, "chain") +
                        part(Tag::PrivateKey, "key") + part(Tag::Certificate, "other") +
                        part(Tag::Flags, word(2)) + part(Tag::SanMatcher, san),
                    &spec));
  CHECK(spec.client);
  CHECK_EQ(spec.min_version, 0x0303u);
  REQUIRE(spec.certificates.size() == 2);
  CHECK_EQ(spec.certificates[0].key, "key");
  CHECK_EQ(spec.certificates[1].chain, "other");
  CHECK(spec.has(Flag::AcceptUntrusted));
  REQUIRE(spec.sans.size() == 1);
  CHECK(spec.sans[0].type == SanType::Dns && spec.sans[0].kind == Tag::SanPrefix &&
        spec.sans[0].ignore_case);
}

TEST(spec_that_is_damaged_is_refused) {
  Spec spec;
  std::string good = part(Tag::Alpn, "h2");
  for (size_t i = 1; i < good.size(); i++) CHECK(!parseSpec(good.substr(0, i), &spec));
  CHECK(!parseSpec(part(Tag::Alpn, ""), &spec));
  CHECK(!parseSpec(part(static_cast<Tag>(9999), "x"), &spec));
  CHECK(!parseSpec(part(Tag::SanMatcher, "x"), &spec));
}

TEST(contexts_are_shared_and_counted) {
  Registry& registry = Registry::instance();
  size_t before = registry.size();
  BuildError error;
  std::string client = part(Tag::Client, "");
  uint32_t first = registry.acquire(client, &error);
  REQUIRE(first != 0);
  CHECK_EQ(registry.acquire(client, &error), first);
  uint32_t other = registry.acquire(client + part(Tag::Sni, "a.example"), &error);
  CHECK(other != 0 && other != first);
  CHECK_EQ(registry.at(other)->spec().sni, "a.example");
  registry.release(first);
  CHECK(registry.at(first) != nullptr);
  registry.release(first);
  registry.release(other);
  CHECK_EQ(registry.size(), before);
}

TEST(contexts_that_cannot_be_built_say_why) {
  BuildError error;
  CHECK_EQ(Registry::instance().acquire(part(Tag::Certificate, "no PEM"), &error), 0u);
  CHECK(error.tag == Tag::Certificate && error.index == 0);
  CHECK_EQ(
      Registry::instance().acquire(part(Tag::Client, "") + part(Tag::Ciphers, "nonsense"), &error),
      0u);
  CHECK(error.tag == Tag::Ciphers);
  CHECK_EQ(Registry::instance().acquire(part(Tag::Client, "") + part(Tag::TrustedCa, "nonsense"),
                                        &error),
           0u);
  CHECK(error.tag == Tag::TrustedCa);
  CHECK_EQ(Registry::instance().acquire(part(Tag::TicketKey, "short"), &error), 0u);
  CHECK(error.tag == Tag::TicketKey);
}

}  // namespace
}  // namespace attache::tls
