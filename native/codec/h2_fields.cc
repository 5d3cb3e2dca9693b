#include "codec/h2_fields.h"

#include "codec/h1.h"

namespace attache::h2 {

namespace {

// Bytes that may be in one kind of value.
struct Bytes {
  bool of[256] = {};
  constexpr Bytes& add(std::string_view text) {
    for (char c : text) of[static_cast<uint8_t>(c)] = true;
    return *this;
  }
  constexpr Bytes& add(int from, int to) {
    for (int c = from; c <= to; c++) of[c] = true;
    return *this;
  }
  constexpr Bytes& addAlnum() { return add('0', '9').add('a', 'z').add('A', 'Z'); }
  bool all(std::string_view text) const {
    for (char c : text) {
      if (!of[static_cast<uint8_t>(c)]) return false;
    }
    return true;
  }
};

// RFC 9113 section 8.2.1; as nghttp2, which Envoy uses, no control character but HTAB.
constexpr Bytes kValue = Bytes().add("\t").add(0x20, 0x7e).add(0x80, 0xff);
constexpr Bytes kToken = Bytes().addAlnum().add("!#$%&'*+-.^_`|~");
// RFC 3986 section 3.2.2 without userinfo, which :authority must not have (section 8.3.1).
constexpr Bytes kAuthority = Bytes().addAlnum().add("-._~%!$&'()*+,;=:[]");
// As nghttp2: what HTTP/1 could not carry is out; the rest is the route's matter.
constexpr Bytes kPath = Bytes().add(0x21, 0x7e).add(0x80, 0xff);
constexpr Bytes kScheme = Bytes().addAlnum().add("+-.");

bool isScheme(std::string_view text) {
  char first = static_cast<char>(text[0] | 0x20);
  return first >= 'a' && first <= 'z' && kScheme.all(text);
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

// Section 8.2.1 forbids spaces at the ends, but clients send them. They mean nothing (RFC 9110
// section 5.5): passed on as they are, the next reader might refuse them.
std::string_view trimmed(std::string_view value) {
  auto space = [](char c) { return c == ' ' || c == '\t'; };
  while (!value.empty() && space(value.front())) value.remove_prefix(1);
  while (!value.empty() && space(value.back())) value.remove_suffix(1);
  return value;
}

class Collector {
 public:
  Collector(BlockKind kind, const FieldsOptions& options, HeaderMap& headers, FieldsResult& result)
      : kind_(kind), options_(options), headers_(headers), result_(result) {}

  void operator()(const hpack::Field& field) {
    if (result_.fault != Fault::None) return;
    if (!field.value_plain && !kValue.all(field.value)) return bad("invalid header value");
    if (!field.name.empty() && field.name[0] == ':') return pseudo(field);
    if (!field.name_ok) return bad("invalid header name");
    regular_ = true;
    std::string_view value = trimmed(field.value);
    if (field.id != HeaderId::Unknown && !known(field.id, value)) return;
    headers_.add(field.id, field.name, value);
    if (field.never_indexed) [[unlikely]]
      headers_.markNeverIndexed();
  }

  void finish() {
    if (result_.fault != Fault::None) return;
    if (cookies_ > 1) joinCookies();
    if (kind_ == BlockKind::Request) finishRequest();
    if (kind_ == BlockKind::Response && !headers_.has(HeaderId::Status)) broken("no :status");
  }

 private:
  void bad(std::string_view reason) {
    result_.fault = Fault::Field;
    result_.reason = reason;
  }
  void broken(std::string_view reason) {
    result_.fault = Fault::Message;
    result_.reason = reason;
  }

  void pseudo(const hpack::Field& field) {
    if (kind_ == BlockKind::Trailers) return bad("pseudo-header field in trailers");
    if (regular_) return bad("pseudo-header field after others");
    bool of_response = field.id == HeaderId::Status;
    if (!isPseudo(field.id) || of_response != (kind_ == BlockKind::Response))
      return bad("unknown pseudo-header field");
    if (headers_.has(field.id)) return bad("pseudo-header field repeated");
    if (field.value.empty()) return bad("pseudo-header field without a value");
    if (of_response) return status(field.value);
    if (!suits(field.id, field.value)) return bad("invalid value of a pseudo-header field");
    if (field.id == HeaderId::Authority) authority_ = true;
    headers_.add(field.id, field.value);
  }

  bool suits(HeaderId id, std::string_view value) const {
    switch (id) {
      case HeaderId::Method:
        return kToken.all(value);
      case HeaderId::Path:
        return kPath.all(value);
      case HeaderId::Authority:
        return kAuthority.all(value);
      case HeaderId::Scheme:
        return isScheme(value);
      default:
        return options_.allow_connect;  // :protocol
    }
  }

  void status(std::string_view value) {
    if (value.size() != 3) return bad("bad :status");
    int status = 0;
    for (char c : value) {
      if (c < '0' || c > '9') return bad("bad :status");
      status = status * 10 + (c - '0');
    }
    // Section 8.6: there is no switching of protocols.
    if (status < 100 || status == 101) return bad("bad :status");
    result_.status = status;
    headers_.add(HeaderId::Status, value);
  }

  // Whether it is to be added.
  bool known(HeaderId id, std::string_view value) {
    switch (id) {
      // Section 8.2.2.
      case HeaderId::Connection:
      case HeaderId::KeepAlive:
      case HeaderId::ProxyConnection:
      case HeaderId::TransferEncoding:
      case HeaderId::Upgrade:
        bad("header field of a connection");
        return false;
      case HeaderId::Te:
        if (h1::equalsIgnoreCase(value, "trailers") && kind_ != BlockKind::Trailers) return true;
        bad("bad te");
        return false;
      case HeaderId::Cookie:
        cookies_++;  // put together when all are there
        return true;
      case HeaderId::ContentLength:
        return contentLength(value);
      case HeaderId::Host:
        return host(value);
      default:
        return true;
    }
  }

  bool contentLength(std::string_view value) {
    int64_t length;
    // In trailers it is what somebody hopes to be taken for the head's (RFC 9110 section 6.5.1).
    if (kind_ == BlockKind::Trailers || result_.content_length >= 0 ||
        !parseLength(value, &length)) {
      bad("bad content-length");
      return false;
    }
    // RFC 9110 section 8.6.
    if (kind_ == BlockKind::Response && (result_.status < 200 || result_.status == 204)) {
      if (result_.status == 204 && length != 0) bad("a length without a body");
      return false;
    }
    result_.content_length = length;
    return true;
  }

  // Section 8.3.1: :authority goes before it.
  bool host(std::string_view value) {
    if (kind_ == BlockKind::Response) return true;
    if (kind_ == BlockKind::Trailers || hosts_++ > 0 || value.empty() || !kAuthority.all(value)) {
      bad("bad host");
    } else if (!authority_) {
      headers_.add(HeaderId::Authority, value);
    }
    return false;
  }

  // At the end, as in Envoy.
  void joinCookies() {
    std::string_view all = headers_.joined(HeaderId::Cookie, *headers_.arena(), "; ");
    headers_.remove(HeaderId::Cookie);
    headers_.add(HeaderId::Cookie, all);
  }

  void finishRequest() {
    if (!headers_.has(HeaderId::Method)) return broken("no :method");
    result_.connect = headers_.get(HeaderId::Method) == "CONNECT";
    bool protocol = headers_.has(HeaderId::Protocol);
    if (protocol && !result_.connect) return broken(":protocol without CONNECT");
    if (!headers_.has(HeaderId::Authority)) return broken("no :authority");
    if (result_.connect && !protocol) {
      // Section 8.5.
      if (headers_.has(HeaderId::Path) || headers_.has(HeaderId::Scheme))
        broken("CONNECT with a path");
      return;
    }
    std::string_view path = headers_.get(HeaderId::Path);
    std::string_view scheme = headers_.get(HeaderId::Scheme);
    if (path.empty()) return broken("no :path");
    if (scheme.empty()) return broken("no :scheme");
    bool http = h1::equalsIgnoreCase(scheme, "http") || h1::equalsIgnoreCase(scheme, "https");
    bool asterisk = path == "*" && headers_.get(HeaderId::Method) == "OPTIONS";
    if (http && path[0] != '/' && !asterisk) broken("bad :path");
  }

  BlockKind kind_;
  const FieldsOptions& options_;
  HeaderMap& headers_;
  FieldsResult& result_;
  uint32_t cookies_ = 0;
  uint32_t hosts_ = 0;
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
