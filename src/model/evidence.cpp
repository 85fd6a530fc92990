#include "fdnprobe/evidence.hpp"

#include <algorithm>
#include <array>

namespace fdnprobe {
namespace {

struct WhatCode {
    What value;
    std::string_view text;
};

constexpr std::array codes{
    WhatCode{What::resolve_literal, "resolve.literal"},
    WhatCode{What::resolve_pinned, "resolve.pinned"},
    WhatCode{What::resolve_hosts, "resolve.hosts"},
    WhatCode{What::resolve_answer, "resolve.answer"},
    WhatCode{What::resolve_rcode, "resolve.rcode"},
    WhatCode{What::resolve_no_data, "resolve.no-data"},
    WhatCode{What::resolve_malformed, "resolve.malformed"},
    WhatCode{What::resolve_error, "resolve.error"},
    WhatCode{What::resolve_timeout, "resolve.timeout"},
    WhatCode{What::connect_start, "connect.start"},
    WhatCode{What::connect_ok, "connect.ok"},
    WhatCode{What::connect_error, "connect.error"},
    WhatCode{What::connect_timeout, "connect.timeout"},
    WhatCode{What::icmp_error, "icmp.error"},
    WhatCode{What::descriptor_wait, "descriptor.wait"},
    WhatCode{What::sent, "exchange.sent"},
    WhatCode{What::send_error, "exchange.send-error"},
    WhatCode{What::received, "exchange.received"},
    WhatCode{What::receive_limit, "exchange.receive-limit"},
    WhatCode{What::closed, "exchange.closed"},
    WhatCode{What::reset, "exchange.reset"},
    WhatCode{What::silent, "exchange.silent"},
    WhatCode{What::held, "exchange.held"},
    WhatCode{What::tls_start, "tls.start"},
    WhatCode{What::tls_plaintext, "tls.plaintext"},
    WhatCode{What::tls_alert_received, "tls.alert-received"},
    WhatCode{What::tls_alert_sent, "tls.alert-sent"},
    WhatCode{What::tls_certificate_requested, "tls.certificate-requested"},
    WhatCode{What::tls_error, "tls.error"},
    WhatCode{What::tls_ok, "tls.ok"},
    WhatCode{What::arrival, "responder.arrival"},
    WhatCode{What::cancelled, "cancelled"},
};
static_assert(codes.size() == static_cast<std::size_t>(What::cancelled) + 1);

/// A proxy's conversation is not the far end's.
bool with_proxy(const Event& event) {
    return event.stage == Stage::proxy && (event.what == What::sent || event.what == What::received);
}

}  // namespace

std::string_view to_string(What what) { return codes[static_cast<std::size_t>(what)].text; }

std::optional<What> what_from(std::string_view text) {
    const auto found = std::find_if(codes.begin(), codes.end(), [&](const auto& code) { return code.text == text; });
    return found == codes.end() ? std::nullopt : std::optional(found->value);
}

std::string_view to_string(Staple staple) {
    constexpr std::array names{"none", "good", "revoked", "unknown", "stale", "invalid"};
    return names[static_cast<std::size_t>(staple)];
}

std::string_view to_string(Change change) {
    constexpr std::array names{"other-name", "no-name", "small-segments", "http-date", "unchanged", "other-address"};
    return names[static_cast<std::size_t>(change)];
}

std::optional<Change> change_from(std::string_view code) {
    for (const Change change : {Change::other_name, Change::no_name, Change::small_segments, Change::http_date,
                                Change::unchanged, Change::other_address})
        if (to_string(change) == code) return change;
    return std::nullopt;
}

const Event* Attempt::find(What what) const {
    const auto found = std::find_if(evidence.begin(), evidence.end(),
                                    [&](const Event& event) { return event.what == what && !with_proxy(event); });
    return found == evidence.end() ? nullptr : &*found;
}

const Event* Attempt::find_last(What what) const {
    const auto found = std::find_if(evidence.rbegin(), evidence.rend(),
                                    [&](const Event& event) { return event.what == what && !with_proxy(event); });
    return found == evidence.rend() ? nullptr : &*found;
}

std::string Attempt::received_bytes() const {
    std::string bytes;
    for (const Event& event : evidence)
        if (event.what == What::received && !with_proxy(event)) bytes += event.text;
    return bytes;
}

std::string_view Attempt::sent_bytes() const {
    const Event* event = find_last(What::sent);
    return event == nullptr ? std::string_view{} : std::string_view(event->text);
}

}  // namespace fdnprobe
