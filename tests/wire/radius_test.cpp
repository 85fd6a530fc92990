#include "wire/radius.hpp"

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "catch.hpp"
#include "from_hex.hpp"

namespace radius = fdnprobe::wire::radius;
using radius::Fault;

namespace {

/// RFC 5997, 6: the secret of all its examples.
const std::string secret = "xyzzy5461";

// RFC 5997, 6.1: a minimal query to the authentication port, and its answer.
const std::string status_request = from_hex(
    "0c da 00 26 8a 54 f4 68 6f b3 94 c5 28 66 e3 02 18 5d 06 23 50 12 5a 66 5e 2e 1e 84 11 f3 e2 43 82 20 97 c8 4f "
    "a3");
const std::string access_accept = from_hex("02 da 00 14 ef 0d 55 2a 4b f2 d6 93 ec 2b 6f e8 b5 41 1d 66");

// RFC 5997, 6.2: the same for the accounting port.
const std::string accounting_request = from_hex(
    "0c b3 00 26 92 5f 6b 66 dd 5f ed 57 1f cb 1d b7 ad 38 82 60 50 12 e8 d6 ea bd a9 10 87 5c d9 1f da de 26 36 78 "
    "58");
const std::string accounting_response = from_hex("05 b3 00 14 0f 6f 92 14 5f 10 7e 2f 50 4e 86 0a 48 60 66 9c");

// RFC 5997, 6.3: a query with another attribute before the Message-Authenticator.
const std::string verbose_request = from_hex(
    "0c 47 00 2c bf 58 de 56 ae 40 8a d3 b7 0c 85 13 f9 b0 3f be 04 06 c0 00 02 10 50 12 85 2d 6f ec 61 e7 ed 74 b8 e3 "
    "2d ac 2f 2a 5f b2");

// Computed apart from this program, by the rules of RFC 5176, 2.3, and RFC 2869, 5.14; RFC 5176 has no example.
const std::string disconnect_request = from_hex(
    "28 07 00 2c 98 1e eb ae a1 47 4b 98 37 a0 7b b9 2b 43 0a 64 50 12 c9 d9 5c 4b b1 11 0d b2 db e2 ae 8b 7f c2 c1 d6 "
    "37 06 6b 36 ec 80");
const std::string disconnect_nak = from_hex(
    "2a 07 00 2c 33 12 b6 5e d3 94 27 f1 4e b0 28 85 67 03 5a 86 50 12 90 30 f9 15 11 ac 6a 71 20 20 7b bc a9 52 08 fe "
    "65 06 00 00 01 f7");
constexpr std::chrono::sys_days new_year = std::chrono::sys_days{std::chrono::January / 1 / 2027};

Fault fault_of(const fdnprobe::Expected<radius::Packet, radius::Problem>& packet) {
    REQUIRE_FALSE(packet);
    CHECK_FALSE(packet.error().what.empty());
    return packet.error().fault;
}

std::string with_byte(std::string bytes, std::size_t at, int value) {
    bytes.at(at) = static_cast<char>(value);
    return bytes;
}

/// Every packet that differs from it in one bit.
std::vector<std::string> with_one_bit_flipped(const std::string& bytes) {
    std::vector<std::string> all;
    for (std::size_t at = 0; at < bytes.size(); ++at)
        for (int bit = 0; bit < 8; ++bit) all.push_back(with_byte(bytes, at, bytes[at] ^ (1 << bit)));
    return all;
}

}  // namespace

TEST_CASE("radius: a Status-Server is that of RFC 5997, 6.1 and 6.2") {
    for (const std::string& request : {status_request, accounting_request}) {
        const std::string authenticator = request.substr(4, 16);
        const auto id = static_cast<std::uint8_t>(request[1]);
        CHECK(fdnprobe::hex(radius::encode_status_server(id, authenticator, secret)) == fdnprobe::hex(request));
    }
}

TEST_CASE("radius: the answers of RFC 5997, 6, are verified") {
    const auto accept = radius::verify_response(access_accept, status_request, secret);
    REQUIRE(accept);
    CHECK(accept->code == radius::code_access_accept);
    CHECK(accept->id == 0xDA);
    CHECK(accept->authenticator == access_accept.substr(4));
    CHECK(accept->attributes.empty());
    const auto response = radius::verify_response(accounting_response, accounting_request, secret);
    REQUIRE(response);
    CHECK(response->code == radius::code_accounting_response);
}

TEST_CASE("radius: an answer is verified against its own request and secret, to the last bit") {
    CHECK(fault_of(radius::verify_response(access_accept, status_request, "xyzzy5462")) == Fault::unproven);
    CHECK(fault_of(radius::verify_response(access_accept, status_request, "")) == Fault::unproven);
    CHECK(fault_of(radius::verify_response(access_accept, with_byte(status_request, 4, 0), secret)) == Fault::unproven);
    CHECK(fault_of(radius::verify_response(access_accept, accounting_request, secret)) == Fault::malformed);
    for (const std::string& changed : with_one_bit_flipped(access_accept))
        CHECK_FALSE(radius::verify_response(changed, status_request, secret));
    for (const std::string& changed : with_one_bit_flipped(disconnect_nak))
        CHECK_FALSE(radius::verify_response(changed, disconnect_request, secret));
}

TEST_CASE("radius: a Message-Authenticator must hold, even where the rest does") {
    const auto signed_with = [](std::string_view message_authenticator) {
        std::string packet = radius::encode_response(radius::code_access_accept, status_request, {}, secret);
        packet.replace(4, 16, status_request, 4, 16);
        if (!message_authenticator.empty()) packet.replace(22, 16, message_authenticator);
        return packet.replace(4, 16, fdnprobe::md5(packet + secret));
    };
    CHECK(radius::verify_response(signed_with(""), status_request, secret));
    CHECK(fault_of(radius::verify_response(signed_with(std::string(16, 'x')), status_request, secret)) ==
          Fault::unproven);
}

TEST_CASE("radius: a request is believed when it is signed") {
    for (const std::string& request : {status_request, accounting_request, verbose_request, disconnect_request}) {
        CHECK(radius::verify_request(request, secret));
        CHECK_FALSE(radius::verify_request(request, "xyzzy5462"));
        for (const std::string& changed : with_one_bit_flipped(request))
            CHECK_FALSE(radius::verify_request(changed, secret));
    }
    CHECK_FALSE(radius::verify_request(access_accept, secret));
    // RFC 5997, 3: without a Message-Authenticator it is nobody's.
    CHECK_FALSE(radius::verify_request(with_byte(status_request.substr(0, 20), 3, 20), secret));
}

TEST_CASE("radius: a Disconnect-Request names nothing that could be ended") {
    const std::string request = radius::encode_disconnect_request(7, new_year, secret);
    CHECK(fdnprobe::hex(request) == fdnprobe::hex(disconnect_request));
    const auto packet = radius::decode(request);
    REQUIRE(packet);
    REQUIRE(packet->attributes.size() == 2);
    CHECK(packet->attributes[0].type == radius::attribute_message_authenticator);
    CHECK(packet->attributes[1] == radius::Attribute{radius::attribute_event_timestamp, from_hex("6b 36 ec 80")});
}

TEST_CASE("radius: a NAK says why") {
    const std::array attributes{radius::error_cause(503)};
    const std::string nak =
        radius::encode_response(radius::code_disconnect_nak, disconnect_request, attributes, secret);
    CHECK(fdnprobe::hex(nak) == fdnprobe::hex(disconnect_nak));
    const auto packet = radius::verify_response(disconnect_nak, disconnect_request, secret);
    REQUIRE(packet);
    CHECK(packet->error_cause() == 503);
    CHECK_FALSE(radius::decode(access_accept)->error_cause());
    radius::Packet odd;
    odd.attributes = {{radius::attribute_error_cause, "abc"}};
    CHECK_FALSE(odd.error_cause());
}

TEST_CASE("radius: what follows a packet is padding") {
    const std::string padded = access_accept + "padding of some link";
    CHECK(radius::decode(padded) == radius::decode(access_accept));
    CHECK(radius::verify_response(padded, status_request, secret));
    CHECK(radius::verify_request(status_request + '\0', secret));
}

TEST_CASE("radius: no truncation of a packet is one") {
    for (const std::string& whole : {status_request, access_accept, verbose_request, disconnect_nak}) {
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const std::string part = whole.substr(0, size);
            CHECK(fault_of(radius::decode(part)) == (size < 4 ? Fault::foreign : Fault::malformed));
            CHECK(radius::packet_size(part) == (size < 4 ? std::nullopt : std::optional(whole.size())));
            CHECK_FALSE(radius::verify_response(part, status_request, secret));
            CHECK_FALSE(radius::verify_request(part, secret));
        }
        // The same, with a length that claims to be right.
        for (std::size_t size = 20; size < whole.size(); ++size)
            CHECK_FALSE(radius::verify_response(with_byte(whole.substr(0, size), 3, static_cast<int>(size)),
                                                status_request, secret));
    }
}

TEST_CASE("radius: lengths are held to their bounds") {
    const std::string head = status_request.substr(0, 20);
    for (const char* size : {"00 00", "00 13", "10 01", "ff ff"})
        CHECK(fault_of(radius::decode(std::string(head).replace(2, 2, from_hex(size)))) == Fault::foreign);
    const auto with_attributes = [&](std::string_view attributes) {
        std::string packet = head + from_hex(attributes);
        return with_byte(packet, 3, static_cast<int>(packet.size()));
    };
    CHECK(radius::decode(with_attributes("")));
    CHECK(radius::decode(with_attributes("12 02")));
    CHECK(radius::decode(with_attributes("12 02 12 03 41")));
    for (const char* attributes : {"12", "12 00", "12 01", "12 03", "12 ff 00", "12 02 12", "50 12 00", "50 02 50 01"})
        CHECK(fault_of(radius::decode(with_attributes(attributes))) == Fault::malformed);
    // A Message-Authenticator of another size is none, and nothing is read past it.
    for (const char* attributes : {"50 02", "50 03 00", "50 11 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
                                   "50 13 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"})
        CHECK_FALSE(radius::verify_request(with_attributes(attributes), secret));
    std::string largest = head;
    while (largest.size() + 8 <= radius::largest_packet) largest += from_hex("12 04 41 41");
    largest += from_hex("12 04 41 41");
    largest.replace(2, 2, from_hex("10 00"));
    REQUIRE(largest.size() == radius::largest_packet);
    CHECK(radius::decode(largest)->attributes.size() == (radius::largest_packet - 20) / 4);
}

TEST_CASE("radius: what is no answer is told apart") {
    CHECK(fault_of(radius::read_response(status_request, status_request)) == Fault::foreign);
    CHECK(fault_of(radius::read_response("HTTP/1.1 400 Bad Request\r\n\r\n", status_request)) == Fault::foreign);
    CHECK(fault_of(radius::read_response("", status_request)) == Fault::foreign);
    CHECK(fault_of(radius::read_response(accounting_response, status_request)) == Fault::malformed);
    CHECK(fault_of(radius::read_response(access_accept, "")) == Fault::malformed);
    // Without the secret, nothing else can be said.
    CHECK(radius::read_response(with_byte(access_accept, 19, 0), status_request));
}

TEST_CASE("radius: codes and causes have names") {
    CHECK(radius::name_of_code(2) == "Access-Accept");
    CHECK(radius::name_of_code(45) == "CoA-NAK");
    CHECK(radius::name_of_code(99) == "code 99");
    CHECK(radius::name_of_error_cause(402) == "Missing Attribute (402)");
    CHECK(radius::name_of_error_cause(999) == "Error-Cause 999");
}
