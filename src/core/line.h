// JSON lines for an agent's stdin.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace lazaret::core::line {

// {"a":"b",…} with strings escaped; one line, without the newline.
std::string object(std::initializer_list<std::pair<std::string_view, std::string_view>> fields);

}  // namespace lazaret::core::line
