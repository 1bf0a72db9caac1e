// A recurrence rule as RFC 5545 writes it, and as people say it.
#pragma once

#include <string>

#include "calendar/rrule.h"

namespace lazaret::calendar {

// FREQ=MONTHLY;BYDAY=-1FR. Parses to the same rule again. UNTIL as a local time is written as the
// instant that it is in `zone`, as other programs expect beside a DTSTART with a zone.
std::string to_text(const Rrule& rule, const Zone& zone);

}  // namespace lazaret::calendar
