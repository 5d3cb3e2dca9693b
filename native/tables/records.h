// Where compiled configuration lives: immutable records in a few fixed slabs, found through a
// directory of current versions, given back when the last worker has let go of them.
//
// The primary publishes; workers read in place. A reader needs no lock and no message: it loads
// the directory entry of an id and pins what it found (tables/pins.h) for as long as it uses it.
// Retiring asks every worker; a record returns to its slab when all have answered.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace attache::tables {

// A record that its directory entry no longer names. Workers that may hold it each answer once.
struct Retirement {
  uint32_t id;
  uint32_t ref;
  std::atomic<uint32_t> pending;
};

// How the primary tells a worker. Called with the Records lock held: only enqueue.
class RetirementSink {
 public:
  virtual ~RetirementSink() = default;
  virtual void retire(Retirement* retirement) = 0;
};

class Records {
 public:
  // A reference is a slab number (8 bits) and an offset in units of 16 bytes (24 bits); 0 = none.
  static constexpr size_t kUnit = 16;
  static constexpr size_t kMaxSlabBytes = kUnit << 24;
  static constexpr uint32_t kMaxIds = 1u << 20;

  struct Input {
    uint32_t kind;
    uint32_t id;  // directory id, 0: only other records refer to it
    std::span<const uint8_t> bytes;
    std::span<const uint32_t> children;       // pairs: offset of a u32, index in this batch
    std::span<const uint32_t> shared;         // pairs: offset of a u32, existing reference
    std::span<const uint32_t> regexes;        // uses to give back when the record goes
    std::span<const uint32_t> contexts = {};  // the same of TLS contexts
  };
  struct Stats {
    size_t bytes, records, retiring, slabs;
  };

  Records();
  ~Records();
  Records(const Records&) = delete;
  Records& operator=(const Records&) = delete;

  // --- the primary's side --------------------------------------------------------------------
  // `memory` must stay valid for as long as this object; at most kMaxSlabBytes are used.
  void addSlab(void* memory, size_t bytes);
  // Copies, verifies and publishes all records or none. On success answers true and the new
  // references in order; else false and `*why` ("slab" alone: memory is short, add a slab).
  bool publish(std::span<const Input> batch, std::vector<uint32_t>* refs, std::string* why);
  // Empties the directory entry.
  void remove(uint32_t id);
  // A further check of each record that is published, behind the generated one (what only the
  // reader of a record knows). Set once, before the first record.
  using Checker = bool (*)(const void* record, std::string* why);
  void setChecker(Checker checker) { checker_ = checker; }
  // Gives memory of records back that all workers have let go of; publish() and remove() do it for
  // some.
  void reclaim();
  // Whether no record waits for a worker. May say so late, never early.
  bool settled();
  Stats stats();

  // --- workers -------------------------------------------------------------------------------
  // From now on the sink is asked about every retirement, until it was removed. A worker that
  // goes away must have answered or answers now, through forget().
  void addWorker(RetirementSink* sink);
  void removeWorker(RetirementSink* sink);
  // A worker's answer: it holds the record no longer.
  void letGo(Retirement* retirement);

  // Current reference of an id; 0: none. Pair it with a pin before using it past this turn.
  uint32_t current(uint32_t id) const {
    return id < kMaxIds ? directory_[id].load(std::memory_order_acquire) : 0;
  }
  // Memory of a reference that is current or pinned.
  const void* resolve(uint32_t ref) const {
    return slabs_[ref >> 24].base + static_cast<size_t>(ref & 0xffffff) * kUnit;
  }
  template <class T>
  const T* get(uint32_t ref) const {
    return ref ? static_cast<const T*>(resolve(ref)) : nullptr;
  }

 private:
  struct Slab {
    uint8_t* base = nullptr;
    size_t size = 0;
    size_t used = 0;
  };
  struct Meta {
    uint32_t uses = 0;  // the directory, and records that refer to it
    uint32_t size = 0;  // as allocated
    std::vector<uint32_t> children;
    std::vector<uint32_t> regexes;
    std::vector<uint32_t> contexts;
  };
  uint32_t allocate(size_t bytes, uint32_t* allocated);
  void freeMemory(uint32_t ref, uint32_t allocated);
  void release(uint32_t ref);
  void retireLocked(uint32_t id, uint32_t ref);
  void reclaimSome(size_t count);
  bool checkReferences(const Input& input, size_t index, std::string* why) const;

  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  /** From calloc: pages that no id has reached yet are not there. */
  std::unique_ptr<std::atomic<uint32_t>[], Free> directory_;
  Slab slabs_[256];
  uint32_t slab_count_ = 0;

  Checker checker_ = nullptr;
  std::mutex mutex_;
  std::unordered_map<uint32_t, Meta> meta_;
  std::map<uint32_t, std::vector<uint32_t>> free_;  // allocated size -> references
  std::vector<RetirementSink*> workers_;
  // Each change looks at so many of them, in turn, and not at all: 10,000 clusters may go at once.
  static constexpr size_t kReclaimed = 64;
  std::vector<std::unique_ptr<Retirement>> retiring_;
  size_t next_reclaimed_ = 0;
  size_t bytes_ = 0;
};

}  // namespace attache::tables
