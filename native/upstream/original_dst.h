// Clusters of the type ORIGINAL_DST: their hosts are where clients meant to go. A host is made when
// somebody first wants it, and goes when nothing has used it for some time.
#pragma once

#include <string>
#include <unordered_map>

#include "io/timers.h"
#include "upstream/cluster.h"

namespace attache::upstream {

// Of one worker, as its clusters are. Its hosts belong to the cluster.
class OriginalDst {
 public:
  explicit OriginalDst(Cluster& cluster);
  ~OriginalDst();
  OriginalDst(const OriginalDst&) = delete;
  OriginalDst& operator=(const OriginalDst&) = delete;

  // Null: nobody says where to.
  Host* choose(const ChoiceContext& context);

 private:
  bool wanted(const ChoiceContext& context, sockaddr_storage* to);
  Host* at(const sockaddr_storage& address);
  void cleanUp();
  void arm();
  static void onTimer(void* self);

  Cluster& cluster_;
  std::unordered_map<std::string, Host*> hosts_;  // by address and port
  io::Timer timer_;
};

}  // namespace attache::upstream
