// The settings harborforge.* made into those of the client.
#pragma once

#include "harborforge/client.h"
#include "main/settings.h"

namespace lazaret::main {

// `state` goes into the seed, so that two daemons do not try again in step. Errors: a setting that
// is none; a file of the key that others may read, or that cannot be read. The key is never in an
// error.
Result<harborforge::ClientSettings> read_client_settings(const Config& config,
                                                         const std::string& state);

// Whether there is anything to do.
bool is_wanted(const harborforge::ClientSettings& settings);

}  // namespace lazaret::main
