// The journal as a file: what was loaded at the start, and the statements that write it. Used by
// one thread at a time; the one connection here writes and checkpoints (SQLite 3.40's WAL-reset bug
// asks for that), every other connection is read-only.
#pragma once

#include <memory>
#include <string>

#include "adapters/sqlite/database.h"
#include "core/fleet.h"
#include "ports/journal.h"
#include "ports/key_store.h"
#include "ports/presence_board.h"

namespace lazaret::sqlite {

// The state as the journal's facts tell it.
struct Loaded {
  core::Fleet fleet;
  std::uint64_t next_decision = 1;
  std::uint64_t next_fact = 1;
  std::uint64_t folded_facts = 0;   // since the newest snapshot
  std::uint64_t skipped_facts = 0;  // of these: kinds of a newer build that may be passed over
  Stamp last;                       // of the last recorded fact
};

class JournalStore {
 public:
  // Creates the file where there is none. `build` is written with each row. Errors: unavailable
  // (cannot be opened or written), unsupported (written by a newer, incompatible version).
  static Result<JournalStore> open(const std::string& path, std::string build);

  // Snapshot, then all facts after it. Errors: internal, with the number of the row; unsupported,
  // where a newer build wrote what this one must not pass over.
  Result<Loaded> load();

  // Error: unavailable, once the file that was opened no longer stands at its path.
  Result<void> in_place() const;
  // One group: all or nothing. Errors: in_place()'s, and SQLite's.
  Result<void> write(const std::vector<ports::Decision>& group, ports::Durability durability);

  // Remembers the fleet as of these numbers and drops what is older than `keep` facts.
  Result<void> snapshot(const std::string& fleet_text, Stamp at, std::uint64_t decision,
                        std::uint64_t fact, std::uint64_t keep);

  // Answers given before, oldest first; what is past its bounds at `now` is removed.
  Result<std::vector<ports::Receipt>> receipts(Instant now);

  // API keys, in the order of their making.
  Result<std::vector<ports::KeyRecord>> keys();
  Result<void> add_key(const ports::KeyRecord& key);
  Result<void> remove_key(const std::string& id);

  // The board of presences. put_presence: durable when it returns.
  Result<std::vector<ports::PresenceEntry>> presences();
  Result<void> put_presence(const ports::PresenceEntry& entry);

  // Small named values (seeds, secrets, clock offset); empty where unset.
  Result<std::string> value(const std::string& name);
  Result<void> set_value(const std::string& name, const std::string& value);

  // For what lies beside the journal in the same file.
  Database& database() { return *database_; }

 private:
  JournalStore() = default;
  Result<void> prepare();
  Result<void> note_kinds();
  Result<void> sync_fully(bool full);
  Result<void> insert(const ports::Decision& decision);
  Result<void> insert(std::uint64_t decision, const ports::Receipt& receipt);
  void count_receipts(const std::vector<ports::Decision>& group);
  Result<void> trim_receipts(Instant now);
  std::string build_;
  std::unique_ptr<Database> database_;
  Statement insert_event_;
  Statement insert_fact_;
  Statement insert_receipt_;
  std::size_t new_receipts_ = 0;  // since the last trim
  std::size_t new_receipt_bytes_ = 0;
  bool full_sync_ = false;
};

}  // namespace lazaret::sqlite
