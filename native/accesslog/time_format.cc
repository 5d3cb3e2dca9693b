#include "accesslog/time_format.h"

#include <ctime>

namespace attache::accesslog {
namespace {

constexpr uint64_t kSecond = 1'000'000;

void twoDigits(char* at, int value) {
  at[0] = static_cast<char>('0' + value / 10);
  at[1] = static_cast<char>('0' + value % 10);
}

// The first `digits` (1 to 9) of a fraction of a second.
void appendFraction(uint64_t us, int digits, LineBuffer& out) {
  char text[9] = {'0', '0', '0', '0', '0', '0', '0', '0', '0'};
  uint64_t left = us % kSecond;
  for (int i = 5; i >= 0; i--) {
    text[i] = static_cast<char>('0' + left % 10);
    left /= 10;
  }
  out.append({text, static_cast<size_t>(digits)});
}

// All digits that say something.
int fractionDigits(uint64_t us) {
  uint64_t left = us % kSecond;
  if (left == 0) return 0;
  int digits = 6;
  for (; left % 10 == 0; left /= 10) digits--;
  return digits;
}

bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

struct Moment {
  uint64_t us;
  std::tm tm;
};

// One directive by the C library: `spec` from '%' to its letter.
void appendByLibrary(std::string_view spec, const Moment& moment, LineBuffer& out) {
  char directive[16];
  if (spec.size() >= sizeof directive) {
    out.append(spec);
    return;
  }
  std::memcpy(directive, spec.data(), spec.size());
  directive[spec.size()] = '\0';
  constexpr size_t kMost = 128;
  char* room = out.room(kMost);
  out.commit(std::strftime(room, kMost, directive, &moment.tm));
}

// %E...: absl's extensions. Returns how many characters after '%' it took, 0: not one of them.
size_t appendExtended(std::string_view rest, const Moment& moment, LineBuffer& out) {
  if (rest.size() < 2 || rest[0] != 'E') return 0;
  char c = rest[1];
  if (c == 'T') {
    out.append('T');
    return 2;
  }
  if (c == 'z') {
    out.append("+00:00");
    return 2;
  }
  if (c == 's') {
    out.appendNumber(moment.us / kSecond);
    return 2;
  }
  if (rest.size() < 3) return 0;
  char last = rest[2];
  if (c == '4' && last == 'Y') {
    appendByLibrary("%Y", moment, out);
    return 3;
  }
  if ((c != '*' && !isDigit(c)) || (last != 'S' && last != 'f')) return 0;
  int digits = c == '*' ? fractionDigits(moment.us) : c - '0';
  if (last == 'S') {
    appendByLibrary("%S", moment, out);
    if (digits > 0) out.append('.');
  } else if (digits == 0) {
    if (c == '*') out.append('0');
    return 3;
  }
  if (digits > 0) appendFraction(moment.us, digits, out);
  return 3;
}

// Envoy's own: %f, %3f, %s (with a digit that means nothing).
size_t appendOwn(std::string_view rest, const Moment& moment, LineBuffer& out) {
  size_t at = !rest.empty() && rest[0] >= '1' && rest[0] <= '9' ? 1 : 0;
  if (rest.size() <= at) return 0;
  if (rest[at] == 'f') {
    appendFraction(moment.us, at == 1 ? rest[0] - '0' : 9, out);
    return at + 1;
  }
  if (rest[at] == 's') {
    out.appendNumber(moment.us / kSecond);
    return at + 1;
  }
  return 0;
}

// A directive of strftime: flags, width and modifier, then its letter.
size_t libraryLength(std::string_view rest) {
  size_t at = 0;
  while (at < rest.size() && std::string_view("-_0^#").find(rest[at]) != std::string_view::npos)
    at++;
  while (at < rest.size() && isDigit(rest[at])) at++;
  if (at + 1 < rest.size() && (rest[at] == 'E' || rest[at] == 'O')) at++;
  return at < rest.size() ? at + 1 : 0;
}

size_t appendDirective(std::string_view rest, const Moment& moment, LineBuffer& out) {
  if (size_t n = appendOwn(rest, moment, out)) return n;
  if (size_t n = appendExtended(rest, moment, out)) return n;
  if (rest.substr(0, 2) == ":z") {
    out.append("+00:00");
    return 2;
  }
  if (rest.substr(0, 1) == "Z") {
    out.append("UTC");
    return 1;
  }
  return 0;
}

}  // namespace

void appendIsoTime(uint64_t us, LineBuffer& out) {
  // Lines of one second share all but the fraction: splitting a date costs more than all else.
  struct Cache {
    uint64_t second = ~uint64_t{0};
    char text[24] = {};
  };
  static thread_local Cache cache;
  uint64_t second = us / kSecond;
  if (cache.second != second) {
    std::tm tm;
    std::time_t t = static_cast<std::time_t>(second);
    gmtime_r(&t, &tm);
    int year = tm.tm_year + 1900;
    char* at = cache.text;
    twoDigits(at, year / 100 % 100);
    twoDigits(at + 2, year % 100);
    at[4] = '-';
    twoDigits(at + 5, tm.tm_mon + 1);
    at[7] = '-';
    twoDigits(at + 8, tm.tm_mday);
    at[10] = 'T';
    twoDigits(at + 11, tm.tm_hour);
    at[13] = ':';
    twoDigits(at + 14, tm.tm_min);
    at[16] = ':';
    twoDigits(at + 17, tm.tm_sec);
    at[19] = '.';
    at[23] = 'Z';
    cache.second = second;
  }
  unsigned ms = static_cast<unsigned>(us % kSecond / 1000);
  char* room = out.room(sizeof cache.text);
  std::memcpy(room, cache.text, sizeof cache.text);
  room[20] = static_cast<char>('0' + ms / 100);
  twoDigits(room + 21, static_cast<int>(ms % 100));
  out.commit(sizeof cache.text);
}

void appendTime(std::string_view spec, uint64_t us, LineBuffer& out) {
  Moment moment{us, {}};
  std::time_t t = static_cast<std::time_t>(us / kSecond);
  gmtime_r(&t, &moment.tm);
  for (size_t at = 0; at < spec.size();) {
    size_t percent = spec.find('%', at);
    if (percent == std::string_view::npos) percent = spec.size();
    out.append(spec.substr(at, percent - at));
    at = percent;
    if (at >= spec.size()) break;
    std::string_view rest = spec.substr(at + 1);
    size_t taken = appendDirective(rest, moment, out);
    if (taken == 0) {
      taken = libraryLength(rest);
      if (taken == 0) {
        out.append(spec.substr(at));
        break;
      }
      appendByLibrary(spec.substr(at, taken + 1), moment, out);
    }
    at += taken + 1;
  }
}

}  // namespace attache::accesslog
