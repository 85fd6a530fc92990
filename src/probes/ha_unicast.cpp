#include "probes/ha_unicast.hpp"

#include <memory>
#include <string>

#include "probes/datagram.hpp"
#include "probes/finding.hpp"
#include "wire/fgcp.hpp"

namespace fdnprobe::probes {
namespace {

bool is_heartbeat(std::string_view bytes) { return wire::fgcp::decode(bytes).has_value(); }

std::unique_ptr<Dialogue> begin(const Check&, const Occasion&) {
    return ask_by_datagram(std::string(explaining_text), is_heartbeat);
}

Finding judge(const Check&, const Attempt& attempt) {
    if (const Event* const heartbeat = find_datagram(attempt, is_heartbeat)) {
        Finding finding = reached(Cause::answered, "it sends heartbeats");
        weigh_origin(finding, *heartbeat);
        return finding;
    }
    const Event* const other = find_datagram(attempt, anything_fits);
    if (other == nullptr) return no_reply();
    if (other->from) {
        Finding finding = no_reply();
        finding.warnings.push_back(came_from_elsewhere(*other));
        return finding;
    }
    return found(Cause::wrong_protocol, Owner::unknown, Confidence::likely, what_came(other->text));
}

}  // namespace

constinit const Probe ha_unicast{
    {
        .name = "ha-unicast",
        .over_udp = true,
        .sends = "One datagram, sent up to three times, with a text that says what it is; it is no heartbeat.",
        .positive = "A heartbeat from the address and port that were asked; to whoever is no member silence says "
                    "nothing.",
        .options = {},
        .members_only = true,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
