#include "extensions/http/cors.h"

#include "http/stream.h"
#include "route/conditions.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace {

namespace s = stats::cors;
using http::FilterContext;
using http::FilterStatus;
using tables::CorsFilter;
using tables::OptionalFlag;

struct State {
  const CorsFilter* own;
  // Of the route, the narrowest scope first: what one leaves out the next one says.
  const CorsFilter* policies[http::FilterOverrides::kLevels];
  uint32_t count;
  // The request is one of another origin, which is to be told so.
  bool applies = false;
  bool preflight = false;
  std::string_view origin;  // empty: it is not let in

  std::string_view text(tables::Str CorsFilter::*field) const {
    for (uint32_t i = 0; i < count; i++)
      if (!(policies[i]->*field).empty()) return (policies[i]->*field).view();
    return {};
  }
  bool flag(OptionalFlag CorsFilter::*field, bool otherwise) const {
    for (uint32_t i = 0; i < count; i++)
      if (policies[i]->*field != OptionalFlag::Unset)
        return policies[i]->*field == OptionalFlag::Yes;
    return otherwise;
  }
  bool allows(std::string_view from) const {
    for (uint32_t i = 0; i < count; i++) {
      if (policies[i]->allow_origins.empty()) continue;
      for (const tables::StringMatcher& matcher : policies[i]->allow_origins)
        if (route::stringMatches(matcher, "*") || route::stringMatches(matcher, from)) return true;
      return false;
    }
    return false;
  }
};

bool drawn(FilterContext& context, uint32_t of_million) {
  return of_million && context.stream->random() % 1'000'000 < of_million;
}

void* create(FilterContext& context, const void* config) {
  void* memory = context.stream->arena().allocAligned(sizeof(State), alignof(State));
  auto* state = new (memory) State{};
  state->own = static_cast<const CorsFilter*>(config);
  const void* found[http::FilterOverrides::kLevels];
  state->count = context.routeConfigs(found);
  for (uint32_t i = 0; i < state->count; i++)
    state->policies[i] = static_cast<const CorsFilter*>(found[i]);
  return state;
}

FilterStatus decodeHeaders(void* self, FilterContext& context, HeaderMap& headers, bool) {
  State& state = *static_cast<State*>(self);
  // Only what goes to a host has policies, as in Envoy.
  const tables::Route* route = context.stream->route().route;
  if (!state.count || !route || route->action == tables::RouteAction::Redirect ||
      route->action == tables::RouteAction::DirectResponse)
    return FilterStatus::Continue;
  bool enabled = drawn(context, state.policies[0]->enabled);
  if (!enabled && !drawn(context, state.policies[0]->shadow)) return FilterStatus::Continue;
  std::string_view origin = headers.get(HeaderId::Origin);
  if (origin.empty()) return FilterStatus::Continue;
  bool allowed = state.allows(origin);
  stats::Block* counts = context.stream->worker().rows.block(state.own->stats, stats::Group::Cors);
  stats::inc(counts, allowed ? s::origin_valid : s::origin_invalid);
  if (allowed) state.origin = context.stream->arena().copy(origin);
  if (!enabled) return FilterStatus::Continue;
  state.applies = true;
  if (headers.get(HeaderId::Method) != "OPTIONS" ||
      headers.get(HeaderId::AccessControlRequestMethod).empty())
    return FilterStatus::Continue;
  if (!allowed && state.flag(&CorsFilter::forward_not_matching, true))
    return FilterStatus::Continue;
  state.preflight = true;
  context.stream->sendOwnReply(200, "cors_response");
  return FilterStatus::Replied;
}

// "*" is what the request has asked for.
void grant(HeaderMap& response, HeaderId id, std::string_view granted, std::string_view asked) {
  if (granted.empty()) return;
  response.setCopy(id, granted == "*" ? asked : granted);
}

void answerPreflight(const State& state, const HeaderMap& request, HeaderMap& response) {
  if (!state.origin.empty()) response.set(HeaderId::AccessControlAllowOrigin, state.origin);
  if (state.flag(&CorsFilter::allow_credentials, false))
    response.set(HeaderId::AccessControlAllowCredentials, "true");
  grant(response, HeaderId::AccessControlAllowMethods, state.text(&CorsFilter::allow_methods),
        request.get(HeaderId::AccessControlRequestMethod));
  grant(response, HeaderId::AccessControlAllowHeaders, state.text(&CorsFilter::allow_headers),
        request.get(HeaderId::AccessControlRequestHeaders));
  grant(response, HeaderId::AccessControlMaxAge, state.text(&CorsFilter::max_age), {});
  if (state.flag(&CorsFilter::allow_private_network, false) &&
      request.get(HeaderId::AccessControlRequestPrivateNetwork) == "true")
    response.set(HeaderId::AccessControlAllowPrivateNetwork, "true");
}

FilterStatus encodeHeaders(void* self, FilterContext& context, HeaderMap& headers, bool) {
  const State& state = *static_cast<State*>(self);
  if (!state.applies) return FilterStatus::Continue;
  if (state.preflight) answerPreflight(state, context.stream->request(), headers);
  if (state.origin.empty()) return FilterStatus::Continue;
  headers.set(HeaderId::AccessControlAllowOrigin, state.origin);
  if (state.flag(&CorsFilter::allow_credentials, false))
    headers.set(HeaderId::AccessControlAllowCredentials, "true");
  std::string_view expose = state.text(&CorsFilter::expose_headers);
  if (!expose.empty()) headers.setCopy(HeaderId::AccessControlExposeHeaders, expose);
  return FilterStatus::Continue;
}

}  // namespace

const http::FilterHooks kCorsFilter = {
    .name = "envoy.filters.http.cors",
    .create = create,
    .decodeHeaders = decodeHeaders,
    .encodeHeaders = encodeHeaders,
};

}  // namespace attache::extensions
