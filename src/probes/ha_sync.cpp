#include "probes/ha_sync.hpp"

#include <chrono>
#include <string>

#include "probes/datagram.hpp"
#include "probes/finding.hpp"
#include "probes/hold.hpp"

namespace fdnprobe::probes {
namespace {

/// Long enough for a member that accepts everybody first and then looks who it is.
constexpr std::chrono::milliseconds usual_hold{1000};

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion&) {
    if (check.transport() == Transport::tcp) return hold_connection(hold_of(check, usual_hold));
    return ask_by_datagram(std::string(explaining_text), anything_fits);
}

/// Whatever comes is taken as it is: nobody outside knows what a member says.
Finding judge(const Check& check, const Attempt& attempt) {
    if (check.transport() == Transport::tcp) {
        const std::string said = attempt.received_bytes();
        if (said.empty()) return reached(Cause::connected, stood(attempt));
        return found(Cause::connected, Owner::nobody, Confidence::likely, spoke_first(attempt, said));
    }
    const Event* const answer = find_datagram(attempt, anything_fits);
    if (answer == nullptr) return no_reply();
    Finding finding = found(Cause::answered, Owner::nobody, Confidence::likely, what_came(answer->text));
    weigh_origin(finding, *answer);
    return finding;
}

}  // namespace

constinit const Probe ha_sync{
    {
        .name = "ha-sync",
        .over_tcp = true,
        .over_udp = true,
        .sends = "A TCP connection without a byte, held for a second; over UDP one datagram, sent up to three times, "
                 "with a text that says what it is.",
        .positive = "The connection is accepted and not dropped, or a datagram comes back; to whoever is no member "
                    "silence says nothing.",
        .options = hold_options,
        .members_only = true,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
