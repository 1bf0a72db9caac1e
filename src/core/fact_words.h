// What a fact is called and whom it concerns: for the journal's columns and every list of events.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/fact.h"

namespace lazaret::core {

// "agent_exited", "task_claimed", …
std::string_view kind_of(const Fact& fact);

// Every kind there is.
std::span<const std::string_view> fact_kinds();

// A build that does not know this kind may pass over it: nothing that happens later depends on it.
// Every other kind keeps an older build from acting on a journal that it does not understand.
bool may_be_skipped(std::string_view kind);

// Empty ids where the fact concerns none.
struct FactSubject {
  CellId cell;
  AgentId agent;
  TaskId task;
};
FactSubject subject_of(const Fact& fact);

// One plain sentence without a subject: "exited with SIGKILL after 3m 10s".
std::string sentence_of(const Fact& fact);
std::string because(const std::string& reason);  // ": reason", or nothing

}  // namespace lazaret::core
