// The series of a mesh's metrics on one worker: statistics whose labels come up with traffic. What
// distinguishes a request is a few numbers; texts are only put together for a series that is new.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "stats/stats.h"

namespace attache {
class Worker;
}

namespace attache::mesh {

// Numbers for texts. A text may have another number later, but no number stands for two texts.
class TextIds {
 public:
  // When there are so many they are all forgotten.
  static constexpr size_t kMost = 20'000;
  // 0 is that of the empty text.
  uint64_t of(std::string_view text);

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::unordered_map<std::string, uint64_t, Hash, std::equal_to<>> ids_;
  uint64_t last_ = 0;
};

// What is counted together: one key, up to four statistics. Null: that one is not wanted.
struct Series {
  static constexpr size_t kMost = 4;
  stats::Block* blocks[kMost] = {};
};

class SeriesTable {
 public:
  explicit SeriesTable(Worker& worker) : worker_(worker) {}
  ~SeriesTable();
  SeriesTable(const SeriesTable&) = delete;
  SeriesTable& operator=(const SeriesTable&) = delete;

  // When there are so many keys, those go that were not used for a while.
  static constexpr size_t kMost = 10'000;
  static constexpr uint64_t kSweepMs = 300'000;

  using Key = std::span<const uint64_t>;
  // Null: there is none yet. Valid until the next add().
  const Series* find(Key key);
  // Whether only what is bounded should still be added: most were used a short while ago.
  bool full(uint64_t now_ms);
  // `names` are those of NamedBlocks, empty: not wanted; `groups` go with them.
  const Series& add(Key key, std::span<const std::string> names,
                    std::span<const stats::Group> groups);
  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    Series series;
    uint32_t numbers[Series::kMost] = {};
    bool used = true;
  };
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view bytes) const { return std::hash<std::string_view>()(bytes); }
  };
  void letGo(const Entry& entry);
  Worker& worker_;
  uint64_t swept_ms_ = 0;
  std::unordered_map<std::string, Entry, Hash, std::equal_to<>> entries_;
};

}  // namespace attache::mesh
