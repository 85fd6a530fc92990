#include "wire/syslog.hpp"

#include <fmt/format.h>

#include "base/time.hpp"

namespace fdnprobe::wire::syslog {
namespace {

constexpr int facility_user = 1;  // RFC 5424, 6.2.1
constexpr int severities = 8;
constexpr std::string_view nil = "-";

}  // namespace

std::string encode(const Message& message) {
    // VERSION 1; HOSTNAME, PROCID, MSGID and STRUCTURED-DATA are left open.
    return fmt::format("<{}>1 {} {} {} {} {} {} {}", facility_user * severities + message.severity,
                       to_rfc3339(message.time), nil, message.program, nil, nil, nil, message.text);
}

std::string frame(std::string_view message) { return fmt::format("{} {}", message.size(), message); }

}  // namespace fdnprobe::wire::syslog
