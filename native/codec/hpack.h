// HPACK, RFC 7541, both directions, without I/O.
//
// A Decoder turns complete field blocks of one connection into fields, an Encoder writes them. Both
// keep a dynamic table (hpack_table.h) that owns no memory before the first field enters it, and
// grows by need: a connection that says nothing costs the two objects alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/arena.h"
#include "codec/headers.h"
#include "codec/hpack_static.h"
#include "codec/hpack_table.h"

namespace attache::hpack {

enum class Error : uint8_t {
  None,
  // Of the connection, COMPRESSION_ERROR (RFC 9113 section 4.3): nothing after it can be decoded.
  Truncated,     // the block ends inside a field
  BadInteger,    // longer or greater than 32 bits need
  BadIndex,      // 0, or beyond the dynamic table
  BadHuffman,    // EOS inside, or padding that is not up to seven ones
  BadTableSize,  // more than was announced, inside a block, or missing after SETTINGS lowered it
  // Of the stream: the block is decoded and the table in step, but not all fields were delivered.
  TooLarge,
};

// The names of Error's values, for logs.
std::string_view describe(Error error);

// A field as it is delivered.
struct Field {
  std::string_view name;
  std::string_view value;
  HeaderId id;         // Unknown when the name is none of the well-known
  bool never_indexed;  // to be sent on as a literal never indexed only (RFC 7541 section 6.2.3)
  bool name_ok;        // a token without upper case (RFC 9113 section 8.2.1), or a well-known name
  bool value_plain;    // nothing but 0x20..0x7e; else the value has to be looked at
};

// What is left of a block.
struct Cursor {
  const uint8_t* p;
  const uint8_t* end;
};
// Continues an integer whose prefix of `bits` bits was full (RFC 7541 section 5.1).
Error readInt(Cursor& at, uint32_t bits, uint32_t& value);

class Decoder {
 public:
  // What is delivered of one block. Sizes are Envoy's: names and values without any overhead.
  struct Limits {
    uint32_t max_bytes = UINT32_MAX;
    uint32_t max_fields = UINT32_MAX;
  };

  // `announced`: SETTINGS_HEADER_TABLE_SIZE as we send it at the beginning. Until acknowledged()
  // the peer may go by the protocol's 4096 too.
  explicit Decoder(uint32_t announced = kDefaultTableSize);

  // Another SETTINGS_HEADER_TABLE_SIZE is being sent.
  void announce(uint32_t table_size);
  // Our SETTINGS were acknowledged: the peer is held to what was announced, and has to begin its
  // next block with a size update if its table was larger (RFC 7541 section 4.2).
  void acknowledged();

  // For the blocks that follow.
  void setLimits(Limits limits) { limits_ = limits; }

  // Decodes one complete field block, the fragments of HEADERS and CONTINUATION joined, and calls
  // sink(const Field&) for each field in order; the sink may allocate in `arena`.
  //
  // Well-known names and names and values of the static table are static. What was sent as a
  // literal without Huffman coding stays where it is in [data, data + n), which has to outlive the
  // fields (or HeaderMap::detach() them). Everything else is in `arena`. The dynamic table is never
  // referred to.
  //
  // Fields beyond the limits are decoded and enter the table, but are not delivered; nothing after
  // the first of them is.
  template <class Sink>
  Error decode(const char* data, size_t n, Arena& arena, Sink&& sink) {
    Cursor at{reinterpret_cast<const uint8_t*>(data), reinterpret_cast<const uint8_t*>(data) + n};
    Error error = begin(at);
    if (error != Error::None) [[unlikely]]
      return error;
    Field field;
    while (at.p != at.end) {
      error = *at.p >= 0x80 ? indexed(at, arena, field) : literal(at, arena, field);
      if (error == Error::None) [[likely]] {
        sink(static_cast<const Field&>(field));
      } else if (error != Error::TooLarge) {
        return error;
      }
    }
    return over_ ? Error::TooLarge : Error::None;
  }

  // Of the last block, what was not delivered included.
  uint32_t fields() const { return fields_; }
  uint64_t bytes() const { return bytes_; }
  // Which of the two limits was reached first.
  bool tooMany() const { return too_many_; }

  // The size of the dynamic table as RFC 7541 section 4.1 counts, and the bytes of memory it owns.
  uint32_t tableSize() const { return table_.size(); }
  size_t memory() const { return table_.memory(); }

 private:
  struct Entry {
    uint32_t pos;
    uint32_t name_len;
    uint32_t value_len;
    HeaderId id;
    bool name_ok;
    bool value_plain;
  };
  Error begin(Cursor& at);
  Error indexed(Cursor& at, Arena& arena, Field& field);
  Error literal(Cursor& at, Arena& arena, Field& field);
  Error sizeUpdate(Cursor& at);
  void exceeded() {
    if (!over_) too_many_ = fields_ > limits_.max_fields;
    over_ = true;
  }
  // Counts a field; whether it is to be delivered.
  bool within(size_t name_len, size_t value_len) {
    bytes_ += name_len + value_len;
    fields_++;
    if (bytes_ > limits_.max_bytes || fields_ > limits_.max_fields) [[unlikely]]
      exceeded();
    return !over_;
  }

  Table<Entry> table_;
  Limits limits_;
  uint64_t bytes_ = 0;
  uint32_t fields_ = 0;
  uint32_t announced_;
  uint32_t allowed_;  // the most a size update may say
  bool over_ = false;
  bool too_many_ = false;
  bool update_due_ = false;
};

// Here for the sake of decode(): in a long connection most fields come this way.
inline Error Decoder::indexed(Cursor& at, Arena& arena, Field& field) {
  uint32_t index = *at.p++ & 0x7f;
  if (index == 0x7f) [[unlikely]] {
    if (Error error = readInt(at, 7, index); error != Error::None) return error;
  }
  field.never_indexed = false;
  if (index - 1 < kStaticCount) {
    const StaticField& s = kStatic[index];
    if (!within(s.name_len, s.value_len)) [[unlikely]]
      return Error::TooLarge;
    field.name = s.nameView();
    field.value = s.valueView();
    field.id = s.id;
    field.name_ok = field.value_plain = true;
    return Error::None;
  }
  uint32_t age = index - kStaticCount - 1;
  if (age >= table_.count()) [[unlikely]]
    return Error::BadIndex;
  const Entry& e = table_.entry(age);
  if (!within(e.name_len, e.value_len)) [[unlikely]]
    return Error::TooLarge;
  size_t stored = table_.storedName(e);
  size_t n = stored + e.value_len;
  char* to = arena.reserve(n + kCopySlack);
  copyWide(to, table_.text(e), n);
  arena.commit(to + n);
  field.name = e.id == HeaderId::Unknown ? std::string_view{to, stored} : headerName(e.id);
  field.value = {to + stored, e.value_len};
  field.id = e.id;
  field.name_ok = e.name_ok;
  field.value_plain = e.value_plain;
  return Error::None;
}

class Encoder {
 public:
  enum class Rule : uint8_t;

  // Room that begin() needs.
  static constexpr size_t kMaxBegin = 12;

  Encoder() : table_(kDefaultTableSize) {}
  ~Encoder();
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  // The peer's SETTINGS_HEADER_TABLE_SIZE. Our table never exceeds the default of 4096 bytes.
  void setMaxTableSize(uint32_t peer_limit);

  // Upper bound of what encode() writes, bytes behind the field's end that it may overwrite
  // included.
  static constexpr size_t maxSize(size_t name_len, size_t value_len) {
    return name_len + value_len + 40;
  }

  // Begins a field block: writes pending size updates (RFC 7541 section 4.2).
  char* begin(char* out) {
    if (pending_) [[unlikely]]
      return writeSizeUpdates(out);
    return out;
  }
  // Writes one field; returns its end. `id` is that of `name` (lower case) or Unknown. What a peer
  // sent as never indexed must be passed on as such. The bytes of name and value are not referred
  // to later.
  char* encode(char* out, HeaderId id, std::string_view name, std::string_view value,
               bool never_indexed = false);
  // :status, 100..999.
  char* encodeStatus(char* out, unsigned status);

  uint32_t tableSize() const { return table_.size(); }
  size_t memory() const;

 private:
  struct Entry {
    uint32_t pos;
    uint16_t name_len;
    uint16_t value_len;
    uint16_t prev;  // the entry before it in the same bucket
    HeaderId id;
    bool hit;  // was sent as an index since
  };
  struct Bucket {
    uint16_t newest = 0;
    uint16_t missed = 0;  // of the value last seen that did not enter the table
  };
  struct Found;
  bool isNamed(const Entry& e, std::string_view name) const;
  char* encodeRest(char* out, HeaderId id, std::string_view name, std::string_view value,
                   bool never_indexed);
  bool enters(Rule rule, uint32_t bucket, const Entry* newest, std::string_view name,
              std::string_view value);

  char* writeSizeUpdates(char* out);
  char* literal(char* out, uint8_t kind, uint8_t prefix, uint32_t name_index, std::string_view name,
                std::string_view value);
  Found find(uint32_t bucket, HeaderId id, std::string_view name, std::string_view value);

  Table<Entry> table_;
  Bucket* buckets_ = nullptr;
  uint32_t lowest_ = 0;  // of the limits since the last block
  uint32_t limit_ = kDefaultTableSize;
  bool pending_ = false;
};

}  // namespace attache::hpack
