#include "worker/process.h"

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

}  // namespace attache
