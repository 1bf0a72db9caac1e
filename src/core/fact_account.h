// Facts about accounts of providers, which agents share (account.h).
#pragma once

#include "core/command.h"
#include "core/request.h"

namespace lazaret::core::fact {

// Its account does not let it start, or take its wake, now: it stands in line.
struct AgentAwaitsAccount {
  AgentRef agent;
  std::string account;
  bool excused = false;  // it died of the account's limit: nothing but its return is left to do
  std::string reason;
  LAZARET_FIELDS(AgentAwaitsAccount, agent, account, excused, reason)
};
// It stands in line no longer, and was not started.
struct AgentWaitEnded {
  AgentRef agent;
  std::string account;
  std::string reason;
  LAZARET_FIELDS(AgentWaitEnded, agent, account, reason)
};
struct AccountSet {
  std::string account;
  AccountLimits limits;
  std::string by;
  LAZARET_FIELDS(AccountSet, account, limits, by)
};
// until: none = it is over.
struct AccountLimited {
  std::string account;
  std::optional<WallTime> until;
  std::optional<AgentRef> reporter;  // none: a person, or its time has come
  std::string by;
  std::string reason;
  LAZARET_FIELDS(AccountLimited, account, until, reporter, by, reason)
};

}  // namespace lazaret::core::fact
