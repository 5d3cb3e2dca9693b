// What the clients and the origin of a lockstep run say, without sockets.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

namespace attache::standalone {

// A client's connection: one request at a time.
class Client {
 public:
  virtual ~Client() = default;
  // The bytes of the next request.
  virtual std::string request() = 0;
  enum class Answer { Missing, Complete, Wrong };
  // Takes from `input` what it needs; what goes back at once is added to `output`.
  virtual Answer feed(std::string& input, std::string& output) = 0;
};

// A connection that the origin has accepted.
class Origin {
 public:
  virtual ~Origin() = default;
  // Answers all requests that are there.
  virtual void feed(std::string& input, std::string& output) = 0;
};

// HTTP/2 in clear text, with prior knowledge. Like others of its kind they leave what repeats in
// HPACK's dynamic tables.
std::unique_ptr<Client> h2Client(size_t body);
std::unique_ptr<Origin> h2Origin(size_t body);

}  // namespace attache::standalone
