#include "mesh/mesh.h"

#include <algorithm>
#include <charconv>

#include "http/types.h"
#include "worker/process.h"
#include "worker/worker.h"

namespace attache::mesh {

namespace {

using tables::IstioLabel;
using tables::IstioMetric;
using tables::IstioReporter;

constexpr std::string_view kUnknown = "unknown";

std::string_view orUnknown(std::string_view text) {
  return text.empty() ? kUnknown : text;
}

std::string_view shortened(std::string_view text) {
  return text.substr(0, kLongestLabel);
}

// "spiffe://domain/ns/<namespace>/sa/account"
std::string_view homeOf(std::string_view principal) {
  size_t at = principal.find("/ns/");
  if (at == std::string_view::npos) return {};
  principal.remove_prefix(at + 4);
  return principal.substr(0, principal.find('/'));
}

// The labels of one end, in one order.
struct End {
  IstioLabel workload, home, principal, app, version, canonical_service, canonical_revision,
      cluster;
};
constexpr End kSource = {IstioLabel::SourceWorkload,          IstioLabel::SourceWorkloadNamespace,
                         IstioLabel::SourcePrincipal,         IstioLabel::SourceApp,
                         IstioLabel::SourceVersion,           IstioLabel::SourceCanonicalService,
                         IstioLabel::SourceCanonicalRevision, IstioLabel::SourceCluster};
constexpr End kDestination = {
    IstioLabel::DestinationWorkload,          IstioLabel::DestinationWorkloadNamespace,
    IstioLabel::DestinationPrincipal,         IstioLabel::DestinationApp,
    IstioLabel::DestinationVersion,           IstioLabel::DestinationCanonicalService,
    IstioLabel::DestinationCanonicalRevision, IstioLabel::DestinationCluster};

// This proxy's end: what is not there stays empty, as with Istio.
void setOwn(Labels& labels, const End& end, const Workload& own, std::string_view principal) {
  labels.set(end.workload, own.name);
  labels.set(end.home, own.home);
  labels.set(end.principal, orUnknown(principal));
  labels.set(end.app, own.app);
  labels.set(end.version, own.version);
  labels.set(end.canonical_service, own.canonical_name);
  labels.set(end.canonical_revision, own.canonical_revision);
  labels.set(end.cluster, own.cluster);
}

void setPeer(Labels& labels, const End& end, const Workload* peer, std::string_view home,
             std::string_view principal, std::string_view revision) {
  static const Workload kNone;
  const Workload& known = peer ? *peer : kNone;
  labels.set(end.workload, orUnknown(known.name));
  labels.set(end.home, orUnknown(home));
  labels.set(end.principal, orUnknown(principal));
  labels.set(end.app, orUnknown(known.app));
  labels.set(end.version, orUnknown(known.version));
  labels.set(end.canonical_service, orUnknown(known.canonical_name));
  labels.set(end.canonical_revision,
             known.canonical_revision.empty() ? revision : known.canonical_revision);
  labels.set(end.cluster, orUnknown(known.cluster));
}

void setService(Labels& labels, std::string_view host, std::string_view name,
                std::string_view home) {
  labels.set(IstioLabel::DestinationService, host);
  labels.set(IstioLabel::DestinationServiceName, name);
  labels.set(IstioLabel::DestinationServiceNamespace, home);
}

template <class Number>
std::string_view write(char (&into)[24], Number number) {
  return {into, static_cast<size_t>(std::to_chars(into, into + sizeof into, number).ptr - into)};
}

struct Counted {
  IstioMetric metric;
  stats::Group group;
};
constexpr Counted kRequest[] = {{IstioMetric::RequestsTotal, stats::Group::MeshCounter},
                                {IstioMetric::RequestDuration, stats::Group::MeshHistogram},
                                {IstioMetric::RequestBytes, stats::Group::MeshHistogram},
                                {IstioMetric::ResponseBytes, stats::Group::MeshHistogram}};
constexpr Counted kMessages[] = {{IstioMetric::RequestMessagesTotal, stats::Group::MeshCounter},
                                 {IstioMetric::ResponseMessagesTotal, stats::Group::MeshCounter}};
constexpr Counted kConnection[] = {{IstioMetric::TcpConnectionsOpened, stats::Group::MeshCounter},
                                   {IstioMetric::TcpConnectionsClosed, stats::Group::MeshCounter},
                                   {IstioMetric::TcpSentBytes, stats::Group::MeshCounter},
                                   {IstioMetric::TcpReceivedBytes, stats::Group::MeshCounter}};

std::span<const Counted> countedOf(Kind kind) {
  switch (kind) {
    case Kind::Request:
      return kRequest;
    case Kind::Messages:
      return kMessages;
    default:
      return kConnection;
  }
}

// Without what clients may choose freely.
Subject bounded(const Subject& subject, std::span<std::string_view> expressions) {
  Subject less = subject;
  less.peer = less.host = nullptr;
  // A host may send any number: those that have no name are Unknown.
  if (less.grpc_status > 16) less.grpc_status = 2;
  if (less.service.by_client) less.service.host = less.service.name = kUnknown;
  std::fill(expressions.begin(), expressions.end(), kUnknown);
  less.expressions = expressions;
  return less;
}

}  // namespace

Service serviceOf(const tables::Cluster& cluster) {
  std::string_view name = cluster.name.view();
  for (std::string_view each :
       {"BlackHoleCluster", "PassthroughCluster", "InboundPassthroughCluster",
        "InboundPassthroughClusterIpv4", "InboundPassthroughClusterIpv6"}) {
    if (name == each) return {.host = {}, .name = name, .home = {}, .by_client = false};
  }
  const tables::MeshService* own = cluster.service.get();
  if (!own) return {};
  return {own->host.view(), own->name.view(), own->home.view(), false};
}

Mesh::Mesh(Worker& worker) : worker_(worker), table_(worker) {
  // Each behind a NUL: src/config/peer_metadata.ts.
  std::string_view left = worker.process.options.workload;
  for (std::string* part : {&own_.name, &own_.home, &own_.canonical_name, &own_.canonical_revision,
                            &own_.app, &own_.version, &own_.cluster}) {
    size_t end = left.find('\0');
    *part = std::string(left.substr(0, end));
    left = end == std::string_view::npos ? std::string_view() : left.substr(end + 1);
  }
  std::string build("istio_build\0component\0proxy\0tag\0", 32);
  build.append(orUnknown(left));
  constexpr auto kGroup = stats::Group::MeshBuild;
  uint32_t number =
      worker.process.named_stats.acquire(kGroup, build, worker.process.records.settled());
  // As long as the worker: of a number that there is none of it is nobody's.
  stats::set(worker.rows.hold(number, kGroup), stats::mesh_build::value, 1);
}

const Series& Mesh::series(const Subject& subject) {
  Key memory;
  SeriesTable::Key key = keyOf(subject, memory);
  if (const Series* found = table_.find(key)) [[likely]]
    return *found;
  if (!table_.full(worker_.loop.nowMs())) return add(key, subject);
  std::string_view expressions[kMostExpressions];
  Subject less =
      bounded(subject, {expressions, std::min(subject.expressions.size(), kMostExpressions)});
  key = keyOf(less, memory);
  if (const Series* found = table_.find(key)) return *found;
  return add(key, less);
}

SeriesTable::Key Mesh::keyOf(const Subject& subject, Key& key) {
  uint64_t numbers = static_cast<uint64_t>(static_cast<uint32_t>(subject.status)) |
                     static_cast<uint64_t>(subject.grpc) << 32 |
                     static_cast<uint64_t>(subject.kind) << 33;
  uint64_t* at = key;
  *at++ = subject.config->identity;
  *at++ = subject.peer ? subject.peer->id : 0;
  *at++ = subject.host ? subject.host->id : 0;
  *at++ = texts_.of(shortened(subject.peer_principal));
  *at++ = texts_.of(shortened(subject.own_principal));
  *at++ = texts_.of(shortened(subject.service.host));
  *at++ = texts_.of(shortened(subject.service.name));
  *at++ = texts_.of(shortened(subject.service.home));
  *at++ = numbers;
  *at++ = static_cast<uint64_t>(subject.grpc_status);
  *at++ = subject.flags;
  for (size_t i = 0; i < subject.expressions.size() && i < kMostExpressions; i++)
    *at++ = texts_.of(shortened(subject.expressions[i]));
  return {key, static_cast<size_t>(at - key)};
}

const Series& Mesh::add(SeriesTable::Key key, const Subject& subject) {
  std::string flags;
  char numbers[2][24];
  Labels labels;
  label(subject, flags, numbers, labels);
  std::string_view expressions[kMostExpressions];
  size_t count = std::min(subject.expressions.size(), kMostExpressions);
  for (size_t i = 0; i < count; i++) expressions[i] = shortened(subject.expressions[i]);
  std::string names[Series::kMost];
  stats::Group groups[Series::kMost] = {};
  size_t n = 0;
  for (const Counted& each : countedOf(subject.kind)) {
    names[n] = seriesName(*subject.config, each.metric, labels, {expressions, count});
    groups[n++] = each.group;
  }
  return table_.add(key, {names, n}, {groups, n});
}

void Mesh::label(const Subject& subject, std::string& flags, char (&numbers)[2][24],
                 Labels& labels) {
  std::string_view peer_principal = shortened(subject.peer_principal);
  std::string_view own_principal = shortened(subject.own_principal);
  std::string_view peer_home = homeOf(peer_principal);
  if (peer_home.empty() && subject.peer) peer_home = subject.peer->home;
  std::string_view host = shortened(subject.service.host), name = shortened(subject.service.name),
                   home = shortened(subject.service.home);
  IstioReporter reporter = subject.config->reporter;
  switch (reporter) {
    case IstioReporter::Source:
      labels.set(IstioLabel::Reporter, "source");
      setOwn(labels, kSource, own_, own_principal);
      setPeer(labels, kDestination, subject.peer, peer_home, peer_principal, "latest");
      setService(labels, orUnknown(host), orUnknown(name),
                 home.empty() ? orUnknown(peer_home) : home);
      break;
    case IstioReporter::Destination:
      labels.set(IstioLabel::Reporter, "destination");
      setPeer(labels, kSource, subject.peer, peer_home, peer_principal, "latest");
      setOwn(labels, kDestination, own_, own_principal);
      setService(labels, host.empty() ? own_.canonical_name : host,
                 name.empty() ? own_.canonical_name : name, own_.home);
      break;
    case IstioReporter::Waypoint:
      labels.set(IstioLabel::Reporter, "waypoint");
      setPeer(labels, kSource, subject.peer, peer_home, peer_principal, "latest");
      setPeer(labels, kDestination, subject.host, subject.host ? subject.host->home : "",
              subject.host ? subject.host->identity : "", kUnknown);
      setService(labels, orUnknown(host), orUnknown(name), orUnknown(home));
      break;
  }
  if (subject.kind == Kind::Messages) return;
  bool bytes = subject.kind == Kind::Connection;
  labels.set(IstioLabel::RequestProtocol, bytes ? "tcp" : subject.grpc ? "grpc" : "http");
  if (!bytes) {
    labels.set(IstioLabel::ResponseCode, write(numbers[0], subject.status));
    labels.set(IstioLabel::GrpcResponseStatus,
               subject.grpc_status < 0 ? "" : write(numbers[1], subject.grpc_status));
  }
  flags = http::flagsText(subject.flags);
  labels.set(IstioLabel::ResponseFlags, flags);
  bool mutual = !peer_principal.empty() && !own_principal.empty();
  labels.set(IstioLabel::ConnectionSecurityPolicy, reporter == IstioReporter::Source ? kUnknown
                                                   : mutual                          ? "mutual_tls"
                                                                                     : "none");
}

}  // namespace attache::mesh
