#include "judge/advice.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"
#include "judge/comparison.hpp"
#include "judge/sinkhole.hpp"
#include "judge/tls_identity.hpp"
#include "probes/responder.hpp"

namespace fdnprobe::judge {
namespace {

/// "TCP/443 to update.fortiguard.net".
std::string flow(const Check& check) {
    return fmt::format("{} to {}", check.wanted().to_string(),
                       check.host.empty() ? std::string("the peer") : printable(check.host, 255));
}

std::string device_of(const Finding& finding) {
    return finding.where && finding.where->address ? finding.where->address->to_string() : std::string();
}

/// "10.0.0.1 (hop 2)", "the device at hop 2".
std::string hop_of(const Finding& finding) {
    const std::string device = device_of(finding);
    return device.empty() ? fmt::format("the device at hop {}", *finding.where->hop)
                          : fmt::format("{} (hop {})", device, *finding.where->hop);
}

constexpr std::string_view fix_clock =
    "Look at the clocks first, of this host and of the device: both need NTP, with UDP/123 open to a time server.";

/// What ends after a hop was stopped there, on its way out, or by whatever comes next, on its way in (judge/path.hpp).
std::string look_after_hop(const Check& check, const Finding& finding) {
    const Where& where = *finding.where;
    if (*where.hop == 1 && finding.confidence == Confidence::possible)
        return fmt::format("Look at this host's own packet filter, then at {}: one of the two stops {}.",
                           hop_of(finding), flow(check));
    const bool destination_is_next = where.destination_hop && *where.destination_hop == *where.hop + 1;
    return fmt::format("Look at {}, then at {}: one of the two stops {}.", hop_of(finding),
                       destination_is_next ? "the host's own packet filter" : "the device behind it", flow(check));
}

std::string open_path(const Check& check, const Finding& finding) {
    if (finding.where && finding.where->hop && finding.cause != Cause::admin_prohibited &&
        finding.cause != Cause::port_unreachable_on_path)
        return look_after_hop(check, finding);
    const std::string device = device_of(finding);
    return device.empty() ? fmt::format("Open {} on the firewalls between here and there.", flow(check))
                          : fmt::format("Let {} pass {}.", device, flow(check));
}

std::string usable_proxy(const Finding& finding) {
    if (finding.owner == Owner::resolver)
        return "See whether the proxy's name is written correctly and whether the resolver that was asked knows it, or "
               "give the proxy by its address.";
    if (const std::string device = device_of(finding); !device.empty() && finding.owner == Owner::network)
        return fmt::format("Let {} pass TCP to the proxy's port; nothing behind the proxy has been asked.", device);
    return "See whether the proxy's address and port are right, here and on the device, and whether this host may use "
           "it.";
}

std::string let_through_proxy(const Check& check, const Finding& finding) {
    // What it says with a status from 500 is about the way beyond it.
    if (finding.confidence != Confidence::proven)
        return fmt::format(
            "Try {} from the proxy's own network and look at its log: it answered that it did not get "
            "there.",
            flow(check));
    return fmt::format(
        "Have the proxy allow CONNECT for {}, by name and by address (a device asks for the address and port), without "
        "inspecting it.",
        flow(check));
}

std::string exempt_from_inspection(const Check& check, const Circumstances& circumstances) {
    if (!check.vendor_host)
        return fmt::format(
            "If {} has been given a certificate of your own CA, all is well and the table's `trust` is "
            "too narrow for it; if not, exempt it from TLS inspection.",
            check.host.empty() ? std::string("the peer") : printable(check.host, 255));
    if (circumstances.through_proxy)
        return fmt::format("Exempt {} from TLS inspection, on the proxy first.", flow(check));
    return fmt::format("Exempt {} from TLS inspection on the device that re-signs it.", flow(check));
}

bool goes_by_name(const Finding& finding) { return finding.detail.find(name_is_filtered) != std::string::npos; }

std::string exempt_from_name_filter(const Check& check) {
    return fmt::format(
        "Exempt {} from the filter on the way that reads server names: a web filter's URL list, or an inspection "
        "profile's exemptions.",
        flow(check));
}

std::string unanswered_greeting(const Check& check, const Finding& finding, const Circumstances& circumstances) {
    if (goes_by_name(finding)) return exempt_from_name_filter(check);
    if (finding.owner == Owner::network)
        return "Look for a link with a small MTU whose ICMP is filtered, and try a lower MSS on the egress; a content "
               "filter that drops what it does not like looks the same.";
    if (check.vendor_host) return exempt_from_inspection(check, circumstances);
    return fmt::format(
        "See whether the service at {} speaks TLS on this port, and whether a filter on the way judges "
        "the server name.",
        check.host.empty() ? std::string("the peer") : printable(check.host, 255));
}

std::string after_greeting(const Check& check, const Finding& finding) {
    if (goes_by_name(finding)) return exempt_from_name_filter(check);
    if (check.vendor_host)
        return fmt::format(
            "A filter on the way that judges TLS by server name or content is the usual reason: exempt "
            "{} from it.",
            flow(check));
    return "See in the service's log why it gave up; if nothing arrived there, a filter on the way cut it.";
}

/// What would end the silence at a host of the site's own; at the vendor's, nobody can run a responder.
std::string ask_a_responder(const Check& check) {
    if (!check.secret(probes::responder_secret).empty())
        return "see whether `fdnprobe respond` runs there, with the same key: its log names whatever came";
    return "run `fdnprobe respond` at the far end, or in its place, and check with `--responder-key`";
}

std::string silent_service(const Check& check) {
    if (check.transport() == Transport::tcp) return "Run it again with a longer `--timeout`.";
    if (check.transport() != Transport::udp)
        return fmt::format("Silence proves nothing: {}, or look for the packets in a capture there.",
                           ask_a_responder(check));
    if (!check.vendor_host)
        return fmt::format("Silence proves nothing with UDP: {}, or look for the datagram in a capture there.",
                           ask_a_responder(check));
    return "Silence proves nothing with UDP: see what the device itself says of this service.";
}

/// A responder has said which of the two directions it is.
std::string lost_packets(const Check& check, const Finding& finding) {
    if (check.transport() == Transport::ethernet)
        return fmt::format("Put both ends on one segment and have its switches pass {}: frames cross no router.",
                           check.port.to_string());
    if (finding.detail.ends_with("lost on the way back"))
        return fmt::format(
            "Let the answers to {} back in on the firewalls between here and there: what is sent gets "
            "through.",
            flow(check));
    return open_path(check, finding);
}

constexpr std::string_view look_at_resolver =
    "Look at the resolver: whether it reaches the Internet, and whether it serves this host and the device.";

std::string unresolved_name(const Check& check, const Finding& finding, std::string_view public_advice) {
    if (finding.stage == Stage::exchange) return std::string(look_at_resolver);
    if (check.public_name) return std::string(public_advice);
    return fmt::format(
        "See whether the name {} is written correctly in the site file, and whether the resolver that "
        "was asked knows it.",
        printable(check.host, 255));
}

std::string sinkhole(const Check& check, const Finding& finding, const Circumstances& circumstances) {
    const bool block_page = (circumstances.destination && check.block_page(circumstances.destination->address)) ||
                            finding.detail.find("the block page of") != std::string::npos;
    if (block_page)
        return "A DNS filter on the way rewrites this name: allow its category or the name itself in the DNS filter "
               "profile, or use a resolver that is not filtered.";
    return "Find out which resolver gives this answer and why; if it is deliberate, list the name under "
           "`split_horizon` in the site file.";
}

std::string out_of_date(const Finding& finding, const Circumstances& circumstances) {
    const bool expired = finding.cause == Cause::certificate_expired;
    switch (circumstances.clock) {
        case Clock::wrong:
            return "Set this host's clock and keep it set by NTP, with UDP/123 open to a time server, then run it "
                   "again; see to the device's clock too.";
        case Clock::right:
            return expired ? "The certificate has to be renewed by whoever runs the service; no clock needs to be set."
                           : "The certificate has to be replaced by whoever runs the service, or its first day waited "
                             "for; no clock needs to be set.";
        case Clock::unknown: break;
    }
    if (!expired) return std::string(fix_clock);
    return fmt::format("{} If they are right, the certificate has to be renewed by whoever runs the service.",
                       fix_clock);
}

std::string rewritten(const Check& check, const Finding& finding) {
    // What is asked there in a protocol of its own is none of a resolver's business.
    if (check.vendor_host && check.probe == "udp")
        return fmt::format("Exempt {} from the DNS inspection or redirection on the way.", flow(check));
    if (finding.owner == Owner::resolver) return "Find out why that resolver answers so, or give the device another.";
    return "Find the device that answers DNS in other servers' names, and exempt this host and the device from it, or "
           "use DNS over TLS.";
}

std::string denied_service(const Check& check) {
    if (check.probe == "smtp")
        return "Read the server's words: mail relays refuse addresses that are on a block list, which is appealed with "
               "the list's owner; a relay of your own avoids it.";
    return "See in the service's settings whether it knows this host: an allow list, a shared secret, a licence.";
}

std::optional<std::string> for_reachable(const Circumstances& circumstances) {
    if (circumstances.tls != nullptr && !circumstances.tls->chain.empty()) {
        const TlsFacts& facts = *circumstances.tls;
        if (days_left(facts) <= expiry_warning_days)
            return fmt::format("Have the certificate renewed: its last day is {}.",
                               to_date(facts.chain.front().not_after));
    }
    if (circumstances.other_addresses_fail)
        return "The device may choose any of the host's addresses: open the path to all of them.";
    if (circumstances.unsteady)
        return "It works only now and then: look for loss or a rate limit on the way, and for several paths of which "
               "one is filtered.";
    if (circumstances.tls != nullptr && circumstances.tls->fortinet_chain == FortinetChain::by_name)
        return "To have the chain proven, list Fortinet's CA certificates under `fortinet_ca_files` in the site file.";
    return std::nullopt;
}

std::optional<std::string> in_general(const Check& check, const Finding& finding, const Circumstances& circumstances) {
    switch (finding.cause) {
        case Cause::answered:
        case Cause::client_certificate_required:
        case Cause::connected:
        case Cause::responder_confirmed: return for_reachable(circumstances);

        case Cause::refused:
        case Cause::port_unreachable:
            if (check.vendor_host)
                return fmt::format("See whether a firewall on the way rejects {} in the host's name.", flow(check));
            return fmt::format(
                "See whether the service is running and listens for {}, and whether the host's own "
                "firewall rejects it.",
                flow(check));

        case Cause::timeout:
        case Cause::reset_on_path:
        case Cause::port_unreachable_on_path: return open_path(check, finding);
        case Cause::lost_on_path: return lost_packets(check, finding);
        case Cause::admin_prohibited: return open_path(check, finding);
        case Cause::host_unreachable:
            return fmt::format(
                "See whether {} is up and has the right address, and whether the last router before it "
                "finds it on its network.",
                check.host.empty() ? std::string("the peer") : printable(check.host, 255));
        case Cause::net_unreachable: {
            const std::string device = device_of(finding);
            return fmt::format("Give {} a route towards {}, or find out who took it away.",
                               device.empty() ? std::string("the router that said so") : device,
                               printable(check.host, 255));
        }
        case Cause::mtu_blackhole:
            return "Let ICMP \"packet too big\" pass, or clamp the MSS on the egress to 1452 bytes, or less where a "
                   "tunnel needs more room.";
        case Cause::routing_loop:
            return "Two routers send the packets to each other: compare their routes for this destination.";
        case Cause::proxy_unreachable: return usable_proxy(finding);
        case Cause::proxy_auth_required:
            return "Give the proxy's credentials, or correct them, in the file that `proxy` under `[secrets]` in the "
                   "site file names; the device needs them too.";
        case Cause::proxy_denied: return let_through_proxy(check, finding);

        case Cause::closed_after_connect:
        case Cause::reset_after_connect:
            return "A proxy, a load balancer without a server behind it, or an allow list at the service does this: "
                   "see at the service whether the connection arrived there.";
        case Cause::hello_timeout: return unanswered_greeting(check, finding, circumstances);
        case Cause::reset_after_hello:
        case Cause::closed_after_hello: return after_greeting(check, finding);
        case Cause::tls_alert:
            return "The alert says what the server did not like: look at its TLS versions, its ciphers and the server "
                   "name that was asked for.";
        case Cause::no_answer:
        case Cause::no_banner:
            return "TCP gets through and the service stays silent: see whether it is well, and whether a filter on the "
                   "way holds back its answers.";
        case Cause::bad_answer:
            return "See whether the right service listens on this port, and whether something on the way changes what "
                   "it says.";
        case Cause::service_denied: return denied_service(check);

        case Cause::untrusted_issuer:
            if (finding.confidence == Confidence::possible)
                return "Compare with a connection from another network: if the chain is the same there, the server "
                       "sends an incomplete one or this host's bundle of CAs is old (`--ca-file` takes another).";
            if (check.vendor_host) return exempt_from_inspection(check, circumstances);
            return "If the host is meant to have a certificate of its own making, the table's `trust` should be `any`; "
                   "if not, install one that a known CA has signed.";
        case Cause::name_mismatch:
            return "See where the name leads (`dig`), and whether a block page or another server answers there; the "
                   "device refuses a certificate for another name.";
        case Cause::certificate_expired:
        case Cause::certificate_not_yet_valid: return out_of_date(finding, circumstances);
        case Cause::certificate_revoked:
            return "Do not trust what answers there; ask whoever runs the service, and compare with a connection from "
                   "another network.";
        case Cause::ocsp_missing:
        case Cause::ocsp_invalid:
            return "The real servers staple a fresh answer, so look for something on the way that takes TLS apart, and "
                   "at the clocks.";

        case Cause::tls_intercepted:
            // A baseline alone speaks against it.
            if (check.known != nullptr && finding.confidence == Confidence::possible)
                return fmt::format(
                    "Find out whether the certificate of {} was changed on purpose: if so, learn it anew with "
                    "`--learn`; if not, look for what answers in its place.",
                    check.host.empty() ? std::string("the peer") : printable(check.host, 255));
            return exempt_from_inspection(check, circumstances);
        case Cause::answered_on_path:
            // Proxies take packets before they count them; what answers SYNs for others may do so after that.
            if (finding.where && finding.where->hop)
                return fmt::format(
                    "Look for a transparent proxy at {}, then for a SYN proxy at the device before it, and have it "
                    "leave {} alone.",
                    hop_of(finding), flow(check));
            return fmt::format("Find the transparent proxy on the way and have it leave {} alone.", flow(check));
        case Cause::dns_sinkhole: return sinkhole(check, finding, circumstances);
        case Cause::dns_rewritten: return rewritten(check, finding);
        case Cause::captive_portal: return "Log in to the portal from this host, or have the host exempted from it.";
        case Cause::wrong_protocol:
            if (check.vendor_host)
                return fmt::format(
                    "Read what it said: a block page or a portal on the way means that {} has to be "
                    "exempted there.",
                    flow(check));
            return "Read what it said: the port is probably that of another service, or the service has TLS switched "
                   "off.";

        case Cause::nxdomain:
            return unresolved_name(check, finding,
                                   "The name exists in the public DNS, so the resolver is filtered or cut off: let it "
                                   "forward public names, or give the device other servers.");
        case Cause::no_address:
            return unresolved_name(check, finding,
                                   "Ask another resolver: if that one has an address, yours filters it; with `-4` or "
                                   "`-6`, try without.");
        case Cause::servfail:
        case Cause::dns_refused: return unresolved_name(check, finding, look_at_resolver);
        case Cause::dns_timeout:
        case Cause::resolver_unreachable: return "See whether the resolver is up and UDP/53 and TCP/53 to it are open.";
        case Cause::dns_malformed:
            return "See what answers at the resolver's address: it is not a DNS server, or something changes its "
                   "answers.";

        case Cause::no_reply: return silent_service(check);
        case Cause::path_open:
            return "The packets get as far as can be seen from here: trust what the device itself shows.";
        case Cause::control_failed: return "Repair the uplink first, then run the checks again.";

        case Cause::not_configured:
            return "Give the peer's address with `--peer NAME=ADDRESS`, or under `[peers]` in the site file.";
        case Cause::needs_privilege:
            return "Grant the program CAP_NET_RAW, once, with that command, or run it as root, if this row matters to "
                   "you.";
        case Cause::not_testable_from_here: return "Look at the devices themselves: this host cannot tell.";
        case Cause::not_applicable: return std::nullopt;
        case Cause::address_family_unavailable:
            return "Run it from a host that has this kind of address, if the row matters to you.";

        case Cause::no_route:
            return "Look at this host's interfaces and routes (`ip route get ADDRESS`); nothing follows yet for the "
                   "network.";
        case Cause::local_firewall:
            return fmt::format("Let {} out in this host's own packet filter, then run it again.", flow(check));
        case Cause::source_unavailable:
            return "Give `--source` an address that this host has, and `--interface` one that exists and is up.";
        case Cause::out_of_descriptors: return "Lower `--concurrency`, or raise the limit (`ulimit -n`).";
        case Cause::out_of_ports:
            return "Lower `--rate`, or wait a minute: closed connections hold their ports for that long.";
        case Cause::permission_denied:
            return "See what this host forbids: a `prohibit` route, a security module, a port below 1024.";
        case Cause::interrupted: return "Run it again, with a longer `--deadline` if that ended it.";
        case Cause::internal: return "Report this as a fault of fdnprobe, with the JSON report.";
    }
    return std::nullopt;
}

/// Sentences that a report has room for.
constexpr std::size_t most_product_sentences = 3;

}  // namespace

const std::vector<ProductAdvice>& product_advice(const Check& check, Cause cause) {
    static const std::vector<ProductAdvice> none;
    if (check.advice == nullptr) return none;
    for (const std::string_view code : {to_string(cause), to_string(verdict_of(cause))})
        if (const auto found = check.advice->find(code); found != check.advice->end()) return found->second;
    return none;
}

CommandBlock command_block(const ProductAdvice& advice) {
    CommandBlock block;
    for (const Releases& releases : advice.releases)
        block.releases += (block.releases.empty() ? "" : ", ") + releases.to_string();
    block.lines = advice.commands;
    return block;
}

Advice advise(const Check& check, const Finding& finding, const Circumstances& circumstances) {
    Advice advice;
    advice.text = in_general(check, finding, circumstances);
    std::vector<std::string_view> said;
    for (const ProductAdvice& entry : product_advice(check, finding.cause)) {
        if (!entry.commands.empty()) advice.commands.push_back(command_block(entry));
        // For other releases, the same sentence stands beside other commands.
        if (entry.say.empty() || std::find(said.begin(), said.end(), entry.say) != said.end() ||
            said.size() == most_product_sentences)
            continue;
        said.push_back(entry.say);
        advice.text = advice.text ? *advice.text + ' ' + entry.say : entry.say;
    }
    return advice;
}

void take_advice(Conclusion& conclusion, Advice advice) {
    conclusion.advice = std::move(advice.text);
    conclusion.commands = std::move(advice.commands);
}

}  // namespace fdnprobe::judge
