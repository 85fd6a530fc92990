#include "wire/packet_headers.hpp"

#include <string>
#include <string_view>

#include "catch.hpp"

using namespace fdnprobe;
using namespace fdnprobe::wire;

namespace {

/// 24 bytes of header, with an option, then the payload; the TTL is 61.
std::string ipv4_packet(std::string_view payload) {
    std::string packet(
        "\x46\x00\x00\x00\x12\x34\x40\x00\x3d\x32\x00\x00\xc0\x00\x02\x01\xc0\x00\x02\x02\x94\x04\x00\x00", 24);
    packet[3] = static_cast<char>(packet.size() + payload.size());
    return packet + std::string(payload);
}

}  // namespace

TEST_CASE("the hops left of a packet are read from its header") {
    CHECK(hops_left(ipv4_packet("x")) == 61);
    const std::string six = std::string("\x60\x00\x00\x00\x00\x14\x06\x39", 8) + std::string(32, '\x01');
    CHECK(hops_left(six) == 57);
    for (std::size_t size = 0; size < 40; ++size) CHECK_FALSE(hops_left(six.substr(0, size)));
    for (std::size_t size = 0; size < 20; ++size) CHECK_FALSE(hops_left(ipv4_packet("x").substr(0, size)));
    CHECK_FALSE(hops_left(std::string(60, '\x50')));
}

TEST_CASE("what an IPv4 packet carries begins after its options and ends where it says") {
    const std::string packet = ipv4_packet("payload");
    CHECK(ipv4_payload(packet) == "payload");
    CHECK(ipv4_payload(packet + "padding") == "payload");
    CHECK(ipv4_payload(ipv4_packet("")) == "");
    for (std::size_t size = 0; size < packet.size(); ++size) CHECK_FALSE(ipv4_payload(packet.substr(0, size)));
}

TEST_CASE("lengths of an IPv4 header that cannot be are refused") {
    const auto with = [](std::size_t place, char value) {
        std::string packet = ipv4_packet("payload");
        packet[place] = value;
        return packet;
    };
    CHECK_FALSE(ipv4_payload(with(0, '\x44')));  // shorter than a header can be
    CHECK_FALSE(ipv4_payload(with(0, '\x4f')));  // longer than the packet
    CHECK_FALSE(ipv4_payload(with(0, '\x66')));  // not IPv4
    CHECK_FALSE(ipv4_payload(with(2, '\x01')));  // more than there is
    CHECK_FALSE(ipv4_payload(with(3, '\x17')));  // less than its own header
}

TEST_CASE("an ESP packet is read and written as the same") {
    const EspPacket packet{0xFDFDFDFD, 7, "payload"};
    const std::string bytes = encode(packet);
    CHECK(bytes == "\xfd\xfd\xfd\xfd" + std::string("\0\0\0\x07payload", 11));
    const auto read = decode_esp(bytes);
    REQUIRE(read);
    CHECK(read->spi == packet.spi);
    CHECK(read->sequence == 7);
    CHECK(read->payload == "payload");
    for (std::size_t size = 0; size < 8; ++size) CHECK_FALSE(decode_esp(bytes.substr(0, size)));
    CHECK(decode_esp(bytes.substr(0, 8))->payload.empty());
}
