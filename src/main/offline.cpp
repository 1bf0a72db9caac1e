#include "main/offline.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <functional>
#include <tuple>

#include "adapters/cells/cell_store.h"
#include "adapters/cells/lint.h"
#include "adapters/logs/log_files.h"
#include "adapters/sqlite/history.h"
#include "adapters/sqlite/journal_copy.h"
#include "base/rfc3339.h"
#include "main/system_clock.h"
#include "server/event_streams.h"
#include "server/fact_filter.h"
#include "server/names.h"
#include "server/summary.h"
#include "server/why.h"
#include "wire/api_encode.h"
#include "wire/api_input.h"
#include "wire/api_render.h"
#include "wire/proposal_file.h"

namespace lazaret::main {
namespace {

namespace json = boost::json;

constexpr std::size_t log_lines_usual = 100;
constexpr std::size_t log_lines_most = 10'000;
constexpr std::uintmax_t checked_bytes_most = 256 << 20;

// Whoever can read the journal's file may see all of it.
const server::Identity people{.right = server::Right::admin, .name = "offline", .local = true};

// "/api/v1/agents/scout/why?x=1" → path and query.
struct Target {
  std::string path;
  std::map<std::string, std::string> query;
};

Target split(std::string_view text) {
  Target target;
  const std::size_t mark = text.find('?');
  target.path = std::string(text.substr(0, mark));
  std::string_view rest = mark == std::string_view::npos ? "" : text.substr(mark + 1);
  while (!rest.empty()) {
    const std::size_t end = rest.find('&');
    const std::string_view one = rest.substr(0, end);
    const std::size_t equals = one.find('=');
    if (equals != std::string_view::npos) {
      target.query[std::string(one.substr(0, equals))] = std::string(one.substr(equals + 1));
    }
    rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
  }
  return target;
}

std::uint64_t number(const Target& target, const std::string& name, std::uint64_t otherwise) {
  const auto found = target.query.find(name);
  if (found == target.query.end()) return otherwise;
  std::uint64_t value = otherwise;
  std::from_chars(found->second.data(), found->second.data() + found->second.size(), value);
  return value;
}

std::string word(const Target& target, const std::string& name) {
  const auto found = target.query.find(name);
  if (found == target.query.end()) return {};
  return wire::percent_decoded(found->second).value_or(found->second);
}

std::unexpected<Error> needs_daemon() {
  return fail(ErrorCode::unsupported, "this needs the daemon", {}, "lazaret up");
}

Result<json::value> status(const core::Fleet& fleet) {
  const server::Summary summary = server::summary_of(fleet);
  json::array needs;
  for (const server::Need& need : summary.needs) {
    needs.push_back(json::object{{"id", need.id},
                                 {"text", need.text},
                                 {"command", need.command},
                                 {"default", need.fallback},
                                 {"deadline", wire::api_time(need.deadline)}});
  }
  return json::object{{"sentence", summary.sentence},
                      {"needs_you", std::move(needs)},
                      {"frozen", fleet.frozen},
                      {"daemon", nullptr}};
}

Result<json::value> agents(const core::Fleet& fleet, const Target& target, WallTime now) {
  std::optional<CellId> only;
  if (const std::string name = word(target, "cell"); !name.empty()) {
    auto named = server::cell_named(fleet, name, people);
    if (!named) return std::unexpected(named.error());
    only = std::move(*named);
  }
  json::array list;
  for (const auto& [cell_id, cell] : fleet.cells) {
    if (only && cell_id != *only) continue;
    for (const auto& [id, agent] : cell.agents) {
      const AgentRef ref{cell_id, id};
      list.push_back(wire::agent_json(fleet, ref, agent, server::Addresses(fleet).of(ref), now));
    }
  }
  return json::object{{"agents", std::move(list)}, {"next", nullptr}};
}

// All missions, or what is said of one: "<cell>", "<cell>/tasks".
Result<json::value> cells(const core::Fleet& fleet, std::string_view rest) {
  if (rest.empty()) {
    json::array list;
    for (const auto& [id, cell] : fleet.cells) list.push_back(wire::cell_json(fleet, cell));
    return json::object{{"cells", std::move(list)}, {"next", nullptr}};
  }
  const std::size_t slash = rest.find('/', 1);
  const auto name = wire::percent_decoded(rest.substr(1, slash - 1));
  if (!name) return std::unexpected(name.error());
  const auto id = server::cell_named(fleet, *name, people);
  if (!id) return std::unexpected(id.error());
  const core::Cell& cell = *core::find_cell(fleet, *id);
  if (slash == std::string_view::npos) return wire::cell_json(fleet, cell);
  if (rest.substr(slash) != "/tasks") return needs_daemon();
  json::array list;
  for (const auto& [task_id, task] : cell.tasks) list.push_back(wire::task_json(*id, task));
  return json::object{{"tasks", std::move(list)}, {"next", nullptr}};
}

// Open ones first, then the newest.
Result<json::value> approvals(const core::Fleet& fleet, const Target& target) {
  const bool open_only = word(target, "open") == "true";
  const auto order = [](const auto* one) {
    const std::string& id = one->first.value;
    return std::tuple(!one->second.answer, id.size(), id);
  };
  std::vector<const std::pair<const ApprovalId, core::Approval>*> all;
  for (const auto& one : fleet.approvals) {
    if (!open_only || !one.second.answer) all.push_back(&one);
  }
  std::ranges::sort(all, std::greater<>(), order);
  json::array list;
  for (const auto* one : all) list.push_back(wire::approval_json(one->first, one->second));
  return json::object{{"approvals", std::move(list)}, {"next", nullptr}};
}

Result<json::value> log_lines(const core::Cell& cell, const AgentRef& ref, const Target& target) {
  if (cell.definition.path.empty()) {
    return fail(ErrorCode::not_found, "this agent runs elsewhere; its log is not here");
  }
  logs::LogFiles files([&](const AgentRef&) -> Result<std::string> {
    return cell.definition.path + "/logs/" + ref.agent.value + ".log";
  });
  const bool forward = target.query.contains("from");
  const auto read = forward ? files.from(ref, number(target, "from", 0), log_lines_most)
                            : files.tail(ref, number(target, "tail", log_lines_usual));
  if (!read) return std::unexpected(read.error());
  json::array lines;
  for (const std::string& line : read->lines) lines.push_back(json::string(line));
  return json::object{{"lines", std::move(lines)},
                      {"next", read->next},
                      {"gap", read->gap},
                      {"first", read->first},
                      {"continues", read->continues}};
}

Result<json::value> explained(sqlite::History& history, const core::Fleet& fleet,
                              const server::WhySubject& subject, const Stamp& now) {
  std::vector<ports::FactRow> past;
  for (const ports::FactQuery& question : server::past_of(fleet, subject)) {
    auto page = history.facts(question);
    if (!page) return std::unexpected(page.error());
    past.insert(past.end(), page->rows.begin(), page->rows.end());
  }
  return server::why_answer(fleet, subject, now, past);
}

Result<json::value> why(sqlite::History& history, const core::Fleet& fleet, const Target& target,
                        const Stamp& now) {
  const auto subject = server::why_subject(fleet, word(target, "of"), word(target, "cell"), people);
  if (!subject) return std::unexpected(subject.error());
  return explained(history, fleet, *subject, now);
}

Result<json::value> one_agent(sqlite::History& history, const core::Fleet& fleet,
                              std::string_view rest, const Target& target, const Stamp& now) {
  const std::size_t slash = rest.find('/');
  const auto name = wire::percent_decoded(rest.substr(0, slash));
  if (!name) return std::unexpected(name.error());
  const auto ref = server::agent_named(fleet, *name, people);
  if (!ref) return std::unexpected(ref.error());
  if (slash == std::string_view::npos) {
    return wire::agent_json(fleet, *ref, *core::find_agent(fleet, *ref),
                            server::Addresses(fleet).of(*ref), now.wall);
  }
  if (rest.substr(slash) == "/logs") {
    return log_lines(*core::find_cell(fleet, ref->cell), *ref, target);
  }
  if (rest.substr(slash) == "/why") {
    return explained(history, fleet, {server::WhyKind::agent, ref->cell, ref->agent, {}}, now);
  }
  return needs_daemon();
}

Result<std::optional<WallTime>> time(const Target& target, const std::string& name) {
  const std::string text = word(target, name);
  if (text.empty()) return std::optional<WallTime>();
  auto read = from_rfc3339(text);
  if (!read) return std::unexpected(read.error());
  return std::optional<WallTime>(*read);
}

Result<json::value> events(sqlite::History& history, const core::Fleet& fleet,
                           std::uint64_t recorded, const Target& target) {
  const auto from = time(target, "from");
  if (!from) return std::unexpected(from.error());
  const auto until = time(target, "until");
  if (!until) return std::unexpected(until.error());
  const server::FactWords words{word(target, "kind"),
                                word(target, "cell"),
                                word(target, "agent"),
                                word(target, "task"),
                                word(target, "text"),
                                *from,
                                *until};
  auto query = server::fact_filter(fleet, words, people);
  if (!query) return std::unexpected(query.error());
  query->since = number(target, "since", 0);
  query->limit = number(target, "limit", 1000);
  query->newest = word(target, "newest") == "true";
  auto page = history.facts(*query);
  if (!page) return std::unexpected(page.error());
  if (query->since > recorded) return std::unexpected(server::ahead_of_all(query->since, recorded));
  if (const auto stranger = server::never_was(fleet, words, *query);
      stranger && page->rows.empty()) {
    ports::FactQuery any = *query;
    any.kind.clear();
    any.text.clear();
    any.from = any.until = std::nullopt;
    any.newest = false;
    any.since = 0;
    any.limit = 1;
    const auto past = history.facts(any);
    if (past && past->rows.empty()) return std::unexpected(*stranger);
  }
  json::array list;
  std::uint64_t next = query->since;
  for (const ports::FactRow& row : page->rows) {
    list.push_back(server::event_of_row(row));
    next = row.number;
  }
  next = std::max(next, page->searched_to);
  return json::object{
      {"events", std::move(list)}, {"next", next}, {"oldest_kept", page->oldest_kept}};
}

}  // namespace

Result<json::value> read_offline(const Paths& paths, std::string_view text) {
  auto history = sqlite::History::open(paths.journal_file());
  if (!history) return std::unexpected(history.error());
  const Target target = split(text);
  auto recorded = history->state();
  if (!recorded) return std::unexpected(recorded.error());
  if (target.path == "/api/v1/events")
    return events(*history, recorded->fleet, recorded->last_fact, target);
  // Ages are counted from now where the journal is of this boot; its own last moment is the least.
  const Stamp now{recorded->last.mono, SystemClock(Duration(0)).now().wall};
  constexpr std::string_view agents_path = "/api/v1/agents";
  constexpr std::string_view cells_path = "/api/v1/cells";
  if (target.path == "/api/v1/status") return status(recorded->fleet);
  if (target.path == "/api/v1/why") return why(*history, recorded->fleet, target, now);
  if (target.path == agents_path) return agents(recorded->fleet, target, now.wall);
  if (target.path == "/api/v1/approvals") return approvals(recorded->fleet, target);
  if (target.path == cells_path || target.path.starts_with(std::string(cells_path) + "/")) {
    return cells(recorded->fleet, std::string_view(target.path).substr(cells_path.size()));
  }
  if (target.path.starts_with(agents_path) && target.path[agents_path.size()] == '/') {
    return one_agent(*history, recorded->fleet,
                     std::string_view(target.path).substr(agents_path.size() + 1), target, now);
  }
  return needs_daemon();
}

Result<void> check_own_journal(const Paths& paths) {
  const std::string file = paths.journal_file();
  std::error_code none;
  const auto size = std::filesystem::file_size(file, none);
  if (none || size > checked_bytes_most) return {};
  const auto checked = sqlite::check_journal(file);
  if (checked) return {};
  if (checked.error().code != ErrorCode::invalid_input) return {};  // the daemon says what hinders
  return fail(ErrorCode::unavailable, "the journal is damaged; no daemon is started on it", file,
              "`lazaret restore` of a backup, into another --state");
}

Result<json::value> lint_cell(const std::string& directory) {
  return json::object{{"faults", wire::faults_json(cells::lint(directory))}};
}

Result<json::value> import_proposal(std::string_view markdown) {
  const wire::NewCell made{cells::new_cell_id(), "/", "proposal",
                           SystemClock(Duration(0)).now().wall};
  auto imported = wire::import_proposal(markdown, "proposal", made);
  if (!imported.cell) {
    std::string all;
    for (const wire::Problem& problem : imported.problems) all += "\n  " + wire::to_text(problem);
    return fail(ErrorCode::invalid_input, "this proposal cannot become a mission:" + all);
  }
  auto body = wire::new_cell_body(*imported.cell, markdown);
  if (!body) return std::unexpected(body.error());
  return json::value(std::move(*body));
}

Result<std::string> export_proposal(const std::string& directory) {
  auto files = cells::read_files(directory);
  if (!files) return std::unexpected(files.error());
  auto proposal = wire::proposal_of(*files);
  if (!proposal) return std::unexpected(proposal.error());
  return wire::write_proposal(*proposal) + wire::cell_files_section(*files);
}

}  // namespace lazaret::main
