// Text inside JSON quotes.
#pragma once

#include <string_view>

#include "accesslog/line_buffer.h"

namespace attache::accesslog {

// Appends `text` as the inside of a JSON string. Text that is not UTF-8 has every byte outside
// printable ASCII written as \u00xx, so that a line is JSON whatever a client sends.
void appendJsonEscaped(std::string_view text, LineBuffer& out);

}  // namespace attache::accesslog
