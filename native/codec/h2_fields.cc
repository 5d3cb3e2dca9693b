#include "codec/h2_fields.h"

#include <cstring>

namespace attache::h2 {

namespace {

// What a field's value may not have in it (RFC 9113 section 8.2.1; as nghttp2 no control character
// but HTAB), and no space at its ends.
bool badValue(std::string_view value) {
  for (char c : value) {
    auto u = static_cast<unsigned char>(c);
    if ((u < 0x20 && u != '\t') || u == 0x7f) return true;
  }
  return false;
}

bool spaceAtEnds(std::string_view value) {
  if (value.empty()) return false;
  auto space = [](char c) { return c == ' ' || c == '\t'; };
  return space(value.front()) || space(value.back());
}

// Only digits, up to 2^63 - 1.
bool parseLength(std::string_view text, int64_t* length) {
  if (text.empty() || text.size() > 19) return false;
  uint64_t n = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return false;
    n = n * 10 + static_cast<uint64_t>(c - '0');
  }
  if (n > INT64_MAX) return false;
  *length = static_cast<int64_t>(n);
  return true;
}

class Collector {
 public:
  Collector(BlockKind kind, const FieldsOptions& options, HeaderMap& headers, FieldsResult& result)
      : kind_(kind), options_(options), headers_(headers), result_(result) {}

  void operator()(const hpack::Field& field) {
    if (!result_.fault.empty()) return;
    if (!field.value_plain && badValue(field.value)) return fault("invalid header value");
    if (!field.name.empty() && field.name[0] == ':') return pseudo(field);
    if (!field.name_ok) return fault("invalid header name");
    regular_ = true;
    if (spaceAtEnds(field.value)) return fault("space around a header value");
    size_t before = headers_.size();
    if (field.id != HeaderId::Unknown) {
      known(field);
    } else if (std::memchr(field.name.data(), '_', field.name.size()) == nullptr) {
      headers_.add(field.id, field.name, field.value);
    } else {
      result_.underscores = true;
      if (options_.keep_underscores) headers_.add(field.id, field.name, field.value);
    }
    if (field.never_indexed && headers_.size() > before) headers_.markNeverIndexed();
  }

  void finish() {
    if (!result_.fault.empty()) return;
    if (cookies_ > 1) {
      std::string_view all = headers_.joined(HeaderId::Cookie, *headers_.arena(), "; ");
      headers_.set(HeaderId::Cookie, all);
    }
    if (kind_ == BlockKind::Request) finishRequest();
    if (kind_ == BlockKind::Response && !headers_.has(HeaderId::Status)) fault("no :status");
  }

 private:
  void fault(std::string_view text) { result_.fault = text; }

  void pseudo(const hpack::Field& field) {
    if (kind_ == BlockKind::Trailers) return fault("pseudo-header field in trailers");
    if (regular_) return fault("pseudo-header field after others");
    bool of_response = field.id == HeaderId::Status;
    if (!isPseudo(field.id) || of_response != (kind_ == BlockKind::Response))
      return fault("unknown pseudo-header field");
    if (headers_.has(field.id)) return fault("pseudo-header field repeated");
    if (of_response) return status(field.value);
    if (field.id == HeaderId::Authority) authority_ = true;
    headers_.add(field.id, field.value);
  }

  void status(std::string_view value) {
    if (value.size() != 3) return fault("bad :status");
    int status = 0;
    for (char c : value) {
      if (c < '0' || c > '9') return fault("bad :status");
      status = status * 10 + (c - '0');
    }
    if (status < 100 || status == 101) return fault("bad :status");
    result_.status = status;
    headers_.add(HeaderId::Status, value);
  }

  void known(const hpack::Field& field) {
    switch (field.id) {
      // Section 8.2.2.
      case HeaderId::Connection:
      case HeaderId::KeepAlive:
      case HeaderId::ProxyConnection:
      case HeaderId::TransferEncoding:
      case HeaderId::Upgrade:
        return fault("header field of a connection");
      case HeaderId::Te:
        if (field.value != "trailers") return fault("bad te");
        break;
      case HeaderId::Cookie:
        cookies_++;  // section 8.2.3: put together when all are there
        break;
      case HeaderId::ContentLength: {
        int64_t length;
        if (!parseLength(field.value, &length) ||
            (result_.content_length >= 0 && result_.content_length != length))
          return fault("bad content-length");
        if (result_.content_length == length) return;
        result_.content_length = length;
        break;
      }
      case HeaderId::Host:
        // Section 8.3.1: :authority goes before it.
        if (kind_ == BlockKind::Request) {
          if (authority_) return;
          if (headers_.has(HeaderId::Authority)) return fault("host repeated");
          headers_.add(HeaderId::Authority, field.value);
          return;
        }
        break;
      default:
        break;
    }
    headers_.add(field.id, field.name, field.value);
  }

  void finishRequest() {
    if (!headers_.has(HeaderId::Method)) return fault("no :method");
    result_.connect = headers_.get(HeaderId::Method) == "CONNECT";
    if (headers_.has(HeaderId::Protocol) && !result_.connect) return fault(":protocol");
    if (result_.connect && !headers_.has(HeaderId::Protocol)) {
      // RFC 9113 section 8.5.
      if (headers_.has(HeaderId::Path) || headers_.has(HeaderId::Scheme))
        return fault("CONNECT with a path");
      if (headers_.get(HeaderId::Authority).empty()) return fault("CONNECT without authority");
      return;
    }
    if (headers_.get(HeaderId::Path).empty()) return fault("no :path");
    if (headers_.get(HeaderId::Scheme).empty()) return fault("no :scheme");
  }

  BlockKind kind_;
  const FieldsOptions& options_;
  HeaderMap& headers_;
  FieldsResult& result_;
  uint32_t cookies_ = 0;
  bool regular_ = false;
  bool authority_ = false;
};

}  // namespace

FieldsResult decodeFields(hpack::Decoder& decoder, BlockKind kind, const char* data, size_t n,
                          const FieldsOptions& options, HeaderMap& headers) {
  FieldsResult result;
  Collector collector(kind, options, headers, result);
  result.error = decoder.decode(data, n, *headers.arena(), collector);
  if (result.error == hpack::Error::None) collector.finish();
  return result;
}

}  // namespace attache::h2
