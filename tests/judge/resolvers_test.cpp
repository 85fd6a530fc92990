#include "judge/resolvers.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "judge/attempt.hpp"
#include "judge/conclude.hpp"
#include "judge/judge.hpp"
#include "judge/other_answers.hpp"
#include "traces.hpp"

using namespace traces;

namespace {

const SocketAddress resolver{ip("10.0.0.53"), 53};
const SocketAddress other{ip("10.0.0.54"), 53};
const Address forged = ip("8.8.4.4");
const Address real = ip("96.45.33.64");
const std::string name = "update.fortiguard.net";

DnsQuestion question(const SocketAddress& server, Transport transport = Transport::udp, std::string what = name) {
    DnsQuestion asked;
    asked.resolver = server;
    asked.transport = transport;
    asked.name = std::move(what);
    return asked;
}

DnsQuestion answered(DnsQuestion asked, std::vector<Address> addresses, int rcode = 0) {
    asked.answers.push_back({std::chrono::milliseconds(1), rcode, std::move(addresses)});
    return asked;
}

Trace named(const Address& address, const std::string& server = "10.0.0.53") {
    return Trace::to(address)
        .add(Stage::resolve, What::resolve_rcode, 0, 1, server)
        .add(Stage::resolve, What::resolve_answer, 0, 1, server)
        .from(address);
}
Trace silent(const Address& address, const std::string& server = "10.0.0.53") {
    return named(address, server).start().add(Stage::connect, What::connect_timeout, 2, 3500);
}
Trace open(const Address& address, const std::string& server = "10.0.0.53") { return named(address, server).connect(); }
Trace identified(const Address& address, const std::string& server = "10.0.0.53") {
    return open(address, server).handshake(public_facts());
}
Trace inspected(const Address& address, const std::string& server = "10.0.0.53") {
    return open(address, server).handshake(facts_of());
}
Trace denied(int rcode, const std::string& server = "10.0.0.53") {
    return Trace::nowhere().add(Stage::resolve, What::resolve_rcode, rcode, 1, server);
}

CheckResult result_of(std::vector<Attempt> attempts, Check check = check_of()) {
    check.trust.public_ca = true;
    CheckResult result;
    result.attempts = std::move(attempts);
    result.conclusion = judge::conclude_with(content, check, result.attempts);
    result.check = std::move(check);
    return result;
}

Report report_of(std::vector<CheckResult> checks, std::vector<DnsQuestion> questions) {
    Report report;
    report.checks = std::move(checks);
    report.resolvers.questions = std::move(questions);
    judge::relate_resolvers(report);
    return report;
}

std::string warnings(const CheckResult& result) {
    std::string text;
    for (const std::string& warning : result.conclusion.warnings) text += warning + "\n";
    return text;
}

DnsQuestion twice(const Address& one, const Address& then) {
    return answered(answered(question(resolver), {one}), {then});
}

}  // namespace

TEST_CASE("resolvers that do what resolvers do are no news") {
    const CheckResult before = result_of({identified(real)});
    const Report report = report_of({before}, {answered(question(resolver), {real}), answered(question(other), {real}),
                                               answered(question(resolver, Transport::tcp), {real}),
                                               answered(question(other, Transport::tcp), {real})});
    CHECK(report.checks[0].conclusion.cause == Cause::answered);
    CHECK(report.checks[0].conclusion.summary == before.conclusion.summary);
    CHECK(report.checks[0].conclusion.warnings == before.conclusion.warnings);
}

TEST_CASE("a resolver of several that does not answer is a warning, once") {
    DnsQuestion dead = question(other);
    SECTION("silence") { CHECK(dead.error == 0); }
    SECTION("an error") {
        dead.error = ECONNREFUSED;
        dead.error_from = firewall;
    }
    const std::vector<DnsQuestion> questions{answered(question(resolver), {real}), dead, dead,
                                             question(other, Transport::tcp)};
    Check pinned = check_of();
    pinned.pinned = {real};
    const Report report =
        report_of({result_of({identified(real)}), result_of({Trace::to(real).connect()}, pinned)}, questions);
    REQUIRE(report.checks[0].conclusion.warnings.size() == 1);
    CHECK_THAT(warnings(report.checks[0]), says("10.0.0.54 does not answer"));
    if (dead.error != 0) CHECK_THAT(warnings(report.checks[0]), says("said by 198.18.0.254"));
    CHECK(report.checks[0].conclusion.cause == Cause::answered);
    CHECK(report.checks[1].conclusion.warnings.empty());
}

TEST_CASE("silence that was cut short says nothing of a resolver") {
    DnsQuestion pending = question(other);
    pending.cut_short = true;
    CHECK(report_of({result_of({identified(real)})}, {answered(question(resolver), {real}), pending})
              .checks[0]
              .conclusion.warnings.empty());
}

TEST_CASE("the only resolver's silence is what the checks themselves say") {
    const CheckResult before =
        result_of({Trace::nowhere().add(Stage::resolve, What::resolve_timeout, 0, 1, "10.0.0.53")});
    REQUIRE(before.conclusion.cause == Cause::dns_timeout);
    const Report report = report_of({before}, {question(resolver), question(resolver, Transport::tcp)});
    CHECK(report.checks[0].conclusion.warnings == before.conclusion.warnings);
}

TEST_CASE("a resolver that refuses or fails beside one that helps") {
    for (const auto& [rcode, words] : {std::pair{5, "refuses to answer (REFUSED)"}, std::pair{2, "fails (SERVFAIL)"}}) {
        const Report report = report_of({result_of({identified(real)})},
                                        {answered(question(resolver), {real}), answered(question(other), {}, rcode)});
        CHECK_THAT(warnings(report.checks[0]), says(std::string("10.0.0.54 ") + words));
    }
    // That a name does not exist is an answer.
    CHECK(report_of({result_of({identified(real)})},
                    {answered(question(resolver), {real}), answered(question(other), {}, 3)})
              .checks[0]
              .conclusion.warnings.empty());
}

TEST_CASE("a resolver over one transport only") {
    DnsQuestion tcp = question(resolver, Transport::tcp);
    tcp.error = ECONNREFUSED;
    CHECK_THAT(
        warnings(report_of({result_of({identified(real)})}, {answered(question(resolver), {real}), tcp}).checks[0]),
        says("over UDP and not over TCP (ECONNREFUSED"));
    CHECK_THAT(warnings(report_of({result_of({identified(real)})},
                                  {question(resolver), answered(question(resolver, Transport::tcp), {real})})
                            .checks[0]),
               says("over TCP and not over UDP (silence)"));

    DnsQuestion truncated = answered(question(resolver), {real});
    truncated.truncated = true;
    const Report report = report_of(
        {result_of({identified(real)}), result_of({identified(real)}, check_of("TCP/443", "other.fortiguard.net"))},
        {truncated, tcp});
    CHECK_THAT(warnings(report.checks[0]), says("does not fit a datagram"));
    CHECK_THAT(warnings(report.checks[1]), !says("does not fit a datagram"));
}

TEST_CASE("two answers to one question, of which the one that was used fails") {
    const Report report = report_of({result_of({inspected(forged)})}, {twice(forged, real)});
    const Conclusion& conclusion = report.checks[0].conclusion;
    CHECK(conclusion.verdict == Verdict::intercepted);
    CHECK(conclusion.cause == Cause::dns_rewritten);
    CHECK(conclusion.confidence == Confidence::likely);
    CHECK(conclusion.owner == Owner::network);
    CHECK_THAT(conclusion.summary, says("first 8.8.4.4, then 96.45.33.64"));
    CHECK_THAT(conclusion.summary, says("10.0.0.53"));
    CHECK_THAT(warnings(report.checks[0]), says("tls-intercepted"));
    CHECK(conclusion.advice);

    SECTION("the same for silence, and for what has no identity to verify") {
        CHECK(report_of({result_of({silent(forged)})}, {twice(forged, real)}).checks[0].conclusion.cause ==
              Cause::dns_rewritten);
        CHECK(report_of({result_of({open(forged)})}, {twice(forged, real)}).checks[0].conclusion.cause ==
              Cause::dns_rewritten);
    }
    SECTION("it is proven where the other answer leads to the service") {
        const Report proven =
            report_of({result_of({silent(forged)}), result_of({identified(real)})}, {twice(forged, real)});
        CHECK(proven.checks[0].conclusion.confidence == Confidence::proven);
        CHECK_THAT(proven.checks[0].conclusion.summary, says("which leads to the service"));
        CHECK(proven.checks[1].conclusion.cause == Cause::answered);
        CHECK_THAT(warnings(proven.checks[1]), says("tampered with"));
    }
}

TEST_CASE("two answers to one question, one step short of a forgery") {
    const Address third = ip("96.45.33.65");
    SECTION("the same twice, in another order") {
        const DnsQuestion repeated = answered(answered(question(resolver), {forged, third}), {third, forged});
        CHECK(report_of({result_of({inspected(forged)})}, {repeated}).checks[0].conclusion.cause ==
              Cause::tls_intercepted);
    }
    SECTION("the address that was used is in both") {
        const DnsQuestion both = answered(answered(question(resolver), {forged}), {third, forged});
        CHECK(report_of({result_of({inspected(forged)})}, {both}).checks[0].conclusion.cause == Cause::tls_intercepted);
    }
    SECTION("the address that was used answers as the service") {
        const Report report = report_of({result_of({identified(real)})}, {twice(real, forged)});
        CHECK(report.checks[0].conclusion.cause == Cause::answered);
    }
    SECTION("another resolver was asked twice than the one that gave the address") {
        CHECK(report_of({result_of({inspected(forged, "10.0.0.54")})}, {twice(forged, real)})
                  .checks[0]
                  .conclusion.cause == Cause::tls_intercepted);
    }
    SECTION("of another name") {
        CHECK(report_of({result_of({inspected(forged)}, check_of("TCP/443", "other.fortiguard.net"))},
                        {twice(forged, real)})
                  .checks[0]
                  .conclusion.cause == Cause::tls_intercepted);
    }
    SECTION("a name with a split horizon, or one of the site's own") {
        Check own = check_of();
        own.public_name = own.vendor_host = false;
        CHECK(report_of({result_of({inspected(forged)}, own)}, {twice(forged, real)}).checks[0].conclusion.cause ==
              Cause::tls_intercepted);
    }
    SECTION("one answer") {
        CHECK(report_of({result_of({inspected(forged)})}, {answered(question(resolver), {forged})})
                  .checks[0]
                  .conclusion.cause == Cause::tls_intercepted);
    }
    SECTION("this host could not even try") {
        Trace trace = named(forged);
        trace.start().fail(ENETUNREACH);
        CHECK(report_of({result_of({trace})}, {twice(forged, real)}).checks[0].conclusion.cause == Cause::no_route);
    }
}

TEST_CASE("a forged denial and a forged sinkhole give themselves away by the true answer") {
    const DnsQuestion denial = answered(answered(question(resolver), {}, 3), {real});
    CHECK(report_of({result_of({denied(3)})}, {denial}).checks[0].conclusion.cause == Cause::dns_rewritten);
    CHECK(report_of({result_of({denied(3)})}, {answered(question(resolver), {}, 3)}).checks[0].conclusion.cause ==
          Cause::nxdomain);

    const Address sink = ip("10.10.34.34");
    const CheckResult sunk = result_of({Trace::nowhere()
                                            .add(Stage::resolve, What::resolve_rcode, 0, 1, "10.0.0.53")
                                            .add(Stage::resolve, What::resolve_answer, 0, 1, "10.0.0.53")
                                            .from(sink)});
    REQUIRE(sunk.conclusion.cause == Cause::dns_sinkhole);
    CHECK(report_of({sunk}, {twice(sink, real)}).checks[0].conclusion.cause == Cause::dns_rewritten);
    CHECK(report_of({sunk}, {answered(question(resolver), {sink})}).checks[0].conclusion.cause == Cause::dns_sinkhole);
}

TEST_CASE("resolvers that differ are judged by where their answers lead") {
    const std::vector<DnsQuestion> differ{answered(question(resolver), {forged}), answered(question(other), {real})};
    SECTION("one fails TLS or is silent, the other answers as the service") {
        for (const Trace& failing : {inspected(forged), silent(forged)}) {
            const Report report = report_of({result_of({failing}), result_of({identified(real, "10.0.0.54")})}, differ);
            const Conclusion& conclusion = report.checks[0].conclusion;
            CHECK(conclusion.cause == Cause::dns_rewritten);
            CHECK(conclusion.owner == Owner::resolver);
            CHECK(conclusion.confidence == Confidence::likely);
            CHECK_THAT(conclusion.summary, says("resolver 10.0.0.53 answered 8.8.4.4"));
            CHECK(report.checks[1].conclusion.cause == Cause::answered);
        }
    }
    SECTION("that they differ alone is nothing") {
        CHECK(report_of({result_of({inspected(forged)})}, differ).checks[0].conclusion.cause == Cause::tls_intercepted);
        CHECK(report_of({result_of({identified(forged)})}, differ).checks[0].conclusion.warnings.empty());
    }
    SECTION("an outcome that a wrong address does not explain") {
        Trace expired = open(forged);
        TlsFacts facts = public_facts();
        facts.chain[0].not_after = seen_at - std::chrono::days(1);
        expired.handshake(facts);
        CHECK(report_of({result_of({expired}), result_of({identified(real, "10.0.0.54")})}, differ)
                  .checks[0]
                  .conclusion.cause == Cause::certificate_expired);
    }
    SECTION("the other resolver has that address too") {
        const std::vector<DnsQuestion> share{answered(question(resolver), {forged}),
                                             answered(question(other), {real, forged})};
        CHECK(report_of({result_of({inspected(forged)}), result_of({identified(real, "10.0.0.54")})}, share)
                  .checks[0]
                  .conclusion.cause == Cause::tls_intercepted);
    }
}

TEST_CASE("another address is tried where the one that was used may be wrong") {
    ResolverFacts facts;
    facts.questions = {answered(question(resolver), {forged}), answered(question(other), {real, ip("96.45.33.65")})};
    const CheckResult astray = result_of({inspected(forged)});
    REQUIRE(judge::may_be_led_astray(astray));
    CHECK(judge::other_addresses(astray, facts) == std::vector{real});
    CHECK(judge::other_addresses(result_of({identified(forged)}), facts).empty());
    CHECK(judge::other_addresses(result_of({inspected(real, "10.0.0.54")}), facts) == std::vector{forged});
    facts.questions[1] = answered(question(other), {real, forged});
    CHECK(judge::other_addresses(astray, facts).empty());
    facts.questions[1] = answered(question(other), {ip("0.0.0.0")});
    CHECK(judge::other_addresses(astray, facts).empty());

    SECTION("and what it leads to decides") {
        for (const bool good : {true, false}) {
            CheckResult looked_at = astray;
            Comparison comparison;
            comparison.change = Change::other_address;
            comparison.attempt = good ? identified(real) : inspected(real);
            comparison.attempt.finding = judge::judge_attempt_with(content, looked_at.check, comparison.attempt);
            looked_at.attempts[0].comparisons.push_back(comparison);
            const std::vector<DnsQuestion> differ{answered(question(resolver), {forged}),
                                                  answered(question(other), {real})};
            CHECK(report_of({looked_at}, differ).checks[0].conclusion.cause ==
                  (good ? Cause::dns_rewritten : Cause::tls_intercepted));
        }
    }
}

TEST_CASE("bytes that are not DNS are said to be that") {
    const auto nonsense = [](const SocketAddress& server) {
        DnsQuestion asked = question(server);
        asked.malformed = "shorter than a header";
        return asked;
    };
    const CheckResult silence =
        result_of({Trace::nowhere().add(Stage::resolve, What::resolve_timeout, 0, 1, "10.0.0.53")});
    REQUIRE(silence.conclusion.cause == Cause::dns_timeout);
    CHECK(report_of({silence}, {nonsense(resolver)}).checks[0].conclusion.cause == Cause::dns_malformed);
    CHECK(report_of({silence}, {nonsense(resolver), question(other)}).checks[0].conclusion.cause == Cause::dns_timeout);
    CHECK(report_of({silence}, {question(resolver)}).checks[0].conclusion.cause == Cause::dns_timeout);
    CHECK(report_of({silence}, {}).checks[0].conclusion.cause == Cause::dns_timeout);
}

TEST_CASE("a resolver that filters beside one that does not") {
    const Address sink = ip("208.91.112.55");
    const auto both = [&](const Address& filtered) {
        return Trace::to(real)
            .add(Stage::resolve, What::resolve_answer, 0, 1, "10.0.0.53")
            .from(filtered)
            .add(Stage::resolve, What::resolve_answer, 0, 1, "10.0.0.54")
            .from(real)
            .connect()
            .handshake(public_facts());
    };
    for (const Address& filtered : {sink, ip("0.0.0.0"), ip("::"), ip("fd00::1"), ip("::ffff:10.0.0.1")}) {
        const Report report = report_of({result_of({both(filtered)})}, {});
        CHECK(report.checks[0].conclusion.cause == Cause::answered);
        CHECK_THAT(warnings(report.checks[0]),
                   says("Resolver 10.0.0.53 answers update.fortiguard.net with " + filtered.to_string()));
        CHECK_THAT(warnings(report.checks[0]), says("the answer of resolver 10.0.0.54 was used"));
    }
    Check own = check_of();
    own.public_name = own.vendor_host = false;
    CHECK(report_of({result_of({both(sink)}, own)}, {}).checks[0].conclusion.warnings.empty());
    CHECK(report_of({result_of({both(ip("8.8.8.8"))})}, {}).checks[0].conclusion.warnings.empty());
}

TEST_CASE("a name that another resolver knows is not lost") {
    const Report report =
        report_of({result_of({denied(3)})}, {answered(question(resolver), {}, 3), answered(question(other), {real})});
    CHECK(report.checks[0].conclusion.cause == Cause::nxdomain);
    CHECK_THAT(warnings(report.checks[0]), says("Resolver 10.0.0.54 has an address for it: 96.45.33.64"));
    CHECK_THAT(warnings(report_of({result_of({denied(3)})},
                                  {answered(question(resolver), {}, 3), answered(question(other), {ip("10.1.1.1")})})
                            .checks[0]),
               !says("has an address for it"));
}

namespace {

Report with_blackhole(std::vector<CheckResult> checks, bool answers) {
    Report report;
    report.checks = std::move(checks);
    DnsQuestion asked = question(SocketAddress{ip("192.0.2.53"), 53});
    if (answers) asked = answered(asked, {real});
    report.resolvers.blackhole.push_back(asked);
    judge::relate_resolvers(report);
    return report;
}

CheckResult name_server(const Address& address, std::string_view port = "UDP/53") {
    Check check = check_of(port, address.to_string());
    check.probe = "dns";
    check.public_name = check.vendor_host = false;
    check.host_is_address = true;
    check.pinned = {address};
    return result_of({Trace::to(address).connect().send().receive()}, check);
}

}  // namespace

TEST_CASE("where an address that runs no resolver answers, no server's answer is its own") {
    const Report report = with_blackhole({name_server(ip("208.91.112.220"))}, true);
    const Conclusion& conclusion = report.checks[0].conclusion;
    CHECK(conclusion.verdict == Verdict::intercepted);
    CHECK(conclusion.cause == Cause::dns_rewritten);
    CHECK(conclusion.confidence == Confidence::likely);
    CHECK(conclusion.owner == Owner::network);
    CHECK_THAT(conclusion.summary, says("192.0.2.53 runs no resolver"));

    // What redirects on the way to the Internet may not be on the way to a neighbour.
    CHECK(with_blackhole({name_server(ip("10.0.0.2"))}, true).checks[0].conclusion.confidence == Confidence::possible);
    // One step short: it said nothing; the server is on this host; it was asked over TCP.
    CHECK(with_blackhole({name_server(ip("208.91.112.220"))}, false).checks[0].conclusion.cause == Cause::answered);
    CHECK(with_blackhole({name_server(ip("127.0.0.1"))}, true).checks[0].conclusion.cause == Cause::answered);
    CHECK(with_blackhole({name_server(own)}, true).checks[0].conclusion.cause == Cause::answered);
    CHECK(with_blackhole({name_server(ip("208.91.112.220"), "TCP/53")}, true).checks[0].conclusion.cause ==
          Cause::answered);
}

TEST_CASE("names that somebody else may have answered make a check doubtful unless it was verified") {
    const auto warned = [](CheckResult result, bool answers = true) {
        return warnings(with_blackhole({std::move(result)}, answers).checks[0]);
    };
    CHECK_THAT(warned(result_of({open(real)})), says("what answered may not be the service"));
    CHECK_THAT(warned(result_of({silent(real)})), says("the address that was tried may be wrong"));
    CHECK_THAT(warned(result_of({denied(3)})), says("the answer that there is no address may be wrong"));
    CHECK(warned(result_of({open(real)}), false).empty());
    CHECK(warned(result_of({identified(real)})).empty());
    CHECK(warned(result_of({open(real, "127.0.0.53")})).empty());
    CHECK(warned(result_of({Trace::to(real).add(Stage::resolve, What::resolve_hosts).from(real).connect()})).empty());
    // It stays what it was: that the address is wrong does not follow.
    CHECK(with_blackhole({result_of({silent(real)})}, true).checks[0].conclusion.cause == Cause::timeout);
}

TEST_CASE("FortiGuard's name servers over TLS are held to their name") {
    Check dot = check_of("TCP/853", "96.45.45.45");
    dot.server_name = "globalsdns.fortinet.net";
    dot.host_is_address = true;
    dot.pinned = {ip("96.45.45.45")};
    dot.probe = "dot";
    dot.trust.public_ca = true;
    TlsFacts facts = public_facts();
    facts.server_name = dot.server_name;
    const auto conclude = [&](Trace trace) {
        std::vector<Attempt> attempts{trace};
        return judge::conclude(dot, attempts).cause;
    };
    facts.name_matches = false;
    CHECK(conclude(Trace::to(ip("96.45.45.45")).connect().handshake(facts)) == Cause::name_mismatch);
    facts.name_matches = true;
    CHECK(conclude(Trace::to(ip("96.45.45.45"))
                       .connect()
                       .handshake(facts)
                       .send()
                       .add(Stage::exchange, What::silent, 3500, 1)) == Cause::no_answer);
}
