#include <cstring>

#include "codec/header_lookup.h"
#include "codec/headers.h"
#include "codec/hpack.h"
#include "codec/hpack_huffman.h"
#include "codec/hpack_int.h"
#include "codec/hpack_static.h"

namespace attache::hpack {

// When a field that is not in the tables enters ours.
enum class Encoder::Rule : uint8_t {
  // At the first sight of its name, which later fields may then use. Another value enters while the
  // newest one of that name has been of use, or when it comes twice in a row; so a name whose
  // values
  // never repeat, an id of each request, holds one entry.
  Learn,
  Twice,    // the same, but the first value too has to come twice: its name costs one byte anyway
  Plain,    // no value repeats for long, or it is as short as an index: not even looked for
  Private,  // as a literal never indexed
};

namespace {

constexpr uint32_t kBuckets = 64;
// How many entries of a bucket are looked at.
constexpr int kMaxWalk = 16;

constexpr uint8_t kIndexed = 0x80;
constexpr uint8_t kEnters = 0x40;
constexpr uint8_t kStays = 0x00;
constexpr uint8_t kNever = 0x10;

using Rule = Encoder::Rule;

struct Plan {
  Rule rule;
  uint8_t name_index;  // in the static table, or 0
  uint8_t values;      // how many indices from there on have this name and a value
};
struct Plans {
  Plan of[kHeaderIdCount];
};
constexpr Plans kPlans = [] {
  Plans plans{};
  auto set = [&plans](Rule rule, std::initializer_list<HeaderId> ids) {
    for (HeaderId id : ids) plans.of[static_cast<size_t>(id)].rule = rule;
  };
  using enum HeaderId;
  set(Rule::Twice, {Path, Status, LastModified, Expires, Location, Range, Referer});
  set(Rule::Plain, {ContentLength, Etag, IfMatch, IfNoneMatch, IfModifiedSince, Age});
  set(Rule::Private, {Authorization, ProxyAuthorization, SetCookie});
  for (uint8_t i = kStaticCount; i > 0; i--) {
    if (kStatic[i].id == Unknown) continue;
    Plan& plan = plans.of[static_cast<size_t>(kStatic[i].id)];
    plan.name_index = i;
    if (kStatic[i].value_len != 0) plan.values++;
  }
  return plans;
}();

uint64_t load64(const char* p) {
  uint64_t v;
  std::memcpy(&v, p, 8);
  return v;
}

// What candidates are told apart by before they are compared: a few bytes from the beginning, the
// middle and the end, and the length.
uint32_t tagOf(std::string_view s) {
  const char* p = s.data();
  size_t n = s.size();
  uint64_t a = 0, b = 0;
  if (n >= 8) {
    a = load64(p) ^ (load64(p + n / 2 - 4) * 0x9fb21c651e98df25u);
    b = load64(p + n - 8);
  } else if (n >= 4) {
    a = names::load32(p);
    b = names::load32(p + n - 4);
  } else if (n > 0) {
    a = static_cast<uint8_t>(p[0]) | static_cast<uint64_t>(static_cast<uint8_t>(p[n / 2])) << 8 |
        static_cast<uint64_t>(static_cast<uint8_t>(p[n - 1])) << 16;
  }
  uint64_t h = (a ^ (b << 29 | b >> 35) ^ n * 0x9e3779b97f4a7c15u) * 0xd6e8feb86659fd93u;
  return static_cast<uint32_t>((h ^ h >> 29) >> 16);
}

// Of all bytes: what comes close is not the same again.
uint16_t hashAll(std::string_view s) {
  constexpr uint64_t kMul = 0x9fb21c651e98df25u;
  uint64_t h = s.size() * kMul;
  size_t i = 0;
  for (; i + 8 <= s.size(); i += 8) h = ((h << 27 | h >> 37) ^ load64(s.data() + i)) * kMul;
  uint64_t rest = 0;
  for (; i < s.size(); i++) rest = rest << 8 | static_cast<uint8_t>(s[i]);
  h = ((h << 27 | h >> 37) ^ rest) * kMul;
  return static_cast<uint16_t>(h >> 48);
}

inline bool equal(std::string_view a, const char* b) {
  return names::equalBytes(a.data(), b, a.size());
}

// The names of the static table that are not well known.
uint32_t staticName(std::string_view name) {
  for (uint32_t i : {15, 22, 25, 27, 29, 30, 37, 42, 43, 45, 47, 52, 56}) {
    if (kStatic[i].nameView() == name) return i;
  }
  return 0;
}

char* writeText(char* out, std::string_view text) {
  size_t n = text.size();
  // Where the bytes will be if their length takes as much room as this one.
  char* at = out + intSize(7, static_cast<uint32_t>(n));
  char* end = huffmanEncode(at, at + n, text);
  if (end == nullptr) {
    out = writeInt(out, 0, 7, static_cast<uint32_t>(n));
    if (n != 0) std::memcpy(out, text.data(), n);
    return out + n;
  }
  size_t coded = static_cast<size_t>(end - at);
  char* to = writeInt(out, 0x80, 7, static_cast<uint32_t>(coded));
  if (to != at) std::memmove(to, at, coded);
  return to + coded;
}

}  // namespace

struct Encoder::Found {
  uint32_t index = 0;             // of the whole field
  uint32_t name_index = 0;        // of the name alone
  const Entry* newest = nullptr;  // of the name
};

Encoder::~Encoder() {
  std::free(buckets_);
}

size_t Encoder::memory() const {
  return table_.memory() + (buckets_ ? kBuckets * sizeof(Bucket) : 0);
}

void Encoder::setMaxTableSize(uint32_t peer_limit) {
  limit_ = peer_limit < kDefaultTableSize ? peer_limit : kDefaultTableSize;
  if (!pending_ || limit_ < lowest_) lowest_ = limit_;
  pending_ = true;
}

char* Encoder::writeSizeUpdates(char* out) {
  pending_ = false;
  if (lowest_ < table_.maxSize()) {
    out = writeInt(out, 0x20, 5, lowest_);
    table_.setMaxSize(lowest_);
  }
  if (limit_ != table_.maxSize()) {
    out = writeInt(out, 0x20, 5, limit_);
    table_.setMaxSize(limit_);
  }
  return out;
}

char* Encoder::literal(char* out, uint8_t kind, uint8_t prefix, uint32_t name_index,
                       std::string_view name, std::string_view value) {
  out = writeInt(out, kind, prefix, name_index);
  if (name_index == 0) out = writeText(out, name);
  return writeText(out, value);
}

Encoder::Found Encoder::find(uint32_t bucket, HeaderId id, std::string_view name,
                             std::string_view value, uint32_t tag) {
  Found found;
  uint16_t at = buckets_[bucket].newest;
  uint32_t last = 0;
  for (int i = 0; i < kMaxWalk; i++) {
    uint32_t age = static_cast<uint16_t>(table_.inserted() - at);
    // Ages grow along the way, or this is the trace of a bucket that nothing entered for long.
    if (age >= table_.count() || (i != 0 && age <= last)) break;
    last = age;
    Entry& e = table_.entry(age);
    bool named = e.id == id;
    if (named && id == HeaderId::Unknown) {
      named = e.name_len == name.size() && equal(name, table_.text(e));
    }
    if (named) {
      if (found.newest == nullptr) {
        found.newest = &e;
        found.name_index = age + kStaticCount + 1;
      }
      if (e.tag == tag && e.value_len == value.size() && equal(value, table_.value(e))) {
        e.hit = true;
        found.index = age + kStaticCount + 1;
        return found;
      }
    }
    at = e.prev;
  }
  return found;
}

char* Encoder::encode(char* out, HeaderId id, std::string_view name, std::string_view value,
                      bool never_indexed) {
  const Plan& plan = kPlans.of[static_cast<size_t>(id)];
  // A short cookie could be guessed by watching sizes (RFC 7541 section 7.1), and costs little.
  bool hidden =
      never_indexed || plan.rule == Rule::Private || (id == HeaderId::Cookie && value.size() < 20);
  if (plan.values != 0 && !never_indexed) {
    for (uint32_t i = plan.name_index; i < plan.name_index + uint32_t{plan.values}; i++) {
      if (kStatic[i].value_len == value.size() && equal(value, kStatic[i].value)) {
        *out++ = static_cast<char>(kIndexed | i);
        return out;
      }
    }
  }
  if (plan.name_index != 0 && (hidden || plan.rule == Rule::Plain)) {
    return literal(out, hidden ? kNever : kStays, 4, plan.name_index, name, value);
  }

  uint32_t bucket = (id != HeaderId::Unknown ? static_cast<uint32_t>(id) : tagOf(name)) % kBuckets;
  uint32_t tag = tagOf(value);
  Found found;
  if (buckets_ != nullptr) [[likely]] {
    found = find(bucket, id, name, value, tag);
    if (found.index != 0 && !hidden) [[likely]]
      return writeInt(out, kIndexed, 7, found.index);
  }
  uint32_t name_index = plan.name_index;
  if (id == HeaderId::Unknown) name_index = staticName(name);
  if (name_index == 0) name_index = found.name_index;
  if (hidden) return literal(out, kNever, 4, name_index, name, value);
  if (!enters(plan.rule, bucket, found.newest, name, value)) {
    return literal(out, kStays, 4, name_index, name, value);
  }
  out = literal(out, kEnters, 6, name_index, name, value);
  Entry* e = table_.insert(id, name, value);
  e->tag = tag;
  e->prev = buckets_[bucket].newest;
  e->hit = false;
  buckets_[bucket].newest = static_cast<uint16_t>(table_.inserted());
  return out;
}

// Whether a field that is not in the table is to be, after the rule of its name.
bool Encoder::enters(Rule rule, uint32_t bucket, const Entry* newest, std::string_view name,
                     std::string_view value) {
  // What takes most of the table would leave nothing else in it.
  uint64_t size = uint64_t{name.size()} + value.size() + kEntryOverhead;
  if (size > table_.maxSize() / 4 * 3) return false;
  if (buckets_ == nullptr) {
    buckets_ = static_cast<Bucket*>(std::calloc(kBuckets, sizeof(Bucket)));
    if (buckets_ == nullptr) std::abort();
  }
  if (newest != nullptr ? newest->hit : rule == Rule::Learn && size <= table_.maxSize() / 4) {
    return true;
  }
  Bucket& b = buckets_[bucket];
  uint16_t missed = static_cast<uint16_t>(hashAll(value) | 1);
  bool again = b.missed == missed;
  b.missed = missed;
  return again;
}

char* Encoder::encodeStatus(char* out, unsigned status) {
  char text[3] = {static_cast<char>('0' + status / 100), static_cast<char>('0' + status / 10 % 10),
                  static_cast<char>('0' + status % 10)};
  return encode(out, HeaderId::Status, ":status", {text, 3});
}

}  // namespace attache::hpack
