// What HTTP/1 messages are in bytes, for access logs (http::WireBytes). Called for streams that are
// logged only: out of line, so that others do not carry the code along.
#pragma once

#include "codec/h1.h"
#include "http/log_facts.h"

namespace attache::http {

// Heads of `bytes`; `headers` as they were parsed, or written.
void countReceivedRequest(WireBytes& wire, const HeaderMap& headers, size_t bytes);
void countReceivedResponse(WireBytes& wire, const HeaderMap& headers, const h1::HeadInfo& info);
void countSentRequest(WireBytes& wire, const HeaderMap& headers, size_t bytes);
void countSentResponse(WireBytes& wire, int status, size_t bytes);
// A piece of a body, and its end.
void countSentBody(WireBytes& wire, size_t n, bool end, bool chunked);
// The end of a chunked body, with trailers or without (null).
void countSentEnd(WireBytes& wire, const HeaderMap* trailers);
// Trailers, whose bytes on the wire are counted with the body.
void countReceivedTrailers(WireBytes& wire, const HeaderMap& trailers);

}  // namespace attache::http
