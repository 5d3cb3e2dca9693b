// envoy.data.accesslog.v3.AccessLogCommon, by its field numbers.
#include "accesslog/grpc_common.h"

#include <openssl/ssl.h>

#include <charconv>
#include <string>

#include "accesslog/address.h"
#include "base/utf8.h"
#include "tls/facts.h"
#include "tls/names.h"

namespace attache::accesslog {
namespace {

using tables::TlsFact;

// google.protobuf.Duration and Timestamp.
void time(uint32_t field, uint64_t us, EntryWriter& writer) {
  size_t message = writer.begin(field);
  writer.number(1, us / 1000000);
  writer.number(2, us % 1000000 * 1000);
  writer.end(message);
}

void since(uint32_t field, int64_t us, EntryWriter& writer) {
  if (us >= 0) time(field, static_cast<uint64_t>(us), writer);
}

// envoy.config.core.v3.Address of "1.2.3.4:80", "[::1]:80" or a path.
void address(uint32_t field, std::string_view text, EntryWriter& writer) {
  if (text.empty()) return;
  size_t whole = writer.begin(field);
  std::string_view host = withoutPort(text);
  if (host.size() == text.size()) {
    size_t pipe = writer.begin(2);
    writer.text(1, text);
    writer.end(pipe);
  } else {
    uint64_t port = 0;
    std::from_chars(text.data() + text.rfind(':') + 1, text.data() + text.size(), port);
    size_t socket = writer.begin(1);
    writer.text(2, host);
    writer.present(3, port);
    writer.end(socket);
  }
  writer.end(whole);
}

// TLSProperties.CertificateProperties
void certificate(uint32_t field, X509* certificate, bool issuer, EntryWriter& writer,
                 LineBuffer& out) {
  size_t message = writer.begin(field);
  if (certificate) {
    for (const tls::San& san : tls::sansOf(certificate)) {
      if (san.type != tls::SanType::Uri) continue;
      size_t name = writer.begin(1);
      size_t from = out.size();
      peerText(1, san.value, writer, out);
      // The kind of a name is told though it is empty.
      if (out.size() == from) writer.bytes(1, {});
      writer.end(name);
    }
    peerText(2, tls::nameText(X509_get_subject_name(certificate)), writer, out);
    if (issuer) peerText(3, tls::nameText(X509_get_issuer_name(certificate)), writer, out);
  }
  writer.end(message);
}

uint64_t tlsVersion(SSL* ssl) {
  switch (SSL_version(ssl)) {
    case TLS1_VERSION:
      return 1;
    case TLS1_1_VERSION:
      return 2;
    case TLS1_2_VERSION:
      return 3;
    case TLS1_3_VERSION:
      return 4;
    default:
      return 0;
  }
}

// TLSProperties
void tlsProperties(uint32_t field, const LogInput& input, EntryWriter& writer, LineBuffer& out) {
  SSL* ssl = input.downstream_tls;
  if (!ssl && input.requested_server_name.empty()) return;
  size_t message = writer.begin(field);
  if (ssl) {
    writer.number(1, tlsVersion(ssl));
    const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl);
    writer.wrapped(2, cipher ? SSL_CIPHER_get_id(cipher) & 0xffff : 0xffff);
  }
  peerText(3, input.requested_server_name, writer, out);
  if (ssl) {
    certificate(4, SSL_get_certificate(ssl), false, writer, out);
    certificate(5, SSL_get0_peer_certificate(ssl), true, writer, out);
    std::string id;
    tls::appendFact(ssl, TlsFact::SessionId, &id);
    writer.text(6, id);
  }
  writer.end(message);
}

void times(const LogInput& input, EntryWriter& writer) {
  static constexpr struct {
    uint32_t field;
    Mark mark;
  } kTimes[] = {{6, Mark::DownstreamRxEnd}, {7, Mark::UpstreamTxBegin},
                {8, Mark::UpstreamTxEnd},   {9, Mark::UpstreamRxBegin},
                {10, Mark::UpstreamRxEnd},  {11, Mark::DownstreamTxBegin},
                {12, Mark::DownstreamTxEnd}};
  for (const auto& each : kTimes) since(each.field, input.mark(each.mark), writer);
}

// ResponseFlags: field numbers of http::Flag in its order; 0: none there.
void responseFlags(uint32_t field, http::Flags flags, EntryWriter& writer) {
  static constexpr uint8_t kFields[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                        16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 0,  28};
  static_assert(sizeof kFields == static_cast<size_t>(http::Flag::kCount));
  if (flags == 0) return;
  size_t message = writer.begin(field);
  for (; flags != 0; flags &= flags - 1) {
    unsigned flag = static_cast<unsigned>(__builtin_ctzll(flags));
    if (flag >= sizeof kFields) break;
    if (flag == static_cast<unsigned>(http::Flag::UnauthorizedExternalService)) {
      size_t reason = writer.begin(kFields[flag]);
      writer.number(1, 1);
      writer.end(reason);
    } else if (kFields[flag]) {
      writer.flag(kFields[flag], true);
    }
  }
  writer.end(message);
}

// AccessLogType
uint64_t typeNumber(std::string_view type) {
  static constexpr struct {
    std::string_view name;
    uint64_t number;
  } kTypes[] = {{"DownstreamEnd", 6},
                {"NotSet", 0},
                {"TcpConnectionEnd", 3},
                {"TcpPeriodic", 2},
                {"TcpUpstreamConnected", 1},
                {"TcpConnectionStart", 14},
                {"DownstreamStart", 4},
                {"DownstreamPeriodic", 5},
                {"DownstreamTunnelSuccessfullyEstablished", 10},
                {"UpstreamPoolReady", 7},
                {"UpstreamPeriodic", 8},
                {"UpstreamEnd", 9}};
  for (const auto& each : kTypes) {
    if (each.name == type) return each.number;
  }
  return 0;
}

void customTags(uint32_t field, const tables::GrpcAccessLog& config, const LogInput& input,
                EntryWriter& writer, LineBuffer& out) {
  for (const tables::AccessLogTag& tag : config.custom_tags) {
    std::string_view value = tag.value.view();
    if (input.request && !tag.header.empty()) {
      if (const Header* header = input.request->find(tag.header.view()))
        value = header->valueView();
    }
    if (value.empty()) continue;
    size_t entry = writer.begin(field);
    writer.bytes(1, tag.tag.view());
    peerText(2, value, writer, out);
    writer.end(entry);
  }
}

void upstreamFacts(const LogInput& input, EntryWriter& writer) {
  address(13, input.upstream_host, writer);
  address(14, input.upstream_local_address, writer);
  if (!input.upstream_host.empty()) writer.text(15, input.upstream_cluster_raw);
}

}  // namespace

void peerText(uint32_t field, std::string_view text, EntryWriter& writer, LineBuffer& out) {
  size_t good = utf8Prefix(text);
  if (good == text.size()) [[likely]]
    return writer.text(field, text);
  writer.head(field, text.size());
  while (true) {
    out.append(text.substr(0, good));
    if (good == text.size()) return;
    out.append('!');
    text.remove_prefix(good + 1);
    good = utf8Prefix(text);
  }
}

void encodeCommon(const tables::GrpcAccessLog& config, const LogInput& input, LineBuffer& out) {
  EntryWriter writer(out);
  address(2, input.downstream_remote, writer);
  address(3, input.downstream_local, writer);
  tlsProperties(4, input, writer, out);
  time(5, input.start_us, writer);
  times(input, writer);
  upstreamFacts(input, writer);
  responseFlags(16, input.flags, writer);
  peerText(18, input.upstream_transport_failure_reason, writer, out);
  writer.text(19, input.route_name);
  address(20, input.downstream_direct_remote, writer);
  customTags(22, config, input, writer, out);
  if (input.complete) since(23, input.duration_us, writer);
  writer.number(24, input.attempt_count);
  peerText(25, input.connection_termination_details, writer, out);
  peerText(26, input.stream_id, writer, out);
  writer.flag(27, !input.complete);
  peerText(28, input.downstream_transport_failure_reason, writer, out);
  writer.number(29, input.downstream_wire_bytes_sent);
  writer.number(30, input.downstream_wire_bytes_received);
  writer.number(31, input.upstream_wire_bytes_sent);
  writer.number(32, input.upstream_wire_bytes_received);
  writer.number(33, typeNumber(input.type));
}

}  // namespace attache::accesslog
