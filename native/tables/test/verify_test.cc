// The verifier on records built by hand, each with one thing wrong.
#include "tables/verify.h"

#include <cstring>
#include <string>
#include <type_traits>

#include "base/test.h"
#include "tables/generated/layout.h"
#include "tables/test/walk.h"

namespace attache::tables {
namespace {

// A record in memory of its own, filled with whatever structs a test places.
class Image {
 public:
  template <class T>
  explicit Image(std::type_identity<T>) {
    std::memset(memory_, 0, sizeof memory_);
    place<T>(0)->header.kind = T::kKind;
    end_ = sizeof(T);
  }
  template <class T>
  T* place(uint32_t at) {
    return reinterpret_cast<T*>(memory_ + at);
  }
  // Room at the end.
  template <class T>
  T* add(uint32_t count = 1) {
    end_ = (end_ + alignof(T) - 1) / alignof(T) * alignof(T);
    T* at = place<T>(end_);
    end_ += count * static_cast<uint32_t>(sizeof(T));
    return at;
  }
  void text(Str& field, const char* value) {
    auto length = static_cast<uint32_t>(std::strlen(value));
    char* to = add<char>(length);
    std::memcpy(to, value, length);
    field.rel = distance(&field, to);
    field.len = length;
  }
  template <class T>
  void point(Vec<T>& field, const void* to, uint32_t count) {
    field.rel = distance(&field, to);
    field.count = count;
  }
  // The verifier's complaint, empty: it passes.
  std::string verdict(const References* references = nullptr) {
    end_ = (end_ + 7) / 8 * 8;
    place<RecordHeader>(0)->size = end_;
    std::string why;
    bool good = verifyRecord(memory_, end_, &why, references);
    CHECK(good == why.empty());
    if (good) testing::walk(memory_);
    return why;
  }
  static int32_t distance(const void* from, const void* to) {
    return static_cast<int32_t>(static_cast<const char*>(to) - static_cast<const char*>(from));
  }
  uint8_t* bytes() { return memory_; }
  uint32_t size() const { return end_; }

 private:
  alignas(16) uint8_t memory_[4096];
  uint32_t end_;
};

bool about(const std::string& why, const char* what) {
  return why.find(what) != std::string::npos;
}

struct ClusterImage : Image {
  Cluster* cluster;
  ClusterImage() : Image(std::type_identity<Cluster>()), cluster(place<Cluster>(0)) {
    text(cluster->name, "backend");
  }
};

TEST(a_good_record_passes_and_reads_back) {
  ClusterImage image;
  image.cluster->lb_policy = LbPolicy::Random;
  image.cluster->default_priority.track_remaining = true;
  CHECK_EQ(image.verdict(), "");
  CHECK_EQ(image.cluster->name.view(), "backend");
}

TEST(header) {
  ClusterImage image;
  CHECK_EQ(image.verdict(), "");
  std::string why;
  CHECK(!verifyRecord(image.bytes(), image.size() - 8, &why));
  CHECK(!verifyRecord(image.bytes(), image.size() + 8, &why));
  CHECK(!verifyRecord(image.bytes(), 4, &why));
  CHECK(!verifyRecord(image.bytes(), 0, &why));
  image.cluster->header.kind = static_cast<RecordKind>(0);
  CHECK(about(image.verdict(), "known kind"));
  image.cluster->header.kind = static_cast<RecordKind>(99);
  CHECK(about(image.verdict(), "known kind"));
}

TEST(text_outside_of_the_record) {
  ClusterImage image;
  Str& name = image.cluster->name;
  int32_t good = name.rel;
  name.len = image.size() + 1000;
  CHECK(about(image.verdict(), "leaves the record"));
  name.len = UINT32_MAX;
  CHECK(about(image.verdict(), "leaves the record"));
  name.len = 7;
  name.rel = -100;
  CHECK(about(image.verdict(), "leaves the record"));
  name.rel = INT32_MAX;
  CHECK(about(image.verdict(), "leaves the record"));
  name.rel = INT32_MIN;
  CHECK(about(image.verdict(), "leaves the record"));
  // The header is not data.
  name.rel = -8;
  CHECK(about(image.verdict(), "leaves the record"));
  name.rel = good;
  CHECK_EQ(image.verdict(), "");
  // Up to the last byte, and not one more.
  name.len =
      image.size() - static_cast<uint32_t>(offsetof(Cluster, name)) - static_cast<uint32_t>(good);
  CHECK_EQ(image.verdict(), "");
  name.len++;
  CHECK(about(image.verdict(), "leaves the record"));
}

TEST(an_empty_text_points_nowhere) {
  ClusterImage image;
  image.cluster->name = {0, 0};
  CHECK_EQ(image.verdict(), "");
  image.cluster->name = {4, 0};
  CHECK(about(image.verdict(), "nothing"));
}

TEST(enums_and_flags_in_range) {
  ClusterImage image;
  uint8_t* bytes = image.bytes();
  bytes[offsetof(Cluster, lb_policy)] = 5;
  CHECK(about(image.verdict(), "out of its range"));
  bytes[offsetof(Cluster, lb_policy)] = 4;
  CHECK_EQ(image.verdict(), "");
  size_t flag = offsetof(Cluster, high_priority) + offsetof(Thresholds, track_remaining);
  bytes[flag] = 2;
  CHECK_EQ(image.verdict(), "a value is out of its range at offset " + std::to_string(flag));
  bytes[flag] = 1;
  CHECK_EQ(image.verdict(), "");
}

TEST(optional_struct) {
  ClusterImage image;
  image.add<uint8_t>();
  auto* keepalive = image.add<TcpKeepalive>();
  auto& field = image.cluster->keepalive;
  field.rel = Image::distance(&field, keepalive);
  CHECK_EQ(image.verdict(), "");
  field.rel++;
  CHECK(about(image.verdict(), "not aligned"));
  field.rel += 3 + 4;
  CHECK(about(image.verdict(), "leaves the record"));
}

TEST(vector_of_structs) {
  Image image{std::type_identity<Endpoints>()};
  auto* endpoints = image.place<Endpoints>(0);
  auto* hosts = image.add<Host>(2);
  image.point(endpoints->hosts, hosts, 2);
  image.text(hosts[1].hostname, "second");
  CHECK_EQ(image.verdict(), "");
  CHECK_EQ(endpoints->hosts[1].hostname.view(), "second");
  CHECK_EQ(endpoints->hosts.size(), 2u);

  endpoints->hosts.count = UINT32_MAX;
  CHECK(about(image.verdict(), "too long"));
  endpoints->hosts.count = 50;
  CHECK(about(image.verdict(), "too long") || about(image.verdict(), "leaves the record"));
  endpoints->hosts.count = 2;
  endpoints->hosts.rel += 2;
  CHECK(about(image.verdict(), "not aligned"));
  endpoints->hosts.rel -= 2;
  // A mistake in an element is found.
  hosts[1].health = static_cast<HostHealth>(9);
  CHECK(about(image.verdict(), "out of its range"));
  hosts[1].health = HostHealth::Degraded;
  hosts[0].hostname = {1 << 20, 4};
  CHECK(about(image.verdict(), "leaves the record"));
}

// A filter chain with one filter in it.
struct ChainImage : Image {
  Filter* filter;
  ChainImage() : Image(std::type_identity<FilterChain>()) {
    auto* chain = place<FilterChain>(0);
    filter = add<Filter>();
    point(chain->filters, filter, 1);
  }
};

TEST(extension) {
  ChainImage image;
  CHECK_EQ(image.verdict(), "");  // none at all
  auto* router = image.add<Router>();
  image.filter->config.rel = Image::distance(&image.filter->config, router);
  image.filter->config.extension = Router::kExtension;
  router->suppress_envoy_headers = true;
  CHECK_EQ(image.verdict(), "");
  image.filter->config.extension = 77;
  CHECK(about(image.verdict(), "unknown extension"));
  image.filter->config.extension = 0;
  CHECK(about(image.verdict(), "without an extension"));
  image.filter->config.extension = Router::kExtension;
  image.filter->config.rel = 0;
  CHECK(about(image.verdict(), "without a configuration"));
  // The struct of another extension does not fit what is there.
  image.filter->config.rel = Image::distance(&image.filter->config, router);
  image.filter->config.extension = HttpConnectionManager::kExtension;
  CHECK(!image.verdict().empty());
}

// A listener whose access log has a filter.
struct FilterImage : Image {
  AccessLogFilter* filter;
  FilterImage() : Image(std::type_identity<Listener>()) {
    auto* listener = place<Listener>(0);
    auto* log = add<AccessLog>();
    filter = add<AccessLogFilter>();
    point(listener->access_logs, log, 1);
    log->filter.rel = distance(&log->filter, filter);
    filter->kind = AccessLogFilterKind::And;
  }
};

TEST(a_struct_that_holds_itself) {
  FilterImage image;
  image.point(image.filter->children, image.filter, 1);
  CHECK(about(image.verdict(), "nested too deeply"));
}

TEST(structure_that_would_take_forever) {
  // Every level is the same eight structs again: 8 to the power of 32 in all.
  FilterImage image;
  auto* many = image.add<AccessLogFilter>(8);
  image.point(image.filter->children, many, 8);
  for (int i = 0; i < 8; i++) image.point(many[i].children, many, 8);
  CHECK(about(image.verdict(), "nested too deeply") || about(image.verdict(), "more structure"));
  // Not a cycle: 20 levels, each of two that share what is below.
  FilterImage wide;
  AccessLogFilter* above = wide.filter;
  for (int level = 0; level < 20; level++) {
    auto* pair = wide.add<AccessLogFilter>(2);
    wide.point(above[0].children, pair, 2);
    if (level > 0) wide.point(above[1].children, pair, 2);
    above = pair;
  }
  CHECK(about(wide.verdict(), "more structure"));
}

TEST(references_are_asked_about) {
  struct Known : References {
    bool allowed(uint32_t ref, RecordKind kind) const override {
      return ref == 7 && kind == RecordKind::VirtualHost;
    }
  } known;
  Image image{std::type_identity<RouteConfig>()};
  auto* config = image.place<RouteConfig>(0);
  auto* hosts = image.add<VirtualHostRef>(2);
  image.point(config->virtual_hosts, hosts, 2);
  CHECK_EQ(image.verdict(&known), "");
  hosts[1].host = 7;
  CHECK_EQ(image.verdict(&known), "");
  hosts[0].host = 8;
  CHECK(about(image.verdict(&known), "does not belong"));
  CHECK_EQ(image.verdict(), "");
}

}  // namespace
}  // namespace attache::tables
