// The table in parts, so that each file stays readable; use operations() instead.
#pragma once

#include "wire/operations.h"

namespace lazaret::wire {

void add_fleet_operations(std::vector<Operation>& table);  // status, events, keys, the whole fleet
void add_agent_operations(std::vector<Operation>& table);  // heartbeats, agents, wakes, approvals
void add_checkpoint_operations(std::vector<Operation>& table);  // of agents
void add_account_operations(std::vector<Operation>& table);     // accounts that agents share
void add_presence_operations(std::vector<Operation>& table);    // the board of presences
void add_link_operations(std::vector<Operation>& table);        // endpoints outside
void add_mission_operations(std::vector<Operation>& table);     // cells, tasks
void add_calendar_operations(std::vector<Operation>& table);    // plans, slots, HarborForge

// Inputs that many operations share.
inline Input cell_in_path() {
  return {.name = "cell",
          .where = Where::path,
          .required = true,
          .doc = "UUID, unique prefix of at least 4 characters, or unique mission name",
          .least = 1};
}
inline Input agent_in_path() {
  return {.name = "agent",
          .where = Where::path,
          .required = true,
          .doc = "agent id where unique, else <first 8 of cell id>.<agent id>",
          .least = 1};
}
inline Input task_in_path() {
  return {.name = "task", .where = Where::path, .required = true, .doc = "task id", .least = 1};
}
inline Input reason_in_body() {
  return {.name = "reason",
          .type = ValueType::text,
          .doc = "why, for the journal and for who asks later",
          .most = 2000};
}
inline Input cursor_in_query() {
  return {.name = "cursor", .where = Where::query, .doc = "`next` of the page before", .least = 1};
}
inline Input limit_in_query(double usual_most) {
  return {.name = "limit",
          .where = Where::query,
          .type = ValueType::integer,
          .doc = "most items on a page",
          .least = 1,
          .most = usual_most};
}

}  // namespace lazaret::wire
