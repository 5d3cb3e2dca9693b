// Any bytes as the beginning of a connection: no crash, nothing beyond the bytes, and what is known
// of a beginning stays true when more comes.
#include "codec/proxy_protocol.h"

#include <cstdint>
#include <cstdlib>

#include "codec/http_inspect.h"

using attache::proxy::Accept;
using attache::proxy::Header;
using attache::proxy::parseHeader;
using attache::proxy::Result;

namespace {

void check(bool holds) {
  if (!holds) abort();
}

void inspect(std::string_view bytes) {
  if (bytes.size() < 2) return;
  using attache::h1::inspectHttp;
  using attache::h1::Spoken;
  Spoken half = inspectHttp(bytes.substr(0, bytes.size() / 2));
  check(half == Spoken::More || half == inspectHttp(bytes));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  Accept accept{(data[0] & 1) != 0, (data[0] & 2) != 0, (data[0] & 4) != 0};
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  Header whole, half;
  Result result = parseHeader(bytes, accept, &whole);
  if (result == Result::Complete) {
    check(whole.size > 0 && whole.size <= bytes.size());
    check(whole.source.ss_family == whole.destination.ss_family);
    check(whole.proxied == (whole.source.ss_family != 0));
  }
  Result before = parseHeader(bytes.substr(0, bytes.size() / 2), accept, &half);
  if (before == Result::Complete) check(result == before && whole.size == half.size);
  inspect(bytes);
  return 0;
}
