// Any bytes as the beginning of a connection: no crash, and cutting them never makes more of them.
#include "tls/client_hello.h"

#include <cstdint>
#include <cstdlib>

using attache::tls::ClientHello;
using attache::tls::HelloResult;
using attache::tls::parseClientHello;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ClientHello hello, again;
  HelloResult whole = parseClientHello(bytes, 16384, &hello);
  if (hello.server_name.find('\0') != std::string::npos) abort();
  // What is known of a beginning stays true when more comes.
  HelloResult half = parseClientHello(bytes.substr(0, size / 2), 16384, &again);
  if (half != HelloResult::More && half != whole) abort();
  if (half == HelloResult::Complete && again.server_name != hello.server_name) abort();
  return 0;
}
