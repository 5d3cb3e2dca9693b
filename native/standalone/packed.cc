#include "standalone/packed.h"

#include <unistd.h>

#include <cstring>
#include <fstream>
#include <iterator>

#include "base/regex.h"
#include "tables/generated/layout.h"
#include "tls/registry.h"
#include "worker/process.h"
#include "worker/sockets.h"

namespace attache::standalone {

namespace {

constexpr size_t kSlabBytes = size_t{64} << 20;

class Reader {
 public:
  explicit Reader(std::string_view data) : data_(data) {}
  bool ok() const { return ok_; }
  bool atEnd() const { return at_ == data_.size(); }
  uint32_t number() {
    uint32_t value = 0;
    std::string_view bytes = take(sizeof value);
    if (ok_) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  std::string text() {
    uint32_t size = number();
    return std::string(take(size));
  }
  // A number of things that take at least a word each.
  uint32_t count() {
    uint32_t n = number();
    if (n > (data_.size() - at_) / sizeof(uint32_t)) ok_ = false;
    return ok_ ? n : 0;
  }
  std::string_view take(size_t n) {
    if (!ok_ || n > data_.size() - at_) {
      ok_ = false;
      return {};
    }
    at_ += n;
    return data_.substr(at_ - n, n);
  }

 private:
  std::string_view data_;
  size_t at_ = 0;
  bool ok_ = true;
};

Fixup readFixup(Reader& in) {
  Fixup fixup;
  fixup.kind = static_cast<Fixup::Kind>(in.number());
  fixup.offset = in.number();
  fixup.number = in.number();
  if (fixup.kind == Fixup::Id || fixup.kind == Fixup::Stats || fixup.kind == Fixup::Tls)
    fixup.name = in.text();
  if (fixup.kind == Fixup::Regex) {
    for (uint32_t n = in.count(); n > 0 && in.ok(); n--) fixup.patterns.push_back(in.text());
  }
  return fixup;
}

Resource readResource(Reader& in) {
  Resource resource;
  resource.kind = in.number();
  resource.name = in.text();
  for (uint32_t n = in.count(); n > 0 && in.ok(); n--) {
    std::string host = in.text();
    resource.addresses.push_back({std::move(host), in.number()});
  }
  for (uint32_t n = in.count(); n > 0 && in.ok(); n--) {
    PackedRecord record;
    record.kind = in.number();
    record.bytes = in.text();
    for (uint32_t m = in.count(); m > 0 && in.ok(); m--) record.fixups.push_back(readFixup(in));
    resource.records.push_back(std::move(record));
  }
  return resource;
}

}  // namespace

bool readPacked(const std::string& path, std::vector<Version>* versions, std::string* why) {
  std::ifstream file(path, std::ios::binary);
  std::string data{std::istreambuf_iterator<char>(file), {}};
  Reader in(data);
  if (in.take(8) != "attache1") {
    *why = "not a packed configuration";
    return false;
  }
  for (uint32_t n = in.count(); n > 0 && in.ok(); n--) {
    Version version;
    for (uint32_t m = in.count(); m > 0 && in.ok(); m--) version.push_back(readResource(in));
    versions->push_back(std::move(version));
  }
  if (in.ok() && in.atEnd() && !versions->empty()) return true;
  *why = "the file is damaged";
  return false;
}

Publisher::Publisher(Process& process) : process_(process) {}

Publisher::~Publisher() {
  for (auto& [name, fd] : sockets_) ::close(fd);
}

uint32_t Publisher::idOf(uint32_t kind, const std::string& name) {
  uint32_t next = static_cast<uint32_t>(ids_.size()) + 1;
  return ids_.try_emplace({kind, name}, next).first->second;
}

std::vector<uint32_t> Publisher::listeners() const {
  std::vector<uint32_t> all;
  for (const auto& [key, id] : ids_) {
    if (key.first == static_cast<uint32_t>(tables::RecordKind::Listener)) all.push_back(id);
  }
  return all;
}

uint32_t Publisher::find(uint32_t kind, const std::string& name) const {
  auto it = ids_.find({kind, name});
  return it == ids_.end() ? 0 : it->second;
}

bool Publisher::socketsOf(const Resource& resource, std::vector<int>* sockets, std::string* why) {
  for (const Address& address : resource.addresses) {
    std::string key = address.host + ' ' + std::to_string(address.port);
    auto it = sockets_.find(key);
    if (it == sockets_.end()) {
      BindSpec spec;
      spec.family = "ipv4";
      spec.host = address.host;
      spec.port = static_cast<int>(address.port);
      int port = 0, error = 0;
      int fd = bindListening(spec, &port, &error);
      if (fd < 0) {
        *why = key + ": " + std::strerror(error);
        return false;
      }
      it = sockets_.emplace(key, fd).first;
    }
    sockets->push_back(it->second);
  }
  return true;
}

// Fills in what the record names; references to records of the batch are left to Records.
bool Publisher::resolve(PackedRecord& record, const std::vector<int>& sockets, Lists* lists,
                        size_t base, std::string* why) {
  for (const Fixup& fixup : record.fixups) {
    uint32_t value = 0;
    if (fixup.offset + sizeof value > record.bytes.size()) {
      *why = "a fixup lies outside of its record";
      return false;
    }
    switch (fixup.kind) {
      case Fixup::Ref:
        lists->children.push_back(fixup.offset);
        lists->children.push_back(static_cast<uint32_t>(base) + fixup.number);
        continue;
      case Fixup::Id:
        value = idOf(fixup.number, fixup.name);
        break;
      case Fixup::Stats: {
        auto [it, fresh] = blocks_.try_emplace({fixup.number, fixup.name}, 0);
        if (fresh) it->second = process_.registry.alloc(static_cast<stats::Group>(fixup.number));
        value = it->second;
        break;
      }
      case Fixup::Regex: {
        std::vector<std::string_view> views(fixup.patterns.begin(), fixup.patterns.end());
        RegexRegistry::Error error;
        value = RegexRegistry::instance().acquire(views, fixup.number != 0, &error);
        if (value == 0) {
          *why = error.message;
          return false;
        }
        lists->regexes.push_back(value);
        break;
      }
      case Fixup::Tls: {
        tls::BuildError error;
        value = tls::Registry::instance().acquire(fixup.name, &error);
        if (value == 0) {
          *why = error.message;
          return false;
        }
        lists->contexts.push_back(value);
        break;
      }
      case Fixup::Socket:
        value = fixup.number < sockets.size() ? static_cast<uint32_t>(sockets[fixup.number]) : 0;
        break;
    }
    std::memcpy(record.bytes.data() + fixup.offset, &value, sizeof value);
  }
  return true;
}

bool Publisher::publish(const Version& version, std::string* why) {
  Version copy = version;
  std::vector<std::unique_ptr<Lists>> lists;
  std::vector<tables::Records::Input> inputs;
  for (Resource& resource : copy) {
    std::vector<int> sockets;
    if (!socketsOf(resource, &sockets, why)) return false;
    size_t base = inputs.size();
    for (PackedRecord& record : resource.records) {
      bool own = &record == &resource.records.back();
      Lists& list = *lists.emplace_back(std::make_unique<Lists>());
      if (!resolve(record, sockets, &list, base, why)) return false;
      auto* bytes = reinterpret_cast<const uint8_t*>(record.bytes.data());
      uint32_t id = own ? idOf(resource.kind, resource.name) : 0;
      inputs.push_back({record.kind,
                        id,
                        {bytes, record.bytes.size()},
                        list.children,
                        {},
                        list.regexes,
                        list.contexts});
    }
  }
  std::vector<uint32_t> refs;
  while (!process_.records.publish(inputs, &refs, why)) {
    if (*why != "slab") return false;
    slabs_.push_back(std::make_unique<uint8_t[]>(kSlabBytes));
    process_.records.addSlab(slabs_.back().get(), kSlabBytes);
  }
  process_.cluster_names.published(process_.records, inputs, refs);
  process_.registry.published();
  return true;
}

}  // namespace attache::standalone
