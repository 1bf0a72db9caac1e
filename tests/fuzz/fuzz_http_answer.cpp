// HTTP answers of strangers: what is understood does not depend on how the bytes arrive, and no
// head or body is larger than its bound.
#include "adapters/http_client/answer_reader.h"
#include "fuzz.h"

namespace {

using namespace lazaret;
using http_client::AnswerReader;

constexpr AnswerReader::Limits limits{.head_bytes = 512, .body_bytes = 256};

struct Outcome {
  AnswerReader::Step step = AnswerReader::Step::need_more;
  ports::HttpAnswer answer;
  std::string error;
};

Outcome read_all(std::string_view bytes, std::size_t piece, bool to_head) {
  AnswerReader reader(limits, to_head);
  Outcome outcome;
  while (!bytes.empty() && outcome.step == AnswerReader::Step::need_more) {
    outcome.step = reader.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  if (outcome.step == AnswerReader::Step::need_more) outcome.step = reader.end();
  LAZARET_ASSERT(outcome.step != AnswerReader::Step::need_more);
  if (outcome.step == AnswerReader::Step::refused) {
    outcome.error = reader.error().message;
    LAZARET_ASSERT(!outcome.error.empty() && !reader.keeps_alive());
    return outcome;
  }
  outcome.answer = reader.take();
  LAZARET_ASSERT(outcome.answer.status >= 200 && outcome.answer.status <= 999);
  LAZARET_ASSERT(outcome.answer.body.size() <= limits.body_bytes);
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  const bool to_head = fuzz::take_byte(text) % 2 == 1;
  const Outcome whole = read_all(text, text.size() + 1, to_head);
  for (const std::size_t piece : {1U, 3U}) {
    const Outcome one = read_all(text, piece, to_head);
    LAZARET_ASSERT(one.step == whole.step && one.error == whole.error);
    LAZARET_ASSERT(one.answer.status == whole.answer.status);
    LAZARET_ASSERT(one.answer.headers == whole.answer.headers);
    LAZARET_ASSERT(one.answer.body == whole.answer.body);
  }
  return 0;
}
