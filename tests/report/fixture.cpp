#include "fixture.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/text.hpp"

namespace fdnprobe::report::fixture {

using std::chrono::sys_days;
using std::chrono::year;

std::chrono::sys_seconds day(int y, unsigned m, unsigned d) {
    return sys_days{year{y} / std::chrono::month{m} / std::chrono::day{d}};
}

Address address(std::string_view text) { return Address::parse(text).value(); }
Port port(std::string_view text) { return Port::parse(text).value(); }

Event event(microseconds at, Stage stage, What what, std::int32_t code, std::int32_t detail, std::string text,
            std::string_view from) {
    Event made;
    made.at = at;
    made.stage = stage;
    made.what = what;
    made.code = code;
    made.detail = detail;
    if (!from.empty()) made.from = address(from);
    made.text = std::move(text);
    return made;
}

Builder::Builder() {
    report.version = "0.1.0";
    report.started =
        day(2026, 11, 20) + std::chrono::hours(6) + std::chrono::minutes(25) + std::chrono::milliseconds(123);
    report.elapsed = microseconds(4'234'512);
    report.vantage = {"probe-17", "branch-17", {"10.0.0.53"}, std::nullopt};
}

Row& Builder::row(std::string peer, std::string purpose, std::string ports, Need need, State state) {
    RowResult result;
    result.row.table = table;
    result.row.direction = direction;
    result.row.section = direction == Direction::outgoing ? "Outgoing ports" : "Incoming ports";
    result.row.product = product;
    result.row.id = std::string(to_string(direction)) + "/" + slug(peer) + "/" + slug(purpose);
    result.row.peer = std::move(peer);
    result.row.purpose = std::move(purpose);
    result.row.ports = std::move(ports);
    result.row.need = need;
    result.state = state;
    report.rows.push_back(std::move(result));
    return report.rows.back().row;
}

CheckResult& Builder::check(std::string_view port_text, std::string probe, std::string host) {
    CheckResult result;
    RowResult& owner = report.rows.back();
    result.check.row = report.rows.size() - 1;
    result.check.port = port(port_text);
    result.check.dial_port = result.check.port.number;
    result.check.probe = std::move(probe);
    result.check.host = std::move(host);
    result.check.id =
        owner.row.full_id() + "/" + result.check.port.to_id() + "/" + result.check.probe + "/" + result.check.host;
    owner.checks.push_back(report.checks.size());
    report.checks.push_back(std::move(result));
    return report.checks.back();
}

CheckResult& Builder::skipped(std::string_view port_text, std::string probe, Cause cause, std::string reason) {
    CheckResult& result = check(port_text, std::move(probe), "");
    result.check.skip = cause;
    result.check.skip_reason = std::move(reason);
    conclude(result, cause, Stage::plan, Owner::nobody, result.check.skip_reason, "");
    return result;
}

void Builder::conclude(CheckResult& result, Cause cause, Stage stage, Owner owner, std::string summary,
                       std::string advice) {
    Conclusion& conclusion = result.conclusion;
    conclusion.cause = cause;
    conclusion.verdict = verdict_of(cause);
    conclusion.stage = stage;
    conclusion.owner = owner;
    conclusion.summary = std::move(summary);
    if (!advice.empty()) conclusion.advice = std::move(advice);
    if (!result.attempts.empty()) {
        conclusion.attempt = 0;
        result.attempts[0].finding.cause = cause;
        result.attempts[0].finding.stage = stage;
    }
}

Attempt& Builder::attempt(CheckResult& result, std::string_view at, microseconds total) {
    Attempt made;
    made.destination = SocketAddress{address(at), result.check.dial_port};
    made.local = SocketAddress{address("10.0.0.9"), 40000};
    made.timing.resolve = microseconds(1200);
    made.timing.connect = microseconds(3400);
    made.timing.total = total;
    if (result.check.host != at)
        made.evidence.push_back(event(microseconds(1200), Stage::resolve, What::resolve_answer, 0, 0, "10.0.0.53", at));
    made.evidence.push_back(event(microseconds(1300), Stage::connect, What::connect_start, 40000, 0, "", "10.0.0.9"));
    result.attempts.push_back(std::move(made));
    return result.attempts.back();
}

CheckResult& Builder::reachable(std::string_view port_text, std::string probe, std::string host, std::string_view at,
                                microseconds total) {
    CheckResult& result = check(port_text, std::move(probe), std::move(host));
    Attempt& made = attempt(result, at, total);
    made.evidence.push_back(event(microseconds(4600), Stage::connect, What::connect_ok));
    conclude(result, Cause::answered, Stage::exchange, Owner::nobody, result.check.host + " answered.", "");
    return result;
}

CheckResult& Builder::timed_out(std::string_view port_text, std::string probe, std::string host, std::string_view at,
                                int milliseconds) {
    CheckResult& result = check(port_text, std::move(probe), std::move(host));
    Attempt& made = attempt(result, at, microseconds(3'501'250));
    made.evidence.push_back(event(microseconds(3'501'250), Stage::connect, What::connect_timeout, 2, milliseconds));
    conclude(result, Cause::timeout, Stage::connect, Owner::network,
             "Nothing answered from " + result.check.host + " (" + std::string(at) + ") at " +
                 result.check.port.to_string() + " within " + std::to_string(milliseconds) + " ms.",
             "Let " + result.check.port.to_string() + " pass from this host to the destination.");
    result.conclusion.confidence = Confidence::likely;
    return result;
}

std::vector<Event>& bare_evidence(CheckResult& result) { return result.attempts.emplace_back().evidence; }

std::shared_ptr<TlsFacts> fortiguard_tls() {
    auto tls = std::make_shared<TlsFacts>();
    tls->version = "TLSv1.3";
    tls->cipher = "TLS_AES_256_GCM_SHA384";
    tls->server_name = "update.fortiguard.net";
    tls->name_matches = true;
    tls->complete = true;
    tls->fortinet_chain = FortinetChain::proven;
    tls->fortinet_anchor = "fortinet-ca2";
    tls->verify_error = "self-signed certificate in certificate chain";
    tls->staple = Staple::good;
    CertificateFacts leaf;
    leaf.subject = "CN=update.fortiguard.net,O=Fortinet";
    leaf.issuer = "CN=fortinet-ca2,O=Fortinet";
    leaf.subject_name = "update.fortiguard.net";
    leaf.issuer_name = "fortinet-ca2";
    leaf.names = {"update.fortiguard.net", "*.fortiguard.net"};
    leaf.not_before = day(2025, 1, 2);
    leaf.not_after = day(9999, 12, 31);
    leaf.sha256 = std::string(64, 'a');
    leaf.key_sha256 = std::string(64, 'b');
    tls->chain.push_back(leaf);
    return tls;
}

Report busy_site() {
    Builder b;
    {
        b.row("FortiGuard", "AV/IPS Update", "TCP/443, TCP/8890", Need::any, State::degraded);
        CheckResult& good =
            b.reachable("TCP/443", "tls", "update.fortiguard.net", "173.243.138.66", microseconds(12'704));
        good.check.trust.fortinet = true;
        good.check.server_name = "update.fortiguard.net";
        Attempt& attempt = good.attempts[0];
        attempt.tls = fortiguard_tls();
        attempt.timing.tls = microseconds(8100);
        attempt.evidence.push_back(
            event(microseconds(4700), Stage::tls, What::tls_start, 517, 0, "update.fortiguard.net"));
        attempt.evidence.push_back(event(microseconds(12'700), Stage::tls, What::tls_ok));
        Attempt& late = Builder::attempt(good, "173.243.138.67", microseconds(12'750));
        late.abandoned = true;
        late.evidence.push_back(
            event(microseconds(12'750), Stage::connect, What::cancelled, 0, 0, "another address answered"));
        CheckResult& bad = b.timed_out("TCP/8890", "tls", "update.fortiguard.net", "173.243.138.66");
        bad.conclusion.where = Where{1, address("10.0.0.1"), 9};
        bad.attempts[0].finding.detail = "two repeats went unanswered too";
    }
    {
        b.row("FortiGuard", "Cloud App DB", "TCP/9582", Need::all, State::blocked);
        b.timed_out("TCP/9582", "tcp", "a.fortiguard.net", "192.0.2.10", 3500);
        b.timed_out("TCP/9582", "tcp", "b.fortiguard.net", "192.0.2.11", 3502);
        b.timed_out("TCP/9582", "tcp", "c.fortiguard.net", "192.0.2.12", 3501);
        CheckResult& reset = b.check("TCP/9582", "tcp", "d.fortiguard.net");
        Attempt& attempt = Builder::attempt(reset, "192.0.2.13", microseconds(4400));
        attempt.evidence.push_back(event(microseconds(4400), Stage::connect, What::connect_error, 111));
        Builder::conclude(reset, Cause::reset_on_path, Stage::connect, Owner::network,
                          "The device at hop 1 (10.0.0.1) reset the connection to d.fortiguard.net.",
                          "Ask whoever runs 10.0.0.1 to let TCP/9582 pass to 192.0.2.13.");
        reset.conclusion.where = Where{1, address("10.0.0.1"), 9};
        b.reachable("TCP/9582", "tcp", "e.fortiguard.net", "192.0.2.14", microseconds(31'000));
    }
    {
        b.row("FortiGuard", "FortiGuard Queries",
              "UDP/53, UDP/8888, TCP/53, TCP/8888, TCP/443 (as part of Anycast servers)", Need::any, State::reachable);
        CheckResult& slow =
            b.reachable("TCP/443", "tls", "guardservice.fortinet.net", "192.0.2.20", microseconds(812'000));
        slow.conclusion.warnings = {"2001:db8::20 did not answer; 192.0.2.20 did."};
        b.reachable("TCP/8888", "http", "service.fortiguard.net", "192.0.2.21", microseconds(31'200));
        CheckResult& notice = b.check("UDP/8888", "udp", "service.fortiguard.net");
        notice.check.level = Level::notice;
        Attempt& attempt = Builder::attempt(notice, "192.0.2.21", microseconds(1'500'000));
        attempt.evidence.push_back(
            event(microseconds(2000), Stage::exchange, What::sent, 4, 0, std::string("\x01\x02\x00\xff", 4)));
        attempt.evidence.push_back(event(microseconds(1'500'000), Stage::exchange, What::silent, 1500, -1));
        Builder::conclude(notice, Cause::no_reply, Stage::exchange, Owner::unknown,
                          "Nothing came back from service.fortiguard.net at UDP/8888, which proves nothing.",
                          "Check from a device.");
    }
    {
        b.row("FortiGuard", "Registration", "TCP/80", Need::all, State::reachable);
        b.reachable("TCP/80", "http", "service.fortiguard.net", "192.0.2.21", microseconds(9'100));
    }
    {
        b.row("FortiGuard", "Management, Firmware, SMS, FTM, Licensing, Policy Override", "TCP/443", Need::all,
              State::intercepted);
        CheckResult& tls = b.check("TCP/443", "tls", "support.fortinet.com");
        Builder::attempt(tls, "192.0.2.30", microseconds(21'000));
        Builder::conclude(tls, Cause::tls_intercepted, Stage::tls, Owner::network,
                          "The certificate of support.fortinet.com was signed by 'Branch Inspection CA', which this "
                          "service is not known to use.",
                          "Exempt support.fortinet.com from TLS inspection; devices refuse any other signer.");
    }
    {
        b.row("FortiManager", "IPv4 FGFM management", "TCP/541", Need::all, State::reachable);
        CheckResult& fgfm = b.check("TCP/541", "tls", "10.0.0.5");
        fgfm.check.dial_port = 9541;
        Builder::attempt(fgfm, "10.0.0.5", microseconds(2'050));
        Builder::conclude(fgfm, Cause::client_certificate_required, Stage::tls, Owner::nobody,
                          "10.0.0.5 wants a device certificate.", "");
    }
    {
        b.row("FortiManager", "Log & Report", "TCP or UDP/514", Need::any, State::local);
        CheckResult& local = b.check("TCP/514", "tcp", "10.0.0.5");
        local.check.dial_port = 9514;
        Attempt& attempt = Builder::attempt(local, "10.0.0.5", microseconds(900));
        attempt.evidence.push_back(event(microseconds(900), Stage::connect, What::connect_error, 101));
        Builder::conclude(local, Cause::no_route, Stage::connect, Owner::this_host,
                          "This host has no route to 10.0.0.5.", "Look at the routing table of this host.");
        b.skipped("UDP/514", "udp", Cause::not_testable_from_here, "Nothing answers syslog over UDP.");
    }
    {
        b.row("FortiAnalyzer", "Syslog, OFTP, Registration, Quarantine, Log & Report", "TCP/514", Need::all,
              State::unconfigured);
        b.skipped("TCP/514", "tcp", Cause::not_configured, "The address of FortiAnalyzer is not known.");
    }
    {
        b.row("FortiAuthenticator", "RADIUS", "UDP/1812", Need::all, State::inconclusive);
        CheckResult& radius = b.check("UDP/1812", "radius", "10.0.0.7");
        Builder::attempt(radius, "10.0.0.7", microseconds(1'500'000));
        Builder::conclude(radius, Cause::no_reply, Stage::exchange, Owner::unknown,
                          "10.0.0.7 did not answer at UDP/1812.", "Give the shared secret, or run a responder there.");
        radius.conclusion.confidence = Confidence::possible;
    }
    {
        b.row("FortiProxy", "HA Heartbeat", "ETH Layer 0x8890, 0x8891, and 0x8893", Need::all, State::unconfigured);
        for (const char* type : {"ETH/0x8890", "ETH/0x8891", "ETH/0x8893"})
            b.skipped(type, "", Cause::not_testable_from_here, "Ethernet frames do not cross a router.");
    }
    {
        b.row("FortiProxy", "DNS for Azure", "UDP/53", Need::all, State::unresolved);
        CheckResult& name = b.check("UDP/53", "dns", "ha.branch.example");
        Attempt attempt;
        attempt.evidence.push_back(event(microseconds(1500), Stage::resolve, What::resolve_rcode, 3, 1, "10.0.0.53"));
        attempt.timing.resolve = attempt.timing.total = microseconds(1500);
        name.attempts.push_back(std::move(attempt));
        Builder::conclude(name, Cause::nxdomain, Stage::resolve, Owner::resolver,
                          "10.0.0.53 says that ha.branch.example does not exist.",
                          "Correct the name in the site file.");
    }
    b.direction = Direction::incoming;
    b.row("3rd-Party Servers", "FSSO", "TCP/8001 (by default; this port can be customized)", Need::all,
          State::unconfigured);
    b.skipped("TCP/8001", "tcp", Cause::not_configured, "The address of FortiProxy is not known.");
    b.row("Others", "Web Admin", "TCP/80, TCP/443", Need::all, State::unconfigured);
    b.skipped("TCP/80", "http", Cause::not_configured, "The address of FortiProxy is not known.");
    b.skipped("TCP/443", "tls", Cause::not_configured, "The address of FortiProxy is not known.");
    // FortiGuard's own table has rows for many products.
    b.direction = Direction::outgoing;
    b.table = "fortiguard";
    b.product = "FortiMail";
    b.row("FortiGuard", "AntiSpam rating", "UDP/8889", Need::all, State::unconfigured);
    b.skipped("UDP/8889", "udp", Cause::not_testable_from_here, "Nothing is known that would answer.");
    b.product = "FortiClient";
    b.row("FortiGuard", "Software updates", "TCP/80", Need::all, State::reachable);
    b.reachable("TCP/80", "http", "forticlient.fortinet.net", "192.0.2.50", microseconds(45'600));
    return std::move(b.report);
}

Report busy_plan() {
    Report plan = busy_site();
    plan.planned_only = true;
    plan.elapsed = {};
    for (RowResult& row : plan.rows) row.state = State::unconfigured;
    for (CheckResult& result : plan.checks) {
        result.attempts.clear();
        result.conclusion = {};
    }
    plan.checks[1].check.pinned = {address("127.0.0.1")};
    plan.checks[1].check.dial_port = 20890;
    plan.checks[1].check.note = "Older devices only.";
    plan.checks[7].check.trust.public_ca = true;
    plan.checks[7].check.trust.fortinet = true;
    plan.checks[7].check.ocsp = Stapling::demanded;
    plan.missing = {{"the address of FortiAnalyzer", "--peer FortiAnalyzer=ADDRESS", 1},
                    {"the address of FortiProxy", "--peer FortiProxy=ADDRESS", 3},
                    {"the right to raw packets", "sudo setcap cap_net_raw+ep /usr/bin/fdnprobe", 3}};
    return plan;
}

Site full_site() {
    Site site;
    site.file = "/etc/fdnprobe/branch-17.toml";
    site.name = "branch-17";
    site.peers["FortiManager"].addresses = {"10.0.0.5", "manager.branch.example"};
    site.peers["FortiProxy"].ports = {{port("TCP/1700"), port("UDP/3799")}, {port("TCP/8013"), port("TCP/9013")}};
    site.pins = {{"update.fortiguard.net", port("TCP/443"), address("127.0.0.1"), std::uint16_t{20443}},
                 {"flow.fortinet.net", std::nullopt, address("2001:db8::1"), std::nullopt}};
    site.resolvers = {{address("10.0.0.53"), 53}};
    site.source = address("10.0.0.9");
    site.interface = "eth1";
    site.proxy = ProxyAddress{"hunter2", "proxy.branch.example", 3128};
    site.public_ca_files = {"/etc/fdnprobe/public.pem"};
    site.fortinet_ca_files = {"/etc/fdnprobe/fortinet.pem"};
    site.inspection_ca_files = {"/etc/fdnprobe/inspection.pem"};
    site.split_horizon = {"*.branch.example"};
    site.secret_files = {{"radius", "/etc/fdnprobe/radius.secret"}, {"responder", "/etc/fdnprobe/responder.key"}};
    return site;
}

Report quiet_night() {
    Builder b;
    b.row("FortiGuard", "Registration", "TCP/80", Need::all, State::reachable);
    b.reachable("TCP/80", "http", "service.fortiguard.net", "192.0.2.21", microseconds(9'100));
    b.row("FortiGuard", "Cloud App DB", "TCP/9582", Need::all, State::reachable);
    b.reachable("TCP/9582", "tcp", "a.fortiguard.net", "192.0.2.10", microseconds(31'000));
    return std::move(b.report);
}

}  // namespace fdnprobe::report::fixture
