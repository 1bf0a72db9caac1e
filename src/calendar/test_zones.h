// Zones for the tests beside the source, made of bytes as zic would write them, so that no file of
// the machine decides whether they pass.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "calendar/zone.h"

namespace lazaret::calendar {

struct TestChange {
  std::int64_t at;
  std::int32_t offset;
  bool daylight;
};

inline void put(std::string& out, std::uint64_t value, int bytes) {
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xff);
}

inline std::string test_header(std::size_t times, std::size_t types, std::size_t chars) {
  std::string out = "TZif2" + std::string(15, '\0');
  for (std::size_t count : {std::size_t{0}, std::size_t{0}, std::size_t{0}, times, types, chars}) {
    put(out, count, 4);
  }
  return out;
}

// A version 2 file: an empty first block, then changes with a type each, then the footer.
inline std::string tzif_bytes(std::int32_t first_offset, const std::vector<TestChange>& changes,
                              const std::string& footer) {
  std::string out = test_header(0, 1, 1) + std::string(6, '\0') + std::string(1, '\0');
  out += test_header(changes.size(), changes.size() + 1, 4);
  for (const TestChange& change : changes) put(out, static_cast<std::uint64_t>(change.at), 8);
  for (std::size_t i = 0; i < changes.size(); ++i) put(out, i + 1, 1);
  put(out, static_cast<std::uint32_t>(first_offset), 4);
  out += std::string(2, '\0');
  for (const TestChange& change : changes) {
    put(out, static_cast<std::uint32_t>(change.offset), 4);
    out += static_cast<char>(change.daylight);
    out += '\0';
  }
  return out + std::string("LMT\0", 4) + "\n" + footer + "\n";
}

inline ZonePtr test_zone(const std::string& name, const std::string& bytes) {
  auto zone = Zone::from_tzif(name, bytes);
  return zone ? std::make_shared<const Zone>(std::move(*zone)) : nullptr;
}

// By rule only, from 1970 on.
inline ZonePtr berlin() {
  return test_zone("Europe/Berlin",
                   tzif_bytes(3600, {{0, 3600, false}}, "CET-1CEST,M3.5.0,M10.5.0/3"));
}
inline ZonePtr new_york() {
  return test_zone("America/New_York",
                   tzif_bytes(-18000, {{0, -18000, false}}, "EST5EDT,M3.2.0,M11.1.0"));
}
// Half an hour of daylight saving.
inline ZonePtr lord_howe() {
  return test_zone("Australia/Lord_Howe",
                   tzif_bytes(37800, {{0, 37800, false}}, "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"));
}
// Skipped the whole of 2011-12-30.
inline ZonePtr apia() {
  return test_zone("Pacific/Apia", tzif_bytes(-36000, {{1325239200, 50400, true}}, "<+14>-14"));
}
inline ZonePtr utc() { return std::make_shared<const Zone>(Zone::utc()); }

}  // namespace lazaret::calendar
