// A chunked body decodes alike whole and in pieces; what decodes is consumed to the byte.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "codec/h1.h"

using namespace attache;
using namespace attache::h1;

namespace {

struct Outcome {
  ChunkedDecoder::Status status;
  HeadError error;
  size_t consumed = 0;
  std::string body;
  std::string trailers;

  bool operator==(const Outcome&) const = default;
};

Outcome decode(const char* data, size_t size, size_t step, const Limits& limits) {
  BlockPool pool(0);
  Arena arena(pool);
  ChunkedDecoder decoder(&arena, limits);
  Outcome out;
  out.status = ChunkedDecoder::Status::NeedMore;
  for (size_t at = 0; at < size && out.status == ChunkedDecoder::Status::NeedMore; at += step) {
    size_t n = size - at < step ? size - at : step;
    std::unique_ptr<char[]> block(new char[n]);
    std::memcpy(block.get(), data + at, n);
    size_t used = 0;
    out.status = decoder.feed(block.get(), n, used,
                              [&](const char* p, size_t len) { out.body.append(p, len); });
    if (out.status == ChunkedDecoder::Status::NeedMore && used != n) std::abort();
    out.consumed += used;
  }
  out.error = decoder.error();
  if (out.status == ChunkedDecoder::Status::Error) out.consumed = 0;
  if (const HeaderMap* trailers = decoder.trailers()) {
    for (const Header& h : *trailers) {
      out.trailers += std::string(h.nameView()) + ":" + std::string(h.valueView()) + "\n";
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  Limits limits;
  limits.max_head_bytes = 20 + data[0];
  limits.max_headers = data[0] / 8;
  const char* bytes = reinterpret_cast<const char*>(data) + 2;
  Outcome whole = decode(bytes, size - 2, size, limits);
  if (!(decode(bytes, size - 2, 1, limits) == whole)) std::abort();
  if (!(decode(bytes, size - 2, 1 + data[1] % 64, limits) == whole)) std::abort();
  return 0;
}
