// Fetches what a request needs and is not there: its virtual host, the route table of its scope,
// its cluster. src/config/on_demand.ts is the half that fetches.
#pragma once

#include "http/filter.h"

namespace attache::extensions {

extern const http::FilterHooks kOnDemandFilter;

}  // namespace attache::extensions
