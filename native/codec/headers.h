// Header storage shared by every codec, filter and matcher.
//
// A HeaderMap keeps fields in order and finds well-known names in constant time. It stores views:
// whoever adds a field with add() or set() promises that the bytes outlive the map (the bytes of
// a received head do); addCopy() and setCopy() copy to the arena first. Names are lower case, as
// in HTTP/2; the request and status lines are the pseudo-header fields of RFC 9113 section 8.3.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/arena.h"
#include "base/decimal.h"
#include "codec/header_lookup.h"
#include "codec/header_names.h"

namespace attache {

// The id of a lower-case name; HeaderId::Unknown when it is not one of the well-known.
// Constant time, no allocation. "host" is HeaderId::Host; see HeaderMap for its alias.
inline HeaderId headerId(std::string_view lowercase_name) {
  return names::lookup(lowercase_name.data(), lowercase_name.size());
}

// The lower-case name of an id, static; empty for Unknown.
inline std::string_view headerName(HeaderId id) {
  const names::Slot& slot = names::kTable.slots[static_cast<size_t>(id)];
  return {slot.text, slot.len};
}

// True for the six names that begin with a colon.
constexpr bool isPseudo(HeaderId id) {
  return id >= HeaderId::Method && id <= HeaderId::Protocol;
}

// One field. Views into memory that the map's user keeps alive. Values may be replaced in place
// (`value`, `value_len`); the rest belongs to the map.
struct Header {
  const char* name;
  const char* value;
  uint32_t name_len;
  uint32_t value_len;
  HeaderId id;
  bool removed;
  uint16_t next;  // index of the next field with the same well-known name, or HeaderMap::kNone
  uint16_t last;  // in the first field of a chain: index of its last one
  // Came as such over HTTP/2, and goes on as such (RFC 7541 section 7.1.3).
  bool never_indexed;

  std::string_view nameView() const { return {name, name_len}; }
  std::string_view valueView() const { return {value, value_len}; }
  void setValue(std::string_view v) {
    value = v.data();
    value_len = static_cast<uint32_t>(v.size());
  }
};
static_assert(sizeof(Header) == 32);

// Some well-known names, to be asked for all at once.
struct HeaderSet {
  uint64_t words[2] = {0, 0};
  constexpr void insert(HeaderId id) {
    words[static_cast<size_t>(id) >> 6] |= uint64_t{1} << (static_cast<size_t>(id) & 63);
  }
};

class HeaderMap {
 public:
  static constexpr uint16_t kNone = 0xffff;
  // Fields that fit, removed ones included; add() answers false beyond it.
  static constexpr uint32_t kMaxFields = 0xfffe;

  // `arena` must outlive the map. An empty map has allocated nothing.
  explicit HeaderMap(Arena* arena) : arena_(arena) {}
  HeaderMap(HeaderMap&& other) noexcept { moveFrom(other); }
  HeaderMap& operator=(HeaderMap&& other) noexcept {
    if (this != &other) moveFrom(other);
    return *this;
  }
  HeaderMap(const HeaderMap&) = delete;
  HeaderMap& operator=(const HeaderMap&) = delete;

  Arena* arena() const { return arena_; }

  // Forgets every field. Call it before the arena is reset, and go on using the map afterwards
  // only through clear() first: the entries live in the arena.
  void clear() {
    entries_ = nullptr;
    count_ = capacity_ = live_ = 0;
    present_[0] = present_[1] = 0;
  }

  // --- adding: at the end, after any fields of the same name --------------------------------
  // False only when kMaxFields is reached. The views must outlive the map.
  // `id` must not be Unknown. The names of ids are static.
  bool add(HeaderId id, std::string_view value) {
    return append(id, headerName(id).data(), headerName(id).size(), value);
  }
  // `name` must be lower case. A well-known name is recognised, and "host" is :authority.
  bool add(std::string_view name, std::string_view value);
  // The same with the id already known: Unknown, or the id of exactly this name.
  bool add(HeaderId id, std::string_view name, std::string_view value) {
    return id == HeaderId::Unknown ? append(id, name.data(), name.size(), value) : add(id, value);
  }
  bool addCopy(HeaderId id, std::string_view value) { return add(id, arena_->copy(value)); }
  // Copies the name too, unless it is well known.
  bool addCopy(std::string_view name, std::string_view value);

  // --- replacing: the first field of that name keeps its place, others of it go ---------------
  bool set(HeaderId id, std::string_view value) {
    return has(id) ? replace(id, value) : add(id, value);
  }
  bool set(std::string_view name, std::string_view value);
  bool setCopy(HeaderId id, std::string_view value) { return set(id, arena_->copy(value)); }
  bool setCopy(std::string_view name, std::string_view value);
  // A number, in decimal.
  bool setNumber(HeaderId id, uint64_t value) {
    char* text = arena_->reserve(kDecimalSize);
    char* end = writeDecimal(text, value);
    arena_->commit(end);
    return set(id, {text, static_cast<size_t>(end - text)});
  }
  // Appends `sep` and `value` to the last field of that name, or adds it. Copies.
  bool appendValue(HeaderId id, std::string_view value, std::string_view sep = ",");
  bool appendValue(std::string_view name, std::string_view value, std::string_view sep = ",");

  // --- finding ---------------------------------------------------------------------------------
  bool has(HeaderId id) const { return (present_[index(id) >> 6] >> (index(id) & 63)) & 1; }
  bool has(std::string_view name) const { return find(name) != nullptr; }
  // Whether a field of one of these names is there.
  bool hasAny(const HeaderSet& set) const {
    return ((present_[0] & set.words[0]) | (present_[1] & set.words[1])) != 0;
  }
  // First value; data() == nullptr when absent (an empty value has data()).
  std::string_view get(HeaderId id) const {
    return has(id) ? entries_[first_[index(id)]].valueView() : std::string_view{};
  }
  std::string_view get(std::string_view name) const {
    const Header* h = find(name);
    return h ? h->valueView() : std::string_view{};
  }
  // The first field of that name, or null. Pointers are valid until the next field is added.
  const Header* find(HeaderId id) const { return has(id) ? &entries_[first_[index(id)]] : nullptr; }
  Header* find(HeaderId id) { return has(id) ? &entries_[first_[index(id)]] : nullptr; }
  // A linear look for names that are not well known. "host" finds :authority.
  const Header* find(std::string_view name) const;
  Header* find(std::string_view name) {
    return const_cast<Header*>(static_cast<const HeaderMap*>(this)->find(name));
  }
  // The next field with the same name as `h`, which this map returned; null after the last.
  const Header* next(const Header* h) const;
  // All values of that name, joined by `sep`: a view of the only value, or a copy in `arena`.
  // data() == nullptr when absent.
  std::string_view joined(HeaderId id, Arena& arena, std::string_view sep = ",") const {
    return joinFrom(find(id), arena, sep);
  }
  std::string_view joined(std::string_view name, Arena& arena, std::string_view sep = ",") const {
    return joinFrom(find(name), arena, sep);
  }

  // --- removing: all fields of that name; returns how many -------------------------------------
  size_t remove(HeaderId id) { return has(id) ? removeChain(find(id)) : 0; }
  size_t remove(std::string_view name);
  // Removes each field for which pred(const Header&) is true.
  template <class Pred>
  size_t removeIf(Pred&& pred) {
    size_t n = 0;
    for (uint32_t i = 0; i < count_; i++) {
      Header& h = entries_[i];
      if (!h.removed && pred(static_cast<const Header&>(h))) {
        h.removed = true;
        n++;
      }
    }
    if (n != 0) reindex();
    return n;
  }

  // --- the whole -------------------------------------------------------------------------------
  size_t size() const { return live_; }
  bool empty() const { return live_ == 0; }
  // Lengths of all names and values together, as Envoy counts the size of a header map.
  size_t byteSize() const;

  // Iteration in order over live fields, pseudo-header fields included.
  template <class H>
  class Iter {
   public:
    Iter(H* at, H* end) : at_(at), end_(end) { skip(); }
    H& operator*() const { return *at_; }
    H* operator->() const { return at_; }
    Iter& operator++() {
      ++at_;
      skip();
      return *this;
    }
    bool operator==(const Iter& o) const { return at_ == o.at_; }

   private:
    void skip() {
      while (at_ != end_ && at_->removed) ++at_;
    }
    H* at_;
    H* end_;
  };
  Iter<const Header> begin() const { return {entries_, entries_ + count_}; }
  Iter<const Header> end() const { return {entries_ + count_, entries_ + count_}; }
  Iter<Header> begin() { return {entries_, entries_ + count_}; }
  Iter<Header> end() { return {entries_ + count_, entries_ + count_}; }

  // The bytes of [lo, hi) have been moved by `delta`: adjusts every view into them.
  void rebase(ptrdiff_t delta, const char* lo, const char* hi);

  // Copies all live fields, names and values included, into `to` (cleared first) and its arena:
  // nothing of `to` refers to this map's bytes afterwards. Well-known names stay static.
  void cloneInto(HeaderMap& to) const;
  // Copies every name and value that lies in [lo, hi) to the arena, so that those bytes may go
  // (a parked stream must not hold a 16 KB read block for 200 bytes of head).
  void detach(const char* lo, const char* hi);

  // For parsers: adds fields for which reserve() has made room. They are the map's when it ends.
  class Appender {
   public:
    explicit Appender(HeaderMap& map) : map_(map), at_(map.count_) {}
    ~Appender() {
      map_.live_ += at_ - map_.count_;
      map_.count_ = at_;
    }
    Appender(const Appender&) = delete;
    Appender& operator=(const Appender&) = delete;
    void add(HeaderId id, std::string_view name, std::string_view value) {
      map_.fill(static_cast<uint16_t>(at_++), id, name.data(), name.size(), value);
    }

   private:
    HeaderMap& map_;
    uint32_t at_;
  };
  // One of these.
  void addReserved(HeaderId id, std::string_view value) {
    write(id, headerName(id).data(), headerName(id).size(), value);
  }

  // The field that was added last, see Header::never_indexed.
  void markNeverIndexed() { entries_[count_ - 1].never_indexed = true; }

  // Makes room for n more fields in one allocation.
  void reserve(size_t n) {
    if (capacity_ - count_ < n) grow(n);
  }

 private:
  static constexpr size_t index(HeaderId id) { return static_cast<size_t>(id); }

  bool append(HeaderId id, const char* name, size_t name_len, std::string_view value) {
    if (count_ == capacity_) [[unlikely]] {
      if (count_ >= kMaxFields) return false;
      grow(1);
    }
    write(id, name, name_len, value);
    return true;
  }
  void write(HeaderId id, const char* name, size_t name_len, std::string_view value) {
    fill(static_cast<uint16_t>(count_++), id, name, name_len, value);
    live_++;
  }
  void fill(uint16_t i, HeaderId id, const char* name, size_t name_len, std::string_view value) {
    Header& h = entries_[i];
    h.name = name;
    h.value = value.data();
    h.name_len = static_cast<uint32_t>(name_len);
    h.value_len = static_cast<uint32_t>(value.size());
    h.id = id;
    h.removed = h.never_indexed = false;
    h.next = kNone;
    h.last = i;
    if (id != HeaderId::Unknown) link(id, i);
  }
  void link(HeaderId id, uint16_t i) {
    uint64_t bit = uint64_t{1} << (index(id) & 63);
    uint64_t& word = present_[index(id) >> 6];
    if (word & bit) [[unlikely]] {
      Header& head = entries_[first_[index(id)]];
      entries_[head.last].next = i;
      head.last = i;
    } else {
      word |= bit;
      first_[index(id)] = i;
    }
  }
  void grow(size_t more);
  bool replace(HeaderId id, std::string_view value);
  void reindex();
  void moveFrom(HeaderMap& other);
  std::string_view joinFrom(const Header* h, Arena& arena, std::string_view sep) const;
  size_t removeChain(const Header* h);
  void appendTo(Header* last, std::string_view value, std::string_view sep);

  Arena* arena_;
  Header* entries_ = nullptr;
  uint32_t count_ = 0;  // removed ones included
  uint32_t capacity_ = 0;
  uint32_t live_ = 0;
  // Well-known names present, one bit each: clearing the map touches two words, not the index.
  uint64_t present_[2] = {0, 0};
  uint16_t first_[kHeaderIdCount];  // valid where the bit is set
};

}  // namespace attache
