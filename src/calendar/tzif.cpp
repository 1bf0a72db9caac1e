#include "calendar/tzif.h"

#include <fmt/format.h>

namespace lazaret::calendar {
namespace {

constexpr std::size_t header_bytes = 44;
constexpr std::int64_t earliest = -(std::int64_t{1} << 37);  // 2386 BC
constexpr std::int64_t latest = day_of(last_year, 12, 31) * day_seconds;

struct Counts {
  std::uint32_t ut = 0, standard = 0, leaps = 0, times = 0, types = 0, chars = 0;
  std::size_t block(std::size_t time_bytes) const {
    return times * time_bytes + times + types * 6 + chars + leaps * (time_bytes + 4) + standard +
           ut;
  }
};

std::unexpected<Error> wrong(std::size_t at, std::string what) {
  return fail(ErrorCode::invalid_input, "not a time zone file: " + std::move(what),
              fmt::format("byte {}", at));
}

// Big-endian, two's complement. The caller has checked that the bytes are there.
std::int64_t number(std::string_view bytes, std::size_t at, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  }
  if (width == 4) return static_cast<std::int32_t>(static_cast<std::uint32_t>(value));
  return static_cast<std::int64_t>(value);
}

Result<Counts> read_counts(std::string_view bytes, std::size_t at) {
  if (bytes.size() < at + header_bytes || bytes.substr(at, 4) != "TZif") {
    return wrong(at, "it does not begin with TZif and a header of 44 bytes");
  }
  Counts counts;
  std::size_t from = at + 20;
  for (auto* count :
       {&counts.ut, &counts.standard, &counts.leaps, &counts.times, &counts.types, &counts.chars}) {
    *count = static_cast<std::uint32_t>(number(bytes, from, 4));
    if (*count > most_zone_changes) return wrong(from, fmt::format("a count of {}", *count));
    from += 4;
  }
  return counts;
}

struct Type {
  seconds offset{};
  bool daylight = false;
  std::string abbreviation;
};

Result<std::vector<Type>> read_types(std::string_view bytes, std::size_t at, const Counts& counts) {
  if (counts.types == 0 || counts.types > 256) return wrong(at, "it has no local time type");
  const std::size_t names = at + counts.types * 6;
  const std::string_view text = bytes.substr(names, counts.chars);
  std::vector<Type> types;
  for (std::size_t i = 0; i < counts.types; ++i) {
    const std::size_t from = at + i * 6;
    const std::int64_t offset = number(bytes, from, 4);
    if (offset < -89'999 || offset > 93'599) {
      return wrong(from, fmt::format("an offset of {} s; expected at most a day", offset));
    }
    const auto name = static_cast<unsigned char>(bytes[from + 5]);
    if (name >= text.size() && counts.chars != 0) {
      return wrong(from + 5, "an abbreviation outside of the table");
    }
    std::string_view abbreviation = text.substr(std::min<std::size_t>(name, text.size()));
    abbreviation = abbreviation.substr(0, abbreviation.find('\0'));
    types.push_back({seconds(offset), bytes[from + 4] != 0, std::string(abbreviation)});
  }
  return types;
}

// Which type holds before the first change: type 0, as RFC 8536 3.2 says.
Result<std::vector<Change>> read_changes(std::string_view bytes, std::size_t at,
                                         const Counts& counts, std::size_t width) {
  const std::size_t indexes = at + counts.times * width;
  const auto types = read_types(bytes, indexes + counts.times, counts);
  if (!types) return std::unexpected(types.error());
  const Type& first = types->front();
  std::vector<Change> out = {
      {SysTime(seconds(0)), first.offset, first.daylight, first.abbreviation}};
  std::int64_t before = earliest;
  for (std::size_t i = 0; i < counts.times; ++i) {
    const std::int64_t when = number(bytes, at + i * width, width);
    const auto index = static_cast<unsigned char>(bytes[indexes + i]);
    if (index >= types->size()) return wrong(indexes + i, "a type outside of the table");
    if (when > latest || (i > 0 && when <= before)) {
      return wrong(at + i * width, "changes that are not in order");
    }
    // Some files begin with "since the Big Bang".
    if (when <= earliest) {
      if (i > 0) return wrong(at + i * width, "changes that are not in order");
      out.front() = {SysTime(seconds(0)), (*types)[index].offset, (*types)[index].daylight,
                     (*types)[index].abbreviation};
      continue;
    }
    before = when;
    const Type& type = (*types)[index];
    out.push_back({SysTime(seconds(when)), type.offset, type.daylight, type.abbreviation});
  }
  return out;
}

}  // namespace

Result<Tzif> read_tzif(std::string_view bytes) {
  if (bytes.size() > most_zone_bytes) {
    return wrong(most_zone_bytes,
                 fmt::format("{} bytes; at most {}", bytes.size(), most_zone_bytes));
  }
  auto counts = read_counts(bytes, 0);
  if (!counts) return std::unexpected(counts.error());
  std::size_t at = header_bytes;
  std::size_t width = 4;
  const char version = bytes[4];
  if (version >= '2') {
    const std::size_t second = at + counts->block(4);
    counts = read_counts(bytes, second);
    if (!counts) return std::unexpected(counts.error());
    at = second + header_bytes;
    width = 8;
  }
  const std::size_t end = at + counts->block(width);
  if (end > bytes.size()) return wrong(bytes.size(), "it ends too early");
  if (counts->leaps != 0) return wrong(at, "it counts leap seconds, which POSIX time does not");
  auto changes = read_changes(bytes, at, *counts, width);
  if (!changes) return std::unexpected(changes.error());
  Tzif out{std::move(*changes), {}};
  if (width == 8) {
    const std::string_view rest = bytes.substr(end);
    const std::size_t close = rest.find('\n', 1);
    if (rest.empty() || rest.front() != '\n' || close == std::string_view::npos || close > 256) {
      return wrong(end, "its footer is not a line");
    }
    out.footer = rest.substr(1, close - 1);
  }
  return out;
}

std::string to_tzif(const Zone& zone) {
  constexpr SysTime from{seconds(0)};
  constexpr SysTime to{seconds(day_of(2200, 1, 1) * day_seconds)};
  const auto big_endian = [](std::int64_t value, int width) {
    std::string out;
    for (int i = width - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 255);
    return out;
  };
  std::vector<Type> types;
  std::string times, indexes, names;
  const auto type_of = [&](SysTime at, const Span& span) {
    const std::string& name = zone.abbreviation_at(at);
    for (std::size_t i = 0; i < types.size(); ++i) {
      if (types[i].offset == span.offset && types[i].daylight == span.daylight &&
          types[i].abbreviation == name) {
        return i;
      }
    }
    types.push_back({span.offset, span.daylight, name});
    return types.size() - 1;
  };
  Span span = zone.span_at(from);
  type_of(from, span);
  std::uint32_t count = 0;
  while (span.end < to && count < most_zone_changes) {
    const SysTime at = span.end;
    span = zone.span_at(at);
    times += big_endian(at.time_since_epoch().count(), 8);
    indexes += static_cast<char>(type_of(at, span));
    ++count;
  }
  std::string table;
  for (const Type& type : types) {
    // Its place is one byte: names that are too long for that are not told.
    const bool told = names.size() + type.abbreviation.size() < 255;
    if (!told && names.empty()) names += '\0';
    const std::size_t place = told ? names.size() : names.find('\0');
    table += big_endian(type.offset.count(), 4) + static_cast<char>(type.daylight) +
             static_cast<char>(place);
    if (told) names += type.abbreviation + '\0';
  }
  const auto header = [&](std::size_t changes, std::size_t kinds, std::size_t chars) {
    return "TZif2" + std::string(15 + 12, '\0') +
           big_endian(static_cast<std::int64_t>(changes), 4) +
           big_endian(static_cast<std::int64_t>(kinds), 4) +
           big_endian(static_cast<std::int64_t>(chars), 4);
  };
  return header(0, 1, 1) + std::string(7, '\0') + header(count, types.size(), names.size()) +
         times + indexes + table + names + "\n\n";
}

}  // namespace lazaret::calendar
