// Many agents, one account of a provider: a pool.
//
// Agents name their account in their file (lazaret.account), or their mission does for all of them;
// pools go by that name and reach over missions. What an account bears is set at run time
// (AccountLimits): how many of its agents run at once, and how far apart two starts are.
//
//   who runs       an agent that is starting, running or stopping takes one of at_once places;
//                  one that is stopped, backs off, is quarantined or waits does not. Lowering
//                  at_once ends nobody.
//   who waits      an agent that shall start and may not gets in line, with a fact that says why.
//                  Who has a task or a wake in hand goes before those who would only begin; among
//                  equals, whoever has waited longest. Each start moves the next by `stagger`.
//   the limit      when one agent says, or its last words before a failure say, that the account is
//                  rate limited, all of the pool are held until that time: nobody is started, and
//                  those who run get no new wake and no new task: who asks for one gets in line
//                  too, and they come back one after another. They go on with what they have.
//                  The newest word counts, later or earlier; a report without a time ends the
//                  limit. Last words without a time count as exhausted_usually.
//   its victims    who dies meanwhile has not failed: no try is used up, nobody is asked, and it
//                  gets in line (except where auto_revive is no: that is a person's will). The
//                  time-out of its task stands as long as it waits.
//   one alert      one question for people as long as the limit lasts, with the number of those
//                  who wait: yes ends the limit now, no leaves it. It closes itself.
//
// The line is looked at after each decision (let_go_on), so whatever makes room is noticed, and no
// timer is needed but the next deadline of the fleet. All of it is state, and survives the daemon.
#pragma once

#include "core/decision.h"

namespace lazaret::core::account {

// Of accounts that were set by name and that no agent uses.
inline constexpr std::size_t accounts_most = 1000;
inline constexpr int at_once_most = 100'000;
inline constexpr Duration stagger_most = std::chrono::hours(1);
// A limit that was seen lasts at least so long, or an agent that dies of it would not rest.
inline constexpr Duration limit_least = std::chrono::seconds(5);

// The account of this agent; empty = none.
const std::string& name_of(const Cell& cell, const Agent& agent);

// The limit that holds this agent's account now, or null.
const AccountLimit* limit_on(const Fleet& fleet, const Cell& cell, const Agent& agent,
                             WallTime now);

// What keeps an agent from being started now.
LAZARET_ENUM(Hold, none, limited, full, stagger, line)
Hold hold_on(const Fleet& fleet, const AgentRef& ref, Stamp now);
// "account "main" is rate limited until … (reported by scout at …: …)"; empty for Hold::none.
std::string describe(const Fleet& fleet, const std::string& account, Hold hold);

// What people are asked about a limit.
std::string alert_text(const Fleet& fleet, const std::string& account);
// How many agents stand in line and would run if they could.
std::size_t waiting_in(const Fleet& fleet, const Account& account);

// May it be started now? If not, it gets in line.
bool may_start(Decision& d, const AgentRef& ref);
// The same for a wake of an agent that runs: only the limit, and its place in line, keep it.
bool may_wake(Decision& d, const AgentRef& ref);
// The same for a task that it asks for. An agent that runs elsewhere stands in no line.
bool may_claim(Decision& d, const AgentRef& ref);
// It died under its account's limit, which is reason enough: it is in line now.
bool is_held_after_death(Decision& d, const AgentRef& ref);

// What an agent says of itself, or its last words did.
void on_report(Decision& d, const AgentRef& ref, std::optional<WallTime> until,
               const std::string& reason);
void on_last_words(Decision& d, const AgentRef& ref, const ExitReport& exit);
// A calendar agent is exhausted until then (none: no longer); one of the pool goes by its name.
void on_calendar_status(Decision& d, const std::string& name, std::optional<WallTime> until,
                        const std::string& reason);
// What is known of the account itself. until: none or past = it is over.
void set_limit(Decision& d, const std::string& account, std::optional<WallTime> until,
               const std::optional<AgentRef>& reporter, const std::string& by,
               const std::string& reason);
void on_answer(Decision& d, const std::string& account, AnswerWord answer, const std::string& by);

// Ends the limits whose time has come.
void on_time(Decision& d);
// Starts whoever is next in line and may go. At the end of each decision.
void let_go_on(Decision& d);

// When a limit ends; max() = none. When somebody in line may go; never = nobody.
WallTime next_end(const Fleet& fleet);
Instant next_start(const Fleet& fleet, Stamp now);

}  // namespace lazaret::core::account
