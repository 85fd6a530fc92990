#include "probes/ike.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "probes/esp.hpp"
#include "probes/far_end.hpp"
#include "probes/ike_natt.hpp"
#include "wire/ike.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;
using namespace fdnprobe::probes::testing;
using namespace std::string_literals;
namespace codec = fdnprobe::wire::ike;

namespace {

const std::string marker(codec::non_esp_marker);

Check ike_check() { return check_of("ike", Transport::udp, 500, "10.0.0.5"); }
Check natt_check() { return check_of("ike-natt", Transport::udp, 4500, "10.0.0.5"); }

/// What the probe offers, first in version 2 and then in version 1; `far_end` has the same seed.
codec::Message offer(bool version_1 = false) {
    const Played played = play(ike, ike_check(), {.datagrams = true});
    const auto message = codec::decode(played.steps.at(version_1 ? 2 : 0).bytes);
    REQUIRE(message);
    return *message;
}

codec::Message answer(std::vector<codec::Payload> payloads) {
    codec::Message message = offer();
    message.flags = codec::flag_response;
    message.payloads = std::move(payloads);
    return message;
}

codec::Message answer_1(std::vector<codec::Payload> payloads, std::uint8_t exchange = codec::exchange_main_mode) {
    codec::Message message = offer(true);
    message.exchange = exchange;
    message.payloads = std::move(payloads);
    return message;
}

codec::Payload notification(std::uint16_t type, std::string data = "") {
    return {codec::payload_notification_2, false, codec::encode_notification(codec::version_2, {0, type, "", data})};
}
codec::Payload notification_1(std::uint16_t type) {
    return {codec::payload_notification_1, false, codec::encode_notification(codec::version_1, {1, type, "", ""})};
}

const std::vector<codec::Proposal> suite{
    {1,
     codec::protocol_ike,
     {},
     {{codec::transform_encryption, 20, {{codec::attribute_key_length, 128, {}}}}, {codec::transform_group, 14, {}}}}};

codec::Message sa_answer() {
    codec::Message message = answer({{codec::payload_sa_2, false, codec::encode_proposals(codec::version_2, suite)}});
    message.responder_spi = 77;
    return message;
}

codec::Message sa_answer_1() {
    const std::vector<codec::Proposal> chosen{
        {1,
         codec::protocol_ike,
         {},
         {{1, 1, {{codec::attribute_encryption, 7, {}}, {codec::attribute_group, 5, {}}}}}}};
    codec::Message message =
        answer_1({{codec::payload_sa_1, false, codec::encode_proposals(codec::version_1, chosen)}});
    message.responder_spi = 77;
    return message;
}

FarEnd saying(std::vector<std::string> datagrams) { return {.pieces = std::move(datagrams), .datagrams = true}; }

/// What one datagram comes to after both offers.
Finding late(const Probe& probe, const Check& check, const std::string& datagram) {
    Attempt attempt = play(probe, check, {.datagrams = true}).attempt;
    attempt.evidence.push_back(event_of(What::received, datagram, static_cast<std::int32_t>(datagram.size())));
    return probe.judge(check, attempt);
}

/// Both probes, which differ in the marker alone.
Finding finding_of(const std::string& datagram) {
    const Finding finding = late(ike, ike_check(), datagram);
    const Finding behind_marker = late(ike_natt, natt_check(), marker + datagram);
    CHECK(behind_marker.cause == finding.cause);
    if (finding.cause == Cause::answered) CHECK(behind_marker.detail == finding.detail);
    return finding;
}
Finding finding_of(const codec::Message& message) { return finding_of(codec::encode(message)); }

}  // namespace

TEST_CASE("ike: version 2 first, and after half of the time version 1") {
    const Played played = play(ike, ike_check(), {.datagrams = true});
    CHECK(played.finished);
    REQUIRE(played.steps.size() == 5);
    CHECK(played.steps[0].kind == Step::Kind::send);
    CHECK(played.steps[0].repeat);
    CHECK(played.steps[1].kind == Step::Kind::receive);
    CHECK(played.steps[1].wait == std::chrono::milliseconds(1750));
    CHECK(played.steps[2].kind == Step::Kind::send);
    CHECK(played.steps[3].wait == std::chrono::milliseconds(0));
    CHECK(offer(false).version == codec::version_2);
    CHECK(offer(true).version == codec::version_1);
    CHECK(offer(false).initiator_spi != offer(true).initiator_spi);
}

TEST_CASE("ike: the other port has the same behind a marker") {
    const Played plain = play(ike, ike_check(), {.datagrams = true});
    const Played marked = play(ike_natt, natt_check(), {.datagrams = true});
    REQUIRE(marked.steps.size() == plain.steps.size());
    CHECK(marked.steps[0].bytes == marker + plain.steps[0].bytes);
    CHECK(marked.steps[2].bytes == marker + plain.steps[2].bytes);
}

TEST_CASE("ike: no second message follows, and no wait is longer than the stage") {
    for (const codec::Message& message : {sa_answer(), answer({notification(codec::notify_cookie, "cookie")})}) {
        const Played played = play(ike, ike_check(), saying({codec::encode(message)}));
        CHECK(played.finished);
        CHECK(played.steps.size() == 3);
        CHECK(played.steps.back().kind == Step::Kind::finish);
    }
    const auto dialogue = ike.begin(ike_check(), Occasion{1, {}, std::chrono::milliseconds(600)});
    [[maybe_unused]] const Step sent = dialogue->resume({});
    CHECK(dialogue->resume({Input::Kind::done, {}}).wait == std::chrono::milliseconds(300));
}

TEST_CASE("ike: an SA is an answer") {
    const Finding finding = finding_of(sa_answer());
    CHECK(finding.cause == Cause::answered);
    CHECK(finding.confidence == Confidence::proven);
    CHECK(finding.owner == Owner::nobody);
    CHECK(finding.detail == "IKEv2: AES-GCM-16-128, group 14 (MODP-2048)");
    CHECK(finding.warnings.empty());
}

TEST_CASE("ike: every notification is an answer, by its name") {
    const auto detail = [](std::uint16_t type, const std::string& data = "") {
        const Finding finding = finding_of(answer({notification(type, data)}));
        CHECK(finding.cause == Cause::answered);
        return finding.detail;
    };
    CHECK(detail(14) == "IKEv2: NO_PROPOSAL_CHOSEN: it takes nothing of what was offered");
    CHECK(detail(17, "\0\x13"s) == "IKEv2: INVALID_KE_PAYLOAD: it wants group 19 (ECP-256)");
    CHECK(detail(17, "") == "IKEv2: INVALID_KE_PAYLOAD");
    CHECK(detail(16390, "cookie") == "IKEv2: COOKIE: it wants to see its cookie again before it does more");
    CHECK(detail(5) == "IKEv2: INVALID_MAJOR_VERSION: it does not speak this version");
    CHECK(detail(24) == "IKEv2: AUTHENTICATION_FAILED");
    CHECK(detail(9999) == "IKEv2: notification 9999");
    // RFC 7296, 2.23: what tells of NAT comes along, and is not what was said.
    CHECK(finding_of(answer({notification(16388), notification(14), notification(16389)})).detail ==
          "IKEv2: NO_PROPOSAL_CHOSEN: it takes nothing of what was offered");
    CHECK(finding_of(answer({notification(16388)})).detail == "IKEv2: notification 16388");
}

TEST_CASE("ike: version 1 answers, with an SA or without") {
    CHECK(finding_of(sa_answer_1()).detail == "IKEv1: AES-CBC, group 5 (MODP-1536)");
    const Finding refusal = finding_of(answer_1({notification_1(14)}, codec::exchange_informational_1));
    CHECK(refusal.cause == Cause::answered);
    CHECK(refusal.detail == "IKEv1: NO-PROPOSAL-CHOSEN: it takes nothing of what was offered");
    // A gateway of version 1 alone may say so to the offer in version 2, whose SPI it repeats.
    codec::Message old = answer_1({notification_1(5)}, codec::exchange_informational_1);
    old.initiator_spi = offer().initiator_spi;
    CHECK(finding_of(old).detail == "IKEv1: INVALID-MAJOR-VERSION: it does not speak this version");
}

TEST_CASE("ike: an answer ends the dialogue, to whichever offer it is") {
    for (const codec::Message& message : {sa_answer(), sa_answer_1()}) {
        const auto dialogue = ike.begin(ike_check(), Occasion{0x1234, {}});
        for (const Input::Kind kind : {Input::Kind::ready, Input::Kind::done, Input::Kind::silent, Input::Kind::done})
            CHECK(dialogue->resume({kind, {}}).kind != Step::Kind::finish);
        CHECK(dialogue->resume({Input::Kind::received, "noise"}).kind == Step::Kind::receive);
        CHECK(dialogue->resume({Input::Kind::received, codec::encode(message)}).kind == Step::Kind::finish);
    }
    // The trace keeps only the beginning of what was sent.
    Attempt attempt = play(ike, ike_check(), {.datagrams = true}).attempt;
    for (Event& event : attempt.evidence)
        if (event.what == What::sent) event.text.resize(512);
    attempt.evidence.push_back(event_of(What::received, codec::encode(sa_answer_1()), 1));
    CHECK(ike.judge(ike_check(), attempt).cause == Cause::answered);
    attempt.evidence.back() = event_of(What::received, codec::encode(offer()), attempt.evidence[1].code);
    CHECK(ike.judge(ike_check(), attempt).detail == "the offer itself came back");
}

TEST_CASE("ike: silence is no evidence, and what would be is said") {
    const Finding finding = judged(ike, ike_check(), saying({}));
    CHECK(finding.cause == Cause::no_reply);
    CHECK(verdict_of(finding.cause) == Verdict::inconclusive);
    CHECK(finding.confidence == Confidence::possible);
    CHECK(finding.detail.find("a responder at the far end would decide") != std::string::npos);
}

TEST_CASE("ike: an answer to another exchange is none of ours") {
    codec::Message message = sa_answer();
    message.initiator_spi ^= 1U;
    const Finding finding = finding_of(message);
    CHECK(finding.cause == Cause::no_reply);
    REQUIRE(finding.warnings.size() == 1);
    CHECK(finding.warnings[0] == "Datagrams that do not belong to the exchange came and were ignored: 1.");
    // It is waited past, and what is ours counts.
    const Finding both = judged(ike, ike_check(), saying({codec::encode(message), codec::encode(sa_answer())}));
    CHECK(both.cause == Cause::answered);
    CHECK(both.warnings.size() == 1);
    // But not for ever.
    const Played flood = play(ike, ike_check(), saying(std::vector<std::string>(100, codec::encode(message))));
    CHECK(flood.finished);
    CHECK(flood.steps.size() < 30);
}

TEST_CASE("ike: an answer from elsewhere is only likely one") {
    Attempt attempt = play(ike, ike_check(), saying({codec::encode(sa_answer())})).attempt;
    attempt.evidence.back().from = Address::parse("192.0.2.9");
    const Finding finding = ike.judge(ike_check(), attempt);
    CHECK(finding.cause == Cause::answered);
    CHECK(finding.confidence == Confidence::likely);
    REQUIRE(finding.warnings.size() == 1);
    // Noise from elsewhere says nothing of who was asked.
    attempt.evidence.back().text = "hello";
    CHECK(ike.judge(ike_check(), attempt).cause == Cause::no_reply);
    attempt.evidence.push_back(event_of(What::received, codec::encode(sa_answer()), 1));
    CHECK(ike.judge(ike_check(), attempt).confidence == Confidence::proven);
}

TEST_CASE("ike: IKE that means something else is a bad answer") {
    const auto is_bad = [](const codec::Message& message) {
        const Finding finding = finding_of(message);
        CHECK(finding.owner == Owner::service);
        return finding.cause == Cause::bad_answer;
    };
    codec::Message message = sa_answer();
    message.flags = 0;
    CHECK(is_bad(message));
    message = sa_answer();
    message.exchange = 35;  // IKE_AUTH
    CHECK(is_bad(message));
    message = sa_answer();
    message.responder_spi = 0;
    CHECK(is_bad(message));
    message = sa_answer();
    message.payloads[0].body.pop_back();
    CHECK(is_bad(message));
    CHECK(is_bad(answer({})));
    CHECK(is_bad(answer({{codec::payload_nonce, false, std::string(32, 'n')}})));
    CHECK(is_bad(answer({{codec::payload_notification_2, false, "x"}})));
    CHECK(is_bad(answer({{codec::payload_encrypted, false, "secret"}})));
    CHECK(is_bad(answer_1({})));
    CHECK(is_bad(answer_1({notification_1(14)}, 4)));
    message = sa_answer_1();
    message.flags = codec::flag_encrypted_1;
    CHECK(is_bad(message));
}

TEST_CASE("ike: no truncation of an answer passes") {
    for (const codec::Message& message : {sa_answer(), answer({notification(14)}), sa_answer_1()}) {
        const std::string whole = codec::encode(message);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const Cause cause = late(ike, ike_check(), whole.substr(0, size)).cause;
            CHECK((cause == Cause::bad_answer || cause == Cause::wrong_protocol));
        }
    }
}

TEST_CASE("ike: our own offer, come back, is no answer") {
    for (const bool version_1 : {false, true}) {
        const Finding finding = finding_of(offer(version_1));
        CHECK(finding.cause == Cause::wrong_protocol);
        CHECK(finding.detail == "the offer itself came back");
    }
}

TEST_CASE("ike: what is no IKE is another protocol, escaped") {
    const Finding finding = judged(ike, ike_check(), saying({"HTTP/1.1 \x1B]0;x"}));
    CHECK(finding.cause == Cause::wrong_protocol);
    CHECK(finding.detail == "it said 'HTTP/1.1 \\x1b]0;x'");
    CHECK(judged(ike, ike_check(), saying({""})).cause == Cause::wrong_protocol);
    CHECK(judged(ike, ike_check(), saying({std::string(5000, '\xFF')})).cause == Cause::wrong_protocol);
    // An answer makes up for it.
    CHECK(judged(ike, ike_check(), saying({"noise", codec::encode(sa_answer())})).cause == Cause::answered);
}

TEST_CASE("ike: the marker belongs to one port alone") {
    const std::string bytes = codec::encode(sa_answer());
    const Finding without = judged(ike_natt, natt_check(), saying({bytes}));
    CHECK(without.cause == Cause::bad_answer);
    CHECK(without.detail.find("RFC 3948") != std::string::npos);
    CHECK(judged(ike, ike_check(), saying({marker + bytes})).cause == Cause::wrong_protocol);
}

TEST_CASE("ike: a failure at any step is not asked about") {
    for (std::size_t step = 0; step < 5; ++step) {
        const Played played = play(ike, ike_check(), {.datagrams = true, .dies_at_step = step});
        CHECK(played.finished == (step >= 4));
        CHECK(ike.judge(ike_check(), played.attempt).cause == Cause::no_reply);
    }
}

TEST_CASE("esp: nothing is sent, and nothing follows") {
    const Check check = check_of("esp", Transport::esp, 50, "10.0.0.5");
    const Played played = play(esp, check, {.datagrams = true});
    CHECK(played.finished);
    CHECK(played.steps.size() == 1);
    const Finding finding = esp.judge(check, played.attempt);
    CHECK(finding.cause == Cause::not_testable_from_here);
    CHECK(verdict_of(finding.cause) == Verdict::skipped);
    CHECK(esp.description.responder_only);
    CHECK(esp.description.over_esp);
}
