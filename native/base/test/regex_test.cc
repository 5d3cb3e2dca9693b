#include "base/regex.h"

#include <atomic>
#include <thread>

#include "base/test.h"

namespace attache {
namespace {

uint32_t acquire(std::vector<std::string_view> patterns, bool ignore_case = false) {
  RegexRegistry::Error error;
  return RegexRegistry::instance().acquire(patterns, ignore_case, &error);
}

std::vector<int> all(uint32_t number, std::string_view text) {
  std::vector<int> out{7, 7};
  RegexRegistry::instance().at(number).matchAll(text, out);
  return out;
}

TEST(theWholeTextMatches) {
  uint32_t number = acquire({"a|ab"});
  const Regex& regex = RegexRegistry::instance().at(number);
  CHECK(regex.fullMatch("a") && regex.fullMatch("ab"));
  CHECK(!regex.fullMatch("abc") && !regex.fullMatch("xa") && !regex.fullMatch("A"));
  RegexRegistry::instance().release(number);
  uint32_t folded = acquire({"ab"}, true);
  CHECK(RegexRegistry::instance().at(folded).fullMatch("AB"));
  RegexRegistry::instance().release(folded);
}

TEST(aSetTellsWhichMatch) {
  uint32_t number = acquire({"/b/.*", "/a(/.*)?", "/a/b", ".*b", "/a"});
  CHECK(all(number, "/a/b") == (std::vector<int>{1, 2, 3}));
  CHECK(all(number, "/a") == (std::vector<int>{1, 4}));
  CHECK(all(number, "/a/bc") == (std::vector<int>{1}));
  CHECK(all(number, "zz").empty());
  CHECK(RegexRegistry::instance().at(number).fullMatch("/b/"));
  CHECK(!RegexRegistry::instance().at(number).fullMatch("/c"));
  CHECK_EQ(RegexRegistry::instance().at(number).pattern(2), "/a/b");
  RegexRegistry::instance().release(number);
}

TEST(equalContentIsShared) {
  RegexRegistry& r = RegexRegistry::instance();
  size_t before = r.size();
  uint32_t one = acquire({"ab", "c"});
  CHECK_EQ(acquire({"ab", "c"}), one);
  uint32_t others[] = {acquire({"a", "bc"}), acquire({"abc"}), acquire({"ab", "c"}, true),
                       acquire({"c", "ab"})};
  for (uint32_t other : others) CHECK(other != one && other != 0);
  CHECK_EQ(r.size(), before + 5);
  r.retain(one);
  r.release(one);
  r.release(one);
  CHECK(r.find(one) != nullptr);
  r.release(one);
  CHECK(r.find(one) == nullptr);
  for (uint32_t other : others) r.release(other);
  CHECK_EQ(r.size(), before);
  CHECK(r.find(0) == nullptr && r.find(~0u) == nullptr);
}

TEST(badPatternsAreNamed) {
  RegexRegistry::Error error;
  std::string_view patterns[] = {"a", "b(", "c)"};
  CHECK_EQ(RegexRegistry::instance().acquire(patterns, false, &error), 0u);
  CHECK_EQ(error.index, 1u);
  CHECK_EQ(error.message, "missing ): b(");
  std::string_view one[] = {"(?=a)"};
  CHECK_EQ(RegexRegistry::instance().acquire(one, false, &error), 0u);
  CHECK_EQ(error.index, 0u);
  CHECK(!error.message.empty());
  CHECK_EQ(RegexRegistry::instance().acquire({}, false, &error), 0u);
}

TEST(aSetThatIsTooBigGoesOneByOne) {
  // Together they have more instructions than RE2 makes one automaton of.
  std::vector<std::string> patterns;
  for (int i = 0; i < 4; i++) patterns.push_back("\\pL{200}" + std::to_string(i));
  patterns.push_back("x+");
  std::vector<std::string_view> views(patterns.begin(), patterns.end());
  uint32_t number = acquire(views);
  REQUIRE(number != 0);
  CHECK(!RegexRegistry::instance().at(number).isOneAutomaton());
  CHECK(all(number, "xxx") == (std::vector<int>{4}));
  std::string text(200, 'l');
  CHECK(all(number, text + "0") == (std::vector<int>{0}));
  CHECK(all(number, text + "3") == (std::vector<int>{3}));
  CHECK(all(number, text).empty());
  RegexRegistry::instance().release(number);
  // One that is too big by itself is refused, as it would be alone.
  patterns[2] = "\\pL{900}";
  views.assign(patterns.begin(), patterns.end());
  RegexRegistry::Error error;
  CHECK_EQ(RegexRegistry::instance().acquire(views, false, &error), 0u);
  CHECK_EQ(error.index, 2u);
  CHECK_EQ(error.message, "pattern too large - compile failed");
  uint32_t small = acquire({"a", "b"});
  CHECK(RegexRegistry::instance().at(small).isOneAutomaton());
  RegexRegistry::instance().release(small);
}

TEST(replacement) {
  BlockPool pool;
  Arena arena(pool);
  uint32_t number = acquire({"/(\\w+)/(\\w+)"});
  const Regex& regex = RegexRegistry::instance().at(number);
  CHECK_EQ(regex.replaceAll("/a/b/c/d", "/\\2/\\1", arena), "/b/a/d/c");
  std::string_view none = "nothing";
  CHECK(regex.replaceAll(none, "x", arena).data() == none.data());
  RegexRegistry::instance().release(number);
  CHECK_EQ(checkSubstitution("(a)", "\\1"), "");
  CHECK(!checkSubstitution("a", "\\1").empty());
  CHECK(!checkSubstitution("(", "").empty());
}

TEST(readersNeedNoLock) {
  std::atomic<bool> stop{false};
  std::atomic<size_t> wrong{0}, read{0};
  uint32_t kept = acquire({"/kept/[0-9]+", "/other"});
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; i++) {
    threads.emplace_back([&] {
      std::vector<int> out;
      while (!stop.load()) {
        const Regex& regex = RegexRegistry::instance().at(kept);
        regex.matchAll("/kept/42", out);
        if (out != std::vector<int>{0} || regex.fullMatch("/kept/")) wrong++;
        read++;
      }
    });
  }
  for (int i = 0; i < 3000 || read.load() < 1000; i++) {
    uint32_t number = acquire({"/" + std::to_string(i % 1500)});
    if (i % 2) RegexRegistry::instance().release(number);
    if (i > 100000) break;
  }
  stop = true;
  for (std::thread& t : threads) t.join();
  CHECK_EQ(wrong.load(), 0u);
  CHECK(read.load() > 0);
  RegexRegistry::instance().release(kept);
}

}  // namespace
}  // namespace attache
