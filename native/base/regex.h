// Regular expressions (RE2: linear time) shared by the whole process.
//
// Records name an expression, or a set of them, by a number that this registry gives out. Equal
// content gets the same number. Expressions are compiled where configuration is built and only
// read on the request path, without a lock of ours. Envoy's safe_regex is the model: the whole
// text must match, options are RE2's own, there is no limit on the program's size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"

namespace attache {

// One expression, or several that are matched at once. Immutable; safe to use from any thread.
class Regex {
 public:
  ~Regex();
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;

  // Expressions in it; 1 unless it is a set.
  size_t size() const { return patterns_.size(); }
  std::string_view pattern(size_t i) const { return patterns_[i]; }

  // Of a set: false when it is so big that its expressions are tried one by one.
  bool isOneAutomaton() const;

  // True when the whole of `text` matches (of a set: at least one of it).
  bool fullMatch(std::string_view text) const;

  // The numbers of all expressions that match the whole of `text`, ascending, replacing what was
  // in `out` (keep it: a vector with room is not grown again). Takes about as long for thousands
  // of expressions as for one; when RE2's automaton has no memory left, tries one by one.
  void matchAll(std::string_view text, std::vector<int>& out) const;

  // `text` with every match of the first expression replaced by `substitution`, where \0 is the
  // match and \1 to \9 its groups (envoy.type.matcher.v3.RegexMatchAndSubstitute). Answers
  // `text` itself when nothing matches, else memory of `arena`.
  std::string_view replaceAll(std::string_view text, std::string_view substitution,
                              Arena& arena) const;

 private:
  friend class RegexRegistry;
  struct Compiled;
  Regex(std::span<const std::string_view> patterns, bool ignore_case);

  std::vector<std::string> patterns_;
  bool ignore_case_;
  std::unique_ptr<Compiled> compiled_;
};

// The process's expressions by number. acquire, retain and release belong to the threads that
// build and retire configuration; at() to everybody.
class RegexRegistry {
 public:
  // Why acquire() failed: the number of the first bad pattern and RE2's words about it.
  struct Error {
    size_t index = 0;
    std::string message;
  };

  static RegexRegistry& instance();

  // The number (above 0) of these patterns, compiled now unless they are known. Counts one use.
  // 0 and `*error` when a pattern is not valid. Slow: microseconds for each pattern.
  uint32_t acquire(std::span<const std::string_view> patterns, bool ignore_case, Error* error);
  // One more use of a number that is in use.
  void retain(uint32_t number);
  // One use less. The last one destroys the expression: nobody may be reading it by then.
  void release(uint32_t number);

  // The expression of a number in use. Wait-free.
  const Regex& at(uint32_t number) const;
  // The same, or null for a number not in use (for checks; not for the request path).
  const Regex* find(uint32_t number) const;
  // Numbers in use.
  size_t size() const;

  RegexRegistry(const RegexRegistry&) = delete;
  RegexRegistry& operator=(const RegexRegistry&) = delete;

 private:
  RegexRegistry();
  ~RegexRegistry();
  struct State;
  std::unique_ptr<State> state_;
};

// Whether RE2 accepts the pattern as the right side of a substitution with this many groups:
// empty when it does, else what is wrong.
std::string checkSubstitution(std::string_view pattern, std::string_view substitution);

}  // namespace attache
