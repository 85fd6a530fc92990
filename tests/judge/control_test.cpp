// A dead uplink is not fifty blocked rows; and what is not quite a dead uplink stays what it was.
#include "judge/control.hpp"

#include <cerrno>

#include "catch.hpp"
#include "runs.hpp"

using namespace fdnprobe;
using namespace runs;

namespace {

/// Three unrelated places that say nothing.
Run dead() {
    Run run;
    run.silent("TCP/443", "192.0.2.1");
    run.silent("TCP/443", "198.51.100.1");
    run.silent("TCP/8888", "203.0.113.1");
    return run;
}

std::size_t failed(Run run) {
    judge::relate_controls(run.report);
    return run.count(Cause::control_failed);
}

}  // namespace

TEST_CASE("silence from three places is a dead uplink") {
    Run run = dead();
    judge::relate_controls(run.report);
    for (const CheckResult& result : run.report.checks) {
        const Conclusion& conclusion = result.conclusion;
        CHECK(conclusion.cause == Cause::control_failed);
        CHECK(conclusion.verdict == Verdict::inconclusive);
        CHECK(conclusion.confidence == Confidence::likely);
        CHECK(conclusion.owner == Owner::network);
        CHECK_FALSE(conclusion.where);
        CHECK_THAT(conclusion.summary, says("Nothing at all comes back from beyond this host's own network"));
        CHECK_THAT(conclusion.advice.value_or(""), says("uplink"));
    }
}

TEST_CASE("two places may both be closed") {
    Run run;
    run.silent("TCP/443", "192.0.2.1");
    run.silent("TCP/80", "192.0.2.200");  // the same /24
    run.silent("TCP/443", "198.51.100.1");
    CHECK(failed(run) == 0);
    run.silent("TCP/443", "2001:db8:1::1");
    CHECK(failed(run) == 4);
}

TEST_CASE("a resolver is a place") {
    Run run;
    run.silent("TCP/443", "192.0.2.1");
    run.silent("TCP/443", "198.51.100.1");
    run.nameless("a.example", "203.0.113.53");
    CHECK(failed(run) == 3);
    SECTION("one on this network is not, and what waits for it is its own trouble") {
        run.nameless("b.example", "10.1.0.53");
        run.report.checks.erase(run.report.checks.begin() + 2);
        CHECK(failed(run) == 0);
        run.silent("TCP/443", "203.0.113.1");
        CHECK(failed(run) == 3);
    }
    SECTION("so is one that was asked apart") {
        run.report.checks.pop_back();
        CHECK(failed(run) == 0);
        run.ask("203.0.113.53");
        CHECK(failed(run) == 2);
        run.report.resolvers.questions[0].answers.emplace_back();
        CHECK(failed(run) == 0);
    }
    SECTION("several on one line are each one") {
        Run names;
        names.silent("TCP/443", "192.0.2.1");
        names.nameless("a.example", "203.0.113.53, 198.51.100.53");
        CHECK(failed(names) == 2);
        names.report.checks[1].attempts[0].evidence[0].text = "203.0.113.53, 127.0.0.53";
        CHECK(failed(names) == 0);
    }
}

TEST_CASE("one sign of life keeps everything as it was") {
    Run run = dead();
    SECTION("a connection") { run.open("TCP/80", "192.0.2.77", "192.0.2.77"); }
    SECTION("a refusal") {
        Run::note(run.add(Cause::refused, "TCP/80", "192.0.2.77", "192.0.2.77"), Stage::connect, What::connect_error,
                  ECONNREFUSED);
    }
    SECTION("a filter that says so") {
        Run::note(run.add(Cause::admin_prohibited, "TCP/80", "192.0.2.77", "192.0.2.77"), Stage::connect,
                  What::icmp_error, 3, 13, "icmp")
            .from = gateway;
    }
    SECTION("a datagram") {
        Run::note(run.add(Cause::bad_answer, "UDP/53", "192.0.2.77", "192.0.2.77"), Stage::exchange, What::received, 3);
    }
    SECTION("a resolver elsewhere that says no") { run.nameless("a.example", "203.0.113.53", Cause::nxdomain); }
    SECTION("a resolver that is refused") {
        Event& event = Run::note(run.nameless("a.example", "203.0.113.53", Cause::resolver_unreachable), Stage::resolve,
                                 What::resolve_error, EHOSTUNREACH, 1, "203.0.113.53");
        event.from = gateway;
    }
    SECTION("a second hop") {
        Run::path(run.report.checks[0],
                  {{HopAnswer::time_exceeded, "10.1.0.1"}, {HopAnswer::time_exceeded, "192.0.2.254"}});
    }
    SECTION("a reset for a packet with a small TTL") {
        Run::path(run.report.checks[0], {{HopAnswer::time_exceeded, "10.1.0.1"}, {HopAnswer::reset, ""}});
    }
    SECTION("what a proxy on this network says") {
        CheckResult& result = run.add(Cause::proxy_denied, "TCP/443", "a.example");
        result.attempts[0].proxy = SocketAddress{ip("10.1.0.8"), 3128};
        Run::note(result, Stage::proxy, What::received, 12, 0, "HTTP/1.1 403");
    }
    SECTION("an end before its time") { run.report.interrupted = true; }
    CHECK(failed(run) == 0);
}

TEST_CASE("this host and its neighbours prove no uplink") {
    Run run = dead();
    run.open("TCP/80", "127.0.0.1", "127.0.0.1");
    run.open("TCP/80", "10.1.0.7", "10.1.0.7");
    run.nameless("a.example", "10.1.0.53", Cause::servfail);
    Run::note(run.add(Cause::local_firewall, "TCP/81", "192.0.2.77", "192.0.2.77"), Stage::connect, What::icmp_error, 3,
              13, "icmp")
        .from = lan;
    CHECK(failed(run) == 3);
    SECTION("unless a router was seen in front of the neighbour") {
        Run::path(run.report.checks[4], {{HopAnswer::time_exceeded, "10.1.0.1"}});
        CHECK(failed(run) == 0);
    }
}

TEST_CASE("silent neighbours are no uplink either") {
    Run run;
    run.silent("TCP/443", "192.0.2.1");
    run.silent("TCP/443", "198.51.100.1");
    run.silent("TCP/443", "10.1.0.9");
    CHECK(failed(run) == 0);
    run.silent("TCP/443", "203.0.113.1");
    judge::relate_controls(run.report);
    CHECK(run.report.checks[2].conclusion.cause == Cause::timeout);
    CHECK(run.count(Cause::control_failed) == 3);
}

TEST_CASE("the first hop is named where it answered") {
    Run run = dead();
    Run::path(run.report.checks[0], {{HopAnswer::time_exceeded, "10.1.0.1"}, {HopAnswer::silence, ""}});
    judge::relate_controls(run.report);
    for (const CheckResult& result : run.report.checks) {
        CHECK(result.conclusion.where == Where{1, gateway, {}});
        CHECK_THAT(result.conclusion.summary, says("Nothing at all gets past 10.1.0.1 (hop 1)"));
    }
}

TEST_CASE("services that answer no stranger are not counted, but belong to it") {
    Run run;
    run.silent_datagram("UDP/8888", "192.0.2.1");
    run.silent_datagram("UDP/8888", "198.51.100.1");
    run.silent_datagram("UDP/8888", "203.0.113.1");
    CHECK(failed(run) == 0);
    SECTION("with paths that end behind the first hop they are") {
        for (CheckResult& result : run.report.checks)
            Run::path(result, {{HopAnswer::time_exceeded, "10.1.0.1"}, {HopAnswer::silence, ""}});
        CHECK(failed(run) == 0);  // one quiet router is common
        for (CheckResult& result : run.report.checks)
            Run::path(result,
                      {{HopAnswer::time_exceeded, "10.1.0.1"}, {HopAnswer::silence, ""}, {HopAnswer::silence, ""}});
        CHECK(failed(run) == 3);
    }
    SECTION("with others that are") {
        for (const char* place : {"192.0.2.1", "198.51.100.1", "203.0.113.1"}) run.silent("TCP/443", place);
        CHECK(failed(run) == 6);
    }
}

TEST_CASE("a next hop that does not answer is a dead uplink, and one that says so is not") {
    Run run;
    for (const char* place : {"192.0.2.1", "198.51.100.1", "203.0.113.1"})
        Run::note(run.add(Cause::host_unreachable, "TCP/443", place, place), Stage::connect, What::icmp_error, 3, 1,
                  "icmp")
            .from = lan;
    CHECK(failed(run) == 3);
    run.report.checks[0].attempts[0].evidence[0].from = gateway;
    run.report.checks[0].conclusion.where = Where{{}, gateway, {}};
    CHECK(failed(run) == 0);
}

TEST_CASE("what is no silence keeps its verdict in a dead uplink") {
    Run run = dead();
    run.add(Cause::no_route, "TCP/443", "2001:db8::1", "2001:db8::1");
    run.add(Cause::not_testable_from_here, "UDP/514", "192.0.2.9", "192.0.2.9");
    judge::relate_controls(run.report);
    CHECK(run.count(Cause::no_route) == 1);
    CHECK(run.count(Cause::not_testable_from_here) == 1);
    CHECK(run.count(Cause::control_failed) == 3);
}
