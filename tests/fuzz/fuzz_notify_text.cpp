// sd_notify datagrams of any program.
#include "adapters/process/notify_text.h"
#include "base/utf8.h"
#include "fuzz.h"

using namespace lazaret;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const process::Notification said = process::parse_notification(fuzz::text_of(data, size));
  if (said.status) LAZARET_ASSERT(utf8_valid_prefix(*said.status) == said.status->size());
  if (said.extension) LAZARET_ASSERT(*said.extension >= Duration::zero());
  return 0;
}
