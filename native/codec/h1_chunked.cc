// The chunked transfer coding, read strictly (RFC 9112 section 7.1).
#include <algorithm>
#include <cstring>

#include "codec/h1_head.h"

namespace attache::h1 {
namespace {

using internal::kTokenLower;

// Extensions may take this much beyond twice the data they come with: a peer must not make us
// read kilobytes for each byte of body.
constexpr uint32_t kMaxExtensionBytes = 16 * 1024;

// Where in a chunk extension we are: ";name", ";name=token" or ";name=\"quoted\"".
enum Extension : uint8_t { NameFirst, Name, ValueFirst, Value, Quoted, Escaped, AfterQuote };

int hexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  char low = static_cast<char>(c | 0x20);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

// HTAB, space and anything visible (RFC 9110 section 5.6.4).
bool isQuotedText(char c) {
  uint8_t u = static_cast<uint8_t>(c);
  return u == '\t' || (u >= 0x20 && u != 0x7f);
}

// RFC 9110 section 6.5.1: fields for framing and routing mean nothing once the body is through;
// a recipient that merges them is what an attacker hopes for.
bool mayBeTrailer(HeaderId id) {
  switch (id) {
    case HeaderId::TransferEncoding:
    case HeaderId::ContentLength:
    case HeaderId::Host:
    case HeaderId::Trailer:
    case HeaderId::Connection:
    case HeaderId::Te:
    case HeaderId::Upgrade:
      return false;
    default:
      return true;
  }
}

}  // namespace

ChunkedDecoder::Step ChunkedDecoder::fail(HeadError e) {
  error_ = e;
  state_ = State::Failed;
  return Step::Error;
}

ChunkedDecoder::Step ChunkedDecoder::next(char* data, size_t len, size_t& at, Piece& piece) {
  while (at < len) {
    switch (state_) {
      case State::SizeFirst:
        remaining_ = 0;
        digits_ = 0;
        state_ = State::Size;
        [[fallthrough]];
      case State::Size:
        if (sizeLine(data, len, at) == Step::Error) return Step::Error;
        break;
      case State::Extension:
        if (extension(data, len, at) == Step::Error) return Step::Error;
        break;
      case State::SizeLf: {
        if (data[at++] != '\n') return fail(HeadError::BareCr);
        uint64_t earned = remaining_ * 2;  // remaining_ is below 2^63
        extension_bytes_ -= static_cast<uint32_t>(std::min<uint64_t>(extension_bytes_, earned));
        state_ = remaining_ == 0 ? State::Trailers : State::Data;
        break;
      }
      case State::Data: {
        size_t n = static_cast<size_t>(std::min<uint64_t>(remaining_, len - at));
        piece = {data + at, n};
        at += n;
        remaining_ -= n;
        if (remaining_ == 0) state_ = State::DataCr;
        return Step::Data;
      }
      case State::DataCr:
        if (data[at++] != '\r') return fail(HeadError::MissingChunkEnd);
        state_ = State::DataLf;
        break;
      case State::DataLf:
        if (data[at++] != '\n') return fail(HeadError::MissingChunkEnd);
        state_ = State::SizeFirst;
        break;
      case State::Trailers:
        return trailerSection(data, len, at);
      case State::Done:
        return Step::Done;
      case State::Failed:
        return Step::Error;
    }
  }
  if (state_ == State::Failed) return Step::Error;
  return state_ == State::Done ? Step::Done : Step::More;
}

ChunkedDecoder::Step ChunkedDecoder::sizeLine(const char* data, size_t len, size_t& at) {
  for (; at < len; at++) {
    int v = hexValue(data[at]);
    if (v >= 0) {
      // Sixteen digits also bound a flood of leading zeros.
      if (digits_ == 16 || remaining_ >> 59 != 0) return fail(HeadError::BadChunkSize);
      remaining_ = remaining_ << 4 | static_cast<uint64_t>(v);
      digits_++;
      continue;
    }
    if (digits_ == 0) return fail(HeadError::BadChunkSize);
    char c = data[at++];
    if (c == '\r') {
      state_ = State::SizeLf;
    } else if (c == ';') {
      state_ = State::Extension;
      extension_state_ = NameFirst;
    } else {
      return fail(c == '\n' ? HeadError::BareLf : HeadError::BadChunkSize);
    }
    return Step::More;
  }
  return Step::More;
}

// Checked and dropped. No whitespace outside quotes: the grammar's BWS is only for recipients
// that want to be generous.
ChunkedDecoder::Step ChunkedDecoder::extension(const char* data, size_t len, size_t& at) {
  for (; at < len; at++) {
    char c = data[at];
    if (++extension_bytes_ > kMaxExtensionBytes) return fail(HeadError::ChunkExtensionTooLarge);
    bool token = kTokenLower[c] != 0;
    switch (extension_state_) {
      case NameFirst:
        if (!token) return fail(HeadError::BadChunkExtension);
        extension_state_ = Name;
        continue;
      case ValueFirst:
        if (!token && c != '"') return fail(HeadError::BadChunkExtension);
        extension_state_ = token ? Value : Quoted;
        continue;
      case Quoted:
        if (c == '"') {
          extension_state_ = AfterQuote;
        } else if (c == '\\') {
          extension_state_ = Escaped;
        } else if (!isQuotedText(c)) {
          return fail(HeadError::BadChunkExtension);
        }
        continue;
      case Escaped:
        if (!isQuotedText(c)) return fail(HeadError::BadChunkExtension);
        extension_state_ = Quoted;
        continue;
      default:
        break;
    }
    // Name, Value or AfterQuote
    if (token && extension_state_ != AfterQuote) continue;
    if (c == '=' && extension_state_ == Name) {
      extension_state_ = ValueFirst;
    } else if (c == ';') {
      extension_state_ = NameFirst;
    } else if (c == '\r') {
      at++;
      state_ = State::SizeLf;
      return Step::More;
    } else {
      return fail(c == '\n' ? HeadError::BareLf : HeadError::BadChunkExtension);
    }
  }
  return Step::More;
}

// Gathers the section line by line, as the bytes behind it are not ours, then parses it at once.
ChunkedDecoder::Step ChunkedDecoder::trailerSection(const char* data, size_t len, size_t& at) {
  if (held_size_ == 0 && len - at >= 2 && data[at] == '\r' && data[at + 1] == '\n') [[likely]] {
    at += 2;
    state_ = State::Done;
    return Step::Done;
  }
  while (at < len) {
    const char* lf = static_cast<const char*>(std::memchr(data + at, '\n', len - at));
    size_t n = lf == nullptr ? len - at : static_cast<size_t>(lf - (data + at)) + 1;
    if (!hold(data + at, n)) return fail(HeadError::HeadTooLarge);
    at += n;
    if (lf == nullptr) return Step::More;
    std::string_view held{held_, held_size_};
    if (held == "\r\n") {
      state_ = State::Done;
      return Step::Done;
    }
    if (held.ends_with("\r\n\r\n")) return parseTrailers();
    if (!held.ends_with("\r\n")) return fail(HeadError::BareLf);
  }
  return Step::More;
}

bool ChunkedDecoder::hold(const char* data, size_t n) {
  if (n > limits_.max_head_bytes - held_size_) return false;
  uint32_t size = held_size_ + static_cast<uint32_t>(n);
  if (size > held_capacity_) {
    uint32_t capacity = std::max<uint32_t>(256, size > UINT32_MAX / 2 ? size : size * 2);
    char* bigger = arena_->alloc(capacity);
    if (held_size_ != 0) std::memcpy(bigger, held_, held_size_);
    held_ = bigger;
    held_capacity_ = capacity;
  }
  std::memcpy(held_ + held_size_, data, n);
  held_size_ = size;
  return true;
}

ChunkedDecoder::Step ChunkedDecoder::parseTrailers() {
  HeaderMap* map = arena_->make<HeaderMap>(arena_);
  size_t scanned = 0;
  ParseResult r = internal::kernel->trailers(held_, held_size_, scanned, limits_, *map);
  if (r.status != ParseResult::Complete) return fail(r.error);
  for (const Header& h : *map) {
    if (!mayBeTrailer(h.id)) return fail(HeadError::BadTrailer);
  }
  trailers_ = map;
  state_ = State::Done;
  return Step::Done;
}

}  // namespace attache::h1
