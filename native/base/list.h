// Intrusive doubly linked list: linking and unlinking allocate nothing.
#pragma once

#include <cstddef>

namespace attache {

// A place in a list. An object may be in several lists through several Links (tagged bases).
template <class Tag = void>
struct Link {
  Link* prev = nullptr;
  Link* next = nullptr;
  bool linked() const { return prev != nullptr; }
  void unlink() {
    if (!prev) return;
    prev->next = next;
    next->prev = prev;
    prev = next = nullptr;
  }
};

// List of T, which derives from Link<Tag>. Does not own its members.
template <class T, class Tag = void>
class List {
 public:
  List() { head_.prev = head_.next = &head_; }
  List(const List&) = delete;
  List& operator=(const List&) = delete;

  bool empty() const { return head_.next == &head_; }
  void pushBack(T* item) { insert(static_cast<Link<Tag>*>(item), head_.prev, &head_); }
  void pushFront(T* item) { insert(static_cast<Link<Tag>*>(item), &head_, head_.next); }
  T* front() { return empty() ? nullptr : static_cast<T*>(head_.next); }
  T* back() { return empty() ? nullptr : static_cast<T*>(head_.prev); }
  // Unlinks and returns the first or last; null when empty.
  T* popFront() { return take(front()); }
  T* popBack() { return take(back()); }
  // Calls fn(T*) for each; fn may unlink the one it is given.
  template <class Fn>
  void forEach(Fn&& fn) {
    for (Link<Tag>* at = head_.next; at != &head_;) {
      Link<Tag>* next = at->next;
      fn(static_cast<T*>(at));
      at = next;
    }
  }
  // The first for which fn(T*) is true; null: none.
  template <class Fn>
  T* find(Fn&& fn) {
    for (Link<Tag>* at = head_.next; at != &head_; at = at->next) {
      if (fn(static_cast<T*>(at))) return static_cast<T*>(at);
    }
    return nullptr;
  }

 private:
  static void insert(Link<Tag>* item, Link<Tag>* prev, Link<Tag>* next) {
    item->prev = prev;
    item->next = next;
    prev->next = item;
    next->prev = item;
  }
  T* take(T* item) {
    if (item) static_cast<Link<Tag>*>(item)->unlink();
    return item;
  }
  Link<Tag> head_;
};

}  // namespace attache
