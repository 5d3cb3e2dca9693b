#include <cstring>

#include "codec/header_lookup.h"
#include "codec/headers.h"
#include "codec/hpack.h"
#include "codec/hpack_huffman.h"
#include "codec/hpack_int.h"
#include "codec/hpack_static.h"

namespace attache::hpack {

// When a field that is not in the tables enters ours. Measured with the recorded headers of 31 web
// sites that implementations of HPACK test with: 30.6 % of their size is sent, 30.9 % if every
// value enters, 31.0 % by nghttp2. With a request id and what else a proxy adds, and eight clients
// on one connection, 34.4 % against 37.9 % and 37.9 %: what belongs to one request alone must not
// push out what all have in common.
enum class Encoder::Rule : uint8_t {
  // At the first sight of its name, which later fields may then refer to. Another value enters when
  // the newest one of that name has been of use, or when it comes twice in a row. A name whose
  // values never repeat, such as the id of a request, holds one entry.
  Learn,
  // The same, but the first value has to come twice too: its name is in the static table.
  Twice,
  // No value repeats for long, or it is about as short as an index. Not even looked for.
  Plain,
  // As a literal never indexed, so that nobody on the way can be made to tell by sizes whether a
  // guess was right (RFC 7541 section 7.1): credentials, what a server sets as such, and, below,
  // cookies short enough to be guessed. They seldom repeat on a connection that clients share.
  Private,
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

uint32_t bucketOf(HeaderId id, std::string_view name) {
  if (id != HeaderId::Unknown) return static_cast<uint32_t>(id) % kBuckets;
  return name.empty() ? 0 : names::hashName(name.data(), name.size()) % kBuckets;
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

// Compares as many bytes as `a` has, sixteen in a step.
inline bool equal(std::string_view a, const char* b) {
  const char* p = a.data();
  size_t n = a.size();
  auto differ = [p, b](size_t i) {
    return (load64(p + i) ^ load64(b + i)) | (load64(p + i + 8) ^ load64(b + i + 8));
  };
  if (n < 16) return names::equalBytes(p, b, n);
  for (size_t i = 0; i + 16 < n; i += 16) {
    if (differ(i) != 0) return false;
  }
  return differ(n - 16) == 0;
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
                             std::string_view value) {
  Found found;
  uint16_t at = buckets_[bucket].newest;
  uint32_t last = 0;
  for (int i = 0; i < kMaxWalk; i++) {
    uint32_t age = static_cast<uint16_t>(table_.inserted() - at);
    // Ages grow along the way, or this is the trace of a bucket that nothing entered for long.
    if (age >= table_.count() || (i != 0 && age <= last)) break;
    last = age;
    Entry& e = table_.entry(age);
    if (e.id == id && (id != HeaderId::Unknown || isNamed(e, name))) {
      if (found.newest == nullptr) {
        found.newest = &e;
        found.name_index = age + kStaticCount + 1;
      }
      if (e.value_len == value.size() && equal(value, table_.value(e))) {
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
  if (never_indexed || plan.rule >= Rule::Plain)
    return encodeRest(out, id, name, value, never_indexed);
  for (uint32_t i = plan.name_index, n = plan.values; n != 0; i++, n--) {
    if (kStatic[i].value_len == value.size() && equal(value, kStatic[i].value)) {
      *out++ = static_cast<char>(kIndexed | i);
      return out;
    }
  }
  // In a long connection nearly all the rest are found here, or not at all.
  if (buckets_ != nullptr) [[likely]] {
    uint16_t newest = buckets_[bucketOf(id, name)].newest;
    uint32_t age = static_cast<uint16_t>(table_.inserted() - newest);
    if (age < table_.count()) {
      Entry& e = table_.entry(age);
      if (e.id == id && e.value_len == value.size() && equal(value, table_.value(e)) &&
          (id != HeaderId::Unknown || isNamed(e, name))) {
        e.hit = true;
        return writeInt(out, kIndexed, 7, age + kStaticCount + 1);
      }
    }
  }
  return encodeRest(out, id, name, value, false);
}

bool Encoder::isNamed(const Entry& e, std::string_view name) const {
  return e.name_len == name.size() && equal(name, table_.text(e));
}

char* Encoder::encodeRest(char* out, HeaderId id, std::string_view name, std::string_view value,
                          bool never_indexed) {
  const Plan& plan = kPlans.of[static_cast<size_t>(id)];
  // A short cookie could be guessed by watching sizes (RFC 7541 section 7.1), and costs little.
  bool hidden =
      never_indexed || plan.rule == Rule::Private || (id == HeaderId::Cookie && value.size() < 20);
  if (plan.name_index != 0 && (hidden || plan.rule == Rule::Plain)) {
    return literal(out, hidden ? kNever : kStays, 4, plan.name_index, name, value);
  }

  uint32_t bucket = bucketOf(id, name);
  Found found;
  if (buckets_ != nullptr) [[likely]] {
    found = find(bucket, id, name, value);
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
