// One reason for many failures: each kind with the evidence it takes, and one step short of that.
#include "judge/reasons.hpp"

#include <set>

#include "catch.hpp"
#include "judge/control.hpp"
#include "runs.hpp"

using namespace fdnprobe;
using namespace runs;

namespace {

/// The only reason; fails where there is none or more than one.
const Reason& only(Run& run) {
    judge::find_reasons(run.report);
    REQUIRE(run.report.reasons.size() == 1);
    return run.report.reasons.front();
}

bool none(Run run) {
    judge::find_reasons(run.report);
    for (const CheckResult& result : run.report.checks) CHECK_FALSE(result.conclusion.reason);
    return run.report.reasons.empty();
}

std::string all_of(const Reason& reason) {
    std::string text = reason.summary;
    for (const std::string& observation : reason.rests_on) text += " " + observation;
    return text;
}

CheckResult& at(CheckResult& result, std::optional<int> hop, std::string_view address) {
    Where where;
    where.hop = hop;
    if (!address.empty()) where.address = ip(address);
    where.destination_hop = 5;
    result.conclusion.where = where;
    return result;
}

CheckResult& signed_by(CheckResult& result, std::string issuer) {
    result.attempts[0].tls = std::make_shared<const TlsFacts>(facts_of(std::move(issuer)));
    return result;
}

CheckResult& through(CheckResult& result, std::string_view proxy_address) {
    result.attempts[0].proxy = SocketAddress{ip(proxy_address), 3128};
    return result;
}

CheckResult& unresolved(Run& run, std::string host, const std::string& resolver, Cause cause) {
    CheckResult& result = run.nameless(std::move(host), resolver, cause);
    result.conclusion.owner = Owner::resolver;
    return result;
}

}  // namespace

TEST_CASE("a run in which all is well has no reasons") {
    Run run;
    run.open("TCP/443", "a.example", "192.0.2.1");
    run.add(Cause::not_configured, "TCP/541", "");
    run.silent_datagram("UDP/8888", "192.0.2.2");
    run.silent_datagram("UDP/8888", "192.0.2.3");
    run.add(Cause::interrupted, "TCP/1", "b.example");
    run.add(Cause::interrupted, "TCP/2", "b.example");
    CHECK(none(run));
}

TEST_CASE("every kind of reason has a code of its own and is explained") {
    std::set<std::string_view> codes;
    for (const judge::ReasonKind& kind : judge::reason_kinds()) {
        CAPTURE(kind.code);
        CHECK(codes.insert(kind.code).second);
        CHECK(judge::reason_kind(kind.code) == &kind);
        for (const std::string_view part : {kind.explanation.seen, kind.explanation.means, kind.explanation.advice}) {
            CHECK(part.size() > 20);
            CHECK(part.back() == '.');
        }
    }
    CHECK(codes.size() == 14);
    CHECK(judge::reason_kind("no-such-reason") == nullptr);
}

TEST_CASE("this host's own filter") {
    Run run;
    run.add(Cause::local_firewall, "UDP/53", "192.0.2.1", "192.0.2.1").attempts[0].finding.detail = "EPERM";
    CHECK(none(run));
    run.add(Cause::local_firewall, "UDP/8888", "192.0.2.1", "192.0.2.1").attempts[0].finding.detail = "EPERM";
    run.open("TCP/443", "a.example", "192.0.2.9");
    const Reason& reason = only(run);
    CHECK(reason.code == "local-firewall");
    CHECK(reason.owner == Owner::this_host);
    CHECK(reason.checks == std::vector<std::size_t>{0, 1});
    CHECK(reason.rests_on ==
          std::vector<std::string>{"2 checks: EPERM.", "1 check got through, so it does not stop everything."});
    CHECK(run.report.checks[0].conclusion.reason == std::size_t{0});
    CHECK_FALSE(run.report.checks[2].conclusion.reason);
}

TEST_CASE("no route") {
    Run run;
    run.add(Cause::no_route, "TCP/443", "192.0.2.1", "192.0.2.1");
    CHECK(none(run));
    SECTION("to one network") {
        run.add(Cause::no_route, "TCP/80", "192.0.2.2", "192.0.2.2");
        CHECK(only(run).summary == "This host has no route to 192.0.2.1 and 192.0.2.2.");
    }
    SECTION("to anything") {
        run.add(Cause::no_route, "TCP/443", "198.51.100.1", "198.51.100.1");
        run.add(Cause::answered, "TCP/443", "10.1.0.7", "10.1.0.7");
        CHECK(only(run).summary == "This host has no default route for IPv4.");
        CHECK(only(run).code == "no-route");
        SECTION("but some do have one") {
            run.silent("TCP/443", "203.0.113.1");
            CHECK(only(run).summary == "This host has no route to 192.0.2.1 and 198.51.100.1.");
        }
    }
    SECTION("of one family") {
        run.report.checks.clear();
        run.report.rows.clear();
        run.add(Cause::no_route, "TCP/443", "2001:db8:1::1", "2001:db8:1::1");
        run.add(Cause::no_route, "TCP/443", "2001:db8:2::1", "2001:db8:2::1");
        run.open("TCP/443", "192.0.2.1", "192.0.2.1");
        CHECK(only(run).summary == "This host has no default route for IPv6.");
        CHECK_THAT(all_of(only(run)), says("1 check got through elsewhere."));
    }
    SECTION("to the resolvers") {
        run.report.checks.clear();
        run.report.rows.clear();
        for (const char* resolver : {"192.0.2.53", "198.51.100.53"}) {
            CheckResult& result = run.add(Cause::no_route, "TCP/443", "a.example");
            result.conclusion.stage = Stage::resolve;
            Run::note(result, Stage::resolve, What::resolve_error, ENETUNREACH, 1, resolver);
        }
        CHECK(only(run).summary == "This host has no default route for IPv4.");
    }
}

TEST_CASE("a clock") {
    Run run;
    const auto early = [&](const char* host, Owner owner) {
        CheckResult& result = run.add(Cause::certificate_not_yet_valid, "TCP/443", host, "192.0.2.1");
        result.conclusion.owner = owner;
    };
    early("a.example", Owner::this_host);
    early("a.example", Owner::this_host);
    CHECK(none(run));  // one host's certificate
    early("b.example", Owner::service);
    CHECK(none(run));  // not by this host's clock
    early("c.example", Owner::this_host);
    CHECK(only(run).code == "clock");
    CHECK(only(run).checks == std::vector<std::size_t>{0, 1, 3});
}

TEST_CASE("a resolver that says nothing") {
    Run run;
    run.report.vantage.resolvers = {"10.1.0.53"};
    for (const char* host : {"a.example", "b.example", "c.example"})
        unresolved(run, host, "10.1.0.53", Cause::dns_timeout);
    run.ask("10.1.0.53");
    run.ask("10.1.0.53", Transport::tcp).error = ECONNREFUSED;
    run.open("TCP/541", "10.9.0.5", "10.9.0.5");
    const Reason& reason = only(run);
    CHECK(reason.code == "no-resolver");
    CHECK(reason.summary == "No name resolves (resolver 10.1.0.53).");
    CHECK(reason.owner == Owner::resolver);
    CHECK(reason.checks.size() == 3);
    CHECK_THAT(all_of(reason),
               says("Resolver 10.1.0.53: silence to 1 question over UDP") || says("silence to 1 question over UDP"));
    CHECK_THAT(all_of(reason), says("to 1 question over TCP"));
    CHECK_THAT(all_of(reason), says("3 different names were asked for"));
    CHECK_THAT(all_of(reason), says("1 check that needed no name got an answer"));
    SECTION("one name that resolves, and it is not the resolver") {
        run.open("TCP/443", "d.example", "192.0.2.1");
        CHECK(none(run));
    }
    SECTION("a pinned name does not count") {
        CheckResult& pinned = run.open("TCP/443", "d.example", "192.0.2.1");
        pinned.check.pinned = {ip("192.0.2.1")};
        CHECK(only(run).checks.size() == 3);
    }
}

TEST_CASE("one missing name is no dead resolver") {
    Run run;
    unresolved(run, "a.example", "10.1.0.53", Cause::nxdomain);
    unresolved(run, "a.example", "10.1.0.53", Cause::nxdomain);
    CHECK(none(run));
    unresolved(run, "b.example", "10.1.0.53", Cause::nxdomain);
    CHECK(only(run).checks.size() == 3);
    Run silent;
    unresolved(silent, "a.example", "10.1.0.53", Cause::dns_timeout);
    unresolved(silent, "a.example", "10.1.0.53", Cause::dns_timeout);
    CHECK(only(silent).code == "no-resolver");
}

TEST_CASE("the way to the resolver is the network's") {
    Run run;
    run.nameless("a.example", "192.0.2.53", Cause::resolver_unreachable);
    run.nameless("b.example", "192.0.2.53", Cause::resolver_unreachable);
    CHECK(only(run).owner == Owner::network);
    CHECK_THAT(only(run).advice, says("Open the way to the resolver"));
}

TEST_CASE("a DNS filter") {
    Run run;
    const auto filtered = [&](const char* host, const std::string& resolver) {
        CheckResult& result = run.add(Cause::dns_sinkhole, "TCP/443", host);
        result.conclusion.stage = Stage::resolve;
        Run::note(result, Stage::resolve, What::resolve_answer, 0, 0, resolver).from = ip("208.91.112.55");
    };
    filtered("a.example", "10.1.0.53");
    filtered("a.example", "10.1.0.53");
    CHECK(none(run));
    filtered("b.example", "10.1.0.54");
    CHECK(none(run));  // by another
    filtered("c.example", "10.1.0.53");
    CHECK(only(run).code == "dns-filter");
    CHECK(only(run).checks == std::vector<std::size_t>{0, 1, 3});
    CHECK(only(run).summary == "Resolver 10.1.0.53 leads a.example and c.example to a filter.");
}

TEST_CASE("somebody who rewrites DNS") {
    Run run;
    run.add(Cause::dns_rewritten, "TCP/443", "a.example");
    CHECK(none(run));
    run.add(Cause::dns_rewritten, "TCP/443", "b.example");
    run.report.resolvers.blackhole.emplace_back().answers.emplace_back();
    CHECK(only(run).code == "dns-filter");
    CHECK_THAT(all_of(only(run)), says("1 answer came from an address that runs no resolver"));
}

TEST_CASE("fifty rows behind a dead uplink have one reason") {
    Run run;
    for (int place = 0; place < 50; ++place) run.silent("TCP/443", "192.0." + std::to_string(place) + ".1");
    Run::path(run.report.checks[0], {{HopAnswer::time_exceeded, "10.1.0.1"}, {HopAnswer::silence, ""}});
    run.open("TCP/80", "10.1.0.7", "10.1.0.7");
    run.ask("198.51.100.53");
    judge::relate_controls(run.report);
    const Reason& reason = only(run);
    CHECK(reason.code == "dead-uplink");
    CHECK(reason.checks.size() == 50);
    CHECK(reason.summary == "Nothing at all gets past 10.1.0.1 (hop 1).");
    CHECK(reason.where == Where{1, gateway, {}});
    CHECK(reason.confidence == Confidence::likely);
    CHECK(reason.owner == Owner::network);
    CHECK_THAT(all_of(reason), says("50 networks kept silent"));
    CHECK_THAT(all_of(reason), says("No resolver beyond this network answered: 198.51.100.53."));
    CHECK_THAT(all_of(reason), says("10.1.0.1 (hop 1) itself answers"));
    CHECK_THAT(all_of(reason), says("Hosts on this host's own network answered 1 check."));
}

TEST_CASE("a gateway that does not answer") {
    Run run;
    const auto given_up = [&](const char* place) {
        Run::note(run.add(Cause::host_unreachable, "TCP/443", place, place), Stage::connect, What::icmp_error, 3, 1,
                  "icmp")
            .from = lan;
    };
    given_up("192.0.2.1");
    given_up("192.0.2.2");
    given_up("10.1.0.77");  // a neighbour has no gateway in front of it
    given_up("10.1.0.78");
    CHECK(none(run));
    given_up("198.51.100.1");
    CHECK(only(run).code == "gateway-silent");
    CHECK(only(run).checks == std::vector<std::size_t>{0, 1, 4});
    SECTION("with what was silent besides") {
        run.silent("TCP/80", "203.0.113.1");
        judge::relate_controls(run.report);
        CHECK(only(run).code == "gateway-silent");
        CHECK(only(run).checks == std::vector<std::size_t>{0, 1, 4, 5});
        CHECK_THAT(all_of(only(run)), says("1 check besides heard nothing at all"));
    }
    SECTION("a router that says so is a device") {
        for (const std::size_t index : {0U, 4U}) {
            at(run.report.checks[index], std::nullopt, "10.1.0.1");
            run.report.checks[index].attempts[0].finding.where = run.report.checks[index].conclusion.where;
        }
        CHECK(only(run).code == "one-device");
        CHECK(only(run).checks == std::vector<std::size_t>{0, 4});
    }
}

TEST_CASE("a proxy that cannot be used, and one that wants credentials") {
    for (const auto& [cause, code] : {std::pair(Cause::proxy_unreachable, "proxy-unreachable"),
                                      std::pair(Cause::proxy_auth_required, "proxy-credentials")}) {
        Run run;
        through(run.add(cause, "TCP/443", "a.example"), "10.1.0.8");
        CHECK(none(run));
        through(run.add(cause, "TCP/443", "b.example"), "10.1.0.8");
        run.open("UDP/53", "192.0.2.1", "192.0.2.1");
        CHECK(only(run).code == code);
        CHECK_THAT(only(run).summary, says("10.1.0.8:3128"));
        CHECK_THAT(all_of(only(run)), says("1 check past the proxy got an answer"));
        through(run.open("TCP/443", "c.example", "192.0.2.3"), "10.1.0.8");
        CHECK(none(run));
    }
}

TEST_CASE("one CA for everything") {
    Run run;
    signed_by(run.add(Cause::tls_intercepted, "TCP/443", "a.example", "192.0.2.1"), "Corp CA");
    signed_by(run.add(Cause::tls_intercepted, "TCP/8890", "a.example", "192.0.2.1"), "Corp CA");
    signed_by(run.add(Cause::tls_intercepted, "TCP/443", "b.example", "192.0.2.2"), "Other CA");
    CHECK(none(run));
    signed_by(run.add(Cause::tls_intercepted, "TCP/443", "c.example", "192.0.2.3"), "Corp CA");
    CHECK(only(run).code == "one-inspector");
    CHECK(only(run).summary == "'Corp CA' signs in place of 2 servers.");
    CHECK(only(run).checks == std::vector<std::size_t>{0, 1, 3});
    CHECK(only(run).rests_on.back() == "No TLS check of this run found a certificate of the real service.");
    signed_by(run.open("TCP/443", "d.example", "192.0.2.4"), "DigiCert");
    CHECK(only(run).rests_on.back() == "1 check found the certificate of the real service.");
    for (CheckResult& result : run.report.checks) signed_by(result, "\x1b[2J");
    CHECK(all_of(only(run)).find('\x1b') == std::string::npos);
}

TEST_CASE("one device where much ends") {
    Run run;
    at(run.silent("TCP/443", "192.0.2.1"), 1, "10.1.0.1");
    at(run.silent("TCP/443", "192.0.2.1"), 1, "10.1.0.1");
    CHECK(none(run));  // the same flow twice
    at(run.silent("TCP/443", "192.0.2.2"), 2, "10.2.0.1");
    CHECK(none(run));  // another device
    at(run.silent("TCP/8888", "192.0.2.1"), 1, "10.1.0.1");
    run.open("TCP/80", "192.0.2.1", "192.0.2.1");
    const Reason& reason = only(run);
    CHECK(reason.code == "one-device");
    CHECK(reason.checks == std::vector<std::size_t>{0, 1, 3});
    CHECK(reason.where == Where{1, gateway, {}});
    CHECK(reason.summary == "Packets for TCP/443 and TCP/8888 to 192.0.2.1 end without a word at 10.1.0.1 (hop 1).");
    CHECK_THAT(all_of(reason), says("3 checks ended there: timeout."));
    CHECK_THAT(all_of(reason), says("The same hosts answered 1 check on other ports."));
    SECTION("with the same port elsewhere, whose way could not be followed") {
        run.silent("TCP/8888", "203.0.113.7").conclusion.where = Where{std::nullopt, std::nullopt, 4};
        run.silent("TCP/9582", "203.0.113.7");
        CHECK(only(run).checks == std::vector<std::size_t>{0, 1, 3, 5});
        CHECK(only(run).where == Where{1, gateway, {}});
        CHECK_THAT(all_of(only(run)), says("1 check on the same port stays unanswered too"));
        at(run.silent("TCP/8888", "203.0.113.8"), 3, "10.3.0.1");
        CHECK(only(run).checks == std::vector<std::size_t>{0, 1, 3});
    }
    SECTION("that says so") {
        for (const std::size_t index : {0U, 1U, 3U}) Run::conclude(run.report.checks[index], Cause::admin_prohibited);
        CHECK(only(run).summary == "10.1.0.1 (hop 1) rejects TCP/443 and TCP/8888 to 192.0.2.1.");
    }
    SECTION("that has no way") {
        for (const std::size_t index : {0U, 1U, 3U}) Run::conclude(run.report.checks[index], Cause::net_unreachable);
        CHECK(only(run).summary == "10.1.0.1 (hop 1) finds no way to 192.0.2.1.");
        CHECK_THAT(only(run).advice, says("routes of 10.1.0.1"));
    }
    SECTION("in several ways") {
        Run::conclude(run.report.checks[0], Cause::admin_prohibited);
        CHECK_THAT(only(run).summary, says("stands in the way of"));
    }
}

TEST_CASE("a device that does not show its address") {
    Run run;
    at(run.silent("TCP/443", "192.0.2.1"), 3, "");
    at(run.silent("TCP/443", "198.51.100.1"), 3, "");
    CHECK(only(run).where == Where{3, {}, {}});
    CHECK_THAT(only(run).summary, says("at hop 3"));
    at(run.report.checks[0], 5, "");  // as far as the destination
    CHECK(none(run));
}

TEST_CASE("a destination is no device on the way") {
    Run run;
    at(run.add(Cause::admin_prohibited, "TCP/443", "192.0.2.1", "192.0.2.1"), std::nullopt, "192.0.2.1");
    at(run.add(Cause::admin_prohibited, "TCP/80", "192.0.2.1", "192.0.2.1"), std::nullopt, "192.0.2.1");
    CHECK(none(run));
}

TEST_CASE("UDP that is lost as a whole") {
    Run run;
    at(run.add(Cause::lost_on_path, "UDP/8888", "192.0.2.1", "192.0.2.1"), 1, "10.1.0.1");
    at(run.add(Cause::lost_on_path, "UDP/53", "192.0.2.2", "192.0.2.2"), 1, "10.1.0.1");
    run.open("TCP/443", "192.0.2.1", "192.0.2.1");
    CHECK(only(run).code == "udp-lost");
    CHECK(only(run).summary == "UDP is lost at 10.1.0.1 (hop 1), while TCP goes on.");
    CHECK_THAT(all_of(only(run)), says("1 check over TCP got an answer."));
    SECTION("one answer over UDP, and it is a rule about ports") {
        run.open("UDP/123", "192.0.2.3", "192.0.2.3");
        CHECK(only(run).code == "one-device");
    }
    SECTION("an answer from a neighbour is none") {
        run.open("UDP/123", "10.1.0.7", "10.1.0.7");
        CHECK(only(run).code == "udp-lost");
    }
    SECTION("a resolver that answers over UDP is an answer") {
        run.ask("192.0.2.53").answers.emplace_back();
        CHECK(only(run).code == "one-device");
        run.report.resolvers.questions[0].transport = Transport::tcp;
        CHECK(only(run).code == "udp-lost");
    }
    SECTION("one port is not the whole of UDP") {
        run.report.checks[1].check.port.number = 8888;
        CHECK(only(run).code == "one-device");
    }
    SECTION("without TCP there is nothing to compare with") {
        run.report.checks.pop_back();
        CHECK(only(run).code == "one-device");
    }
}

TEST_CASE("large packets that vanish") {
    Run run;
    run.add(Cause::mtu_blackhole, "TCP/443", "a.example", "192.0.2.1");
    run.add(Cause::mtu_blackhole, "TCP/8890", "a.example", "192.0.2.1");
    CHECK(none(run));
    run.add(Cause::mtu_blackhole, "TCP/443", "b.example", "192.0.2.2");
    CHECK(only(run).code == "mtu");
    CHECK(only(run).checks.size() == 3);
    CHECK_THAT(only(run).advice, says("1452 bytes"));
}

TEST_CASE("one port to every host") {
    Run run;
    run.silent("TCP/8888", "192.0.2.1");
    run.silent("TCP/8888", "192.0.2.2");
    CHECK(none(run));  // no host is known to be up
    run.open("TCP/443", "192.0.2.1", "192.0.2.1");
    const Reason& reason = only(run);
    CHECK(reason.code == "port-blocked");
    CHECK(reason.summary == "TCP/8888 leads nowhere, whatever the host: 2 hosts were tried.");
    CHECK(reason.confidence == Confidence::likely);
    CHECK_THAT(all_of(reason), says("The same hosts answered 1 check on other ports."));
    SECTION("one that is reached, and it is not the port") {
        run.open("TCP/8888", "192.0.2.3", "192.0.2.3");
        CHECK(none(run));
    }
    SECTION("one that fails in another way, too") {
        run.add(Cause::refused, "TCP/8888", "192.0.2.3", "192.0.2.3");
        CHECK(none(run));
    }
    SECTION("two names of one address are one host") {
        run.report.checks[1].attempts[0].destination = run.report.checks[0].attempts[0].destination;
        CHECK(none(run));
    }
    SECTION("a skipped check was not tried") {
        run.add(Cause::not_configured, "TCP/8888", "192.0.2.3");
        CHECK(only(run).checks.size() == 2);
    }
}

TEST_CASE("two reasons at once, the one that explains most first") {
    Run run;
    run.silent("TCP/8888", "192.0.2.1");
    run.silent("TCP/8888", "192.0.2.2");
    run.open("TCP/443", "192.0.2.1", "192.0.2.1");
    for (const char* host : {"a.example", "b.example", "c.example"})
        signed_by(run.add(Cause::tls_intercepted, "TCP/443", host, "192.0.2.7"), "Corp CA");
    run.add(Cause::bad_answer, "TCP/80", "d.example", "192.0.2.8");
    judge::find_reasons(run.report);
    REQUIRE(run.report.reasons.size() == 2);
    CHECK(run.report.reasons[0].code == "one-inspector");
    CHECK(run.report.reasons[1].code == "port-blocked");
    const std::vector<std::optional<std::size_t>> expected{1, 1, {}, 0, 0, 0, {}};
    for (std::size_t index = 0; index < expected.size(); ++index)
        CHECK(run.report.checks[index].conclusion.reason == expected[index]);
}

TEST_CASE("indices that lead nowhere are passed over") {
    Run run;
    for (const Cause cause : all_causes()) {
        if (verdict_of(cause) == Verdict::skipped) continue;
        for (const char* host : {"a.example", "b.example"}) {
            CheckResult& result = run.add(cause, "TCP/443", host, "192.0.2.1");
            result.conclusion.attempt = 9;
        }
    }
    judge::relate_controls(run.report);
    judge::find_reasons(run.report);
    for (const Reason& reason : run.report.reasons) CHECK(reason.checks.size() >= 2);
}
