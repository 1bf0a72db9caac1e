// `lazaret backup` and `lazaret restore`: one file that holds a whole fleet.
//
//   lazaret-backup.json    what it is
//   state/journal.db       one moment of the journal
//   state/config.toml      and, with secrets only, state/env/
//   missions/<uuid>/…      the cells with their checkpoints, artifacts and work
//   manifest.json          the hash of everything above
//   manifest.sha256        the hash of that
#pragma once

#include <boost/json/value.hpp>
#include <string>

#include "base/paths.h"
#include "base/result.h"

namespace lazaret::main {

inline constexpr const char* backup_mark = "lazaret-backup.json";
inline constexpr const char* backup_manifest = "manifest.json";
inline constexpr const char* backup_manifest_hash = "manifest.sha256";
inline constexpr int backup_format = 1;

struct BackupWish {
  std::string file;
  bool secrets = false;  // keys, the signing secret, environments of agents
  bool logs = false;
};

// While a daemon runs, or without one. {"file", "bytes", "files", "cells", "facts", "left_out"}.
// Errors: conflict where the file is there; not_found without a journal; unavailable.
Result<boost::json::value> write_backup(const Paths& paths, const BackupWish& wish);

// Everything is verified before anything is written; nothing that is there is replaced.
// `only_check`: verified only. {"files", "bytes", "cells", "made_at", "state", "missions",
// "left_out"}. Errors: invalid_input names what is damaged; conflict what is in the way.
Result<boost::json::value> restore_backup(const Paths& paths, const std::string& file,
                                          bool only_check);

}  // namespace lazaret::main
