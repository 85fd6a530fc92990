#include "judge/summary.hpp"

#include <string_view>

#include <fmt/format.h>

#include "base/text.hpp"

namespace fdnprobe::judge {
namespace {

/// The words that the sentences are made of.
struct Words {
    std::string host;
    std::string port;    ///< "TCP/443", or "TCP/8013 (at port 9013)" where the site has it elsewhere
    std::string target;  ///< host and port
    std::string device;  ///< "10.0.0.1", "10.0.0.1 (hop 2)", "The device at hop 2", or "A device"
    std::string way;     ///< "TCP/443 to update.fortiguard.net (203.0.113.5)"
    std::string clause;  ///< " detail", or nothing
    std::string colon;   ///< ": detail", or nothing
    std::string comma;   ///< ", detail", or nothing
    std::string round;   ///< " (detail)", or nothing
    bool device_is_destination = false;
    bool located = false;    ///< the hop is known, and the detail is a clause that begins with its verb
    bool resolving = false;  ///< it ended before there was an address
};

Words words_for(const Check& check, const Finding& finding, const std::optional<SocketAddress>& destination) {
    Words words;
    words.host = check.host.empty() ? std::string("the peer") : printable(check.host, 255);
    words.port = check.port.to_string();
    const bool has_number = check.transport() == Transport::tcp || check.transport() == Transport::udp;
    if (check.dial_transport)
        words.port += fmt::format(" (at {})", Port{check.transport(), check.dial_port}.to_string());
    else if (has_number && check.dial_port != 0 && check.dial_port != check.port.number)
        words.port += fmt::format(" (at port {})", check.dial_port);
    words.target = words.host + " " + words.port;
    // This host's trouble on the way to the proxy is not the host's that is behind it.
    if (finding.stage == Stage::proxy && verdict_of(finding.cause) == Verdict::local) words.host = "the proxy";
    words.resolving = finding.stage == Stage::resolve;
    const bool known = finding.where && finding.where->address;
    const bool has_hop = finding.where && finding.where->hop;
    words.device = known ? finding.where->address->to_string() : std::string("A device");
    if (has_hop)
        words.device = known ? fmt::format("{} (hop {})", words.device, *finding.where->hop)
                             : fmt::format("The device at hop {}", *finding.where->hop);
    words.way = words.port + " to " + words.host;
    if (destination && !check.host_is_address && check.host != destination->address.to_string())
        words.way += fmt::format(" ({})", destination->address.to_string());
    words.located = has_hop && !finding.detail.empty();
    words.device_is_destination = known && destination && *finding.where->address == destination->address;
    if (!finding.detail.empty()) {
        words.colon = ": " + finding.detail;
        words.clause = " " + finding.detail;
        words.comma = ", " + finding.detail;
        words.round = " (" + finding.detail + ")";
    }
    return words;
}

std::string clause(Cause cause, const Words& w) {
    switch (cause) {
        case Cause::answered: return w.target + " answers" + w.comma;
        case Cause::client_certificate_required:
            return w.target + " answers and wants a device's certificate, so the path is open" + w.colon;
        case Cause::connected: return w.target + " accepts connections" + w.comma;
        case Cause::responder_confirmed:
            return fmt::format("the responder at {} confirms that {} arrives{}", w.host, w.port, w.comma);

        case Cause::refused: return fmt::format("{} refuses {}{}", w.host, w.port, w.round);
        case Cause::port_unreachable: return fmt::format("{} says that {} is not open{}", w.host, w.port, w.round);

        case Cause::timeout:
            if (w.located) return w.way + w.clause;
            return fmt::format("{} does not answer on {}{}", w.host, w.port, w.colon);
        case Cause::reset_on_path:
            return fmt::format("{} on the way resets {} to {}{}", w.device, w.port, w.host, w.round);
        case Cause::admin_prohibited:
            if (w.device_is_destination) return fmt::format("{} itself prohibits {}{}", w.host, w.port, w.round);
            return fmt::format("{} on the way prohibits {} to {}{}", w.device, w.port, w.host, w.round);
        case Cause::host_unreachable:
            if (w.device == "A device") return fmt::format("{} cannot be reached for {}{}", w.host, w.port, w.colon);
            return fmt::format("{} reports that it cannot reach {}, tried for {}{}", w.device, w.host, w.port, w.round);
        case Cause::net_unreachable:
            return fmt::format("{} on the way has no route to {}, tried for {}{}", w.device, w.host, w.port, w.round);
        case Cause::port_unreachable_on_path:
            return fmt::format("{} on the way rejects {} to {}{}", w.device, w.port, w.host, w.round);
        case Cause::lost_on_path:
            if (w.located) return w.way + w.clause;
            return fmt::format("{} to {} is lost on the way{}", w.port, w.host, w.colon);
        case Cause::mtu_blackhole:
            return fmt::format("large packets to {} vanish on the way, small ones pass{}", w.target, w.colon);
        case Cause::routing_loop:
            return fmt::format("packets for {} to {} go round in a loop, says {}{}", w.port, w.host,
                               w.device == "A device" ? "a device" : w.device, w.round);
        case Cause::proxy_unreachable: return fmt::format("the proxy for {} cannot be used{}", w.target, w.colon);
        case Cause::proxy_auth_required: return fmt::format("the proxy wants credentials for {}{}", w.target, w.round);
        case Cause::proxy_denied: return fmt::format("the proxy does not connect to {}{}", w.target, w.colon);

        case Cause::closed_after_connect:
            return w.target + " accepts the connection and closes it before anything is said" + w.round;
        case Cause::reset_after_connect:
            return w.target + " accepts the connection and resets it before anything is said" + w.round;
        case Cause::hello_timeout: return w.target + " does not answer the TLS greeting" + w.colon;
        case Cause::reset_after_hello: return w.target + " is reset after the TLS greeting" + w.round;
        case Cause::closed_after_hello: return w.target + " closes after the TLS greeting" + w.round;
        case Cause::tls_alert: return w.target + " ends the TLS handshake" + w.colon;
        case Cause::no_answer: return w.target + " takes the request and does not answer" + w.colon;
        case Cause::no_banner: return w.target + " accepts the connection and does not greet" + w.colon;
        case Cause::bad_answer: return w.target + " answers wrongly" + w.colon;
        case Cause::service_denied: return w.target + " answers that it will not serve this host" + w.colon;

        case Cause::untrusted_issuer:
            return w.target + " answers with a certificate that nobody known has signed" + w.colon;
        case Cause::name_mismatch: return w.target + " answers with a certificate for another name" + w.colon;
        case Cause::certificate_expired: return w.target + " answers with an expired certificate" + w.colon;
        case Cause::certificate_not_yet_valid:
            return w.target + " answers with a certificate that is not valid yet" + w.colon;
        case Cause::certificate_revoked: return w.target + " answers with a withdrawn certificate" + w.colon;
        case Cause::ocsp_missing:
            return w.target + " answers without the stapled OCSP answer that the device demands" + w.colon;
        case Cause::ocsp_invalid:
            return w.target + " answers with a stapled OCSP answer that the device will not accept" + w.colon;

        case Cause::tls_intercepted: return "something answers in place of " + w.target + w.colon;
        case Cause::answered_on_path:
            return fmt::format("{} on the way answers in place of {}{}", w.device, w.target, w.round);
        case Cause::dns_sinkhole:
            return fmt::format("the name {} leads to a filter, so {} was not tried{}", w.host, w.port, w.colon);
        case Cause::dns_rewritten:
            if (w.resolving)
                return fmt::format("the answer for the name {} was not its owner's, which {} was tried with{}", w.host,
                                   w.port, w.colon);
            return fmt::format("something answers DNS in place of {}{}", w.target, w.colon);
        case Cause::captive_portal: return "a portal answers in place of " + w.target + w.colon;
        case Cause::wrong_protocol: return "something that speaks another protocol answers at " + w.target + w.colon;

        case Cause::nxdomain:
            return fmt::format("the name {} does not exist, so {} was not tried{}", w.host, w.port, w.round);
        case Cause::no_address:
            return fmt::format("the name {} has no address, so {} was not tried{}", w.host, w.port, w.round);
        case Cause::servfail:
            return fmt::format("the resolver failed on {}, so {} was not tried{}", w.host, w.port, w.round);
        case Cause::dns_refused:
            return fmt::format("the resolver refuses to answer for {}, so {} was not tried{}", w.host, w.port, w.round);
        case Cause::dns_timeout:
            return fmt::format("the resolver did not answer for {}, so {} was not tried{}", w.host, w.port, w.round);
        case Cause::dns_malformed:
            return fmt::format("what answered for {} is not DNS, so {} was not tried{}", w.host, w.port, w.round);
        case Cause::resolver_unreachable:
            return fmt::format("the resolver for {} cannot be reached, so {} was not tried{}", w.host, w.port, w.round);

        case Cause::no_reply:
            return w.target + " says nothing, which proves neither that it is open nor that it is not" + w.colon;
        case Cause::path_open:
            if (w.located) return w.target + " says nothing, but its packets" + w.clause;
            return w.target + " says nothing, but the packets leave the site" + w.colon;
        case Cause::control_failed:
            // Where a device is known, it is the first on the way.
            return w.device == "A device"
                       ? fmt::format(
                             "nothing at all comes back from beyond this host's own network, so nothing follows "
                             "for {}{}",
                             w.target, w.colon)
                       : fmt::format("nothing at all gets past {}, so nothing follows for {}{}", w.device, w.target,
                                     w.colon);

        case Cause::not_configured:
            if (!w.colon.empty()) return w.target + " was not tried" + w.colon;
            return "no address is known for the peer that " + w.port + " belongs to";
        case Cause::needs_privilege: return w.target + " was not tried, because this user may not send it" + w.colon;
        case Cause::not_testable_from_here:
            if (!w.colon.empty()) return w.target + " cannot be tested from here" + w.colon;
            return w.target + " was not tried, because no probe from here can tell";
        case Cause::not_applicable: return w.target + " was not tried, because it does not apply here" + w.colon;
        case Cause::address_family_unavailable:
            return w.target + " was not tried, because this host lacks its kind of address" + w.colon;

        case Cause::no_route:
            if (w.resolving)
                return fmt::format("this host has no route to its resolver, so {} was not tried{}", w.target, w.round);
            return fmt::format("this host has no route to {} for {}{}", w.host, w.port, w.round);
        case Cause::local_firewall:
            return fmt::format("this host's own packet filter stops {} to {}{}", w.port, w.host, w.round);
        case Cause::source_unavailable:
            return fmt::format("the chosen source cannot be used for {}{}", w.target, w.round);
        case Cause::out_of_descriptors:
            return fmt::format("this host ran out of descriptors or buffers at {}{}", w.target, w.round);
        case Cause::out_of_ports: return fmt::format("this host ran out of local ports at {}{}", w.target, w.round);
        case Cause::permission_denied:
            return fmt::format("this host does not let fdnprobe try {}{}", w.target, w.round);
        case Cause::interrupted: return w.target + " was not tried to the end" + w.colon;
        case Cause::internal: return fmt::format("the program itself failed at {}{}", w.target, w.colon);
    }
    return w.target;
}

/// A DNS service that was itself what the check is about, and answered its test question in this way.
bool is_answer_of_dns_service(const Finding& finding) {
    if (finding.stage != Stage::exchange) return false;
    return verdict_of(finding.cause) == Verdict::unresolved || finding.cause == Cause::dns_sinkhole;
}

}  // namespace

std::string summarise(const Check& check, const Finding& finding, const std::optional<SocketAddress>& destination) {
    const Words words = words_for(check, finding, destination);
    std::string text = is_answer_of_dns_service(finding)
                           ? words.target + " answers its test question badly" + words.colon
                           : clause(finding.cause, words);
    // A host's name keeps its case; everything else begins a sentence.
    const std::string_view host = check.host;
    if (!text.empty() && (host.empty() || !text.starts_with(host)) && text[0] >= 'a' && text[0] <= 'z')
        text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text + ".";
}

}  // namespace fdnprobe::judge
