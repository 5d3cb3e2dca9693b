// What the connection manager does to a request's headers before filters see them.
#pragma once

namespace attache::http {

class Stream;

// x-forwarded-for and -proto, x-request-id, via, and the x-envoy-* names that only trusted peers
// may use. Source: Envoy's documentation "HTTP header manipulation" and "x-forwarded-for".
void mutateRequestHeaders(Stream& stream);

}  // namespace attache::http
