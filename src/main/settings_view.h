// Settings as `lazaret config` and GET /api/v1/settings show them.
#pragma once

#include <boost/json/value.hpp>

#include "main/settings.h"

namespace lazaret::main {

// {"settings": [{"setting", "value", "source", "place", "flag", "environment", "default", "why"}]}.
// Places that were worked out are shown as they are used.
boost::json::object settings_json(const Config& config, const Paths& paths);

// What the next start would use, for this state and these flags of the daemon; with "faults".
Result<boost::json::value> read_settings(const Paths& paths, const std::vector<std::string>& flags);

}  // namespace lazaret::main
