// The building blocks of records: positions are counted from the field itself, so a record can
// lie anywhere, and reading one is following plain offsets.
#pragma once

#include <cstdint>
#include <string_view>

namespace attache::tables {

// Another record: a slab and an offset (tables/records.h resolves it); 0: none.
using Ref = uint32_t;

// Text or bytes. Not terminated.
struct Str {
  int32_t rel;
  uint32_t len;
  const char* data() const { return reinterpret_cast<const char*>(this) + rel; }
  uint32_t size() const { return len; }
  bool empty() const { return len == 0; }
  std::string_view view() const { return {data(), len}; }
  operator std::string_view() const { return view(); }
};
using Bytes = Str;

template <class T>
struct Vec {
  int32_t rel;
  uint32_t count;
  const T* data() const {
    return reinterpret_cast<const T*>(reinterpret_cast<const char*>(this) + rel);
  }
  uint32_t size() const { return count; }
  bool empty() const { return count == 0; }
  const T& operator[](uint32_t i) const { return data()[i]; }
  const T* begin() const { return data(); }
  const T* end() const { return data() + count; }
};

template <class T>
struct Opt {
  int32_t rel;  // 0: absent
  const T* get() const {
    return rel ? reinterpret_cast<const T*>(reinterpret_cast<const char*>(this) + rel) : nullptr;
  }
  explicit operator bool() const { return rel != 0; }
  const T* operator->() const { return get(); }
  const T& operator*() const { return *get(); }
};

// The configuration of an extension: its own struct, told by number.
struct Ext {
  int32_t rel;
  uint32_t extension;
  template <class T>
  const T& as() const {
    return *reinterpret_cast<const T*>(reinterpret_cast<const char*>(this) + rel);
  }
};

}  // namespace attache::tables
