// Where connections to hosts come from: what their sockets are bound to (upstream_bind_config).
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>

#include "tables/generated/layout.h"

namespace attache::upstream {

// The numeric address as the kernel takes it, and its size; 0: it is of no family.
socklen_t socketAddress(const tables::Address& from, sockaddr_storage* to);
// Gives the socket its options and binds it, for a host of the family: as the first source of that
// family says, else the first one. Unix sockets stay as they are. Not Yes: errno says why, and of
// an address `*reason` too (%RESPONSE_CODE_DETAILS%).
enum class Bound : uint8_t { Yes, BadOption, BadAddress };
Bound bindSource(const tables::UpstreamBind& bind, int fd, int family, std::string* reason);
// Whether sockets are bound alike; null: not at all.
bool sameBind(const tables::UpstreamBind* a, const tables::UpstreamBind* b);

}  // namespace attache::upstream
