#include "server/call.h"

#include "wire/json_document.h"
#include "wire/problem.h"

namespace lazaret::server {

Answer json_answer(int status, const json::value& value) {
  return {.status = status, .body = wire::json_document(value), .headers = {}};
}

Answer problem_answer(const Error& error, int status) {
  if (status == 0) status = wire::http_status(error.code);
  Answer answer{.status = status,
                .body = wire::problem_text(error, status),
                .content_type = "application/problem+json",
                .headers = {}};
  if (status == 401) answer.headers = "WWW-Authenticate: Bearer\r\n";
  if (status == 503 || status == 429) answer.headers = "Retry-After: 1\r\n";
  return answer;
}

Answer detail_answer(const Error& error, int status) {
  Answer answer = problem_answer(error, status);
  answer.content_type = "application/json";
  answer.body = wire::detail_text(error, answer.status);
  return answer;
}

void Reply::send(Answer answer) const {
  if (witness) witness(answer);
  if (const auto asker = asker_.lock()) asker->answer(ticket_, std::move(answer));
}

void Reply::delay(const Error& error) const {
  if (const auto asker = asker_.lock()) {
    asker->answer(ticket_, foreign ? detail_answer(error) : problem_answer(error));
  }
}

bool Reply::gone() const {
  const auto asker = asker_.lock();
  return !asker || !asker->waits(ticket_);
}

void Reply::on_leave(std::function<void()> left) const {
  if (const auto asker = asker_.lock()) asker->on_leave(ticket_, std::move(left));
}

std::shared_ptr<Stream> Reply::begin_stream(std::string_view content_type) const {
  const auto asker = asker_.lock();
  return asker ? asker->begin_stream(ticket_, content_type) : nullptr;
}

core::Caller Identity::caller() const {
  core::Caller caller;
  caller.name = name;
  caller.agent = agent;
  caller.incarnation = incarnation;
  switch (right) {
    case Right::nobody:
    case Right::viewer:
      caller.kind = core::CallerKind::viewer;
      break;
    case Right::agent:
      caller.kind = core::CallerKind::agent;
      break;
    case Right::operator_:
      caller.kind = core::CallerKind::operator_;
      break;
    case Right::admin:
      caller.kind = core::CallerKind::admin;
      break;
  }
  return caller;
}

}  // namespace lazaret::server
