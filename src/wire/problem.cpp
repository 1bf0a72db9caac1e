#include "wire/problem.h"

#include <boost/json.hpp>

#include "wire/json_document.h"

namespace lazaret::wire {

int http_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_input:
      return 422;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::conflict:
      return 409;
    case ErrorCode::refused:
      return 403;
    case ErrorCode::fenced:
      return 409;
    case ErrorCode::unauthenticated:
      return 401;
    case ErrorCode::too_large:
      return 413;
    case ErrorCode::too_many:
      return 429;
    case ErrorCode::unavailable:
      return 503;
    case ErrorCode::unsupported:
      return 501;
    case ErrorCode::needs_person:
      return 409;
    case ErrorCode::internal:
      return 500;
  }
  return 500;
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Unknown";
  }
}

std::string detail_text(const Error& error, int status) {
  if (status != 422) return json_document(boost::json::object{{"detail", error.message}});
  boost::json::array place{"body"};
  if (!error.place.empty()) place.push_back(boost::json::string(error.place));
  std::string said = error.message;
  if (!error.remedy.empty()) said += "; " + error.remedy;
  return json_document(boost::json::object{
      {"detail", boost::json::array{boost::json::object{
                     {"type", "value_error"}, {"loc", std::move(place)}, {"msg", said}}}}});
}

std::string problem_text(const Error& error, int status) {
  boost::json::object problem{{"type", "urn:lazaret:" + std::string(to_word(error.code))},
                              {"title", reason_phrase(status)},
                              {"status", status},
                              {"detail", error.message}};
  if (!error.place.empty()) problem["place"] = error.place;
  if (!error.remedy.empty()) problem["remedy"] = error.remedy;
  return json_document(problem);
}

}  // namespace lazaret::wire
