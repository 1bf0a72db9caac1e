#include "server/sync_changes.h"

#include <charconv>

namespace lazaret::server {

std::optional<std::uint64_t> SyncChanges::read(std::string_view token, std::uint64_t epoch) const {
  const std::string prefix = std::to_string(epoch) + ".";
  if (!token.starts_with(prefix)) return std::nullopt;
  token.remove_prefix(prefix.size());
  std::uint64_t seen = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), seen);
  if (error != std::errc() || end != token.data() + token.size() || seen > now_) {
    return std::nullopt;
  }
  return seen;
}

}  // namespace lazaret::server
