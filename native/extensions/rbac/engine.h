// Who may do what (envoy.config.rbac.v3): policies on a connection, and on a request where there is
// one.
#pragma once

#include <string>
#include <string_view>

#include "codec/headers.h"
#include "network/peer.h"
#include "tables/generated/layout.h"

namespace attache::extensions::rbac {

struct Subject {
  const network::Peer& peer;
  io::Ip client;                       // who the client is, whatever stands between
  const HeaderMap* headers = nullptr;  // null: there is no request
};

struct Verdict {
  bool allowed;
  const tables::RbacPolicy* policy = nullptr;  // that has decided; null: none matches
};

Verdict judge(const tables::RbacRules& rules, const Subject& subject);
// `rbac_access_denied_matched_policy[a_policy]`
std::string denialDetails(const Verdict& verdict);

}  // namespace attache::extensions::rbac
