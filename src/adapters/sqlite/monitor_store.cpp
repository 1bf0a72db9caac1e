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
  bool first = false;
  {
    const std::scoped_lock lock(waiting_->mutex);
    auto& all = waiting_->reports;
    first = all.empty();
    for (auto& report : reports) all.push_back(std::move(report));
    if (all.size() > waiting_most) {
      all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(waiting_most));
    }
  }
  if (first) journal_.run([waiting = waiting_](JournalStore& store) { write(*waiting, store); });
}

// What cannot be written is dropped: a newer heartbeat says more than an old one.
void MonitorStore::write(Waiting& waiting, JournalStore& store) {
  std::vector<ports::ServerReport> reports;
  {
    const std::scoped_lock lock(waiting.mutex);
    reports.swap(waiting.reports);
  }
  Database& database = store.database();
  if (!database.execute("BEGIN IMMEDIATE")) return;
  const bool done = write_all(database, reports).has_value();
  if (!done || !database.execute("COMMIT")) static_cast<void>(database.execute("ROLLBACK"));
}

}  // namespace lazaret::sqlite
