// Shared by the request and the response target: any head is parsed by all instruction sets, whole
// and split, with the same outcome, and what parses is written and parsed again to the same fields.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>

#include "codec/test/h1_test_util.h"

namespace attache::h1::testing {

inline void require(bool ok) {
  if (!ok) std::abort();
}

// The first four bytes choose context and limits, the rest is input.
inline int fuzzHead(bool is_request, const uint8_t* data, size_t size) {
  if (size < 4) return 0;
  Kind kind;
  kind.is_request = is_request;
  kind.answers = static_cast<RequestKind>(data[0] % 3);
  kind.limits.custom_methods = (data[0] & 4) != 0;
  if ((data[0] & 8) != 0) kind.limits.max_headers = data[1];
  if ((data[0] & 16) != 0) kind.limits.max_head_bytes = 16 + data[1] * 4u;
  std::string_view bytes{reinterpret_cast<const char*>(data) + 4, size - 4};

  Parsed expected;
  {
    IsaScope scope(Isa::Portable);
    expected = parseSplit(kind, bytes, {}, data[3] % 32);
  }
  std::string text = expected.text();
  size_t split = bytes.empty() ? 0 : data[2] * bytes.size() / 256;
  for (Isa isa : isas()) {
    IsaScope scope(isa);
    require(parseSplit(kind, bytes, {}, data[3] % 64).text() == text);
    require(parseSplit(kind, bytes, {split}).text() == text);
  }
  if (expected.status != ParseResult::Complete) return 0;

  // Written and read again. (In answer to HEAD and the like nothing differs for the fields.)
  BlockPool pool(0);
  Arena arena(pool);
  HeaderMap map(&arena), clone(&arena);
  HeadInfo info;
  size_t scanned = 0;
  std::string copy(bytes);
  if (is_request) {
    parseRequestHead(copy.data(), copy.size(), scanned, kind.limits, map, info);
  } else {
    parseResponseHead(copy.data(), copy.size(), scanned, kind.limits, kind.answers, map, info);
  }
  map.cloneInto(clone);
  map.clear();
  copy.assign(copy.size(), '?');
  size_t n = is_request ? requestHeadSize(clone) : responseHeadSize(clone, info.status);
  std::string out(n + kWriteSlack, '!');
  char* end = is_request ? writeRequestHead(out.data(), clone)
                         : writeResponseHead(out.data(), clone, info.status);
  require(end == out.data() + n);
  out.resize(n);
  if (is_request && info.minor_version == 0 && !clone.has(HeaderId::Authority)) return 0;
  kind.limits = Limits{};
  kind.limits.max_headers = 1000;
  kind.limits.max_head_bytes = 1 << 20;
  kind.limits.custom_methods = true;
  Parsed again = parseSplit(kind, out);
  require(again.status == ParseResult::Complete);
  require(again.info.content_length == expected.info.content_length);
  require(again.info.body == expected.info.body);
  // A scheme is not written, and Host of a response is not a field that a proxy sends.
  if (!clone.has(HeaderId::Scheme) && !clone.has(HeaderId::Host)) {
    require(again.headers == expected.headers);
  }
  if (removeHopByHop(clone, info, (data[0] & 32) != 0)) {
    require(!clone.has(HeaderId::TransferEncoding) && !clone.has(HeaderId::KeepAlive));
  }
  return 0;
}

}  // namespace attache::h1::testing
