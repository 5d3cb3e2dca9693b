// Parameters of a query, as %QUERY_PARAM% reads them.
#pragma once

#include <string_view>

#include "accesslog/line_buffer.h"

namespace attache::accesslog {

// Appends the decoded value of the first parameter whose decoded name is `name`; false when there
// is none. `query` is what follows the question mark. "+" stays, and so does a bad %xx.
bool appendQueryParameter(std::string_view query, std::string_view name, LineBuffer& out);

}  // namespace attache::accesslog
