#include "cli/doctor.h"

#include <gtest/gtest.h>

namespace lazaret::cli {
namespace {

const std::string good =
    "Type=notify\nRestart=on-failure\nWatchdogUSec=30s\nKillMode=process\nMainPID=211\n"
    "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\n";

std::string with(const std::string& from, const std::string& to) {
  std::string text = good;
  return text.replace(text.find(from), from.size(), to);
}

TEST(ServiceCheck, OursIsWell) {
  const Check check = service_check(good);
  EXPECT_TRUE(check.well);
  EXPECT_EQ(check.says, "lazaret.service is active as process 211, starts with the machine");
  EXPECT_EQ(check.remedy, "");
}

TEST(ServiceCheck, EachLineThatWouldHurtIsNamedWithTheOneThatMendsIt) {
  const std::pair<std::string, std::string> harms[] = {
      {with("KillMode=process", "KillMode=control-group"), "KillMode=process"},
      {with("Restart=on-failure", "Restart=no"), "Restart=on-failure"},
      {with("Type=notify", "Type=simple"), "Type=notify"},
      {with("WatchdogUSec=30s", "WatchdogUSec=infinity"), "WatchdogSec=30s"},
      {with("WatchdogUSec=30s", "WatchdogUSec=0"), "WatchdogSec=30s"},
  };
  for (const auto& [properties, line] : harms) {
    const Check check = service_check(properties);
    EXPECT_FALSE(check.well) << properties;
    EXPECT_TRUE(check.remedy.ends_with(": " + line)) << check.remedy;
  }
}

TEST(ServiceCheck, WithoutAServiceTheRebootIsMentioned) {
  const Check check = service_check("LoadState=not-found\nActiveState=inactive\n");
  EXPECT_TRUE(check.well);
  EXPECT_NE(check.says.find("after a reboot"), std::string::npos);
}

}  // namespace
}  // namespace lazaret::cli
