// Heads and bodies in HTTP/1 framing, queued in a connection's cork: the same for requests and
// responses.
#pragma once

#include "codec/h1.h"
#include "io/connection.h"

namespace attache::http {

// Room for nearly every head.
inline constexpr size_t kHeadRoom = 16 * 1024;

// For heads of any size, and trailers: `write(char*)` is told where `size` bytes and the writer's
// slack are free.
template <class Write>
[[gnu::noinline]] void queueSized(io::Connection* connection, size_t size, Write&& write) {
  io::Cork& cork = connection->cork();
  if (size + h1::kWriteSlack <= io::Cork::kBytes / 2) {
    write(cork.reserve(connection, size + h1::kWriteSlack));
    cork.commit(size);
    return;
  }
  // Rare, where limits were set that high.
  std::unique_ptr<char[]> text(new char[size + h1::kWriteSlack]);
  write(text.get());
  cork.flush();
  connection->write({text.get(), size});
}

// Answer the bytes that were queued.
inline size_t queueHead(io::Connection* connection, const HeaderMap& headers, int status,
                        const h1::HeadOptions& options = {}) {
  io::Cork& cork = connection->cork();
  char* at = cork.reserve(connection, kHeadRoom);
  char* end = h1::writeResponseHead(at, kHeadRoom, headers, status, options);
  if (end) [[likely]] {
    size_t size = static_cast<size_t>(end - at);
    cork.commit(size);
    return size;
  }
  size_t size = h1::responseHeadSize(headers, status, options);
  queueSized(connection, size,
             [&](char* to) { h1::writeResponseHead(to, headers, status, options); });
  return size;
}
inline size_t queueHead(io::Connection* connection, const HeaderMap& headers,
                        const h1::HeadOptions& options) {
  io::Cork& cork = connection->cork();
  char* at = cork.reserve(connection, kHeadRoom);
  char* end = h1::writeRequestHead(at, kHeadRoom, headers, options);
  if (end) [[likely]] {
    size_t size = static_cast<size_t>(end - at);
    cork.commit(size);
    return size;
  }
  size_t size = h1::requestHeadSize(headers, options);
  queueSized(connection, size, [&](char* to) { h1::writeRequestHead(to, headers, options); });
  return size;
}

// A piece of a body; with `chunked` as a chunk of its own. It must stay valid until the flush.
inline void queueBody(io::Connection* connection, const char* data, size_t n, bool chunked) {
  io::Cork& cork = connection->cork();
  if (!chunked || n == 0) {
    cork.addPiece(connection, data, n);
    return;
  }
  size_t size = h1::chunkHeaderSize(n);
  h1::writeChunkHeader(cork.reserve(connection, h1::kMaxChunkHeader), n);
  cork.commit(size);
  cork.addPiece(connection, data, n);
  cork.addPiece(connection, h1::kChunkEnd.data(), h1::kChunkEnd.size());
}

// The end of a chunked body, with trailers or without (null).
inline void queueLastChunk(io::Connection* connection, const HeaderMap* trailers) {
  if (!trailers) {
    connection->cork().addPiece(connection, h1::kLastChunk.data(), h1::kLastChunk.size());
    return;
  }
  queueSized(connection, h1::lastChunkSize(*trailers),
             [&](char* to) { h1::writeLastChunk(to, *trailers); });
}

}  // namespace attache::http
