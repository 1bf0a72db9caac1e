// An iCalendar file becomes plans and slots: all of it in one decision, or nothing.
#include <fmt/format.h>

#include "base/invariant.h"
#include "core/calendar_import.h"
#include "core/request_parts.h"
#include "core/slots.h"

namespace lazaret::core::requests {

void Handler::operator()(const op::ImportCalendar& o) {
  if (!is_operator("import calendars")) return;
  const auto steps = import_steps(d.fleet(), o, d.now.wall);
  if (!steps) return d.answer(std::unexpected(steps.error()));
  for (const auto& [name, data] : o.zones) {
    if (const auto zone = zone_of(name, data); !zone) {
      return d.answer(std::unexpected(zone.error()));
    }
  }
  for (const ImportStep& step : *steps) {
    if (step.act == ImportAct::unchanged || step.act == ImportAct::left_out) continue;
    const std::string ident = std::to_string(step.id);
    if (step.act == ImportAct::removed && step.is_plan) {
      (*this)(op::RemovePlan{step.id, step.reason});
    } else if (step.act == ImportAct::removed) {
      slots::change(d, step.id,
                    {.status = SlotStatus::skipped, .by = caller.name, .reason = step.reason});
    } else if (step.is_plan) {
      const auto data = o.zones.find(step.plan.zone);
      const auto known = d.fleet().calendar.zones.find(step.plan.zone);
      const std::string bytes = data != o.zones.end()                     ? data->second
                                : known != d.fleet().calendar.zones.end() ? known->second
                                                                          : std::string();
      const bool made = step.act == ImportAct::made;
      (*this)(op::DefinePlan{made ? 0 : step.id, step.plan, bytes});
      LAZARET_ASSERT(d.take_answer().has_value());  // all of it was checked
    } else {
      const bool made = step.act == ImportAct::made;
      (*this)(op::DefineSlot{made ? std::string() : ident, step.plan.work, step.event->at});
      LAZARET_ASSERT(d.take_answer().has_value());
    }
  }
  d.grant();
}

}  // namespace lazaret::core::requests
