// Why is this agent in the state that it is in? The evidence, the rule that fired, and the setting
// that would change it.
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
  std::string sentence;                // "write-2 is in backoff since 4s: SIGKILL"
  std::string rule;                    // the rule that led here, in one sentence
  std::string setting;                 // what would change it: name and present value
  std::string setting_place;           // where that setting is
  std::string next;                    // what will happen next, if anything is planned
  std::vector<EvidenceLine> evidence;  // oldest first
  LAZARET_FIELDS(Explanation, subject, sentence, rule, setting, setting_place, next, evidence)
};

// `ref` must exist.
Explanation explain(const Fleet& fleet, const AgentRef& ref, Stamp now);

}  // namespace lazaret::core
