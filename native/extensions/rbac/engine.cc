#include "extensions/rbac/engine.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <charconv>

#include "route/conditions.h"
#include "tls/names.h"
#include "tls/session.h"

namespace attache::extensions::rbac {

namespace {

using tables::RbacTest;

bool inRange(const tables::RbacNode& node, const io::Ip& ip) {
  const tables::CidrRange* range = node.range.get();
  return range && ip.size && io::inPrefix(ip, range->ip, range->length, range->ipv6);
}

io::Ip ipOfEnd(std::string_view end) {
  sockaddr_storage address{};
  return io::parseEnd(end, &address) ? io::ipOf(address) : io::Ip{};
}

// As in Envoy, any name of the certificate may be the one, its subject at last.
bool authenticated(const tables::RbacNode& node, const network::Peer& peer) {
  if (!peer.session()) return false;
  const tables::StringMatcher* wanted = node.text.get();
  if (!wanted) return true;
  X509* certificate = SSL_get0_peer_certificate(peer.session()->ssl());
  if (!certificate) return route::stringMatches(*wanted, "");
  std::vector<tls::San> names = tls::sansOf(certificate);
  for (tls::SanType type : {tls::SanType::Uri, tls::SanType::Dns})
    for (const tls::San& name : names)
      if (name.type == type && route::stringMatches(*wanted, name.value)) return true;
  return route::stringMatches(*wanted, tls::nameText(X509_get_subject_name(certificate)));
}

bool testLeaf(const tables::RbacNode& node, const Subject& subject) {
  switch (node.test) {
    case RbacTest::Any:
      return true;
    case RbacTest::Header: {
      // Without a request there is none.
      static const HeaderMap kNone(nullptr);
      return node.header &&
             route::headerMatches(*node.header, subject.headers ? *subject.headers : kNone);
    }
    case RbacTest::Path: {
      std::string_view path =
          subject.headers ? subject.headers->get(HeaderId::Path) : std::string_view{};
      return path.data() && node.text && route::stringMatches(*node.text, route::barePath(path));
    }
    case RbacTest::DestinationIp:
      return inRange(node, ipOfEnd(subject.peer.local()));
    case RbacTest::DestinationPort: {
      io::Ip own = ipOfEnd(subject.peer.local());
      return own.size && own.port >= node.from && own.port < node.to;
    }
    case RbacTest::ServerName: {
      const io::ConnectionInfo* info = subject.peer.info();
      return node.text && route::stringMatches(*node.text, info ? info->server_name : "");
    }
    case RbacTest::Authenticated:
      return authenticated(node, subject.peer);
    case RbacTest::SourceIp:
      return inRange(node, subject.peer.ip());
    case RbacTest::DirectRemoteIp:
      return inRange(node, ipOfEnd(subject.peer.directRemote()));
    case RbacTest::RemoteIp:
      return inRange(node, subject.client);
    default:
      return false;
  }
}

// What is below a node stands behind it, `limit` ends all of them.
bool test(const tables::RbacNode* node, const tables::RbacNode* limit, const Subject& subject) {
  auto behind = [&](const tables::RbacNode* of) {
    auto room = static_cast<size_t>(limit - of);
    return of + std::min<size_t>(std::max<uint32_t>(of->size, 1), room);
  };
  const tables::RbacNode* end = behind(node);
  switch (node->test) {
    case RbacTest::And:
      for (const tables::RbacNode* each = node + 1; each < end; each = behind(each))
        if (!test(each, end, subject)) return false;
      return true;
    case RbacTest::Or:
      for (const tables::RbacNode* each = node + 1; each < end; each = behind(each))
        if (test(each, end, subject)) return true;
      return false;
    case RbacTest::Not:
      return !(node + 1 < end && test(node + 1, end, subject));
    default:
      return testLeaf(*node, subject);
  }
}

}  // namespace

Verdict judge(const tables::RbacRules& rules, const Subject& subject) {
  const tables::RbacPolicy* found = nullptr;
  for (const tables::RbacPolicy& policy : rules.policies) {
    if (!policy.nodes.empty() && test(policy.nodes.begin(), policy.nodes.end(), subject)) {
      found = &policy;
      break;
    }
  }
  // Rules that only log let everything in.
  bool log_only = rules.action == tables::RbacAction::Log;
  bool allowed = log_only || (found != nullptr) == (rules.action == tables::RbacAction::Allow);
  return {allowed, found};
}

std::string denialDetails(const Verdict& verdict) {
  std::string name(verdict.policy ? verdict.policy->name.view() : "none");
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == ' ' || (c >= 9 && c <= 13); }, '_');
  return "rbac_access_denied_matched_policy[" + name + "]";
}

}  // namespace attache::extensions::rbac
