// From a stream to access-log lines.
#pragma once

#include <string_view>

#include "http/manager.h"
#include "http/types.h"
#include "tables/generated/layout.h"

namespace attache::http {

class Stream;

// Writes a line to each log of the stream's manager whose filter lets it pass.
void writeAccessLogs(Stream& stream);
// The value of a formatted header, in the stream's arena.
std::string_view formatHeaderValue(const tables::Format& format, Stream& stream);

}  // namespace attache::http
