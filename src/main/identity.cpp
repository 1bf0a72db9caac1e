#include "main/identity.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <charconv>
#include <vector>

#include "base/invariant.h"
#include "main/system_clock.h"

namespace lazaret::main {
namespace {

// The value of that name, made by `make` where there is none.
template <class Make>
Result<std::string> value_or(sqlite::JournalStore& store, const std::string& name, Make make) {
  auto found = store.value(name);
  if (!found || !found->empty()) return found;
  std::string made = make();
  if (auto set = store.set_value(name, made); !set) return std::unexpected(set.error());
  return made;
}

template <class Number>
Number to_number(const std::string& text, int base = 10) {
  Number number{};
  std::from_chars(text.data(), text.data() + text.size(), number, base);
  return number;
}

// Fleet time never goes back: within a boot the offset stays, after a reboot it closes the gap.
Result<Duration> clock_offset(sqlite::JournalStore& store, const std::string& boot_id, Stamp last) {
  auto known_boot = store.value("boot_id");
  if (!known_boot) return std::unexpected(known_boot.error());
  auto known_offset = store.value("clock_offset");
  if (!known_offset) return std::unexpected(known_offset.error());
  if (*known_boot == boot_id && !known_offset->empty()) {
    return Duration(to_number<std::int64_t>(*known_offset));
  }
  const Duration offset =
      last.mono == Instant{} ? Duration(0) : last.mono - SystemClock::machine_now();
  for (const auto& [name, value] : {std::pair<std::string, std::string>{"boot_id", boot_id},
                                    {"clock_offset", std::to_string(offset.count())}}) {
    if (auto set = store.set_value(name, value); !set) return std::unexpected(set.error());
  }
  return offset;
}

}  // namespace

std::string random_hex(std::size_t bytes) {
  std::vector<unsigned char> buffer(bytes);
  LAZARET_ASSERT(getrandom(buffer.data(), bytes, 0) == static_cast<ssize_t>(bytes));
  std::string hex;
  for (const unsigned char byte : buffer) hex += fmt::format("{:02x}", byte);
  return hex;
}

Result<Identity> read_identity(sqlite::JournalStore& store, Stamp last) {
  Identity identity;
  identity.boot_id = read_boot_id();
  auto secret = value_or(store, "secret", [] { return random_hex(32); });
  if (!secret) return std::unexpected(secret.error());
  auto seed = value_or(store, "seed", [] { return random_hex(8); });
  if (!seed) return std::unexpected(seed.error());
  auto offset = clock_offset(store, identity.boot_id, last);
  if (!offset) return std::unexpected(offset.error());
  identity.secret = *secret;
  identity.seed = to_number<std::uint64_t>(*seed, 16);
  identity.clock_offset = *offset;
  return identity;
}

}  // namespace lazaret::main
