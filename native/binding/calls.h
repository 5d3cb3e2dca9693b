// Calls that the primary thread makes to services: a worker without listeners in its loop, and the
// calls by the numbers that JavaScript has given them. src/engine/transport.ts is the other side.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "binding/nested_loop.h"
#include "upstream/grpc_client.h"
#include "worker/worker.h"

namespace attache::binding {

// What JavaScript is told of a call, at the end of a turn.
struct CallEvent {
  // src/engine/native.ts has the same numbers.
  enum Type : uint32_t { Metadata, Message, Drain, Status, Answer, Failure };
  uint32_t call;
  Type type;
  int64_t number = 0;
  std::string text = {};
  std::string bytes = {};
  std::vector<std::string> fields = {};  // names and values in turns
};

class Caller;

class Call {
 public:
  Call(Caller& caller, uint32_t id) : caller_(caller), id_(id) {}
  virtual ~Call() = default;
  // In a turn of the loop.
  virtual void start() = 0;
  virtual void send(const std::string&) {}
  virtual void end() {}
  virtual void pause(bool) {}
  virtual size_t waiting() const { return 0; }
  bool done() const { return done_; }
  size_t posted = 0;  // bytes on their way to send()
  bool started = false;

 protected:
  void tell(CallEvent::Type type, CallEvent&& event);
  // That was the last of its events.
  void finish() { done_ = true; }
  Caller& caller_;
  uint32_t id_;

 private:
  bool done_ = false;
};

class Caller {
 public:
  Caller(napi_env env, Process& process, napi_value on_event);
  // Ends everything that is under way, and deletes this, later if it is busy.
  void stop();
  Worker& worker() { return *worker_; }
  // Takes the call over and starts it in the next turn.
  void add(uint32_t id, std::unique_ptr<Call> call);
  // Of one that is not over; null: there is none.
  Call* find(uint32_t id);
  // Runs fn(Call&) in the next turn, if the call is still there.
  template <class Fn>
  void post(uint32_t id, Fn fn) {
    worker_->loop.post([this, id, fn = std::move(fn)] {
      if (Call* call = find(id)) fn(*call);
    });
  }
  void send(uint32_t id, std::string message);
  void cancel(uint32_t id);
  void tell(CallEvent&& event) { events_.push_back(std::move(event)); }

 private:
  ~Caller();
  void deliver();
  void deliverOne(const CallEvent& event);
  void noteDrained();
  static void afterTurn(void* self) { static_cast<Caller*>(self)->deliver(); }
  napi_env env_;
  napi_ref on_event_ = nullptr;
  napi_async_context context_ = nullptr;
  std::unique_ptr<Worker> worker_;
  NestedLoop* loop_;
  std::unordered_map<uint32_t, std::unique_ptr<Call>> calls_;
  std::vector<CallEvent> events_;
  std::vector<uint32_t> waiting_;  // calls with messages that could not go
  bool delivering_ = false;
  bool stopped_ = false;
};

// Makes one of the arguments (env, caller, id, cluster, ...) of src/engine/native.ts.
std::unique_ptr<Call> makeGrpcCall(napi_env env, Caller& caller, uint32_t id, uint32_t cluster,
                                   napi_value head, napi_value fields);
std::unique_ptr<Call> makeHttpCall(napi_env env, Caller& caller, uint32_t id, uint32_t cluster,
                                   napi_value fields, napi_value body, napi_value options);

// A connection without a protocol (pipe.cc): `spec` as in callsConnect of src/engine/native.ts.
std::unique_ptr<Call> makePipe(napi_env env, Caller& caller, uint32_t id, napi_value spec);

}  // namespace attache::binding
