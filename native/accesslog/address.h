// Parts of printed addresses.
#pragma once

#include <string_view>

#include "accesslog/values.h"

namespace attache::accesslog {

// "1.2.3.4:80" -> "1.2.3.4", "[::1]:80" -> "::1"; what has no port stays as it is.
std::string_view withoutPort(std::string_view address);

// The part of `address` that op.variant (tables::AddressPart) asks for. No value for an empty
// address; a path has no port.
Value addressPart(const tables::FormatOp& op, std::string_view address, LineBuffer& scratch);

}  // namespace attache::accesslog
