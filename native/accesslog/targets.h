// Configured access logs, opened: where the lines of a filter or a listener go.
#pragma once

#include <string_view>
#include <vector>

#include "accesslog/format.h"
#include "tables/generated/layout.h"

namespace attache {
class Process;
}

namespace attache::accesslog {

class Sink;

struct Target {
  const tables::AccessLog* config;
  Sink* sink;
};

// Those that can be opened; of others the process's log is told.
std::vector<Target> openTargets(const tables::Vec<tables::AccessLog>& configured, Process& process);

// Writes a line to each log whose filter lets it pass. `random` decides runtime fractions.
void writeLines(const std::vector<Target>& logs, const LogInput& input, uint64_t random);

}  // namespace attache::accesslog
