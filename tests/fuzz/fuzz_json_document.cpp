// JSON of our own: what is read is written as UTF-8 and reads back as the same; but for the last
// digit of a fraction, which the library reads quickly rather than exactly.
#include <exception>

#include "base/utf8.h"
#include "fuzz.h"
#include "wire/json_document.h"

using namespace lazaret;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string first;
  try {
    first = wire::json_document(wire::json_of(fuzz::text_of(data, size)));
  } catch (const std::exception&) {
    return 0;  // no JSON, which is what an exception says here
  }
  LAZARET_ASSERT(utf8_valid_prefix(first) == first.size());
  const bool has_fractions = first.find_first_of(".eE") != std::string::npos;
  const std::string again = wire::json_document(wire::json_of(first));
  LAZARET_ASSERT(has_fractions || again == first);
  return 0;
}
