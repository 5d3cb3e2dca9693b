#include "accesslog/format.h"
#include "accesslog/test/format_builder.h"
#include "base/test.h"

namespace attache::accesslog {
namespace {

using tables::AccessLogFilter;
using Kind = tables::AccessLogFilterKind;
using tables::Comparison;

struct Fixture {
  testing::Record record;
  BlockPool pool;
  Arena arena{pool};
  HeaderMap request{&arena};
  LogInput input;

  Fixture() { input.request = &request; }
  AccessLogFilter& make(Kind kind, Comparison op = Comparison::Equal, uint64_t value = 0) {
    AccessLogFilter* filter = record.make<AccessLogFilter>();
    filter->kind = kind;
    filter->op = op;
    filter->value = value;
    return *filter;
  }
  bool holds(const AccessLogFilter& filter) { return passes(filter, input, 0); }
};

TEST(filter_status_code) {
  Fixture f;
  f.input.status = 404;
  CHECK(f.holds(f.make(Kind::StatusCode, Comparison::GreaterOrEqual, 404)));
  CHECK(!f.holds(f.make(Kind::StatusCode, Comparison::GreaterOrEqual, 405)));
  CHECK(f.holds(f.make(Kind::StatusCode, Comparison::LessOrEqual, 404)));
  CHECK(!f.holds(f.make(Kind::StatusCode, Comparison::LessOrEqual, 403)));
  CHECK(f.holds(f.make(Kind::StatusCode, Comparison::Equal, 404)));
  CHECK(f.holds(f.make(Kind::StatusCode, Comparison::NotEqual, 200)));
  CHECK(!f.holds(f.make(Kind::StatusCode, Comparison::NotEqual, 404)));
}

TEST(filter_duration_in_ms) {
  Fixture f;
  f.input.duration_us = 1999;
  CHECK(f.holds(f.make(Kind::Duration, Comparison::Equal, 1)));
  CHECK(!f.holds(f.make(Kind::Duration, Comparison::GreaterOrEqual, 2)));
}

TEST(filter_flags_and_health_checks) {
  Fixture f;
  AccessLogFilter& flags = f.make(Kind::ResponseFlag);
  flags.flags = bit(http::Flag::NoRouteFound) | bit(http::Flag::UpstreamConnectionFailure);
  CHECK(!f.holds(flags));
  f.input.flags = bit(http::Flag::NoRouteFound);
  CHECK(f.holds(flags));
  f.input.flags = bit(http::Flag::StreamIdleTimeout);
  CHECK(!f.holds(flags));
  CHECK(f.holds(f.make(Kind::NotHealthCheck)));
  f.input.health_check = true;
  CHECK(!f.holds(f.make(Kind::NotHealthCheck)));
}

TEST(filter_grpc_status) {
  Fixture f;
  AccessLogFilter& filter = f.make(Kind::GrpcStatus);
  filter.flags = 1u << 14;
  f.input.status = 503;
  CHECK(f.holds(filter));
  f.input.status = 200;
  CHECK(!f.holds(filter));
  filter.exclude = true;
  CHECK(f.holds(filter));
}

TEST(filter_header_and_combinations) {
  Fixture f;
  AccessLogFilter& header = f.make(Kind::Header);
  tables::HeaderMatcher* matcher = f.record.set(header.header);
  f.record.set(matcher->name, "x-log");
  matcher->kind = tables::HeaderMatch::Present;
  matcher->present = true;
  CHECK(!f.holds(header));
  f.input.status = 500;
  for (Kind kind : {Kind::And, Kind::Or}) {
    AccessLogFilter& both = f.make(kind);
    AccessLogFilter* children = f.record.set(both.children, 2);
    children[0].kind = Kind::StatusCode;
    children[0].op = Comparison::GreaterOrEqual;
    children[0].value = 500;
    children[1].kind = Kind::Header;
    tables::HeaderMatcher* inner = f.record.set(children[1].header);
    f.record.set(inner->name, "x-log");
    inner->kind = tables::HeaderMatch::Present;
    inner->present = true;
    CHECK_EQ(f.holds(both), kind == Kind::Or);
    f.request.add("x-log", "1");
    CHECK(f.holds(both));
    f.request.remove("x-log");
    f.input.status = 200;
    CHECK(!f.holds(both));
    f.input.status = 500;
  }
}

}  // namespace
}  // namespace attache::accesslog
