// An iCalendar file becomes plans and slots: all of it in one decision, or nothing.
#include <set>

#include "base/invariant.h"
#include "core/calendar_import.h"
#include "core/request_parts.h"

namespace lazaret::core::requests {

void Handler::operator()(const op::ImportCalendar& o) {
  if (!is_operator("import calendars")) return;
  const auto steps = import_steps(d.fleet(), o, d.now.wall);
  if (!steps) return d.answer(std::unexpected(steps.error()));
  std::set<std::string> zones;
  for (const ImportStep& step : *steps) {
    if (step.act == ImportAct::unchanged || step.act == ImportAct::left_out) continue;
    if (step.is_plan && step.act != ImportAct::removed) {
      // All plans of a zone are looked at anew when it is another one: once is enough.
      const std::string& zone = step.plan.zone;
      const auto data = o.zones.find(zone);
      if (data != o.zones.end() && zones.insert(zone).second) {
        LAZARET_ASSERT(knows_zone(zone, data->second));  // it was read for this plan
      }
      take_plan({step.act == ImportAct::made ? 0 : step.id, step.plan, {}});
    } else if (step.is_plan) {
      (*this)(op::RemovePlan{step.id, step.reason});
    } else if (step.act == ImportAct::removed) {
      (*this)(op::ChangeSlot{.ident = step.ident,
                             .by_agent = {},
                             .status = SlotStatus::skipped,
                             .started_at = {},
                             .reason = step.reason});
      LAZARET_ASSERT(d.take_answer().has_value());  // all of it was checked
    } else {
      (*this)(op::DefineSlot{step.ident, step.plan.work, step.at});
      LAZARET_ASSERT(d.take_answer().has_value());
    }
  }
  d.grant();
}

}  // namespace lazaret::core::requests
