// Earliest deadline first over weights (as Envoy's EDF scheduler): spreads evenly at any moment.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace attache::upstream {

// Of items with weights above 0. Picking is O(log n).
template <class Item>
class Edf {
 public:
  bool empty() const { return heap_.empty(); }
  // After the last one: start().
  void add(Item item, double weight) { heap_.push_back({1 / atLeast(weight), order_++, item}); }
  void start() { std::make_heap(heap_.begin(), heap_.end(), later); }
  // The next one; `weight(item)` is what it weighs from now on. Not of an empty schedule.
  template <class Weight>
  Item next(Weight weight) {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    Entry& entry = heap_.back();
    Item item = entry.item;
    entry.deadline += 1 / atLeast(weight(item));
    entry.order = order_++;
    std::push_heap(heap_.begin(), heap_.end(), later);
    return item;
  }

 private:
  struct Entry {
    double deadline;
    uint64_t order;
    Item item;
  };
  static double atLeast(double weight) { return std::max(weight, 1e-9); }
  static bool later(const Entry& a, const Entry& b) {
    return a.deadline != b.deadline ? a.deadline > b.deadline : a.order > b.order;
  }
  std::vector<Entry> heap_;
  uint64_t order_ = 0;
};

}  // namespace attache::upstream
