// The answers are those of Envoy 1.40 to the same matchers and requests.
#include "route/conditions.h"

#include "base/test.h"
#include "route/test/random_tables.h"

namespace attache::route::testing {
namespace {

using tables::HeaderMatch;
using tables::StringMatch;

// The values of header "x" in each request; the first request has none.
const std::vector<std::vector<std::string>> kRequests = {
    {},      {""},       {"a"},      {"ab"},       {"5"},    {"+5"}, {"-1"},
    {"10"},  {"5", "6"}, {"a", "b"}, {"ab", "cd"}, {"0x5"},  {"00"}, {"9223372036854775808"},
    {"5 6"}, {"5.0"},    {"b, c"},   {"b", "c"},   {"", ""}, {"A"},
};

// One letter for each of kRequests.
std::string answers(const HeaderSpec& spec) {
  RouteSpec route;
  route.headers = {spec};
  auto table = buildHost({route}, Layout::Scan);
  if (!table) return "";
  std::string out;
  for (const auto& values : kRequests) {
    BlockPool pool;
    Arena arena(pool);
    HeaderMap map(&arena);
    map.add("y", "a");
    for (const std::string& value : values) map.add("x", value);
    map.add("z", "a");
    out += headersMatch(table->host().routes[0].headers, map) ? 'Y' : 'n';
  }
  return out;
}

HeaderSpec spec(HeaderMatch kind, bool invert = false, bool missing_as_empty = false) {
  HeaderSpec s;
  s.name = "x";
  s.kind = kind;
  s.invert = invert;
  s.missing_as_empty = missing_as_empty;
  return s;
}
HeaderSpec string(StringMatch kind, std::string value, bool invert = false,
                  bool missing_as_empty = false, bool ignore_case = false) {
  HeaderSpec s = spec(HeaderMatch::String, invert, missing_as_empty);
  s.string = kind;
  s.value = std::move(value);
  s.ignore_case = ignore_case;
  return s;
}
HeaderSpec range(int64_t start, int64_t end, bool invert = false, bool missing_as_empty = false) {
  HeaderSpec s = spec(HeaderMatch::Range, invert, missing_as_empty);
  s.start = start;
  s.end = end;
  return s;
}

TEST(presence) {
  HeaderSpec absent = spec(HeaderMatch::Present);
  absent.present = false;
  CHECK_EQ(answers(spec(HeaderMatch::Present)), "nYYYYYYYYYYYYYYYYYYY");
  CHECK_EQ(answers(spec(HeaderMatch::Present, true)), "Ynnnnnnnnnnnnnnnnnnn");
  CHECK_EQ(answers(spec(HeaderMatch::Present, false, true)), "YYYYYYYYYYYYYYYYYYYY");
  CHECK_EQ(answers(spec(HeaderMatch::Present, true, true)), "nnnnnnnnnnnnnnnnnnnn");
  CHECK_EQ(answers(absent), "Ynnnnnnnnnnnnnnnnnnn");
  absent.invert = true;
  CHECK_EQ(answers(absent), "nYYYYYYYYYYYYYYYYYYY");
  absent.invert = false;
  absent.missing_as_empty = true;
  CHECK_EQ(answers(absent), "nnnnnnnnnnnnnnnnnnnn");
}

TEST(texts) {
  CHECK_EQ(answers(string(StringMatch::Exact, "a")), "nnYnnnnnnYnnnnnnnnnn");
  // Inverted: no value may match; a missing header still matches nothing.
  CHECK_EQ(answers(string(StringMatch::Exact, "a", true)), "nYnYYYYYYnYYYYYYYYYY");
  CHECK_EQ(answers(string(StringMatch::Exact, "a", true, true)), "YYnYYYYYYnYYYYYYYYYY");
  CHECK_EQ(answers(string(StringMatch::Exact, "")), "nYnnnnnnnnnnnnnnnnYn");
  CHECK_EQ(answers(string(StringMatch::Exact, "", false, true)), "YYnnnnnnnnnnnnnnnnYn");
  CHECK_EQ(answers(string(StringMatch::Prefix, "a")), "nnYYnnnnnYYnnnnnnnnn");
  CHECK_EQ(answers(string(StringMatch::Prefix, "A", false, false, true)), "nnYYnnnnnYYnnnnnnnnY");
  CHECK_EQ(answers(string(StringMatch::Suffix, "b")), "nnnYnnnnnYYnnnnnnYnn");
  // Values are never joined.
  CHECK_EQ(answers(string(StringMatch::Contains, "B,C", false, false, true)),
           "nnnnnnnnnnnnnnnnnnnn");
  CHECK_EQ(answers(string(StringMatch::Contains, "B, C", false, false, true)),
           "nnnnnnnnnnnnnnnnYnnn");
  CHECK_EQ(answers(string(StringMatch::Regex, "a|ab")), "nnYYnnnnnYYnnnnnnnnn");
}

TEST(ranges) {
  CHECK_EQ(answers(range(-1, 10)), "nnnnYYYnYnnnYnnnnnnn");
  CHECK_EQ(answers(range(-1, 10, true)), "nYYYnnnYnYYYnYYYYYYY");
  CHECK_EQ(answers(range(-1, 10, false, true)), "nnnnYYYnYnnnYnnnnnnn");
  CHECK_EQ(answers(range(-1, 10, true, true)), "YYYYnnnYnYYYnYYYYYYY");
  CHECK_EQ(answers(range(0, 0)), "nnnnnnnnnnnnnnnnnnnn");
  CHECK_EQ(answers(range(5, 2, true)), "nYYYYYYYYYYYYYYYYYYY");
}

TEST(someNamesHaveOneValue) {
  for (const char* name : {"accept", "x-forwarded-for", "set-cookie", "x-other"}) {
    bool joined = name[0] == 'a' || std::string_view(name) == "x-forwarded-for";
    for (const char* value : {"a", "b", "a,b"}) {
      HeaderSpec s = string(StringMatch::Exact, value);
      s.name = name;
      RouteSpec route;
      route.headers = {s};
      auto table = buildHost({route}, Layout::Scan);
      BlockPool pool;
      Arena arena(pool);
      HeaderMap map(&arena);
      map.add(name, "a");
      map.add(name, "b");
      CHECK_EQ(headersMatch(table->host().routes[0].headers, map),
               joined == (std::string_view(value) == "a,b"));
    }
  }
}

TEST(pseudoHeadersAndHost) {
  struct {
    const char* name;
    const char* value;
  } cases[] = {{":path", "/a?q=1"}, {":method", "GET"}, {":authority", "h"}, {"host", "h"}};
  for (const auto& c : cases) {
    HeaderSpec s = string(StringMatch::Exact, c.value);
    s.name = c.name;
    RouteSpec route;
    route.headers = {s};
    auto table = buildHost({route}, Layout::Scan);
    BlockPool pool;
    Arena arena(pool);
    HeaderMap map(&arena);
    RequestSpec request{"h", "/a?q=1", {}};
    fillHeaders(map, request);
    CHECK(headersMatch(table->host().routes[0].headers, map));
  }
}

// A record of one matcher, of which `string` is the string matcher.
template <class Matcher>
struct Single {
  Blob blob;
  Single(std::string_view name, std::string_view value) {
    blob.alloc(sizeof(Matcher));
    blob.string(blob.field(0, &Matcher::name), name);
    size_t string = blob.field(0, &Matcher::string);
    blob.string(blob.field(string, &tables::StringMatcher::value), value);
  }
  Matcher& get() { return *blob.at<Matcher>(0); }
};

std::string queryAnswers(const tables::QueryMatcher& matcher) {
  std::string out;
  for (const char* path : {"/", "/?a", "/?a=", "/?a=1", "/?a=2&a=1", "/?a=1&a=2", "/?b=1&a=1",
                           "/?a%20b=x%20y", "/?a=%31", "/?&a=1", "/?a=1?a=2", "/?x=1;a=1", "/?A=1",
                           "/?=1", "/?a==1", "/?b?a=1", "/?a=12"}) {
    out += queryMatches(matcher, path) ? 'Y' : 'n';
  }
  return out;
}

TEST(queryParameters) {
  Single<tables::QueryMatcher> present("a", ""), one("a", "1"), empty("a", ""), raw("a", "%31");
  present.get().kind = HeaderMatch::Present;
  present.get().present = true;
  one.get().kind = empty.get().kind = raw.get().kind = HeaderMatch::String;
  CHECK_EQ(queryAnswers(present.get()), "nYYYYYYnYYYnnnYnY");
  CHECK_EQ(queryAnswers(one.get()), "nnnYnYYnnYnnnnnnn");
  CHECK_EQ(queryAnswers(empty.get()), "nYYnnnnnnnnnnnnnn");
  CHECK_EQ(queryAnswers(raw.get()), "nnnnnnnnYnnnnnnnn");
  present.get().present = false;
  CHECK_EQ(queryAnswers(present.get()), "YnnnnnnYnnnYYYnYn");
}

std::string cookieAnswers(const tables::CookieMatcher& matcher) {
  const std::vector<std::vector<std::string>> requests = {
      {},         {"a=1"},   {"a=2; a=1"}, {"a=1; a=2"},  {"b=1;a=1"}, {"a=\"1\""}, {"a=2", "a=1"},
      {"a"},      {"a="},    {"a = 1"},    {"x=1;; a=1"}, {"a=\"1"},   {"a=1,b"},   {"A=1"},
      {"a=\"\""}, {"; ;=;"},
  };
  std::string out;
  for (const auto& values : requests) {
    BlockPool pool;
    Arena arena(pool);
    HeaderMap map(&arena);
    for (const std::string& value : values) map.add("cookie", value);
    out += cookieMatches(matcher, map) ? 'Y' : 'n';
  }
  return out;
}

TEST(cookies) {
  Single<tables::CookieMatcher> one("a", "1"), empty("a", "");
  CHECK_EQ(cookieAnswers(one.get()), "nYnYYYnnnnYnnnnn");
  CHECK_EQ(cookieAnswers(empty.get()), "nnnnnnnnYnnnnnYn");
  one.get().invert = true;
  CHECK_EQ(cookieAnswers(one.get()), "YnYnnnYYYYnYYYYY");
}

TEST(fractions) {
  tables::RouteConditions c{};
  CHECK(fractionHolds(c, 99));
  c.has_fraction = true;
  c.fraction_of = 100;
  CHECK(!fractionHolds(c, 0));
  c.fraction = 40;
  CHECK(fractionHolds(c, 39) && !fractionHolds(c, 40) && fractionHolds(c, 139));
  c.fraction = 100;
  CHECK(fractionHolds(c, 99));
}

}  // namespace
}  // namespace attache::route::testing
