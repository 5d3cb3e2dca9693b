#include "accesslog/query.h"

namespace attache::accesslog {
namespace {

int hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void appendDecoded(std::string_view text, LineBuffer& out) {
  for (size_t i = 0; i < text.size(); i++) {
    if (text[i] == '%' && i + 2 < text.size()) {
      int high = hexDigit(text[i + 1]);
      int low = hexDigit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out.append(static_cast<char>(high * 16 + low));
        i += 2;
        continue;
      }
    }
    out.append(text[i]);
  }
}

}  // namespace

bool appendQueryParameter(std::string_view query, std::string_view name, LineBuffer& out) {
  size_t from = out.size();
  while (!query.empty()) {
    size_t end = query.find('&');
    std::string_view part = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
    if (part.empty()) continue;
    size_t equals = part.find('=');
    appendDecoded(part.substr(0, equals), out);
    bool same = out.view().substr(from) == name;
    out.truncate(from);
    if (!same) continue;
    if (equals != std::string_view::npos) appendDecoded(part.substr(equals + 1), out);
    return true;
  }
  return false;
}

}  // namespace attache::accesslog
