// Five filters that use everything that the contract of http/filter.h promises. They are only in
// the program filter_contract; a request asks for them by its own header fields.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "http/filter.h"
#include "http/stream_handle.h"

namespace attache::contract {

// Pauser. "x-pause: qh,qd,qt,rh,rd,rt": pauses the request (q) or the response (r) at its headers,
// at the first piece of its body, at its trailers. A pause appears in `pauses`, and any thread may
// end it.
struct Pause {
  std::string phase;
  http::StreamHandle handle;
  uint32_t filter;
  bool resume() const {
    return phase[0] == 'q' ? handle.resumeDecoding(filter) : handle.resumeEncoding(filter);
  }
};
extern std::vector<Pause> pauses;
extern const http::FilterHooks kPauser;

// Rewriter. "x-rewrite: q" or "r" or "qr": keeps the body until it is whole, then passes it on in
// upper case and between brackets.
extern const http::FilterHooks kRewriter;

// Caller. "x-call: /path": asks the cluster for that path first (with "x-call-body" as a body, in
// two pieces and with a trailer), within "x-call-timeout" ms; passes the request on with
// "x-called: status body trailer", or answers 500 with the failure.
struct CallerConfig {
  uint32_t cluster;
};
extern const http::FilterHooks kCaller;

// Replier. "x-reply-at: N" answers 418 when N bytes of the request's body have come, "x-break-at:
// N" when N bytes of the response's have.
extern const http::FilterHooks kReplier;

// Parker. "x-park: qh" (as x-pause): waits there for ever; "x-wake: reply" answers 429 when it is
// woken. Its handles stay behind.
extern std::vector<Pause> parked;
extern const http::FilterHooks kParker;

// What was made and ended, over all five.
struct Counts {
  uint64_t created = 0, destroyed = 0, local_replies = 0;
};
extern Counts counts;

}  // namespace attache::contract
