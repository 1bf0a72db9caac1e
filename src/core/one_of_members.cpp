// Compiled once: what the wide types of the core are made, copied, moved and destroyed by.
#include "core/command.h"
#include "core/event.h"
#include "core/fact.h"
#include "core/request.h"

namespace lazaret::core {

LAZARET_ONE_OF_MEMBERS(Fact, LAZARET_ALL_FACTS)
LAZARET_ONE_OF_MEMBERS(EventBody, LAZARET_ALL_EVENTS)
LAZARET_ONE_OF_MEMBERS(Command, LAZARET_ALL_COMMANDS)
LAZARET_ONE_OF_MEMBERS(Operation, LAZARET_ALL_OPERATIONS)

}  // namespace lazaret::core
