#include "worker/hand_over.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "io/address.h"

namespace attache {

namespace {

constexpr time_t kStallSeconds = 5;
// The kernel takes 253 (SCM_MAX_FD) with one message.
constexpr size_t kSocketsAtOnce = 200;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  operator int() const { return fd_; }

 private:
  int fd_;
};

bool sameUser(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == geteuid();
}

void limitStalls(int fd) {
  timeval limit{kStallSeconds, 0};
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

// Some sockets ride on one byte, for they cannot go alone.
bool sendSockets(int fd, const int* sockets, size_t n) {
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * kSocketsAtOnce)] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = CMSG_SPACE(sizeof(int) * n);
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int) * n);
  std::memcpy(CMSG_DATA(header), sockets, sizeof(int) * n);
  return sendmsg(fd, &message, MSG_NOSIGNAL) == 1;
}

// One read. The number of bytes, 0 at the end, below 0 on errors.
ssize_t receiveSome(int fd, char* into, size_t room, std::vector<int>* sockets) {
  iovec data{into, room};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * 253)];
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  ssize_t got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
  if (got < 0) return got;
  for (cmsghdr* h = CMSG_FIRSTHDR(&message); h; h = CMSG_NXTHDR(&message, h)) {
    if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS) continue;
    size_t n = (h->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    size_t before = sockets->size();
    sockets->resize(before + n);
    std::memcpy(sockets->data() + before, CMSG_DATA(h), n * sizeof(int));
  }
  return got;
}

int acceptFrom(int listening, int timeout_ms) {
  for (;;) {
    pollfd wait{listening, POLLIN, 0};
    int ready = poll(&wait, 1, timeout_ms);
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0) errno = ETIMEDOUT;
    if (ready <= 0) return -1;
    int fd = accept4(listening, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd >= 0 && sameUser(fd)) return fd;
    if (fd >= 0) ::close(fd);
    if (fd < 0 && errno != EINTR && errno != EAGAIN && errno != ECONNABORTED) return -1;
  }
}

}  // namespace

int connectUnix(std::string_view path) {
  sockaddr_storage address{};
  socklen_t size = io::unixAddress(path, &address);
  int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), size) == 0) return fd;
  int error = errno;
  ::close(fd);
  return -error;
}

int sendHandOver(std::string_view path, const std::vector<int>& sockets, std::string_view text) {
  Descriptor fd(connectUnix(path));
  if (fd < 0) return -fd;
  limitStalls(fd);
  if (!sameUser(fd)) return EPERM;
  for (size_t i = 0; i < sockets.size(); i += kSocketsAtOnce) {
    if (!sendSockets(fd, sockets.data() + i, std::min(kSocketsAtOnce, sockets.size() - i)))
      return errno;
  }
  while (!text.empty()) {
    ssize_t n = send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return errno;
    text.remove_prefix(static_cast<size_t>(n));
  }
  return 0;
}

int takeHandOver(int listening, int timeout_ms, HandOver* to) {
  Descriptor fd(acceptFrom(listening, timeout_ms));
  if (fd < 0) return errno;
  limitStalls(fd);
  char bytes[16 * 1024];
  ssize_t got;
  while ((got = receiveSome(fd, bytes, sizeof bytes, &to->sockets)) != 0) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      int error = errno == EAGAIN ? ETIMEDOUT : errno;
      for (int socket : to->sockets) ::close(socket);
      to->sockets.clear();
      return error;
    }
    to->text.append(bytes, static_cast<size_t>(got));
  }
  // The bytes that sockets rode on are zeros.
  to->text.erase(0, std::min(to->text.find_first_not_of('\0'), to->text.size()));
  return 0;
}

}  // namespace attache
