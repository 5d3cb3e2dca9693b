#include "base/base64.h"

#include <random>

#include "base/test.h"

using namespace attache;

namespace {
std::string encoded(std::string_view bytes, size_t step) {
  Base64Encoder encoder;
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += step) encoder.add(bytes.substr(at, step), &out);
  encoder.finish(&out);
  return out;
}
std::string decoded(std::string_view text) {
  std::string out;
  return decodeBase64(text, &out) ? out : "(no)";
}
}  // namespace

TEST(base64_as_in_the_rfc) {
  const char* texts[][2] = {{"", ""},
                            {"f", "Zg=="},
                            {"fo", "Zm8="},
                            {"foo", "Zm9v"},
                            {"foob", "Zm9vYg=="},
                            {"fooba", "Zm9vYmE="},
                            {"foobar", "Zm9vYmFy"}};
  for (auto& [plain, text] : texts) {
    CHECK_EQ(encoded(plain, 10), std::string(text));
    CHECK_EQ(decoded(text), std::string(plain));
  }
}

TEST(base64_in_pieces) {
  std::mt19937 random(3);
  for (int round = 0; round < 100; round++) {
    std::string bytes(random() % 200, 0);
    for (char& each : bytes) each = static_cast<char>(random());
    std::string text = encoded(bytes, bytes.size() + 1);
    for (size_t step = 1; step < 8; step++) CHECK_EQ(encoded(bytes, step), text);
    CHECK_EQ(decoded(text), bytes);
  }
}

TEST(base64_that_is_none) {
  for (const char* text : {"Zg=", "Zg", "Z", "Zg==Zg==", "Zh==", "Zm9=", "Z===", "====", "Zm9-",
                           "Z=8=", "Zm 9", "Zg=v"})
    CHECK_EQ(decoded(text), std::string("(no)"));
}
