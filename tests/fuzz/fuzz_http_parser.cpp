// HTTP requests of strangers: the requests that are understood do not depend on how the bytes
// arrive, and no head or body is larger than its bound.
#include "fuzz.h"
#include "server/http_parser.h"

namespace {

using namespace lazaret;

constexpr std::size_t head_most = 512;
constexpr std::size_t body_most = 256;

struct Outcome {
  std::string requests;
  bool refused = false;
};

// All of `bytes`, `piece` more at a time.
Outcome read_all(std::string_view bytes, std::size_t piece) {
  server::HttpParser parser(
      {.header_bytes = head_most, .body_bytes = [](auto, auto) { return body_most; }});
  Outcome outcome;
  std::size_t begin = 0;
  std::size_t end = 0;
  while (end < bytes.size()) {
    end = std::min(bytes.size(), end + piece);
    for (;;) {
      std::size_t used = 0;
      const auto step = parser.step(bytes.substr(begin, end - begin), used);
      LAZARET_ASSERT(used <= end - begin);
      begin += used;
      if (step == server::HttpParser::Step::need_more) break;
      if (step == server::HttpParser::Step::refused) {
        LAZARET_ASSERT(parser.refusal().status >= 400 && parser.refusal().status < 500);
        outcome.refused = true;
        return outcome;
      }
      if (step == server::HttpParser::Step::head) continue;
      LAZARET_ASSERT(parser.body().size() <= body_most);
      const server::RequestHead& head = parser.head();
      outcome.requests += head.method + '\1' + head.target + '\1' + head.host + '\1' +
                          head.authorization + '\1' + head.cookie + '\1' + parser.body() + '\2';
      parser.reset();
    }
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  const std::size_t piece = 1 + fuzz::take_byte(text) % 64;
  // Empty lines end every head and fill every body: nothing is left that only waits for more.
  std::string bytes(text);
  while (bytes.size() < text.size() + head_most + body_most) bytes += "\r\n";
  const Outcome whole = read_all(bytes, bytes.size());
  const Outcome cut = read_all(bytes, piece);
  LAZARET_ASSERT(whole.requests == cut.requests && whole.refused == cut.refused);
  return 0;
}
