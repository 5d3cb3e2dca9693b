// HPACK decoded in the simplest way, a bit at a time, to compare the decoder with.
#pragma once

#include <algorithm>
#include <deque>
#include <string>
#include <string_view>
#include <tuple>

#include "codec/test/hpack_test_util.h"

namespace attache::hpack::testing {

// Appends to `out`; false when malformed.
bool referenceHuffman(std::string_view in, std::string& out);
std::string referenceHuffman(std::string_view text);

class Reference {
 public:
  explicit Reference(uint32_t announced = kDefaultTableSize);

  Decoded decode(std::string_view block);
  uint32_t size() const;

 private:
  void shrink();
  Error readInt(int bits, uint32_t& value);
  Error readText(std::string_view& raw, bool& huffman);
  Error lookUp(uint32_t index, Pair& pair) const;
  Error literal(uint8_t first, Pair& pair);

  std::deque<Pair> table_;
  uint32_t allowed_;
  uint32_t max_size_ = kDefaultTableSize;
  std::string_view in_;
  size_t at_ = 0;
};

}  // namespace attache::hpack::testing
