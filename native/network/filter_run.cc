#include "network/filter_run.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace attache::network {

// A filter's place in the run: what it has to do with.
class FilterRun::Place final : public FilterContext {
 public:
  Place(FilterRun& run, size_t at, const FilterEntry& entry, Worker& worker, int fd,
        const io::ConnectionInfo* info)
      : FilterContext(worker, fd, info), run_(run), at_(at), entry(entry) {
    filter = entry.hooks->create(*this, entry.config, entry.shared.get());
  }
  ~Place() override { entry.hooks->onDestroy(filter); }
  void resume() override { run_.resume(at_); }
  void close(http::Flags flags) override { run_.close(flags); }
  void write(std::string_view bytes) override {
    if (run_.host_.connection) run_.host_.connection->write(bytes);
  }
  tls::Session* session() const override {
    return run_.host_.connection ? run_.host_.connection->session() : nullptr;
  }
  std::string_view alpn() const override {
    io::Connection* connection = run_.host_.connection;
    return connection && connection->session() ? connection->session()->alpn() : std::string_view();
  }
  mesh::PeerFacts& peer() override { return run_.peer_; }
  bool tell(mesh::ProxiedFacts& into) const override {
    return run_.host_.tell && run_.host_.tell(run_.host_.self, into);
  }
  void noMoreData() override { run_.noMoreData(*this); }
  bool wantsData() const { return entry.hooks->onData && !done; }

 private:
  FilterRun& run_;
  size_t at_;

 public:
  const FilterEntry& entry;
  bool done = false;  // with bytes
  void* filter;
};

FilterRun::FilterRun(Worker& worker, std::span<const FilterEntry> filters, int fd,
                     const io::ConnectionInfo* info, BufferPool& buffers, size_t buffer_limit)
    : held_(buffers), passed_(buffers), buffer_limit_(buffer_limit) {
  for (const FilterEntry& entry : filters) {
    wants_data_ |= entry.hooks->onData != nullptr;
    wants_facts_ |= entry.hooks->wants_facts;
    places_.push_back(std::make_unique<Place>(*this, places_.size(), entry, worker, fd, info));
  }
}

FilterRun::~FilterRun() = default;

bool FilterRun::begin() {
  return showConnection();
}

bool FilterRun::showConnection() {
  running_ = true;
  for (; at_ < places_.size() && !closing_; at_++) {
    Place& place = *places_[at_];
    if (!place.entry.hooks->onNewConnection) continue;
    if (place.entry.hooks->onNewConnection(place.filter) == FilterStatus::Pause) {
      paused_ = true;
      break;
    }
  }
  running_ = false;
  if (closing_) return leave();
  began_ = !paused_;
  return began_;
}

void FilterRun::established() {
  if (established_ || closing_) return;
  established_ = true;
  running_ = true;
  for (std::unique_ptr<Place>& place : places_) {
    if (!closing_ && place->entry.hooks->onEstablished)
      place->entry.hooks->onEstablished(place->filter);
  }
  running_ = false;
  if (closing_) leave();
}

void FilterRun::noMoreData(Place& place) {
  place.done = true;
  settle();
}

// As soon as nobody wants bytes, and none are left here, they go their own way.
void FilterRun::settle() {
  bool left = !held_.empty() || !passed_.empty() || (end_ && !end_taken_);
  wants_data_ = left || std::any_of(places_.begin(), places_.end(),
                                    [](const auto& place) { return place->wantsData(); });
}

bool FilterRun::feed(const char* data, size_t n, bool end) {
  held_.append(data, n);
  end_ |= end;
  // As in Envoy: from the first one again, also where one has paused.
  at_ = 0;
  paused_ = false;
  return showData();
}

bool FilterRun::showData() {
  running_ = true;
  for (; at_ < places_.size() && !closing_; at_++) {
    Place& place = *places_[at_];
    if (!place.wantsData()) continue;
    if (place.entry.hooks->onData(place.filter, held_, end_) == FilterStatus::Pause) {
      paused_ = true;
      break;
    }
  }
  running_ = false;
  if (closing_) return leave();
  if (paused_) return true;
  passed_.append(std::move(held_));
  end_passed_ = end_;
  settle();
  return true;
}

size_t FilterRun::take(char* into, size_t room) {
  iovec pieces[4];
  size_t n = 0;
  int count = passed_.peek(pieces, 4);
  for (int i = 0; i < count && n < room; i++) {
    size_t size = std::min(pieces[i].iov_len, room - n);
    std::memcpy(into + n, pieces[i].iov_base, size);
    n += size;
  }
  passed_.drain(n);
  settle();
  return n;
}

bool FilterRun::takeEnd() {
  if (!end_passed_ || end_taken_ || !passed_.empty()) return false;
  end_taken_ = true;
  settle();
  return true;
}

void FilterRun::resume(size_t at) {
  if (running_ || !paused_ || at != at_) return;
  paused_ = false;
  at_++;
  if (!began_) {
    if (showConnection()) host_.passed(host_.self);
    return;
  }
  if (showData() && !paused_) host_.readable(host_.self);
}

// From inside a hook it takes effect behind it.
void FilterRun::close(http::Flags flags) {
  if (closing_) return;
  flags_ = flags;
  closing_ = true;
  if (!running_) leave();
}

bool FilterRun::leave() {
  host_.close(host_.self);
  return false;
}

Owner FilterRun::keep(const Owner& owner) {
  owner_ = owner;
  return {onClosed, this, this};
}

void FilterRun::onClosed(void* self, uint64_t life_ms) {
  auto* run = static_cast<FilterRun*>(self);
  Owner owner = run->owner_;
  delete run;
  if (owner.on_closed) owner.on_closed(owner.self, life_ms);
}

}  // namespace attache::network
