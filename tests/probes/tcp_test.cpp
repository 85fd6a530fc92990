#include "probes/tcp.hpp"

#include "catch.hpp"
#include "probes/far_end.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;
using namespace fdnprobe::probes::testing;

namespace {

Check tcp_check() { return check_of("tcp", Transport::tcp, 541, "10.0.0.5"); }

Check holding(OptionValue seconds) {
    Check check = tcp_check();
    check.options["hold"] = std::move(seconds);
    return check;
}

}  // namespace

TEST_CASE("tcp: accepted is connected, and nothing is sent") {
    const Played played = play(tcp, tcp_check(), {});
    CHECK(played.finished);
    CHECK(played.steps.size() == 1);
    const Finding finding = tcp.judge(tcp_check(), played.attempt);
    CHECK(finding.cause == Cause::connected);
    CHECK(finding.confidence == Confidence::proven);
    CHECK(finding.owner == Owner::nobody);
    CHECK(finding.stage == Stage::exchange);
    CHECK(finding.detail.empty());
}

TEST_CASE("tcp: hold is a number of seconds from 0 to 60") {
    const auto accepts = tcp.description.options[0].accepts;
    CHECK(tcp.description.options[0].name == "hold");
    CHECK(accepts(OptionValue(std::int64_t{0})));
    CHECK(accepts(OptionValue(std::int64_t{60})));
    CHECK(accepts(OptionValue(0.5)));
    CHECK_FALSE(accepts(OptionValue(std::int64_t{61})));
    CHECK_FALSE(accepts(OptionValue(-0.1)));
    CHECK_FALSE(accepts(OptionValue(true)));
    CHECK_FALSE(accepts(OptionValue(std::string("5"))));
}

TEST_CASE("tcp: a held connection says for how long") {
    const Check check = holding(2.5);
    const Played played = play(tcp, check, {});
    REQUIRE(played.steps.size() == 2);
    CHECK(played.steps[0].kind == Step::Kind::hold);
    CHECK(played.steps[0].wait == std::chrono::milliseconds(2500));
    CHECK(tcp.judge(check, played.attempt).detail == "the connection stood for 2.5 s");
    CHECK(play(tcp, holding(std::int64_t{1}), {}).steps[0].wait == std::chrono::seconds(1));
}

TEST_CASE("tcp: a far end that speaks first is connected, and quoted") {
    const FarEnd mail{.pieces = {"220 mail\x1B[2J ready\r\nmore"}};
    const Finding finding = judged(tcp, holding(1.0), mail);
    CHECK(finding.cause == Cause::connected);
    CHECK(finding.detail == "it said '220 mail\\x1b[2J ready'");
    const FarEnd endless{.pieces = {std::string(5000, 'x')}};
    CHECK(judged(tcp, holding(1.0), endless).detail == "it said '" + std::string(57, 'x') + "...'");
    Attempt attempt = play(tcp, holding(1.0), mail).attempt;
    attempt.evidence.push_back(event_of(What::closed));
    CHECK(tcp.judge(tcp_check(), attempt).detail == "it said '220 mail\\x1b[2J ready' and closed");
}

TEST_CASE("tcp: whatever ends the hold ends the dialogue") {
    CHECK(play(tcp, holding(1.0), {.closes = true}).finished);
    CHECK(play(tcp, holding(1.0), {.pieces = {"a", "b", "c"}}).finished);
    CHECK(play(tcp, holding(1.0), {.dies_at_step = 0}).steps.size() == 1);
}
