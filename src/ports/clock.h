// Both clocks at once, in the fleet's own terms.
#pragma once

#include "base/instant.h"

namespace lazaret::ports {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Stamp now() const = 0;
};

}  // namespace lazaret::ports
