#include "wire/operations_parts.h"

namespace lazaret::wire {

void add_link_operations(std::vector<Operation>& table) {
  table.push_back({.name = "link.list",
                   .method = Method::GET,
                   .path = "/api/v1/links",
                   .summary = "Whom outside this daemon talks to, and how that went the last time.",
                   .output = "LinkList",
                   .cli = "link ls",
                   .example = "lazaret link ls"});
  table.push_back({.name = "link.test",
                   .method = Method::POST,
                   .path = "/api/v1/links/{link}/test",
                   .scope = Scope::operator_,
                   .summary = "Send something harmless there now, and say how it went.",
                   .inputs = {{.name = "link",
                               .where = Where::path,
                               .required = true,
                               .doc = "webhook-1, ntfy-1, harborforge, fabric",
                               .least = 1}},
                   .output = "LinkTest",
                   .cli = "link test LINK",
                   .example = "lazaret link test webhook-1"});
  table.push_back(
      {.name = "backend.act",
       .method = Method::POST,
       .path = "/api/v1/backend/slot",
       .scope = Scope::operator_,
       .agents = true,
       .summary =
           "Say that the slot that a backend gave an agent is done, given up, paused, or goes "
           "on: agents of their own.",
       .inputs = {{.name = "action",
                   .required = true,
                   .doc = "what is to be said of it",
                   .words = "complete|abort|pause|resume"},
                  {.name = "agent", .doc = "whose slot (the only one under way)", .least = 1},
                  {.name = "reason",
                   .type = ValueType::text,
                   .doc = "what was done, or why",
                   .most = 2000}},
       .output = "BackendSlot",
       .cli = "slot complete",
       .example = "lazaret slot complete --reason 'the report is written'"});
}

}  // namespace lazaret::wire
