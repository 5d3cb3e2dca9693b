// Walks the byte radix trees of route records (tables::ByteTrie; the layout documents the nodes).
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "route/hash.h"
#include "tables/generated/layout.h"

namespace attache::route {

// What a node's `prefix` or `exact` holds: values in ascending order, to be masked with
// kCandidateMask; kNeedsRegex marks a route whose regex has to be asked.
inline constexpr uint32_t kInline = 0x80000000;
inline constexpr uint32_t kNeedsRegex = 0x40000000;
inline constexpr uint32_t kCandidateMask = 0x3fffffff;

struct Candidates {
  const uint32_t* at = nullptr;
  const uint32_t* end = nullptr;
};

// `field` is a node's `prefix` or `exact`, not 0. The values live in the record.
inline Candidates candidatesOf(const tables::ByteTrie& trie, const uint32_t& field) {
  if (field & kInline) return {&field, &field + 1};
  const uint32_t* list = trie.lists.data() + (field - 1);
  return {list + 1, list + 1 + *list};
}

// How a text is read: as it is or in lower case, from its begin or from its end.
template <bool kFold, bool kBackwards>
struct Reading {
  const char* text;
  size_t size;

  uint8_t at(size_t i) const {
    uint8_t c = static_cast<uint8_t>(kBackwards ? text[size - 1 - i] : text[i]);
    return kFold ? lower(c) : c;
  }
  bool equals(size_t i, const char* label, size_t n) const {
    if (n > size - i) return false;
    if constexpr (!kBackwards && kFold) {
      return equalsLowered(text + i, label, n);
    } else if constexpr (!kBackwards) {
      return std::memcmp(text + i, label, n) == 0;
    } else {
      for (size_t k = 0; k < n; k++) {
        if (at(i + k) != static_cast<uint8_t>(label[k])) return false;
      }
      return true;
    }
  }
};

// Calls visit(node, consumed) for each node whose whole text begins `text`, from the root down.
template <bool kFold, bool kBackwards = false, class Visit>
void walkTrie(const tables::ByteTrie& trie, std::string_view text, Visit&& visit) {
  if (trie.nodes.size() == 0) return;
  const tables::TrieNode* nodes = trie.nodes.data();
  const char* labels = trie.labels.data();
  const char* keys = trie.keys.data();
  Reading<kFold, kBackwards> in{text.data(), text.size()};
  const tables::TrieNode* node = nodes;
  size_t i = 0;
  while (true) {
    if (node->label_len != 0) {
      if (!in.equals(i, labels + node->label, node->label_len)) return;
      i += node->label_len;
    }
    visit(*node, i);
    if (i == in.size || node->child_count == 0) return;
    const char* first = keys + node->children;
    const void* hit = node->child_count == 1
                          ? (static_cast<uint8_t>(*first) == in.at(i) ? first : nullptr)
                          : std::memchr(first, in.at(i), node->child_count);
    if (hit == nullptr) return;
    node = nodes + (static_cast<const char*>(hit) - keys);
    i++;
  }
}

}  // namespace attache::route
