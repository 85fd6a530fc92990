#include "probes/radius.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "probes/radius_checks.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;
using namespace fdnprobe::probes::testing;

namespace {

Check status_check(std::string_view secret = shared_secret) {
    return radius_check("radius", {Transport::udp, 1812}, secret);
}

Finding answered_with(const std::vector<std::string>& datagrams, const Check& check = status_check()) {
    return judged(radius, check, {.pieces = datagrams, .datagrams = true});
}

const std::string request = request_of(radius, status_check());

}  // namespace

TEST_CASE("radius: a Status-Server under the secret, and one wait") {
    const Played played = play(radius, status_check(), {.datagrams = true});
    CHECK(played.finished);
    REQUIRE(played.steps.size() == 3);
    CHECK(played.steps[0].kind == Step::Kind::send);
    CHECK(played.steps[0].repeat);
    CHECK(played.steps[1].kind == Step::Kind::receive);
    CHECK(wire::radius::decode(request)->code == wire::radius::code_status_server);
    CHECK(wire::radius::decode(request)->attributes.size() == 1);
    CHECK(wire::radius::verify_request(request, shared_secret));
    // Another seed, another authenticator, or an answer could be used again.
    const Played other = play(radius, status_check(), {.datagrams = true}, 0x1235);
    CHECK(other.steps[0].bytes.substr(4, 16) != request.substr(4, 16));
}

TEST_CASE("radius: without a secret, the request is well-formed and nobody's") {
    const std::string made_up = request_of(radius, status_check(""));
    CHECK(wire::radius::decode(made_up)->code == wire::radius::code_status_server);
    CHECK(made_up.size() == request.size());
    CHECK_FALSE(wire::radius::verify_request(made_up, ""));
    CHECK_FALSE(wire::radius::verify_request(made_up, shared_secret));
}

TEST_CASE("radius: a verified answer is one") {
    for (const auto& [code, name] : {std::pair{2, "Access-Accept"}, std::pair{5, "Accounting-Response"},
                                     std::pair{3, "Access-Reject"}, std::pair{11, "Access-Challenge"}}) {
        const Finding finding = answered_with({signed_answer(static_cast<std::uint8_t>(code), request)});
        CHECK(finding.cause == Cause::answered);
        CHECK(finding.confidence == Confidence::proven);
        CHECK(finding.owner == Owner::nobody);
        CHECK(finding.stage == Stage::exchange);
        CHECK(finding.detail == std::string(name) + ", verified with the secret");
        CHECK(finding.warnings.empty());
    }
}

TEST_CASE("radius: what does not fit is waited past") {
    const std::string good = signed_answer(2, request);
    const std::string forged = signed_answer(2, request, "another");
    const Played played =
        play(radius, status_check(), {.pieces = {"noise", forged, request, good, "late"}, .datagrams = true});
    CHECK(played.finished);
    CHECK(played.steps.size() == 1 + 4 + 1);
    CHECK(radius.judge(status_check(), played.attempt).cause == Cause::answered);
    // A flood of it ends the waiting.
    const Played flooded =
        play(radius, status_check(), {.pieces = std::vector<std::string>(99, forged), .datagrams = true});
    CHECK(flooded.finished);
    CHECK(flooded.steps.size() == 1 + 16 + 1);
}

TEST_CASE("radius: an answer under another secret is a bad one") {
    const Finding finding = answered_with({signed_answer(2, request, "another")});
    CHECK(finding.cause == Cause::bad_answer);
    CHECK(finding.confidence == Confidence::likely);
    CHECK(finding.detail == "Access-Accept has an authenticator that does not fit, so its secret may be another one");
}

TEST_CASE("radius: no answer can be verified without the secret") {
    const std::string asked = request_of(radius, status_check(""));
    for (const std::string_view secret : {std::string_view("another"), std::string_view("")}) {
        const Finding finding = answered_with({signed_answer(2, asked, secret)}, status_check(""));
        CHECK(finding.cause == Cause::bad_answer);
        CHECK(finding.detail ==
              "Access-Accept cannot be verified without the secret, and nobody may send it to a stranger");
    }
}

TEST_CASE("radius: nonsense is no answer") {
    struct Nonsense {
        std::string bytes;
        Cause cause;
        std::string detail;
    };
    const std::string good = signed_answer(2, request);
    for (const auto& [bytes, cause, detail] : std::vector<Nonsense>{
             {request, Cause::wrong_protocol, "the request itself came back; it said "},
             {"", Cause::wrong_protocol, "it is shorter than a RADIUS packet; an empty datagram came back"},
             {"HTTP/1.1 400\x1B]0;x\r\n", Cause::wrong_protocol,
              "its length is one that no RADIUS packet has; it said 'HTTP/1.1 400\\x1b]0;x'"},
             {good.substr(0, 25), Cause::bad_answer, "the RADIUS packet is cut off"},
             {std::string(1, '\x02') + static_cast<char>(request[1] + 1) + good.substr(2), Cause::bad_answer,
              "Access-Accept answers another request"},
             {signed_answer(4, request), Cause::bad_answer, "Accounting-Request is no answer to Status-Server"},
         }) {
        const Finding finding = answered_with({bytes});
        CHECK(finding.cause == cause);
        CHECK(finding.stage == Stage::exchange);
        CHECK(finding.detail.starts_with(detail));
    }
}

TEST_CASE("radius: no truncation of an answer is one, and no answer is believed after a failure") {
    const std::string good = signed_answer(2, request);
    for (std::size_t size = 0; size < good.size(); ++size)
        CHECK(verdict_of(answered_with({good.substr(0, size)}).cause) != Verdict::reachable);
    for (std::size_t step = 0; step < 2; ++step) {
        const Played played = play(radius, status_check(), {.pieces = {good}, .datagrams = true, .dies_at_step = step});
        CHECK_FALSE(played.finished);
        CHECK(radius.judge(status_check(), played.attempt).cause == Cause::no_reply);
    }
}

TEST_CASE("radius: an answer from elsewhere is only likely one") {
    Attempt attempt = play(radius, status_check(), {.pieces = {signed_answer(2, request)}, .datagrams = true}).attempt;
    attempt.evidence.back().from = Address::parse("192.0.2.9");
    const Finding finding = radius.judge(status_check(), attempt);
    CHECK(finding.cause == Cause::answered);
    CHECK(finding.confidence == Confidence::likely);
    REQUIRE(finding.warnings.size() == 1);
    CHECK(finding.warnings[0] == "The answer came from 192.0.2.9, not from the address and port that were asked.");
}

TEST_CASE("radius: silence says what would decide") {
    const Finding with = answered_with({});
    CHECK(with.cause == Cause::no_reply);
    CHECK(with.confidence == Confidence::possible);
    CHECK(with.detail ==
          "a RADIUS server is just as silent to a client that it does not know, or that has another secret; its log "
          "would decide");
    const Finding without = answered_with({}, status_check(""));
    CHECK(without.cause == Cause::no_reply);
    CHECK(without.detail ==
          "a RADIUS server answers only who shares a secret with it; a file with that secret, `radius` under [secrets] "
          "in the site file, would decide");
}

TEST_CASE("radius: the secret is in nothing that is shown") {
    const Check check = status_check("swordfish");
    const std::string asked = request_of(radius, check);
    CHECK(asked.find("swordfish") == std::string::npos);
    for (const std::string& bytes :
         {signed_answer(2, asked, "swordfish"), signed_answer(2, asked), asked, std::string()})
        CHECK(answered_with({bytes}, check).detail.find("swordfish") == std::string::npos);
}
