// Tokens of supervised agents: they name the agent and its incarnation, and are signed, so that
// nothing needs to be stored and an old incarnation can be told from the live one.
//
//   lza_<base64url(cell \n agent \n incarnation)>.<base64url(HMAC-SHA256 of the part before the
//   dot)>
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "base/result.h"

namespace lazaret::wire {

inline constexpr std::string_view token_prefix = "lza_";
inline constexpr std::size_t token_bytes_most = 1024;

struct TokenBearer {
  AgentRef agent;
  Incarnation incarnation;
  friend bool operator==(const TokenBearer&, const TokenBearer&) = default;
};

class Tokens {
 public:
  // `secret`: of this state directory, at least 16 bytes, never shown.
  explicit Tokens(std::string secret) : secret_(std::move(secret)) {}

  std::string mint(const AgentRef& agent, Incarnation incarnation) const;
  // Error: unauthenticated. Says nothing about which incarnation is the live one.
  Result<TokenBearer> check(std::string_view text) const;

 private:
  std::string sign(std::string_view payload) const;
  std::string secret_;
};

using Sha256 = std::array<unsigned char, 32>;
Sha256 sha256(std::string_view bytes);
std::string to_hex(std::string_view bytes);
inline std::string to_hex(const Sha256& digest) {
  return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

// RFC 4648 section 5, without padding.
std::string to_base64url(std::string_view bytes);
// Error: invalid_input.
Result<std::string> from_base64url(std::string_view text);

// Takes the same time wherever the texts differ; lengths may show.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace lazaret::wire
