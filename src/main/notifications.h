// Who outside is told what: the settings notify.* made into outboxes.
#pragma once

#include <memory>
#include <vector>

#include "adapters/notify/outbox.h"
#include "main/links.h"
#include "main/settings.h"
#include "runtime/loop.h"

namespace lazaret::main {

// What the settings ask for; empty where nobody is to be told. Errors: an address, an event or a
// secret that is none, a file of secrets that others may read. A secret is never in an error.
Result<std::vector<notify::Receiver>> read_receivers(const Config& config);

// What the outboxes kept, by their names.
using KeptValues = std::map<std::string, std::string>;

class Notifications {
 public:
  Notifications(boost::asio::io_context& io, const notify::Outbox::World& world,
                std::vector<notify::Receiver> receivers, const KeptValues& kept,
                std::uint64_t begin, Links& links);
  void note(const std::vector<runtime::RecordedFact>& facts);

 private:
  std::vector<std::unique_ptr<notify::Outbox>> outboxes_;
};

}  // namespace lazaret::main
