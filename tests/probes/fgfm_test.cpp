#include "probes/fgfm.hpp"

#include <memory>
#include <string>

#include "catch.hpp"
#include "probes/far_end.hpp"
#include "wire/tls_hello.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;
using namespace fdnprobe::probes::testing;

namespace {

Check fgfm_check(Direction direction) {
    Check check = check_of("fgfm", Transport::tcp, 541, "10.0.0.5");
    check.direction = direction;
    return check;
}

const Check to_manager = fgfm_check(Direction::outgoing);
const Check to_device = fgfm_check(Direction::incoming);
const std::string hello = wire::tls::encode_client_hello("fgfm.fortinet.com");

}  // namespace

TEST_CASE("fgfm: towards a manager it is a client's handshake") {
    const Played played = play(fgfm, to_manager, {});
    CHECK(played.finished);
    REQUIRE(played.steps.size() == 2);
    CHECK(played.steps[0].kind == Step::Kind::start_tls);
    CHECK_FALSE(played.steps[0].optional);
    CHECK(fgfm.judge(to_manager, played.attempt).cause == Cause::answered);

    TlsFacts facts;
    facts.version = "TLSv1.2";
    facts.chain.emplace_back();
    facts.chain[0].subject_name = "FMG-VM0A11000137";
    facts.chain[0].issuer_name = "support";
    Attempt attempt = played.attempt;
    attempt.tls = std::make_shared<const TlsFacts>(facts);
    CHECK(fgfm.judge(to_manager, attempt).detail == "TLSv1.2, serial number FMG-VM0A11000137 signed by 'support'");
}

TEST_CASE("fgfm: towards a device nothing is said, and its ClientHello is awaited") {
    for_every_split(hello, [&](const std::vector<std::string>& pieces) {
        const Played played = play(fgfm, to_device, {.pieces = pieces});
        CHECK(played.finished);
        CHECK(played.steps.size() == pieces.size() + 1);
        for (const Step& step : played.steps)
            CHECK((step.kind == Step::Kind::receive || step.kind == Step::Kind::finish));
        const Finding finding = fgfm.judge(to_device, played.attempt);
        CHECK(finding.cause == Cause::answered);
        CHECK(finding.confidence == Confidence::proven);
        CHECK(finding.detail == "the device sent its ClientHello (TLSv1.3) for 'fgfm.fortinet.com'");
    });
}

TEST_CASE("fgfm: a server name is escaped, and there may be none") {
    const auto detail = [](const std::string& name) {
        return judged(fgfm, to_device, {.pieces = {wire::tls::encode_client_hello(name)}}).detail;
    };
    CHECK(detail("") == "the device sent its ClientHello (TLSv1.3)");
    CHECK(detail("a\x1B]0;b").find('\x1B') == std::string::npos);
    CHECK(detail(std::string(255, 'a')).size() < 200);
}

TEST_CASE("fgfm: a hello that breaks off is none") {
    for (const bool closes : {true, false})
        for (std::size_t size = 1; size < hello.size(); ++size) {
            const Finding finding = judged(fgfm, to_device, {.pieces = {hello.substr(0, size)}, .closes = closes});
            CHECK(finding.cause == Cause::bad_answer);
            CHECK(finding.detail ==
                  "its ClientHello cannot be read: it breaks off after " + std::to_string(size) + " bytes");
        }
    for (std::size_t step = 0; step < 2; ++step) {
        const Played played =
            play(fgfm, to_device, {.pieces = {hello.substr(0, 9), hello.substr(9)}, .dies_at_step = step});
        CHECK_FALSE(played.finished);
        CHECK(fgfm.judge(to_device, played.attempt).cause != Cause::answered);
    }
    std::string broken = hello;
    broken[8] = '\x01';
    CHECK(judged(fgfm, to_device, {.pieces = {broken}}).cause == Cause::bad_answer);
}

TEST_CASE("fgfm: a device that keeps silent has not begun TLS") {
    const Finding silent = judged(fgfm, to_device, {});
    CHECK(silent.cause == Cause::no_banner);
    CHECK(silent.owner == Owner::service);
    CHECK(judged(fgfm, to_device, {.closes = true}).cause == Cause::no_answer);
}

TEST_CASE("fgfm: what greets otherwise is no device") {
    for (const std::string text :
         {"SSH-2.0-x\r\n", "\x15\x03\x03", "\x16\x03\x03\x01\x02\x02", "HTTP/1.1 200 OK\r\n"}) {
        const Played played = play(fgfm, to_device, {.pieces = {text, text}});
        CHECK(played.steps.size() == 2);
        const Finding finding = fgfm.judge(to_device, played.attempt);
        CHECK(finding.cause == Cause::wrong_protocol);
        CHECK(finding.confidence == Confidence::likely);
    }
    CHECK(judged(fgfm, to_device, {.pieces = {"220 \x1B[2J"}}).detail ==
          "in place of a ClientHello it said '220 \\x1b[2J'");
}

TEST_CASE("fgfm: what never ends is given up") {
    std::string endless;
    for (int record = 0; record < 9; ++record) endless += std::string("\x16\x03\x01\x20\x00", 5) + std::string(8192, 1);
    const Played played = play(fgfm, to_device, {.pieces = {endless}});
    CHECK(played.finished);
    CHECK(played.attempt.received_bytes().size() <= wire::tls::largest_hello);
    CHECK(fgfm.judge(to_device, played.attempt).cause == Cause::bad_answer);
}
