// Parses bytes in every way that must not matter: by each instruction set, at each alignment, in
// pieces split anywhere. Every call sees a heap block of exactly the bytes received, so that ASan
// reports a read beyond them.
#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/test.h"
#include "codec/h1.h"

namespace attache::h1::testing {

// What a message's direction and context are.
struct Kind {
  bool is_request = true;
  RequestKind answers = RequestKind::Normal;
  Limits limits;
};

struct Parsed {
  ParseResult::Status status = ParseResult::Incomplete;
  HeadError error = HeadError::None;
  uint32_t consumed = 0;
  HeadInfo info;
  std::string headers;  // "name: value\n" each
  std::string reason;

  // All that is visible, as text: equal parses have equal texts.
  std::string text() const {
    std::string out = std::to_string(status) + " " + describe(error) + "\n";
    if (status != ParseResult::Complete) return out;
    out += headers + reason + "\n";
    for (uint64_t n : {uint64_t{consumed},
                       info.content_length,
                       uint64_t{info.head_bytes},
                       uint64_t{info.status},
                       uint64_t{info.minor_version},
                       static_cast<uint64_t>(info.method),
                       static_cast<uint64_t>(info.target_form),
                       static_cast<uint64_t>(info.body),
                       uint64_t{info.has_content_length},
                       uint64_t{info.chunked},
                       uint64_t{info.close},
                       uint64_t{info.keep_alive_token},
                       uint64_t{info.upgrade_token},
                       uint64_t{info.upgrade},
                       uint64_t{info.expect_continue},
                       uint64_t{info.has_expect},
                       uint64_t{info.has_te},
                       uint64_t{info.te_trailers},
                       uint64_t{info.has_trailer},
                       uint64_t{info.connection_names}}) {
      out += std::to_string(n) + " ";
    }
    return out;
  }
};

inline std::vector<Isa> isas() {
  std::vector<Isa> out;
  for (Isa isa : {Isa::Portable, Isa::Sse2, Isa::Avx2, Isa::Neon}) {
    if (isaAvailable(isa)) out.push_back(isa);
  }
  return out;
}

// Restores the instruction set.
class IsaScope {
 public:
  explicit IsaScope(Isa wanted) : before_(isa()) { setIsa(wanted); }
  ~IsaScope() { setIsa(before_); }
  IsaScope(const IsaScope&) = delete;

 private:
  Isa before_;
};

inline Parsed parseOnce(const Kind& kind, char* data, size_t len, size_t& scanned) {
  BlockPool pool(0);
  Arena arena(pool);
  HeaderMap map(&arena);
  Parsed out;
  ParseResult r = kind.is_request ? parseRequestHead(data, len, scanned, kind.limits, map, out.info)
                                  : parseResponseHead(data, len, scanned, kind.limits, kind.answers,
                                                      map, out.info);
  out.status = r.status;
  out.error = r.error;
  out.consumed = r.consumed;
  if (r.status == ParseResult::Complete) {
    out.reason = out.info.reason;
    for (const Header& h : map) {
      CHECK_EQ(h.id, headerId(h.nameView()));
      out.headers += std::string(h.nameView()) + ": " + std::string(h.valueView()) + "\n";
    }
  }
  out.info.reason = {};
  return out;
}

// Gives the parser the prefixes of `bytes` that end at `splits` and then the whole.
inline Parsed parseSplit(const Kind& kind, std::string_view bytes,
                         const std::vector<size_t>& splits = {}, size_t alignment = 0) {
  size_t scanned = 0;
  std::vector<size_t> ends = splits;
  ends.push_back(bytes.size());
  Parsed out;
  for (size_t end : ends) {
    std::unique_ptr<char[]> block(new char[alignment + end]);
    if (end != 0) std::memcpy(block.get() + alignment, bytes.data(), end);
    out = parseOnce(kind, block.get() + alignment, end, scanned);
    if (out.status != ParseResult::Incomplete) break;
  }
  return out;
}

// Parses `bytes` with every instruction set, whole and split at each point; reports where the
// outcome is not that of the portable parser on the whole, which is returned.
inline Parsed parseEveryWay(const Kind& kind, std::string_view bytes, const char* file, int line) {
  Parsed expected;
  {
    IsaScope scope(Isa::Portable);
    expected = parseSplit(kind, bytes);
  }
  std::string text = expected.text();
  for (Isa isa : isas()) {
    IsaScope scope(isa);
    for (size_t split = 0; split <= bytes.size(); split++) {
      Parsed got = parseSplit(kind, bytes, {split}, split % 32);
      if (got.text() == text) continue;
      test::report(file, line,
                   "isa " + test::show(isa) + ", split " + std::to_string(split) + " of " +
                       test::quoted(bytes) + ":\n" + got.text() + "\n  instead of\n" + text);
      return expected;
    }
  }
  return expected;
}

}  // namespace attache::h1::testing

#define PARSE(kind, bytes) attache::h1::testing::parseEveryWay(kind, bytes, __FILE__, __LINE__)
