#include "probes/wanopt.hpp"

#include "probes/handshake.hpp"
#include "probes/hold.hpp"
#include "probes/optional_tls.hpp"

namespace fdnprobe::probes {
namespace {

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion&) {
    return hold_and_try_tls(hold_before_tls(check, {}));
}

Finding judge(const Check&, const Attempt& attempt) { return judge_optional_tls(attempt, handshake_text); }

}  // namespace

constinit const Probe wanopt{
    {
        .name = "wanopt",
        .over_tcp = true,
        .uses_tls = true,
        .sends = "Nothing for two seconds, then a TLS handshake with no byte inside it.",
        .positive = "The handshake completes; where no TLS is spoken, a connection that is not dropped.",
        .options = hold_options,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
