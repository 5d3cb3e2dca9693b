// Configured access logs, opened: where the lines of a filter or a listener go.
#pragma once

#include <memory>
#include <vector>

#include "accesslog/format.h"
#include "tables/generated/layout.h"

namespace attache {
class Worker;
}

namespace attache::accesslog {

class GrpcLogger;
class Sink;

struct Target {
  const tables::AccessLog* config;
  Sink* sink;  // null: it is a gRPC log
  std::shared_ptr<GrpcLogger> grpc;
};

// Those that can be opened; of others the process's log is told.
std::vector<Target> openTargets(const tables::Vec<tables::AccessLog>& configured, Worker& worker);

// Writes a line, or an entry, to each log whose filter lets it pass. `random` decides runtime
// fractions.
void writeLines(const std::vector<Target>& logs, const LogInput& input, uint64_t random);

}  // namespace attache::accesslog
