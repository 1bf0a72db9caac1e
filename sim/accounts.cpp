#include "sim/accounts.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/lifecycle.h"
#include "sim/pools.h"

namespace lazaret::sim {

using namespace core;

namespace {

// So long an account may have room while somebody waits for it: the disk may be full meanwhile.
constexpr Duration line_patience = std::chrono::minutes(5);

constexpr Duration limit_least = 5s;  // that an agent died of

std::string account_of(const Fleet& fleet, const AgentRef& ref) {
  const Cell* cell = find_cell(fleet, ref.cell);
  const Agent* agent = find_agent(fleet, ref);
  if (!cell || !agent) return {};
  const std::string& own = agent->definition.account;
  return own.empty() ? cell->definition.account : own;
}

// The agent's own word, or what it died of; not what the core concludes from it.
bool is_heard(const EventBody& event) {
  return std::holds_alternative<event::Requested>(event) ||
         std::holds_alternative<event::AgentExited>(event);
}

}  // namespace

struct Accounts::Facts {
  Accounts& a;
  const Fleet& fleet;
  const ports::Decision& decision;
  Stamp now;

  Book* book_of(const AgentRef& ref) {
    const std::string name = account_of(fleet, ref);
    return name.empty() ? nullptr : &a.books_[name];
  }
  bool is_limited(const Book* book) const {
    return book && book->limited_until && *book->limited_until > now.wall;
  }

  void operator()(const fact::DaemonStarted&) { a.take_stock(fleet); }
  void operator()(const fact::AccountSet& f) { a.books_[f.account].limits = f.limits; }
  void operator()(const fact::AccountLimited& f) { a.books_[f.account].limited_until = f.until; }
  void operator()(const fact::AgentRateLimited& f) {
    Book* book = book_of(f.agent);
    if (book && is_heard(decision.event.body)) book->limited_until = f.until;
  }
  void operator()(const fact::AgentStarting& f) {
    Book* book = book_of(f.agent);
    a.live_.insert(f.agent);
    a.starts_[f.agent] = {f.incarnation, now.mono};
    if (!book) return;
    const std::string name = account_of(fleet, f.agent);
    const std::string what = fmt::format("{} of {}", qualified(f.agent), name);
    const std::size_t others = a.running(fleet, name, f.agent);
    if (is_full(*book, others)) {
      a.wrong("an account runs no more than it bears",
              fmt::format("{}: {} run, {} may", what, others, book->limits.at_once));
    }
    if (is_limited(book)) a.wrong("nobody starts on a limited account", what);
    if (book->last_start && now.mono < *book->last_start + book->limits.stagger) {
      a.wrong(
          "starts on an account are apart",
          fmt::format("{}: {} s after the last one, not {} s", what,
                      in_seconds(now.mono - *book->last_start), in_seconds(book->limits.stagger)));
    }
    book->last_start = now.mono;
    book->idle_since.reset();
  }
  void operator()(const fact::AgentExited& f) {
    a.live_.erase(f.agent);
    Book* book = book_of(f.agent);
    if (!book) return;
    if (f.exit.limit && !f.expected) {
      const WallTime told = f.exit.limit->until.value_or(now.wall + exhausted_usually);
      book->limited_until = std::max(told, now.wall + limit_least);
    }
    const bool ran = f.exit.kind != ExitKind::never_started;
    if (f.counted && ran && is_limited(book)) {
      a.wrong("an account's limit uses up no tries", qualified(f.agent));
    }
  }
  void operator()(const fact::AgentRemoved& f) { a.live_.erase(f.agent); }
  void operator()(const fact::CellRemoved& f) {
    std::erase_if(a.live_, [&](const AgentRef& ref) { return ref.cell == f.cell; });
  }
  void operator()(const fact::TaskClaimed& f) {
    const AgentRef ref{f.task.cell, f.agent};
    if (is_limited(book_of(ref))) a.wrong("no new work on a limited account", qualified(ref));
  }
  void operator()(const fact::WakeStarted& f) {
    if (is_limited(book_of(f.agent))) {
      a.wrong("no new work on a limited account", qualified(f.agent) + ": a wake");
    }
  }
  void operator()(const fact::ApprovalOpened& f) {
    if (f.kind != ApprovalKind::account) return;
    Book& book = a.books_[f.account];
    if (book.question) a.wrong("one question about a limit", f.account);
    book.question = f.approval;
  }
  void operator()(const fact::ApprovalAnswered& f) {
    for (auto& [name, book] : a.books_) {
      if (book.question == f.approval) book.question.reset();
    }
  }
  template <class Other>
  void operator()(const Other&) {}
};

bool Accounts::is_full(const Book& book, std::size_t running) {
  const int most = book.limits.at_once;  // 0 = any number
  return most > 0 && running >= static_cast<std::size_t>(most);
}

void Accounts::begin() {
  const Scenario& s = world_.scenario;
  if (s.share_pooled <= 0) return;
  for (std::size_t i = 0; i < pools; ++i) set_limits(pool_name(i));
  const Duration when = next_of(world_.accounts, s.pool_edits_an_hour);
  if (when != Duration::max()) world_.after(when, [this] { begin(); });
}

void Accounts::ask(Operation operation) {
  if (!world_.loop) return;
  const Caller person{CallerKind::operator_, "sim:bob", std::nullopt, {}};
  world_.loop->request(person, std::move(operation), [](const Answer&) {});
}

void Accounts::set_limits(const std::string& account) {
  if (world_.calm) return;
  const int at_once = static_cast<int>(world_.accounts.below(5));
  const Duration stagger = seconds_of(static_cast<double>(world_.accounts.below(4)) * 10);
  ask(op::SetAccount{account, at_once, stagger});
}

void Accounts::put_right() {
  if (world_.scenario.share_pooled <= 0) return;
  if (!world_.loop) return world_.after(1s, [this] { put_right(); });
  for (std::size_t i = 0; i < pools; ++i) ask(op::SetAccount{pool_name(i), 0, {}});
}

// What was not recorded has not happened.
void Accounts::take_stock(const Fleet& fleet) {
  std::erase_if(starts_, [&](const auto& entry) {
    const Agent* agent = find_agent(fleet, entry.first);
    return !agent || agent->incarnation != entry.second.incarnation;
  });
  live_.clear();
  books_.clear();
  for (const auto& [name, account] : fleet.accounts) {
    Book& book = books_[name];
    book.limits = account.limits;
    if (account.limit) book.limited_until = account.limit->until;
  }
  for (const auto& [cell_id, cell] : fleet.cells) {
    for (const auto& [id, agent] : cell.agents) {
      const AgentRef ref{cell_id, id};
      if (is_live(agent.process)) live_.insert(ref);
    }
  }
  for (const auto& [ref, start] : starts_) {
    auto& last = books_[account_of(fleet, ref)].last_start;
    last = std::max(last.value_or(Instant{}), start.at);
  }
  for (const auto& [id, approval] : fleet.approvals) {
    const bool asks = approval.kind == ApprovalKind::account && !approval.answer;
    if (asks) books_[approval.account].question = id;
  }
}

std::size_t Accounts::running(const Fleet& fleet, const std::string& account,
                              const AgentRef& except) const {
  return static_cast<std::size_t>(std::ranges::count_if(live_, [&](const AgentRef& ref) {
    return ref != except && account_of(fleet, ref) == account;
  }));
}

void Accounts::on_decided(const ports::Decision& decision, const Fleet& fleet) {
  Facts facts{*this, fleet, decision, decision.event.at};
  for (const Fact& fact : decision.facts) std::visit(facts, fact);
}

bool Accounts::is_left_in_line(const Fleet& fleet, const Account& account,
                               const std::string& name) const {
  const auto book = books_.find(name);
  if (fleet.frozen || fleet.stopping || fleet.adopting || book == books_.end()) return false;
  const Book& one = book->second;
  if (one.limited_until && *one.limited_until > world_.clock.now().wall) return false;
  return !is_full(one, running(fleet, name, {})) &&
         std::ranges::any_of(account.waiting, [&](const auto& entry) {
           const Agent* agent = find_agent(fleet, entry.second);
           return agent && !is_live(agent->process) &&
                  lifecycle::should_run(fleet, *find_cell(fleet, entry.second.cell), *agent);
         });
}

void Accounts::look_around(const Fleet& fleet) {
  for (const auto& [name, account] : fleet.accounts) {
    Book& book = books_[name];
    if (!is_left_in_line(fleet, account, name)) {
      book.idle_since.reset();
    } else if (!book.idle_since) {
      book.idle_since = world_.now();
    } else if (world_.now() - *book.idle_since > line_patience) {
      world_.violate(true, "who waits for an account goes on when there is room", name);
    }
  }
}

}  // namespace lazaret::sim
