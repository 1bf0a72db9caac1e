// The bytes of a TZif file (RFC 8536) → changes of offset and the rule that follows them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "calendar/zone.h"

namespace lazaret::calendar {

struct Tzif {
  std::vector<Change> changes;  // the first holds before the second begins; never empty
  std::string footer;           // POSIX TZ, empty where there is none
};

// Bounds: most_zone_bytes, most_zone_changes. Error: invalid_input; place is "byte N".
Result<Tzif> read_tzif(std::string_view bytes);

// Of a zone that came without a file (a VTIMEZONE): version 2, from 1970 to 2200, no footer.
std::string to_tzif(const Zone& zone);

}  // namespace lazaret::calendar
