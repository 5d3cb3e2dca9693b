// Frames are read alike whole, byte by byte and in pieces, and as the simple reader reads them.
#include <cstdint>
#include <cstdlib>

#include "codec/test/h2_test_util.h"

using namespace attache;
using namespace attache::h2;
using namespace attache::h2::testing;

// The first byte chooses the end and the limits, the second the size of pieces. What a connection
// begins with need not be found.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  bool server = (data[0] & 1) != 0;
  ReaderLimits limits;
  limits.max_block = (data[0] & 2) ? 100 : 128 * 1024;
  limits.max_continuations = data[0] >> 6;
  limits.max_empty_continuations = (data[0] >> 4) & 3;
  std::string bytes = (data[0] & 4) ? std::string() : opening(server);
  bytes.append(reinterpret_cast<const char*>(data) + 2, size - 2);
  std::string expected = referenceFrames(server, limits, bytes);
  for (size_t step : {bytes.size(), size_t{1}, size_t{1} + data[1]}) {
    std::vector<size_t> ends;
    for (size_t at = 0; at < bytes.size();) ends.push_back(at = std::min(bytes.size(), at + step));
    if (readFrames(server, limits, bytes, ends) != expected) std::abort();
  }
  if (test::failures() != 0) std::abort();
  return 0;
}
