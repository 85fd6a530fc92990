#include "probes/udp.hpp"

#include "catch.hpp"
#include "probes/far_end.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;
using namespace fdnprobe::probes::testing;

namespace {
Check udp_check() { return check_of("udp", Transport::udp, 8888, "service.fortiguard.net"); }
}  // namespace

TEST_CASE("udp: one datagram that explains itself, and one wait") {
    const Played played = play(udp, udp_check(), {.datagrams = true});
    CHECK(played.finished);
    REQUIRE(played.steps.size() == 3);
    CHECK(played.steps[0].kind == Step::Kind::send);
    CHECK(played.steps[0].bytes == "fdnprobe reachability check");
    CHECK(played.steps[1].kind == Step::Kind::receive);
}

TEST_CASE("udp: silence is no evidence") {
    for (const int acknowledged : {-1, 0, 1}) {
        Attempt attempt;
        attempt.evidence = {event_of(What::connect_ok), event_of(What::sent, "x", 1),
                            event_of(What::silent, "", 3500, acknowledged)};
        const Finding finding = udp.judge(udp_check(), attempt);
        CHECK(finding.cause == Cause::no_reply);
        CHECK(verdict_of(finding.cause) == Verdict::inconclusive);
        CHECK(finding.owner == Owner::unknown);
        CHECK(finding.confidence == Confidence::possible);
    }
}

TEST_CASE("udp: any datagram from the address asked is an answer") {
    const Finding finding = judged(udp, udp_check(), {.pieces = {"\x01hello"}, .datagrams = true});
    CHECK(finding.cause == Cause::answered);
    CHECK(finding.confidence == Confidence::proven);
    CHECK(finding.owner == Owner::nobody);
    CHECK(finding.detail == "it said '\\x01hello'");
    CHECK(finding.warnings.empty());
    CHECK(judged(udp, udp_check(), {.pieces = {""}, .datagrams = true}).detail == "an empty datagram came back");
}

TEST_CASE("udp: an answer from elsewhere is only likely one") {
    Attempt attempt = play(udp, udp_check(), {.pieces = {"hello"}, .datagrams = true}).attempt;
    attempt.evidence.back().from = Address::parse("192.0.2.9");
    const Finding finding = udp.judge(udp_check(), attempt);
    CHECK(finding.cause == Cause::answered);
    CHECK(finding.confidence == Confidence::likely);
    REQUIRE(finding.warnings.size() == 1);
    CHECK(finding.warnings[0] == "The answer came from 192.0.2.9, not from the address and port that were asked.");
    attempt.evidence.back().detail = 53;
    CHECK(udp.judge(udp_check(), attempt).warnings[0] ==
          "The answer came from 192.0.2.9:53, not from the address and port that were asked.");
    attempt.evidence.push_back(event_of(What::received, "me", 2));
    CHECK(udp.judge(udp_check(), attempt).confidence == Confidence::proven);
    CHECK(udp.judge(udp_check(), attempt).detail == "it said 'me'");
}

TEST_CASE("udp: the payload is a text of 1 to 512 bytes") {
    const auto accepts = udp.description.options[0].accepts;
    CHECK(accepts(OptionValue(std::string("x"))));
    CHECK(accepts(OptionValue(std::string(512, 'x'))));
    CHECK_FALSE(accepts(OptionValue(std::string(513, 'x'))));
    CHECK_FALSE(accepts(OptionValue(std::string())));
    CHECK_FALSE(accepts(OptionValue(std::int64_t{1})));
    Check check = udp_check();
    check.options["payload"] = std::string("ping");
    CHECK(play(udp, check, {.datagrams = true}).steps[0].bytes == "ping");
}

TEST_CASE("udp: a DNS answer on UDP/53 comes from something that takes the port for DNS") {
    Check check = udp_check();
    check.port = Port{Transport::udp, 53};
    // QR, the opcode that was sent, and NOTIMP or FORMERR: what name servers make of a text.
    const auto reply = [](std::string id, char rcode) { return id + "\xE8" + rcode + std::string(8, '\0'); };
    const auto judge_reply = [&](const std::string& bytes) {
        return judged(udp, check, {.pieces = {bytes}, .datagrams = true});
    };
    const Finding finding = judge_reply(reply("fd", '\x04'));
    CHECK(finding.cause == Cause::dns_rewritten);
    CHECK(finding.owner == Owner::network);
    CHECK(finding.confidence == Confidence::likely);
    CHECK(finding.detail == "something takes this port for DNS and answered NOTIMP to what is not a DNS question");
    CHECK(judge_reply(reply("fd", '\x01')).cause == Cause::dns_rewritten);

    // What unbound makes of it: the question itself, with QR and FORMERR.
    CHECK(judge_reply("fd\xECq" + std::string("robe reachability check")).cause == Cause::dns_rewritten);

    // One step short: what came is what was sent; another opcode; another id, a question, too few bytes, another port,
    // a question of DNS.
    CHECK(judge_reply("fdnprobe reachability check").cause == Cause::answered);
    CHECK(judge_reply("fd\x80q" + std::string("robe reachability check")).cause == Cause::answered);
    CHECK(judge_reply(reply("df", '\x04')).cause == Cause::answered);
    CHECK(judge_reply("fd\x68\x04" + std::string(8, '\0')).cause == Cause::answered);
    CHECK(judge_reply(reply("fd", '\x04').substr(0, 11)).cause == Cause::answered);
    CHECK(judge_reply("some other bytes").cause == Cause::answered);
    check.port = Port{Transport::udp, 8888};
    CHECK(judge_reply(reply("fd", '\x04')).cause == Cause::answered);

    // A peer whose address is the site's word may be a name server after all.
    check.port = Port{Transport::udp, 53};
    check.pinned = {*Address::parse("192.0.2.9")};
    CHECK(judge_reply(reply("fd", '\x04')).confidence == Confidence::possible);
}
