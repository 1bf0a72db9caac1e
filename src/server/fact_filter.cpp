#include "server/fact_filter.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/typo.h"
#include "core/fact_words.h"
#include "server/names.h"

namespace lazaret::server {
namespace {

Result<void> check_kind(const std::string& kind) {
  const auto kinds = core::fact_kinds();
  if (std::ranges::find(kinds, kind) != kinds.end()) return {};
  const std::vector<std::string> known(kinds.begin(), kinds.end());
  const std::string meant = nearest(kind, known);
  return fail(ErrorCode::invalid_input, "there are no events of the kind \"" + kind + "\"", "kind",
              meant.empty() ? one_of(kind, known) : "did you mean " + meant + "?");
}

Result<void> check_kinds(const std::string& list) {
  for (std::size_t from = 0; !list.empty() && from <= list.size();) {
    const std::size_t end = std::min(list.find(',', from), list.size());
    if (auto known = check_kind(list.substr(from, end - from)); !known) return known;
    from = end + 1;
  }
  return {};
}

bool has_task(const core::Fleet& fleet, const std::string& task) {
  return std::ranges::any_of(
      fleet.cells, [&](const auto& entry) { return entry.second.tasks.contains(TaskId(task)); });
}

}  // namespace

Result<ports::FactQuery> fact_filter(const core::Fleet& fleet, const FactWords& words,
                                     const Identity& who) {
  if (auto known = check_kinds(words.kind); !known) return std::unexpected(known.error());
  ports::FactQuery filter;
  filter.kind = words.kind;
  filter.task = words.task;
  filter.text = words.text;
  filter.from = words.from;
  filter.until = words.until;
  if (!words.cell.empty()) {
    const auto cell = cell_named(fleet, words.cell, who);
    if (!cell && cell.error().code != ErrorCode::not_found) return std::unexpected(cell.error());
    filter.cell = cell ? cell->value : words.cell;
  }
  if (!words.agent.empty() && !filter.cell.empty()) {
    // Within a mission the bare id is enough, however many others have it too.
    const AgentRef there{CellId(filter.cell), AgentId(words.agent)};
    if (core::find_agent(fleet, there) && may_see(who, there)) filter.agent = words.agent;
  }
  if (!words.agent.empty() && filter.agent.empty()) {
    const auto agent = agent_named(fleet, words.agent, who);
    if (!agent && agent.error().code != ErrorCode::not_found) return std::unexpected(agent.error());
    filter.agent = agent ? agent->agent.value : words.agent;
    if (agent && filter.cell.empty()) filter.cell = agent->cell.value;
  }
  if (who.right == Right::agent) {
    filter.cell = who.agent->cell.value;
    if (who.agent->cell == external_cell) filter.agent = who.agent->agent.value;
  }
  return filter;
}

Error ahead_of_all(std::uint64_t since, std::uint64_t recorded) {
  return {ErrorCode::invalid_input,
          fmt::format("there is no event {}: the last one is {}", since, recorded), "query since",
          "`next` of a page of this journal, or 0 for all"};
}

std::optional<Error> never_was(const core::Fleet& fleet, const FactWords& words,
                               const ports::FactQuery& filter) {
  const auto unknown = [](const char* what, const std::string& name, const char* remedy) {
    return Error{ErrorCode::not_found,
                 std::string("no ") + what + " \"" + name + "\", and the journal knows of none",
                 what, remedy};
  };
  const CellId cell(filter.cell);
  if (!words.cell.empty() && !fleet.cells.contains(cell)) {
    return unknown("cell", words.cell, "lazaret mission ls");
  }
  if (!words.agent.empty() && !core::find_agent(fleet, {cell, AgentId(filter.agent)})) {
    return unknown("agent", words.agent, "lazaret agent ls");
  }
  if (!words.task.empty() && !has_task(fleet, words.task)) {
    return unknown("task", words.task, "lazaret task ls CELL");
  }
  return std::nullopt;
}

}  // namespace lazaret::server
