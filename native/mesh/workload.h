// The workloads of a mesh: what a peer says of itself, and what the control plane says of a host.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace attache::mesh {

struct Workload {
  uint64_t id = 0;         // unlike that of any other one of the worker
  std::string name, home;  // home: its namespace
  std::string canonical_name, canonical_revision;
  std::string app, version, cluster, identity;
};
using WorkloadRef = std::shared_ptr<const Workload>;

// No label is longer: the rest is cut off. Peers say of themselves what they like.
constexpr size_t kLongestLabel = 256;

// Reads a google.protobuf.Struct as Istio's proxies send it; false: it is none. Does not set id.
bool readWorkload(std::string_view bytes, Workload* out);
// "name;namespace;canonical name;canonical revision;cluster"; false: less than that.
bool readEndpoint(std::string_view text, Workload* out);
// The Struct in what a proxy sends before the bytes of a connection (a google.protobuf.Any of a
// Struct, in which it is one of the fields); empty: there is none.
std::string_view exchangedWorkload(std::string_view bytes);

// Those that a worker has heard of, by what was said: each is read once.
class Workloads {
 public:
  // When there are so many they are all forgotten; whoever holds one keeps it.
  static constexpr size_t kMost = 1000;

  // Of a header x-envoy-peer-metadata (base64); null: it cannot be read.
  WorkloadRef ofHeader(std::string_view text) { return find('h', text); }
  WorkloadRef ofStruct(std::string_view bytes) { return find('s', bytes); }
  WorkloadRef ofEndpoint(std::string_view text) { return find('e', text); }

 private:
  WorkloadRef find(char kind, std::string_view said);
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using Known = std::unordered_map<std::string, WorkloadRef, Hash, std::equal_to<>>;
  Known headers_, structs_, endpoints_;
  uint64_t last_id_ = 0;
};

}  // namespace attache::mesh
