// What is said of plans and slots, read from checked inputs: of a request, or of a calendar file.
#pragma once

#include "server/context.h"

namespace lazaret::server {

// The bytes of the zone in hex, as operations carry them; UTC needs none.
Result<std::string> zone_data(Context& context, const std::string& name);

// The fields of `plan.add` and `slot.add`. What is not said stays as it was in `work`, `plan`; a
// rule has to be there in the end. Errors: invalid_input, not_found, too_large.
Result<void> read_work(Context& context, const wire::Inputs& inputs, const Identity& who,
                       core::SlotWork& work);
Result<void> read_plan(Context& context, const wire::Inputs& inputs, const Identity& who,
                       core::PlanDefinition& plan);

}  // namespace lazaret::server
