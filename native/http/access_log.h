// From a stream to access-log lines.
#pragma once

#include <string_view>

#include "accesslog/format.h"
#include "http/manager.h"
#include "http/types.h"
#include "tables/generated/layout.h"

namespace attache::http {

class Stream;

// Writes a line to each log of the stream's manager whose filter lets it pass.
void writeAccessLogs(Stream& stream);
// What is known of the stream, for expressions; `finished`: it is over.
void gatherFacts(Stream& stream, accesslog::LogInput& input, bool finished);
// The value of a formatted header, in the stream's arena.
std::string_view formatHeaderValue(const tables::Format& format, Stream& stream);

}  // namespace attache::http
