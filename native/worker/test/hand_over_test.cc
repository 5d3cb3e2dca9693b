#include "worker/hand_over.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <thread>

#include "base/test.h"
#include "worker/sockets.h"

using namespace attache;

namespace {

int listenAt(const std::string& path) {
  BindSpec spec;
  spec.family = "pipe";
  spec.host = path;
  int port, error;
  return bindListening(spec, &port, &error);
}

std::string placeOf(const char* name) {
  return "@attache-test-" + std::to_string(getpid()) + "-" + name;
}

}  // namespace

TEST(sockets_go_to_another_process_in_their_order) {
  std::string path = placeOf("many");
  int listening = listenAt(path);
  REQUIRE(listening >= 0);
  std::vector<int> sent;
  // More than one message of the kernel's takes.
  for (int i = 0; i < 300; i++) sent.push_back(dup(listening));
  int first[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, first) == 0);
  sent[0] = first[0];
  std::string text(100'000, 'x');
  int failed = -1;
  std::thread sender([&] { failed = sendHandOver(path, sent, text); });
  HandOver taken;
  CHECK_EQ(takeHandOver(listening, 10'000, &taken), 0);
  sender.join();
  CHECK_EQ(failed, 0);
  CHECK_EQ(taken.sockets.size(), sent.size());
  CHECK(taken.text == text);
  // The first is the end of the pair.
  REQUIRE(!taken.sockets.empty());
  CHECK_EQ(write(taken.sockets[0], "!", 1), ssize_t{1});
  char byte = 0;
  CHECK_EQ(read(first[1], &byte, 1), ssize_t{1});
  CHECK_EQ(byte, '!');
  for (int fd : taken.sockets) close(fd);
  for (int fd : sent) close(fd);
  close(first[1]);
  close(listening);
}

TEST(nobody_hands_over) {
  std::string path = placeOf("nobody");
  CHECK_EQ(connectUnix(path), -ECONNREFUSED);
  CHECK_EQ(sendHandOver(path, {}, "{}"), ECONNREFUSED);
  int listening = listenAt(path);
  REQUIRE(listening >= 0);
  HandOver taken;
  CHECK_EQ(takeHandOver(listening, 0, &taken), ETIMEDOUT);
  CHECK_EQ(sendHandOver(path, {}, "{}"), 0);
  CHECK_EQ(takeHandOver(listening, 10'000, &taken), 0);
  CHECK(taken.text == "{}");
  CHECK(taken.sockets.empty());
  close(listening);
}
