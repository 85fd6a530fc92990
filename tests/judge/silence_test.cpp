#include "judge/silence.hpp"

#include "catch.hpp"
#include "judge/judge.hpp"
#include "traces.hpp"

using namespace fdnprobe;
using namespace traces;

namespace {

Check members_check(const char* port) {
    Check check = check_of(port, "10.0.0.6");
    check.probe = check.port == Port{Transport::udp, 730} ? "ha-unicast" : "ha-sync";
    return check;
}

Attempt silent() { return Trace::to().connect().send().add(Stage::exchange, What::silent, 3500, -1); }
Attempt timed_out() { return Trace::to().start().add(Stage::connect, What::connect_timeout, 2, 3500); }
Attempt refused() { return Trace::to().start().fail(ECONNREFUSED); }

Cause cause_of(const char* port, const Attempt& attempt) {
    return judge::judge_attempt(members_check(port), attempt).cause;
}

/// A service's judge that knows why its service keeps silent.
Finding explaining(const Check&, const Attempt&) {
    Finding finding;
    finding.cause = Cause::no_reply;
    finding.stage = Stage::exchange;
    finding.confidence = Confidence::possible;
    finding.owner = Owner::unknown;
    finding.detail = "it may be shy";
    finding.warnings = {"A warning."};
    return finding;
}

Finding accusing(const Check& check, const Attempt& attempt) {
    Finding finding = explaining(check, attempt);
    finding.cause = Cause::no_answer;
    return finding;
}

Finding telling_nothing(const Check& check, const Attempt& attempt) {
    Finding finding = explaining(check, attempt);
    finding.cause = Cause::not_testable_from_here;
    finding.owner = Owner::nobody;
    return finding;
}

Finding judged(judge::ProbeJudge probe_judge, const Attempt& attempt, const char* port = "UDP/500") {
    return judge::judge_attempt_with(probe_judge, check_of(port), attempt);
}

}  // namespace

TEST_CASE("silence of what is open to members alone says nothing") {
    for (const char* port : {"UDP/703", "UDP/730"}) {
        CHECK(cause_of(port, silent()) == Cause::not_testable_from_here);
        const Finding finding = judge::judge_attempt(members_check(port), silent());
        CHECK(finding.owner == Owner::nobody);
        CHECK(finding.stage == Stage::exchange);
        CHECK_THAT(finding.detail, says("members of its cluster alone"));
        CHECK_THAT(finding.detail, says("a responder there would decide"));
    }
    CHECK(cause_of("TCP/703", timed_out()) == Cause::not_testable_from_here);
    // A SYN that there was no time to repeat.
    CHECK(cause_of("TCP/703", Trace::to().start().add(Stage::connect, What::connect_timeout, 0, 300)) ==
          Cause::not_testable_from_here);
    // Somebody else's word is not theirs.
    Trace elsewhere = Trace::to().connect().send().receive("noise").from(firewall);
    CHECK(cause_of("UDP/730", elsewhere) == Cause::not_testable_from_here);
}

TEST_CASE("what is more than silence keeps its meaning, towards members and others") {
    CHECK(cause_of("TCP/703", refused()) == Cause::refused);
    CHECK(cause_of("TCP/703", Trace::to().start().icmp(3, 13, firewall)) == Cause::admin_prohibited);
    CHECK(cause_of("UDP/703", Trace::to().connect().send().icmp(3, 3, destination, Stage::exchange)) ==
          Cause::port_unreachable);
    CHECK(cause_of("UDP/730", Trace::to().connect().send().icmp(3, 10, firewall, Stage::exchange)) ==
          Cause::admin_prohibited);
    CHECK(cause_of("TCP/703", Trace::to().connect().add(Stage::exchange, What::held, 1000)) == Cause::connected);
    CHECK(cause_of("TCP/703", Trace::to().connect().add(Stage::exchange, What::reset, ECONNRESET)) ==
          Cause::reset_after_connect);
    CHECK(cause_of("UDP/703", Trace::to().connect().send().receive()) == Cause::answered);
    CHECK(cause_of("TCP/703", Trace::to().without_local().fail(ENETUNREACH)) == Cause::no_route);
}

TEST_CASE("a responder is no stranger: its silence is what it is") {
    Attempt asked = silent();
    asked.responder = true;
    const Finding finding =
        judge::judge_silence_to_strangers(members_check("UDP/703"), asked, explaining(members_check("UDP/703"), asked));
    CHECK(finding.cause == Cause::no_reply);
    CHECK(judge::judge_silence(telling_nothing, check_of("ESP/50"), asked, explaining(check_of("ESP/50"), asked))
              .detail == "it may be shy");
}

TEST_CASE("other probes' silence is judged as before") {
    Check check = members_check("UDP/703");
    check.probe = "udp";
    CHECK(judge::judge_attempt(check, silent()).cause == Cause::no_reply);
    check = members_check("TCP/703");
    check.probe = "tcp";
    CHECK(judge::judge_attempt(check, timed_out()).cause == Cause::timeout);
}

TEST_CASE("a probe's judge says what silence of its service means") {
    const Finding finding = judged(explaining, silent());
    CHECK(finding.cause == Cause::no_reply);
    CHECK(finding.detail == "nothing came back in 3.5 s; it may be shy");
    CHECK(finding.warnings == std::vector<std::string>{"A warning."});
    CHECK(judged(telling_nothing, silent()).cause == Cause::not_testable_from_here);
    CHECK(judged(telling_nothing, silent()).detail == "it may be shy");
    // Silence is never more than silence, whatever a judge makes of it.
    CHECK(judged(accusing, silent()).detail == "nothing came back in 3.5 s");
    CHECK(judged(content, silent()).cause == Cause::no_reply);
    CHECK(judged(nullptr, silent()).cause == Cause::no_reply);
    // ICMP, a connection that did not come about, and TCP have nothing to ask it.
    CHECK(judged(explaining, Trace::to().connect().send().icmp(3, 13, firewall, Stage::exchange)).cause ==
          Cause::admin_prohibited);
    CHECK(judged(explaining, timed_out(), "TCP/500").cause == Cause::timeout);
}

TEST_CASE("all waits of a dialogue are one silence") {
    const Attempt twice = Trace::to()
                              .connect()
                              .send()
                              .add(Stage::exchange, What::silent, 1750, -1)
                              .send()
                              .add(Stage::exchange, What::silent, 1750, -1);
    CHECK(judged(content, twice).detail == "nothing came back in 3.5 s");
    const Attempt listened = Trace::to().connect().add(Stage::exchange, What::silent, 3500, -1);
    CHECK(judged(content, listened, "ETH/0x8890").detail == "nothing was heard for 3.5 s");
}
