#include "mesh/mesh.h"

#include <set>
#include <string>
#include <vector>

#include "base/base64.h"
#include "base/test.h"
#include "http/types.h"
#include "worker/process.h"
#include "worker/worker.h"

using namespace attache;
using namespace attache::mesh;
using tables::IstioReporter;

namespace {

// Fields of google.protobuf.Struct, for texts of less than 128 bytes.
std::string delimited(char tag, std::string_view bytes) {
  std::string out{tag, static_cast<char>(bytes.size())};
  return out.append(bytes);
}
std::string entry(std::string_view key, std::string_view value) {
  return delimited(10, delimited(10, key) + delimited(18, value));
}
std::string text(std::string_view key, std::string_view value) {
  return entry(key, delimited(26, value));
}

std::string header(std::string_view bytes) {
  std::string out;
  Base64Encoder encoder;
  encoder.add(bytes, &out);
  encoder.finish(&out);
  return out;
}

struct Fixture {
  Fixture() {
    process.options.workload = std::string("own\0shop\0own-service\0r1\0app\0v1\0K\0001.2.3", 38);
    process.named_stats.setTold([this](bool added, uint32_t, stats::Group, std::string_view name) {
      if (added) {
        names.insert(std::string(name));
      } else {
        names.erase(std::string(name));
      }
    });
  }
  std::set<std::string> names;
  Process process;
};

std::string shown(std::string name) {
  for (char& c : name) {
    if (c == '\0') c = '|';
  }
  return name;
}

}  // namespace

TEST(a_peer_says_who_it_is) {
  std::string labels = text("app", "plain") + text("app.kubernetes.io/name", "qualified");
  std::string said = text("WORKLOAD_NAME", "w") + text("NAMESPACE", "n") + text("CLUSTER_ID", "k") +
                     text("IDENTITY", "spiffe://a/ns/n/sa/s") +
                     entry("NUMBER", std::string("\x11\0\0\0\0\0\0\0\0", 9)) +
                     entry("LABELS", delimited(42, labels));
  Workload read;
  CHECK(readWorkload(said, &read));
  CHECK_EQ(read.name, std::string("w"));
  CHECK_EQ(read.home, std::string("n"));
  CHECK_EQ(read.cluster, std::string("k"));
  CHECK_EQ(read.identity, std::string("spiffe://a/ns/n/sa/s"));
  CHECK_EQ(read.app, std::string("qualified"));
}

TEST(what_is_no_struct_says_nothing_and_breaks_nothing) {
  std::string said = text("WORKLOAD_NAME", "w") + text("NAMESPACE", "n") +
                     entry("LABELS", delimited(42, text("app", "a")));
  Workload read;
  // Cut short, and with each byte changed: no read may go beyond the end.
  for (size_t i = 0; i < said.size(); i++) {
    std::vector<char> cut(said.begin(), said.begin() + static_cast<ptrdiff_t>(i));
    readWorkload({cut.data(), cut.size()}, &read);
    exchangedWorkload({cut.data(), cut.size()});
    for (int change : {0, 0x7f, 0x80, 0xff}) {
      std::vector<char> other(said.begin(), said.end());
      other[i] = static_cast<char>(change);
      readWorkload({other.data(), other.size()}, &read);
    }
  }
  CHECK(!readWorkload("\x0a\x7f", &read));
  Workloads known;
  CHECK(known.ofHeader("not base64!") == nullptr);
  CHECK(known.ofEndpoint("a;b;c;d") == nullptr);
}

TEST(workloads_are_read_once_and_cut_to_a_bound) {
  Workloads known;
  std::string said = header(text("WORKLOAD_NAME", std::string(100, 'w')));
  WorkloadRef one = known.ofHeader(said);
  CHECK(one && one == known.ofHeader(said));
  WorkloadRef bare = known.ofHeader(said.substr(0, said.find('=')));
  CHECK(bare && bare->name == one->name && bare->id != one->id);
  WorkloadRef host = known.ofEndpoint("w;n;c;r;k");
  CHECK(host && host->name == "w" && host->home == "n" && host->canonical_revision == "r");
  CHECK_EQ(host->cluster, std::string("k"));
  std::string longest(1000, 'x');
  CHECK_EQ(known.ofEndpoint(longest + ";n;c;r;k")->name.size(), kLongestLabel);
  for (size_t i = 0; i < Workloads::kMost; i++) known.ofEndpoint(std::to_string(i) + ";n;c;r;k");
  // Forgotten, but still what it was to whoever has it.
  CHECK_EQ(one->name, std::string(100, 'w'));
  CHECK(known.ofHeader(said) == one);
  CHECK(known.ofEndpoint("w;n;c;r;k") != host);
}

TEST(ids_stand_for_one_text) {
  TextIds ids;
  CHECK_EQ(ids.of(""), 0u);
  uint64_t a = ids.of("a");
  CHECK_EQ(ids.of("a"), a);
  std::set<uint64_t> all{a};
  for (size_t i = 0; i < TextIds::kMost; i++) CHECK(all.insert(ids.of(std::to_string(i))).second);
  CHECK(ids.of("a") != a);
}

TEST(series_are_told_apart_by_their_labels) {
  Fixture fixture;
  Worker worker(fixture.process, 0);
  tables::IstioStats config{};
  config.reporter = IstioReporter::Destination;
  Subject subject;
  subject.config = &config;
  subject.status = 200;
  subject.service.name = "shop";
  subject.peer_principal = "spiffe://a/ns/n/sa/s";
  subject.own_principal = "spiffe://a/ns/m/sa/t";
  stats::Block* block = worker.mesh().series(subject).blocks[0];
  CHECK(worker.mesh().series(subject).blocks[0] == block);
  subject.status = 503;
  subject.flags = http::bit(http::Flag::UpstreamOverflow) | http::bit(http::Flag::NoRouteFound);
  CHECK(worker.mesh().series(subject).blocks[0] != block);
  std::string wanted =
      "istio_requests_total|reporter|destination|source_workload|unknown|"
      "source_canonical_service|unknown|source_canonical_revision|latest|"
      "source_workload_namespace|n|source_principal|spiffe://a/ns/n/sa/s|source_app|unknown|"
      "source_version|unknown|source_cluster|unknown|destination_workload|own|"
      "destination_workload_namespace|shop|destination_principal|spiffe://a/ns/m/sa/t|"
      "destination_app|app|destination_version|v1|destination_service|own-service|"
      "destination_canonical_service|own-service|destination_canonical_revision|r1|"
      "destination_service_name|shop|destination_service_namespace|shop|destination_cluster|K|"
      "request_protocol|http|response_code|503|grpc_response_status||response_flags|UO,NR|"
      "connection_security_policy|mutual_tls";
  bool found = false;
  for (const std::string& name : fixture.names) found |= shown(name) == wanted;
  CHECK(found);
}

TEST(series_are_bounded) {
  Fixture fixture;
  Worker worker(fixture.process, 0);
  tables::IstioStats config{};
  Subject subject;
  subject.config = &config;
  subject.kind = Kind::Messages;  // two names each
  subject.service.by_client = true;
  auto ask = [&](size_t i) {
    std::string host = std::to_string(i) + ".example.com";
    subject.service.host = subject.service.name = host;
    return worker.mesh().series(subject).blocks[0];
  };
  for (size_t i = 0; i < SeriesTable::kMost; i++) ask(i);
  size_t before = fixture.names.size();
  // From here on clients get no series of their own.
  stats::Block* shared = ask(SeriesTable::kMost + 1);
  CHECK(shared && ask(SeriesTable::kMost + 2) == shared);
  CHECK_EQ(fixture.names.size(), before + 2);
  CHECK(ask(0) != shared);
}

TEST(series_that_nobody_uses_make_room) {
  Fixture fixture;
  Worker worker(fixture.process, 0);
  SeriesTable table(worker);
  const stats::Group group = stats::Group::MeshCounter;
  uint64_t key = 0;
  for (; key < SeriesTable::kMost; key++) {
    CHECK(!table.full(1));
    std::string name = std::to_string(key);
    table.add({&key, 1}, {&name, 1}, {&group, 1});
  }
  uint64_t now = 1;
  CHECK(table.full(now));
  // Too soon to look again.
  CHECK(table.full(now + 1));
  uint64_t kept = 7;
  stats::Block* block = table.find({&kept, 1})->blocks[0];
  now += SeriesTable::kSweepMs;
  CHECK(!table.full(now));
  CHECK_EQ(table.size(), size_t{1});
  CHECK(table.find({&kept, 1})->blocks[0] == block);
  kept = 8;
  CHECK(table.find({&kept, 1}) == nullptr);
  CHECK(fixture.names == std::set<std::string>{"7"});
}
