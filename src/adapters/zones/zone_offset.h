// What the clocks of a zone are ahead of UTC: of a named one by its file, of the machine's own by
// the C library.
#pragma once

#include <optional>
#include <string>

#include "base/instant.h"

namespace lazaret::zones {

// The empty name is the machine's own zone (TZ, else /etc/localtime). Nothing for one that there is
// not.
std::optional<Duration> offset_at(const std::string& name, WallTime at);

}  // namespace lazaret::zones
