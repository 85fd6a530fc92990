#include "report/json_values.hpp"

#include <cmath>

#include <fmt/format.h>

#include "base/time.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {

double json_milliseconds(std::chrono::nanoseconds span) { return std::round(to_milliseconds(span) * 1000) / 1000; }

std::string json_time(std::chrono::sys_seconds time) {
    const std::chrono::hh_mm_ss clock{time - std::chrono::floor<std::chrono::days>(time)};
    return fmt::format("{}T{:02}:{:02}:{:02}Z", to_date(time), clock.hours().count(), clock.minutes().count(),
                       clock.seconds().count());
}

Json name_or_null(std::string_view name) { return name.empty() ? Json() : Json(shown_name(name)); }

void set_if_any(Json& object, const char* key, std::string_view text) {
    if (!text.empty()) object[key] = shown_sentence(text);
}

Json json_where(const Where& where) {
    Json object = Json::object();
    if (where.hop) object["hop"] = *where.hop;
    if (where.address) object["address"] = where.address->to_string();
    if (where.destination_hop) object["destination_hop"] = *where.destination_hop;
    return object;
}

}  // namespace fdnprobe::report
