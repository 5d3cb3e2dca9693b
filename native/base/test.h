// A test runner in one header: TEST(name) registers, CHECK() reports and goes on, a main() that
// calls runAll() (base/test/main.cc) runs all of them, or those its arguments name.
#pragma once

#include <cstdio>
#include <cstring>
#include <ctime>
#include <sstream>
#include <string>
#include <string_view>

namespace attache::test {

struct Case {
  const char* file;
  const char* name;
  void (*run)();
  Case* next = nullptr;

  Case(const char* f, const char* n, void (*r)()) : file(f), name(n), run(r) {
    *tail() = this;
    tail() = &next;
  }
  static Case*& head() {
    static Case* first = nullptr;
    return first;
  }
  static Case**& tail() {
    static Case** at = &head();
    return at;
  }
};

inline int& failures() {
  static int n = 0;
  return n;
}

// Text with everything unprintable escaped.
inline std::string quoted(std::string_view s) {
  std::string out = "\"";
  for (char c : s) {
    char buf[8];
    if (c == '\r') {
      out += "\\r";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c < ' ' || c == 0x7f) {
      std::snprintf(buf, sizeof buf, "\\x%02x", static_cast<unsigned char>(c));
      out += buf;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

template <class T>
std::string show(const T& v) {
  if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    return quoted(v);
  } else if constexpr (std::is_enum_v<T>) {
    return std::to_string(static_cast<long long>(v));
  } else {
    std::ostringstream out;
    out << v;
    return out.str();
  }
}

inline void report(const char* file, int line, const std::string& what) {
  std::fprintf(stderr, "  %s:%d: %s\n", file, line, what.c_str());
  failures()++;
}

template <class A, class B>
bool checkEqual(const char* file, int line, const char* text, const A& a, const B& b) {
  if (a == b) return true;
  report(file, line, std::string(text) + ": got " + show(a) + ", expected " + show(b));
  return false;
}

// Runs the tests whose name or file contains one of the arguments; all without. 0 when all pass.
// Says which take long: sanitizers make them five to twenty times slower.
inline int runAll(int argc, char** argv) {
  int ran = 0, failed = 0;
  for (Case* c = Case::head(); c != nullptr; c = c->next) {
    bool wanted = argc < 2;
    for (int i = 1; i < argc; i++) {
      wanted |=
          std::strstr(c->name, argv[i]) != nullptr || std::strstr(c->file, argv[i]) != nullptr;
    }
    if (!wanted) continue;
    int before = failures();
    std::clock_t begin = std::clock();
    c->run();
    double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    if (seconds >= 1) std::printf("# %.1f s of CPU: %s\n", seconds, c->name);
    ran++;
    if (failures() != before) {
      failed++;
      std::fprintf(stderr, "not ok - %s (%s)\n", c->name, c->file);
    }
  }
  std::printf("%d tests, %d failed\n", ran, failed);
  return failed == 0 && ran != 0 ? 0 : 1;
}

}  // namespace attache::test

#define TEST(name)                                                                      \
  static void attache_test_##name();                                                    \
  static attache::test::Case attache_case_##name(__FILE__, #name, attache_test_##name); \
  static void attache_test_##name()

// Reports a false condition and goes on.
#define CHECK(cond) \
  ((cond) ? static_cast<void>(0) : attache::test::report(__FILE__, __LINE__, "CHECK(" #cond ")"))
// Compares and shows both sides; true when equal.
#define CHECK_EQ(a, b) attache::test::checkEqual(__FILE__, __LINE__, #a, (a), (b))
// Leaves the test when the condition is false.
#define REQUIRE(cond)                                                  \
  do {                                                                 \
    if (!(cond)) {                                                     \
      attache::test::report(__FILE__, __LINE__, "REQUIRE(" #cond ")"); \
      return;                                                          \
    }                                                                  \
  } while (0)
