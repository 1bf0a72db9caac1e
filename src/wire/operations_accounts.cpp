#include "core/account.h"
#include "wire/operations_parts.h"

namespace lazaret::wire {
namespace {

Input account_in_path() {
  return {.name = "account",
          .where = Where::path,
          .required = true,
          .doc = "its name, as lazaret.account of agents and missions gives it",
          .least = 1,
          .most = 100};
}

}  // namespace

void add_account_operations(std::vector<Operation>& table) {
  table.push_back({.name = "account.list",
                   .method = Method::GET,
                   .path = "/api/v1/accounts",
                   .summary = "Accounts of providers that agents share: who runs, who waits.",
                   .output = "AccountList",
                   .cli = "account ls",
                   .example = "lazaret account ls"});
  table.push_back({.name = "account.show",
                   .method = Method::GET,
                   .path = "/api/v1/accounts/{account}",
                   .summary = "One account, with the names of those who run and wait.",
                   .inputs = {account_in_path()},
                   .output = "Account",
                   .cli = "account show ACCOUNT",
                   .example = "lazaret account show team"});
  table.push_back({.name = "account.set",
                   .method = Method::PATCH,
                   .path = "/api/v1/accounts/{account}",
                   .scope = Scope::operator_,
                   .summary = "Say what an account bears; what is not named stays as it is.",
                   .inputs = {account_in_path(),
                              {.name = "at_once",
                               .type = ValueType::integer,
                               .doc = "how many of its agents may run at once; 0 = any number",
                               .most = core::account::at_once_most},
                              {.name = "stagger_seconds",
                               .type = ValueType::number,
                               .doc = "between two starts of its agents (1)",
                               .most = in_seconds(core::account::stagger_most)}},
                   .output = "Account",
                   .cli = "account set ACCOUNT",
                   .example = "lazaret account set team --at-once 5 --stagger-seconds 5"});
  table.push_back({.name = "account.limit",
                   .method = Method::POST,
                   .path = "/api/v1/accounts/{account}/limit",
                   .scope = Scope::operator_,
                   .summary = "Say that an account is rate limited, or that it is over.",
                   .inputs = {account_in_path(),
                              {.name = "until",
                               .type = ValueType::time,
                               .required = true,
                               .doc = "until when; null = it is over",
                               .nullable = true},
                              reason_in_body()},
                   .output = "Account",
                   .cli = "account limit ACCOUNT UNTIL",
                   .example = "lazaret account limit team 2026-12-24T15:00:00Z"});
}

}  // namespace lazaret::wire
