// A stream of events says the same however its bytes are cut.
#include "cli/sse.h"
#include "fuzz.h"

namespace {

using namespace lazaret;

std::string all_of(cli::SseReader& reader) {
  std::string all;
  while (const auto event = reader.next()) {
    all += event->id + '\1' + event->kind + '\1' + event->data + '\2';
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  const std::size_t piece = 1 + fuzz::take_byte(text) % 16;
  cli::SseReader whole;
  whole.feed(text);
  const std::string said = all_of(whole);
  cli::SseReader cut;
  std::string again;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    cut.feed(text.substr(at, piece));
    again += all_of(cut);
  }
  LAZARET_ASSERT(again == said && cut.last_id() == whole.last_id());
  return 0;
}
