#include "wire/capwap.hpp"

#include <algorithm>
#include <utility>

#include "base/bytes.hpp"
#include "base/version.hpp"

namespace fdnprobe::wire::capwap {
namespace {

// The preamble (RFC 5415, 4.1): four bits of version, four bits of type.
constexpr std::uint8_t version = 0;
constexpr std::uint8_t preamble_clear = 0;
constexpr std::uint8_t preamble_dtls = 1;

/// RFC 5416, 2.1: IEEE 802.11.
constexpr std::uint8_t binding_80211 = 1;
/// The header without its optional fields; its length is counted in words of 4 bytes.
constexpr std::size_t header_size = 8;
constexpr std::size_t word = 4;
/// RFC 5415, 4.3: a part of a packet; among the lower 16 bits of the first word.
constexpr std::uint8_t flag_fragment = 0x80;
/// RFC 5415, 4.5.1.3: the length counts from behind the sequence number, so that its own two bytes and the flags are
/// in it.
constexpr std::size_t counted_header = 3;

// Elements (RFC 5415, 4.6).
constexpr std::uint16_t element_ac_descriptor = 1;
constexpr std::uint16_t element_control_ipv4_address = 10;
constexpr std::uint16_t element_discovery_type = 20;
constexpr std::uint16_t element_wtp_board_data = 38;
constexpr std::uint16_t element_wtp_descriptor = 39;
constexpr std::uint16_t element_wtp_frame_tunnel_mode = 41;
constexpr std::uint16_t element_wtp_mac_type = 44;
constexpr std::uint16_t element_wtp_radio_information = 1048;  // RFC 5416, 6.25

/// An enterprise number that IANA gives to nobody.
constexpr std::uint32_t no_vendor = 0;

Unexpected<Problem> problem(Fault fault, std::string what) {
    return Unexpected<Problem>(Problem{fault, std::move(what)});
}

void write_part(ByteWriter& writer, std::uint16_t type, std::string_view value) {
    writer.u16(type);
    writer.u16(static_cast<std::uint16_t>(value.size()));
    writer.append(value);
}

std::string one_byte(std::uint8_t value) { return std::string(1, static_cast<char>(value)); }

/// RFC 5415, 4.6.40: the vendor, a model and a serial number.
std::string wtp_board_data() {
    ByteWriter value;
    value.u32(no_vendor);
    write_part(value, 0, "fdnprobe");
    write_part(value, 1, "0");
    return value.take();
}

/// Hardware, software and boot version, each with its vendor in front.
void write_version(ByteWriter& writer, std::uint16_t type, std::string_view text) {
    writer.u32(no_vendor);
    write_part(writer, type, text);
}

/// RFC 5415, 4.6.41.
std::string wtp_descriptor() {
    ByteWriter value;
    value.u8(1);              // radios that it can have
    value.u8(1);              // radios in use
    value.u8(1);              // kinds of encryption that follow: at least one
    value.u8(binding_80211);  // for that kind of radio
    value.u16(0);             // none
    write_version(value, 0, "fdnprobe");
    write_version(value, 1, fdnprobe::version());
    write_version(value, 2, "0");
    return value.take();
}

/// RFC 5416, 6.25: a radio of 802.11b and g, as every controller knows them.
std::string wtp_radio_information() {
    ByteWriter value;
    value.u8(1);
    value.u32(0x01 | 0x04);
    return value.take();
}

/// RFC 5415, 4.6.1.
std::string ac_descriptor() {
    ByteWriter value;
    value.u16(0);    // stations
    value.u16(1);    // as many as there may be
    value.u16(0);    // access points
    value.u16(1);    // as many as there may be
    value.u8(0x02);  // it authenticates by certificate
    value.u8(2);     // a radio's address is not asked for
    value.u8(0);
    value.u8(0x02);  // data goes in the clear
    write_version(value, 4, "fdnprobe lab");
    write_version(value, 5, fdnprobe::version());
    return value.take();
}

/// RFC 5415, 4.6.9, for an address of the documentation's own (RFC 5737).
std::string control_ipv4_address() {
    ByteWriter value;
    value.u32(0xC0000201);  // 192.0.2.1
    value.u16(0);           // access points there
    return value.take();
}

}  // namespace

std::optional<std::string_view> Message::find(std::uint16_t wanted) const {
    const auto found =
        std::find_if(elements.begin(), elements.end(), [&](const Element& element) { return element.type == wanted; });
    return found == elements.end() ? std::nullopt : std::optional(std::string_view(found->value));
}

Expected<Message, Problem> decode(std::string_view bytes) {
    ByteReader reader(bytes);
    const auto preamble = reader.u8();
    if (!preamble) return problem(Fault::foreign, "it is empty");
    if (*preamble == ((version << 4U) | preamble_dtls))
        return problem(Fault::dtls, "it is encrypted, and nothing had been agreed on");
    if (*preamble != ((version << 4U) | preamble_clear)) return problem(Fault::foreign, "it does not begin as CAPWAP");

    const auto lengths = reader.u8();
    const auto flags = reader.u16();
    if (!lengths || !flags) return problem(Fault::malformed, "the CAPWAP header is cut off");
    const std::size_t header = (*lengths >> 3U) * word;
    if (header < header_size) return problem(Fault::malformed, "the CAPWAP header has no valid length");
    if (!reader.skip(header - reader.position())) return problem(Fault::malformed, "the CAPWAP header is cut off");
    if ((*flags & flag_fragment) != 0) return problem(Fault::malformed, "it is a fragment of a CAPWAP message");

    Message message;
    const auto type = reader.u32();
    const auto sequence = reader.u8();
    const auto length = reader.u16();
    const auto reserved = reader.u8();
    if (!type || !sequence || !length || !reserved)
        return problem(Fault::malformed, "the CAPWAP message is cut off in its header");
    if (*length < counted_header) return problem(Fault::malformed, "the CAPWAP message has no valid length");
    const auto body = reader.take(*length - counted_header);
    if (!body) return problem(Fault::malformed, "the CAPWAP message is cut off");
    message.type = *type;
    message.sequence = *sequence;

    ByteReader elements(*body);
    while (elements.remaining() > 0) {
        const auto element = elements.u16();
        const auto size = elements.u16();
        if (!element || !size) return problem(Fault::malformed, "the CAPWAP message ends in an element's header");
        const auto value = elements.take(*size);
        if (!value) return problem(Fault::malformed, "an element is longer than the CAPWAP message");
        message.elements.push_back({*element, std::string(*value)});
    }
    return message;
}

std::string encode(const Message& message) {
    ByteWriter body;
    for (const Element& element : message.elements) write_part(body, element.type, element.value);
    ByteWriter packet;
    packet.u8((version << 4U) | preamble_clear);
    packet.u8((header_size / word) << 3U);  // and the upper bits of radio 0
    packet.u16(binding_80211 << 9U);        // between the radio's lower bits and the flags
    packet.u32(0);                          // not a fragment
    packet.u32(message.type);
    packet.u8(message.sequence);
    packet.u16(static_cast<std::uint16_t>(body.size() + counted_header));
    packet.u8(0);
    packet.append(body.take());
    return packet.take();
}

Message discovery_request(std::uint8_t sequence) {
    Message message{type_discovery_request, sequence, {}};
    message.elements = {
        {element_discovery_type, one_byte(1)},  // the controller's address was configured
        {element_wtp_board_data, wtp_board_data()},
        {element_wtp_descriptor, wtp_descriptor()},
        {element_wtp_frame_tunnel_mode, one_byte(0x02)},  // local bridging
        {element_wtp_mac_type, one_byte(0)},              // local MAC
        {element_wtp_radio_information, wtp_radio_information()},
    };
    return message;
}

Message discovery_response(std::uint8_t sequence, std::string_view name) {
    Message message{type_discovery_response, sequence, {}};
    message.elements = {
        {element_ac_descriptor, ac_descriptor()},
        {element_ac_name, std::string(name)},
        {element_wtp_radio_information, wtp_radio_information()},
        {element_control_ipv4_address, control_ipv4_address()},
    };
    return message;
}

}  // namespace fdnprobe::wire::capwap
