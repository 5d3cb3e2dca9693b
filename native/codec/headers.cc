#include "codec/headers.h"

#include <cstring>

namespace attache {
namespace {

// A first allocation that holds the head of a typical request and what a proxy adds to it.
constexpr uint32_t kFirstFields = 24;

// Fields are known by HTTP/2's names: Host is :authority (RFC 9113 section 8.3.1).
HeaderId idOf(std::string_view name) {
  HeaderId id = headerId(name);
  return id == HeaderId::Host ? HeaderId::Authority : id;
}

bool within(const char* p, const char* lo, const char* hi) {
  return p >= lo && p < hi;
}

}  // namespace

bool HeaderMap::add(std::string_view name, std::string_view value) {
  HeaderId id = idOf(name);
  return id == HeaderId::Unknown ? append(id, name.data(), name.size(), value) : add(id, value);
}

bool HeaderMap::addCopy(std::string_view name, std::string_view value) {
  HeaderId id = idOf(name);
  if (id != HeaderId::Unknown) return addCopy(id, value);
  std::string_view n = arena_->copy(name);
  return append(id, n.data(), n.size(), arena_->copy(value));
}

bool HeaderMap::replace(HeaderId id, std::string_view value) {
  Header* h = find(id);
  if (h->next != kNone) removeChain(next(h));
  h->setValue(value);
  return true;
}

bool HeaderMap::set(std::string_view name, std::string_view value) {
  HeaderId id = idOf(name);
  if (id != HeaderId::Unknown) return set(id, value);
  Header* h = find(name);
  if (h == nullptr) return add(name, value);
  removeChain(next(h));
  h->setValue(value);
  return true;
}

bool HeaderMap::setCopy(std::string_view name, std::string_view value) {
  HeaderId id = idOf(name);
  if (id != HeaderId::Unknown) return setCopy(id, value);
  if (find(name) == nullptr) return addCopy(name, value);
  return set(name, arena_->copy(value));
}

bool HeaderMap::appendValue(HeaderId id, std::string_view value, std::string_view sep) {
  Header* h = find(id);
  if (h == nullptr) return addCopy(id, value);
  appendTo(&entries_[h->last], value, sep);
  return true;
}

bool HeaderMap::appendValue(std::string_view name, std::string_view value, std::string_view sep) {
  HeaderId id = idOf(name);
  if (id != HeaderId::Unknown) return appendValue(id, value, sep);
  Header* last = find(name);
  if (last == nullptr) return addCopy(name, value);
  while (const Header* h = next(last)) last = const_cast<Header*>(h);
  appendTo(last, value, sep);
  return true;
}

void HeaderMap::appendTo(Header* last, std::string_view value, std::string_view sep) {
  last->setValue(arena_->concat(last->valueView(), sep, value));
}

const Header* HeaderMap::find(std::string_view name) const {
  HeaderId id = idOf(name);
  if (id != HeaderId::Unknown) return find(id);
  for (uint32_t i = 0; i < count_; i++) {
    const Header& h = entries_[i];
    if (h.id == HeaderId::Unknown && !h.removed && h.nameView() == name) return &h;
  }
  return nullptr;
}

const Header* HeaderMap::next(const Header* h) const {
  if (h->id != HeaderId::Unknown) return h->next == kNone ? nullptr : &entries_[h->next];
  for (const Header* o = h + 1; o != entries_ + count_; o++) {
    if (o->id == HeaderId::Unknown && !o->removed && o->nameView() == h->nameView()) return o;
  }
  return nullptr;
}

std::string_view HeaderMap::joinFrom(const Header* h, Arena& arena, std::string_view sep) const {
  if (h == nullptr) return {};
  const Header* second = next(h);
  if (second == nullptr) return h->valueView();
  size_t n = h->value_len;
  for (const Header* o = second; o != nullptr; o = next(o)) n += sep.size() + o->value_len;
  char* p = arena.alloc(n);
  char* at = p;
  auto put = [&at](std::string_view s) {
    if (!s.empty()) std::memcpy(at, s.data(), s.size());
    at += s.size();
  };
  put(h->valueView());
  for (const Header* o = second; o != nullptr; o = next(o)) {
    put(sep);
    put(o->valueView());
  }
  return {p, n};
}

size_t HeaderMap::removeChain(const Header* h) {
  size_t n = 0;
  HeaderId id = h == nullptr ? HeaderId::Unknown : h->id;
  while (h != nullptr) {
    const Header* following = next(h);
    const_cast<Header*>(h)->removed = true;
    live_--;
    n++;
    h = following;
  }
  // What is left of a chain, if anything, is its first field: see the callers.
  if (n != 0 && id != HeaderId::Unknown) {
    Header& head = entries_[first_[index(id)]];
    if (head.removed) {
      present_[index(id) >> 6] &= ~(uint64_t{1} << (index(id) & 63));
    } else {
      head.next = kNone;
      head.last = first_[index(id)];
    }
  }
  return n;
}

size_t HeaderMap::remove(std::string_view name) {
  const Header* h = find(name);
  return h == nullptr ? 0 : removeChain(h);
}

size_t HeaderMap::byteSize() const {
  size_t n = 0;
  for (const Header& h : *this) n += size_t{h.name_len} + h.value_len;
  return n;
}

void HeaderMap::rebase(ptrdiff_t delta, const char* lo, const char* hi) {
  uintptr_t from = reinterpret_cast<uintptr_t>(lo);
  uintptr_t size = static_cast<uintptr_t>(hi - lo);
  auto inside = [&](const char* p) { return reinterpret_cast<uintptr_t>(p) - from < size; };
  for (Header *h = entries_, *end = entries_ + count_; h != end; h++) {
    // Well-known names are static.
    if (h->id == HeaderId::Unknown && inside(h->name)) h->name += delta;
    if (inside(h->value)) h->value += delta;
  }
}

void HeaderMap::cloneInto(HeaderMap& to) const {
  to.clear();
  to.reserve(live_);
  for (const Header& h : *this) {
    if (h.id != HeaderId::Unknown) {
      to.addCopy(h.id, h.valueView());
    } else {
      std::string_view name = to.arena_->copy(h.nameView());
      to.append(h.id, name.data(), name.size(), to.arena_->copy(h.valueView()));
    }
    if (h.never_indexed) to.markNeverIndexed();
  }
}

void HeaderMap::detach(const char* lo, const char* hi) {
  for (Header& h : *this) {
    if (within(h.name, lo, hi)) h.name = arena_->copy(h.nameView()).data();
    if (within(h.value, lo, hi)) h.value = arena_->copy(h.valueView()).data();
  }
}

void HeaderMap::grow(size_t more) {
  size_t wanted = count_ + more;
  size_t capacity = capacity_ == 0 ? kFirstFields : size_t{capacity_} * 2;
  if (capacity < wanted) capacity = wanted;
  if (capacity > kMaxFields) capacity = kMaxFields;
  if (capacity <= capacity_) return;
  Header* bigger = arena_->makeArray<Header>(capacity);
  if (count_ != 0) std::memcpy(static_cast<void*>(bigger), entries_, count_ * sizeof(Header));
  entries_ = bigger;
  capacity_ = static_cast<uint32_t>(capacity);
}

void HeaderMap::reindex() {
  present_[0] = present_[1] = 0;
  live_ = 0;
  for (uint32_t i = 0; i < count_; i++) {
    Header& h = entries_[i];
    if (h.removed) continue;
    live_++;
    h.next = kNone;
    h.last = static_cast<uint16_t>(i);
    if (h.id != HeaderId::Unknown) link(h.id, static_cast<uint16_t>(i));
  }
}

void HeaderMap::moveFrom(HeaderMap& other) {
  arena_ = other.arena_;
  entries_ = other.entries_;
  count_ = other.count_;
  capacity_ = other.capacity_;
  live_ = other.live_;
  present_[0] = other.present_[0];
  present_[1] = other.present_[1];
  std::memcpy(first_, other.first_, sizeof(first_));
  other.clear();
}

}  // namespace attache
