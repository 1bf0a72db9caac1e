// The page at "/": how the fleet is, without scripts.
#pragma once

#include <string>

#include "core/fleet.h"

namespace lazaret::server {

// `in_full`: with the agents and what needs a person; else counts only.
std::string status_page(const core::Fleet& fleet, bool in_full, const std::string& version,
                        WallTime now);
std::string html_escaped(std::string_view text);

}  // namespace lazaret::server
