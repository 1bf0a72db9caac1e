#include "adapters/sqlite/key_store.h"

#include <future>

namespace lazaret::sqlite {
namespace {

// Runs `job` on the journal's thread and waits for what it gives.
template <class Job>
auto on_journal(Journal& journal, Job job) {
  using Value = decltype(job(std::declval<JournalStore&>()));
  std::promise<Value> promise;
  auto value = promise.get_future();
  journal.run([&](JournalStore& store) { promise.set_value(job(store)); });
  return value.get();
}

}  // namespace

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
