#include "mesh/series.h"

#include "worker/process.h"
#include "worker/worker.h"

namespace attache::mesh {

namespace {
std::string_view bytesOf(SeriesTable::Key key) {
  return {reinterpret_cast<const char*>(key.data()), key.size_bytes()};
}
}  // namespace

uint64_t TextIds::of(std::string_view text) {
  if (text.empty()) return 0;
  auto it = ids_.find(text);
  if (it != ids_.end()) [[likely]]
    return it->second;
  if (ids_.size() >= kMost) ids_.clear();
  ids_.emplace(text, ++last_);
  return last_;
}

SeriesTable::~SeriesTable() {
  for (auto& [key, entry] : entries_) letGo(entry);
}

void SeriesTable::letGo(const Entry& entry) {
  for (size_t i = 0; i < Series::kMost; i++) {
    if (!entry.series.blocks[i]) continue;
    worker_.rows.letGo(entry.series.blocks[i]);
    worker_.process.named_stats.release(entry.numbers[i]);
  }
}

const Series* SeriesTable::find(Key key) {
  auto it = entries_.find(bytesOf(key));
  if (it == entries_.end()) [[unlikely]]
    return nullptr;
  it->second.used = true;
  return &it->second.series;
}

bool SeriesTable::full(uint64_t now_ms) {
  if (entries_.size() < kMost) return false;
  if (swept_ms_ && now_ms - swept_ms_ < kSweepMs) return true;
  swept_ms_ = now_ms;
  for (auto it = entries_.begin(); it != entries_.end();) {
    if (it->second.used) {
      it->second.used = false;
      ++it;
    } else {
      letGo(it->second);
      it = entries_.erase(it);
    }
  }
  return entries_.size() >= kMost;
}

const Series& SeriesTable::add(Key key, std::span<const std::string> names,
                               std::span<const stats::Group> groups) {
  Entry& entry = entries_.try_emplace(std::string(bytesOf(key))).first->second;
  Process& process = worker_.process;
  for (size_t i = 0; i < names.size(); i++) {
    if (names[i].empty() || entry.series.blocks[i]) continue;
    uint32_t number = process.named_stats.acquire(groups[i], names[i], process.records.settled());
    if (number == 0) {
      // There are too many statistics of all kinds.
      process.named_stats.release(groups[i], names[i]);
      continue;
    }
    entry.numbers[i] = number;
    entry.series.blocks[i] = worker_.rows.hold(entry.numbers[i], groups[i]);
  }
  return entry.series;
}

}  // namespace attache::mesh
