#include "judge/resolution.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/errno_text.hpp"
#include "judge/finding.hpp"
#include "judge/sinkhole.hpp"
#include "judge/trace.hpp"
#include "wire/dns.hpp"

namespace fdnprobe::judge {
namespace {

std::string from_resolver(const Event& event) {
    return event.text.empty() ? std::string("the resolver") : "resolver " + printable(event.text, 120);
}

Finding make(Cause cause, Confidence confidence, std::string detail) {
    return make_finding(cause, Stage::resolve, confidence, Owner::resolver, std::move(detail));
}

/// A public name answered with an address that no public service has. The runner does not connect there: whatever
/// answered would not be the service.
std::optional<Finding> judge_sinkhole(const Check& check, const Attempt& attempt) {
    if (!check.public_name || !check.pinned.empty()) return std::nullopt;
    for (const Event& event : attempt.evidence) {
        if (event.what != What::resolve_answer || !event.from || !is_sinkhole(*event.from, check)) continue;
        if (attempt.destination && attempt.destination->address != *event.from) continue;
        return make(Cause::dns_sinkhole, sinkhole_confidence(*event.from, check),
                    fmt::format("{} answered {}, {}", from_resolver(event), event.from->to_string(),
                                sinkhole_text(*event.from, check)));
    }
    return std::nullopt;
}

Finding judge_rcode(const Event& event) {
    const std::string detail = fmt::format("{} from {}", wire::dns::rcode_name(event.code), from_resolver(event));
    switch (event.code) {
        case 3: return make(Cause::nxdomain, Confidence::proven, detail);
        case 5: return make(Cause::dns_refused, Confidence::proven, detail);
        default: return make(Cause::servfail, Confidence::proven, detail);
    }
}

const Event* find_rcode(const Attempt& attempt, std::int32_t code) {
    for (const Event* event = attempt.find(What::resolve_rcode); event != nullptr;
         event = find_after(attempt, event, What::resolve_rcode))
        if (event->code == code) return event;
    return nullptr;
}

const Event* find_failing_rcode(const Attempt& attempt) {
    // Where several resolvers, or both query types, failed in different ways, the most definite answer speaks.
    constexpr std::int32_t nxdomain = 3;
    constexpr std::int32_t servfail = 2;
    constexpr std::int32_t refused = 5;
    for (const std::int32_t code : {nxdomain, servfail, refused})
        if (const Event* const event = find_rcode(attempt, code)) return event;
    for (const Event* event = attempt.find(What::resolve_rcode); event != nullptr;
         event = find_after(attempt, event, What::resolve_rcode))
        if (event->code != 0) return event;
    return nullptr;
}

Finding judge_error(const Event& event) {
    Finding finding = make(Cause::resolver_unreachable, Confidence::proven,
                           fmt::format("{} towards {}", errno_text(event.code), from_resolver(event)));
    if (event.from) {
        finding.where = at_device(*event.from);
        finding.detail += ", said by " + event.from->to_string();
        const auto resolver = SocketAddress::parse(event.text, 53);
        if (!resolver || resolver->address != *event.from) finding.owner = Owner::network;
    }
    return finding;
}

}  // namespace

std::optional<Finding> judge_resolution(const Check& check, const Attempt& attempt) {
    if (left_this_host(attempt)) return std::nullopt;
    if (auto sinkhole = judge_sinkhole(check, attempt)) return sinkhole;
    if (attempt.destination) return std::nullopt;

    if (const Event* const event = find_failing_rcode(attempt)) return judge_rcode(*event);
    if (const Event* const event = attempt.find(What::resolve_malformed))
        return make(Cause::dns_malformed, Confidence::proven, printable(event->text, 120));
    const Event* const error = attempt.find(What::resolve_error);
    const Event* const timeout = attempt.find(What::resolve_timeout);
    // A query that stayed unanswered might have brought an address: what the other query type said does not settle it.
    if (timeout != nullptr)
        return make(Cause::dns_timeout, Confidence::likely,
                    timeout->text.empty() ? std::string("no resolver answered")
                                          : fmt::format("no answer from {}", printable(timeout->text, 120)));
    if (error != nullptr) return judge_error(*error);
    if (const Event* const event = attempt.find(What::resolve_no_data))
        return make(Cause::no_address, Confidence::proven, fmt::format("says {}", from_resolver(*event)));
    if (attempt.find(What::resolve_answer) != nullptr)
        return make(Cause::no_address, Confidence::likely, "no address of a family that was asked for");
    return make_finding(Cause::internal, Stage::resolve, Confidence::proven, Owner::this_host,
                        "the attempt ended without an address and without a reason");
}

std::vector<std::string> hosts_file_warnings(const Check& check, const Attempt& attempt) {
    if (!check.public_name || !attempt.destination || attempt.find(What::resolve_hosts) == nullptr ||
        !is_sinkhole(attempt.destination->address, check))
        return {};
    return {fmt::format("The hosts file of this host leads {} to {}, which is {}.", printable(check.host),
                        attempt.destination->address.to_string(), sinkhole_text(attempt.destination->address, check))};
}

}  // namespace fdnprobe::judge
