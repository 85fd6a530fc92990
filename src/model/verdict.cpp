#include "fdnprobe/verdict.hpp"

#include <algorithm>
#include <array>

namespace fdnprobe {
namespace {

template <class Enum>
struct Code {
    Enum value;
    std::string_view text;
};

constexpr auto verdicts = std::to_array<Code<Verdict>>({
    {Verdict::reachable, "reachable"},
    {Verdict::closed, "closed"},
    {Verdict::blocked, "blocked"},
    {Verdict::broken, "broken"},
    {Verdict::untrusted, "untrusted"},
    {Verdict::intercepted, "intercepted"},
    {Verdict::unresolved, "unresolved"},
    {Verdict::inconclusive, "inconclusive"},
    {Verdict::skipped, "skipped"},
    {Verdict::local, "local"},
});

struct CauseCode {
    Cause value;
    std::string_view text;
    Verdict verdict;
};

constexpr std::array causes{
    CauseCode{Cause::answered, "answered", Verdict::reachable},
    CauseCode{Cause::client_certificate_required, "client-certificate-required", Verdict::reachable},
    CauseCode{Cause::connected, "connected", Verdict::reachable},
    CauseCode{Cause::responder_confirmed, "responder-confirmed", Verdict::reachable},
    CauseCode{Cause::refused, "refused", Verdict::closed},
    CauseCode{Cause::port_unreachable, "port-unreachable", Verdict::closed},
    CauseCode{Cause::timeout, "timeout", Verdict::blocked},
    CauseCode{Cause::reset_on_path, "reset-on-path", Verdict::blocked},
    CauseCode{Cause::admin_prohibited, "admin-prohibited", Verdict::blocked},
    CauseCode{Cause::host_unreachable, "host-unreachable", Verdict::blocked},
    CauseCode{Cause::net_unreachable, "net-unreachable", Verdict::blocked},
    CauseCode{Cause::port_unreachable_on_path, "port-unreachable-on-path", Verdict::blocked},
    CauseCode{Cause::lost_on_path, "lost-on-path", Verdict::blocked},
    CauseCode{Cause::mtu_blackhole, "mtu-blackhole", Verdict::blocked},
    CauseCode{Cause::routing_loop, "routing-loop", Verdict::blocked},
    CauseCode{Cause::proxy_unreachable, "proxy-unreachable", Verdict::blocked},
    CauseCode{Cause::proxy_auth_required, "proxy-auth-required", Verdict::blocked},
    CauseCode{Cause::proxy_denied, "proxy-denied", Verdict::blocked},
    CauseCode{Cause::closed_after_connect, "closed-after-connect", Verdict::broken},
    CauseCode{Cause::reset_after_connect, "reset-after-connect", Verdict::broken},
    CauseCode{Cause::hello_timeout, "hello-timeout", Verdict::broken},
    CauseCode{Cause::reset_after_hello, "reset-after-hello", Verdict::broken},
    CauseCode{Cause::closed_after_hello, "closed-after-hello", Verdict::broken},
    CauseCode{Cause::tls_alert, "tls-alert", Verdict::broken},
    CauseCode{Cause::no_answer, "no-answer", Verdict::broken},
    CauseCode{Cause::no_banner, "no-banner", Verdict::broken},
    CauseCode{Cause::bad_answer, "bad-answer", Verdict::broken},
    CauseCode{Cause::service_denied, "service-denied", Verdict::broken},
    CauseCode{Cause::untrusted_issuer, "untrusted-issuer", Verdict::untrusted},
    CauseCode{Cause::name_mismatch, "name-mismatch", Verdict::untrusted},
    CauseCode{Cause::certificate_expired, "certificate-expired", Verdict::untrusted},
    CauseCode{Cause::certificate_not_yet_valid, "certificate-not-yet-valid", Verdict::untrusted},
    CauseCode{Cause::certificate_revoked, "certificate-revoked", Verdict::untrusted},
    CauseCode{Cause::ocsp_missing, "ocsp-missing", Verdict::untrusted},
    CauseCode{Cause::ocsp_invalid, "ocsp-invalid", Verdict::untrusted},
    CauseCode{Cause::tls_intercepted, "tls-intercepted", Verdict::intercepted},
    CauseCode{Cause::answered_on_path, "answered-on-path", Verdict::intercepted},
    CauseCode{Cause::dns_sinkhole, "dns-sinkhole", Verdict::intercepted},
    CauseCode{Cause::dns_rewritten, "dns-rewritten", Verdict::intercepted},
    CauseCode{Cause::captive_portal, "captive-portal", Verdict::intercepted},
    CauseCode{Cause::wrong_protocol, "wrong-protocol", Verdict::intercepted},
    CauseCode{Cause::nxdomain, "nxdomain", Verdict::unresolved},
    CauseCode{Cause::no_address, "no-address", Verdict::unresolved},
    CauseCode{Cause::servfail, "servfail", Verdict::unresolved},
    CauseCode{Cause::dns_refused, "dns-refused", Verdict::unresolved},
    CauseCode{Cause::dns_timeout, "dns-timeout", Verdict::unresolved},
    CauseCode{Cause::dns_malformed, "dns-malformed", Verdict::unresolved},
    CauseCode{Cause::resolver_unreachable, "resolver-unreachable", Verdict::unresolved},
    CauseCode{Cause::no_reply, "no-reply", Verdict::inconclusive},
    CauseCode{Cause::path_open, "path-open", Verdict::inconclusive},
    CauseCode{Cause::control_failed, "control-failed", Verdict::inconclusive},
    CauseCode{Cause::not_configured, "not-configured", Verdict::skipped},
    CauseCode{Cause::needs_privilege, "needs-privilege", Verdict::skipped},
    CauseCode{Cause::not_testable_from_here, "not-testable-from-here", Verdict::skipped},
    CauseCode{Cause::not_applicable, "not-applicable", Verdict::skipped},
    CauseCode{Cause::address_family_unavailable, "address-family-unavailable", Verdict::skipped},
    CauseCode{Cause::no_route, "no-route", Verdict::local},
    CauseCode{Cause::local_firewall, "local-firewall", Verdict::local},
    CauseCode{Cause::source_unavailable, "source-unavailable", Verdict::local},
    CauseCode{Cause::out_of_descriptors, "out-of-descriptors", Verdict::local},
    CauseCode{Cause::out_of_ports, "out-of-ports", Verdict::local},
    CauseCode{Cause::permission_denied, "permission-denied", Verdict::local},
    CauseCode{Cause::interrupted, "interrupted", Verdict::local},
    CauseCode{Cause::internal, "internal", Verdict::local},
};
static_assert(causes.size() == static_cast<std::size_t>(Cause::internal) + 1);
static_assert(verdicts.size() == static_cast<std::size_t>(Verdict::local) + 1);

constexpr auto states = std::to_array<Code<State>>({
    {State::reachable, "reachable"},
    {State::degraded, "degraded"},
    {State::inconclusive, "inconclusive"},
    {State::untrusted, "untrusted"},
    {State::broken, "broken"},
    {State::intercepted, "intercepted"},
    {State::blocked, "blocked"},
    {State::unresolved, "unresolved"},
    {State::local, "local"},
    {State::unconfigured, "unconfigured"},
});
static_assert(states.size() == static_cast<std::size_t>(State::unconfigured) + 1);

template <class Codes, class Enum>
constexpr bool in_order(const Codes& codes, Enum) {
    for (std::size_t index = 0; index < codes.size(); ++index)
        if (codes[index].value != static_cast<Enum>(index)) return false;
    return true;
}
static_assert(in_order(verdicts, Verdict{}) && in_order(causes, Cause{}) && in_order(states, State{}));

template <class Enum, class Codes>
std::optional<Enum> find_code(const Codes& codes, std::string_view text) {
    const auto found = std::find_if(codes.begin(), codes.end(), [&](const auto& code) { return code.text == text; });
    return found == codes.end() ? std::nullopt : std::optional<Enum>(found->value);
}

template <class Enum, std::size_t Count>
std::span<const Enum> every() {
    static const auto values = [] {
        std::array<Enum, Count> all{};
        for (std::size_t index = 0; index < Count; ++index) all[index] = static_cast<Enum>(index);
        return all;
    }();
    return values;
}

}  // namespace

std::string_view to_string(Verdict verdict) { return verdicts[static_cast<std::size_t>(verdict)].text; }
std::string_view to_string(Cause cause) { return causes[static_cast<std::size_t>(cause)].text; }
std::string_view to_string(State state) { return states[static_cast<std::size_t>(state)].text; }

std::string_view to_string(Stage stage) {
    constexpr std::array names{"plan", "resolve", "connect", "proxy", "tls", "exchange"};
    return names[static_cast<std::size_t>(stage)];
}

std::string_view to_string(Confidence confidence) {
    constexpr std::array names{"proven", "likely", "possible"};
    return names[static_cast<std::size_t>(confidence)];
}

std::string_view to_string(Owner owner) {
    constexpr std::array names{"nobody", "this-host", "network", "resolver", "proxy", "service", "vendor", "unknown"};
    return names[static_cast<std::size_t>(owner)];
}

std::optional<Verdict> verdict_from(std::string_view code) { return find_code<Verdict>(verdicts, code); }
std::optional<Cause> cause_from(std::string_view code) { return find_code<Cause>(causes, code); }
std::optional<State> state_from(std::string_view code) { return find_code<State>(states, code); }

std::span<const Verdict> all_verdicts() { return every<Verdict, verdicts.size()>(); }
std::span<const Cause> all_causes() { return every<Cause, causes.size()>(); }
std::span<const State> all_states() { return every<State, states.size()>(); }

Verdict verdict_of(Cause cause) { return causes[static_cast<std::size_t>(cause)].verdict; }

}  // namespace fdnprobe
