// Requests of people and agents: checked, then carried out by the decision they concern.
#pragma once

#include "core/decision.h"

namespace lazaret::core::requests {

void on_request(Decision& d, const Request& request);

}  // namespace lazaret::core::requests
