// What a worker knows of the mesh that it is in, and the counting of its metrics.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "accesslog/line_buffer.h"
#include "mesh/labels.h"
#include "mesh/series.h"
#include "mesh/workload.h"
#include "tables/generated/layout.h"

namespace attache::mesh {

// Where a request or connection goes, as the labels have it.
struct Service {
  std::string_view host, name, home;
  bool by_client = false;  // the client has chosen the names
};

// Of a cluster: its name where that is one that Istio gives to what is outside, or what its
// metadata says; empty: nothing.
Service serviceOf(const tables::Cluster& cluster);

// What is counted together.
enum class Kind : uint8_t { Request, Messages, Connection };

// A request or connection, for its labels. Views need only live during the call.
struct Subject {
  const tables::IstioStats* config = nullptr;
  Kind kind = Kind::Request;
  // The other end; null: it has said nothing of itself. Of a waypoint: the client.
  const Workload* peer = nullptr;
  // Of a waypoint: the host.
  const Workload* host = nullptr;
  // Of certificates, or else what the peer says; empty: none.
  std::string_view peer_principal, own_principal;
  Service service;
  bool grpc = false;
  int status = 0;
  int64_t grpc_status = -1;  // below 0: none
  uint64_t flags = 0;        // http::Flags
  std::span<const std::string_view> expressions;
};

class Mesh {
 public:
  explicit Mesh(Worker& worker);
  Workloads workloads;
  // For the values of expressions.
  accesslog::LineBuffer scratch;
  // Where the subject is counted; made when first asked for. Blocks in the order of the metrics of
  // its kind. Valid until the next call.
  const Series& series(const Subject& subject);

  // The most labels by expressions that a configuration may have.
  static constexpr size_t kMostExpressions = 32;

 private:
  static constexpr size_t kKeyWords = 12;
  using Key = uint64_t[kKeyWords + kMostExpressions];
  SeriesTable::Key keyOf(const Subject& subject, Key& key);
  const Series& add(SeriesTable::Key key, const Subject& subject);
  void label(const Subject& subject, std::string& flags, char (&numbers)[2][24], Labels& labels);
  Worker& worker_;
  TextIds texts_;
  SeriesTable table_;
  Workload own_;
};

}  // namespace attache::mesh
