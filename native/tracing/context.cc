#include "tracing/context.h"

#include <charconv>

namespace attache::tracing {

namespace {

constexpr size_t kDigits = 16;

// All of the text is a number of at most 64 bits.
bool parse(std::string_view text, uint64_t* value) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value, 16);
  return !text.empty() && error == std::errc() && end == text.data() + text.size();
}

bool parseTrace(std::string_view text, Context* context) {
  if (text.size() != 2 * kDigits) return parse(text, &context->trace);
  return parse(text.substr(0, kDigits), &context->trace_high) &&
         parse(text.substr(kDigits), &context->trace);
}

bool parseFlag(std::string_view text, std::optional<bool>* sampled) {
  if (text != "0" && text != "1" && text != "d") return false;
  *sampled = text != "0";
  return true;
}

std::string_view nextPart(std::string_view* left) {
  size_t end = left->find('-');
  std::string_view part = left->substr(0, end);
  *left = end == std::string_view::npos ? std::string_view() : left->substr(end + 1);
  return part;
}

// "trace-span-sampled-parent", the last two or the first two of which may not be there.
bool readSingle(std::string_view text, Incoming* incoming) {
  if (text.size() == 1) return parseFlag(text, &incoming->sampled);
  Context context;
  std::string_view trace = nextPart(&text), span = nextPart(&text);
  if (trace.size() != kDigits && trace.size() != 2 * kDigits) return false;
  if (span.size() != kDigits || !parseTrace(trace, &context) || !parse(span, &context.span))
    return false;
  std::string_view part = nextPart(&text);
  if (part.size() == 1) {
    if (!parseFlag(part, &incoming->sampled)) return false;
    part = nextPart(&text);
  }
  if (!part.empty()) {
    uint64_t parent;
    if (part.size() != kDigits || !parse(part, &parent)) return false;
    context.parent = parent;
  }
  if (!text.empty()) return false;
  incoming->context = context;
  return true;
}

bool readSeveral(const HeaderMap& headers, Incoming* incoming) {
  if (std::string_view sampled = headers.get(HeaderId::XB3Sampled); !sampled.empty())
    incoming->sampled = sampled == "1" || sampled == "true";
  std::string_view trace = headers.get(HeaderId::XB3TraceId);
  std::string_view span = headers.get(HeaderId::XB3SpanId);
  if (trace.empty() || span.empty()) return true;
  Context context;
  if (!parseTrace(trace, &context) || !parse(span, &context.span)) return false;
  if (std::string_view text = headers.get(HeaderId::XB3ParentSpanId); !text.empty()) {
    uint64_t parent;
    if (!parse(text, &parent)) return false;
    context.parent = parent;
  }
  incoming->context = context;
  return true;
}

void writeId(uint64_t id, char* into) {
  static constexpr char kHex[] = "0123456789abcdef";
  for (size_t i = kDigits; i-- > 0; id >>= 4) into[i] = kHex[id & 15];
}

}  // namespace

Incoming readContext(const HeaderMap& headers) {
  Incoming incoming;
  std::string_view single = headers.get(HeaderId::B3);
  incoming.single = !single.empty();
  incoming.bad =
      !(incoming.single ? readSingle(single, &incoming) : readSeveral(headers, &incoming));
  return incoming;
}

std::string_view idText(uint64_t id, Arena& arena) {
  char* text = arena.alloc(kDigits);
  writeId(id, text);
  return {text, kDigits};
}

std::string_view traceText(const Context& context, Arena& arena) {
  if (!context.trace_high) return idText(context.trace, arena);
  char* text = arena.alloc(2 * kDigits);
  writeId(context.trace_high, text);
  writeId(context.trace, text + kDigits);
  return {text, 2 * kDigits};
}

void writeContext(const Context& context, bool single, Arena& arena, HeaderMap& headers) {
  std::string_view trace = traceText(context, arena), span = idText(context.span, arena);
  std::string_view sampled = context.sampled ? "1" : "0";
  if (single) {
    std::string_view all = arena.concat(arena.concat(trace, "-", span), "-", sampled);
    if (context.parent) all = arena.concat(all, "-", idText(*context.parent, arena));
    headers.set(HeaderId::B3, all);
    return;
  }
  headers.set(HeaderId::XB3TraceId, trace);
  headers.set(HeaderId::XB3SpanId, span);
  if (context.parent) headers.set(HeaderId::XB3ParentSpanId, idText(*context.parent, arena));
  headers.set(HeaderId::XB3Sampled, sampled);
}

}  // namespace attache::tracing
