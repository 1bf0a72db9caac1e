// Why is this agent, task, wake, approval, mission, plan or slot in the state that it is in? The
// evidence, the rule that fired, the setting that would change it, and what would have to happen
// next.
//
// What stands in the fleet is told here; what only the journal still knows (who paused it, what
// followed an answer) is added by who can read it, with add_past().
#pragma once

#include <string>
#include <vector>

#include "core/fleet.h"

namespace lazaret::core {

struct EvidenceLine {
  WallTime at{};
  double age_seconds = 0;
  std::string kind;
  std::string text;
  LAZARET_FIELDS(EvidenceLine, at, age_seconds, kind, text)
};

struct Explanation {
  std::string subject;
  std::string state;                   // "backoff", "pending", "replaced", "open", "paused"
  Stamp since;                         // of `state`
  std::string reason;                  // as recorded with it; may be empty
  std::string sentence;                // "write-2 is in backoff since 4s: SIGKILL"
  std::string rule;                    // the rule that led here, in one sentence
  std::string setting;                 // what would change it: name and present value
  std::string setting_place;           // where that setting is
  std::string next;                    // what will happen next, if anything is planned
  std::vector<EvidenceLine> evidence;  // oldest first
  LAZARET_FIELDS(Explanation, subject, state, since, reason, sentence, rule, setting, setting_place,
                 next, evidence)
};

// Lines of evidence in one explanation; the oldest go first.
inline constexpr std::size_t evidence_most = 60;

// What is asked about must exist.
Explanation explain(const Fleet& fleet, const AgentRef& ref, Stamp now);
Explanation explain(const Fleet& fleet, const TaskRef& ref, Stamp now);
Explanation explain(const Fleet& fleet, const WakeId& id, Stamp now);
Explanation explain(const Fleet& fleet, const ApprovalId& id, Stamp now);
Explanation explain(const Fleet& fleet, const CellId& id, Stamp now);
Explanation explain_plan(const Fleet& fleet, std::int64_t id, Stamp now);
// `ident`: a slot's number, or the virtual id of an occurrence.
Explanation explain_slot(const Fleet& fleet, const std::string& ident, Stamp now);

// Puts lines of the journal into the evidence, each at its time.
void add_past(Explanation& why, const std::vector<HistoryLine>& past, Stamp now);

}  // namespace lazaret::core
