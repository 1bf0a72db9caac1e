#include "wire/json_document.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/utf8.h"

namespace lazaret::wire {

std::string json_document(const boost::json::value& value) {
  return valid_utf8(boost::json::serialize(value));
}

std::string json_document(const boost::json::object& value) {
  return valid_utf8(boost::json::serialize(value));
}

boost::json::value json_of(std::string_view text) {
  if (utf8_valid_prefix(text) == text.size()) {
    return boost::json::parse({text.data(), text.size()});
  }
  return boost::json::parse(valid_utf8(std::string(text)));
}

}  // namespace lazaret::wire
