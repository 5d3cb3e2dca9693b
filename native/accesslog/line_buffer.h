// A growing run of bytes that is reused for every line of a thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace attache::accesslog {

// Not thread safe. Aborts when the system has no memory, as everything on the request path does.
class LineBuffer {
 public:
  LineBuffer() = default;
  ~LineBuffer() { std::free(data_); }
  LineBuffer(const LineBuffer&) = delete;
  LineBuffer& operator=(const LineBuffer&) = delete;

  void clear() { size_ = 0; }
  size_t size() const { return size_; }
  const char* data() const { return data_; }
  char* data() { return data_; }
  std::string_view view() const { return {data_, size_}; }

  // Room for n more bytes; the caller writes there and then calls commit().
  char* room(size_t n) {
    if (capacity_ - size_ < n) [[unlikely]]
      grow(n);
    return data_ + size_;
  }
  void commit(size_t n) { size_ += n; }

  void append(std::string_view text) {
    if (text.empty()) return;
    std::memcpy(room(text.size()), text.data(), text.size());
    size_ += text.size();
  }
  void append(char c) {
    *room(1) = c;
    size_++;
  }
  void appendNumber(uint64_t value) {
    char digits[20];
    char* at = digits + sizeof digits;
    do {
      *--at = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value != 0);
    append(std::string_view{at, static_cast<size_t>(digits + sizeof digits - at)});
  }
  // Cuts what was appended since `size`.
  void truncate(size_t size) { size_ = size; }

  // Memory held, in bytes.
  size_t capacity() const { return capacity_; }

 private:
  void grow(size_t n) {
    size_t bigger = capacity_ == 0 ? 1024 : capacity_;
    while (bigger - size_ < n) bigger *= 2;
    data_ = static_cast<char*>(std::realloc(data_, bigger));
    if (data_ == nullptr) std::abort();
    capacity_ = bigger;
  }

  char* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace attache::accesslog
