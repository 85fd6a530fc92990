// What each word of a report means to a reader: `fdnprobe explain`, the man page and the documentation are made of it.
#include "judge/judge.hpp"

namespace fdnprobe::judge {

Explanation explain(Cause cause) {
    switch (cause) {
        case Cause::answered:
            return {
                "The service answered in its own protocol. Where that has TLS, the certificate was of a signer "
                "whom the table expects, for the right name, and in date.",
                "The path is open in both directions and the service is at its other end. It does not follow that "
                "a device with another address, route or licence is served as well.",
                "Nothing, unless there is a warning."};
        case Cause::client_certificate_required:
            return {
                "The server showed a certificate that holds, asked for one in return, and ended the handshake "
                "when it got none: with an alert that says so, or by closing the connection.",
                "The path is open and the right server is at its other end; only a device with its own "
                "certificate gets further. It does not follow that the server accepts that device's certificate.",
                "Nothing here. If the device itself fails, look at its certificate, licence and registration."};
        case Cause::connected:
            return {
                "The TCP connection was accepted and stood for a while. The service has no protocol that a "
                "stranger could speak, so nothing more was tried.",
                "Something at that address accepts connections on the port. Which service it is does not follow, "
                "and a proxy on the way may have accepted in its name.",
                "Nothing, unless the device does not get on; then look at the service's own log."};
        case Cause::responder_confirmed:
            return {
                "The responder at the far end received the packet and answered with a proof that only it could make.",
                "The path carries this port in both directions between the two hosts. The real service was not asked. "
                "The source that arrived is in the report; where it is not the one that was sent from, a NAT lies "
                "between, and a warning says so.",
                "Nothing, unless there is a warning. Rules behind a NAT have to name the source that arrived."};

        case Cause::refused:
            return {
                "A TCP reset came in answer to the SYN. Where the way was followed, the reset came only when the "
                "packets were given as many hops as the destination is away.",
                "Usually the host is there and nothing listens on the port. A reset does not name its sender, so "
                "a firewall that rejects with resets looks the same; one that is nearer than the last device "
                "before the host is told apart by its distance, and that last one cannot be.",
                "See whether the service runs and listens, then whether a firewall rejects the port in its name. "
                "`fdnprobe respond` on the host, where the service is not yet, tells the two apart."};
        case Cause::port_unreachable:
            return {"ICMP \"port unreachable\" came from the destination itself.",
                    "The packets arrive, and nobody listens on the port; or the host's own packet filter says so. The "
                    "path to the host is open.",
                    "Start the service, or open the port on the host itself."};

        case Cause::timeout:
            return {
                "Several TCP SYNs were sent and nothing at all came back: no answer, no reset, no ICMP. Where the way "
                "was followed, the report names the last device that answered them, beside other traffic to the "
                "same place that goes on.",
                "Something drops the packets or their answers, which is how most firewalls refuse; or the host is "
                "down. Which of the two, and where, does not follow from silence alone. It is proven where the "
                "device before and the device behind both answered, and three packets stayed unanswered between "
                "them.",
                "Open the port on the firewalls between here and there, beginning with the site's own. Where the "
                "host may be down, `fdnprobe respond` in its place shows what the path alone does."};
        case Cause::reset_on_path:
            return {
                "A TCP reset came from nearer than the destination: it answers packets that were given so few hops "
                "that other traffic to the same address, given as many, was still on its way.",
                "A device on the way refuses the connection in the destination's name. The destination has not "
                "been asked. The device is the last one that answered before the resets begin, or the next one; at "
                "hop 1 it may be this host.",
                "Let the port pass on the device at the hop that the report names, then on the one behind it."};
        case Cause::admin_prohibited:
            return {
                "An ICMP message said that a filter prohibits the packet (IPv4 3/9, 3/10 or 3/13; IPv6 1/1, 1/5 "
                "or 1/6). Its sender is in the report.",
                "That device has a rule against this traffic and is honest about it. If the sender is the "
                "destination, its own packet filter has the rule.",
                "Ask whoever runs the device to let the port pass."};
        case Cause::host_unreachable:
            return {
                "A router said by ICMP that it cannot reach the host (3/1 and its kin; IPv6 1/3), or nobody "
                "answered ARP or ND on this host's own network.",
                "The last network before the host was reached, and the host did not answer there: it is off, or "
                "has another address. Some firewalls refuse with the same message.",
                "See whether the host is up and its address right, then ask whoever runs the router that spoke."};
        case Cause::net_unreachable:
            return {"A router said by ICMP that it has no route to the destination (3/0; IPv6 1/0).",
                    "Routing ends at that router. Some firewalls refuse with the same message.",
                    "Look at the routes of the router that spoke; its address is in the report."};
        case Cause::port_unreachable_on_path:
            return {
                "ICMP \"port unreachable\" or \"protocol unreachable\" came from an address that is not the "
                "destination's.",
                "A device on the way rejects the port; packet filters on Linux do so when nobody tells them "
                "otherwise. The destination has not been asked.",
                "Let the port pass on the device that the report names."};
        case Cause::lost_on_path:
            return {
                "Packets were followed hop by hop: behind one device they end, while other traffic to the same place "
                "goes on; both devices answered, and three packets stayed unanswered between them. "
                "Or a responder at the far end was asked over another port, where it answers: the requests had not "
                "arrived, or they had, and its replies did not.",
                "A device on the way drops this port, in the direction that the report names. This is more than "
                "silence: the comparison shows that the path itself goes on.",
                "Let the port pass on the device that the report names, or else on the firewalls between here and "
                "there; where the requests arrive, it is the answers that have to be let back."};
        case Cause::mtu_blackhole:
            return {
                "A TLS greeting or a request stayed unanswered. A greeting just as large with another server name, or "
                "with none, stayed unanswered too, and the real one was answered as soon as TCP's segments were kept "
                "small, in both directions. Whether the greeting had been acknowledged says whose packets vanish: this "
                "host's, or the far end's.",
                "A link on the way takes only smaller packets, and the ICMP message that would say so is lost. Tunnels "
                "and PPPoE are where this happens. A filter that misses what comes in small pieces looks alike where "
                "only a request was compared, and then it is `possible`, no more.",
                "Let ICMP \"fragmentation needed\" and \"packet too big\" pass, or lower the MSS on the egress to 1452 "
                "bytes or less."};
        case Cause::routing_loop:
            return {"ICMP \"time exceeded\" came although the packet had a full budget of hops.",
                    "Routers send the packet round in a circle until it is used up. No firewall is involved.",
                    "Compare the routes for the destination on the router that spoke and on its neighbours."};
        case Cause::proxy_unreachable:
            return {
                "The proxy's name did not resolve, the proxy did not accept the connection, or it did not answer as an "
                "HTTP proxy does. Its host is tried once, before everything else, and what that shows holds for all "
                "checks that go through it.",
                "Nothing follows for the service: it has not been asked.",
                "See whether the proxy's name, address and port are right, here and on the device, and whether this "
                "host may reach it."};
        case Cause::proxy_auth_required:
            return {
                "The proxy answered 407: it wants credentials, or other ones than it was given. Credentials that "
                "it has refused are not sent again, so that no account is locked.",
                "The proxy is there. Whether it would connect to the service does not follow.",
                "Give credentials in a file, `proxy` under `[secrets]` in the site file. The device needs them too."};
        case Cause::proxy_denied:
            return {
                "The proxy answered CONNECT with a refusal, or with an error of its own; its status line is in the "
                "report.",
                "The proxy's rules do not allow this destination, or, with a status from 500, it does not get "
                "there itself.",
                "Have the proxy allow CONNECT to the host and port, by name and by address (some devices ask for the "
                "address), without inspecting TLS."};

        case Cause::closed_after_connect:
            return {"The connection was accepted and closed in order before either side had said anything.",
                    "TCP gets through. Somebody accepts and then does not want to talk: a load balancer without a "
                    "server, an allow list at the service, a proxy on the way.",
                    "See in the service's log whether the connection arrived there."};
        case Cause::reset_after_connect:
            return {"The connection was accepted and reset before either side had said anything.",
                    "TCP gets through. A service that is overloaded or does not know this host does this, and so does "
                    "a device on the way that accepts first and judges afterwards.",
                    "See in the service's log whether the connection arrived there."};
        case Cause::hello_timeout:
            return {
                "The connection was accepted, the TLS ClientHello was sent, and no answer came. It is then sent "
                "again with another server name, with none, and in small segments.",
                "If the greeting was not even acknowledged, large packets or this content are dropped on the way. "
                "If it was, the service, or something that inspects TLS in its place, does not answer. If another "
                "name is answered, the name is what is filtered; if only small segments are, see "
                "`mtu-blackhole`.",
                "Look for a small MTU with ICMP filtered, then for a filter that judges the server name, then at "
                "the service."};
        case Cause::reset_after_hello:
            return {
                "The connection was accepted and reset as soon as the TLS ClientHello had been sent. It is then "
                "sent again with another server name, with none, and unchanged.",
                "The usual reason is a filter on the way that reads the server name. That is likely when another "
                "name, or none, is answered and the real one is reset again, and only possible when the real one "
                "could not be tried again. A service that does not speak TLS on this port resets all of them.",
                "Exempt the host from the filter; compare with a connection from another network."};
        case Cause::closed_after_hello:
            return {
                "The connection was accepted and closed in order after the TLS ClientHello. It is then sent again "
                "with another server name, with none, and unchanged.",
                "Something read the greeting and did not want it: a service that does not know the name or speaks "
                "no TLS here, or a filter on the way. If another name is answered, the name is what is not "
                "wanted.",
                "See in the service's log why it gave up; compare with a connection from another network."};
        case Cause::tls_alert:
            return {"The far end ended the handshake with a TLS alert, whose number and name are in the report.",
                    "Something that speaks TLS is there and did not find common ground: versions, ciphers, the server "
                    "name. An inspecting device can be the one that speaks.",
                    "Start from the alert's name: protocol_version and handshake_failure are about versions and "
                    "ciphers, unrecognized_name is about the name."};
        case Cause::no_answer:
            return {
                "The request was sent on a connection that stood, and no answer came, or a reset in its place. One "
                "that was not acknowledged is sent again in small segments, if it is larger than they are.",
                "TCP gets through, and the talk ends there. The service may be unwell or unwilling, or a filter "
                "on the way may hold the answer back.",
                "See at the service whether the request arrived, and what it made of it."};
        case Cause::no_banner:
            return {"The connection was accepted, and the server, which speaks first in this protocol, said nothing.",
                    "Something accepts connections on the port. Mail servers greet late when they distrust the "
                    "client; proxies accept in others' names.",
                    "Wait longer with `--timeout`, then look at the service."};
        case Cause::bad_answer:
            return {
                "Bytes came that the protocol does not allow, or the TLS handshake failed on this side because of "
                "what came.",
                "Something answers, and it is not the service as it should be: another version, another service, "
                "or a device that changes what passes through it.",
                "See which service listens on the port; `-v` shows the first bytes of what it said."};
        case Cause::service_denied:
            return {"The service answered in its own protocol, and the answer is that it will not serve this client.",
                    "The path is open. The reason lies with the service: an allow list, a block list, a licence, a "
                    "shared secret.",
                    "Read its words in the report, and see what it wants of its clients."};

        case Cause::untrusted_issuer:
            return {
                "The certificate is signed by itself, or its chain ends at a CA that has a public CA's name and is "
                "not among those that are known here. A certificate that signs itself and stands for unrelated names "
                "is called tls-intercepted instead.",
                "A stranger could have made it. An incomplete chain or an old bundle of CAs on this host looks "
                "the same, so interception does not follow.",
                "Compare the certificate's fingerprint with one seen from another network, or learn it at a place "
                "that is known to be good with `--learn` and compare with `--baseline`; `--ca-file` and the site file "
                "add CAs."};
        case Cause::name_mismatch:
            return {"The certificate is good, but for other names than the one that was asked for.",
                    "Another server answered: a block page, a neighbour on the same address, a wrong pin in the site "
                    "file. A device refuses such a certificate.",
                    "See where the name leads, and what the names in the certificate belong to."};
        case Cause::certificate_expired:
            return {
                "By this host's clock the certificate is past its end. The report then looks for others who tell "
                "the time: the Date of web servers' answers, and certificates and OCSP answers of other CAs, which "
                "do not exist before they are signed.",
                "Either nobody renewed it, or this host's clock is wrong. It is the certificate if another host's "
                "clock agrees with this one's, or if something was signed after its end; it is the clock if "
                "another host's makes the certificate valid, or if what other CAs have signed is expired too. The "
                "Date of the very server that has the certificate is a weaker witness: it may be as wrong.",
                "Look at the clock first, then have the certificate renewed."};
        case Cause::certificate_not_yet_valid:
            return {
                "By this host's clock the certificate's time has not begun. Who else told the time is looked at as "
                "for `certificate-expired`.",
                "Nearly always this host's clock is slow, since few certificates are used before their time; "
                "another host's clock, or another CA's certificate that has not begun either, makes it certain "
                "enough. If other clocks agree with this one, it is the certificate.",
                "Set the clock of this host and of the device by NTP, with UDP/123 open to a time server."};
        case Cause::certificate_revoked:
            return {"A stapled answer from the certificate's issuer says that it has been withdrawn.",
                    "Nobody should trust it, and a device that asks for the stapled answer does not.",
                    "Tell whoever runs the service; compare with what another network shows."};
        case Cause::ocsp_missing:
            return {
                "The certificate came without the stapled OCSP answer that was asked for, on a service where the "
                "device demands one. The issuer is the right one: beside an unexpected issuer, the missing answer only "
                "makes tls-intercepted surer.",
                "The device ends the connection there. The real servers staple, so something on the way that "
                "takes TLS apart is likely, though not proven.",
                "Exempt the host from TLS inspection, and see that the clocks are right."};
        case Cause::ocsp_invalid:
            return {
                "A stapled OCSP answer came that is out of date, does not know the certificate, or is not signed "
                "by its issuer.",
                "The device ends the connection there. A wrong clock makes a fresh answer look old.",
                "Look at the clocks of this host and of the device, then for something on the way that takes TLS "
                "apart."};

        case Cause::tls_intercepted:
            return {
                "The certificate is signed by somebody who does not sign for this endpoint; the signer's name is in "
                "the report. Likely: nobody whom the table names has signed, or a CA that this host trusts and that "
                "is no public one, or one CA for unrelated public names. Proven: this site's own inspection CA, or "
                "such a stranger where the stapled OCSP answer that the service always sends is missing too. "
                "Possible: only a baseline speaks against it, or the table and the baseline disagree.",
                "Something on the way takes TLS apart and makes certificates of its own. Devices often "
                "accept none but the service's own, so that they fail although a browser is content.",
                "Exempt the host from TLS inspection on the device whose CA it is."};
        case Cause::answered_on_path:
            return {
                "The connection was accepted nearer than the destination: packets were answered that were given so few "
                "hops that other traffic to the same address, given as many, was still on its way.",
                "A transparent proxy, a portal or a SYN proxy answers in the destination's name. Whether the "
                "destination can be reached does not follow. Where a certificate proves who is at the other end, the "
                "check stays reachable, with a warning.",
                "Find the proxy at the hop that the report names, or a SYN proxy at the one before it, and have it "
                "leave this traffic alone."};
        case Cause::dns_sinkhole:
            return {
                "The resolver that the summary names gave a public name an address that no public service has: a "
                "private one, a loopback one, 0.0.0.0 or ::, or the block page of a vendor's DNS filter, and no "
                "other resolver had a better one. No connection was tried, since another host would have answered. It "
                "is proven but for a private address, which is likely.",
                "A DNS filter rewrites the name. A private address can also be deliberate, for a split horizon or "
                "a private link.",
                "Allow the name in the DNS filter, or list it under `split_horizon` in the site file if it is "
                "meant to be so."};
        case Cause::dns_rewritten:
            return {
                "One of four things. One question to one resolver had two different answers, and the one that was used "
                "does not lead to the service (proven where the other one was seen to, likely otherwise). Or two "
                "resolvers differ, and the address of the one fails TLS or is silent, while the other's was verified. "
                "Or the address that the site file names under `blackhole`, where no resolver runs, answered all the "
                "same, and the check is a DNS server's answer over UDP. Or a vendor's service whose UDP/53 is "
                "not DNS answered in DNS. That resolvers differ is no evidence by itself: many services "
                "answer with what is near.",
                "Something answers DNS in others' names, on the way or at a resolver, so no answer over UDP/53 can be "
                "relied on. Whether the service itself can be reached does not follow.",
                "Exempt this host and the device from the rewriting, or use DNS over TLS. Without an address under "
                "`blackhole` in the site file, a proxy that answers in every server's place goes unnoticed."};
        case Cause::captive_portal:
            return {"A page that asks for a login came in place of the service's answer.",
                    "A portal holds back this host's traffic until somebody logs in. Nothing follows for the service.",
                    "Log in to the portal from this host, or have the host exempted."};
        case Cause::wrong_protocol:
            return {
                "Something answered in another protocol than the service's: plain text where TLS belongs, for "
                "instance. Its first words are in the report.",
                "At a public service that is a block page, a portal, or a proxy. At a host of the site's own the "
                "port may simply belong to another service.",
                "Read what it said; it often names the device it comes from."};

        case Cause::nxdomain:
            return {"The resolver answered that the name does not exist.",
                    "For a name of the vendor's that is wrong, and the resolver is filtered or cut off from the "
                    "public DNS. For a name of the site's own, it may be misspelt. The service has not been asked.",
                    "Ask another resolver for the same name, then mend the first."};
        case Cause::no_address:
            return {"The resolver answered that the name exists and has no address.",
                    "Some filters answer so; some names have only IPv6 or only IPv4 addresses. The service has not "
                    "been asked.",
                    "Ask another resolver; try without `-4` or `-6`."};
        case Cause::servfail:
            return {"The resolver answered with SERVFAIL, or with another code that means that it could not answer.",
                    "The resolver is there and has trouble of its own, most often on its way to the Internet. The "
                    "service has not been asked.",
                    "Look at the resolver's own connection and forwarders."};
        case Cause::dns_refused:
            return {"The resolver answered REFUSED.",
                    "It is there and does not serve this host. The service has not been asked.",
                    "Allow this host and the device at the resolver, or ask another."};
        case Cause::dns_timeout:
            return {
                "Every resolver in use was asked more than once, and none answered. The report lists what each was "
                "asked over UDP and over TCP.",
                "It is down, or port 53 to it is filtered. The service has not been asked.",
                "See whether the resolver is up and UDP/53 and TCP/53 to it are open."};
        case Cause::dns_malformed:
            return {"What came back from the resolver's address is not a DNS answer to the question.",
                    "No resolver answers there, or something changes its answers on the way. The service has not been "
                    "asked.",
                    "See what listens at the resolver's address."};
        case Cause::resolver_unreachable:
            return {"The questions to the resolver came back as refused or unreachable.",
                    "Nobody listens on port 53 there, or a device on the way rejects it. The service has not been "
                    "asked.",
                    "See whether the resolver's address is right and its service runs."};

        case Cause::no_reply:
            return {
                "Nothing came back: UDP packets stayed unanswered without any ICMP, or the time allowed for TCP "
                "left no room to repeat a SYN.",
                "Nothing follows. Services that do not know the sender keep silent, and firewalls drop silently: "
                "the two look the same from here.",
                "Where the far end is the site's own, run `fdnprobe respond` there, or in its place, and check with "
                "`--responder-key`: that answers. Or look on the device itself, or for the packets in a capture at the "
                "far end."};
        case Cause::path_open:
            return {
                "Nothing came back over UDP, but packets with a small TTL were answered from beyond the site's "
                "edge, by a device that has a public address; or else by every device on the way, up to the last "
                "before the destination.",
                "The site lets the packets out, as far as that can be seen. Whether they arrive, and whether the "
                "service would answer, does not follow.",
                "Trust what the device itself shows."};
        case Cause::control_failed:
            return {
                "At least three unrelated places that should have answered kept silent: destinations in different "
                "networks, and resolvers. No answer, no reset and no ICMP error came from anywhere beyond this host's "
                "own links; where the path was looked at, nothing but its first hop gave a sign. Hosts on the same "
                "link may have answered, which proves no uplink.",
                "Most likely the uplink is dead, or one device lets nothing at all through, so nothing follows for "
                "single services. One answer from outside, or one explicit refusal, and each check would have kept a "
                "verdict of its own.",
                "Repair the uplink, beginning at the first hop, then run the checks again."};

        case Cause::not_configured:
            return {"The table names a peer of the site's own, and nobody has said where it is.",
                    "Nothing was tried, so nothing follows.",
                    "Give its address with `--peer NAME=ADDRESS` or under `[peers]` in the site file."};
        case Cause::needs_privilege:
            return {"The probe needs a right that this user lacks, such as opening raw sockets.",
                    "Nothing was tried, so nothing follows.",
                    "If the row matters to you, let the program do it: `sudo setcap cap_net_raw+ep \"$(command -v "
                    "fdnprobe)\"`, or run it as root."};
        case Cause::not_testable_from_here:
            return {
                "No probe from an ordinary host can tell: the protocol is not published, needs a key, or is only "
                "spoken between members of a cluster, and what was tried stayed unanswered.",
                "Nothing came that anything could be told from, so nothing follows.",
                "Run `fdnprobe respond` where the far end is, or look at the devices themselves."};
        case Cause::not_applicable:
            return {"The check does not apply to the options of this run.", "Nothing was tried, so nothing follows.",
                    "Nothing, unless the options were not meant so."};
        case Cause::address_family_unavailable:
            return {"The host has addresses only of a family that this host cannot send to.",
                    "That is how this host is, and no fault of the network. Nothing follows for hosts that have the "
                    "family.",
                    "Run it from a host that has IPv4, or IPv6, if the row matters to you."};

        case Cause::no_route:
            return {
                "This host's own routing table has no way to the destination, or its interface is down. No packet "
                "was sent.",
                "The fault is this host's. Nothing follows for the network.",
                "Look at the interfaces and routes: `ip route get ADDRESS`."};
        case Cause::local_firewall:
            return {
                "This host's own packet filter stopped the packet: the system call was refused, or an ICMP error "
                "came from one of this host's own addresses.",
                "The fault is this host's. Nothing follows for the network.",
                "Look at the outgoing rules of this host's nftables or iptables."};
        case Cause::source_unavailable:
            return {"The source address or interface that was chosen cannot be used.",
                    "The fault is in the options or the site file. Nothing follows for the network.",
                    "Give `--source` an address that this host has, and `--interface` one that is up."};
        case Cause::out_of_descriptors:
            return {"The operating system had no file descriptor or no buffer left for this process.",
                    "The fault is this host's. Nothing follows for the network.",
                    "Lower `--concurrency`, or raise the limit with `ulimit -n`."};
        case Cause::out_of_ports:
            return {"The operating system had no local port left to connect from.",
                    "The fault is this host's. Nothing follows for the network.",
                    "Lower `--rate`, wait for old connections to be forgotten, or widen the range of local ports."};
        case Cause::permission_denied:
            return {"The operating system forbade the attempt.",
                    "A prohibiting route, a security module or a missing right is in the way on this host. Nothing "
                    "follows for the network.",
                    "Look at `ip route get ADDRESS` and at the rights that the program runs with."};
        case Cause::interrupted:
            return {"The run was stopped, by the user or by its deadline, before this check had ended.",
                    "Nothing follows: what was not run is not a pass.",
                    "Run it again, with a longer `--deadline` if that ended it."};
        case Cause::internal:
            return {"The program met something that it cannot explain.",
                    "The fault is the program's. Nothing follows for the network.",
                    "Report it, with the JSON report of the run."};
    }
    return {};
}

std::string_view explain(Verdict verdict) {
    switch (verdict) {
        case Verdict::reachable: return "The far end answered, and is who it should be where that can be told.";
        case Verdict::closed: return "The far end itself said no: the path is open and nobody serves the port.";
        case Verdict::blocked: return "Something short of the far end stops it.";
        case Verdict::broken: return "A connection came about, but the service's protocol did not complete on it.";
        case Verdict::untrusted: return "Something answered whose identity does not hold.";
        case Verdict::intercepted: return "Something else answered in the service's place.";
        case Verdict::unresolved: return "The name did not become an address, so the service was not asked.";
        case Verdict::inconclusive: return "There is no evidence either way, and none is made up.";
        case Verdict::skipped: return "It was not tried, and counts neither as good nor as bad.";
        case Verdict::local: return "This host had trouble of its own, which says nothing about the network.";
    }
    return {};
}

std::string_view explain(State state) {
    switch (state) {
        case State::reachable: return "What the row needs works.";
        case State::degraded: return "The row works, but another of the choices that it lists does not.";
        case State::inconclusive: return "Nothing is known to be wrong, and nothing proves that it works.";
        case State::untrusted: return "Something answers whose identity does not hold, so a device would refuse it.";
        case State::broken: return "Connections come about, but the service's protocol does not complete on them.";
        case State::intercepted: return "Something else answers in the service's place.";
        case State::blocked: return "Nothing that the row needs gets through: it is stopped on the way or refused.";
        case State::unresolved: return "The names do not become addresses, so the services were not asked.";
        case State::local: return "This host had trouble of its own, so nothing follows for the row.";
        case State::unconfigured: return "There was nothing to try: the peers' addresses are not known.";
    }
    return {};
}

}  // namespace fdnprobe::judge
