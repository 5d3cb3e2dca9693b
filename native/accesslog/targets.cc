#include "accesslog/targets.h"

#include <string>

#include "accesslog/grpc_logger.h"
#include "accesslog/writer.h"
#include "worker/process.h"
#include "worker/worker.h"

namespace attache::accesslog {

std::vector<Target> openTargets(const tables::Vec<tables::AccessLog>& configured, Worker& worker) {
  std::vector<Target> opened;
  for (const tables::AccessLog& log : configured) {
    if (log.grpc) {
      opened.push_back({&log, nullptr, worker.grpcLoggers().open(log.sink, *log.grpc)});
    } else if (Sink* sink = Writer::process().open(log.sink, log.path.view())) {
      opened.push_back({&log, sink, nullptr});
    } else {
      worker.process.logLine(4, "config",
                             "cannot open the access log " + std::string(log.path.view()));
    }
  }
  return opened;
}

void writeLines(const std::vector<Target>& logs, const LogInput& input, uint64_t random) {
  // One for each thread, kept: formatting a line allocates nothing.
  static thread_local LineBuffer line;
  for (const Target& target : logs) {
    const tables::AccessLogFilter* filter = target.config->filter.get();
    if (filter && !passes(*filter, input, random)) continue;
    if (!target.sink) {
      target.grpc->log(*target.config->grpc, input);
      continue;
    }
    line.clear();
    uint64_t now =
        input.start_us + static_cast<uint64_t>(input.duration_us > 0 ? input.duration_us : 0);
    format(target.config->format, input, now, line);
    target.sink->write(line.view());
  }
}

}  // namespace attache::accesslog
