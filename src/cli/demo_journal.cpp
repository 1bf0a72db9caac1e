#include "cli/demo_journal.h"

#include <fmt/format.h>

#include "cli/json_view.h"

namespace lazaret::cli {
namespace {

std::int64_t whole_at(const boost::json::value& value, std::string_view path) {
  return static_cast<std::int64_t>(number_at(value, path).value_or(0));
}

std::string how_it_ended(const boost::json::value& event) {
  const std::string kind = text_at(event, "body.exit.kind");
  if (kind == "out_of_memory") return "out of memory";
  if (kind == "signalled") return fmt::format("signal {}", text_at(event, "body.exit.signal"));
  if (kind == "exited") return fmt::format("exit {}", text_at(event, "body.exit.code"));
  return kind;
}

}  // namespace

std::string announcement(Trouble trouble, std::string_view rest) {
  return fmt::format("trouble {} {}", to_word(trouble), rest);
}

const DemoTask* DemoJournal::task(const std::string& id) const {
  auto found = tasks_.find(id);
  return found == tasks_.end() ? nullptr : &found->second;
}

const DemoAgent* DemoJournal::agent(const std::string& id) const {
  auto found = agents_.find(id);
  return found == agents_.end() ? nullptr : &found->second;
}

const std::pair<const std::string, DemoTask>* DemoJournal::open_task_of(
    const std::string& agent) const {
  for (const auto& entry : tasks_) {
    if (entry.second.is_open() && entry.second.owner == agent) return &entry;
  }
  return nullptr;
}

const std::pair<const std::string, DemoTask>* DemoJournal::open_shard_of(const std::string& agent,
                                                                         std::int64_t left) const {
  const auto* entry = open_task_of(agent);
  if (entry == nullptr || !entry->first.starts_with("shard-")) return nullptr;
  const DemoTask& task = entry->second;
  return task.checkpointed && task.rows - task.rows_before >= left ? entry : nullptr;
}

int DemoJournal::count(std::string_view prefix, std::string_view status) const {
  int found = 0;
  for (const auto& [id, task] : tasks_) found += id.starts_with(prefix) && task.status == status;
  return found;
}

int DemoJournal::count(std::string_view prefix) const {
  int found = 0;
  for (const auto& [id, task] : tasks_) found += id.starts_with(prefix);
  return found;
}

int DemoJournal::completed_twice() const {
  int found = 0;
  for (const auto& [id, task] : tasks_) found += task.completions > 1;
  return found;
}

bool DemoJournal::recovered(Trouble trouble) const {
  const DemoTask* struck = task(trace(trouble).task);
  return struck != nullptr && struck->status == "completed";
}

void DemoJournal::add(const boost::json::value& event) {
  const std::string kind = text_at(event, "kind");
  if (kind == "daemon_started") return on_daemon_started(event);
  if (text_at(event, "cell") != cell_) return;
  if (kind == "mission_status_changed") {
    mission_status_ = text_at(event, "body.status");
    mission_reason_ = text_at(event, "body.reason");
  } else if (kind == "note_recorded") {
    on_note(text_at(event, "body.text"));
  } else if (kind == "approval_opened" && text_at(event, "body.kind") == "question") {
    question_ = text_at(event, "body.approval");
    TroubleTrace& trace = traces_[index_of(Trouble::question)];
    trace.announced = true;
    strike(Trouble::question, text_at(event, "agent"), "asked");
  } else if (kind == "approval_answered" || kind.starts_with("approval_")) {
    TroubleTrace& trace = traces_[index_of(Trouble::question)];
    const bool ours = !question_.empty() && text_at(event, "body.approval") == question_;
    if (ours)
      trace.how =
          fmt::format("\"{}\" by {}", text_at(event, "body.answer"), text_at(event, "body.by"));
  } else if (const std::string id = text_at(event, "task");
             kind.starts_with("task_") && !id.empty()) {
    about_task(kind, id, event);
  } else if (const std::string who = text_at(event, "agent"); !who.empty()) {
    about_agent(kind, who, event);
  }
}

void DemoJournal::about_task(std::string_view kind, const std::string& id,
                             const boost::json::value& event) {
  DemoTask& task = tasks_[id];
  if (kind == "task_claimed" || kind == "task_resumed") {
    task.status = "in_progress";
    task.owner = text_at(event, "body.agent");
    task.owner_incarnation = whole_at(event, "body.incarnation");
    task.checkpointed = false;
  } else if (kind == "task_transferred") {
    task.owner = text_at(event, "body.to");
    task.checkpointed = false;
  } else if (kind == "task_checkpointed") {
    const auto cursor = parse_json(text_at(event, "body.cursor"), "cursor");
    task.checkpointed = true;
    if (cursor && find(*cursor, "of") != nullptr) {
      task.rows_before = whole_at(*cursor, "next");
      task.rows = whole_at(*cursor, "of");
    }
  } else if (kind == "task_reported") {
    task.status = "reported";
    task.result = text_at(event, "body.result");
  } else if (kind == "task_completed") {
    task.status = "completed";
    ++task.completions;
  } else if (kind == "task_failed") {
    task.status = "failed";
    task.result = text_at(event, "body.reason");
  } else if (kind == "task_released") {
    task.status = "pending";
    task.owner.clear();
  }
}

void DemoJournal::about_agent(std::string_view kind, const std::string& id,
                              const boost::json::value& event) {
  DemoAgent& agent = agents_[id];
  if (kind == "agent_spawned") {
    agent = {whole_at(event, "body.pid"), whole_at(event, "body.process_start"),
             whole_at(event, "body.incarnation"), true};
  } else if (kind == "agent_exited") {
    on_exit(id, event);
  } else if (kind == "hang_declared") {
    ++hangs_;
    if (trouble_of(id) == Trouble::stop) {
      strike(Trouble::stop, id, "hang: " + text_at(event, "body.rule"));
    }
  } else if (kind == "agent_quarantined" && trouble_of(id) == Trouble::crash_loop) {
    TroubleTrace& trace = traces_[index_of(Trouble::crash_loop)];
    trace.how = "quarantined: " + text_at(event, "body.reason");
    trace.struck = !trace.task.empty();
  } else if (kind == "agent_substituted" && trouble_of(id) == Trouble::crash_loop) {
    traces_[index_of(Trouble::crash_loop)].how +=
        fmt::format("; {} took over", text_at(event, "body.substitute"));
  }
}

std::optional<Trouble> DemoJournal::trouble_of(const std::string& agent) const {
  for (const Trouble trouble :
       {Trouble::kill, Trouble::stop, Trouble::memory, Trouble::crash_loop}) {
    const TroubleTrace& found = trace(trouble);
    if (found.announced && found.agent == agent) return trouble;
  }
  return std::nullopt;
}

void DemoJournal::on_exit(const std::string& id, const boost::json::value& event) {
  agents_[id].alive = false;
  if (flag_at(event, "body.expected")) return;
  ++deaths_;
  const auto trouble = trouble_of(id);
  if (!trouble) return;
  std::string how = how_it_ended(event);
  if (*trouble == Trouble::memory && !refused_memory_.empty()) {
    how = fmt::format("refused {}, {}", refused_memory_, how);
  }
  const bool by_signal = text_at(event, "body.exit.kind") == "signalled";
  const bool fits =
      (*trouble == Trouble::kill && by_signal) ||
      (*trouble == Trouble::memory && (how == "out of memory" || !refused_memory_.empty()));
  if (fits) return strike(*trouble, id, how);
  // A crash loop counts when it ends in quarantine; what it struck first is remembered here.
  TroubleTrace& trace = traces_[index_of(*trouble)];
  const auto* open = open_task_of(id);
  if (*trouble == Trouble::crash_loop && trace.task.empty() && open != nullptr) {
    trace.task = open->first;
  }
}

void DemoJournal::strike(Trouble trouble, const std::string& agent, std::string how) {
  TroubleTrace& trace = traces_[index_of(trouble)];
  const auto* open = open_task_of(agent);
  if (trace.struck || open == nullptr) return;  // it struck idleness: that does not count
  trace.struck = true;
  trace.agent = agent;
  trace.task = open->first;
  trace.how = std::move(how);
}

// "trouble KIND strikes AGENT in …", "trouble KIND missed AGENT: why"; "trouble memory refused
// AGENT …": an rlimit kills nobody, the agent says what it was refused and ends.
void DemoJournal::on_note(const std::string& text) {
  for (const std::string_view word : enum_words(Trouble{})) {
    const std::string begin = fmt::format("trouble {} ", word);
    if (!text.starts_with(begin)) continue;
    TroubleTrace& trace = traces_[index_of(*from_word<Trouble>(word))];
    const std::string rest = text.substr(begin.size());
    if (rest.starts_with("missed ")) {
      trace.skipped = rest.substr(7);
    } else if (rest.starts_with("refused ")) {
      const std::size_t agent_end = rest.find(' ', 8);
      if (agent_end != std::string::npos) refused_memory_ = rest.substr(agent_end + 1);
    } else if (rest.starts_with("strikes ")) {
      trace.announced = true;
      trace.agent = rest.substr(8, rest.find(' ', 8) - 8);
    }
  }
}

void DemoJournal::on_daemon_started(const boost::json::value& event) {
  TroubleTrace& trace = traces_[index_of(Trouble::daemon)];
  if (!flag_at(event, "body.crashed")) return;
  ++daemon_crashes_;
  if (!trace.announced || trace.struck) return;
  for (const auto& [id, task] : tasks_) {
    if (!task.is_open()) continue;
    trace.struck = true;
    trace.task = id;
    trace.how = fmt::format("{} task(s) in progress, all taken up again", count("", "in_progress"));
    return;
  }
}

}  // namespace lazaret::cli
