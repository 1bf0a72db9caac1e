// Time zones from the machine's files, as immutable values.
#pragma once

#include <string>

#include "base/result.h"
#include "calendar/zone.h"

namespace lazaret::zones {

inline constexpr const char* usual_directory = "/usr/share/zoneinfo";

// "Europe/Berlin". UTC needs no file. Read anew each time: the files change when tzdata is updated,
// and the value's hash tells. A name never leads out of the directory. Errors: invalid_input (not a
// name, or a damaged file), not_found.
Result<calendar::ZonePtr> read_zone(const std::string& name,
                                    const std::string& directory = usual_directory);
// The bytes of its file alone; what they say is for the reader to check. Errors: the same.
Result<std::string> read_zone_bytes(const std::string& name,
                                    const std::string& directory = usual_directory);

}  // namespace lazaret::zones
