#include "adapters/zones/zone_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lazaret::zones {
namespace {

constexpr std::size_t most_name_chars = 64;

// Letters, digits and _+- in words with slashes between: nothing hidden, no "..", not absolute.
bool is_zone_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '+' || c == '-' || c == '/';
  };
  return !name.empty() && name.size() <= most_name_chars && std::ranges::all_of(name, fits) &&
         name.front() != '/' && name.back() != '/' && name.find("//") == std::string_view::npos;
}

// One byte more than a zone may have, so that a longer file is noticed.
Result<std::string> read_all(const std::string& path, const std::string& name) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) {
    return fail(ErrorCode::not_found, fmt::format("there is no time zone \"{}\"", name), path,
                "write a name like Europe/Berlin or UTC; the package tzdata has the files");
  }
  struct ::stat status{};
  std::string bytes(calendar::most_zone_bytes + 1, '\0');
  std::size_t size = 0;
  bool fine = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  while (fine && size < bytes.size()) {
    const auto got = ::read(file, bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    fine = got >= 0;
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  ::close(file);
  if (!fine) {
    return fail(ErrorCode::not_found, fmt::format("\"{}\" is not a time zone", name), path,
                "write a name like Europe/Berlin or UTC");
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace

Result<std::string> read_zone_bytes(const std::string& name, const std::string& directory) {
  if (!is_zone_name(name)) {
    return fail(ErrorCode::invalid_input,
                fmt::format("\"{}\" is not the name of a time zone", name.substr(0, 64)), "zone",
                "write a name like Europe/Berlin or UTC");
  }
  return read_all(fmt::format("{}/{}", directory, name), name);
}

Result<calendar::ZonePtr> read_zone(const std::string& name, const std::string& directory) {
  if (name == "UTC" || name == "Z") {
    return std::make_shared<const calendar::Zone>(calendar::Zone::utc());
  }
  const auto bytes = read_zone_bytes(name, directory);
  if (!bytes) return std::unexpected(bytes.error());
  auto zone = calendar::Zone::from_tzif(name, *bytes);
  if (!zone) return std::unexpected(zone.error());
  return std::make_shared<const calendar::Zone>(std::move(*zone));
}

}  // namespace lazaret::zones
