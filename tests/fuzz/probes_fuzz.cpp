// Every probe against any far end: the dialogue ends within a bounded number of steps, asks for bounded reads, and its
// judge comes to a finding that fits a sentence. Byte 0 picks the probe, byte 1 how the far end behaves, the next
// eight are the sizes of the pieces that the rest arrives in.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "../probes/far_end.hpp"
#include "base/text.hpp"
#include "probes/registry.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;

namespace {

constexpr std::size_t prefix = 10;

void require(bool holds) {
    if (!holds) std::abort();
}

Check check_for(const Probe& probe, std::uint8_t behaviour) {
    const bool datagrams = probe.description.over_udp && (!probe.description.over_tcp || (behaviour & 1U) != 0);
    Check check = testing::check_of(std::string(probe.description.name), datagrams ? Transport::udp : Transport::tcp,
                                    53, "update.fortiguard.net");
    if (probe.description.name == "tcp" && (behaviour & 2U) != 0) check.options["hold"] = std::int64_t{1};
    // What the user has given or allowed beyond the ordinary.
    if ((behaviour & 2U) != 0 && !probe.description.secret.empty())
        check.secrets = std::make_shared<const Secrets>(Secrets{{std::string(probe.description.secret), "secret"}});
    check.permitted = (behaviour & 2U) != 0;
    // What the row says.
    if ((behaviour & 2U) != 0) check.direction = Direction::incoming;
    for (const ProbeOption& option : probe.description.options) {
        if (option.name == "path" && (behaviour & 2U) != 0) check.options["path"] = "/ca.crl";
        if (option.name == "tls") check.options["tls"] = (behaviour & 1U) == 0;
    }
    return check;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < prefix) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const Probe& probe = *all()[data[0] % all().size()];
    const std::uint8_t behaviour = data[1];
    const Check check = check_for(probe, behaviour);

    testing::FarEnd far_end;
    far_end.datagrams = check.port.transport == Transport::udp;
    far_end.closes = (behaviour & 4U) != 0;
    far_end.wants_client_certificate = (behaviour & 8U) != 0;
    far_end.speaks_tls = (behaviour & 64U) == 0;
    if ((behaviour & 16U) != 0) far_end.dies_at_step = behaviour >> 5U;
    std::string_view rest = bytes.substr(prefix);
    for (std::size_t index = 0; !rest.empty(); ++index) {
        const std::size_t piece = std::max<std::size_t>(1, data[2 + index % 8]);
        far_end.pieces.emplace_back(rest.substr(0, piece));
        rest.remove_prefix(std::min(piece, rest.size()));
    }

    // No read brings nothing, so no dialogue takes more steps than there are bytes to read, and a few of its own.
    const testing::Played played = testing::play(probe, check, far_end, 0x1234, bytes.size() + 100);
    require(played.finished || far_end.dies_at_step != SIZE_MAX);
    for (const Step& step : played.steps) {
        require(step.limit > 0 && step.limit <= 64 * 1024);
        if (step.kind != Step::Kind::send) continue;
        // A datagram may be empty; a stream knows no such thing.
        require(far_end.datagrams || !step.bytes.empty());
        require(step.bytes.size() <= 4096);
    }
    Attempt attempt = played.attempt;
    for (Event& event : attempt.evidence)
        if (event.what == What::received && (behaviour & 32U) != 0) event.from = Address::from_ipv4({192, 0, 2, 9});
    const Finding finding = probe.judge(check, attempt);
    require(finding.stage == Stage::exchange);
    require(printable(finding.detail, 2048) == finding.detail);
    for (const std::string& warning : finding.warnings) require(printable(warning, 2048) == warning);
    return 0;
}
