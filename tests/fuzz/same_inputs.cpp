// `fuzz_NAME --same COUNT CORPUS [DICTIONARY]`: the same COUNT inputs on every machine, made from
// the kept ones by seeded chance. libFuzzer's own choices follow what the compiler laid out, so
// what passed here could fail elsewhere; it goes on finding new inputs where this program is not
// given --same.
#include <fcntl.h>
#include <sanitizer/common_interface_defs.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/rng.h"
#include "fuzz.h"

namespace {

using lazaret::Rng;

constexpr std::size_t longest = 16384;
constexpr std::uint64_t seed = 1;

std::string current;
std::string broken_path;

void keep_current() {
  const int file = ::open(broken_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return;
  const ssize_t written = ::write(file, current.data(), current.size());
  if (written == static_cast<ssize_t>(current.size())) {
    std::fprintf(stderr, "fuzz: this input broke it: %s\n", broken_path.c_str());
  }
  ::close(file);
}

void on_abort(int) {
  keep_current();
  std::_Exit(1);
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

std::vector<std::string> kept_inputs(const char* directory) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<std::string> inputs{""};
  for (const auto& path : paths) inputs.push_back(bytes_of(path).substr(0, longest));
  return inputs;
}

// Lines name="value" with \\, \" and \xHH, as libFuzzer reads them.
std::vector<std::string> words_of(const char* path) {
  std::ifstream file(path);
  std::vector<std::string> words;
  for (std::string line; std::getline(file, line);) {
    const std::size_t begin = line.find('"');
    const std::size_t end = line.rfind('"');
    if (line.starts_with('#') || begin == std::string::npos || end <= begin) continue;
    std::string word;
    for (std::size_t i = begin + 1; i < end; ++i) {
      if (line[i] == '\\' && line[i + 1] == 'x') {
        word += static_cast<char>(std::stoi(line.substr(i + 2, 2), nullptr, 16));
        i += 3;
      } else {
        word += line[i] == '\\' ? line[++i] : line[i];
      }
    }
    words.push_back(std::move(word));
  }
  return words;
}

class Mutator {
 public:
  Mutator(std::vector<std::string> inputs, std::vector<std::string> words)
      : inputs_(std::move(inputs)), words_(std::move(words)) {
    for (const char* word :
         {"0", "-1", "9223372036854775808", "1e999", "\xff", "\xc3\x28", "\\u0000"}) {
      words_.emplace_back(word);
    }
  }

  std::string next() {
    std::string input = one_of(inputs_);
    const std::uint64_t times = rng_.below(6);  // some stay as they are
    for (std::uint64_t i = 0; i < times; ++i) change(input);
    input.resize(std::min(input.size(), longest));
    return input;
  }

 private:
  const std::string& one_of(const std::vector<std::string>& list) {
    return list[rng_.below(list.size())];
  }
  std::size_t place_in(const std::string& text) { return rng_.below(text.size() + 1); }
  std::size_t length() { return 1 + rng_.below(std::uint64_t{1} << rng_.below(8)); }

  void change(std::string& input) {
    const std::size_t at = place_in(input);
    switch (rng_.below(7)) {
      case 0:
        if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << rng_.below(8)));
        break;
      case 1:
        if (at < input.size()) input[at] = static_cast<char>(rng_.below(256));
        break;
      case 2:
        input.erase(at, length());
        break;
      case 3:
        input.insert(at, input.substr(place_in(input), length()));
        break;
      case 4:
        input.insert(at, one_of(words_));
        break;
      case 5:
        input.insert(at, length(), at < input.size() ? input[at] : ' ');
        break;
      default: {
        const std::string& other = one_of(inputs_);
        input.replace(at, length(), other.substr(place_in(other), length()));
      }
    }
  }

  std::vector<std::string> inputs_;
  std::vector<std::string> words_;
  Rng rng_{seed};
};

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  const auto argument = [&](int i) { return i < *argc ? (*argv)[i] : nullptr; };
  if (argument(1) == nullptr || std::string_view(argument(1)) != "--same") return 0;
  if (argument(3) == nullptr) {
    std::fprintf(stderr, "usage: %s --same COUNT CORPUS [DICTIONARY]\n", argument(0));
    std::_Exit(2);
  }
  broken_path = std::string(argument(0)) + ".broken";
  __sanitizer_set_death_callback(keep_current);
  std::signal(SIGABRT, on_abort);
  Mutator mutator(kept_inputs(argument(3)),
                  argument(4) == nullptr ? std::vector<std::string>{} : words_of(argument(4)));
  const long count = std::atol(argument(2));
  for (long i = 0; i < count; ++i) {
    current = mutator.next();
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(current.data()), current.size());
  }
  std::printf("%ld inputs\n", count);
  std::fflush(stdout);
  std::_Exit(count > 0 ? 0 : 2);
}
