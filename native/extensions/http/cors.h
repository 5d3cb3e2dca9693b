// What pages of other origins may do (Fetch standard, "HTTP CORS protocol"), as routes say.
#pragma once

#include "http/filter.h"

namespace attache::extensions {

extern const http::FilterHooks kCorsFilter;

}  // namespace attache::extensions
