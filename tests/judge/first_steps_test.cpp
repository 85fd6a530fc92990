#include <utility>

#include "catch.hpp"
#include "judge/judge.hpp"
#include "judge/reasons.hpp"
#include "traces.hpp"

using namespace fdnprobe;
using namespace traces;

namespace {

struct Run {
    Report report;

    CheckResult& add(Cause cause, std::string_view port, std::string host, State state) {
        CheckResult& result = report.checks.emplace_back();
        result.check = check_of(port, std::move(host));
        result.conclusion.cause = cause;
        result.conclusion.verdict = verdict_of(cause);
        result.conclusion.stage = result.conclusion.verdict == Verdict::unresolved ? Stage::resolve : Stage::connect;
        result.conclusion.advice = "Do the special thing.";
        result.conclusion.attempt = 0;
        RowResult& row = report.rows.emplace_back();
        row.state = state;
        row.checks = {report.checks.size() - 1};
        return result;
    }
    [[nodiscard]] std::vector<std::string> steps() const {
        Report related = report;
        judge::find_reasons(related);
        return judge::what_to_do_first(related);
    }
    [[nodiscard]] std::string first() const {
        const auto all = steps();
        return all.empty() ? "" : all.front();
    }
};

}  // namespace

TEST_CASE("when all is well there is nothing to do") {
    Run run;
    CHECK(run.steps().empty());
    run.add(Cause::answered, "TCP/443", "a.example", State::reachable);
    run.add(Cause::not_configured, "TCP/541", "", State::unconfigured);
    CHECK(run.steps().empty());
}

TEST_CASE("a plan has no verdicts and no advice") {
    Run run;
    run.add(Cause::internal, "TCP/443", "a.example", State::local);
    run.report.planned_only = true;
    CHECK(run.steps().empty());
}

TEST_CASE("the resolver comes before everything that waits for it") {
    Run run;
    run.report.vantage.resolvers = {"10.0.0.53"};
    run.add(Cause::dns_timeout, "TCP/443", "a.example", State::unresolved);
    run.add(Cause::dns_timeout, "TCP/853", "b.example", State::unresolved);
    run.add(Cause::timeout, "TCP/541", "10.0.0.5", State::blocked);
    CHECK(run.first() == "Mend the resolver first (10.0.0.53), or give another with --resolver.");
    REQUIRE(run.steps().size() == 2);
    CHECK_THAT(run.steps()[1], says("TCP/541 out to 10.0.0.5") && says("1 of 3 rows"));
}

TEST_CASE("single names that do not resolve are named") {
    Run run;
    run.add(Cause::answered, "TCP/443", "a.example", State::reachable);
    run.add(Cause::nxdomain, "TCP/443", "b.example", State::unresolved);
    CHECK_THAT(run.first(), says("b.example does not resolve"));
}

TEST_CASE("a DNS service that fails is not the resolver") {
    Run run;
    run.add(Cause::servfail, "UDP/53", "208.91.112.220", State::unresolved).conclusion.stage = Stage::exchange;
    CHECK(run.first() == "Begin with UDP/53 to 208.91.112.220: Do the special thing.");
}

TEST_CASE("this host's own trouble comes first") {
    Run run;
    run.add(Cause::timeout, "TCP/443", "a.example", State::blocked);
    run.add(Cause::no_route, "TCP/443", "b.example", State::local);
    CHECK_THAT(run.first(), says("Give this host a route first") && says("b.example"));
    run.add(Cause::out_of_descriptors, "TCP/443", "c.example", State::local);
    CHECK_THAT(run.first(), says("--concurrency"));
    run.add(Cause::local_firewall, "TCP/443", "d.example", State::local);
    CHECK(run.steps().size() == 3);
    CHECK_THAT(run.steps()[2], says("packet filter"));
}

TEST_CASE("checks that share a signer share an inspection") {
    Run run;
    const auto intercepted = [&](std::string host) {
        CheckResult& result = run.add(Cause::tls_intercepted, "TCP/443", std::move(host), State::intercepted);
        result.attempts.emplace_back().tls = std::make_shared<const TlsFacts>(facts_of("Corp CA"));
        result.conclusion.attempt = 0;
    };
    intercepted("a.example");
    intercepted("b.example");
    intercepted("c.example");
    CHECK(run.first() ==
          "Exempt a.example, b.example and 1 more from TLS inspection: 'Corp CA' signs in place of the real servers.");
}

TEST_CASE("one device that stops much is named once, with what an opening there restores") {
    Run run;
    for (const char* host : {"a.example", "b.example"})
        run.add(Cause::admin_prohibited, "TCP/443", host, State::blocked).conclusion.where = Where{1, firewall, {}};
    CHECK(run.steps() == std::vector<std::string>{"Let TCP/443 out to a.example and b.example at 198.18.0.254 (hop 1): "
                                                  "that alone restores all 2 rows that fail."});
    for (const char* host : {"c.example", "d.example"})
        run.add(Cause::admin_prohibited, "TCP/443", host, State::blocked).conclusion.where = Where{1, firewall, {}};
    run.add(Cause::refused, "TCP/541", "10.0.0.5", State::blocked);
    CHECK(run.first() == "Let TCP/443 out to 4 hosts at 198.18.0.254 (hop 1): that alone restores 4 of 5 rows.");
}

TEST_CASE("the opening that restores most rows comes first") {
    Run run;
    run.add(Cause::timeout, "TCP/80", "b.example", State::blocked);
    CHECK(run.first() ==
          "Let TCP/80 out to b.example on the firewalls between here and there: that restores the one row that fails.");
    run.add(Cause::timeout, "TCP/443", "a.example", State::blocked);
    run.add(Cause::timeout, "TCP/443", "a.example", State::blocked);
    CHECK(run.steps() == std::vector<std::string>{
                             "Let TCP/443 out to a.example on the firewalls between here and there: that alone "
                             "restores 2 of 3 rows.",
                             "Let TCP/80 out to b.example on the firewalls between here and there: that restores 1 "
                             "more."});
    run.report.checks[1].check.direction = Direction::incoming;
    CHECK_THAT(run.first(), says("Let TCP/443 through to a.example"));
}

TEST_CASE("what no opening restores alone is still to be opened") {
    Run run;
    run.add(Cause::timeout, "TCP/443", "a.example", State::blocked);
    run.add(Cause::bad_answer, "TCP/80", "a.example", State::broken);
    run.report.rows[0].checks.push_back(1);
    CHECK(run.first() == "Let TCP/443 out to a.example on the firewalls between here and there.");
}

TEST_CASE("a device that finds no way, and a neighbour that is not there") {
    Run run;
    run.add(Cause::net_unreachable, "TCP/443", "a.example", State::blocked).conclusion.where = Where{1, firewall, {}};
    CHECK(run.first() == "See why 198.18.0.254 finds no way to a.example.");
    Run alone;
    alone.add(Cause::host_unreachable, "TCP/443", "10.0.0.9", State::blocked);
    CHECK(alone.first() == "See whether 10.0.0.9 is up: nobody answers for it.");
}

TEST_CASE("a reason is said though its rows prove nothing") {
    Run run;
    for (const char* host : {"192.0.2.1", "198.51.100.1", "203.0.113.1"})
        run.add(Cause::control_failed, "TCP/443", host, State::inconclusive);
    CHECK(run.first() == "Repair the uplink first: see whether the gateway is up and forwards.");
    CHECK(run.steps().size() == 1);
    for (RowResult& row : run.report.rows) row.state = State::reachable;
    CHECK(run.steps().empty());
}

TEST_CASE("a clock that is wrong spoils many certificates") {
    Run run;
    run.add(Cause::certificate_expired, "TCP/443", "a.example", State::untrusted);
    CHECK_THAT(run.first(), says("Begin with TCP/443 to a.example"));
    run.add(Cause::certificate_expired, "TCP/443", "b.example", State::untrusted);
    CHECK_THAT(run.first(), says("Begin with TCP/443 to a.example"));
    for (CheckResult& result : run.report.checks) result.conclusion.owner = Owner::this_host;
    CHECK_THAT(run.first(), says("Set the clock"));
}

TEST_CASE("other groups have their sentences") {
    const auto sentence = [](Cause cause, State state) {
        Run run;
        run.add(cause, "TCP/443", "a.example", state);
        run.report.checks[0].check.vendor_host = false;
        return run.first();
    };
    CHECK_THAT(sentence(Cause::proxy_denied, State::blocked), says("Have the proxy let this host through to TCP/443"));
    CHECK_THAT(sentence(Cause::proxy_auth_required, State::blocked), says("credentials that it takes: 1 check waits"));
    CHECK_THAT(sentence(Cause::dns_sinkhole, State::intercepted), says("DNS filter"));
    CHECK_THAT(sentence(Cause::refused, State::blocked), says("service is running"));
    CHECK_THAT(sentence(Cause::interrupted, State::local), says("--deadline"));
    CHECK(sentence(Cause::bad_answer, State::broken) == "Begin with TCP/443 to a.example: Do the special thing.");
}

TEST_CASE("a proxy that nobody reached comes first, and one that some passed is asked to let pass") {
    const auto unreached = [](Run& run, const char* host) {
        run.add(Cause::proxy_unreachable, "TCP/443", host, State::blocked).attempts.emplace_back().proxy =
            SocketAddress{proxy, 3128};
    };
    Run run;
    unreached(run, "a.example");
    unreached(run, "b.example");
    CHECK(run.first() == "Mend the way to the proxy first (198.18.0.8:3128), or correct its address in the site file.");
    run.add(Cause::answered, "TCP/443", "c.example", State::reachable).attempts.emplace_back().proxy =
        SocketAddress{proxy, 3128};
    CHECK(run.first() == "Have the proxy let this host through to TCP/443 to a.example and TCP/443 to b.example.");
}

TEST_CASE("nothing wrong is not everything proven") {
    Run run;
    run.add(Cause::no_reply, "UDP/8888", "a.example", State::inconclusive);
    run.report.checks[0].check.public_name = true;
    CHECK_THAT(run.first(), says("proves nothing") && says("no probe can do better") && says("--accept inconclusive"));
    run.report.checks[0].check.public_name = run.report.checks[0].check.vendor_host = false;
    CHECK_THAT(run.first(), says("`fdnprobe respond`") && says("`--responder-key`"));
    run.report.checks[0].check.secrets =
        std::make_shared<const Secrets>(Secrets{{"responder", "a shared key of thirty-two bytes"}});
    CHECK_THAT(run.first(), says("with the same key"));
    Run degraded;
    degraded.add(Cause::timeout, "TCP/8890", "a.example", State::degraded);
    CHECK_THAT(degraded.first(), says("1 row works"));
}

TEST_CASE("notices and rows that work ask for nothing") {
    Run run;
    run.add(Cause::timeout, "TCP/443", "a.example", State::reachable);
    CHECK(run.steps().empty());
    CheckResult& notice = run.add(Cause::timeout, "TCP/80", "b.example", State::blocked);
    notice.check.level = Level::notice;
    CHECK(run.steps().empty());
}

TEST_CASE("names of signers are escaped") {
    Run run;
    CheckResult& result = run.add(Cause::tls_intercepted, "TCP/443", "a.example", State::intercepted);
    result.attempts.emplace_back().tls = std::make_shared<const TlsFacts>(facts_of("\x1b[2J"));
    result.conclusion.attempt = 0;
    CHECK(run.first().find('\x1b') == std::string::npos);
}
