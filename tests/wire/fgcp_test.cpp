#include "wire/fgcp.hpp"

#include "catch.hpp"

namespace fgcp = fdnprobe::wire::fgcp;

namespace {

fgcp::Heartbeat heartbeat() {
    fgcp::Heartbeat one;
    one.magic = 0x5201;
    one.mode = fgcp::mode_active_passive;
    one.group = "LAB_CLUSTER";
    one.group_id = 200;
    one.port = "port3";
    one.revision = 0x0102;
    one.serial = "FPXVM8TM00000001";
    one.values = {{fgcp::value_priority, "\x80"}, {0x0D, std::string(1, '\0')}, {0x3C, std::string(48, 'c')}};
    return one;
}

}  // namespace

TEST_CASE("fgcp: a heartbeat's fields are where observers have found them") {
    const std::string frame = fgcp::encode(heartbeat());
    CHECK(frame.substr(0, 4) == std::string("\x01\x52\x02\x00", 4));
    CHECK(frame.substr(4, 32) == "LAB_CLUSTER" + std::string(21, '\0'));
    CHECK(frame.substr(38, 2) == std::string("\xC8\x00", 2));
    CHECK(frame.substr(52, 16) == "port3" + std::string(11, '\0'));
    CHECK(frame.substr(68, 2) == "\x02\x01");
    CHECK(frame.substr(72, 16) == "FPXVM8TM00000001");
    CHECK(frame.substr(88, 5) == std::string("\x0C\x00\x01\x00\x80", 5));
    CHECK(frame.size() == fgcp::heartbeat_header_size + 5 + 5 + 52 + 4);
    const auto read = fgcp::decode(frame);
    REQUIRE(read);
    CHECK(*read == heartbeat());
    CHECK(read->priority() == 0x80);
    CHECK_FALSE(read->encrypted());
}

TEST_CASE("fgcp: encrypted and authenticated heartbeats still say who they are from") {
    fgcp::Heartbeat one = heartbeat();
    one.flags = fgcp::flag_encrypted | fgcp::flag_authenticated;
    one.values.clear();
    const std::string frame = fgcp::encode(one);
    CHECK(frame.size() == fgcp::heartbeat_header_size + fgcp::digest_size);
    CHECK(fgcp::decode(frame) == one);
    // What is secret can be anything.
    CHECK(fgcp::decode(frame + std::string(100, '\xFF')) == one);
    CHECK_FALSE(fgcp::decode(frame)->priority());
    CHECK_FALSE(fgcp::decode(frame.substr(0, frame.size() - 1)));
    one.flags = fgcp::flag_authenticated;
    one.values = heartbeat().values;
    CHECK(fgcp::decode(fgcp::encode(one)) == one);
}

TEST_CASE("fgcp: no truncation is read beyond its end") {
    const std::string frame = fgcp::encode(heartbeat());
    for (std::size_t size = 0; size < frame.size(); ++size) {
        const auto cut = fgcp::decode(frame.substr(0, size));
        INFO(size);
        if (size < fgcp::heartbeat_header_size) CHECK_FALSE(cut);
        // Between two values it is whole; fewer than four bytes more are filling.
        if (cut) CHECK(cut->values.size() <= heartbeat().values.size());
    }
    CHECK_FALSE(fgcp::decode(frame.substr(0, 92)));
}

TEST_CASE("fgcp: a frame may be filled up") {
    CHECK(fgcp::decode(fgcp::encode(heartbeat()) + std::string(60, '\0')) == heartbeat());
    CHECK(fgcp::decode(fgcp::encode(heartbeat()) + std::string(60, '\xFF')) == heartbeat());
}

TEST_CASE("fgcp: what is no heartbeat") {
    const std::string frame = fgcp::encode(heartbeat());
    const auto with = [&](std::size_t at, char value) {
        std::string bytes = frame;
        bytes.at(at) = value;
        return fgcp::decode(bytes);
    };
    CHECK_FALSE(with(2, 0));  // mode
    CHECK_FALSE(with(2, 3));
    CHECK_FALSE(with(5, '\x1B'));  // a control character in the group's name
    CHECK_FALSE(with(52, '\0'));   // no port
    CHECK_FALSE(with(72, '\0'));   // no serial number
    CHECK_FALSE(with(73, ' '));
    CHECK_FALSE(with(91, '\x7F'));  // a value that is longer than the frame
    CHECK(with(4, '\0')->group.empty());
    CHECK_FALSE(fgcp::decode(""));
    CHECK_FALSE(fgcp::decode(std::string(1500, '\0')));
    CHECK_FALSE(fgcp::decode(std::string(1500, '\1')));
    CHECK_FALSE(fgcp::decode(std::string(1500, 'A')));
    CHECK_FALSE(fgcp::decode(std::string(1500, '\xFF')));
}
