#include "worker/process.h"

#include "network/server_connection.h"
#include "route/verify.h"
#include "tables/generated/layout.h"

namespace attache {

namespace {

// The matcher trusts the indexes of route records.
bool checkRecord(const void* record, std::string* why) {
  switch (static_cast<const tables::RecordHeader*>(record)->kind) {
    case tables::RecordKind::VirtualHost:
      return route::verify(*static_cast<const tables::VirtualHost*>(record), why);
    case tables::RecordKind::RouteConfig:
      return route::verify(*static_cast<const tables::RouteConfig*>(record), why);
    case tables::RecordKind::ScopeTable:
      return route::verify(*static_cast<const tables::ScopeTable*>(record), why);
    default:
      return true;
  }
}

}  // namespace

Process::Process() {
  records.setChecker(checkRecord);
}

uint64_t Process::drainDelay(uint64_t drain_ms) const {
  bool gradually = drain_gradually.load(std::memory_order_relaxed);
  return drain_ms == 0 || gradually ? drain_ms : network::ServerConnection::kWhenUsed;
}

}  // namespace attache
