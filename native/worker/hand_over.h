// Listening sockets go from one process to the next over a Unix socket (unix(7), SCM_RIGHTS), so
// that no connection that waits in their queues is lost. Both processes have to be of the same
// user.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace attache {

struct HandOver {
  std::vector<int> sockets;  // in the order sent; the taker's to close
  std::string text;          // what was said of them
};

// Connects to a Unix socket at `path` (a leading '@': abstract). The descriptor, the caller's;
// below 0: errno, negated.
int connectUnix(std::string_view path);

// Connects to `path`, where the next process listens, and sends. The
// sockets stay open here. 0, or errno: EPERM if another user listens. Blocks for at most some
// seconds.
int sendHandOver(std::string_view path, const std::vector<int>& sockets, std::string_view text);

// Waits on `listening`, a Unix socket, for sendHandOver() of another process. 0, or errno:
// ETIMEDOUT if none has come within `timeout_ms`. Connections of other users are turned away.
int takeHandOver(int listening, int timeout_ms, HandOver* to);

}  // namespace attache
