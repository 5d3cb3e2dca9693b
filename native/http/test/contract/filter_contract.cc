// The contract of HTTP filters, held against five filters that use all of it, in the real engine.
//   filter_contract FILE PORT ORIGIN_PORT
// FILE: a packed configuration (standalone/packed.h) with a listener at PORT and a cluster "origin"
// at ORIGIN_PORT; scripts/filter-contract.mjs makes it and runs this. Ends with "N tests, N
// failed".
#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "http/test/contract/harness.h"
#include "tables/generated/layout.h"

int main(int argc, char** argv) {
  using namespace attache;
  if (argc != 4) {
    std::fprintf(stderr, "usage: filter_contract FILE PORT ORIGIN_PORT\n");
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  setvbuf(stdout, nullptr, _IOLBF, 0);
  std::string why;
  std::vector<standalone::Version> versions;
  Process process;
  process.options.local_address = "127.0.0.1";
  standalone::Publisher publisher(process);
  if (!standalone::readPacked(argv[1], &versions, &why) || !publisher.publish(versions[0], &why)) {
    std::fprintf(stderr, "filter_contract: %s\n", why.c_str());
    return 2;
  }
  contract::CallerConfig caller{
      publisher.find(static_cast<uint32_t>(tables::RecordKind::Cluster), "origin")};
  process.first_filters = {
      {&contract::kPauser, nullptr},  {&contract::kCaller, &caller},
      {&contract::kReplier, nullptr}, {&contract::kRewriter, nullptr},
      {&contract::kParker, nullptr},
  };
  int failed = 0, cases = 0;
  {
    contract::Harness harness(process, publisher, std::atoi(argv[2]), std::atoi(argv[3]));
    contract::pauseCases(harness);
    contract::bodyCases(harness);
    contract::callCases(harness);
    contract::grpcCases(harness, caller.cluster);
    contract::resetCases(harness);
    failed = harness.failed;
    cases = harness.cases;
  }
  std::printf("%d tests, %d failed\n", cases, failed);
  return failed == 0 ? 0 : 1;
}
