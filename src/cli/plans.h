// Where verbs depart from what the table of operations alone would give them.
#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "cli/operation_verb.h"

namespace lazaret::cli {

// By the operation's name; an operation may have several verbs.
std::map<std::string_view, std::vector<Plan>> plans_by_operation();

// A task's or agent's id made of what people call it: "Read the archive" → "read-the-archive".
std::string id_of_title(std::string_view title);

}  // namespace lazaret::cli
