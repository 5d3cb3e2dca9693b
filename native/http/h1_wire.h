// What HTTP/1 messages are in bytes, for access logs (http::WireBytes).
#pragma once

#include "codec/h1.h"
#include "http/log_facts.h"

namespace attache::http {

// A head of `bytes` with a first line of `start_line`, both with their line ends.
inline void countReceivedHead(WireBytes& wire, size_t bytes, size_t start_line, size_t fields) {
  wire.received += bytes;
  // Of each field's 4 bytes of punctuation Envoy counts 3, and without fields 3 all the same.
  size_t other = start_line + 2 + fields;
  wire.header_received += fields == 0 || bytes < other ? 3 : bytes - other;
}

// Trailers, whose bytes on the wire are counted with the body.
inline void countReceivedTrailers(WireBytes& wire, const HeaderMap& trailers) {
  wire.header_received += trailers.byteSize() + 3 * trailers.size();
}

inline void countSentHead(WireBytes& wire, size_t bytes, size_t start_line) {
  wire.sent += bytes;
  wire.header_sent += bytes - start_line - 2;
}

inline void countSentBody(WireBytes& wire, size_t n, bool chunked) {
  wire.sent += n;
  if (chunked && n > 0) wire.sent += h1::chunkHeaderSize(n) + h1::kChunkEnd.size();
}

// The end of a chunked body.
inline void countSentEnd(WireBytes& wire, const HeaderMap* trailers) {
  size_t size = trailers ? h1::lastChunkSize(*trailers) : h1::kLastChunk.size();
  wire.sent += size;
  wire.header_sent += size - h1::kLastChunk.size();
}

// "HTTP/1.1 200 OK\r\n", "GET / HTTP/1.1\r\n"
inline size_t statusLineSize(std::string_view reason) { return 15 + reason.size(); }
inline size_t requestLineSize(const HeaderMap& headers) {
  return headers.get(HeaderId::Method).size() + headers.get(HeaderId::Path).size() + 12;
}

}  // namespace attache::http
