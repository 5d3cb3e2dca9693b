#include "http/h1_wire.h"

#include "codec/h1.h"

namespace attache::http {

namespace {

// "HTTP/1.1 200 OK\r\n", "GET / HTTP/1.1\r\n"
size_t statusLineSize(std::string_view reason) {
  return 15 + reason.size();
}
size_t requestLineSize(const HeaderMap& headers) {
  return headers.get(HeaderId::Method).size() + headers.get(HeaderId::Path).size() + 12;
}

void countReceivedHead(WireBytes& wire, size_t bytes, size_t start_line, size_t fields) {
  wire.received += bytes;
  // Of each field's 4 bytes of punctuation Envoy counts 3, and without fields 3 all the same.
  size_t other = start_line + 2 + fields;
  wire.header_received += fields == 0 || bytes < other ? 3 : bytes - other;
}

void countSentHead(WireBytes& wire, size_t bytes, size_t start_line) {
  wire.sent += bytes;
  wire.header_sent += bytes - start_line - 2;
}

}  // namespace

void countReceivedRequest(WireBytes& wire, const HeaderMap& headers, size_t bytes) {
  // :method and :path are no fields of it.
  countReceivedHead(wire, bytes, requestLineSize(headers), headers.size() - 2);
}

void countReceivedResponse(WireBytes& wire, const HeaderMap& headers, const h1::HeadInfo& info) {
  // :status is no field of it.
  countReceivedHead(wire, info.head_bytes, statusLineSize(info.reason), headers.size() - 1);
}

void countReceivedTrailers(WireBytes& wire, const HeaderMap& trailers) {
  wire.header_received += trailers.byteSize() + 3 * trailers.size();
}

void countSentRequest(WireBytes& wire, const HeaderMap& headers, size_t bytes) {
  countSentHead(wire, bytes, requestLineSize(headers));
}

void countSentResponse(WireBytes& wire, int status, size_t bytes) {
  countSentHead(wire, bytes, statusLineSize(h1::reasonPhrase(status)));
}

void countSentBody(WireBytes& wire, size_t n, bool end, bool chunked) {
  wire.sent += n;
  if (!chunked) return;
  if (n > 0) wire.sent += h1::chunkHeaderSize(n) + h1::kChunkEnd.size();
  if (end) countSentEnd(wire, nullptr);
}

void countSentEnd(WireBytes& wire, const HeaderMap* trailers) {
  size_t size = trailers ? h1::lastChunkSize(*trailers) : h1::kLastChunk.size();
  wire.sent += size;
  wire.header_sent += size - h1::kLastChunk.size();
}

}  // namespace attache::http
