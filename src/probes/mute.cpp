#include "probes/mute.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "probes/datagram.hpp"
#include "probes/finding.hpp"
#include "probes/hold.hpp"

namespace fdnprobe::probes {
namespace {

Finding spoke(std::string_view service, std::string_view words) {
    return found(Cause::wrong_protocol, Owner::unknown, Confidence::likely,
                 fmt::format("{} says nothing, and {}", service, words));
}

}  // namespace

Finding judge_mute_datagrams(const Attempt& attempt, std::string_view service, std::string_view deciding) {
    const Event* const datagram = find_datagram(attempt, anything_fits);
    if (datagram != nullptr && !datagram->from) return spoke(service, what_came(datagram->text));
    Finding finding = no_reply();
    finding.detail = deciding;
    // Whoever sent it, it was not who had been asked.
    if (datagram != nullptr) finding.warnings.push_back(came_from_elsewhere(*datagram));
    return finding;
}

Finding judge_mute_connection(const Attempt& attempt, std::string_view service, std::string_view besides) {
    if (const std::string said = attempt.received_bytes(); !said.empty())
        return spoke(service, spoke_first(attempt, said));
    std::string detail = stood(attempt);
    if (!besides.empty()) detail += fmt::format("{}{}", detail.empty() ? "" : "; ", besides);
    return reached(Cause::connected, std::move(detail));
}

}  // namespace fdnprobe::probes
