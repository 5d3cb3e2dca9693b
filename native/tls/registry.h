// The process's TLS contexts by number, as records name them. Equal content has the same number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "tls/context.h"

namespace attache::tls {

class Registry {
 public:
  static Registry& instance();

  // The number (above 0) of the context that `spec` (tls/spec.h) describes, built now unless it is
  // known. Counts one use. 0 and *error when it is not valid. Slow: never on a worker.
  uint32_t acquire(std::string_view spec, BuildError* error);
  // One use less; the last one forgets the context. Sessions keep theirs.
  void release(uint32_t number);
  // The context of a number in use by a record that the caller has pinned. Wait-free.
  Context* at(uint32_t number) const;
  // Numbers in use.
  size_t size() const;

  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

 private:
  Registry();
  ~Registry();
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace attache::tls
