#include "probes/radius_dynauth.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "probes/radius_checks.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;
using namespace fdnprobe::probes::testing;

namespace {

Check tcp_check(std::string_view secret = shared_secret) {
    return radius_check("radius-dynauth", {Transport::tcp, 1700}, secret);
}
Check udp_check(std::string_view secret = shared_secret) {
    return radius_check("radius-dynauth", {Transport::udp, 3799}, secret);
}

const std::string request = request_of(radius_dynauth, tcp_check());
const std::string nak = signed_answer(42, request, shared_secret, {wire::radius::error_cause(503)});

Finding over_tcp(const std::vector<std::string>& pieces, bool closes = false, const Check& check = tcp_check()) {
    return judged(radius_dynauth, check, {.pieces = pieces, .closes = closes});
}
Finding over_udp(const std::vector<std::string>& pieces, const Check& check = udp_check()) {
    return judged(radius_dynauth, check, {.pieces = pieces, .datagrams = true});
}

}  // namespace

TEST_CASE("radius-dynauth: the request names no session, no user and no device") {
    CHECK(request == request_of(radius_dynauth, udp_check()));
    CHECK(wire::radius::verify_request(request, shared_secret));
    const auto packet = wire::radius::decode(request);
    REQUIRE(packet);
    CHECK(packet->code == wire::radius::code_disconnect_request);
    REQUIRE(packet->attributes.size() == 2);
    CHECK(packet->find(wire::radius::attribute_message_authenticator));
    // 2027-01-01, when the tests' occasions are.
    CHECK(packet->find(wire::radius::attribute_event_timestamp) == "\x6B\x36\xEC\x80");
}

TEST_CASE("radius-dynauth: a NAK is the good answer, with its reason") {
    for (const Finding& finding : {over_tcp({nak}), over_udp({nak})}) {
        CHECK(finding.cause == Cause::answered);
        CHECK(finding.confidence == Confidence::proven);
        CHECK(finding.owner == Owner::nobody);
        CHECK(finding.detail == "Disconnect-NAK: Session Context Not Found (503), verified with the secret");
        CHECK(finding.warnings.empty());
    }
    CHECK(over_tcp({signed_answer(45, request)}).detail == "CoA-NAK, verified with the secret");
}

TEST_CASE("radius-dynauth: an ACK is an answer that should not be") {
    for (const std::uint8_t code : {wire::radius::code_disconnect_ack, wire::radius::code_coa_ack}) {
        const Finding finding = over_udp({signed_answer(code, request)});
        CHECK(finding.cause == Cause::answered);
        REQUIRE(finding.warnings.size() == 1);
        CHECK(finding.warnings[0].starts_with("It says that it has ended a session, though the request named none"));
    }
}

TEST_CASE("radius-dynauth: every split of the answer is read the same, and reading stops at its end") {
    for_every_split(nak, [&](const std::vector<std::string>& pieces) {
        const Played played = play(radius_dynauth, tcp_check(), {.pieces = pieces});
        CHECK(played.finished);
        CHECK(played.steps.size() == 1 + pieces.size() + 1);
        CHECK(radius_dynauth.judge(tcp_check(), played.attempt).cause == Cause::answered);
    });
}

TEST_CASE("radius-dynauth: an answer that ends anywhere is none") {
    for (const bool closes : {true, false})
        for (std::size_t size = 1; size < nak.size(); ++size)
            CHECK(verdict_of(over_tcp({nak.substr(0, size)}, closes).cause) != Verdict::reachable);
    for (std::size_t step = 0; step < 3; ++step) {
        const Played played =
            play(radius_dynauth, tcp_check(), {.pieces = {nak.substr(0, 9), nak.substr(9)}, .dies_at_step = step});
        CHECK_FALSE(played.finished);
        CHECK(verdict_of(radius_dynauth.judge(tcp_check(), played.attempt).cause) != Verdict::reachable);
    }
}

TEST_CASE("radius-dynauth: a length without end is given up") {
    const Played huge = play(radius_dynauth, tcp_check(), {.pieces = {std::string("\x2A\x07\xFF\xFF", 4) + nak}});
    CHECK(huge.finished);
    CHECK(huge.steps.size() == 3);
    CHECK(radius_dynauth.judge(tcp_check(), huge.attempt).cause == Cause::wrong_protocol);
    const Played largest =
        play(radius_dynauth, tcp_check(), {.pieces = {std::string("\x2A\x07\x10\x00", 4) + std::string(9999, 'x')}});
    CHECK(largest.finished);
    CHECK(largest.attempt.received_bytes().size() == wire::radius::largest_packet);
    CHECK(radius_dynauth.judge(tcp_check(), largest.attempt).cause == Cause::bad_answer);
}

TEST_CASE("radius-dynauth: nonsense is no answer") {
    CHECK(over_tcp({"HTTP/1.1 400 Bad Request\r\n\r\n"}).cause == Cause::wrong_protocol);
    CHECK(over_tcp({request}).cause == Cause::wrong_protocol);
    CHECK(over_tcp({signed_answer(42, request, "another")}).cause == Cause::bad_answer);
    CHECK(over_tcp({signed_answer(2, request)}).detail == "Access-Accept is no answer to Disconnect-Request");
    CHECK(over_udp({"SSH"}).cause == Cause::wrong_protocol);
    CHECK(over_udp({"noise", signed_answer(42, request, "another"), nak}).cause == Cause::answered);
}

TEST_CASE("radius-dynauth: silence with the secret") {
    for (const bool closes : {true, false}) {
        const Finding finding = over_tcp({}, closes);
        CHECK(finding.cause == Cause::no_answer);
        CHECK(finding.detail ==
              std::string(closes ? "the connection was closed instead" : "the request was acknowledged") +
                  "; a device that takes RADIUS disconnects is just as silent to a client that it does not know, or "
                  "that has another secret; its log would decide");
    }
    const Finding finding = over_udp({});
    CHECK(finding.cause == Cause::no_reply);
    CHECK(finding.detail.starts_with("a device that takes RADIUS disconnects is just as silent"));
}

TEST_CASE("radius-dynauth: without a secret a connection is held and nothing is said") {
    const Played played = play(radius_dynauth, tcp_check(""), {});
    CHECK(played.finished);
    REQUIRE(played.steps.size() == 2);
    CHECK(played.steps[0].kind == Step::Kind::hold);
    CHECK(played.steps[0].wait == std::chrono::milliseconds(2000));
    const Finding finding = radius_dynauth.judge(tcp_check(""), played.attempt);
    CHECK(finding.cause == Cause::connected);
    CHECK(finding.detail ==
          "the connection stood for 2.0 s; what it is was not asked: that takes the secret, in a file that is `radius` "
          "under [secrets] in the site file");
    const Finding spoke = over_tcp({"220 relay\r\n"}, true, tcp_check(""));
    CHECK(spoke.cause == Cause::wrong_protocol);
    CHECK(spoke.detail == "a device that takes RADIUS disconnects says nothing, and it said '220 relay'");
}

TEST_CASE("radius-dynauth: without a secret a datagram is nobody's") {
    const std::string made_up = request_of(radius_dynauth, udp_check(""));
    CHECK(wire::radius::decode(made_up)->code == wire::radius::code_disconnect_request);
    CHECK_FALSE(wire::radius::verify_request(made_up, ""));
    CHECK(over_udp({}, udp_check("")).detail.find("`radius` under [secrets]") != std::string::npos);
    CHECK(over_udp({signed_answer(42, made_up, "x")}, udp_check("")).cause == Cause::bad_answer);
}

TEST_CASE("radius-dynauth: the site's transport counts") {
    Check check = tcp_check();
    check.dial_transport = Transport::udp;
    const Played played = play(radius_dynauth, check, {.pieces = {nak}, .datagrams = true});
    CHECK(played.steps[1].limit == 4096);
    CHECK(radius_dynauth.judge(check, played.attempt).cause == Cause::answered);
}
