// The board in the journal's file, beside the journal: who reads the past does not ask for it.
#pragma once

#include <map>
#include <memory>

#include "adapters/sqlite/journal.h"
#include "ports/presence_board.h"

namespace lazaret::sqlite {

inline constexpr std::size_t presences_most = 100'000;

class PresenceBoard : public ports::PresenceBoard {
 public:
  // `known`: what the file holds. `post` runs a function on the loop's thread.
  PresenceBoard(Journal& journal, Journal::Post post, std::vector<ports::PresenceEntry> known);
  const ports::PresenceEntry* find(const std::string& fabric_user_id) const override;
  void put(ports::PresenceEntry entry, Done done) override;

 private:
  using Entries = std::map<std::string, ports::PresenceEntry>;
  Journal& journal_;
  Journal::Post post_;
  std::shared_ptr<Entries> entries_ = std::make_shared<Entries>();
};

}  // namespace lazaret::sqlite
