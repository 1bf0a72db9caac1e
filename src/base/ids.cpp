#include "base/ids.h"

namespace lazaret {

std::string qualified(const AgentRef& ref) {
  return ref.cell.value.substr(0, 8) + "." + ref.agent.value;
}

}  // namespace lazaret
