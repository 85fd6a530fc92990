#include "probes/fsso.hpp"

#include "probes/handshake.hpp"
#include "probes/hold.hpp"
#include "probes/optional_tls.hpp"

namespace fdnprobe::probes {
namespace {

constexpr std::uint16_t port_inside_tls = 8001;

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion&) {
    return hold_and_try_tls(hold_before_tls(check, {port_inside_tls}));
}

Finding judge(const Check&, const Attempt& attempt) { return judge_optional_tls(attempt, handshake_text); }

}  // namespace

constinit const Probe fsso{
    {
        .name = "fsso",
        .over_tcp = true,
        .uses_tls = true,
        .sends = "Nothing for two seconds, then a TLS handshake with no byte inside it; on TCP/8001, where TLS is the "
                 "rule, the handshake at once.",
        .positive = "The handshake completes; where no TLS is spoken, a connection that is not dropped. A collector "
                    "that would refuse the device's password accepts it too.",
        .options = hold_options,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
