// The faults that the lab can show, one at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fdnprobe::peers {

enum class Scenario : std::uint8_t {
    clean,                ///< everything answers as it should
    refused,              ///< the update servers' TCP ports are closed
    silent,               ///< the update servers' SYNs are dropped, and the first UDP service never answers
    dns_failure,          ///< the update servers' names do not resolve
    dns_sinkhole,         ///< the update servers' names resolve to a block page
    tls_inspection,       ///< every TLS certificate is re-signed on the way
    expired_certificate,  ///< the update servers' certificates are past their end
};

struct ScenarioDescription {
    Scenario scenario;
    std::string_view code;   ///< as in `--lab=CODE`
    std::string_view shows;  ///< one sentence
};

[[nodiscard]] std::span<const ScenarioDescription> scenarios();
/// All codes, for a sentence: "clean, refused, ...".
[[nodiscard]] std::string scenario_codes();
[[nodiscard]] std::optional<Scenario> scenario_from(std::string_view code);

}  // namespace fdnprobe::peers
