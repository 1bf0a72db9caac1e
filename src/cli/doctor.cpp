#include "cli/doctor.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <sstream>

#include "cli/context.h"
#include "cli/json_view.h"
#include "cli/keeper_record.h"
#include "cli/own_files.h"

namespace lazaret::cli {
namespace {

constexpr const char* service_name = "lazaret.service";

// A daemon answers on while it can record nothing: then it is of no use.
Check journal_check(const boost::json::value& status) {
  const std::string trouble = text_at(status, "trouble");
  if (trouble.empty()) return {"journal", true, "can be written", ""};
  std::string says = "nothing can be recorded: " + trouble;
  const std::string place = text_at(status, "trouble_place");
  if (!place.empty() && !says.contains(place)) says += fmt::format(" (at {})", place);
  const std::string remedy = text_at(status, "trouble_remedy");
  return {"journal", false, says, remedy.empty() ? "see `lazaret status`" : remedy};
}

// Nothing where systemd does not run the machine.
std::string service_properties() {
  if (access("/run/systemd/system", F_OK) != 0) return {};
  const std::string command = fmt::format(
      "systemctl {}show {} -p LoadState,ActiveState,MainPID,Type,KillMode,Restart,"
      "WatchdogUSec,UnitFileState 2>/dev/null",
      geteuid() == 0 ? "" : "--user ", service_name);
  const std::unique_ptr<FILE, int (*)(FILE*)> from(popen(command.c_str(), "r"), pclose);
  std::string text;
  std::array<char, 512> part{};
  while (from && fgets(part.data(), part.size(), from.get())) text += part.data();
  return text;
}

std::vector<Check> check_all(Context& context, Result<boost::json::value>& status) {
  std::vector<Check> checks;
  auto shim = find_shim(shim_named_in(context.environment));
  checks.push_back({"shim", shim.has_value(), shim ? *shim : shim.error().message,
                    shim ? "" : shim.error().remedy});
  auto paths = context.paths();
  if (!paths) {
    checks.push_back({"places", false, paths.error().message, paths.error().remedy});
    return checks;
  }
  if (const std::string service = service_properties(); !service.empty()) {
    checks.push_back(service_check(service));
  }
  auto client = context.client();
  if (status && client) paths->missions = missions_path(**client, paths->missions);
  for (const auto& [name, path] :
       {std::pair{"state", paths->state}, {"missions", paths->missions}}) {
    const bool there = access(path.c_str(), F_OK) == 0;
    const bool usable = !there || access(path.c_str(), R_OK | W_OK | X_OK) == 0;
    checks.push_back({name, usable, path + (there ? "" : " (not made yet)"),
                      usable ? "" : "its owner or its mode keeps you out"});
  }
  checks.push_back(
      {"daemon", status.has_value(),
       status ? "answers, version " + text_at(*status, "daemon.version") : status.error().message,
       status ? "" : status.error().remedy});
  if (status) checks.push_back(journal_check(*status));
  if (!status || !client || (*client)->endpoint().state.empty()) return checks;
  const std::string record = (*client)->endpoint().state + "/keeper";
  const bool gone = keeper_is_gone(record);
  const int keeper = living_keeper(record);
  checks.push_back({"keeper", !gone,
                    gone          ? no_keeper
                    : keeper != 0 ? fmt::format("restarts the daemon; process {}", keeper)
                                  : "not ours: systemd, or nobody, restarts the daemon",
                    gone ? no_keeper_remedy : ""});
  return checks;
}

Result<ExitCode> doctor(Context& context, const Arguments&) {
  auto client = context.client();
  if (!client) return std::unexpected(client.error());
  auto status = (*client)->call("GET", "/api/v1/status");
  const auto checks = check_all(context, status);
  bool well = true;
  boost::json::array list;
  std::string text;
  for (const auto& check : checks) {
    well = well && check.well;
    list.push_back({{"check", check.what},
                    {"ok", check.well},
                    {"says", check.says},
                    {"remedy", check.remedy}});
    text += fmt::format(
        "{} {:<10} {}\n",
        inked(context.look, check.well ? Ink::good : Ink::bad, check.well ? "ok " : "BAD"),
        check.what, plain(check.says));
    if (!check.remedy.empty()) text += fmt::format("    try: {}\n", plain(check.remedy));
  }
  boost::json::value machine = status ? list_at(*status, "machine") : boost::json::array{};
  if (status) text += inked(context.look, Ink::faint, "this machine") + "\n";
  for (const auto& sentence : machine.get_array()) text += "  " + plain(in_words(sentence)) + "\n";
  context.out << (context.json ? pretty(boost::json::object{
                                     {"ok", well}, {"checks", list}, {"machine", machine}})
                               : text);
  return well ? ExitCode::ok : ExitCode::error;
}

}  // namespace

// A running daemon knows best where its missions are.
std::string missions_path(Client& client, std::string otherwise) {
  const auto settings = client.call("GET", "/api/v1/settings");
  if (!settings) return otherwise;
  for (const auto& one : list_at(*settings, "settings")) {
    if (text_at(one, "setting") == "missions") return text_at(one, "value");
  }
  return otherwise;
}

Check service_check(const std::string& properties) {
  std::map<std::string, std::string> has;
  std::istringstream lines(properties);
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find('=');
    if (equals != std::string::npos) has[line.substr(0, equals)] = line.substr(equals + 1);
  }
  Check check{"service", true, "", ""};
  if (has["LoadState"] != "loaded") {
    check.says = fmt::format(
        "no {}: after a reboot somebody has to start the daemon; the keeper restarts it until then",
        service_name);
    return check;
  }
  check.says = fmt::format("{} is {}{}, {}", service_name, has["ActiveState"],
                           has["MainPID"] == "0" ? "" : " as process " + has["MainPID"],
                           has["UnitFileState"] == "enabled" ? "starts with the machine"
                                                             : "does not start with the machine");
  const std::string& watchdog = has["WatchdogUSec"];
  const std::array<std::tuple<bool, std::string, std::string>, 4> faults = {{
      {has["KillMode"] != "process", "its end takes the agents along", "KillMode=process"},
      {has["Restart"] != "on-failure" && has["Restart"] != "always",
       "it is not started again when it crashes", "Restart=on-failure"},
      {has["Type"] != "notify", "systemd is not told when it is up", "Type=notify"},
      {watchdog.empty() || watchdog == "0" || watchdog == "infinity",
       "nobody notices when it hangs", "WatchdogSec=30s"},
  }};
  std::string wanted;
  for (const auto& [broken, consequence, line] : faults) {
    if (!broken) continue;
    check.well = false;
    check.says += "; " + consequence;
    wanted += (wanted.empty() ? "" : ", ") + line;
  }
  if (!check.well) {
    check.remedy =
        fmt::format("`systemctl edit {}`, and under [Service]: {}", service_name, wanted);
  }
  return check;
}

Verb doctor_verb() {
  return {.words = "doctor",
          .group = Group::daemon,
          .summary = "Check this machine: what works, what does not, and why.",
          .example = "lazaret doctor",
          .carry_out = doctor};
}

}  // namespace lazaret::cli
