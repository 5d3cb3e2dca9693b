#include "extensions/network/metadata_exchange.h"

#include <cstring>
#include <string>

#include "base/protobuf_reader.h"
#include "mesh/facts.h"
#include "mesh/mesh.h"
#include "worker/process.h"
#include "worker/worker.h"

namespace attache::extensions {

namespace {

namespace s = stats::metadata_exchange;
using mesh::exchangedWorkload;
using network::FilterContext;
using network::FilterStatus;

// Before the metadata: a magic number and the length of what follows, both in network order.
constexpr size_t kHeadBytes = 8;
constexpr uint32_t kMagic = 0x3D230467;
// More than a peer has to say of itself.
constexpr uint32_t kMostBytes = 256 * 1024;

// Of a chain or a cluster on one worker.
struct Shared {
  Shared(Worker& worker, uint32_t index)
      : rows(worker.rows), stats(worker.rows.hold(index, stats::Group::MetadataExchange)) {}
  ~Shared() { rows.letGo(stats); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  stats::Rows& rows;
  stats::Block* stats;
};

uint32_t networkOrder(const char* bytes) {
  auto at = [&](int i) { return static_cast<uint32_t>(static_cast<uint8_t>(bytes[i])); };
  return at(0) << 24 | at(1) << 16 | at(2) << 8 | at(3);
}

// The first n bytes; there are as many.
std::string front(const Buffer& data, size_t n) {
  std::string bytes;
  data.forEach([&](const char* piece, size_t size) {
    if (bytes.size() < n) bytes.append(piece, std::min(size, n - bytes.size()));
  });
  return bytes;
}

// Whether the bytes are those of a protobuf message, as far as that can be told without its type.
bool isMessage(std::string_view bytes) {
  ProtoField field;
  while (!bytes.empty()) {
    if (!readProtoField(&bytes, &field)) return false;
  }
  return true;
}

class MetadataExchange {
 public:
  MetadataExchange(FilterContext& context, const tables::MetadataExchange& config,
                   const Shared& shared)
      : context_(context), config_(config), stats_(shared.stats) {}

  void onEstablished() {
    if (context_.alpn() != config_.protocol.view()) {
      stats::inc(stats_, s::alpn_protocol_not_found);
      done();
      return;
    }
    stats::inc(stats_, s::alpn_protocol_found);
    context_.write(context_.worker.process.options.peer_metadata);
    stats::inc(stats_, s::metadata_added);
    expects_ = Expects::Head;
  }

  // Whoever does not speak it after all has its bytes passed on as they are.
  FilterStatus onData(Buffer& data, bool end) {
    if (expects_ == Expects::Head && !readHead(data, end)) return FilterStatus::Pause;
    if (expects_ == Expects::Metadata && !readMetadata(data, end)) return FilterStatus::Pause;
    return FilterStatus::Continue;
  }

 private:
  enum class Expects : uint8_t { Nothing, Head, Metadata };

  // False: more has to come.
  bool readHead(Buffer& data, bool end) {
    std::string head = front(data, kHeadBytes);
    bool whole = head.size() == kHeadBytes;
    if (whole && networkOrder(head.data()) == kMagic) {
      size_ = networkOrder(head.data() + 4);
      data.drain(kHeadBytes);
      expects_ = Expects::Metadata;
      return true;
    }
    stats::inc(stats_, s::initial_header_not_found);
    if (!whole && !end) return false;
    done();
    return true;
  }

  bool readMetadata(Buffer& data, bool end) {
    if (size_ > kMostBytes) {
      stats::inc(stats_, s::header_not_found);
      done();
      return true;
    }
    if (data.size() < size_) {
      if (end) done();
      return end;
    }
    std::string said = front(data, size_);
    if (isMessage(said)) {
      data.drain(size_);
      keep(exchangedWorkload(said));
    } else {
      stats::inc(stats_, s::header_not_found);
    }
    done();
    return true;
  }

  void keep(std::string_view workload) {
    if (!workload.empty())
      context_.peer().workload = context_.worker.mesh().workloads.ofStruct(workload);
  }

  void done() {
    context_.peer().known = true;
    expects_ = Expects::Nothing;
    context_.noMoreData();
  }

  FilterContext& context_;
  const tables::MetadataExchange& config_;
  stats::Block* stats_;
  uint32_t size_ = 0;
  Expects expects_ = Expects::Nothing;
};

std::shared_ptr<void> share(Worker& worker, std::string_view, const void* config) {
  return std::make_shared<Shared>(worker,
                                  static_cast<const tables::MetadataExchange*>(config)->stats);
}

void* create(FilterContext& context, const void* config, void* shared) {
  return new MetadataExchange(context, *static_cast<const tables::MetadataExchange*>(config),
                              *static_cast<const Shared*>(shared));
}

}  // namespace

const network::FilterHooks kMetadataExchange = {
    .name = "envoy.filters.network.metadata_exchange",
    .share = share,
    .create = create,
    .onData = [](void* self, Buffer& data,
                 bool end) { return static_cast<MetadataExchange*>(self)->onData(data, end); },
    .onDestroy = [](void* self) { delete static_cast<MetadataExchange*>(self); },
    .onEstablished = [](void* self) { static_cast<MetadataExchange*>(self)->onEstablished(); },
};

}  // namespace attache::extensions
