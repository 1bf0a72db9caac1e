// Work on the journal's thread that somebody waits for.
#pragma once

#include <future>

#include "adapters/sqlite/journal.h"

namespace lazaret::sqlite {

// Runs `job` there, in order with the decisions, and gives what it gives.
template <class Job>
auto on_journal(Journal& journal, Job job) {
  using Value = decltype(job(std::declval<JournalStore&>()));
  std::promise<Value> promise;
  auto value = promise.get_future();
  journal.run([&](JournalStore& store) { promise.set_value(job(store)); });
  return value.get();
}

}  // namespace lazaret::sqlite
