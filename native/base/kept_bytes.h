// Contiguous bytes that had to be kept until more come: a head of which not all is there, a request
// that waits behind another. Owns no memory while there is nothing to keep.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

namespace attache {

class KeptBytes {
 public:
  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  char* data() { return memory_.get(); }
  // May move what is kept.
  void append(const char* data, size_t n) {
    if (n == 0) return;
    if (size_ + n > room_) grow(n);
    std::memcpy(memory_.get() + size_, data, n);
    size_ += static_cast<uint32_t>(n);
  }
  // Keeps nothing any more; the memory stays where it is, and views into it valid.
  void forget() { size_ = 0; }
  // Gives the memory to the caller.
  std::unique_ptr<char[]> take() {
    size_ = room_ = 0;
    return std::move(memory_);
  }

 private:
  void grow(size_t n) {
    size_t room = std::max<size_t>(size_t{room_} * 2, size_ + n + 256);
    std::unique_ptr<char[]> bigger(new char[room]);
    if (size_) std::memcpy(bigger.get(), memory_.get(), size_);
    memory_ = std::move(bigger);
    room_ = static_cast<uint32_t>(room);
  }
  std::unique_ptr<char[]> memory_;
  uint32_t size_ = 0;
  uint32_t room_ = 0;
};

}  // namespace attache
