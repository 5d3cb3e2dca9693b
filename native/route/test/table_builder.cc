#include "route/test/table_builder.h"

#include <deque>

#include "route/hash.h"
#include "route/trie.h"

namespace attache::route::testing {
namespace {

std::string lowered(std::string text) {
  for (char& c : text) c = static_cast<char>(lower(static_cast<uint8_t>(c)));
  return text;
}

uint32_t regexNumber(Table& table, const std::vector<std::string>& patterns) {
  std::vector<std::string_view> views(patterns.begin(), patterns.end());
  RegexRegistry::Error error;
  uint32_t number = RegexRegistry::instance().acquire(views, false, &error);
  if (number != 0) table.regexes.push_back(number);
  return number;
}

// One node for each byte, and no merging of lists: the plainest tree that can be had.
struct Node {
  std::map<uint8_t, std::unique_ptr<Node>> children;
  std::vector<uint32_t> prefix, exact;
  uint32_t regex_min = 0;
};

Node& nodeFor(Node& root, std::string_view key) {
  Node* node = &root;
  for (char c : key) {
    std::unique_ptr<Node>& next = node->children[static_cast<uint8_t>(c)];
    if (!next) next = std::make_unique<Node>();
    node = next.get();
  }
  return *node;
}

struct Out {
  std::vector<tables::TrieNode> nodes;
  std::string keys, labels;
  std::vector<uint32_t> lists;

  uint32_t list(const std::vector<uint32_t>& values) {
    if (values.empty()) return 0;
    // Lists of one in both encodings.
    if (values.size() == 1 && values[0] % 2 == 0) return values[0] | kInline;
    uint32_t offset = static_cast<uint32_t>(lists.size()) + 1;
    lists.push_back(static_cast<uint32_t>(values.size()));
    lists.insert(lists.end(), values.begin(), values.end());
    return offset;
  }
};

bool plain(const Node& node) {
  return node.prefix.empty() && node.exact.empty() && node.regex_min == 0;
}

void emit(Blob& blob, size_t trie, const Node& root) {
  Out out;
  std::deque<std::pair<const Node*, size_t>> queue{{&root, 0}};
  out.nodes.emplace_back();
  out.keys.push_back('\0');
  while (!queue.empty()) {
    auto [node, number] = queue.front();
    queue.pop_front();
    std::string label;
    while (plain(*node) && node->children.size() == 1 && label.size() < 0xffff) {
      label.push_back(static_cast<char>(node->children.begin()->first));
      node = node->children.begin()->second.get();
    }
    tables::TrieNode made{};
    made.label = static_cast<uint32_t>(out.labels.size());
    made.label_len = static_cast<uint16_t>(label.size());
    out.labels += label;
    made.prefix = out.list(node->prefix);
    made.exact = out.list(node->exact);
    made.regex_min = node->regex_min;
    made.children = static_cast<uint32_t>(out.nodes.size());
    made.child_count = static_cast<uint16_t>(node->children.size());
    for (const auto& [byte, child] : node->children) {
      queue.emplace_back(child.get(), out.nodes.size());
      out.nodes.emplace_back();
      out.keys.push_back(static_cast<char>(byte));
    }
    out.nodes[number] = made;
  }
  blob.array(blob.field(trie, &tables::ByteTrie::nodes), out.nodes);
  blob.string(blob.field(trie, &tables::ByteTrie::keys), out.keys);
  blob.string(blob.field(trie, &tables::ByteTrie::labels), out.labels);
  blob.array(blob.field(trie, &tables::ByteTrie::lists), out.lists);
}

bool fillHeader(Table& table, size_t at, const HeaderSpec& spec) {
  Blob& blob = table.blob;
  blob.string(blob.field(at, &tables::HeaderMatcher::name), spec.name);
  auto* m = blob.at<tables::HeaderMatcher>(at);
  m->kind = spec.kind;
  m->present = spec.present;
  m->invert = spec.invert;
  m->treat_missing_as_empty = spec.missing_as_empty;
  m->string.kind = spec.string;
  m->string.ignore_case = spec.ignore_case;
  if (spec.kind == tables::HeaderMatch::Range) {
    size_t range = blob.alloc(sizeof(tables::IntRange));
    blob.at<tables::IntRange>(range)->start = spec.start;
    blob.at<tables::IntRange>(range)->end = spec.end;
    blob.pointOpt(blob.field(at, &tables::HeaderMatcher::range), range);
  }
  size_t string = blob.field(at, &tables::HeaderMatcher::string);
  if (spec.kind == tables::HeaderMatch::String && spec.string == tables::StringMatch::Regex) {
    uint32_t number = regexNumber(table, {spec.value});
    blob.at<tables::StringMatcher>(string)->regex = number;
    if (number == 0) return false;
  } else {
    blob.string(blob.field(string, &tables::StringMatcher::value),
                spec.ignore_case ? lowered(spec.value) : spec.value);
  }
  return true;
}

bool fillRoute(Table& table, size_t at, const RouteSpec& spec, bool in_set) {
  Blob& blob = table.blob;
  auto* route = blob.at<tables::Route>(at);
  route->path_match = spec.kind;
  route->case_sensitive = spec.case_sensitive;
  if (spec.kind == tables::PathMatch::Regex && !in_set) {
    uint32_t number = regexNumber(table, {spec.path});
    if (number == 0) return false;
    blob.at<tables::Route>(at)->path_regex = number;
  }
  blob.string(blob.field(at, &tables::Route::path),
              spec.case_sensitive ? spec.path : lowered(spec.path));
  size_t headers = blob.alloc(spec.headers.size() * sizeof(tables::HeaderMatcher));
  blob.point(blob.field(at, &tables::Route::headers), headers, spec.headers.size());
  for (const HeaderSpec& header : spec.headers) {
    if (!fillHeader(table, headers, header)) return false;
    headers += sizeof(tables::HeaderMatcher);
  }
  return true;
}

void indexRoute(Node& root, const RouteSpec& spec, uint32_t number, bool set) {
  std::string key = spec.case_sensitive ? spec.path : lowered(spec.path);
  switch (spec.kind) {
    case tables::PathMatch::Prefix:
      nodeFor(root, key).prefix.push_back(number);
      break;
    case tables::PathMatch::Exact:
      nodeFor(root, key).exact.push_back(number);
      break;
    case tables::PathMatch::PathSeparatedPrefix:
      nodeFor(root, key).exact.push_back(number);
      nodeFor(root, key + "/").prefix.push_back(number);
      break;
    case tables::PathMatch::Connect:
      break;
    case tables::PathMatch::Regex: {
      Node& node = nodeFor(root, spec.regex_prefix);
      if (!set) {
        node.prefix.push_back(number | kNeedsRegex);
      } else if (node.regex_min == 0) {
        node.regex_min = number + 1;
      }
    }
  }
}

}  // namespace

std::unique_ptr<Table> buildHost(const std::vector<RouteSpec>& routes, Layout layout) {
  auto table = std::make_unique<Table>();
  Blob& blob = table->blob;
  size_t host = blob.alloc(sizeof(tables::VirtualHost));
  size_t list = blob.alloc(routes.size() * sizeof(tables::Route));
  blob.point(blob.field(host, &tables::VirtualHost::routes), list, routes.size());
  std::vector<std::string> patterns;
  std::vector<uint32_t> regex_routes;
  Node sensitive, folded;
  bool set = layout == Layout::IndexWithSet;
  bool any_folded = false;
  for (uint32_t i = 0; i < routes.size(); i++) {
    const RouteSpec& spec = routes[i];
    if (!fillRoute(*table, list + i * sizeof(tables::Route), spec, set)) return nullptr;
    bool is_regex = spec.kind == tables::PathMatch::Regex;
    if (is_regex) {
      patterns.push_back(spec.path);
      regex_routes.push_back(i);
    }
    bool fold = !spec.case_sensitive && !is_regex;
    any_folded |= fold;
    indexRoute(fold ? folded : sensitive, spec, i, set);
  }
  if (layout == Layout::Scan) return table;
  size_t index = blob.alloc(sizeof(tables::RouteIndex));
  blob.pointOpt(blob.field(host, &tables::VirtualHost::index), index);
  emit(blob, blob.field(index, &tables::RouteIndex::sensitive), sensitive);
  if (any_folded) emit(blob, blob.field(index, &tables::RouteIndex::folded), folded);
  if (set && !patterns.empty()) {
    uint32_t number = regexNumber(*table, patterns);
    if (number == 0) return nullptr;
    blob.at<tables::RouteIndex>(index)->regex_set = number;
    blob.array(blob.field(index, &tables::RouteIndex::regex_routes), regex_routes);
  }
  return table;
}

std::unique_ptr<Table> buildConfig(const std::vector<std::vector<std::string>>& domains,
                                   bool ignore_port) {
  auto table = std::make_unique<Table>();
  Blob& blob = table->blob;
  size_t config = blob.alloc(sizeof(tables::RouteConfig));
  blob.at<tables::RouteConfig>(config)->ignore_port = ignore_port;
  std::vector<tables::VirtualHostRef> hosts;
  std::vector<std::pair<std::string, uint32_t>> exact;
  Node suffixes, prefixes;
  bool any = false;
  for (uint32_t i = 0; i < domains.size(); i++) {
    hosts.push_back({i + 1});
    for (const std::string& written : domains[i]) {
      std::string domain = lowered(written);
      if (domain == "*") {
        blob.at<tables::RouteConfig>(config)->default_host = i + 1;
        continue;
      }
      any = true;
      if (domain.starts_with('*')) {
        nodeFor(suffixes, std::string(domain.rbegin(), domain.rend() - 1)).prefix = {i};
      } else if (domain.ends_with('*')) {
        nodeFor(prefixes, domain.substr(0, domain.size() - 1)).prefix = {i};
      } else {
        exact.emplace_back(domain, i);
      }
    }
  }
  blob.array(blob.field(config, &tables::RouteConfig::virtual_hosts), hosts);
  if (!any) return table;
  size_t index = blob.alloc(sizeof(tables::DomainIndex));
  blob.pointOpt(blob.field(config, &tables::RouteConfig::domains), index);
  size_t entries = blob.alloc(exact.size() * sizeof(tables::DomainEntry));
  blob.point(blob.field(index, &tables::DomainIndex::exact), entries, exact.size());
  std::vector<uint32_t> slots(exact.empty() ? 0 : 4);
  while (slots.size() < exact.size() * 2) slots.resize(slots.size() * 2);
  for (uint32_t i = 0; i < exact.size(); i++) {
    size_t entry = entries + i * sizeof(tables::DomainEntry);
    blob.string(blob.field(entry, &tables::DomainEntry::domain), exact[i].first);
    blob.at<tables::DomainEntry>(entry)->host = exact[i].second;
    size_t slot = hashLower(exact[i].first) & (slots.size() - 1);
    while (slots[slot] != 0) slot = (slot + 1) & (slots.size() - 1);
    slots[slot] = i + 1;
  }
  blob.array(blob.field(index, &tables::DomainIndex::slots), slots);
  emit(blob, blob.field(index, &tables::DomainIndex::suffixes), suffixes);
  emit(blob, blob.field(index, &tables::DomainIndex::prefixes), prefixes);
  return table;
}

}  // namespace attache::route::testing
