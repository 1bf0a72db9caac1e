// What people and agents write in place of ids, resolved for who writes it.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "core/fleet.h"
#include "server/identity.h"

namespace lazaret::server {

inline const CellId external_cell{"external"};

// Who: the token decides first; then a bare id if unique (one of the external cell keeps it), else
// "<first 8 of the cell's id>.<id>". Errors: not_found; conflict, with the candidates; refused, for
// agents that ask about another mission.
Result<AgentRef> agent_named(const core::Fleet& fleet, std::string_view text, const Identity& who);

// UUID, unique prefix of at least 4 characters, or unique mission name. Errors as above.
Result<CellId> cell_named(const core::Fleet& fleet, std::string_view text, const Identity& who);

// May this caller see what belongs to the cell (or, in the external cell, to the agent)?
bool may_see(const Identity& who, const CellId& cell);
bool may_see(const Identity& who, const AgentRef& agent);

// How each agent of the fleet is addressed; for lists.
class Addresses {
 public:
  explicit Addresses(const core::Fleet& fleet);
  std::string of(const AgentRef& ref) const;

 private:
  std::set<AgentId> ambiguous_;
};

// 1 to 64 of A-Z a-z 0-9 . _ -, not beginning with a dot or dash, nor like "<8 hex digits>.…".
bool is_external_id(std::string_view text);

}  // namespace lazaret::server
