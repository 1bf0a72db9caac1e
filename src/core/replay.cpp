#include "core/replay.h"

#include <algorithm>

#include "core/decide.h"

namespace lazaret::core {

Replayed replay(Fleet& fleet, const Recorded& recorded) {
  Replayed replayed{decide(fleet, recorded.event).facts, std::nullopt};
  const auto [was, is] = std::ranges::mismatch(recorded.facts, replayed.facts);
  if (was == recorded.facts.end() && is == replayed.facts.end()) return replayed;
  Difference& difference = replayed.difference.emplace();
  if (was != recorded.facts.end()) difference.recorded = *was;
  if (is != replayed.facts.end()) difference.now = *is;
  return replayed;
}

}  // namespace lazaret::core
