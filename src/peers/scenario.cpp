#include "peers/scenario.hpp"

#include <algorithm>
#include <array>

namespace fdnprobe::peers {
namespace {

constexpr std::array descriptions{
    ScenarioDescription{Scenario::clean, "clean", "everything answers as it should"},
    ScenarioDescription{Scenario::refused, "refused", "the update servers refuse TCP connections"},
    ScenarioDescription{Scenario::silent, "silent", "the update servers' SYNs vanish, and so do the first UDP queries"},
    ScenarioDescription{Scenario::dns_failure, "dns-failure", "the update servers' names do not resolve"},
    ScenarioDescription{Scenario::dns_sinkhole, "dns-sinkhole", "the update servers' names lead to a block page"},
    ScenarioDescription{Scenario::tls_inspection, "tls-inspection", "every TLS certificate is re-signed on the way"},
    ScenarioDescription{Scenario::expired_certificate, "expired-certificate",
                        "the update servers' certificates have expired"},
};

}  // namespace

std::span<const ScenarioDescription> scenarios() { return descriptions; }

std::string scenario_codes() {
    std::string codes;
    for (const ScenarioDescription& one : descriptions) {
        if (!codes.empty()) codes += ", ";
        codes += one.code;
    }
    return codes;
}

std::optional<Scenario> scenario_from(std::string_view code) {
    const auto found =
        std::find_if(descriptions.begin(), descriptions.end(), [&](const auto& one) { return one.code == code; });
    return found == descriptions.end() ? std::nullopt : std::optional(found->scenario);
}

}  // namespace fdnprobe::peers
