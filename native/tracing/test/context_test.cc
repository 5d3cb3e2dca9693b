#include "tracing/context.h"

#include <string>

#include "base/random.h"
#include "base/test.h"

using namespace attache;
using namespace attache::tracing;

namespace {

struct Fixture {
  BlockPool pool{0};
  Arena arena{pool};
  HeaderMap headers{&arena};
};

Incoming readSingle(std::string_view text) {
  Fixture f;
  f.headers.add(HeaderId::B3, text);
  return readContext(f.headers);
}

}  // namespace

TEST(what_is_told_is_read_again) {
  Random random(7);
  for (int i = 0; i < 1000; i++) {
    Fixture f;
    Context context;
    context.trace = random.next() >> random.below(64);
    context.trace_high = random.below(2) ? random.next() : 0;
    context.span = random.next() >> random.below(64);
    if (random.below(2)) context.parent = random.next();
    context.sampled = random.below(2);
    bool single = random.below(2);
    writeContext(context, single, f.arena, f.headers);
    Incoming incoming = readContext(f.headers);
    CHECK(!incoming.bad && incoming.single == single && incoming.context);
    CHECK(incoming.sampled == context.sampled);
    CHECK(incoming.context->trace == context.trace && incoming.context->span == context.span);
    CHECK(incoming.context->trace_high == context.trace_high);
    CHECK(incoming.context->parent == context.parent);
  }
}

TEST(one_header_with_its_parts) {
  std::string ids = "463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312";
  CHECK(readSingle(ids).context && !readSingle(ids).sampled);
  CHECK(readSingle(ids + "-d").sampled.value());
  CHECK(!readSingle(ids + "-0").sampled.value());
  CHECK(readSingle(ids + "-05e3ac9a4f6e3b90").context->parent.has_value());
  CHECK(readSingle(ids + "-1-05e3ac9a4f6e3b90").context->parent.has_value());
  CHECK(readSingle("1").sampled.value() && !readSingle("1").context);
  for (std::string_view bad : {"x", "-", "--", "1-", "463ac35c9f6413ad-", "463ac35c9f6413ad-12",
                               "463ac35c9f6413az-a2fb4a1d1a96d312"})
    CHECK(readSingle(bad).bad);
  for (std::string_view bad : {"-", "-2", "-1-12", "-1-05e3ac9a4f6e3b90-1"})
    CHECK(readSingle(ids + std::string(bad)).bad == (bad != "-"));
}

TEST(several_headers_with_what_cannot_be_read) {
  for (std::string_view trace : {"", "xyz", "-1", "463ac35c9f6413ad48485a3953bb612", "0x12"}) {
    Fixture f;
    f.headers.add(HeaderId::XB3TraceId, trace);
    f.headers.add(HeaderId::XB3SpanId, "a2fb4a1d1a96d312");
    Incoming incoming = readContext(f.headers);
    CHECK(!incoming.context);
    CHECK(incoming.bad == !trace.empty());
  }
}
