#include "probes/ldap.hpp"

#include <array>
#include <string>
#include <vector>

#include "catch.hpp"
#include "probes/far_end.hpp"
#include "wire/ldap.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;
using namespace fdnprobe::probes::testing;
using namespace std::string_literals;

namespace {

namespace codec = wire::ldap;

/// The message id that the seed 0x1234 of `play` makes.
constexpr std::int32_t id = 0x1234;

const std::vector<codec::Attribute> root{{"supportedLDAPVersion", {"2", "3"}}, {"vendorName", {"Example\x1B"}}};
const std::string entry = codec::encode_entry(id, "", root);
const std::string done = codec::encode_done(id, 0, "");

Check over_tcp() { return check_of("ldap", Transport::tcp, 389, "10.0.0.5"); }
Check over_udp() { return check_of("ldap", Transport::udp, 389, "10.0.0.5"); }

Finding of_stream(const std::string& answer, bool closes = true) {
    std::vector<std::string> pieces;
    if (!answer.empty()) pieces.push_back(answer);
    return judged(ldap, over_tcp(), {.pieces = std::move(pieces), .closes = closes});
}

Finding of_datagrams(std::vector<std::string> datagrams) {
    return judged(ldap, over_udp(), {.pieces = std::move(datagrams), .datagrams = true});
}

}  // namespace

TEST_CASE("ldap: one anonymous search for the rootDSE, then an unbind") {
    const Played played = play(ldap, over_tcp(), {.pieces = {entry + done}});
    CHECK(played.finished);
    REQUIRE(played.steps.size() == 4);
    const auto search = codec::parse_message(played.steps[0].bytes);
    REQUIRE(search);
    CHECK(search->id == id);
    CHECK(search->kind == codec::Kind::search);
    CHECK(search->name.empty());
    CHECK(search->scope == 0);
    CHECK(search->attributes.front().type == "supportedLDAPVersion");
    const auto unbind = codec::parse_message(played.steps[2].bytes);
    REQUIRE(unbind);
    CHECK(unbind->kind == codec::Kind::unbind);
    CHECK(unbind->id != id);
    CHECK(played.steps[3].kind == Step::Kind::finish);
}

TEST_CASE("ldap: message ids are positive and differ") {
    for (const std::uint64_t seed : {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{1} << 63U,
                                     std::uint64_t{0xFFFFFFFF}, std::uint64_t{0x7FFFFFFF}}) {
        const auto message = codec::parse_message(play(ldap, over_tcp(), {}, seed).steps[0].bytes);
        REQUIRE(message);
        CHECK(message->id > 0);
    }
    CHECK(play(ldap, over_tcp(), {}, 1).steps[0].bytes != play(ldap, over_tcp(), {}, 2).steps[0].bytes);
}

TEST_CASE("ldap: the rootDSE is an answer, with what it says") {
    const Finding finding = of_stream(entry + done);
    CHECK(finding.cause == Cause::answered);
    CHECK(finding.confidence == Confidence::proven);
    CHECK(finding.owner == Owner::nobody);
    CHECK(finding.stage == Stage::exchange);
    CHECK(finding.detail == "its rootDSE came, with LDAP version 2, 3, of 'Example\\x1b', with result 0 (success)");
    CHECK(of_stream(entry).detail.ends_with("no result followed"));
    CHECK(of_stream(entry).cause == Cause::answered);
}

TEST_CASE("ldap: any result is an answer") {
    CHECK(of_stream(done).detail == "the search ends with result 0 (success)");
    const Finding refused = of_stream(codec::encode_done(id, 8, "log in\r\nfirst "));
    CHECK(refused.cause == Cause::answered);
    CHECK(refused.detail == "the search ends with result 8 (strongerAuthRequired): 'log in\\x0d\\x0afirst'");
    CHECK(of_stream(codec::encode_done(id, 4096, "")).detail == "the search ends with result 4096");
    CHECK(of_stream(codec::encode_done(id, 53, std::string(9999, 'x'))).detail.size() < 300);
}

TEST_CASE("ldap: every split of the answer is read the same") {
    for_every_split(entry + done, [&](const std::vector<std::string>& pieces) {
        const Played played = play(ldap, over_tcp(), {.pieces = pieces});
        CHECK(played.finished);
        CHECK(played.steps.size() == 1 + pieces.size() + 2);
        CHECK(ldap.judge(over_tcp(), played.attempt).detail.ends_with("with result 0 (success)"));
    });
}

TEST_CASE("ldap: an answer that ends anywhere is none") {
    for (const bool closes : {true, false}) {
        CHECK(of_stream("", closes).cause == Cause::no_answer);
        for (std::size_t size = 1; size < done.size(); ++size)
            CHECK(of_stream(done.substr(0, size), closes).cause == Cause::bad_answer);
    }
    for (std::size_t step = 0; step < 3; ++step) {
        const Played played = play(ldap, over_tcp(), {.pieces = {done.substr(0, 9), done}, .dies_at_step = step});
        CHECK_FALSE(played.finished);
        CHECK(ldap.judge(over_tcp(), played.attempt).cause != Cause::answered);
    }
}

TEST_CASE("ldap: a server that takes its leave has refused") {
    const Played played = play(ldap, over_tcp(), {.pieces = {codec::encode_disconnection(52, "going down")}});
    CHECK(played.finished);
    CHECK(played.steps.size() == 3);
    const Finding finding = ldap.judge(over_tcp(), played.attempt);
    CHECK(finding.cause == Cause::service_denied);
    CHECK(finding.owner == Owner::service);
    CHECK(finding.detail == "it ends the connection with result 52 (unavailable): 'going down'");
}

TEST_CASE("ldap: the answer to another question is none") {
    const Finding other = of_stream(codec::encode_done(id + 1, 0, ""));
    CHECK(other.cause == Cause::bad_answer);
    CHECK(other.detail == "it answers another question");
    CHECK(of_stream(codec::encode_done(id + 1, 0, "") + done).cause == Cause::answered);
    // What was sent comes back.
    CHECK(of_stream(play(ldap, over_tcp(), {}).steps[0].bytes).detail == "what came is not the answer to a search");
    std::string flood;
    for (int count = 0; count < 99; ++count) flood += codec::encode_done(id + 1, 0, "");
    const Played played = play(ldap, over_tcp(), {.pieces = {flood, done}});
    CHECK(played.finished);
    CHECK(ldap.judge(over_tcp(), played.attempt).cause == Cause::bad_answer);
}

TEST_CASE("ldap: another protocol is named, escaped") {
    for (const char* banner : {"HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-x\r\n", "\x15\x03\x01\x02\x02F"})
        CHECK(of_stream(banner).cause == Cause::wrong_protocol);
    CHECK(of_stream("220 \x1B\r\n").detail == "it said '220 \\x1b'");
}

TEST_CASE("ldap: what breaks LDAP's rules is a bad answer") {
    CHECK(of_stream("0\x80\x02\x01\x07"s, false).cause == Cause::bad_answer);
    CHECK(of_stream("0\x84\xFF\xFF\xFF\xFF"s, false).cause == Cause::bad_answer);
    CHECK(of_stream("0\x05\x02\x01\x01\x65\x00"s, false).cause == Cause::bad_answer);
}

TEST_CASE("ldap: over UDP there is nothing to unbind") {
    for (const std::vector<std::string>& datagrams :
         {std::vector<std::string>{entry + done}, std::vector<std::string>{entry, done}}) {
        const Played played = play(ldap, over_udp(), {.pieces = datagrams, .datagrams = true});
        CHECK(played.finished);
        CHECK(played.steps.size() == 2 + datagrams.size());
        CHECK(played.steps[0].bytes == play(ldap, over_tcp(), {}).steps[0].bytes);
        CHECK(ldap.judge(over_udp(), played.attempt).detail.ends_with("with result 0 (success)"));
    }
}

TEST_CASE("ldap: silence over UDP says who would answer") {
    const Finding finding = of_datagrams({});
    CHECK(finding.cause == Cause::no_reply);
    CHECK(finding.confidence == Confidence::possible);
    CHECK(finding.detail ==
          "usually only domain controllers answer LDAP over UDP, so a capture or a responder at the far end would "
          "have to decide");
}

TEST_CASE("ldap: datagrams that do not fit are waited past, up to a limit") {
    CHECK(of_datagrams({"noise", codec::encode_done(id + 1, 0, ""), done}).cause == Cause::answered);
    CHECK(of_datagrams({"noise"}).cause == Cause::wrong_protocol);
    CHECK(of_datagrams({codec::encode_done(id + 1, 0, "")}).cause == Cause::bad_answer);
    CHECK(of_datagrams({done.substr(0, 9)}).cause == Cause::bad_answer);
    CHECK(of_datagrams({""}).cause == Cause::no_reply);
    const Played played = play(ldap, over_udp(), {.pieces = std::vector<std::string>(99, "noise"), .datagrams = true});
    CHECK(played.finished);
    CHECK(played.steps.size() == 18);
}

TEST_CASE("ldap: an answer from elsewhere is likely the service's, and said") {
    const auto from_elsewhere = [](const std::string& datagram) {
        Attempt attempt = play(ldap, over_udp(), {.pieces = {datagram}, .datagrams = true}).attempt;
        for (Event& event : attempt.evidence) {
            if (event.what != What::received) continue;
            event.from = Address::from_ipv4({192, 0, 2, 9});
            event.detail = 1389;
        }
        return ldap.judge(over_udp(), attempt);
    };
    const Finding finding = from_elsewhere(entry + done);
    CHECK(finding.cause == Cause::answered);
    CHECK(finding.confidence == Confidence::likely);
    REQUIRE(finding.warnings.size() == 1);
    CHECK(finding.warnings[0].find("192.0.2.9:1389") != std::string::npos);
    // Anything else from elsewhere is nobody's answer.
    CHECK(from_elsewhere("noise").cause == Cause::no_reply);
    CHECK(from_elsewhere(codec::encode_done(id + 1, 0, "")).cause == Cause::no_reply);
}
