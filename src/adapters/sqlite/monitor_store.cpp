#include "adapters/sqlite/monitor_store.h"

#include <utility>

#include "adapters/sqlite/on_journal.h"

namespace lazaret::sqlite {
namespace {

constexpr std::size_t waiting_most = 20'000;

constexpr std::string_view newest_sql =
    "SELECT identifier, last_seen_at, body FROM server_states ORDER BY identifier";
constexpr std::string_view history_sql =
    "SELECT identifier, at, body FROM server_history WHERE identifier = ? ORDER BY at DESC LIMIT ?";

ports::ServerReport report_of(const Statement& row) {
  return {std::string(row.text(0)), WallTime(Duration(row.integer(1))), std::string(row.text(2))};
}

Result<std::vector<ports::ServerReport>> all_of(Statement& select) {
  std::vector<ports::ServerReport> out;
  while (true) {
    const auto row = select.step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return out;
    out.push_back(report_of(select));
  }
}

Result<void> write_all(Database& database, const std::vector<ports::ServerReport>& reports) {
  auto state = database.prepare(
      "INSERT INTO server_states VALUES(?,?,?) ON CONFLICT(identifier) DO UPDATE SET "
      "last_seen_at = excluded.last_seen_at, body = excluded.body");
  auto history = database.prepare("INSERT INTO server_history VALUES(?,?,?)");
  auto trim = database.prepare(
      "DELETE FROM server_history WHERE identifier = ?1 AND at < (SELECT at FROM server_history "
      "WHERE identifier = ?1 ORDER BY at DESC LIMIT 1 OFFSET ?2)");
  if (!state || !history || !trim) return std::unexpected(database.error());
  for (const auto& one : reports) {
    const std::int64_t at = one.last_seen_at.time_since_epoch().count();
    for (Statement* insert : {&*state, &*history}) {
      insert->bind(1, one.identifier).bind(2, at).bind(3, one.body);
      if (auto done = insert->run(); !done) return done;
    }
    trim->bind(1, one.identifier).bind(2, static_cast<std::int64_t>(ports::reports_kept - 1));
    if (auto done = trim->run(); !done) return done;
  }
  return {};
}

bool write_heard(Database& database, const std::map<std::string, WallTime>& heard) {
  auto insert = database.prepare("INSERT OR REPLACE INTO calendar_heard VALUES(?,?)");
  if (!insert) return false;
  for (const auto& [agent, at] : heard) {
    insert->bind(1, agent).bind(2, at.time_since_epoch().count());
    if (!insert->run()) return false;
  }
  return true;
}

}  // namespace

Result<std::vector<ports::ServerReport>> MonitorStore::newest() {
  return on_journal(journal_, [](JournalStore& store) -> Result<std::vector<ports::ServerReport>> {
    auto select = store.database().prepare(newest_sql);
    if (!select) return std::unexpected(select.error());
    return all_of(*select);
  });
}

Result<std::vector<ports::ServerReport>> MonitorStore::history(const std::string& identifier,
                                                               std::size_t most) {
  return on_journal(journal_, [&](JournalStore& store) -> Result<std::vector<ports::ServerReport>> {
    auto select = store.database().prepare(history_sql);
    if (!select) return std::unexpected(select.error());
    select->bind(1, identifier).bind(2, static_cast<std::int64_t>(most));
    return all_of(*select);
  });
}

void MonitorStore::keep(std::vector<ports::ServerReport> reports) {
  {
    const std::scoped_lock lock(waiting_->mutex);
    auto& all = waiting_->reports;
    for (auto& report : reports) all.push_back(std::move(report));
    if (all.size() > waiting_most) {
      all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(waiting_most));
    }
  }
  ask();
}

Result<std::map<std::string, WallTime>> MonitorStore::heard(const std::set<std::string>& known) {
  using Heard = std::map<std::string, WallTime>;
  return on_journal(journal_, [&](JournalStore& store) -> Result<Heard> {
    Database& database = store.database();
    auto select = database.prepare("SELECT agent, at FROM calendar_heard");
    auto remove = database.prepare("DELETE FROM calendar_heard WHERE agent = ?");
    if (!select || !remove) return std::unexpected(database.error());
    Heard all;
    while (true) {
      const auto row = select->step();
      if (!row) return std::unexpected(row.error());
      if (!*row) break;
      all.emplace(select->text(0), WallTime(Duration(select->integer(1))));
    }
    for (auto one = all.begin(); one != all.end();) {
      if (known.contains(one->first)) {
        ++one;
        continue;
      }
      remove->bind(1, one->first);
      if (auto done = remove->run(); !done) return std::unexpected(done.error());
      one = all.erase(one);
    }
    return all;
  });
}

void MonitorStore::keep_heard(const std::string& agent, WallTime at) {
  {
    const std::scoped_lock lock(waiting_->mutex);
    waiting_->heard[agent] = at;
  }
  ask();
}

void MonitorStore::ask() {
  {
    const std::scoped_lock lock(waiting_->mutex);
    if (std::exchange(waiting_->asked, true)) return;
  }
  journal_.run([waiting = waiting_](JournalStore& store) { write(*waiting, store); });
}

// What cannot be written is dropped: a newer heartbeat says more than an old one.
void MonitorStore::write(Waiting& waiting, JournalStore& store) {
  std::vector<ports::ServerReport> reports;
  std::map<std::string, WallTime> heard;
  {
    const std::scoped_lock lock(waiting.mutex);
    reports.swap(waiting.reports);
    heard.swap(waiting.heard);
    waiting.asked = false;
  }
  Database& database = store.database();
  if (!database.execute("BEGIN IMMEDIATE")) return;
  const bool done = write_all(database, reports).has_value() && write_heard(database, heard);
  if (!done || !database.execute("COMMIT")) static_cast<void>(database.execute("ROLLBACK"));
}

}  // namespace lazaret::sqlite
