#include "cli/demo_progress.h"

#include <fmt/format.h>

#include "cli/json_view.h"

namespace lazaret::cli {
namespace {

constexpr int bar_width = 24;

std::string bar(int done, int all) {
  const int full = all == 0 ? 0 : bar_width * done / all;
  std::string out;
  for (int i = 0; i < bar_width; ++i) out += i < full ? "█" : "░";
  return out;
}

std::string stage(const DemoJournal& journal, const std::string& id) {
  const DemoTask* task = journal.task(id);
  if (task == nullptr || task->status == "pending") return id + " –";
  return id + (task->status == "completed" ? " ✓" : task->status == "failed" ? " ✗" : " …");
}

}  // namespace

Telling tell(const boost::json::value& event) {
  const std::string kind = text_at(event, "kind");
  const std::string agent = text_at(event, "agent");
  const std::string said = fmt::format("{:<8} {}", agent, text_at(event, "text"));
  if (kind == "note_recorded") return {text_at(event, "body.text"), Ink::warn};
  if (kind == "agent_exited") {
    return flag_at(event, "body.expected") ? Telling{} : Telling{said, Ink::bad};
  }
  if (kind == "agent_starting") {
    const std::string reason = text_at(event, "body.reason");
    return reason == "first" ? Telling{} : Telling{said, Ink::good};
  }
  if (kind == "hang_declared" || kind == "agent_quarantined") return {said, Ink::bad};
  if (kind == "agent_substituted") return {said, Ink::good};
  if (kind == "approval_opened" || kind == "approval_answered") {
    return {fmt::format("{:<8} {}", "question", text_at(event, "text")), Ink::warn};
  }
  if (kind == "daemon_started" && flag_at(event, "body.crashed")) {
    return {fmt::format("{:<8} {}", "daemon", text_at(event, "text")), Ink::good};
  }
  if (kind == "task_failed") {
    return {fmt::format("{:<8} {}", text_at(event, "task"), text_at(event, "text")), Ink::bad};
  }
  return {};
}

double Progress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
}

void Progress::wipe() {
  if (drawn_) err_ << "\r\033[2K";
  drawn_ = false;
}

void Progress::line(std::string_view text, Ink ink) {
  wipe();
  err_ << inked(look_, Ink::faint, fmt::format("{:6.2f} s ", seconds()))
       << inked(look_, ink,
                plain(text, look_.width > 12 ? static_cast<std::size_t>(look_.width - 10) : 0))
       << '\n'
       << std::flush;
}

void Progress::status(std::string_view text) {
  if (look_.width == 0) return;
  wipe();
  err_ << plain(text, static_cast<std::size_t>(look_.width - 1)) << std::flush;
  drawn_ = true;
}

void Progress::end() {
  wipe();
  err_ << std::flush;
}

std::string survey_status(const DemoJournal& journal, double seconds) {
  const int all = journal.count("shard-");
  const int done = journal.count("shard-", "completed");
  return fmt::format("{} {}/{} shards  index {}/{}  {}  {}  {}  {} deaths  {:.1f} s",
                     bar(done, all), done, all, journal.count("index-", "completed"),
                     journal.count("index-"), stage(journal, "merge"), stage(journal, "audit"),
                     stage(journal, "report"), journal.deaths(), seconds);
}

}  // namespace lazaret::cli
