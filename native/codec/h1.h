// HTTP/1.0 and 1.1 heads and chunked bodies, both directions (RFC 9110, RFC 9112). Sans-io: no
// sockets, no clock, no state but what the caller passes in.
//
// Parsing is strict wherever two readers could disagree about where a message ends: every fault
// has its own HeadError, nothing is repaired.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "codec/headers.h"

namespace attache::h1 {

// One per distinct fault.
enum class HeadError : uint8_t {
  None,
  // the head as a whole
  BareLf,            // LF without CR before it
  BareCr,            // CR without LF after it
  ControlCharacter,  // NUL or another control character but HTAB
  EmptyLineFirst,    // more than one empty line before a request, any before a response
  HeadTooLarge,      // more than Limits::max_head_bytes
  TooManyHeaders,    // more than Limits::max_headers
  // request line
  BadRequestLine,  // not METHOD SP target SP version
  BadMethod,       // not a token
  UnknownMethod,   // see Limits::custom_methods
  BadTarget,       // a character no URI has, or none of the four forms
  InvalidUrl,      // "*" without OPTIONS, CONNECT without a port, an absolute form without a host
  FragmentInTarget,
  BadScheme,           // absolute form, neither http nor https
  BadVersion,          // not HTTP/ digit . digit
  UnsupportedVersion,  // neither 1.0 nor 1.1, or no version at all (HTTP/0.9)
  // status line
  BadStatusLine,
  BadStatus,
  // fields
  BadHeaderName,     // empty, not a token, or a space before the colon
  MissingColon,      // a field line without a colon
  ObsFold,           // a line that begins with a space or HTAB
  BadContentLength,  // not digits, or more than 2^63 - 1
  RepeatedContentLength,
  ContentLengthWithTransferEncoding,
  UnknownTransferEncoding,     // anything but exactly one "chunked"
  TransferEncodingNotAllowed,  // in HTTP/1.0, or with 1xx or 204
  ContentLengthNotAllowed,     // with 1xx or 204, and not 0
  MissingHost,
  RepeatedHost,
  BadHost,  // a character that no authority has, or userinfo
  // chunked body
  BadChunkSize,  // not hexadecimal digits, or more than 2^63 - 1
  BadChunkExtension,
  ChunkExtensionTooLarge,
  MissingChunkEnd,  // no CRLF after the data of a chunk
  BadTrailer,       // a field that may not be a trailer: framing, routing
  kCount
};

// Envoy's response-code detail for the fault, such as "http1.codec_error". Static.
const char* detail(HeadError error);
// One sentence for the log. Static.
const char* describe(HeadError error);
// Status of the answer to a request with this fault: 400, 426, 431 or 501.
int statusFor(HeadError error);

struct Limits {
  uint32_t max_head_bytes = 60 * 1024;  // request or status line, fields and the empty line
  uint32_t max_headers = 100;           // field lines; at most 60,000
  // Any token is a method (HTTP/1 option allow_custom_methods); otherwise only the registered
  // ones that Envoy knows.
  bool custom_methods = false;
};

enum class Method : uint8_t { Other, Get, Head, Post, Put, Delete, Connect, Options, Trace, Patch };
enum class TargetForm : uint8_t { Origin, Absolute, Authority, Asterisk };
// How the end of the body is found (RFC 9112 section 6.3). None: there is no body at all.
enum class BodyKind : uint8_t { None, Length, Chunked, UntilClose };
// What a response answers: decides whether it may have a body.
enum class RequestKind : uint8_t { Normal, Head, Connect };

// What the codec knows about a head besides its fields. All of it is set by a Complete parse.
struct HeadInfo {
  uint64_t content_length = 0;  // as declared; HEAD and 304 declare without sending
  uint32_t head_bytes = 0;      // from the first byte of the start line to the end of the head
  uint16_t status = 0;          // responses: 100 to 999
  uint8_t minor_version = 1;    // 0 or 1
  Method method = Method::Other;
  TargetForm target_form = TargetForm::Origin;
  BodyKind body = BodyKind::None;
  bool has_content_length = false;
  bool chunked = false;           // Transfer-Encoding: chunked
  bool close = false;             // Connection: close, or 1.0 without keep-alive
  bool keep_alive_token = false;  // Connection: keep-alive
  bool upgrade_token = false;     // Connection: upgrade
  bool upgrade = false;           // that, and an Upgrade field (RFC 9110 section 7.8)
  bool expect_continue = false;   // Expect: 100-continue, in HTTP/1.1
  bool has_expect = false;
  bool has_te = false;
  bool te_trailers = false;  // TE has the member "trailers"
  bool has_trailer = false;  // a Trailer field announces trailers
  // Connection names other fields (not close, keep-alive, upgrade): see removeHopByHop().
  bool connection_names = false;
  std::string_view reason;  // responses: view into the head, may be empty
};

struct ParseResult {
  enum Status : uint8_t { Complete, Incomplete, Error };
  Status status;
  HeadError error;    // set with Error
  uint32_t consumed;  // with Complete: bytes of the head, a leading empty line included; else 0
};

// Parses a request head at the start of data[0, len).
//
// Give it all bytes received and not yet consumed, each time more of them, with the same `scanned`
// (0 before the first call for a message): it remembers how far the end was looked for, so that a
// slow drip costs O(n) in all. `headers` and `info` are written only by a Complete parse (headers
// must be empty); Errors are reported as soon as the fault's line is there, and may leave
// fields in `headers`. The bytes may be modified (names are made lower case in place).
//
// Adds, as views into data: :method, :path, :authority (from the target or from Host: the target
// wins, RFC 9112 section 3.2.2), :scheme (only with an absolute-form target), then the fields in
// order without Host. CONNECT has :authority and no :path (RFC 9110 section 9.3.6). An absolute
// form without a path has :path "/", for OPTIONS too, as in Envoy. HTTP/1.0 without Host has no
// :authority. Well-known names are static.
ParseResult parseRequestHead(char* data, size_t len, size_t& scanned, const Limits& limits,
                             HeaderMap& headers, HeadInfo& info);

// The same for a response: adds :status. An interim response (1xx) is a head of its own with
// BodyKind::None; after 101 the caller decides what follows. No length and no coding: UntilClose.
ParseResult parseResponseHead(char* data, size_t len, size_t& scanned, const Limits& limits,
                              RequestKind request, HeaderMap& headers, HeadInfo& info);
inline ParseResult parseResponseHead(char* data, size_t len, size_t& scanned, const Limits& limits,
                                     bool request_was_head, HeaderMap& headers, HeadInfo& info) {
  return parseResponseHead(data, len, scanned, limits,
                           request_was_head ? RequestKind::Head : RequestKind::Normal, headers,
                           info);
}

// Removes what belongs to one connection (RFC 9110 section 7.6.1): Connection and every field it
// names, Keep-Alive, Proxy-Connection, Transfer-Encoding, TE (put back as "trailers" when it had
// that member), Upgrade. With keep_upgrade, Upgrade stays, and Connection; as exactly "upgrade" if
// it named other fields. False when Connection names a field that a hop must not drop (a
// pseudo-header field, Host, Content-Length, X-Forwarded-For, -Host or -Proto): answer 400 with
// "http1.connection_header_rejected", as Envoy does.
bool removeHopByHop(HeaderMap& headers, const HeadInfo& info, bool keep_upgrade);

// Calls fn(std::string_view) for each non-empty member of a comma-separated list, trimmed, until
// fn answers false. For lists of tokens: quotes have no meaning here.
template <class Fn>
void forEachToken(std::string_view list, Fn&& fn) {
  size_t i = 0;
  while (i < list.size()) {
    size_t end = list.find(',', i);
    if (end == std::string_view::npos) end = list.size();
    size_t a = i, b = end;
    while (a < b && (list[a] == ' ' || list[a] == '\t')) a++;
    while (b > a && (list[b - 1] == ' ' || list[b - 1] == '\t')) b--;
    if (a < b && !fn(list.substr(a, b - a))) return;
    i = end + 1;
  }
}
// Equal but for ASCII case; `lower` must be lower case.
bool equalsIgnoreCase(std::string_view s, std::string_view lower);

// Decodes a chunked body where it lies. Keep one per message; reset() before the next.
//
//   Status st = decoder.feed(p, n, consumed, [&](const char* d, size_t n) { ... });
//
// Everything is consumed, unless it answers Done (the rest belongs to the next message) or Error.
class ChunkedDecoder {
 public:
  enum class Status : uint8_t { NeedMore, Done, Error };

  // Only trailers need memory: `arena`, the stream's, must outlive the decoder's use.
  explicit ChunkedDecoder(Arena* arena, const Limits& limits = Limits{})
      : arena_(arena), limits_(limits) {}

  void reset(Arena* arena) { *this = ChunkedDecoder(arena, limits_); }

  // After Done: the trailer fields, in the arena and independent of the input; null when there
  // were none.
  HeaderMap* trailers() const { return trailers_; }

  // Calls sink(const char* data, size_t n), n > 0, for each piece of body, a view into `data`.
  // `consumed` is set to the bytes used.
  template <class Sink>
  Status feed(char* data, size_t len, size_t& consumed, Sink&& sink) {
    size_t at = 0;
    for (;;) {
      Piece piece;
      Step step = next(data, len, at, piece);
      if (step == Step::Data) {
        sink(static_cast<const char*>(piece.data), piece.size);
        continue;
      }
      consumed = at;
      return step == Step::More   ? Status::NeedMore
             : step == Step::Done ? Status::Done
                                  : Status::Error;
    }
  }

  HeadError error() const { return error_; }
  // Bytes of the current chunk still to come: lets a caller pass body on without copying.
  uint64_t chunkRemaining() const { return state_ == State::Data ? remaining_ : 0; }
  bool done() const { return state_ == State::Done; }

  // The same as feed(), one step at a time: Data fills `piece` and moves `at`; the other answers
  // end the call.
  enum class Step : uint8_t { Data, More, Done, Error };
  struct Piece {
    char* data;
    size_t size;
  };
  Step next(char* data, size_t len, size_t& at, Piece& piece);

 private:
  enum class State : uint8_t {
    SizeFirst,
    Size,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    Trailers,
    Done,
    Failed
  };
  Step fail(HeadError e);
  Step sizeLine(const char* data, size_t len, size_t& at);
  Step extension(const char* data, size_t len, size_t& at);
  Step trailerSection(const char* data, size_t len, size_t& at);
  Step parseTrailers();
  bool hold(const char* data, size_t n);

  Arena* arena_;
  HeaderMap* trailers_ = nullptr;
  Limits limits_;
  State state_ = State::SizeFirst;
  HeadError error_ = HeadError::None;
  uint8_t digits_ = 0;
  uint8_t extension_state_ = 0;
  uint32_t extension_bytes_ = 0;  // over the whole body
  uint32_t held_size_ = 0;        // trailer section so far, in the arena
  uint32_t held_capacity_ = 0;
  uint64_t remaining_ = 0;
  char* held_ = nullptr;
};

// ---- writing ------------------------------------------------------------------------------------

// Destinations need this much room beyond the computed size: short fields are copied in whole
// vectors. The bytes behind the size are left with undefined contents.
inline constexpr size_t kWriteSlack = 64;

// What the writer adds to the fields of the map; everything else is written as it is stored, in
// order, pseudo-header fields and Host excepted.
struct HeadOptions {
  bool http10 = false;      // "HTTP/1.0" in the start line
  bool chunked = false;     // adds "transfer-encoding: chunked"
  bool close = false;       // adds "connection: close"
  bool keep_alive = false;  // adds "connection: keep-alive" (answers to HTTP/1.0)
};

// Exact size of what writeRequestHead writes.
size_t requestHeadSize(const HeaderMap& headers, const HeadOptions& options = {});
// Writes "METHOD path HTTP/1.1\r\nhost: authority\r\n", the fields, the options' and the empty
// line; returns the end. Needs requestHeadSize() + kWriteSlack bytes at dst. For CONNECT the
// target is the authority. :method must be there.
char* writeRequestHead(char* dst, const HeaderMap& headers, const HeadOptions& options = {});

// The same into `room` bytes, which is at least kWriteSlack; null when they may be too few. Saves
// looking at every field twice where there is always enough for all but the largest heads.
char* writeRequestHead(char* dst, size_t room, const HeaderMap& headers,
                       const HeadOptions& options);

// Exact size of what writeResponseHead writes.
size_t responseHeadSize(const HeaderMap& headers, int status, const HeadOptions& options = {});
// Writes "HTTP/1.1 status reason\r\n", the fields, the options' and the empty line. Needs
// responseHeadSize() + kWriteSlack bytes at dst. status: 0 to 9999.
char* writeResponseHead(char* dst, const HeaderMap& headers, int status,
                        const HeadOptions& options = {});
// As for requests.
char* writeResponseHead(char* dst, size_t room, const HeaderMap& headers, int status,
                        const HeadOptions& options);

// Envoy's reason phrase: "Unknown" for a status its table lacks.
std::string_view reasonPhrase(int status);

// Largest result of chunkHeaderSize().
inline constexpr size_t kMaxChunkHeader = 18;
// Size of "<hex>\r\n".
size_t chunkHeaderSize(uint64_t size);
// Writes "<hex>\r\n"; size must not be 0 (that would end the body).
char* writeChunkHeader(char* dst, uint64_t size);
inline constexpr std::string_view kChunkEnd = "\r\n";        // after each chunk's data
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";  // end of a body without trailers
// "0\r\n", the trailer fields and the empty line; Size() + kWriteSlack bytes at dst.
size_t lastChunkSize(const HeaderMap& trailers);
char* writeLastChunk(char* dst, const HeaderMap& trailers);

// ---- instruction sets -----------------------------------------------------------------------

// Which code parses. Chosen once by what the CPU has; tests choose to compare. Not thread safe.
enum class Isa : uint8_t { Portable, Sse2, Avx2, Neon };
bool isaAvailable(Isa isa);
// False (and no change) when it is not available here.
bool setIsa(Isa isa);
Isa isa();

}  // namespace attache::h1
