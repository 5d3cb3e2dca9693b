// What the connection manager makes of a request's path and host before a route is looked for:
// normalize_path, path_with_escaped_slashes_action, merge_slashes, strip_*_host_port.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tables/generated/layout.h"

namespace attache::http {

class Stream;

// Does so with the request of a stream. False: it has been answered.
bool normalizeRequest(Stream& stream);

enum class PathAction : uint8_t { Continue, Redirect, Reject };

// The path with its query, as the manager wants it, in *out; Reject: it has a form that is not
// let in, and *out may be anything. Redirect: the client is to ask for *out.
PathAction normalizePath(const tables::HttpConnectionManager& config, std::string_view path,
                         std::string* out);

// Dot segments are resolved (RFC 3986 section 5.2.4), `\` is `/`, what needs no escape has none and
// what needs one has it; as the URL library of Envoy. False: it has an escaped NUL.
bool canonicalPath(std::string_view path, std::string* out);
// `//` → `/`, in the path alone.
std::string mergeSlashes(std::string_view path);
// Of %2F and %5C in the path alone. False: there are none, and *out is as it was.
bool unescapeSlashes(std::string_view path, std::string* out);

// The authority without its port, if it has one and that is `port`, or any with 0.
std::string_view stripPort(std::string_view authority, uint16_t port);

}  // namespace attache::http
