#include "adapters/sqlite/journal_copy.h"

#include <filesystem>

#include "adapters/sqlite/database.h"

namespace lazaret::sqlite {
namespace {

Result<void> drop_secrets(Database& copy) {
  return copy.execute(
      "PRAGMA secure_delete=ON; DELETE FROM keys; DELETE FROM keys_for_a_time;"
      " DELETE FROM receipts; DELETE FROM meta WHERE name = 'secret'; VACUUM;");
}

Result<std::uint64_t> highest(Database& copy, const std::string& table) {
  auto select = copy.prepare("SELECT coalesce(max(number), 0) FROM " + table);
  if (!select) return std::unexpected(select.error());
  auto row = select->step();
  if (!row) return std::unexpected(row.error());
  return static_cast<std::uint64_t>(select->integer(0));
}

std::unexpected<Error> damaged(const std::string& journal) {
  return fail(ErrorCode::invalid_input, "the journal in the backup is damaged", journal,
              "another backup");
}

}  // namespace

Result<JournalCopy> copy_journal(const std::string& from, const std::string& to, bool secrets) {
  std::error_code ignored;
  if (!std::filesystem::exists(from, ignored)) {
    return fail(ErrorCode::not_found, "there is no journal", from, "--state says which state");
  }
  auto source = Database::open(from, Database::Mode::read_only);
  if (!source) return std::unexpected(source.error());
  auto vacuum = source->prepare("VACUUM INTO ?1");
  if (!vacuum) return std::unexpected(vacuum.error());
  if (auto done = vacuum->bind(1, to).run(); !done) return std::unexpected(done.error());
  auto copy = Database::open(to, Database::Mode::read_write);
  if (!copy) return std::unexpected(copy.error());
  if (!secrets) {
    if (auto dropped = drop_secrets(*copy); !dropped) return std::unexpected(dropped.error());
  }
  const auto decisions = highest(*copy, "events");
  if (!decisions) return std::unexpected(decisions.error());
  const auto facts = highest(*copy, "facts");
  if (!facts) return std::unexpected(facts.error());
  return JournalCopy{*decisions, *facts};
}

Result<void> forget_machine(const std::string& journal) {
  auto database = Database::open(journal, Database::Mode::read_write);
  if (!database) return std::unexpected(database.error());
  return database->execute("DELETE FROM meta WHERE name IN ('boot_id', 'clock_offset', 'ports');");
}

Result<void> check_journal(const std::string& journal) {
  auto database = Database::open(journal, Database::Mode::read_only);
  if (!database) return std::unexpected(database.error());
  auto check = database->prepare("PRAGMA quick_check(1)");
  if (!check && !database->is_damaged()) return std::unexpected(check.error());
  if (!check) return damaged(journal);
  const auto row = check->step();
  if (row && *row && check->text(0) == "ok") return {};
  if (!row && !database->is_damaged()) return std::unexpected(row.error());
  return damaged(journal);
}

}  // namespace lazaret::sqlite
