// Searching facts for a text, in what a person sees of them.
#pragma once

#include <string_view>

#include "core/fact.h"

namespace lazaret::wire {

// `what` is in the kind, the agent, the task or the sentence, whatever the case of its ASCII
// letters.
bool fact_says(std::string_view kind, std::string_view agent, std::string_view task,
               std::string_view sentence, std::string_view what);
// The same of a row of the journal; of a fact that this build does not know its body is searched.
bool row_says(std::string_view kind, std::string_view agent, std::string_view task,
              std::string_view body, std::string_view what);

}  // namespace lazaret::wire
