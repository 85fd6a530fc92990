#include "probes/oftp.hpp"

#include "probes/handshake.hpp"
#include "probes/hold.hpp"
#include "probes/optional_tls.hpp"

namespace fdnprobe::probes {
namespace {

constexpr std::uint16_t oftp_port = 514;

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion&) {
    return hold_and_try_tls(hold_before_tls(check, {oftp_port}));
}

Finding judge(const Check&, const Attempt& attempt) { return judge_optional_tls(attempt, device_text); }

}  // namespace

constinit const Probe oftp{
    {
        .name = "oftp",
        .over_tcp = true,
        .uses_tls = true,
        .sends = "A TLS handshake and no byte inside it: no log, no serial number; the connection is closed "
                 "afterwards.",
        .positive = "The handshake completes, or the far end identifies itself and wants a device's certificate; where "
                    "no TLS is spoken, a connection that is not dropped.",
        .options = hold_options,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
