// What a route, a header filter or a policy asks of a request besides its path.
#pragma once

#include <cstdint>
#include <string_view>

#include "codec/headers.h"
#include "tables/generated/layout.h"

namespace attache::route {

// envoy.type.matcher.v3.StringMatcher
bool stringMatches(const tables::StringMatcher& matcher, std::string_view text);

// One envoy.config.route.v3.HeaderMatcher, or all of them. Of a header that comes several times
// one value has to match; of some well-known names (see kJoined) all of them, joined with commas
// in the map's arena.
bool headerMatches(const tables::HeaderMatcher& matcher, const HeaderMap& headers);
bool headersMatch(const tables::Vec<tables::HeaderMatcher>& matchers, const HeaderMap& headers);

// Whether Envoy keeps one value of that header, joining those of repeated fields with commas.
bool isJoined(HeaderId id);

// The value of the first parameter of that name in the query, as it is written (nothing is
// decoded); false: there is none.
bool queryParameter(std::string_view path_and_query, std::string_view name,
                    std::string_view& value);
bool queryMatches(const tables::QueryMatcher& matcher, std::string_view path_and_query);
// The value of the first cookie of that name, without the quotes around it; false: there is none.
bool cookieValue(const HeaderMap& headers, std::string_view name, std::string_view& value);
bool cookieMatches(const tables::CookieMatcher& matcher, const HeaderMap& headers);
// envoy.config.core.v3.RuntimeFractionalPercent; true when there is none.
inline bool fractionHolds(const tables::RouteConditions& conditions, uint64_t random) {
  return !conditions.has_fraction || random % conditions.fraction_of < conditions.fraction;
}

// A path without its query and fragment: what prefixes, paths and regexes are compared with.
inline std::string_view barePath(std::string_view path) {
  // Two passes of memchr, which a short path does not feel, instead of one byte by byte.
  size_t query = path.find('?');
  if (query != std::string_view::npos) path = path.substr(0, query);
  size_t fragment = path.find('#');
  return fragment == std::string_view::npos ? path : path.substr(0, fragment);
}

}  // namespace attache::route
