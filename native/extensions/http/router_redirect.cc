// Internal redirects: a response that says where the request should go is followed in the client's
// place. envoy.config.route.v3.InternalRedirectPolicy
#include <algorithm>
#include <cctype>

#include "codec/h1.h"
#include "extensions/http/router_stream.h"
#include "tracing/trace.h"

namespace attache::extensions {

namespace cs = stats::cluster;
namespace hcm = stats::hcm;

namespace {

struct Target {
  std::string_view scheme, authority, path;
};

// An absolute URL; false: it is none, or not one to go to.
bool readUrl(std::string_view url, Target& target) {
  size_t colon = url.find("://");
  if (colon == std::string_view::npos || colon == 0) return false;
  target.scheme = url.substr(0, colon);
  if (!std::all_of(target.scheme.begin(), target.scheme.end(),
                   [](unsigned char c) { return std::isalpha(c); }))
    return false;
  std::string_view rest = url.substr(colon + 3);
  size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  target.authority = rest.substr(0, end);
  auto odd = [](unsigned char c) { return c <= ' ' || c == '@' || c == '\\' || c >= 0x7f; };
  if (target.authority.empty() ||
      std::any_of(target.authority.begin(), target.authority.end(), odd))
    return false;
  // What is behind a # is for clients (RFC 9110 section 10.2.2).
  target.path = rest.substr(end, rest.find('#', end) - end);
  return std::none_of(target.path.begin(), target.path.end(),
                      [](unsigned char c) { return c <= ' ' || c == 0x7f; });
}

bool isHttp(std::string_view scheme) {
  return h1::equalsIgnoreCase(scheme, "http");
}

bool allows(const tables::InternalRedirects& policy, std::string_view route) {
  return !policy.limits_routes ||
         std::any_of(policy.allowed_routes.begin(), policy.allowed_routes.end(),
                     [&](const tables::Str& name) { return name.view() == route; });
}

// A request that another one takes the place of has no body (RFC 9110 section 15.4.4).
bool becomesGet(const HeaderMap& headers, int status) {
  std::string_view method = headers.get(HeaderId::Method);
  return status == 303 && method != "GET" && method != "HEAD";
}

}  // namespace

// True: the response is not the one that is passed on.
bool Router::redirect(const HeaderMap& headers, int status, bool end) {
  const tables::RoutePolicies* policies = stream_.route().route->policies.get();
  const tables::InternalRedirects* policy = policies ? policies->redirects.get() : nullptr;
  if (!policy || !retry_->redirects) return false;
  auto code = static_cast<uint32_t>(status);
  if (std::find(policy->codes.begin(), policy->codes.end(), code) == policy->codes.end())
    return false;
  stats::Block* cluster = cluster_->stats();
  if (!request_end_ || body_sent_ || tunnel != http::Tunnel::None ||
      !headers.has(HeaderId::Location) || !turnRequest(*policy, headers, status)) {
    stats::inc(cluster, cs::upstream_internal_redirect_failed_total);
    return false;
  }
  stats::inc(cluster, cs::upstream_internal_redirect_succeeded_total);
  if (stream_.trace) stream_.trace->endAttempt(status, 0);
  letGo(end);
  // For the log: the fields are views into a read buffer.
  stream_.response().detach(nullptr, reinterpret_cast<const char*>(UINTPTR_MAX));
  stream_.setStatus(status);
  // The connection is to be done with this response first.
  done_ = true;
  timeout_.cancel();
  disarm();
  retry_->redirected = true;
  stream_.worker().loop.arm(retry_->backoff, 0);
  return true;
}

void Router::restart() {
  stream_.restart(std::move(body_));  // this is over
}

// Makes the head what it is to be at the other place; false: as it was, and a counter says why.
bool Router::turnRequest(const tables::InternalRedirects& policy, const HeaderMap& response,
                         int status) {
  HeaderMap& headers = stream_.request();
  Arena& arena = stream_.arena();
  stats::Block* counters = stream_.manager().stats;
  auto refuse = [&](uint16_t why) {
    stats::inc(counters, why);
    return false;
  };
  Target to;
  std::string_view path = headers.get(HeaderId::Path);
  if (!path.data()) return false;
  if (!readUrl(arena.copy(response.get(HeaderId::Location)), to))
    return refuse(hcm::passthrough_internal_redirect_bad_location);
  bool plain = isHttp(headers.get(HeaderId::Scheme)) || !stream_.peer().tls;
  bool to_plain = isHttp(to.scheme);
  if (!policy.cross_scheme && plain != to_plain)
    return refuse(hcm::passthrough_internal_redirect_unsafe_scheme);
  if (stream_.redirects() >= policy.most)
    return refuse(hcm::passthrough_internal_redirect_too_many_redirects);
  std::string_view from =
      arena.concat(plain ? "http://" : "https://", headers.get(HeaderId::Authority), path);
  HeaderMap saved(&arena);
  headers.cloneInto(saved);
  copyHeaders(policy, response);
  headers.set(HeaderId::Scheme, to.scheme);
  headers.set(HeaderId::Authority, to.authority);
  bool rooted = !to.path.empty() && to.path.front() == '/';
  headers.set(HeaderId::Path, rooted ? to.path : arena.concat("/", to.path));
  route::Match match = stream_.matchRequest();
  uint16_t why = hcm::passthrough_internal_redirect_no_route;
  if (match.route) {
    why = hcm::passthrough_internal_redirect_predicate;
    std::string_view name = match.route->name.view();
    bool safe = !policy.safe_cross_scheme || !plain || to_plain;
    if (allows(policy, name) && safe && noteRedirect(policy, name)) {
      if (becomesGet(headers, status)) {
        headers.set(HeaderId::Method, "GET");
        headers.remove(HeaderId::ContentLength);
        body_.clear();
      }
      headers.set(HeaderId::XEnvoyOriginalUrl, from);
      if (stream_.trace) stream_.trace->leadsTo(*match.route);
      return true;
    }
  }
  headers = std::move(saved);
  return refuse(why);
}

bool Router::noteRedirect(const tables::InternalRedirects& policy, std::string_view to) {
  std::string_view from = stream_.route().route->name.view();
  if (policy.not_twice && stream_.hasRedirected(from, to)) return false;
  stream_.noteRedirect(from, to);
  return true;
}

void Router::copyHeaders(const tables::InternalRedirects& policy, const HeaderMap& response) {
  HeaderMap& headers = stream_.request();
  for (const tables::Str& name : policy.copied_headers) {
    headers.remove(name.view());
    for (const Header* each = response.find(name.view()); each; each = response.next(each))
      headers.addCopy(name.view(), each->valueView());
  }
}

}  // namespace attache::extensions
