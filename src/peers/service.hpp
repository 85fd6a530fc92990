// What one emulated peer says, by the probe that will come.
#pragma once

#include <string>
#include <string_view>

#include "peers/listener.hpp"

namespace fdnprobe::peers {

/// What the lab's name servers answer: every name has this address.
[[nodiscard]] std::string answer_dns(std::string_view query);

/// What the lab's resolver answers for a name that fails: with this rcode (RFC 1035, 4.1.1).
[[nodiscard]] std::string fail_dns(std::string_view query, std::uint8_t rcode);

/// For a name that is led astray: FortiGuard's block page.
[[nodiscard]] std::string sinkhole_dns(std::string_view query);

/// The names asked for, in lower case; empty where it is not a query.
[[nodiscard]] std::string asked_name(std::string_view query);

[[nodiscard]] ServeConnection serve_nothing();
[[nodiscard]] ServeConnection serve_dns();
[[nodiscard]] ServeConnection serve_http();
[[nodiscard]] AnswerDatagram answer_datagrams();

}  // namespace fdnprobe::peers
