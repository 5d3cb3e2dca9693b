#include "mesh/workload.h"

#include <utility>

#include "base/base64.h"
#include "base/protobuf_reader.h"

namespace attache::mesh {

namespace {

// google.protobuf.Value: 3 is a text, 5 a struct.
constexpr uint64_t kText = 3, kStruct = 5;

// Calls fn(key, kind, bytes) for the fields of a Struct; false: it is none.
template <class Fn>
bool eachField(std::string_view message, Fn&& fn) {
  ProtoField field;
  while (!message.empty()) {
    if (!readProtoField(&message, &field)) return false;
    if (field.number != 1) continue;
    std::string_view entry = field.bytes, key, value;
    while (!entry.empty()) {
      if (!readProtoField(&entry, &field)) return false;
      if (field.number == 1) key = field.bytes;
      if (field.number == 2) value = field.bytes;
    }
    ProtoField last;
    while (!value.empty()) {
      if (!readProtoField(&value, &field)) return false;
      last = field;
    }
    fn(key, last.number, last.bytes);
  }
  return true;
}

void take(std::string& into, std::string_view value) {
  into = std::string(value.substr(0, kLongestLabel));
}

bool readLabels(std::string_view labels, Workload* out) {
  std::string_view app, version;
  bool read = eachField(labels, [&](std::string_view key, uint64_t kind, std::string_view value) {
    if (kind != kText) return;
    if (key == "service.istio.io/canonical-name") take(out->canonical_name, value);
    if (key == "service.istio.io/canonical-revision") take(out->canonical_revision, value);
    // The qualified names count more.
    if (key == "app.kubernetes.io/name") take(out->app, value);
    if (key == "app.kubernetes.io/version") take(out->version, value);
    if (key == "app") app = value;
    if (key == "version") version = value;
  });
  if (out->app.empty()) take(out->app, app);
  if (out->version.empty()) take(out->version, version);
  return read;
}

}  // namespace

bool readWorkload(std::string_view bytes, Workload* out) {
  bool labels = true;
  bool read = eachField(bytes, [&](std::string_view key, uint64_t kind, std::string_view value) {
    if (key == "LABELS" && kind == kStruct) labels = readLabels(value, out);
    if (kind != kText) return;
    if (key == "NAMESPACE") take(out->home, value);
    if (key == "WORKLOAD_NAME") take(out->name, value);
    if (key == "CLUSTER_ID") take(out->cluster, value);
    if (key == "IDENTITY") take(out->identity, value);
  });
  return read && labels;
}

bool readEndpoint(std::string_view text, Workload* out) {
  std::string* parts[] = {&out->name, &out->home, &out->canonical_name, &out->canonical_revision,
                          &out->cluster};
  for (std::string* part : parts) {
    size_t end = text.find(';');
    if (end == std::string_view::npos && part != &out->cluster) return false;
    take(*part, text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return true;
}

std::string_view exchangedWorkload(std::string_view bytes) {
  std::string_view all, own;
  for (ProtoField field; !bytes.empty();) {
    if (!readProtoField(&bytes, &field)) return {};
    if (field.number == 2) all = field.bytes;
  }
  bool read = eachField(all, [&](std::string_view key, uint64_t kind, std::string_view value) {
    if (key == "x-envoy-peer-metadata" && kind == kStruct) own = value;
  });
  return read ? own : std::string_view();
}

WorkloadRef Workloads::find(char kind, std::string_view said) {
  Known& known = kind == 'h' ? headers_ : kind == 's' ? structs_ : endpoints_;
  auto it = known.find(said);
  if (it != known.end()) [[likely]]
    return it->second;
  auto made = std::make_shared<Workload>();
  bool read = false;
  if (kind == 'e') {
    read = readEndpoint(said, made.get());
  } else if (kind == 's') {
    read = readWorkload(said, made.get());
  } else {
    // Padding may be missing.
    std::string text(said), bytes;
    text.append((4 - text.size() % 4) % 4, '=');
    read = decodeBase64(text, &bytes) && readWorkload(bytes, made.get());
  }
  made->id = ++last_id_;
  if (known.size() >= kMost) known.clear();
  WorkloadRef found = read ? std::move(made) : nullptr;
  known.emplace(said, found);
  return found;
}

}  // namespace attache::mesh
