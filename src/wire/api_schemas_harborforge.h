// The schemas of HarborForge's contracts, as the end of the list in api_schemas.cpp.
#pragma once

#include <string_view>

namespace lazaret::wire {

// Members of a JSON object and its closing brace.
std::string_view harborforge_schemas();

}  // namespace lazaret::wire
