#include "listener/filter.h"

namespace attache::listener {

namespace {

bool inPortRange(const tables::ListenerMatch& range, const sockaddr_storage& local) {
  // As Envoy: what has no port is in every range.
  if (local.ss_family != AF_INET && local.ss_family != AF_INET6) return true;
  int32_t port = io::ipOf(local).port;
  return range.start <= port && port < range.end;
}

}  // namespace

bool matches(const tables::Vec<tables::ListenerMatch>& predicate, const sockaddr_storage& local) {
  using Kind = tables::ListenerMatchKind;
  uint64_t values = 0;  // a stack of bits: the compiler refuses what nests deeper
  auto join = [&](bool value) { values = (values >> 2 << 1) | (value ? 1 : 0); };
  for (const tables::ListenerMatch& each : predicate) {
    bool last = values & 1, before = values & 2;
    switch (each.kind) {
      case Kind::Any:
        values = values << 1 | 1;
        break;
      case Kind::DestinationPort:
        values = values << 1 | (inPortRange(each, local) ? 1 : 0);
        break;
      case Kind::Not:
        values ^= 1;
        break;
      case Kind::And:
        join(last && before);
        break;
      case Kind::Or:
        join(last || before);
        break;
    }
  }
  return values & 1;
}

}  // namespace attache::listener
