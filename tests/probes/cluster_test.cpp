// The three probes of what the members of an HA cluster say to each other.
#include <string>
#include <vector>

#include "base/text.hpp"
#include "catch.hpp"
#include "probes/far_end.hpp"
#include "probes/ha_heartbeat.hpp"
#include "probes/ha_sync.hpp"
#include "probes/ha_unicast.hpp"
#include "wire/fgcp.hpp"
#include "wire/responder.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;
using namespace fdnprobe::probes::testing;
namespace fgcp = fdnprobe::wire::fgcp;

namespace {

Check segment(std::uint16_t type = 0x8890) { return check_of("ha-heartbeat", Transport::ethernet, type, "eth1"); }
Check sync(Transport transport) { return check_of("ha-sync", transport, 703, "10.0.0.6"); }
Check unicast() { return check_of("ha-unicast", Transport::udp, 730, "10.0.0.6"); }

fgcp::Heartbeat heartbeat(std::string serial, std::string group = "edge") {
    fgcp::Heartbeat one;
    one.group = std::move(group);
    one.group_id = 7;
    one.port = "port3";
    one.serial = std::move(serial);
    return one;
}

FarEnd frames(std::vector<std::string> list) { return {.pieces = std::move(list), .datagrams = true}; }

Finding heard(std::vector<std::string> list, std::uint16_t type = 0x8890) {
    return judged(ha_heartbeat, segment(type), frames(std::move(list)));
}

}  // namespace

TEST_CASE("ha-heartbeat: listens for as long as there is time, and sends nothing") {
    const Played played = play(ha_heartbeat, segment(), frames({}));
    CHECK(played.finished);
    REQUIRE(played.steps.size() == 2);
    CHECK(played.steps[0].kind == Step::Kind::receive);
    CHECK(played.steps[0].wait == std::chrono::milliseconds(0));
    // After the first, a while for the other members.
    const Played one = play(ha_heartbeat, segment(), frames({fgcp::encode(heartbeat("FPX1"))}));
    for (const Step& step : one.steps) CHECK(step.kind != Step::Kind::send);
    CHECK(one.steps[1].wait == std::chrono::milliseconds(1000));
    const std::vector<std::string> many(100, fgcp::encode(heartbeat("FPX1")));
    CHECK(play(ha_heartbeat, segment(), frames(many)).steps.size() == 17);
    CHECK(play(ha_heartbeat, segment(), frames(std::vector<std::string>(100, "x"))).steps.size() == 17);
}

TEST_CASE("ha-heartbeat: a heartbeat says whose it is") {
    const Finding finding = heard({fgcp::encode(heartbeat("FPXVM8TM00000001"))});
    CHECK(finding.cause == Cause::answered);
    CHECK(finding.confidence == Confidence::proven);
    CHECK(finding.detail == "heartbeats of group 'edge' (id 7, active-passive), from FPXVM8TM00000001 on its port3");
    CHECK(finding.warnings.empty());
}

TEST_CASE("ha-heartbeat: each member is named once") {
    const std::string one = fgcp::encode(heartbeat("FPX1"));
    const std::string two = fgcp::encode(heartbeat("FPX2"));
    const Finding finding = heard({one, two, one, "noise", two});
    CHECK(finding.detail ==
          "heartbeats of group 'edge' (id 7, active-passive), from FPX1 on its port3 and FPX2 on its port3");
    CHECK(finding.warnings.empty());
    const Finding mixed = heard({one, fgcp::encode(heartbeat("FPX2", "core"))});
    CHECK(mixed.cause == Cause::answered);
    CHECK(mixed.warnings ==
          std::vector<std::string>{"The heartbeats that were heard do not agree on the group or its mode."});
}

TEST_CASE("ha-heartbeat: a name is escaped, however it is made") {
    const Finding finding = heard({fgcp::encode(heartbeat("FPX1", "a'b\\c"))});
    CHECK(printable(finding.detail, 2048) == finding.detail);
    // Control characters are in no heartbeat.
    CHECK(heard({fgcp::encode(heartbeat("FPX1", "\x1B]0;x"))}).cause == Cause::bad_answer);
}

TEST_CASE("ha-heartbeat: silence is no evidence") {
    const Finding finding = heard({});
    CHECK(finding.cause == Cause::no_reply);
    CHECK(finding.detail.find("wrong interface or VLAN") != std::string::npos);
    CHECK(heard({}, 0x8893).detail.find("only where there is something to send") != std::string::npos);
}

TEST_CASE("ha-heartbeat: other frames of a type that carries data too are a likely answer") {
    for (const int type : {0x8891, 0x8893}) {
        const Finding finding = heard({std::string(60, '\xFF')}, static_cast<std::uint16_t>(type));
        CHECK(finding.cause == Cause::answered);
        CHECK(finding.confidence == Confidence::likely);
        CHECK(finding.detail == "frames of this type are on the segment, from an unknown sender");
    }
    Attempt attempt = play(ha_heartbeat, segment(0x8893), frames({"x"})).attempt;
    for (Event& event : attempt.evidence)
        if (event.what == What::received) event.hardware = HardwareAddress{{2, 0, 0x5E, 0x10, 0, 1}};
    CHECK(ha_heartbeat.judge(segment(0x8893), attempt).detail ==
          "frames of this type are on the segment, from 02:00:5e:10:00:01");
}

TEST_CASE("ha-heartbeat: what a prober asks a responder on the segment is not from a member") {
    wire::responder::Request request;
    request.nonce.assign(wire::responder::nonce_size, 'n');
    request.attempt.assign(wire::responder::attempt_size, 'a');
    const std::string other_prober = wire::responder::encode(request, "somebody else's key");
    for (const std::uint16_t type : std::initializer_list<std::uint16_t>{0x8890, 0x8891, 0x8893})
        CHECK(heard({other_prober}, type).cause == Cause::no_reply);
    CHECK(heard({other_prober, fgcp::encode(heartbeat("FPX1"))}).cause == Cause::answered);
}

TEST_CASE("ha-heartbeat: the type of the heartbeats carries nothing else") {
    const std::string whole = fgcp::encode(heartbeat("FPX1"));
    for (std::size_t size = 0; size < fgcp::heartbeat_header_size; ++size) {
        const Finding finding = heard({whole.substr(0, size)});
        CHECK(finding.cause == Cause::bad_answer);
        CHECK(finding.confidence == Confidence::likely);
    }
    CHECK(heard({"\x1B[31m"}).detail.find('\x1B') == std::string::npos);
    // One that is a heartbeat makes up for the others.
    CHECK(heard({"noise", whole}).cause == Cause::answered);
}

TEST_CASE("ha-sync: a connection is held for a second, without a byte") {
    const Played played = play(ha_sync, sync(Transport::tcp), {});
    CHECK(played.finished);
    REQUIRE(played.steps.size() == 2);
    CHECK(played.steps[0].kind == Step::Kind::hold);
    CHECK(played.steps[0].wait == std::chrono::milliseconds(1000));
    const Finding finding = ha_sync.judge(sync(Transport::tcp), played.attempt);
    CHECK(finding.cause == Cause::connected);
    CHECK(finding.confidence == Confidence::proven);
    CHECK(finding.detail == "the connection stood for 1.0 s");
}

TEST_CASE("ha-sync: what a member says is not known, so whatever it says is only likely its") {
    const std::string said = "\x1B hello";
    for_every_split(said, [&](const std::vector<std::string>& pieces) {
        const Finding finding = judged(ha_sync, sync(Transport::tcp), {.pieces = pieces});
        CHECK(finding.cause == Cause::connected);
        CHECK(finding.confidence == Confidence::likely);
        CHECK(finding.detail.find('\x1B') == std::string::npos);
    });
    const Finding datagram = judged(ha_sync, sync(Transport::udp), frames({"hello"}));
    CHECK(datagram.cause == Cause::answered);
    CHECK(datagram.confidence == Confidence::likely);
    CHECK(datagram.detail == "it said 'hello'");
}

TEST_CASE("ha-sync: over UDP one datagram that explains itself, and silence") {
    const Played played = play(ha_sync, sync(Transport::udp), frames({}));
    CHECK(played.finished);
    CHECK(played.steps[0].bytes == "fdnprobe reachability check");
    CHECK(ha_sync.judge(sync(Transport::udp), played.attempt).cause == Cause::no_reply);
    for (std::size_t step = 0; step < 2; ++step)
        CHECK_FALSE(play(ha_sync, sync(Transport::udp), {.datagrams = true, .dies_at_step = step}).finished);
}

TEST_CASE("ha-unicast: only a heartbeat is an answer") {
    CHECK(judged(ha_unicast, unicast(), frames({})).cause == Cause::no_reply);
    const std::string whole = fgcp::encode(heartbeat("FPX1"));
    const Finding finding = judged(ha_unicast, unicast(), frames({"noise", whole}));
    CHECK(finding.cause == Cause::answered);
    CHECK(finding.detail == "it sends heartbeats");
    for (std::size_t size = 0; size < fgcp::heartbeat_header_size; ++size)
        CHECK(judged(ha_unicast, unicast(), frames({whole.substr(0, size)})).cause == Cause::wrong_protocol);
    CHECK(judged(ha_unicast, unicast(), frames({"\x1B[31m"})).detail == "it said '\\x1b[31m'");
    const Played played = play(ha_unicast, unicast(), frames({}));
    CHECK_FALSE(fgcp::decode(played.steps[0].bytes));
}

TEST_CASE("ha-unicast: what comes from elsewhere was not asked") {
    Attempt attempt = play(ha_unicast, unicast(), frames({"noise"})).attempt;
    for (Event& event : attempt.evidence)
        if (event.what == What::received) event.from = Address::parse("192.0.2.9");
    const Finding finding = ha_unicast.judge(unicast(), attempt);
    CHECK(finding.cause == Cause::no_reply);
    CHECK(finding.warnings.size() == 1);
}

TEST_CASE("the probes of a cluster's own ports say that they are") {
    CHECK(ha_sync.description.members_only);
    CHECK(ha_unicast.description.members_only);
    // Anybody on the segment may listen.
    CHECK_FALSE(ha_heartbeat.description.members_only);
    CHECK(ha_heartbeat.description.over_ethernet);
}
