// Bodies in HTTP/1 framing, queued in a connection's cork: the same for requests and responses.
#pragma once

#include "codec/h1.h"
#include "io/connection.h"

namespace attache::http {

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
  io::Cork& cork = connection->cork();
  if (!trailers) {
    cork.addPiece(connection, h1::kLastChunk.data(), h1::kLastChunk.size());
    return;
  }
  size_t size = h1::lastChunkSize(*trailers);
  h1::writeLastChunk(cork.reserve(connection, size + h1::kWriteSlack), *trailers);
  cork.commit(size);
}

}  // namespace attache::http
