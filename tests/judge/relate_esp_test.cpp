#include "judge/relate_esp.hpp"

#include <vector>

#include "catch.hpp"
#include "judge/judge.hpp"
#include "traces.hpp"

using namespace fdnprobe;
using namespace traces;

namespace {

CheckResult esp_of(std::size_t row, const std::string& host) {
    CheckResult result;
    result.check = check_of("ESP/50", host);
    result.check.probe = "esp";
    result.check.row = row;
    result.check.skip = Cause::not_testable_from_here;
    result.check.skip_reason = "Nothing can be asked without a tunnel.";
    result.conclusion = judge::conclude_skipped(result.check);
    return result;
}

CheckResult natt_of(std::size_t row, const std::string& host, Cause cause) {
    CheckResult result;
    result.check = check_of("UDP/4500", host);
    result.check.probe = "ike-natt";
    result.check.row = row;
    result.conclusion.cause = cause;
    result.conclusion.verdict = verdict_of(cause);
    result.conclusion.summary = "Its own.";
    return result;
}

/// What an ESP check says after it was related to a check of UDP/4500 of the same row and host.
std::string beside(Cause cause) {
    std::vector<CheckResult> results{esp_of(0, "gate"), natt_of(0, "gate", cause)};
    judge::relate_esp(results);
    CHECK(results[1].conclusion.summary == "Its own.");
    CHECK(results[0].conclusion.verdict == Verdict::skipped);
    CHECK(results[0].check.skip_reason == results[0].conclusion.summary);
    return results[0].conclusion.summary;
}

const std::string alone = "Nothing can be asked without a tunnel.";

}  // namespace

TEST_CASE("an ESP check says what UDP/4500 says instead") {
    CHECK(beside(Cause::answered) ==
          alone + " UDP/4500 answers, so IPsec can go through NAT traversal in place of ESP.");
    CHECK(beside(Cause::responder_confirmed) == beside(Cause::answered));
    CHECK_THAT(beside(Cause::admin_prohibited), says("UDP/4500 is blocked too (admin-prohibited), so NAT traversal"));
    CHECK_THAT(beside(Cause::port_unreachable), says("UDP/4500 is closed (port-unreachable), so NAT traversal"));
    CHECK_THAT(beside(Cause::no_reply), says("UDP/4500 tells nothing either (no-reply)"));
    CHECK_THAT(beside(Cause::wrong_protocol), says("does not answer as a gateway does (wrong-protocol)"));
    CHECK_THAT(beside(Cause::bad_answer), says("does not answer as a gateway does (bad-answer)"));
}

TEST_CASE("what says nothing of UDP/4500 says nothing of ESP") {
    for (const Cause cause : {Cause::nxdomain, Cause::not_configured, Cause::no_route, Cause::interrupted})
        CHECK(beside(cause) == alone);
}

TEST_CASE("the same row, and rather the same host") {
    std::vector<CheckResult> results{
        natt_of(0, "other", Cause::no_reply),
        natt_of(1, "gate", Cause::refused),
        natt_of(0, "gate", Cause::answered),
        esp_of(0, "gate"),
        esp_of(0, "third"),
        esp_of(2, "gate"),
    };
    judge::relate_esp(results);
    CHECK_THAT(results[3].conclusion.summary, says("UDP/4500 answers"));
    CHECK_THAT(results[4].conclusion.summary, says("no-reply"));
    CHECK(results[5].conclusion.summary == alone);
    judge::relate_esp(std::span<CheckResult>());
}

TEST_CASE("an ESP check that was tried speaks for itself") {
    std::vector<CheckResult> results{esp_of(0, "gate"), natt_of(0, "gate", Cause::answered)};
    results[0].check.skip.reset();
    results[0].check.skip_reason.clear();
    results[0].conclusion.verdict = Verdict::reachable;
    results[0].conclusion.summary = "The responder confirms it.";
    judge::relate_esp(results);
    CHECK(results[0].conclusion.summary == "The responder confirms it.");
    CHECK(results[0].check.skip_reason.empty());
    // Concluded, and not planned, that nothing can be told: there is no reason to add to.
    results[0].conclusion.verdict = Verdict::skipped;
    judge::relate_esp(results);
    CHECK_THAT(results[0].conclusion.summary, says("UDP/4500 answers"));
    CHECK(results[0].check.skip_reason.empty());
}
