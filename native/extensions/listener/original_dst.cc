#include "extensions/listener/original_dst.h"

#include <netinet/in.h>

#include <cstring>

// Of <linux/netfilter_ipv4.h> and <linux/netfilter_ipv6/ip6_tables.h>, which do not go together
// with the headers of the C library everywhere.
#ifndef SO_ORIGINAL_DST
#define SO_ORIGINAL_DST 80
#endif
#ifndef IP6T_SO_ORIGINAL_DST
#define IP6T_SO_ORIGINAL_DST 80
#endif

namespace attache::extensions {

namespace {

using listener::FilterContext;
using listener::FilterResult;

// What the connection tracking of the kernel knows; false: nothing.
bool originalDestination(int fd, int family, sockaddr_storage* out) {
  socklen_t size = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  int level = family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
  int option = family == AF_INET ? SO_ORIGINAL_DST : IP6T_SO_ORIGINAL_DST;
  return getsockopt(fd, level, option, out, &size) == 0 && out->ss_family == family;
}

// Whether its listener takes connections to any address (IP_TRANSPARENT): its local end is then
// where the client meant to go.
bool isTransparent(int fd, int family) {
  int on = 0;
  socklen_t size = sizeof on;
  bool ipv4 = family == AF_INET;
  return getsockopt(fd, ipv4 ? IPPROTO_IP : IPPROTO_IPV6, ipv4 ? IP_TRANSPARENT : IPV6_TRANSPARENT,
                    &on, &size) == 0 &&
         on != 0;
}

FilterResult onAccept(const void*, FilterContext& context) {
  sockaddr_storage local = io::localEnd(context.fd, &context.info);
  int family = local.ss_family;
  if (family != AF_INET && family != AF_INET6) return FilterResult::Continue;
  // IPv4 through a socket of IPv6 is IPv4 to the connection tracking.
  if (family == AF_INET6 && io::ipOf(local).size == 4) family = AF_INET;
  sockaddr_storage original{};
  if (!originalDestination(context.fd, family, &original)) original = local;
  // A connection that nobody redirected went where it was to go.
  if (io::sameEnd(original, local) && !isTransparent(context.fd, local.ss_family))
    return FilterResult::Continue;
  context.info.local = original;
  context.info.local_restored = true;
  return FilterResult::Continue;
}

}  // namespace

const listener::FilterHooks kOriginalDst = {
    .name = "envoy.filters.listener.original_dst",
    .onAccept = onAccept,
};

}  // namespace attache::extensions
