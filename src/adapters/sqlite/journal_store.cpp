#include "adapters/sqlite/journal_store.h"

#include <fmt/format.h>

#include <charconv>

#include "adapters/sqlite/fold.h"
#include "core/fact_words.h"
#include "wire/journal_rows.h"

namespace lazaret::sqlite {
namespace {

constexpr const char* schema = R"(
CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events(number INTEGER PRIMARY KEY, mono INTEGER, wall INTEGER, kind TEXT,
  body TEXT, build TEXT);
CREATE TABLE IF NOT EXISTS facts(number INTEGER PRIMARY KEY, decision INTEGER, mono INTEGER,
  wall INTEGER, kind TEXT, cell TEXT, agent TEXT, task TEXT, body TEXT);
CREATE TABLE IF NOT EXISTS kinds(kind TEXT PRIMARY KEY, skippable INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS snapshots(decision INTEGER PRIMARY KEY, fact INTEGER, mono INTEGER,
  wall INTEGER, build TEXT, body TEXT);
CREATE TABLE IF NOT EXISTS receipts(decision INTEGER PRIMARY KEY, who TEXT, key TEXT,
  fingerprint INTEGER, at INTEGER, status INTEGER, headers TEXT, content_type TEXT, body TEXT,
  UNIQUE(who, key));
CREATE TABLE IF NOT EXISTS keys(id TEXT PRIMARY KEY, name TEXT, scope TEXT, hash TEXT UNIQUE,
  created INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS keys_for_a_time(id TEXT PRIMARY KEY, name TEXT, scope TEXT,
  hash TEXT UNIQUE, created INTEGER, expires INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS calendar_heard(agent TEXT PRIMARY KEY, at INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS server_states(identifier TEXT PRIMARY KEY, last_seen_at INTEGER,
  body TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS server_history(identifier TEXT, at INTEGER, body TEXT);
CREATE INDEX IF NOT EXISTS server_history_by_time ON server_history(identifier, at);
CREATE TABLE IF NOT EXISTS presences(user TEXT PRIMARY KEY, status TEXT, source TEXT,
  updated INTEGER) WITHOUT ROWID;
)";

// WAL pages between checkpoints; about 16 MiB.
constexpr const char* settings =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=4000;"
    "PRAGMA temp_store=MEMORY;";

int number_of(const std::string& text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

Result<JournalStore> JournalStore::open(const std::string& path, std::string build) {
  auto database = Database::open(path, Database::Mode::read_write);
  if (!database) return std::unexpected(database.error());
  JournalStore store;
  store.build_ = std::move(build);
  store.database_ = std::make_unique<Database>(std::move(*database));
  if (auto ready = store.prepare(); !ready) return std::unexpected(ready.error());
  return store;
}

Result<void> JournalStore::prepare() {
  for (const char* sql : {settings, schema}) {
    if (auto done = database_->execute(sql); !done) return done;
  }
  auto version = value("schema");
  if (!version) return std::unexpected(version.error());
  const int found = number_of(*version);
  if (found > wire::journal_schema + 1) {
    return fail(ErrorCode::unsupported,
                fmt::format("the journal has schema {}, this build knows {}", *version,
                            wire::journal_schema),
                database_->path(), "use the newer build again, or restore a backup");
  }
  if (found < wire::journal_schema) {
    auto set = set_value("schema", std::to_string(wire::journal_schema));
    if (!set) return set;
  }
  if (auto noted = note_kinds(); !noted) return noted;
  auto event = database_->prepare("INSERT INTO events VALUES(?,?,?,?,?,?)");
  if (!event) return std::unexpected(event.error());
  auto fact = database_->prepare("INSERT INTO facts VALUES(?,?,?,?,?,?,?,?,?)");
  if (!fact) return std::unexpected(fact.error());
  auto receipt = database_->prepare("INSERT OR REPLACE INTO receipts VALUES(?,?,?,?,?,?,?,?,?)");
  if (!receipt) return std::unexpected(receipt.error());
  insert_event_ = std::move(*event);
  insert_fact_ = std::move(*fact);
  insert_receipt_ = std::move(*receipt);
  return {};
}

// What an older build, which may read this journal later, has to know of kinds that it lacks.
Result<void> JournalStore::note_kinds() {
  auto count = database_->prepare("SELECT count(*) FROM kinds");
  if (!count) return std::unexpected(count.error());
  if (auto row = count->step(); !row) return std::unexpected(row.error());
  const auto known = core::fact_kinds();
  if (static_cast<std::size_t>(count->integer(0)) >= known.size()) return {};
  auto insert = database_->prepare("INSERT OR IGNORE INTO kinds VALUES(?,?)");
  if (!insert) return std::unexpected(insert.error());
  if (auto begun = database_->execute("BEGIN IMMEDIATE"); !begun) return begun;
  for (const std::string_view kind : known) {
    insert->bind(1, kind).bind(2, core::may_be_skipped(kind) ? 1 : 0);
    if (auto done = insert->run(); !done) {
      (void)database_->execute("ROLLBACK");
      return done;
    }
  }
  return database_->execute("COMMIT");
}

Result<Loaded> JournalStore::load() { return fold(*database_); }

Result<void> JournalStore::insert(const ports::Decision& decision) {
  const core::Event& event = decision.event;
  const auto mono = event.at.mono.time_since_epoch().count();
  const auto wall = event.at.wall.time_since_epoch().count();
  const wire::Row event_row = wire::event_row(event.body);
  insert_event_.bind(1, static_cast<std::int64_t>(decision.number)).bind(2, mono).bind(3, wall);
  insert_event_.bind(4, event_row.kind).bind(5, event_row.body).bind(6, build_);
  if (auto done = insert_event_.run(); !done) return done;
  auto number = static_cast<std::int64_t>(decision.first_fact);
  for (const core::Fact& fact : decision.facts) {
    const wire::Row fact_row = wire::fact_row(fact);
    const core::FactSubject subject = core::subject_of(fact);
    insert_fact_.bind(1, number++).bind(2, static_cast<std::int64_t>(decision.number));
    insert_fact_.bind(3, mono).bind(4, wall).bind(5, fact_row.kind);
    insert_fact_.bind(6, subject.cell.value).bind(7, subject.agent.value);
    insert_fact_.bind(8, subject.task.value).bind(9, fact_row.body);
    if (auto done = insert_fact_.run(); !done) return done;
  }
  return decision.receipt ? insert(decision.number, *decision.receipt) : Result<void>();
}

Result<void> JournalStore::sync_fully(bool full) {
  if (full == full_sync_) return {};
  auto set = database_->execute(full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
  if (set) full_sync_ = full;
  return set;
}

Result<void> JournalStore::in_place() const {
  if (!database_->has_moved()) return {};
  return fail(ErrorCode::unavailable, "the journal was removed or replaced under the daemon",
              database_->path(),
              "put it back; or end the daemon and begin anew with what stands there");
}

Result<void> JournalStore::write(const std::vector<ports::Decision>& group,
                                 ports::Durability durability) {
  if (auto there = in_place(); !there) return there;
  if (auto set = sync_fully(durability == ports::Durability::power_loss); !set) return set;
  if (auto begun = database_->execute("BEGIN IMMEDIATE"); !begun) return begun;
  for (const ports::Decision& decision : group) {
    if (auto done = insert(decision); !done) {
      if (database_->in_transaction()) (void)database_->execute("ROLLBACK");
      return done;
    }
  }
  auto committed = database_->execute("COMMIT");
  if (!committed && database_->in_transaction()) (void)database_->execute("ROLLBACK");
  if (committed) count_receipts(group);
  return committed;
}

Result<void> JournalStore::snapshot(const std::string& fleet_text, Stamp at, std::uint64_t decision,
                                    std::uint64_t fact, std::uint64_t keep) {
  auto insert = database_->prepare("INSERT OR REPLACE INTO snapshots VALUES(?,?,?,?,?,?)");
  if (!insert) return std::unexpected(insert.error());
  insert->bind(1, static_cast<std::int64_t>(decision)).bind(2, static_cast<std::int64_t>(fact));
  insert->bind(3, at.mono.time_since_epoch().count()).bind(4, at.wall.time_since_epoch().count());
  insert->bind(5, build_).bind(6, fleet_text);
  if (auto done = insert->run(); !done) return done;
  const std::uint64_t oldest = fact > keep ? fact - keep : 0;
  return database_->execute(fmt::format(
      "DELETE FROM snapshots WHERE decision NOT IN (SELECT decision FROM snapshots ORDER BY "
      "decision "
      "DESC LIMIT 2);"
      "DELETE FROM facts WHERE number < {0};"
      "DELETE FROM events WHERE number < (SELECT coalesce(min(decision), 0) FROM facts);",
      oldest));
}

Result<std::vector<ports::KeyRecord>> JournalStore::keys() {
  auto select = database_->prepare(
      "SELECT id, name, scope, hash, created, 0 AS expires FROM keys UNION ALL"
      " SELECT id, name, scope, hash, created, expires FROM keys_for_a_time ORDER BY created, id");
  if (!select) return std::unexpected(select.error());
  std::vector<ports::KeyRecord> keys;
  auto row = select->step();
  for (; row && *row; row = select->step()) {
    keys.push_back({std::string(select->text(0)), std::string(select->text(1)),
                    std::string(select->text(2)), std::string(select->text(3)),
                    WallTime(Duration(select->integer(4))),
                    WallTime(Duration(select->integer(5)))});
  }
  if (!row) return std::unexpected(row.error());
  return keys;
}

// In a table of their own: an older build, which knows of no end, does not see them at all.
Result<void> JournalStore::add_key(const ports::KeyRecord& key) {
  if (auto set = sync_fully(true); !set) return set;
  const bool ends = key.expires_at != WallTime{};
  auto insert = database_->prepare(ends ? "INSERT INTO keys_for_a_time VALUES(?,?,?,?,?,?)"
                                        : "INSERT INTO keys VALUES(?,?,?,?,?)");
  if (!insert) return std::unexpected(insert.error());
  insert->bind(1, key.id).bind(2, key.name).bind(3, key.scope).bind(4, key.sha256);
  insert->bind(5, key.created_at.time_since_epoch().count());
  if (ends) insert->bind(6, key.expires_at.time_since_epoch().count());
  return insert->run();
}

Result<void> JournalStore::remove_key(const std::string& id) {
  if (auto set = sync_fully(true); !set) return set;
  for (const char* sql :
       {"DELETE FROM keys WHERE id = ?", "DELETE FROM keys_for_a_time WHERE id = ?"}) {
    auto remove = database_->prepare(sql);
    if (!remove) return std::unexpected(remove.error());
    if (auto done = remove->bind(1, id).run(); !done) return done;
  }
  return {};
}

Result<std::vector<ports::PresenceEntry>> JournalStore::presences() {
  auto select = database_->prepare("SELECT user, status, source, updated FROM presences");
  if (!select) return std::unexpected(select.error());
  std::vector<ports::PresenceEntry> all;
  auto row = select->step();
  for (; row && *row; row = select->step()) {
    all.push_back({std::string(select->text(0)), std::string(select->text(1)),
                   std::string(select->text(2)), WallTime(Duration(select->integer(3)))});
  }
  if (!row) return std::unexpected(row.error());
  return all;
}

Result<void> JournalStore::put_presence(const ports::PresenceEntry& entry) {
  if (auto there = in_place(); !there) return there;
  if (auto set = sync_fully(true); !set) return set;
  auto insert = database_->prepare("INSERT OR REPLACE INTO presences VALUES(?,?,?,?)");
  if (!insert) return std::unexpected(insert.error());
  insert->bind(1, entry.fabric_user_id).bind(2, entry.status).bind(3, entry.source);
  return insert->bind(4, entry.updated_at.time_since_epoch().count()).run();
}

Result<std::string> JournalStore::value(const std::string& name) {
  auto select = database_->prepare("SELECT value FROM meta WHERE name = ?");
  if (!select) return std::unexpected(select.error());
  auto row = select->bind(1, name).step();
  if (!row) return std::unexpected(row.error());
  return *row ? std::string(select->text(0)) : std::string();
}

Result<void> JournalStore::set_value(const std::string& name, const std::string& value) {
  auto insert = database_->prepare("INSERT OR REPLACE INTO meta VALUES(?,?)");
  if (!insert) return std::unexpected(insert.error());
  return insert->bind(1, name).bind(2, value).run();
}

}  // namespace lazaret::sqlite
