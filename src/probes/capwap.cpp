#include "probes/capwap.hpp"

#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "probes/datagram.hpp"
#include "probes/finding.hpp"
#include "wire/capwap.hpp"

namespace fdnprobe::probes {
namespace {

bool answers(std::string_view bytes, std::string_view request) {
    const auto message = wire::capwap::decode(bytes);
    const auto asked = wire::capwap::decode(request);
    return message && asked && message->type == wire::capwap::type_discovery_response &&
           message->sequence == asked->sequence;
}

std::unique_ptr<Dialogue> begin(const Check&, const Occasion& occasion) {
    const auto sequence = static_cast<std::uint8_t>(occasion.seed & 0xFFU);
    std::string request = wire::capwap::encode(wire::capwap::discovery_request(sequence));
    return ask_by_datagram(request, [request](std::string_view bytes) { return answers(bytes, request); });
}

Finding discovered(std::string_view bytes) {
    const auto message = wire::capwap::decode(bytes);
    const auto name = message ? message->find(wire::capwap::element_ac_name) : std::nullopt;
    return reached(Cause::answered, name && !name->empty() ? fmt::format("the controller's name is {}", quoted(*name))
                                                           : std::string("it gives no name"));
}

Finding foreign(std::string_view what, std::string_view bytes) {
    return found(Cause::wrong_protocol, Owner::unknown, Confidence::likely,
                 fmt::format("{}; {}", what, what_came(bytes)));
}

/// What did not fit, and came nevertheless.
Finding misfit(std::string_view bytes, std::string_view request) {
    if (bytes == request) return foreign("the request itself came back", bytes);
    const auto message = wire::capwap::decode(bytes);
    std::string what;
    if (!message) {
        if (message.error().fault == wire::capwap::Fault::foreign) return foreign(message.error().what, bytes);
        // RFC 5415, 2.3.1: discovery comes before DTLS, and it is the access point that begins with that.
        what = message.error().what;
    } else if (message->type == wire::capwap::type_discovery_response) {
        what = "the Discovery Response answers another request";
    } else {
        what = fmt::format("a CAPWAP message of type {} is no Discovery Response", message->type);
    }
    return found(Cause::bad_answer, Owner::service, Confidence::likely, std::move(what));
}

Finding judge(const Check&, const Attempt& attempt) {
    const std::string_view request = attempt.sent_bytes();
    const auto fits = [&](std::string_view bytes) { return answers(bytes, request); };
    if (const Event* const answer = find_datagram(attempt, fits)) {
        Finding finding = discovered(answer->text);
        weigh_origin(finding, *answer);
        return finding;
    }
    if (const Event* const other = find_datagram(attempt, anything_fits)) {
        Finding finding = misfit(other->text, request);
        weigh_origin(finding, *other);
        return finding;
    }
    Finding finding = no_reply();
    finding.detail =
        "a controller may answer known access points only, so its log, a capture there or a responder in its place "
        "would decide";
    return finding;
}

}  // namespace

constinit const Probe capwap{
    {
        .name = "capwap",
        .over_udp = true,
        .sends = "A Discovery Request, sent up to three times, of an access point without a vendor and with 0 for a "
                 "serial number; discovery registers nobody.",
        .positive = "A Discovery Response with the sequence number of the request.",
        .options = {},
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
