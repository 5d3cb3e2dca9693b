// Blocks of one connection: decoded as the reference decodes them, and what comes out is encoded by
// one encoder, through changes of its table's size, and decoded to the same fields again.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "codec/hpack_huffman.h"
#include "codec/test/hpack_reference.h"

using namespace attache;
using namespace attache::hpack;
using namespace attache::hpack::testing;

namespace {

void require(bool ok) {
  if (!ok) std::abort();
}

void huffman(std::string_view bytes) {
  std::string expected;
  bool ok = referenceHuffman(bytes, expected);
  std::string out(huffmanBound(bytes.size()) + kHuffmanSlack, '?');
  bool plain = true;
  const uint8_t* in = reinterpret_cast<const uint8_t*>(bytes.data());
  char* end = huffmanDecode(in, bytes.size(), in + bytes.size(), out.data(), plain);
  require((end != nullptr) == ok);
  if (ok) require(std::string_view(out.data(), static_cast<size_t>(end - out.data())) == expected);
  std::string coded = referenceHuffman(bytes);
  out.assign(coded.size() + 16, '?');
  end = huffmanEncode(out.data(), out.data() + coded.size() + 1, bytes);
  require(end != nullptr && std::string_view(out.data(), coded.size()) == coded &&
          static_cast<size_t>(end - out.data()) == coded.size());
}

}  // namespace

// The first two bytes choose the announced table and the changes of the encoder's; each block is a
// byte for its length and the bytes.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  static const uint32_t kAnnounced[] = {4096, 0, 64, 300, 65536};
  uint32_t announced = kAnnounced[data[0] % 5];
  uint32_t changes = data[1];
  std::string_view rest{reinterpret_cast<const char*>(data) + 2, size - 2};
  Decoder decoder(announced), again(announced), limited(announced);
  Reference reference(announced);
  Encoder encoder;
  limited.setLimits({.max_bytes = 50, .max_fields = 4});
  while (!rest.empty()) {
    size_t n = std::min<size_t>(static_cast<uint8_t>(rest[0]), rest.size() - 1);
    std::string_view block = rest.substr(1, n);
    rest.remove_prefix(1 + n);
    huffman(block);
    Decoded got = decode(decoder, block), expected = reference.decode(block);
    require(got.error == expected.error && got.pairs == expected.pairs);
    Decoded some = decode(limited, block);
    require(some.error == got.error || some.error == Error::TooLarge);
    require(some.pairs.size() <= 4 && some.pairs.size() <= got.pairs.size());
    for (size_t i = 0; i < some.pairs.size(); i++) require(some.pairs[i] == got.pairs[i]);
    require(test::failures() == 0);
    if (got.error != Error::None) return 0;
    require(decoder.tableSize() == reference.size() && limited.tableSize() == reference.size());

    if ((changes & 1) != 0) encoder.setMaxTableSize((changes * 37u) % (announced + 1));
    if ((changes & 2) != 0) encoder.setMaxTableSize((changes * 101u) % (announced + 1));
    changes = changes >> 2 | (changes & 3) << 6;
    Decoded back = decode(again, encode(encoder, got.pairs));
    require(back.error == Error::None && back.pairs.size() == got.pairs.size());
    for (size_t i = 0; i < back.pairs.size(); i++) {
      require(back.pairs[i].name == got.pairs[i].name);
      require(back.pairs[i].value == got.pairs[i].value);
      require(back.pairs[i].never_indexed || !got.pairs[i].never_indexed);
    }
    require(encoder.tableSize() == again.tableSize() && test::failures() == 0);
  }
  return 0;
}
