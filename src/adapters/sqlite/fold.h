// Snapshot and facts of a journal, folded into the state.
#pragma once

#include "adapters/sqlite/journal_store.h"

namespace lazaret::sqlite {

// Errors: internal, with the number of the row that cannot be read; unavailable.
Result<Loaded> fold(Database& database);

}  // namespace lazaret::sqlite
