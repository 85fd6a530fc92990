#include "catch.hpp"
#include "judge/judge.hpp"
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
        RowResult& row = report.rows.emplace_back();
        row.state = state;
        row.checks = {report.checks.size() - 1};
        return result;
    }
    [[nodiscard]] std::vector<std::string> steps() const { return judge::what_to_do_first(report); }
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
    CHECK(run.first() == "Mend the resolver first (10.0.0.53): no name resolves, and 2 checks wait for it.");
    REQUIRE(run.steps().size() == 2);
    CHECK_THAT(run.steps()[1], says("TCP/541 to 10.0.0.5"));
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

TEST_CASE("one device that stops much is named") {
    Run run;
    for (const char* host : {"a.example", "b.example"})
        run.add(Cause::admin_prohibited, "TCP/443", host, State::blocked).conclusion.where = Where{1, firewall, {}};
    CHECK(run.first() == "Have 198.18.0.254 let pass TCP/443 to a.example and TCP/443 to b.example.");
}

TEST_CASE("the path that most checks need is opened first") {
    Run run;
    run.add(Cause::timeout, "TCP/80", "b.example", State::blocked);
    run.add(Cause::timeout, "TCP/443", "a.example", State::blocked);
    run.add(Cause::timeout, "TCP/443", "a.example", State::blocked);
    CHECK(run.first() == "Open TCP/443 to a.example and TCP/80 to b.example on the firewalls between here and there.");
}

TEST_CASE("a clock that is wrong spoils many certificates") {
    Run run;
    run.add(Cause::certificate_expired, "TCP/443", "a.example", State::untrusted);
    CHECK_THAT(run.first(), says("Begin with TCP/443 to a.example"));
    run.add(Cause::certificate_expired, "TCP/443", "b.example", State::untrusted);
    CHECK_THAT(run.first(), says("Set the clock"));
    Run early;
    early.add(Cause::certificate_not_yet_valid, "TCP/443", "a.example", State::untrusted);
    CHECK_THAT(early.first(), says("Set the clock"));
}

TEST_CASE("other groups have their sentences") {
    const auto sentence = [](Cause cause, State state) {
        Run run;
        run.add(cause, "TCP/443", "a.example", state);
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
        run.add(Cause::proxy_unreachable, "TCP/443", host, State::blocked).attempts.emplace_back();
    };
    Run run;
    unreached(run, "a.example");
    unreached(run, "b.example");
    CHECK(run.first() == "Mend the way to the proxy first: 2 checks wait for it.");
    run.report.vantage.proxy = "http://proxy.example:3128";
    CHECK(run.first() == "Mend the way to the proxy first (http://proxy.example:3128): 2 checks wait for it.");
    run.add(Cause::answered, "TCP/443", "c.example", State::reachable).attempts.emplace_back();
    CHECK(run.first() == "Have the proxy let this host through to TCP/443 to a.example and TCP/443 to b.example.");
}

TEST_CASE("nothing wrong is not everything proven") {
    Run run;
    run.add(Cause::no_reply, "UDP/8888", "a.example", State::inconclusive);
    run.report.checks[0].check.public_name = true;
    CHECK_THAT(run.first(), says("proves nothing") && says("what the device itself shows"));
    run.report.checks[0].check.public_name = false;
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
