#include "probes/tcp.hpp"

#include <memory>
#include <string>

#include "probes/finding.hpp"
#include "probes/hold.hpp"

namespace fdnprobe::probes {
namespace {

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion&) {
    return hold_connection(hold_of(check, std::chrono::milliseconds(0)));
}

Finding judge(const Check&, const Attempt& attempt) {
    const std::string said = attempt.received_bytes();
    return reached(Cause::connected, said.empty() ? stood(attempt) : spoke_first(attempt, said));
}

}  // namespace

constinit const Probe tcp{
    {
        .name = "tcp",
        .over_tcp = true,
        .sends = "A TCP handshake and no byte after it; the connection is closed at once, or held as the table says.",
        .positive = "The far end accepts the connection, and does not drop it while it is held.",
        .options = hold_options,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
