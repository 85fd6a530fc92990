#include "probes/fds_push.hpp"

#include <memory>
#include <string>

#include "probes/datagram.hpp"
#include "probes/mute.hpp"

namespace fdnprobe::probes {
namespace {

std::unique_ptr<Dialogue> begin(const Check&, const Occasion&) {
    return ask_by_datagram(std::string(explaining_text), anything_fits);
}

Finding judge(const Check&, const Attempt& attempt) {
    return judge_mute_datagrams(attempt, "a receiver of push notices",
                                "push never answers a stranger, so only ICMP, the path, or a responder in the "
                                "device's place can decide");
}

}  // namespace

constinit const Probe fds_push{
    {
        .name = "fds-push",
        .over_udp = true,
        .sends = "One datagram, sent up to three times, with a text that says what it is and that cannot be taken for "
                 "a notice.",
        .positive = "Nothing that the device itself says: push never answers a stranger, so only ICMP, the path or a "
                    "responder decide.",
        .options = {},
        .one_way = true,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
