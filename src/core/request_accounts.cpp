#include <fmt/format.h>

#include "core/account.h"
#include "core/request_parts.h"

namespace lazaret::core::requests {

void Handler::operator()(const op::SetAccount& o) {
  if (!is_operator("set what an account bears")) return;
  const Account* known = find_account(d.fleet(), o.account);
  if (!known && d.fleet().accounts.size() >= account::accounts_most) {
    return d.refuse(ErrorCode::too_many,
                    fmt::format("{} accounts are known already", account::accounts_most));
  }
  AccountLimits limits = known ? known->limits : AccountLimits{};
  limits.at_once = o.at_once.value_or(limits.at_once);
  limits.stagger = o.stagger.value_or(limits.stagger);
  d.record(fact::AccountSet{o.account, limits, caller.name});
  d.grant(o.account);
}

void Handler::operator()(const op::LimitAccount& o) {
  if (!is_operator("say whether an account is limited")) return;
  account::set_limit(d, o.account, o.until, std::nullopt, caller.name, o.reason);
  d.grant(o.account);
}

}  // namespace lazaret::core::requests
