#include "main/run_plugin.h"

#include <unistd.h>

#include <array>

#include "adapters/http_client/http_client.h"
#include "adapters/procfs/host_sampler.h"
#include "cli/endpoint.h"
#include "cli/own_files.h"
#include "main/build.h"
#include "main/system_clock.h"
#include "plugin/plugin.h"

namespace lazaret::main {
namespace {

std::string own_host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

// Empty where the program was not installed as a plugin (scripts/install-plugin).
std::string directory_with_manifest() {
  const std::string program = cli::own_program();
  const std::string directory = program.substr(0, program.rfind('/'));
  return ::access((directory + "/manifest.json").c_str(), R_OK) == 0 ? directory : "";
}

}  // namespace

int run_plugin(const std::vector<std::string>& words) {
  const SystemClock clock(Duration::zero());
  auto host = procfs::HostSampler::open({});  // its first reading is what the next one counts from
  const plugin::Parts parts{
      .version = build_text(),
      .host_name = own_host_name(),
      .beside = directory_with_manifest(),
      .environment = cli::process_environment(),
      .clock = clock,
      .http = [](boost::asio::io_context& io) -> std::unique_ptr<ports::HttpClient> {
        return std::make_unique<http_client::HttpClient>(io);
      },
      .sample = [&host]() -> Result<ports::HostSample> {
        if (!host) return std::unexpected(host.error());
        return host->sample();
      }};
  return plugin::run_plugin(words, parts);
}

}  // namespace lazaret::main
