#include "probes/finding.hpp"

#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace fdnprobe::probes {
namespace {
/// As much of a banner as fits beside the rest of a sentence on one line of a terminal.
constexpr std::size_t longest_quotation = 60;
}  // namespace

Finding found(Cause cause, Owner owner, Confidence confidence, std::string detail) {
    Finding finding;
    finding.cause = cause;
    finding.stage = Stage::exchange;
    finding.confidence = confidence;
    finding.owner = owner;
    finding.detail = std::move(detail);
    return finding;
}

Finding reached(Cause cause, std::string detail) {
    return found(cause, Owner::nobody, Confidence::proven, std::move(detail));
}

Finding unanswered(const Attempt& attempt) {
    // A closing that the far end and a device on the path could both have sent is only likely to be the service's.
    if (attempt.find(What::reset) != nullptr)
        return found(Cause::no_answer, Owner::service, Confidence::likely, "the connection was reset instead");
    if (attempt.find(What::closed) != nullptr)
        return found(Cause::no_answer, Owner::service, Confidence::likely, "the connection was closed instead");
    const Event* silent = attempt.find_last(What::silent);
    const int acknowledged = silent == nullptr ? -1 : silent->detail;
    if (acknowledged == 1)
        return found(Cause::no_answer, Owner::service, Confidence::proven, "the request was acknowledged");
    if (acknowledged == 0)
        return found(Cause::no_answer, Owner::network, Confidence::likely, "the request was not even acknowledged");
    return found(Cause::no_answer, Owner::unknown, Confidence::likely, "whether the request arrived is not known");
}

Finding no_reply() { return found(Cause::no_reply, Owner::unknown, Confidence::possible, ""); }

std::string came_from_elsewhere(const Event& received) {
    const Address sender = received.from.value_or(Address{});
    // A recorded port tells two services of one host apart.
    const std::string name = received.detail == 0
                                 ? sender.to_string()
                                 : SocketAddress{sender, static_cast<std::uint16_t>(received.detail)}.to_string();
    return fmt::format("The answer came from {}, not from the address and port that were asked.", name);
}

std::string quoted(std::string_view bytes) {
    const std::string_view text = trim(bytes);
    return "'" + printable(trim(text.substr(0, text.find_first_of("\r\n"))), longest_quotation) + "'";
}

}  // namespace fdnprobe::probes
