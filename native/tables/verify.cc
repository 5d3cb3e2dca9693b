#include "tables/verify.h"

#include <cstring>

#include "tables/generated/layout.h"

namespace attache::tables {

namespace {

class Check;
using VerifyFn = bool (*)(Check&, uint32_t);
struct Entry {
  uint32_t size;
  uint32_t align;
  VerifyFn verify;
};

// Nested deeper than this a record is refused: reading it would use up the stack.
constexpr int kMaxDepth = 32;

// Walks a record. Work is bounded: vectors that overlap could otherwise make a small record cost
// exponential time.
class Check {
 public:
  Check(const uint8_t* data, uint32_t size, const References* references)
      : data_(data),
        size_(size),
        budget_(static_cast<int64_t>(size) * 4 + 4096),
        references_(references) {}

  bool below(uint32_t at, unsigned limit) {
    return data_[at] < limit || fail("a value is out of its range", at);
  }
  bool bytes(uint32_t at) {
    uint32_t length = read(at + 4);
    uint32_t to;
    return length == 0 ? empty(at) : target(at, length, 1, &to);
  }
  bool optional(uint32_t at, uint32_t size, uint32_t align, VerifyFn verify) {
    uint32_t to;
    if (read(at) == 0) return true;
    return target(at, size, align, &to) && enter(at) && verify(*this, to) && leave();
  }
  bool vector(uint32_t at, uint32_t size, uint32_t align, VerifyFn verify) {
    uint32_t count = read(at + 4);
    uint32_t to;
    if (count == 0) return empty(at);
    if (count > size_ / size) return fail("a vector is too long", at);
    if (!target(at, count * size, align, &to) || !enter(at)) return false;
    if (verify) {
      for (uint32_t i = 0; i < count; i++) {
        if (!spend(at) || !verify(*this, to + i * size)) return false;
      }
    }
    return leave();
  }
  bool extension(uint32_t at, const Entry* (*find)(uint32_t)) {
    uint32_t number = read(at + 4);
    if (number == 0) return read(at) == 0 || fail("a configuration without an extension", at);
    const Entry* entry = find(number);
    if (!entry) return fail("an unknown extension", at);
    if (read(at) == 0) return fail("an extension without a configuration", at);
    return optional(at, entry->size, entry->align, entry->verify);
  }
  bool reference(uint32_t at, RecordKind kind) {
    uint32_t ref = read(at);
    return ref == 0 || references_ == nullptr || references_->allowed(ref, kind) ||
           fail("a reference to a record that does not belong there", at);
  }
  bool fail(const char* what, uint32_t at) {
    if (why_.empty()) why_ = std::string(what) + " at offset " + std::to_string(at);
    return false;
  }
  const std::string& why() const { return why_; }

 private:
  uint32_t read(uint32_t at) const {
    uint32_t value;
    std::memcpy(&value, data_ + at, 4);
    return value;
  }
  // Nobody follows the offset of nothing, but adding it to an address is undefined already.
  bool empty(uint32_t at) { return read(at) == 0 || fail("an offset to nothing", at); }
  bool target(uint32_t at, uint32_t length, uint32_t align, uint32_t* to) {
    int64_t begin = static_cast<int64_t>(at) + static_cast<int32_t>(read(at));
    if (begin < 8 || begin + length > size_) return fail("an offset leaves the record", at);
    if (begin % align != 0) return fail("an offset is not aligned", at);
    *to = static_cast<uint32_t>(begin);
    return true;
  }
  bool enter(uint32_t at) {
    return (++depth_ <= kMaxDepth || fail("nested too deeply", at)) && spend(at);
  }
  bool leave() {
    depth_--;
    return true;
  }
  bool spend(uint32_t at) { return budget_-- > 0 || fail("more structure than bytes", at); }

  const uint8_t* data_;
  uint32_t size_;
  int64_t budget_;
  const References* references_;
  int depth_ = 0;
  std::string why_;
};

bool verifyStr(Check& check, uint32_t at) {
  return check.bytes(at);
}
[[maybe_unused]] bool verifyBool(Check& check, uint32_t at) {
  return check.below(at, 2);
}

#include "tables/generated/verify.inc"

}  // namespace

bool verifyRecord(const uint8_t* data, size_t size, std::string* why,
                  const References* references) {
  RecordHeader header;
  if (size < sizeof header || size > UINT32_MAX / 8) {
    *why = "no record header";
    return false;
  }
  std::memcpy(&header, data, sizeof header);
  const Entry* entry = recordEntry(static_cast<uint32_t>(header.kind));
  if (!entry || header.size != size || size < entry->size) {
    *why = "not a record of a known kind and size";
    return false;
  }
  Check check(data, static_cast<uint32_t>(size), references);
  if (entry->verify(check, 0)) return true;
  *why = check.why();
  return false;
}

}  // namespace attache::tables
