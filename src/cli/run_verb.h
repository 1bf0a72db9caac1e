// `lazaret run -- CMD`: any program becomes a supervised agent of a mission of its own.
#pragma once

#include <boost/json/object.hpp>
#include <vector>

#include "base/paths.h"
#include "cli/verb.h"

namespace lazaret::cli {

inline constexpr std::string_view made_by_run = "lazaret run";  // its missions' created_by

void add_run_verb(std::vector<Verb>& verbs);

// What can be wrong with the words of a `run`, before anything is started. Error: invalid_input.
Result<void> check_run(const Arguments& arguments);

// The body of POST /api/v1/cells: a mission with this one agent.
Result<boost::json::object> run_body(const Arguments& arguments, const std::string& name,
                                     const std::string& working_directory,
                                     const std::string& env_file);

// {"memory", "cpu", "pids"} of --mem, --cpu and --pids: what an agent may use.
Result<boost::json::object> limits_of(const Arguments& arguments);
const std::vector<Flag>& limit_flags();

// Letters, digits, - and _ only, without an ending such as ".py"; may become empty.
std::string tidy_name(std::string name);

// A name made of the program's: "python3 agent.py" → "agent", "/bin/sleep 5" → "sleep".
std::string name_of_command(const std::vector<std::string>& command);

// NAME=value lines of the environment that an agent gets: without LAZARET_* (they are its own) and
// without values that have a line break; their names are put into `left_out`.
std::string env_file_text(const Environment& environment, std::vector<std::string>& left_out);

// The exit status of `run` for the last exit of its agent: the code, or 128 + signal.
int status_of_exit(const boost::json::value& exit);

// "out of memory (limit 50 MiB)" where that ended it, else empty.
std::string memory_death(const boost::json::value& exit, const Arguments& arguments);

// How things stand with the agent of a `run`, from GET /api/v1/agents/{agent}.
enum class RunStage { going, ended, needs_person, given_up };
RunStage stage_of(const boost::json::value& agent);

}  // namespace lazaret::cli
