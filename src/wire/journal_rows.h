// Rows of the journal and whole fleets, as text and back. This is the only place that knows the
// bytes.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "core/event.h"
#include "core/fact.h"
#include "core/fleet.h"

namespace lazaret::wire {

// Version of what the rows mean. Additive changes keep it.
inline constexpr int journal_schema = 1;

struct Row {
  std::string kind;
  std::string body;  // JSON object
};
Row fact_row(const core::Fact& fact);
Row event_row(const core::EventBody& event);
// Error: internal; unknown kinds are named.
Result<core::Fact> read_fact(std::string_view kind, std::string_view body);
Result<core::EventBody> read_event(std::string_view kind, std::string_view body);

// Everything, timers included: equal texts mean equal fleets.
std::string fleet_text(const core::Fleet& fleet);
Result<core::Fleet> read_fleet(std::string_view text);

}  // namespace lazaret::wire
