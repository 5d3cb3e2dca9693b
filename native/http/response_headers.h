// What the connection manager does to a response's headers after filters have seen them.
#pragma once

namespace attache::http {

class Stream;

// date, server, via, x-request-id.
void mutateResponseHeaders(Stream& stream);

}  // namespace attache::http
