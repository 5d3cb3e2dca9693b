// Which requests are let in.
#pragma once

#include "http/filter.h"

namespace attache::extensions {

extern const http::FilterHooks kHttpRbac;

}  // namespace attache::extensions
