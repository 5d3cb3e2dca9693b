// Entry points of the head parser, the choice of its kernel, and what is said about faults.
#include "codec/h1.h"

#include "codec/h1_head.h"

namespace attache::h1 {
namespace {

struct Fault {
  const char* detail;
  const char* sentence;
  int status;
};

// Details as Envoy 1.40 logs them in %RESPONSE_CODE_DETAILS%. A switch, so that the compiler
// misses none.
constexpr Fault faultOf(HeadError e) {
  constexpr const char* kCodec = "http1.codec_error";
  switch (e) {
    case HeadError::None:
    case HeadError::kCount:
      break;
    case HeadError::BareLf:
      return {kCodec, "a line ends with LF without CR", 400};
    case HeadError::BareCr:
      return {kCodec, "CR without LF", 400};
    case HeadError::ControlCharacter:
      return {"http1.invalid_characters", "a control character in the head", 400};
    case HeadError::EmptyLineFirst:
      return {kCodec, "empty lines where a message should begin", 400};
    case HeadError::HeadTooLarge:
      return {"http1.headers_too_large", "the head is larger than allowed", 431};
    case HeadError::TooManyHeaders:
      return {"http1.too_many_headers", "more header fields than allowed", 431};
    case HeadError::BadRequestLine:
      return {kCodec, "the request line is not method, target and version", 400};
    case HeadError::BadMethod:
      return {kCodec, "the method is not a token", 400};
    case HeadError::UnknownMethod:
      return {kCodec, "the method is not known and custom methods are not allowed", 400};
    case HeadError::BadTarget:
      return {kCodec, "the request target is malformed", 400};
    case HeadError::InvalidUrl:
      return {"http1.invalid_url", "the request target lacks what its form needs", 400};
    case HeadError::FragmentInTarget:
      return {"path_normalization_failed", "the request target has a fragment", 400};
    case HeadError::BadScheme:
      return {"http1.invalid_scheme", "the scheme of the target is neither http nor https", 400};
    case HeadError::BadVersion:
      return {kCodec, "the HTTP version is malformed", 400};
    case HeadError::UnsupportedVersion:
      return {"low_version", "the HTTP version is neither 1.0 nor 1.1", 426};
    case HeadError::BadStatusLine:
      return {kCodec, "the status line is malformed", 400};
    case HeadError::BadStatus:
      return {kCodec, "the status is not three digits", 400};
    case HeadError::BadHeaderName:
      return {kCodec, "a field name is not a token", 400};
    case HeadError::MissingColon:
      return {kCodec, "a field line without a colon", 400};
    case HeadError::ObsFold:
      return {kCodec, "a folded field line", 400};
    case HeadError::BadContentLength:
      return {kCodec, "Content-Length is not a number", 400};
    case HeadError::RepeatedContentLength:
      return {kCodec, "Content-Length is repeated", 400};
    case HeadError::ContentLengthWithTransferEncoding:
      return {"http1.content_length_and_chunked_not_allowed",
              "both Content-Length and Transfer-Encoding", 400};
    case HeadError::UnknownTransferEncoding:
      return {"http1.invalid_transfer_encoding", "Transfer-Encoding is not exactly chunked", 501};
    case HeadError::TransferEncodingNotAllowed:
      return {"http1.transfer_encoding_not_allowed", "Transfer-Encoding where there may be none",
              400};
    case HeadError::ContentLengthNotAllowed:
      return {"http1.content_length_not_allowed", "Content-Length where there may be none", 400};
    case HeadError::MissingHost:
      return {"missing_host_header", "no Host", 400};
    case HeadError::RepeatedHost:
      return {"http.invalid_authority", "Host is repeated", 400};
    case HeadError::BadHost:
      return {"http.invalid_authority", "Host is malformed", 400};
    case HeadError::BadChunkSize:
      return {kCodec, "a chunk size is malformed", 400};
    case HeadError::BadChunkExtension:
      return {kCodec, "a chunk extension is malformed", 400};
    case HeadError::ChunkExtensionTooLarge:
      return {kCodec, "chunk extensions out of proportion to the body", 400};
    case HeadError::MissingChunkEnd:
      return {kCodec, "no CRLF after the data of a chunk", 400};
    case HeadError::BadTrailer:
      return {kCodec, "a trailer field that may not be one", 400};
  }
  return {"", "no error", 0};
}

}  // namespace

const char* detail(HeadError error) {
  return faultOf(error).detail;
}
const char* describe(HeadError error) {
  return faultOf(error).sentence;
}
int statusFor(HeadError error) {
  return faultOf(error).status;
}

namespace internal {
namespace {

const Kernel* kernelOf(Isa isa) {
  switch (isa) {
    case Isa::Portable:
      return &portable::kKernel;
#if defined(__x86_64__)
    case Isa::Sse2:
      return &sse2::kKernel;
    case Isa::Avx2:
      if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
          __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt")) {
        return &avx2::kKernel;
      }
      return nullptr;
#endif
#if defined(__aarch64__)
    case Isa::Neon:
      return &neon::kKernel;
#endif
    default:
      return nullptr;
  }
}

Isa best() {
#if defined(__x86_64__)
  __builtin_cpu_init();
#endif
  for (Isa isa : {Isa::Avx2, Isa::Neon, Isa::Sse2}) {
    if (kernelOf(isa) != nullptr) return isa;
  }
  return Isa::Portable;
}

Isa current = best();

}  // namespace

const Kernel* kernel = kernelOf(current);

}  // namespace internal

bool isaAvailable(Isa isa) {
  return internal::kernelOf(isa) != nullptr;
}

bool setIsa(Isa isa) {
  if (!isaAvailable(isa)) return false;
  internal::current = isa;
  internal::kernel = internal::kernelOf(isa);
  return true;
}

Isa isa() {
  return internal::current;
}

ParseResult parseRequestHead(char* data, size_t len, size_t& scanned, const Limits& limits,
                             HeaderMap& headers, HeadInfo& info) {
  return internal::kernel->request(data, len, scanned, limits, headers, info);
}

ParseResult parseResponseHead(char* data, size_t len, size_t& scanned, const Limits& limits,
                              RequestKind request, HeaderMap& headers, HeadInfo& info) {
  return internal::kernel->response(data, len, scanned, limits, request, headers, info);
}

}  // namespace attache::h1
