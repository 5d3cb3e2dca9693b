// Random heads, and heads with random damage, must be read alike by all instruction sets, at all
// alignments, in any pieces.
#include <random>
#include <string>

#include "codec/test/h1_test_util.h"

using namespace attache;
using namespace attache::h1;
using namespace attache::h1::testing;

namespace {

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  size_t upTo(size_t n) { return random_() % n; }

  std::string pick(std::initializer_list<const char*> of) {
    return *(of.begin() + upTo(of.size()));
  }

  std::string token(size_t max) {
    static const char kChars[] = "abcdefXYZ0189-_.!~";
    std::string s(1 + upTo(max), 'x');
    for (char& c : s) c = kChars[upTo(sizeof kChars - 1)];
    return s;
  }

  std::string name() {
    if (upTo(2) != 0) return token(45);
    std::string n(headerName(static_cast<HeaderId>(7 + upTo(kHeaderIdCount - 7))));
    for (char& c : n) {
      if (c >= 'a' && c <= 'z' && upTo(3) == 0) c = static_cast<char>(c - 32);
    }
    return n;
  }

  std::string head(bool request) {
    std::string s =
        request ? pick({"GET", "POST", "CONNECT", "OPTIONS", "QUUX"}) + " " +
                      pick({"/", "*", "/a/long/path/that/needs/more/than/one/vector?q=1", "a:1",
                            "http://h/p", "/a#b"}) +
                      pick({" HTTP/1.1", " HTTP/1.0", " HTTP/1.1", " HTTP/1.1", " HTTP/2.0"})
                : pick({"HTTP/1.1 200 OK", "HTTP/1.0 404 Not Found", "HTTP/1.1 204", "HTTP/1.1 99",
                        "HTTP/1.1 100 Continue"});
    s += "\r\n";
    if (upTo(8) != 0) s += "Host: " + pick({"a", "example.com:8080", "[::1]", "a b"}) + "\r\n";
    for (size_t n = upTo(8); n > 0; n--) {
      s += name() + ":" + pick({" ", "", "  ", "\t"}) + pick({"", "v", "a value", "chunked", "5"}) +
           std::string(upTo(40), 'z') + pick({"", "", " ", "\t "}) + "\r\n";
    }
    return s + "\r\n" + std::string(upTo(3) * 20, 'b');
  }

  void damage(std::string& s) {
    static const char kBytes[] = "\r\n\t :\0\x7f\x80#,;aZ";
    size_t at = upTo(s.size());
    switch (upTo(4)) {
      case 0:
        s[at] = kBytes[upTo(sizeof kBytes - 1)];
        break;
      case 1:
        s.erase(at, 1 + upTo(3));
        break;
      case 2:
        s.insert(at, 1, kBytes[upTo(sizeof kBytes - 1)]);
        break;
      default:
        s[at] = static_cast<char>(upTo(256));
    }
    if (s.empty()) s = "\r";
  }

 private:
  std::mt19937 random_;
};

Kind kindOf(Generator& g) {
  Kind kind;
  kind.is_request = g.upTo(2) == 0;
  kind.answers = static_cast<RequestKind>(g.upTo(3));
  if (g.upTo(4) == 0) kind.limits.max_head_bytes = static_cast<uint32_t>(40 + g.upTo(200));
  if (g.upTo(4) == 0) kind.limits.max_headers = static_cast<uint32_t>(g.upTo(8));
  kind.limits.custom_methods = g.upTo(2) == 0;
  return kind;
}

}  // namespace

TEST(h1_property_all_ways_agree) {
  Generator g(11);
  int complete = 0, faulty = 0;
  for (int round = 0; round < 700; round++) {
    Kind kind = kindOf(g);
    std::string bytes = g.head(kind.is_request);
    for (size_t n = g.upTo(3); n > 0; n--) g.damage(bytes);
    Parsed p = PARSE(kind, bytes);
    complete += p.status == ParseResult::Complete;
    faulty += p.status == ParseResult::Error;
  }
  // The generator is worth something only while it makes both.
  CHECK(complete > 100);
  CHECK(faulty > 100);
}

TEST(h1_property_many_splits_and_alignments) {
  Generator g(12);
  for (int round = 0; round < 4000; round++) {
    Kind kind = kindOf(g);
    std::string bytes = g.head(kind.is_request);
    for (size_t n = g.upTo(2); n > 0; n--) g.damage(bytes);
    std::string expected;
    {
      IsaScope scope(Isa::Portable);
      expected = parseSplit(kind, bytes).text();
    }
    std::vector<size_t> splits;
    for (size_t at = g.upTo(30); at < bytes.size(); at += g.upTo(30)) splits.push_back(at);
    for (Isa isa : isas()) {
      IsaScope scope(isa);
      CHECK_EQ(parseSplit(kind, bytes, splits, g.upTo(64)).text(), expected);
    }
  }
}
