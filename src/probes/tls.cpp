#include "probes/tls.hpp"

#include "probes/finding.hpp"
#include "probes/handshake.hpp"

namespace fdnprobe::probes {
namespace {

std::unique_ptr<Dialogue> begin(const Check&, const Occasion&) { return shake_hands(); }

Finding judge(const Check&, const Attempt& attempt) { return reached(Cause::answered, handshake_text(attempt)); }

}  // namespace

constinit const Probe tls{
    {
        .name = "tls",
        .over_tcp = true,
        .uses_tls = true,
        .sends = "A TLS handshake with the endpoint's name in it, and no byte inside it; the connection is closed "
                 "afterwards.",
        .positive = "The handshake completes and the certificate is one that this endpoint may have, or the far end "
                    "identifies itself and wants a device's certificate.",
        .options = {},
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
