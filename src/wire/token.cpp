#include "wire/token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <charconv>

namespace lazaret::wire {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::unexpected<Error> not_ours() {
  return fail(ErrorCode::unauthenticated, "the token is not one of this daemon's", "Authorization");
}

}  // namespace

Sha256 sha256(std::string_view bytes) {
  Sha256 digest{};
  SHA256(bytes_of(bytes), bytes.size(), digest.data());
  return digest;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::string to_base64url(std::string_view bytes) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    count += 8;
    while (count >= 6) {
      count -= 6;
      out += alphabet[(bits >> count) & 63];
    }
  }
  if (count > 0) out += alphabet[(bits << (6 - count)) & 63];
  return out;
}

Result<std::string> from_base64url(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto at = alphabet.find(c);
    if (at == std::string_view::npos) {
      return fail(ErrorCode::invalid_input, "not base64url: only A-Z a-z 0-9 - _ are");
    }
    bits = (bits << 6) | static_cast<std::uint32_t>(at);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>((bits >> count) & 255);
    }
  }
  // Left-over bits must be zero and fewer than a whole character, so that each text has one
  // spelling.
  if (count >= 6 || (bits & ((1U << count) - 1)) != 0) {
    return fail(ErrorCode::invalid_input, "not base64url: it ends in the middle of a byte");
  }
  return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string Tokens::sign(std::string_view payload) const {
  std::array<unsigned char, 32> mac{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()), bytes_of(payload),
       payload.size(), mac.data(), &size);
  return to_base64url({reinterpret_cast<const char*>(mac.data()), size});
}

std::string Tokens::mint(const AgentRef& agent, Incarnation incarnation) const {
  const std::string who =
      agent.cell.value + "\n" + agent.agent.value + "\n" + std::to_string(incarnation.value);
  const std::string payload = std::string(token_prefix) + to_base64url(who);
  return payload + "." + sign(payload);
}

Result<TokenBearer> Tokens::check(std::string_view text) const {
  const auto dot = text.find('.');
  if (text.size() > token_bytes_most || !text.starts_with(token_prefix) ||
      dot == std::string_view::npos) {
    return not_ours();
  }
  const std::string_view payload = text.substr(0, dot);
  if (!equal_in_constant_time(sign(payload), text.substr(dot + 1))) return not_ours();
  const auto who = from_base64url(payload.substr(token_prefix.size()));
  if (!who) return not_ours();
  const auto first = who->find('\n');
  const auto last = who->rfind('\n');
  if (first == std::string::npos || first == last) return not_ours();
  TokenBearer bearer;
  bearer.agent.cell = CellId(who->substr(0, first));
  bearer.agent.agent = AgentId(who->substr(first + 1, last - first - 1));
  const char* end = who->data() + who->size();
  const auto read = std::from_chars(who->data() + last + 1, end, bearer.incarnation.value);
  if (read.ec != std::errc() || read.ptr != end) return not_ours();
  return bearer;
}

}  // namespace lazaret::wire
