// Answers of the API as text for people. Pure: tested against recorded answers.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "cli/terminal.h"

namespace lazaret::cli {

// `schema` is the name of the operation's output.
std::string render(std::string_view schema, const boost::json::value& answer, const Look& look,
                   WallTime now);

// The sentence first, then who needs you, then a row for each agent. `agents` is an AgentPage.
std::string render_status(const boost::json::value& status, const boost::json::value& agents,
                          const Look& look, WallTime now);

// A line for each directory that is no mission, or whose files are wrong now ("" without any).
std::string render_troubled(const boost::json::array& directories, const Look& look);

std::string render_agents(const boost::json::value& page, const Look& look, WallTime now);

// Evidence from oldest to newest, the rule that fired, the setting that would change it.
std::string render_why(const boost::json::value& why, const Look& look, WallTime now);

// One event in one line, without the newline.
std::string render_event(const boost::json::value& event, const Look& look);

// How a process ended: "exit 3", "SIGKILL", "out of memory", …
std::string render_exit(const boost::json::value& exit);

Ink ink_of_state(std::string_view state);

}  // namespace lazaret::cli
