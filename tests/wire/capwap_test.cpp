#include "wire/capwap.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "base/version.hpp"
#include "catch.hpp"
#include "from_hex.hpp"

namespace capwap = fdnprobe::wire::capwap;
using capwap::Fault;

namespace {

// RFC 5415 has no example: this follows its figures. Header (4.3), control header (4.5.1), AC Name (4.6.4).
const std::string header = from_hex("00 10 02 00  00 00 00 00");
const std::string response = header + from_hex("00 00 00 02  2a  00 0a  00") + from_hex("00 04 00 03") + "ac1";

Fault fault_of(std::string_view bytes) {
    const auto message = capwap::decode(bytes);
    REQUIRE_FALSE(message);
    CHECK_FALSE(message.error().what.empty());
    return message.error().fault;
}

std::string replaced(std::string bytes, std::size_t at, std::string_view with) {
    const std::string raw = from_hex(with);
    return bytes.replace(at, raw.size(), raw);
}

}  // namespace

TEST_CASE("capwap: a Discovery Response is read") {
    const auto message = capwap::decode(response);
    REQUIRE(message);
    CHECK(message->type == capwap::type_discovery_response);
    CHECK(message->sequence == 42);
    CHECK(message->find(capwap::element_ac_name) == "ac1");
    CHECK_FALSE(message->find(1));
    CHECK(fdnprobe::hex(capwap::encode(*message)) == fdnprobe::hex(response));
    // What a link or a sender has put after it is not part of it.
    CHECK(capwap::decode(response + "padding") == message);
}

TEST_CASE("capwap: a header with its optional fields is passed over") {
    // HLEN 4: a radio's address (4.3) and 4 bytes of wireless information.
    const std::string longer = from_hex("00 20 02 30  00 00 00 00  03 02 00 00  00 00 00 00") + response.substr(8);
    CHECK(capwap::decode(longer) == capwap::decode(response));
}

TEST_CASE("capwap: a Discovery Request has every element that RFC 5415, 5.1, asks for, and tells nothing of anybody") {
    const capwap::Message request = capwap::discovery_request(200);
    CHECK(request.type == capwap::type_discovery_request);
    CHECK(request.sequence == 200);
    std::vector<int> types;
    for (const capwap::Element& element : request.elements) types.push_back(element.type);
    // Discovery Type, WTP Board Data, WTP Descriptor, WTP Frame Tunnel Mode, WTP MAC Type, WTP Radio Information.
    CHECK(types == std::vector<int>{20, 38, 39, 41, 44, 1048});
    CHECK(fdnprobe::hex(*request.find(38)) ==
          "00000000"
          "00000008" +
              fdnprobe::hex("fdnprobe") + "00010001" + fdnprobe::hex("0"));
    const std::string version(fdnprobe::version());
    CHECK(fdnprobe::hex(*request.find(39)) ==
          "010101"
          "010000"
          "00000000"
          "00000008" +
              fdnprobe::hex("fdnprobe") +
              "00000000"
              "000100" +
              fdnprobe::hex(std::string(1, static_cast<char>(version.size()))) + fdnprobe::hex(version) +
              "00000000"
              "00020001" +
              fdnprobe::hex("0"));
    CHECK(fdnprobe::hex(*request.find(1048)) == "0100000005");
    const std::string bytes = capwap::encode(request);
    CHECK(bytes.starts_with(header));
    CHECK(capwap::decode(bytes) == request);
}

TEST_CASE("capwap: a Discovery Response of the lab can be read") {
    const capwap::Message message = capwap::discovery_response(7, "fdnprobe lab");
    CHECK(message.find(capwap::element_ac_name) == "fdnprobe lab");
    CHECK(capwap::decode(capwap::encode(message)) == message);
}

TEST_CASE("capwap: no truncation of a message is one") {
    for (const std::string& whole : {response, capwap::encode(capwap::discovery_request(1))})
        for (std::size_t size = 0; size < whole.size(); ++size)
            CHECK(fault_of(whole.substr(0, size)) == (size == 0 ? Fault::foreign : Fault::malformed));
}

TEST_CASE("capwap: lengths are held to their bounds") {
    CHECK(fault_of(replaced(response, 1, "00")) == Fault::malformed);      // no header at all
    CHECK(fault_of(replaced(response, 1, "08")) == Fault::malformed);      // half of one
    CHECK(fault_of(replaced(response, 1, "f8")) == Fault::malformed);      // one beyond the end
    CHECK(fault_of(replaced(response, 13, "00 02")) == Fault::malformed);  // a message shorter than its header
    CHECK(fault_of(replaced(response, 13, "00 0b")) == Fault::malformed);  // one beyond the end
    CHECK(fault_of(replaced(response, 13, "ff ff")) == Fault::malformed);
    CHECK(fault_of(replaced(response, 13, "00 05")) == Fault::malformed);  // that ends in an element's header
    CHECK(fault_of(replaced(response, 18, "00 04")) == Fault::malformed);  // an element beyond the message
    CHECK(capwap::decode(replaced(response, 13, "00 03"))->elements.empty());
}

TEST_CASE("capwap: what is not a message in the clear is told apart") {
    CHECK(fault_of(from_hex("01 00 00 00 16 fe fd")) == Fault::dtls);
    CHECK(fault_of("HTTP/1.1 400 Bad Request") == Fault::foreign);
    CHECK(fault_of(replaced(response, 0, "10")) == Fault::foreign);       // another version
    CHECK(fault_of(replaced(response, 0, "02")) == Fault::foreign);       // another kind of packet
    CHECK(fault_of(replaced(response, 2, "02 80")) == Fault::malformed);  // a fragment
}
