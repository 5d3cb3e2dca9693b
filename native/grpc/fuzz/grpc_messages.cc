// gRPC messages and base64 in pieces that the first bytes choose: the same as in one piece, and no
// memory for what is only announced.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/base64.h"
#include "grpc/messages.h"

using namespace attache;

namespace {

// All that is found, with how it ended.
std::string found(std::string_view bytes, size_t step) {
  grpc::MessageAssembler assembler(1000);
  std::string all;
  for (size_t at = 0; at < bytes.size(); at += step) {
    std::string piece(bytes.substr(at, step));
    std::string_view left = piece;
    for (;;) {
      auto got = assembler.next(left);
      if (got == grpc::MessageAssembler::Step::More) break;
      if (got != grpc::MessageAssembler::Step::Message)
        return all + (got == grpc::MessageAssembler::Step::TooLarge ? "L" : "C");
      all.append("M").append(assembler.message());
    }
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  size_t step = data[0] + size_t{1};
  if (found(bytes, step) != found(bytes, size)) std::abort();

  Base64Encoder encoder;
  std::string text, back;
  for (size_t at = 0; at < bytes.size(); at += step) encoder.add(bytes.substr(at, step), &text);
  encoder.finish(&text);
  if (!decodeBase64(text, &back) || back != bytes) std::abort();
  // What is taken is what would have been written.
  std::string other, again;
  if (decodeBase64(bytes, &other)) {
    encoder.add(other, &again);
    encoder.finish(&again);
    if (again != bytes) std::abort();
  }
  return 0;
}
