#include "http/types.h"

namespace attache::http {

std::string_view flagName(Flag flag) {
  static constexpr std::string_view kNames[] = {
      "LH",   "UH",   "UT",   "LR",   "UR", "UF",  "UC", "UO", "NR",  "DI",
      "FI",   "RL",   "UAEX", "RLSE", "DC", "URX", "SI", "IH", "DPE", "UMSDR",
      "RFCF", "NFCF", "DT",   "UPE",  "NC", "OM",  "DF", "DO", "DR"};
  static_assert(sizeof kNames / sizeof kNames[0] == static_cast<size_t>(Flag::kCount));
  return kNames[static_cast<size_t>(flag)];
}

std::string flagsText(Flags flags) {
  std::string text;
  for (unsigned i = 0; i < static_cast<unsigned>(Flag::kCount); i++) {
    if (!(flags >> i & 1)) continue;
    if (!text.empty()) text += ',';
    text += flagName(static_cast<Flag>(i));
  }
  return text.empty() ? "-" : text;
}

}  // namespace attache::http
