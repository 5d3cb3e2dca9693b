// Builds route records in memory for tests, fuzzing and benchmarks of the matcher alone. The
// trees are built in another way than src/tables does it (and without leaving anything out), so
// that agreement means something.
#pragma once

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/regex.h"
#include "tables/generated/layout.h"

namespace attache::route::testing {

struct HeaderSpec {
  std::string name;
  tables::HeaderMatch kind = tables::HeaderMatch::Present;
  tables::StringMatch string = tables::StringMatch::Exact;
  std::string value;
  bool ignore_case = false;
  int64_t start = 0, end = 0;
  bool present = true;
  bool invert = false;
  bool missing_as_empty = false;
};

struct RouteSpec {
  tables::PathMatch kind = tables::PathMatch::Prefix;
  std::string path;
  std::string regex_prefix;  // what every match of the regex begins with
  bool case_sensitive = true;
  std::vector<HeaderSpec> headers;
};

// Bytes that grow, addressed by offset; pointers are valid until the next alloc().
class Blob {
 public:
  size_t alloc(size_t size, size_t align = 8) {
    size_t at = (bytes_.size() + align - 1) / align * align;
    bytes_.resize(at + size);
    return at;
  }
  template <class T>
  T* at(size_t offset) {
    return reinterpret_cast<T*>(bytes_.data() + offset);
  }
  size_t size() const { return bytes_.size(); }
  const void* data() const { return bytes_.data(); }

  // The offset of a field of the struct at `base`.
  template <class S, class F>
  size_t field(size_t base, F S::*member) {
    S* s = at<S>(base);
    return base +
           static_cast<size_t>(reinterpret_cast<char*>(&(s->*member)) - reinterpret_cast<char*>(s));
  }
  // Points the { i32 rel, u32 count } at `field` to `target`.
  void point(size_t field, size_t target, size_t count) {
    int32_t rel = static_cast<int32_t>(target) - static_cast<int32_t>(field);
    uint32_t n = static_cast<uint32_t>(count);
    std::memcpy(bytes_.data() + field, &rel, 4);
    std::memcpy(bytes_.data() + field + 4, &n, 4);
  }
  void pointOpt(size_t field, size_t target) {
    int32_t rel = static_cast<int32_t>(target) - static_cast<int32_t>(field);
    std::memcpy(bytes_.data() + field, &rel, 4);
  }
  void string(size_t field, std::string_view text) {
    size_t at = alloc(text.size() + 1, 1);
    std::memcpy(bytes_.data() + at, text.data(), text.size());
    point(field, at, text.size());
  }
  template <class T>
  void array(size_t field, const std::vector<T>& values) {
    size_t at = alloc(values.size() * sizeof(T), alignof(T));
    if (!values.empty()) std::memcpy(bytes_.data() + at, values.data(), values.size() * sizeof(T));
    point(field, at, values.size());
  }

 private:
  std::vector<char> bytes_;
};

// A record and the expressions it uses.
class Table {
 public:
  Table() = default;
  Table(Table&&) = default;
  Table(const Table&) = delete;
  ~Table() {
    for (uint32_t number : regexes) RegexRegistry::instance().release(number);
  }
  const tables::VirtualHost& host() const {
    return *static_cast<const tables::VirtualHost*>(blob.data());
  }
  const tables::RouteConfig& config() const {
    return *static_cast<const tables::RouteConfig*>(blob.data());
  }
  Blob blob;
  std::vector<uint32_t> regexes;
};

// How the routes of a virtual host are to be found.
enum class Layout { Scan, Index, IndexWithSet };

// Null when a regex is not valid.
std::unique_ptr<Table> buildHost(const std::vector<RouteSpec>& routes, Layout layout);

// `domains[i]` are those of virtual host i; references are 1 + the number.
std::unique_ptr<Table> buildConfig(const std::vector<std::vector<std::string>>& domains,
                                   bool ignore_port = false);

}  // namespace attache::route::testing
