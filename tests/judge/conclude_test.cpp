#include "judge/conclude.hpp"

#include <set>

#include "catch.hpp"
#include "judge/judge.hpp"
#include "traces.hpp"

using namespace fdnprobe;
using namespace traces;

namespace {

const Address four = ip("173.243.138.66");
const Address other_four = ip("208.184.237.66");
const Address six = ip("2606:4700::80");
const Address other_six = ip("2606:4700::81");

Attempt good(const Address& address) { return Trace::to(address).connect(); }
Attempt timed_out(const Address& address) {
    return Trace::to(address).start().add(Stage::connect, What::connect_timeout, 2, 3500);
}
Attempt refused(const Address& address) { return Trace::to(address).start().fail(ECONNREFUSED); }
Attempt no_route(const Address& address) { return Trace::to(address).without_local().fail(ENETUNREACH); }
Attempt silent(const Address& address) {
    return Trace::to(address).connect().send().add(Stage::exchange, What::silent, 3500, -1);
}
Attempt prohibited(const Address& address) {
    return Trace::to(address).connect().send().icmp(3, 13, firewall, Stage::exchange);
}

Conclusion conclude(std::vector<Attempt> attempts, const Check& check = check_of()) {
    return judge::conclude_with(content, check, attempts);
}

}  // namespace

TEST_CASE("one good attempt") {
    std::vector<Attempt> attempts{good(four)};
    const Conclusion conclusion = judge::conclude_with(content, check_of(), attempts);
    CHECK(conclusion.verdict == Verdict::reachable);
    CHECK(conclusion.cause == Cause::answered);
    CHECK(conclusion.owner == Owner::nobody);
    CHECK(conclusion.stage == Stage::exchange);
    CHECK(conclusion.summary == "update.fortiguard.net TCP/443 answers.");
    CHECK_FALSE(conclusion.advice);
    CHECK(conclusion.warnings.empty());
    CHECK(conclusion.attempt == 0U);
    CHECK(attempts[0].finding.cause == Cause::answered);
}

TEST_CASE("the best of several addresses, with a warning for each that fares worse") {
    const Conclusion conclusion = conclude({timed_out(six), timed_out(other_six), refused(other_four), good(four)});
    CHECK(conclusion.verdict == Verdict::reachable);
    CHECK(conclusion.attempt == 3U);
    const std::set<std::string> warnings(conclusion.warnings.begin(), conclusion.warnings.end());
    CHECK(warnings == std::set<std::string>{"2606:4700::80 and 2606:4700::81 are blocked (timeout).",
                                            "208.184.237.66 is closed (refused)."});
    REQUIRE(conclusion.advice);
    CHECK_THAT(*conclusion.advice, says("all of them"));
}

TEST_CASE("the order of badness decides between addresses") {
    CHECK(conclude({timed_out(four), refused(other_four)}).attempt == 0U);
    CHECK(conclude({timed_out(four), refused(other_four)}).warnings.empty());
    const Conclusion over_udp = conclude({prohibited(four), silent(other_four)}, check_of("UDP/8888"));
    CHECK(over_udp.verdict == Verdict::inconclusive);
    CHECK(over_udp.attempt == 1U);
    CHECK_THAT(over_udp.warnings.at(0), says("admin-prohibited"));
    Attempt broken = Trace::to(four).connect().add(Stage::exchange, What::closed);
    CHECK(conclude({timed_out(other_four), broken}).cause == Cause::closed_after_connect);
    CHECK(conclude({Trace::to(four).fail(EMFILE), timed_out(other_four)}).cause == Cause::timeout);
}

TEST_CASE("many addresses make one short warning") {
    std::vector<Attempt> attempts{good(four)};
    for (int index = 1; index <= 6; ++index) attempts.push_back(timed_out(ip("173.243.138." + std::to_string(index))));
    CHECK(conclude(attempts).warnings ==
          std::vector<std::string>{"173.243.138.1, 173.243.138.2, 173.243.138.3 and 3 more are blocked (timeout)."});
}

TEST_CASE("tries at one address: silence must not hide what was said") {
    const Check check = check_of("UDP/8888");
    CHECK(conclude({prohibited(four), silent(four)}, check).cause == Cause::admin_prohibited);
    CHECK(conclude({silent(four), prohibited(four), silent(four)}, check).cause == Cause::admin_prohibited);
    CHECK(conclude({silent(four), silent(four)}, check).cause == Cause::no_reply);
    CHECK(conclude({Trace::to(four).fail(EMFILE), silent(four)}, check).cause == Cause::no_reply);
    const Attempt refused = Trace::to(four).start().fail(ECONNREFUSED);
    for (const auto& tries : {std::vector{timed_out(four), refused}, std::vector{refused, timed_out(four)}})
        CHECK(conclude({tries[0], tries[1], timed_out(four)}).cause == Cause::refused);
    // But an answer outweighs everything, saying so.
    const Conclusion unsteady = conclude({timed_out(four), timed_out(four), good(four)});
    CHECK(unsteady.verdict == Verdict::reachable);
    CHECK(unsteady.attempt == 2U);
    CHECK(unsteady.warnings == std::vector<std::string>{"2 of 3 tries were blocked (timeout)."});
    CHECK_THAT(unsteady.advice.value(), says("now and then"));
}

TEST_CASE("abandoned attempts say nothing") {
    Attempt abandoned = Trace::to(six).start().abandon();
    const Conclusion conclusion = conclude({abandoned, good(four)});
    CHECK(conclusion.verdict == Verdict::reachable);
    CHECK(conclusion.warnings.empty());
    CHECK(conclude({abandoned}).cause == Cause::internal);
}

TEST_CASE("a host without IPv6 is no news as long as there is IPv4") {
    CHECK(conclude({no_route(six), good(four)}).warnings.empty());
    CHECK(conclude({no_route(six), timed_out(four)}).warnings.empty());
    CHECK(conclude({no_route(six), timed_out(four)}).cause == Cause::timeout);
    CHECK(conclude({no_route(six)}).cause == Cause::no_route);
    Attempt without_family = Trace::to(six).without_local().fail(EADDRNOTAVAIL);
    CHECK(conclude({without_family, timed_out(four)}).cause == Cause::timeout);
    CHECK(conclude({without_family}).cause == Cause::address_family_unavailable);
    CHECK(conclude({without_family}).verdict == Verdict::skipped);
    // IPv4 that cannot be routed is news.
    CHECK(conclude({no_route(four), good(six)}).warnings.size() == 1);
}

TEST_CASE("a check without an attempt is a fault of the program") {
    const Conclusion conclusion = conclude({});
    CHECK(conclusion.cause == Cause::internal);
    CHECK(conclusion.verdict == Verdict::local);
    CHECK_FALSE(conclusion.attempt);
    CHECK(conclusion.advice);
}

TEST_CASE("the device that spoke is carried over") {
    const Conclusion conclusion = conclude({Trace::to(four).start().icmp(3, 13, ip("10.0.0.1")).fail(EHOSTUNREACH)});
    CHECK(conclusion.where->address == ip("10.0.0.1"));
    CHECK(conclusion.owner == Owner::network);
    CHECK(conclusion.summary ==
          "10.0.0.1 on the way prohibits TCP/443 to update.fortiguard.net (ICMP 3/13, communication prohibited by a "
          "filter).");
}

TEST_CASE("checks that were not tried") {
    Check check = check_of();
    check.skip = Cause::not_configured;
    check.skip_reason = "The address of FortiManager is not known";
    const Conclusion skipped = judge::conclude_skipped(check);
    CHECK(skipped.verdict == Verdict::skipped);
    CHECK(skipped.cause == Cause::not_configured);
    CHECK(skipped.stage == Stage::plan);
    CHECK(skipped.summary == "The address of FortiManager is not known.");
    CHECK_THAT(skipped.advice.value(), says("--peer"));
    check.skip_reason.clear();
    CHECK_FALSE(judge::conclude_skipped(check).summary.empty());

    const Conclusion interrupted = judge::conclude_interrupted(check_of());
    CHECK(interrupted.verdict == Verdict::local);
    CHECK(interrupted.cause == Cause::interrupted);
    CHECK_THAT(interrupted.summary, says("was not tried"));
}

TEST_CASE("advice for what works but not for long") {
    Check check = check_of();
    check.trust.public_ca = true;
    TlsFacts facts = public_facts();
    facts.chain[0].not_after = seen_at + std::chrono::days(3);
    CHECK_THAT(conclude({Trace::to(four).connect().handshake(facts)}, check).advice.value(), says("renewed"));
    check.trust = Trust{false, true, false};
    TlsFacts by_name = fortinet_facts();
    by_name.fortinet_chain = FortinetChain::by_name;
    CHECK_THAT(conclude({Trace::to(four).connect().handshake(by_name)}, check).advice.value(),
               says("fortinet_ca_files"));
}

TEST_CASE("the registry's judge is the one that is asked") {
    Check check = check_of();
    check.probe = "tcp";
    std::vector<Attempt> attempts{good(four)};
    CHECK(judge::conclude(check, attempts).cause == Cause::connected);
    check.probe = "no-such-probe";
    CHECK(judge::judge_attempt(check, attempts[0]).cause == Cause::internal);
}

TEST_CASE("a check that nothing can be told of is skipped, though it was tried") {
    Check check = check_of("TCP/703", "10.0.0.6");
    check.probe = "ha-sync";
    std::vector<Attempt> attempts{timed_out(four)};
    const Conclusion conclusion = judge::conclude(check, attempts);
    CHECK(conclusion.verdict == Verdict::skipped);
    CHECK(conclusion.cause == Cause::not_testable_from_here);
    CHECK(conclusion.stage == Stage::connect);
    CHECK(conclusion.owner == Owner::nobody);
    CHECK_THAT(conclusion.summary, says("10.0.0.6 TCP/703 cannot be tested from here: nothing came back"));
    CHECK(conclusion.advice);

    // What can be told of another address is all there is to tell.
    attempts = {timed_out(four), refused(other_four)};
    const Conclusion mixed = judge::conclude(check, attempts);
    CHECK(mixed.cause == Cause::refused);
    CHECK(mixed.attempt == 1U);
    CHECK(mixed.warnings.empty());
    attempts = {good(four), timed_out(other_four), timed_out(four)};
    const Conclusion open = judge::conclude(check, attempts);
    CHECK(open.cause == Cause::connected);
    CHECK(open.warnings.empty());
    CHECK_FALSE(open.advice);

    // At one address, silence that was sent out for outweighs that this host once could not.
    attempts = {Trace::to(four).fail(EMFILE), timed_out(four)};
    CHECK(judge::conclude(check, attempts).cause == Cause::not_testable_from_here);
    attempts = {timed_out(four), refused(four)};
    CHECK(judge::conclude(check, attempts).cause == Cause::refused);
}

TEST_CASE("a check that turned out to be skipped neither helps its row nor harms it") {
    Check check = check_of("TCP/703", "10.0.0.6");
    check.probe = "ha-sync";
    std::vector<CheckResult> results(2);
    results[0].check = results[1].check = check;
    results[0].attempts = {timed_out(four)};
    results[1].attempts = {refused(four)};
    for (CheckResult& result : results) result.conclusion = judge::conclude(check, result.attempts);
    const auto state_of = [&](Need need, std::vector<const CheckResult*> checks) {
        Row row;
        row.need = need;
        return judge::roll_up(row, checks);
    };
    for (const Need need : {Need::any, Need::all}) {
        CHECK(state_of(need, {&results[0]}) == State::unconfigured);
        CHECK(state_of(need, {&results[0], &results[1]}) == State::blocked);
    }
    results[1].attempts = {good(four)};
    results[1].conclusion = judge::conclude(check, results[1].attempts);
    for (const Need need : {Need::any, Need::all})
        CHECK(state_of(need, {&results[0], &results[1]}) == State::reachable);
}
