#include "cli/chaos_receipt.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/rfc3339.h"
#include "cli/json_view.h"

namespace lazaret::cli {
namespace {

namespace json = boost::json;

std::int64_t whole_at(const json::value& value, std::string_view path) {
  return static_cast<std::int64_t>(number_at(value, path).value_or(0));
}

std::string name_of(const std::string& cell, const std::string& agent) {
  return cell.substr(0, 8) + "." + agent;
}
std::string name_of(const json::value& event) {
  return name_of(text_at(event, "cell"), text_at(event, "agent"));
}

bool may_live(std::string_view process) {
  return process == "running" || process == "starting" || process == "stopping";
}

// What tells that a strike was seen, and what that its victim is back.
bool is_notice(const Strike& strike, std::string_view kind, const json::value& event) {
  if (strike.hurt == Hurt::daemon) {
    return kind == "daemon_started" && flag_at(event, "body.crashed");
  }
  if (text_at(event, "agent") != strike.agent || text_at(event, "cell") != strike.cell)
    return false;
  if (whole_at(event, "body.incarnation") != strike.incarnation) return false;
  if (kind == "agent_exited") return true;
  if (strike.hurt != Hurt::stop) return false;
  const bool halted = kind == "agent_stop_seen" && flag_at(event, "body.stopped");
  return halted || kind == "hang_suspected" || kind == "hang_declared";
}

bool is_return(const Strike& strike, std::string_view kind, const json::value& event) {
  if (strike.hurt == Hurt::daemon) return kind == "adoption_finished";
  if (text_at(event, "agent") != strike.agent || text_at(event, "cell") != strike.cell)
    return false;
  const std::int64_t incarnation = whole_at(event, "body.incarnation");
  if (kind == "agent_ready" && incarnation > strike.incarnation) return true;
  const bool continued = kind == "agent_stop_seen" && !flag_at(event, "body.stopped");
  return strike.hurt == Hurt::stop && continued && incarnation == strike.incarnation;
}

bool is_seen_in_journal(Hurt hurt) {
  return hurt == Hurt::kill || hurt == Hurt::stop || hurt == Hurt::daemon;
}

void follow(Strike& strike, const json::array& events) {
  if (!strike.skipped.empty() || !is_seen_in_journal(strike.hurt)) return;
  for (const json::value& event : events) {
    const auto at = from_rfc3339(text_at(event, "at"));
    // Times are written in milliseconds.
    if (!at || *at + 1ms < strike.at) continue;
    const std::string kind = text_at(event, "kind");
    const double seconds = std::max(0.0, in_seconds(*at - strike.at));
    if (!strike.noticed_seconds && is_notice(strike, kind, event)) {
      strike.noticed_seconds = seconds;
      strike.noticed_as = kind;
    } else if (strike.noticed_seconds && !strike.back_seconds && is_return(strike, kind, event)) {
      strike.back_seconds = seconds;
      return;
    }
  }
}

// Lives and completions, counted through the journal.
class Ledger {
 public:
  Ledger(ChaosReceipt& receipt, const json::array& before) : receipt_(receipt) {
    for (const json::value& agent : before) {
      const std::string name = name_of(text_at(agent, "cell_id"), text_at(agent, "agent_id"));
      cells_.insert(text_at(agent, "cell_id"));
      if (may_live(text_at(agent, "process"))) {
        lives_[name] = whole_at(agent, "incarnation");
      }
    }
  }

  void add(const json::value& event) {
    const std::string kind = text_at(event, "kind");
    if (kind == "daemon_started" && flag_at(event, "body.crashed")) ++receipt_.daemon_crashes;
    if (!cells_.contains(text_at(event, "cell"))) return;
    if (kind == "agent_spawned") spawned(event);
    if (kind == "agent_exited") exited(event);
    if (kind == "task_completed") completed(event);
  }

 private:
  void spawned(const json::value& event) {
    const std::int64_t incarnation = whole_at(event, "body.incarnation");
    const auto [life, is_first] = lives_.try_emplace(name_of(event), incarnation);
    if (is_first || life->second == incarnation) return;
    receipt_.doubled.push_back(fmt::format("{}: incarnation {} began while {} lived",
                                           name_of(event), incarnation, life->second));
    life->second = incarnation;
  }
  void exited(const json::value& event) {
    const std::int64_t incarnation = whole_at(event, "body.incarnation");
    const auto life = lives_.find(name_of(event));
    if (life != lives_.end() && life->second == incarnation) lives_.erase(life);
    if (flag_at(event, "body.expected")) return;
    ++receipt_.deaths;
    const bool struck = std::ranges::any_of(receipt_.strikes, [&](const Strike& one) {
      return one.cell == text_at(event, "cell") && one.agent == text_at(event, "agent") &&
             one.incarnation == incarnation && one.skipped.empty();
    });
    if (!struck) {
      receipt_.unasked.push_back(fmt::format("{} incarnation {}", name_of(event), incarnation));
    }
  }
  void completed(const json::value& event) {
    const std::string name = text_at(event, "cell").substr(0, 8) + "." + text_at(event, "task");
    if (!done_.insert(name).second) receipt_.doubled.push_back(name + " was completed twice");
  }

  ChaosReceipt& receipt_;
  std::set<std::string> cells_;
  std::map<std::string, std::int64_t> lives_;  // the live incarnation
  std::set<std::string> done_;
};

void look_at_the_end(ChaosReceipt& receipt, const json::array& before, const json::array& after) {
  std::map<std::string, const json::value*> now;
  for (const json::value& agent : after) {
    now[name_of(text_at(agent, "cell_id"), text_at(agent, "agent_id"))] = &agent;
  }
  for (const json::value& agent : before) {
    const std::string name = name_of(text_at(agent, "cell_id"), text_at(agent, "agent_id"));
    if (text_at(agent, "process") != "running") continue;
    const auto found = now.find(name);
    const std::string process = found == now.end() ? "gone" : text_at(*found->second, "process");
    if (process == "running" || (found != now.end() && flag_at(*found->second, "finished"))) {
      continue;
    }
    const bool by_policy = process == "quarantined" || process == "awaiting_approval";
    (by_policy ? receipt.given_up : receipt.lost).push_back(name + " is " + process);
  }
}

std::string seconds_text(const std::optional<double>& seconds) {
  if (!seconds) return "-";
  return *seconds < 1 ? fmt::format("{:.0f} ms", *seconds * 1000)
                      : fmt::format("{:.1f} s", *seconds);
}

bool is_unnoticed(const Strike& strike) {
  return strike.skipped.empty() && strike.hurt != Hurt::starve && !strike.noticed_seconds;
}

void list(std::string& out, const Look& look, std::string_view title, Ink ink,
          const std::vector<std::string>& what) {
  out += fmt::format("  {:<14} {}\n", title, what.size());
  for (const std::string& one : what) out += "    " + inked(look, ink, plain(one)) + "\n";
}

json::array texts(const std::vector<std::string>& list) {
  json::array out;
  for (const std::string& one : list) out.push_back(json::string(one));
  return out;
}

json::value number_or_null(const std::optional<double>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

}  // namespace

bool ChaosReceipt::well() const {
  return lost.empty() && doubled.empty() && std::ranges::none_of(strikes, is_unnoticed);
}

ChaosReceipt chaos_receipt(std::vector<Strike> strikes, const json::array& before,
                           const json::array& events, const json::array& after) {
  ChaosReceipt receipt;
  receipt.strikes = std::move(strikes);
  for (Strike& one : receipt.strikes) follow(one, events);
  Ledger ledger(receipt, before);
  for (const json::value& event : events) ledger.add(event);
  look_at_the_end(receipt, before, after);
  return receipt;
}

std::string draw(const ChaosReceipt& receipt, const Look& look) {
  Table table({"STRIKE", "AGENT", "AT WORK ON", "NOTICED AFTER", "AS", "BACK AFTER"});
  for (const Strike& one : receipt.strikes) {
    const std::string as = one.skipped.empty() ? one.noticed_as : "skipped: " + one.skipped;
    const Ink ink = is_unnoticed(one) ? Ink::bad : Ink::normal;
    const std::string noticed =
        is_unnoticed(one) ? std::string("NEVER") : seconds_text(one.noticed_seconds);
    table.row({{std::string(to_word(one.hurt)), ink},
               {one.agent},
               {one.task},
               {noticed, ink},
               {as},
               {seconds_text(one.back_seconds)}});
  }
  std::string out = inked(look, Ink::strong, "Receipt, from the journal") + "\n";
  out += table.draw(look);
  out += fmt::format("  {:<14} {}\n  {:<14} {}\n", "deaths", receipt.deaths, "daemon crashes",
                     receipt.daemon_crashes);
  list(out, look, "lost", Ink::bad, receipt.lost);
  list(out, look, "double", Ink::bad, receipt.doubled);
  list(out, look, "died unasked", Ink::warn, receipt.unasked);
  list(out, look, "given up", Ink::warn, receipt.given_up);
  return out;
}

json::object to_json(const ChaosReceipt& receipt) {
  json::array strikes;
  for (const Strike& one : receipt.strikes) {
    strikes.push_back(json::object{{"strike", to_word(one.hurt)},
                                   {"cell", one.cell},
                                   {"agent", one.agent},
                                   {"incarnation", one.incarnation},
                                   {"task", one.task},
                                   {"at", to_rfc3339(one.at)},
                                   {"skipped", one.skipped},
                                   {"noticed_seconds", number_or_null(one.noticed_seconds)},
                                   {"noticed_as", one.noticed_as},
                                   {"back_seconds", number_or_null(one.back_seconds)}});
  }
  return {{"ok", receipt.well()},
          {"strikes", std::move(strikes)},
          {"deaths", receipt.deaths},
          {"daemon_crashes", receipt.daemon_crashes},
          {"lost", texts(receipt.lost)},
          {"double", texts(receipt.doubled)},
          {"died_unasked", texts(receipt.unasked)},
          {"given_up", texts(receipt.given_up)}};
}

}  // namespace lazaret::cli
