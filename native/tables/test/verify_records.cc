// Puts records of the configuration side to the verifier. Standard input: records, each as its
// length (u32 little endian) and its bytes. Writes a line for each: "ok" or what is wrong; what
// passes is walked.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "tables/test/walk.h"
#include "tables/verify.h"

int main() {
  using namespace attache::tables;
  uint32_t size;
  while (std::fread(&size, sizeof size, 1, stdin) == 1) {
    std::unique_ptr<uint64_t[]> memory(new uint64_t[size / 8 + 1]);
    auto* bytes = reinterpret_cast<uint8_t*>(memory.get());
    if (std::fread(bytes, 1, size, stdin) != size) return 1;
    std::string why;
    bool good = verifyRecord(bytes, size, &why);
    if (good) testing::walk(bytes);
    std::puts(good ? "ok" : why.c_str());
  }
  return 0;
}
