// A copy of a journal for a backup, taken while a daemon writes to it.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace lazaret::sqlite {

struct JournalCopy {
  std::uint64_t decisions = 0;  // numbers of the last ones
  std::uint64_t facts = 0;
};

// One moment of `from`, whole, into the new file `to`. Without `secrets`: no keys, no signing
// secret, no remembered answers, nor any trace of them in the file. Errors: not_found; unavailable.
Result<JournalCopy> copy_journal(const std::string& from, const std::string& to, bool secrets);

// A copy begins a life of its own: it forgets the boot and the ports of the machine it came from.
Result<void> forget_machine(const std::string& journal);

// Errors: invalid_input where SQLite finds it damaged.
Result<void> check_journal(const std::string& journal);

}  // namespace lazaret::sqlite
