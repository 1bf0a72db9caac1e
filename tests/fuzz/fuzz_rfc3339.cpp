// Times: what is read is written with milliseconds, and reads back as itself.
#include "base/rfc3339.h"
#include "fuzz.h"

using namespace lazaret;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto time = from_rfc3339(fuzz::text_of(data, size));
  if (!time) {
    LAZARET_ASSERT(!time.error().message.empty());
    return 0;
  }
  const std::string written = to_rfc3339(*time);
  const auto again = from_rfc3339(written);
  LAZARET_ASSERT(again && to_rfc3339(*again) == written);
  const Duration cut = *time - *again;
  LAZARET_ASSERT(cut < std::chrono::milliseconds(1) && cut > -std::chrono::milliseconds(1));
  LAZARET_ASSERT(!to_human(cut).empty());
  return 0;
}
