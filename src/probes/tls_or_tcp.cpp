#include "probes/tls_or_tcp.hpp"

#include "probes/handshake.hpp"
#include "probes/hold.hpp"
#include "probes/optional_tls.hpp"

namespace fdnprobe::probes {
namespace {

/// FortiClient's telemetry and the Security Fabric's.
constexpr std::uint16_t telemetry_port = 8013;

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion&) {
    return hold_and_try_tls(hold_before_tls(check, {telemetry_port}));
}

Finding judge(const Check&, const Attempt& attempt) { return judge_optional_tls(attempt, handshake_text); }

}  // namespace

constinit const Probe tls_or_tcp{
    {
        .name = "tls-or-tcp",
        .over_tcp = true,
        .uses_tls = true,
        .sends = "Nothing for two seconds, then a TLS handshake with no byte inside it; on TCP/8013, where TLS is the "
                 "rule, the handshake at once.",
        .positive = "The handshake completes; where no TLS is spoken, a connection that is not dropped.",
        .options = hold_options,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
