// Environment files: names are names, values hold no NUL, errors say the line.
#include "adapters/process/environment.h"
#include "fuzz.h"

using namespace lazaret;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = process::parse_env_file(fuzz::text_of(data, size), "agent.env");
  if (!read) {
    LAZARET_ASSERT(read.error().place.starts_with("agent.env:"));
    return 0;
  }
  for (const auto& [name, value] : *read) {
    LAZARET_ASSERT(!name.empty() && name.find_first_of("= \n") == std::string::npos);
    LAZARET_ASSERT(value.find('\0') == std::string::npos);
  }
  return 0;
}
