#include "codec/headers.h"

#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/test.h"

using namespace attache;

namespace {

struct Fixture {
  BlockPool pool;
  Arena arena{pool};
  HeaderMap map{&arena};
};

std::string render(const HeaderMap& map) {
  std::string out;
  for (const Header& h : map) {
    out += std::string(h.nameView()) + "=" + std::string(h.valueView()) + ";";
  }
  return out;
}

// What a HeaderMap should do, done slowly.
class Model {
 public:
  using Field = std::pair<std::string, std::string>;

  void add(const std::string& name, const std::string& value) {
    fields_.push_back({alias(name), value});
  }
  void set(const std::string& name, const std::string& value) {
    std::string n = alias(name);
    bool found = false;
    for (size_t i = 0; i < fields_.size();) {
      if (fields_[i].first == n && found) {
        fields_.erase(fields_.begin() + static_cast<ptrdiff_t>(i));
        continue;
      }
      if (fields_[i].first == n) {
        fields_[i].second = value;
        found = true;
      }
      i++;
    }
    if (!found) add(n, value);
  }
  void append(const std::string& name, const std::string& value) {
    std::string n = alias(name);
    for (size_t i = fields_.size(); i > 0; i--) {
      if (fields_[i - 1].first == n) {
        fields_[i - 1].second += "," + value;
        return;
      }
    }
    add(n, value);
  }
  size_t remove(const std::string& name) {
    std::string n = alias(name);
    return std::erase_if(fields_, [&](const Field& f) { return f.first == n; });
  }
  size_t removeValue(const std::string& value) {
    return std::erase_if(fields_, [&](const Field& f) { return f.second == value; });
  }
  std::vector<std::string> all(const std::string& name) const {
    std::vector<std::string> out;
    for (const Field& f : fields_) {
      if (f.first == alias(name)) out.push_back(f.second);
    }
    return out;
  }
  std::string render() const {
    std::string out;
    for (const Field& f : fields_) out += f.first + "=" + f.second + ";";
    return out;
  }

 private:
  static std::string alias(const std::string& n) { return n == "host" ? ":authority" : n; }
  std::vector<Field> fields_;
};

std::vector<std::string> all(const HeaderMap& map, std::string_view name) {
  std::vector<std::string> out;
  for (const Header* h = map.find(name); h != nullptr; h = map.next(h)) {
    out.push_back(std::string(h->valueView()));
  }
  return out;
}

}  // namespace

TEST(header_ids_round_trip) {
  std::set<std::string_view> seen;
  for (size_t i = 1; i < kHeaderIdCount; i++) {
    HeaderId id = static_cast<HeaderId>(i);
    std::string_view name = headerName(id);
    CHECK(!name.empty());
    CHECK(seen.insert(name).second);
    CHECK_EQ(headerId(name), id);
    CHECK_EQ(isPseudo(id), name[0] == ':');
  }
  CHECK_EQ(headerName(HeaderId::Unknown), "");
  CHECK_EQ(headerName(HeaderId::XEnvoyUpstreamRqPerTryTimeoutMs),
           "x-envoy-upstream-rq-per-try-timeout-ms");
}

TEST(header_ids_of_near_misses_are_unknown) {
  std::set<std::string_view> known;
  for (size_t i = 1; i < kHeaderIdCount; i++) known.insert(headerName(static_cast<HeaderId>(i)));
  CHECK_EQ(headerId(""), HeaderId::Unknown);
  CHECK_EQ(headerId(std::string(41, 'x')), HeaderId::Unknown);
  CHECK_EQ(headerId(std::string(100000, 'x')), HeaderId::Unknown);
  for (std::string_view name : known) {
    for (size_t at = 0; at < name.size(); at++) {
      for (int c = 0; c < 256; c++) {
        std::string other(name);
        other[at] = static_cast<char>(c);
        HeaderId id = headerId(other);
        if ((id != HeaderId::Unknown) != (known.count(other) != 0)) {
          CHECK_EQ(other, "a known name if and only if it has an id");
        }
      }
      std::string shorter(name.substr(0, at));
      CHECK_EQ(headerId(shorter) != HeaderId::Unknown, known.count(shorter) != 0);
    }
    CHECK_EQ(headerId(std::string(name) + "x") != HeaderId::Unknown,
             known.count(std::string(name) + "x") != 0);
  }
}

TEST(header_map_keeps_order_and_finds) {
  Fixture f;
  CHECK(f.map.empty());
  CHECK_EQ(f.arena.bytes(), 0u);
  f.map.add(HeaderId::Method, "GET");
  f.map.add("x-one", "1");
  f.map.add("cookie", "a");
  f.map.add("x-one", "2");
  f.map.add(HeaderId::Cookie, "b");
  f.map.add("x-empty", "");
  CHECK_EQ(render(f.map), ":method=GET;x-one=1;cookie=a;x-one=2;cookie=b;x-empty=;");
  CHECK_EQ(f.map.size(), 6u);
  CHECK_EQ(f.map.get(HeaderId::Cookie), "a");
  CHECK_EQ(f.map.get("x-one"), "1");
  CHECK(f.map.get("x-none").data() == nullptr);
  CHECK(f.map.get(HeaderId::Via).data() == nullptr);
  CHECK(f.map.get("x-empty").data() != nullptr);
  CHECK_EQ(f.map.joined(HeaderId::Cookie, f.arena, "; "), "a; b");
  CHECK_EQ(f.map.joined("x-one", f.arena), "1,2");
  CHECK_EQ(f.map.joined("x-empty", f.arena), "");
  CHECK(f.map.joined("x-none", f.arena).data() == nullptr);
  CHECK_EQ(f.map.byteSize(), 7u + 3 + 2 * 6 + 2 * 7 + 7);
}

TEST(header_map_host_is_authority) {
  Fixture f;
  f.map.add("host", "a");
  CHECK_EQ(render(f.map), ":authority=a;");
  CHECK_EQ(f.map.get("host"), "a");
  f.map.set("host", "b");
  f.map.setCopy("host", "c");
  CHECK_EQ(f.map.get(HeaderId::Authority), "c");
  CHECK_EQ(f.map.remove("host"), 1u);
  CHECK(f.map.empty());
}

TEST(header_map_matches_a_model) {
  const char* names[] = {"cookie", "via", "x-a", "x-b", "host", ":path", "content-length"};
  const char* values[] = {"", "1", "2", "three", "a value that is longer"};
  std::mt19937 random(1);
  for (int round = 0; round < 300; round++) {
    Fixture f;
    Model model;
    for (int step = 0; step < 80; step++) {
      std::string name = names[random() % 7];
      const char* value = values[random() % 5];
      switch (random() % 9) {
        case 0:
        case 1:
        case 2:
          f.map.add(f.arena.copy(name), value);
          model.add(name, value);
          break;
        case 3:
          f.map.addCopy(name, std::string(value));
          model.add(name, value);
          break;
        case 4:
          f.map.setCopy(name, std::string(value));
          model.set(name, value);
          break;
        case 5:
          f.map.set(f.arena.copy(name), value);
          model.set(name, value);
          break;
        case 6:
          f.map.appendValue(name, std::string(value));
          model.append(name, value);
          break;
        case 7:
          CHECK_EQ(f.map.remove(name), model.remove(name));
          break;
        case 8:
          CHECK_EQ(f.map.removeIf([&](const Header& h) { return h.valueView() == value; }),
                   model.removeValue(value));
          break;
      }
      if (!CHECK_EQ(render(f.map), model.render())) return;
      for (const char* n : names) {
        CHECK(all(f.map, n) == model.all(n));
        CHECK_EQ(f.map.has(n), !model.all(n).empty());
      }
    }
    HeaderMap moved(std::move(f.map));
    CHECK_EQ(render(moved), model.render());
    CHECK(f.map.empty());
    Fixture other;
    moved.cloneInto(other.map);
    f.arena.reset();
    CHECK_EQ(render(other.map), model.render());
    for (const char* n : names) CHECK(all(other.map, n) == model.all(n));
  }
}

TEST(header_map_rebase_follows_moved_bytes) {
  Fixture f;
  std::string text = "x-name:value";
  std::string moved = text;
  f.map.add(std::string_view(text).substr(0, 6), std::string_view(text).substr(7));
  f.map.add(HeaderId::Via, "static");
  f.map.rebase(moved.data() - text.data(), text.data(), text.data() + text.size());
  text.assign(text.size(), '?');
  CHECK_EQ(render(f.map), "x-name=value;via=static;");
  f.map.detach(moved.data(), moved.data() + moved.size());
  moved.assign(moved.size(), '!');
  CHECK_EQ(render(f.map), "x-name=value;via=static;");
}

TEST(header_map_is_bounded) {
  Fixture f;
  size_t added = 0;
  while (f.map.add(HeaderId::Cookie, "a") && added < 100000) added++;
  CHECK_EQ(added, size_t{HeaderMap::kMaxFields});
  CHECK_EQ(f.map.size(), size_t{HeaderMap::kMaxFields});
  CHECK_EQ(f.map.remove(HeaderId::Cookie), size_t{HeaderMap::kMaxFields});
}
