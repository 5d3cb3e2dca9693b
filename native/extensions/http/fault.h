// Delays and answers that tests of the world behind the proxy ask for.
#pragma once

#include "http/filter.h"

namespace attache::extensions {

extern const http::FilterHooks kFaultFilter;

}  // namespace attache::extensions
