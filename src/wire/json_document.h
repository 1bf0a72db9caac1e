// Values to JSON text and back, always valid UTF-8: one byte that is none would make the whole
// answer unreadable. Bytes that belong to no character become U+FFFD, in both directions. Numbers
// are written as people write them (0, 0.2, 3600), and read back as the same numbers.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

namespace lazaret::wire {

std::string json_document(const boost::json::value& value);
std::string json_document(const boost::json::object& value);

// For text that we wrote ourselves. Throws std::exception where it is no JSON.
boost::json::value json_of(std::string_view text);

}  // namespace lazaret::wire
