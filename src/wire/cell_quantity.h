// Amounts as people write them in resource limits. Units of bytes are powers of 1024, whether
// spelled K, KB or KiB, as systemd and podman have it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lazaret::wire {

// "2 cores", "1 core", "0.5", "500m" → thousandths of a core. nullopt: not of that form, zero, or
// more than 100,000 cores.
std::optional<std::int64_t> read_cpus(std::string_view text);

// "4GB", "512M", "1.5 GiB", "4096" → bytes. nullopt: not of that form, zero, or 2^60 and more.
std::optional<std::int64_t> read_bytes(std::string_view text);

std::string cpus_text(std::int64_t milli_cpus);  // "2 cores", "500m"
std::string bytes_text(std::int64_t bytes);      // "4GB", "1536MB", "1000"

inline constexpr std::string_view cpus_expected =
    "an amount of CPU such as \"2 cores\" or \"500m\"";
inline constexpr std::string_view bytes_expected = "an amount of bytes such as \"4GB\" or \"512M\"";

}  // namespace lazaret::wire
