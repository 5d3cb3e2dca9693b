// Compiled configuration from a file, published as the primary thread would: for running the engine
// without Node. scripts/pack-config.ts writes the file. All integers are u32, little endian; a text
// is its length and its bytes.
//
//   file      "attache1", number of versions, versions
//   version   number of resources, resources: a whole configuration; all versions have the same
//   names resource  kind, name, number of addresses, of each host (text) and port; number of
//   records, records record    kind, bytes (text), number of fixups; children first, the last is
//   the resource itself fixup     1 offset record      the reference of an earlier record of the
//   resource
//             2 offset kind name   the directory id of a resource
//             3 offset group name  a block of statistics
//             4 offset ignore_case number of patterns, patterns
//             5 offset address     the listening socket of an address
//             6 offset 0 spec      a TLS context (tls/spec.h)
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace attache {
class Process;
}

namespace attache::standalone {

struct Fixup {
  enum Kind : uint32_t { Ref = 1, Id, Stats, Regex, Socket, Tls };
  Kind kind;
  uint32_t offset;
  uint32_t number = 0;  // record, kind, group, ignore_case or address
  std::string name;     // or the specification
  std::vector<std::string> patterns;
};
struct PackedRecord {
  uint32_t kind;
  std::string bytes;
  std::vector<Fixup> fixups;
};
struct Address {
  std::string host;
  uint32_t port;
};
struct Resource {
  uint32_t kind;
  std::string name;
  std::vector<Address> addresses;
  std::vector<PackedRecord> records;
};
using Version = std::vector<Resource>;

// Reads a file. False with `*why` when it is not one.
bool readPacked(const std::string& path, std::vector<Version>* versions, std::string* why);

// Publishes versions, one after the other. One thread.
class Publisher {
 public:
  explicit Publisher(Process& process);
  ~Publisher();
  // False with `*why`: refused, nothing was published.
  bool publish(const Version& version, std::string* why);
  // Directory ids of the listeners that were published.
  std::vector<uint32_t> listeners() const;
  // Directory id of a resource that was published; 0: there is none.
  uint32_t find(uint32_t kind, const std::string& name) const;

 private:
  using Key = std::pair<uint32_t, std::string>;
  uint32_t idOf(uint32_t kind, const std::string& name);
  // What the records of a batch refer to and use.
  struct Lists {
    std::vector<uint32_t> children, regexes, contexts;
  };
  bool resolve(PackedRecord& record, const std::vector<int>& sockets, Lists* lists, size_t base,
               std::string* why);
  bool socketsOf(const Resource& resource, std::vector<int>* sockets, std::string* why);

  Process& process_;
  std::map<Key, uint32_t> ids_, blocks_;
  std::map<std::string, int> sockets_;
  std::vector<std::unique_ptr<uint8_t[]>> slabs_;
};

}  // namespace attache::standalone
