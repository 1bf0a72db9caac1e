// `lazaret config`: every setting, its value, and where that came from.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "cli/verb.h"

namespace lazaret::cli {

// Settings that a flag asks for and a running daemon does not have: "http.port stays 7878, not
// 8123". Both as GET /api/v1/settings gives them.
std::vector<std::string> settings_that_stay(const boost::json::value& running,
                                            const boost::json::value& asked);

void add_config_verb(std::vector<Verb>& verbs);

}  // namespace lazaret::cli
