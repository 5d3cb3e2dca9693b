#include "extensions/http/router_hash.h"

#include <cstdio>
#include <string>

#include "base/hash.h"
#include "route/hash_policy.h"

namespace attache::extensions {
namespace {

class Source final : public route::HashSource {
 public:
  Source(http::Stream& stream, const HashCookie*& cookies) : stream_(stream), cookies_(cookies) {}
  std::string_view sourceIp() override {
    return stream_.clientIp().size > 0 ? stream_.remoteIp() : std::string_view();
  }
  std::string_view makeCookie(const tables::HashPolicy& policy) override;

 private:
  http::Stream& stream_;
  const HashCookie*& cookies_;
};

// As in Envoy: by the ends of the connection, so that requests which race get the same one.
std::string_view Source::makeCookie(const tables::HashPolicy& policy) {
  for (const HashCookie* known = cookies_; known; known = known->next) {
    if (known->policy == &policy) return known->value;
  }
  uint64_t hash = xxHash64(stream_.peer().remote() + stream_.peer().local());
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash));
  Arena& arena = stream_.arena();
  std::string_view value = arena.copy(std::string_view(digits, 16));
  std::string field(policy.name.view());
  field.append("=\"").append(value).append("\"").append(policy.cookie_suffix.view());
  cookies_ = arena.make<HashCookie>(HashCookie{&policy, value, arena.copy(field), cookies_});
  return value;
}

}  // namespace

std::optional<uint64_t> hashRequest(http::Stream& stream, const tables::HashPolicies& policies,
                                    const HashCookie*& cookies) {
  Source source(stream, cookies);
  return route::requestHash(policies, stream.request(), source);
}

void addHashCookies(HeaderMap& response, const HashCookie* cookies) {
  if (!cookies) return;
  addHashCookies(response, cookies->next);
  response.add(HeaderId::SetCookie, cookies->field);
}

}  // namespace attache::extensions
