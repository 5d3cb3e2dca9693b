// envoy.data.accesslog.v3.HTTPAccessLogEntry and TCPAccessLogEntry, by their field numbers.
#include "accesslog/grpc_entry.h"

#include "accesslog/grpc_common.h"

namespace attache::accesslog {
namespace {

// envoy.config.core.v3.RequestMethod
uint64_t methodNumber(std::string_view method) {
  static constexpr std::string_view kMethods[] = {"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                                  "CONNECT", "OPTIONS", "TRACE", "PATCH"};
  for (size_t i = 0; i < sizeof kMethods / sizeof kMethods[0]; i++) {
    if (kMethods[i] == method) return i + 1;
  }
  return 0;
}

// HTTPVersion
uint64_t versionNumber(std::string_view protocol) {
  if (protocol == "HTTP/1.1") return 2;
  if (protocol == "HTTP/2") return 3;
  return protocol == "HTTP/1.0" ? 1 : protocol == "HTTP/3" ? 4 : 0;
}

// All values of a field, with a comma between them.
void value(const HeaderMap& headers, const Header* first, EntryWriter& writer, LineBuffer& out) {
  if (!headers.next(first)) return peerText(2, first->valueView(), writer, out);
  static thread_local LineBuffer joined;
  joined.clear();
  for (const Header* each = first; each; each = headers.next(each)) {
    if (each != first) joined.append(',');
    joined.append(each->valueView());
  }
  peerText(2, joined.view(), writer, out);
}

// A map of the fields that are there.
void headerMap(uint32_t field, const tables::Vec<tables::Str>& names, const HeaderMap* headers,
               EntryWriter& writer, LineBuffer& out) {
  if (!headers) return;
  for (const tables::Str& name : names) {
    const Header* first = headers->find(name.view());
    if (!first) continue;
    size_t entry = writer.begin(field);
    writer.bytes(1, name.view());
    value(*headers, first, writer, out);
    writer.end(entry);
  }
}

// HTTPRequestProperties
void request(const tables::GrpcAccessLog& config, const LogInput& input, EntryWriter& writer,
             LineBuffer& out) {
  if (const HeaderMap* headers = input.request) {
    writer.number(1, methodNumber(headers->get(HeaderId::Method)));
    peerText(2, headers->get(HeaderId::Scheme), writer, out);
    peerText(3, headers->get(HeaderId::Authority), writer, out);
    peerText(5, headers->get(HeaderId::Path), writer, out);
    peerText(6, headers->get(HeaderId::UserAgent), writer, out);
    peerText(7, headers->get(HeaderId::Referer), writer, out);
    peerText(8, headers->get(HeaderId::XForwardedFor), writer, out);
    peerText(9, headers->get(HeaderId::XRequestId), writer, out);
    peerText(10, headers->get(HeaderId::XEnvoyOriginalPath), writer, out);
    writer.number(11, headers->byteSize());
  }
  writer.number(12, input.bytes_received);
  headerMap(13, config.request_headers, input.request, writer, out);
  writer.number(14, input.upstream_header_bytes_sent);
  writer.number(15, input.downstream_header_bytes_received);
}

// HTTPResponseProperties
void response(const tables::GrpcAccessLog& config, const LogInput& input, EntryWriter& writer,
              LineBuffer& out) {
  if (input.status) writer.wrapped(1, input.status);
  if (input.response) writer.number(2, input.response->byteSize());
  writer.number(3, input.bytes_sent);
  headerMap(4, config.response_headers, input.response, writer, out);
  headerMap(5, config.response_trailers, input.response_trailers, writer, out);
  peerText(6, input.details, writer, out);
  writer.number(7, input.upstream_header_bytes_received);
  writer.number(8, input.downstream_header_bytes_sent);
}

}  // namespace

void encodeHttpEntry(const tables::GrpcAccessLog& config, const LogInput& input, LineBuffer& out) {
  EntryWriter writer(out);
  size_t message = writer.begin(1);
  encodeCommon(config, input, out);
  writer.end(message);
  writer.number(2, versionNumber(input.protocol));
  message = writer.begin(3);
  request(config, input, writer, out);
  writer.end(message);
  message = writer.begin(4);
  response(config, input, writer, out);
  writer.end(message);
}

void encodeTcpEntry(const tables::GrpcAccessLog& config, const LogInput& input, LineBuffer& out) {
  EntryWriter writer(out);
  size_t message = writer.begin(1);
  encodeCommon(config, input, out);
  writer.end(message);
  message = writer.begin(2);
  writer.number(1, input.bytes_received);
  writer.number(2, input.bytes_sent);
  writer.end(message);
}

}  // namespace attache::accesslog
