// Orders are those of Envoy 1.40.
#include "route/mutations.h"

#include "base/test.h"
#include "route/test/table_builder.h"

namespace attache::route::testing {
namespace {

using tables::AppendAction;

struct Option {
  std::string name;
  std::string value;
  AppendAction action = AppendAction::AppendIfExistsOrAdd;
  bool keep_empty = false;
};

// A HeaderMutations that adds `options` to requests and removes `names`; its offset.
size_t mutations(Blob& blob, const std::vector<Option>& options,
                 const std::vector<std::string>& names) {
  size_t at = blob.alloc(sizeof(tables::HeaderMutations));
  size_t list = blob.alloc(options.size() * sizeof(tables::HeaderValueOption));
  blob.point(blob.field(at, &tables::HeaderMutations::request_add), list, options.size());
  for (const Option& option : options) {
    blob.at<tables::HeaderValueOption>(list)->action = option.action;
    blob.at<tables::HeaderValueOption>(list)->keep_empty_value = option.keep_empty;
    blob.string(blob.field(list, &tables::HeaderValueOption::name), option.name);
    size_t format = blob.alloc(sizeof(tables::Format));
    blob.pointOpt(blob.field(list, &tables::HeaderValueOption::value), format);
    size_t op = blob.alloc(sizeof(tables::FormatOp));
    blob.point(blob.field(format, &tables::Format::ops), op, 1);
    blob.string(blob.field(op, &tables::FormatOp::text), option.value);
    list += sizeof(tables::HeaderValueOption);
  }
  size_t removed = blob.alloc(names.size() * sizeof(tables::Str));
  blob.point(blob.field(at, &tables::HeaderMutations::request_remove), removed, names.size());
  for (const std::string& name : names) {
    blob.string(removed, name);
    removed += sizeof(tables::Str);
  }
  return at;
}

std::string_view plain(const tables::Format& format) {
  return format.ops[0].text.view();
}

std::string show(const HeaderMap& map) {
  std::string out;
  for (const Header& h : map) {
    out += std::string(h.nameView()) + "=" + std::string(h.valueView()) + " ";
  }
  return out;
}

std::vector<Option> level(const std::string& n) {
  return {{"q", n},
          {"o", n, AppendAction::OverwriteIfExistsOrAdd},
          {"ab", n, AppendAction::AddIfAbsent},
          {"oe", n, AppendAction::OverwriteIfExists}};
}

std::string applied(bool most_specific) {
  Blob blob;
  size_t config = blob.alloc(sizeof(tables::RouteConfig));
  size_t host = blob.alloc(sizeof(tables::VirtualHost));
  size_t route = blob.alloc(sizeof(tables::Route));
  size_t cluster = blob.alloc(sizeof(tables::WeightedCluster));
  blob.at<tables::RouteConfig>(config)->most_specific_mutations_win = most_specific;
  size_t at = mutations(blob, level("config"), {});
  blob.pointOpt(blob.field(config, &tables::RouteConfig::mutations), at);
  at = mutations(blob, level("vhost"), {});
  blob.pointOpt(blob.field(host, &tables::VirtualHost::mutations), at);
  at = mutations(blob, level("route"), {"gone"});
  blob.pointOpt(blob.field(route, &tables::Route::mutations), at);
  at = mutations(blob, level("weight"), {});
  blob.pointOpt(blob.field(cluster, &tables::WeightedCluster::mutations), at);
  BlockPool pool;
  Arena arena(pool);
  HeaderMap map(&arena);
  map.add("q", "orig");
  map.add("oe", "orig");
  map.add("gone", "x");
  map.add("accept", "y");
  Match match{blob.at<tables::VirtualHost>(host), blob.at<tables::Route>(route)};
  mutateRequest(*blob.at<tables::RouteConfig>(config), match,
                blob.at<tables::WeightedCluster>(cluster), map, plain);
  return show(map);
}

TEST(levelsInOrder) {
  CHECK_EQ(applied(false),
           "q=orig accept=y q=weight ab=weight q=route q=vhost o=config oe=config q=config ");
  CHECK_EQ(applied(true),
           "q=orig accept=y q=weight ab=weight q=config q=vhost o=route oe=route q=route ");
}

TEST(emptyValuesAndRemovalFirst) {
  Blob blob;
  size_t at = mutations(blob,
                        {{"a", ""},
                         {"b", "", AppendAction::AppendIfExistsOrAdd, true},
                         {"c", "", AppendAction::OverwriteIfExistsOrAdd},
                         {"d", "new", AppendAction::AddIfAbsent},
                         {"e", "new", AppendAction::OverwriteIfExists},
                         {"f", "1"},
                         {"f", "2"}},
                        {"d", "e", "no-such"});
  const auto& m = *blob.at<tables::HeaderMutations>(at);
  BlockPool pool;
  Arena arena(pool);
  HeaderMap map(&arena);
  for (const char* name : {"c", "d", "e"}) map.add(name, "old");
  applyMutations(m.request_add, m.request_remove, map, plain);
  CHECK_EQ(show(map), "c=old b= d=new f=1 f=2 ");
}

}  // namespace
}  // namespace attache::route::testing
