// Tokens: what we did not mint, nobody is; what we mint is read back, for any names.
#include "fuzz.h"
#include "wire/token.h"

using namespace lazaret;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const wire::Tokens tokens("sixteen bytes and more of a secret");
  if (const auto bearer = tokens.check(text)) {
    LAZARET_ASSERT(tokens.mint(bearer->agent, bearer->incarnation) == text);
  }
  if (const auto bytes = wire::from_base64url(text)) {
    LAZARET_ASSERT(wire::to_base64url(*bytes) == text);
  }
  LAZARET_ASSERT(wire::from_base64url(wire::to_base64url(text)).value_or("none") == text);
  std::string names(text.substr(0, 60));
  for (char& c : names) {
    if (c == '\n' || c == '\0') c = '_';
  }
  const std::size_t half = names.size() / 2;
  if (half == 0) return 0;
  const wire::TokenBearer given{{CellId(names.substr(0, half)), AgentId(names.substr(half))}, {7}};
  const std::string minted = tokens.mint(given.agent, given.incarnation);
  const auto taken = tokens.check(minted);
  LAZARET_ASSERT(taken && *taken == given);
  LAZARET_ASSERT(!wire::Tokens("another secret of some length").check(minted));
  return 0;
}
