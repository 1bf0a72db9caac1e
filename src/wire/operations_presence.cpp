#include "wire/operations_parts.h"

namespace lazaret::wire {
namespace {

Input user_in_path() {
  return {.name = "user",
          .where = Where::path,
          .required = true,
          .doc = "whom the chat system knows the agent as",
          .least = 1};
}

}  // namespace

void add_presence_operations(std::vector<Operation>& table) {
  table.push_back({.name = "presence.get",
                   .method = Method::GET,
                   .path = "/api/agents/{user}/presence",
                   .summary = "What was last said of an agent; unknown where nothing ever was.",
                   .inputs = {user_in_path()},
                   .output = "Presence",
                   .cli = "presence show USER",
                   .example = "lazaret presence show u-7"});
  table.push_back({.name = "presence.put",
                   .method = Method::PUT,
                   .path = "/api/agents/{user}/presence",
                   .scope = Scope::operator_,
                   .summary = "Say what an agent does; answered when it is on the disk.",
                   .inputs = {user_in_path(),
                              {.name = "status",
                               .required = true,
                               .doc = "what it does",
                               .words = "idle|on_call|busy|exhausted|offline|unknown"},
                              {.name = "source", .doc = "who says so", .most = 64}},
                   .more_fields = true,
                   .output = "Presence",
                   .cli = "presence set USER STATUS",
                   .example = "lazaret presence set u-7 busy"});
}

}  // namespace lazaret::wire
