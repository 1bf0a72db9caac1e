#include "adapters/sqlite/key_store.h"

#include "adapters/sqlite/on_journal.h"

namespace lazaret::sqlite {

Result<std::vector<ports::KeyRecord>> KeyStore::list() {
  return on_journal(journal_, [](JournalStore& store) { return store.keys(); });
}

Result<void> KeyStore::add(const ports::KeyRecord& key) {
  return on_journal(journal_, [&](JournalStore& store) { return store.add_key(key); });
}

Result<void> KeyStore::remove(const std::string& id) {
  return on_journal(journal_, [&](JournalStore& store) { return store.remove_key(id); });
}

}  // namespace lazaret::sqlite
