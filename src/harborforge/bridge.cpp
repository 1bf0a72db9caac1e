#include "base/rfc3339.h"
#include "harborforge/client.h"
#include "wire/json_document.h"

namespace lazaret::harborforge {

namespace json = boost::json;

namespace {

Bridge::Answer detail(int status, std::string_view text) {
  return {status, wire::json_document(json::object{{"detail", text}})};
}

}  // namespace

Bridge::Bridge(Client& client, std::string version)
    : client_(client), version_(std::move(version)) {}

Bridge::Answer Bridge::answer(const std::string& method, const std::string& target,
                              const Stamp& now) {
  const std::string path = target.substr(0, target.find('?'));
  const auto made = [&]() -> Answer {
    if (path != "/health" && path != "/telemetry")
      return detail(404, "Not Found: there are /health and /telemetry");
    if (method != "GET" && method != "HEAD") return detail(405, "Method Not Allowed");
    if (path == "/health") {
      return {200,
              wire::json_document(json::object{
                  {"status", "ok"}, {"version", version_}, {"captured_at", to_rfc3339(now.wall)}})};
    }
    const auto telemetry = client_.telemetry(now);
    if (!telemetry) return detail(503, telemetry.error().message);
    served_ = wire::json_document(*telemetry);
    return {200, served_};
  };
  Answer answer = made();
  ++requests_;
  last_asked_ = now.wall;
  last_path_ = path.substr(0, 200);
  last_status_ = answer.status;
  return answer;
}

json::object Bridge::status() const {
  json::object out{{"requests", requests_}};
  out["last_asked_at"] =
      last_asked_ ? json::value(json::string(to_rfc3339(*last_asked_))) : json::value(nullptr);
  out["last_path"] = last_asked_ ? json::value(json::string(last_path_)) : json::value(nullptr);
  out["last_status"] = last_asked_ ? json::value(last_status_) : json::value(nullptr);
  out["served"] = served_.empty() ? json::value(nullptr) : wire::json_of(served_);
  return out;
}

}  // namespace lazaret::harborforge
