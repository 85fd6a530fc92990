// The words that a run ends in. Each has a stable code (`to_string`), used in reports, options and documentation;
// codes are never renamed. What a cause means to a reader, and what to do about it, is in judge/explanation.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fdnprobe/address.hpp"

namespace fdnprobe {

/// What the evidence of a check comes to, coarsely.
enum class Verdict : std::uint8_t {
    reachable,     ///< the far end answered
    closed,        ///< the far end itself said no
    blocked,       ///< something short of the far end stops it
    broken,        ///< connected, but the service's protocol did not complete
    untrusted,     ///< it answered, but its identity does not hold
    intercepted,   ///< something else answered in its place
    unresolved,    ///< the name did not resolve
    inconclusive,  ///< no evidence either way
    skipped,       ///< not tried
    local,         ///< this host's own trouble
};

/// The exact finding; each belongs to one verdict (`verdict_of`).
enum class Cause : std::uint8_t {
    // reachable
    answered,                     ///< the service's own protocol answered, and its identity held where it has one
    client_certificate_required,  ///< it identified itself and wants a device certificate: the path is open
    connected,                    ///< TCP accepted; there is no protocol to speak there
    responder_confirmed,          ///< fdnprobe at the far end confirmed the arrival
    // closed
    refused,           ///< RST, from the destination as far as can be told
    port_unreachable,  ///< ICMP port unreachable from the destination
    // blocked
    timeout,                   ///< TCP SYN unanswered
    reset_on_path,             ///< RST from nearer than the destination
    admin_prohibited,          ///< ICMP: a filter says so
    host_unreachable,          ///< ICMP: a router knows the network but not the host
    net_unreachable,           ///< ICMP: a router has no route
    port_unreachable_on_path,  ///< ICMP port unreachable from a device on the path
    lost_on_path,              ///< UDP seen to die at a hop where other traffic goes on
    mtu_blackhole,             ///< small packets pass, large ones vanish
    routing_loop,              ///< ICMP time exceeded although the TTL was large
    proxy_unreachable,         ///< the proxy itself did not answer
    proxy_auth_required,       ///< the proxy wants credentials
    proxy_denied,              ///< the proxy answered that it will not
    // broken
    closed_after_connect,  ///< accepted, then closed before anything was said
    reset_after_connect,   ///< accepted, then reset before anything was said
    hello_timeout,         ///< TLS ClientHello unanswered
    reset_after_hello,     ///< reset after the TLS ClientHello
    closed_after_hello,    ///< closed after the TLS ClientHello
    tls_alert,             ///< the far end ended the handshake with an alert
    no_answer,             ///< request acknowledged, nothing came
    no_banner,             ///< the server should have spoken first and did not
    bad_answer,            ///< an answer that the protocol does not allow
    service_denied,        ///< it answered that it will not serve this client
    // untrusted
    untrusted_issuer,           ///< nobody known has signed the certificate
    name_mismatch,              ///< the certificate is for another name
    certificate_expired,        ///< past its end
    certificate_not_yet_valid,  ///< before its begin
    certificate_revoked,        ///< its issuer has withdrawn it
    ocsp_missing,               ///< the device demands a stapled OCSP answer and none came
    ocsp_invalid,               ///< a stapled OCSP answer came that does not vouch for the certificate
    // intercepted
    tls_intercepted,   ///< signed by someone this endpoint is not known to have
    answered_on_path,  ///< accepted nearer than the destination
    dns_sinkhole,      ///< a public name answered with a private, loopback or block-page address
    dns_rewritten,     ///< a DNS answer that the asked server did not give
    captive_portal,    ///< a portal answered in place of the service
    wrong_protocol,    ///< something that speaks another protocol answered
    // unresolved
    nxdomain,              ///< the resolver says that the name does not exist
    no_address,            ///< the name exists and has no address
    servfail,              ///< the resolver failed
    dns_refused,           ///< the resolver refuses to answer this client
    dns_timeout,           ///< the resolver did not answer
    dns_malformed,         ///< the resolver's answer is not DNS
    resolver_unreachable,  ///< nobody listens at the resolver's address, or the network returns the questions
    // inconclusive
    no_reply,        ///< UDP, silence
    path_open,       ///< UDP, silence, but the packets were seen to pass the site's edge
    control_failed,  ///< nothing at all works from here, so nothing follows
    // skipped
    not_configured,              ///< the peer's address is not known
    needs_privilege,             ///< this host's user may not do it
    not_testable_from_here,      ///< no probe from an ordinary host can tell
    not_applicable,              ///< does not apply to the chosen options
    address_family_unavailable,  ///< this host has no IPv4, or no IPv6
    // local
    no_route,            ///< this host has no route there
    local_firewall,      ///< this host's own packet filter
    source_unavailable,  ///< the chosen source address or interface cannot be used
    out_of_descriptors,  ///< this process has no file descriptor left
    out_of_ports,        ///< this host has no ephemeral port left
    permission_denied,   ///< the operating system forbids it
    interrupted,         ///< stopped by the user or by --deadline
    internal,            ///< a fault of fdnprobe
};

/// How far a check got.
enum class Stage : std::uint8_t { plan, resolve, connect, proxy, tls, exchange };

/// How sure a verdict is.
enum class Confidence : std::uint8_t {
    proven,    ///< nothing else explains the evidence
    likely,    ///< other explanations are far-fetched
    possible,  ///< one explanation among several
};

/// Who has to act.
enum class Owner : std::uint8_t { nobody, this_host, network, resolver, proxy, service, vendor, unknown };

/// What a row's checks come to; `degraded`: works, but an alternative it also lists does not.
enum class State : std::uint8_t {
    reachable,
    degraded,
    inconclusive,
    untrusted,
    broken,
    intercepted,
    blocked,
    unresolved,
    local,
    unconfigured,
};

[[nodiscard]] std::string_view to_string(Verdict);
[[nodiscard]] std::string_view to_string(Cause);
[[nodiscard]] std::string_view to_string(Stage);
[[nodiscard]] std::string_view to_string(Confidence);
[[nodiscard]] std::string_view to_string(Owner);
[[nodiscard]] std::string_view to_string(State);

/// The enumerator with that code; nothing when there is none.
[[nodiscard]] std::optional<Verdict> verdict_from(std::string_view code);
[[nodiscard]] std::optional<Cause> cause_from(std::string_view code);
[[nodiscard]] std::optional<State> state_from(std::string_view code);

/// All enumerators, in the order of the documentation.
[[nodiscard]] std::span<const Verdict> all_verdicts();
[[nodiscard]] std::span<const Cause> all_causes();
[[nodiscard]] std::span<const State> all_states();

[[nodiscard]] Verdict verdict_of(Cause);

/// Whether a row in that state does its work.
[[nodiscard]] constexpr bool works(State state) { return state == State::reachable || state == State::degraded; }

/// Where on the way something was seen; what is not known stays empty.
struct Where {
    std::optional<int> hop;              ///< 1 is the first router
    std::optional<Address> address;      ///< the device that spoke
    std::optional<int> destination_hop;  ///< how far away the destination is
    friend bool operator==(const Where&, const Where&) = default;
};

/// What a judge says of one attempt. `detail` is a clause for the summary ("signed by 'Corp CA'"), escaped already.
struct Finding {
    Cause cause = Cause::internal;
    Stage stage = Stage::plan;
    Confidence confidence = Confidence::proven;
    Owner owner = Owner::unknown;
    std::string detail;
    std::optional<Where> where;
    std::vector<std::string> warnings;  ///< what is worth knowing though it works
};

}  // namespace fdnprobe
