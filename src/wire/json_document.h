// Values to JSON text and back, always valid UTF-8: one byte that is none would make the whole
// answer unreadable. Bytes that belong to no character become U+FFFD, in both directions.
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
