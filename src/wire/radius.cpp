#include "wire/radius.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "base/digest.hpp"

namespace fdnprobe::wire::radius {
namespace {

constexpr std::size_t attribute_header = 2;
constexpr std::size_t authenticator_at = 4;
constexpr std::size_t message_authenticator_size = 16;
/// What stands in place of a digest while it is computed.
constexpr std::string_view unsigned_digest("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", authenticator_size);

struct CodeName {
    std::uint8_t code;
    std::string_view name;
};
constexpr std::array code_names{
    CodeName{1, "Access-Request"},
    CodeName{code_access_accept, "Access-Accept"},
    CodeName{code_access_reject, "Access-Reject"},
    CodeName{4, "Accounting-Request"},
    CodeName{code_accounting_response, "Accounting-Response"},
    CodeName{code_access_challenge, "Access-Challenge"},
    CodeName{code_status_server, "Status-Server"},
    CodeName{13, "Status-Client"},
    CodeName{code_disconnect_request, "Disconnect-Request"},
    CodeName{code_disconnect_ack, "Disconnect-ACK"},
    CodeName{code_disconnect_nak, "Disconnect-NAK"},
    CodeName{code_coa_request, "CoA-Request"},
    CodeName{code_coa_ack, "CoA-ACK"},
    CodeName{code_coa_nak, "CoA-NAK"},
    CodeName{52, "Protocol-Error"},  // RFC 7930, 4
};

struct CauseName {
    std::uint32_t value;
    std::string_view name;
};
/// RFC 5176, 3.5, and those that IANA has added since.
constexpr std::array cause_names{
    CauseName{201, "Residual Session Context Removed"},
    CauseName{202, "Invalid EAP Packet"},
    CauseName{401, "Unsupported Attribute"},
    CauseName{402, "Missing Attribute"},
    CauseName{403, "NAS Identification Mismatch"},
    CauseName{404, "Invalid Request"},
    CauseName{405, "Unsupported Service"},
    CauseName{406, "Unsupported Extension"},
    CauseName{407, "Invalid Attribute Value"},
    CauseName{501, "Administratively Prohibited"},
    CauseName{502, "Request Not Routable"},
    CauseName{503, "Session Context Not Found"},
    CauseName{504, "Session Context Not Removable"},
    CauseName{505, "Other Proxy Processing Error"},
    CauseName{506, "Resources Unavailable"},
    CauseName{507, "Request Initiated"},
    CauseName{508, "Multiple Session Selection Unsupported"},
    CauseName{509, "Location Info Required"},
};

Unexpected<Problem> problem(Fault fault, std::string what) {
    return Unexpected<Problem>(Problem{fault, std::move(what)});
}

std::string_view without_padding(std::string_view bytes) {
    return bytes.substr(0, packet_size(bytes).value_or(bytes.size()));
}

std::string with_authenticator(std::string_view packet, std::string_view authenticator) {
    std::string changed(packet);
    return changed.replace(authenticator_at, authenticator_size, authenticator);
}

/// Where the value of the Message-Authenticator begins; nothing where there is none. Precondition: `packet` decodes.
std::optional<std::size_t> find_message_authenticator(std::string_view packet) {
    ByteReader reader(packet);
    reader.skip(header_size);
    for (;;) {
        const auto type = reader.u8();
        const auto length = reader.u8();
        if (!type || !length) return std::nullopt;
        if (type == attribute_message_authenticator) return reader.position();
        if (*length < attribute_header || !reader.skip(*length - attribute_header)) return std::nullopt;
    }
}

/// RFC 2869, 5.14: over the packet with the request's authenticator, and with zeros in place of itself.
std::string message_authenticator(std::string_view packet, std::size_t at, std::string_view authenticator,
                                  std::string_view secret) {
    std::string signed_part = with_authenticator(packet, authenticator);
    signed_part.replace(at, message_authenticator_size, unsigned_digest);
    return hmac_md5(secret, signed_part);
}

/// RFC 2865, 3, and RFC 2866, 3: over the packet with the request's authenticator (in a request that signs itself,
/// zeros), and the secret after it.
std::string signature(std::string_view packet, std::string_view authenticator, std::string_view secret) {
    return md5(with_authenticator(packet, authenticator).append(secret));
}

/// Whether the Message-Authenticator is what it has to be; also where there is none.
bool message_authenticator_holds(std::string_view packet, const Packet& read, std::string_view authenticator,
                                 std::string_view secret) {
    const auto value = read.find(attribute_message_authenticator);
    if (!value) return true;
    const auto at = find_message_authenticator(packet);
    if (!at || value->size() != message_authenticator_size) return false;
    return same_digest(*value, message_authenticator(packet, *at, authenticator, secret));
}

std::string encode(std::uint8_t code, std::uint8_t id, std::string_view authenticator,
                   std::span<const Attribute> attributes) {
    ByteWriter body;
    for (const Attribute& attribute : attributes) {
        body.u8(attribute.type);
        body.u8(static_cast<std::uint8_t>(attribute_header + attribute.value.size()));
        body.append(attribute.value);
    }
    ByteWriter packet;
    packet.u8(code);
    packet.u8(id);
    packet.u16(static_cast<std::uint16_t>(header_size + body.size()));
    packet.append(authenticator);
    packet.append(body.take());
    return packet.take();
}

/// Fills in the Message-Authenticator, which has to be there.
void sign_message(std::string& packet, std::string_view authenticator, std::string_view secret) {
    const std::size_t at = find_message_authenticator(packet).value_or(packet.size());
    packet.replace(at, message_authenticator_size, message_authenticator(packet, at, authenticator, secret));
}

Attribute empty_message_authenticator() { return {attribute_message_authenticator, std::string(unsigned_digest)}; }

std::string four_bytes(std::uint32_t value) {
    ByteWriter bytes;
    bytes.u32(value);
    return bytes.take();
}

}  // namespace

Attribute error_cause(std::uint32_t value) { return {attribute_error_cause, four_bytes(value)}; }

std::optional<std::string_view> Packet::find(std::uint8_t type) const {
    const auto found = std::find_if(attributes.begin(), attributes.end(),
                                    [&](const Attribute& attribute) { return attribute.type == type; });
    return found == attributes.end() ? std::nullopt : std::optional(std::string_view(found->value));
}

std::optional<std::uint32_t> Packet::error_cause() const {
    const auto value = find(attribute_error_cause);
    if (!value || value->size() != sizeof(std::uint32_t)) return std::nullopt;
    return ByteReader(*value).u32();
}

std::string name_of_code(std::uint8_t code) {
    const auto* const found =
        std::find_if(code_names.begin(), code_names.end(), [&](const CodeName& one) { return one.code == code; });
    return found == code_names.end() ? fmt::format("code {}", code) : std::string(found->name);
}

std::string name_of_error_cause(std::uint32_t value) {
    const auto* const found =
        std::find_if(cause_names.begin(), cause_names.end(), [&](const CauseName& one) { return one.value == value; });
    return found == cause_names.end() ? fmt::format("Error-Cause {}", value)
                                      : fmt::format("{} ({})", found->name, value);
}

std::optional<std::size_t> packet_size(std::string_view bytes) {
    ByteReader reader(bytes);
    reader.skip(2);
    return reader.u16();
}

Expected<Packet, Problem> decode(std::string_view bytes) {
    const auto size = packet_size(bytes);
    if (!size) return problem(Fault::foreign, "it is shorter than a RADIUS packet");
    if (*size < header_size || *size > largest_packet)
        return problem(Fault::foreign, "its length is one that no RADIUS packet has");
    if (bytes.size() < *size) return problem(Fault::malformed, "the RADIUS packet is cut off");

    ByteReader reader(bytes.substr(0, *size));
    Packet packet;
    packet.code = reader.u8().value_or(0);
    packet.id = reader.u8().value_or(0);
    reader.skip(sizeof(std::uint16_t));
    packet.authenticator = reader.take(authenticator_size).value_or("");
    while (reader.remaining() > 0) {
        const auto type = reader.u8();
        const auto length = reader.u8();
        if (!type || !length || *length < attribute_header)
            return problem(Fault::malformed, "an attribute of the RADIUS packet has no valid length");
        const auto value = reader.take(*length - attribute_header);
        if (!value) return problem(Fault::malformed, "an attribute is longer than the RADIUS packet");
        packet.attributes.push_back({*type, std::string(*value)});
    }
    return packet;
}

std::string encode_status_server(std::uint8_t id, std::string_view authenticator, std::string_view secret) {
    const std::array attributes{empty_message_authenticator()};
    std::string packet = encode(code_status_server, id, authenticator, attributes);
    sign_message(packet, authenticator, secret);
    return packet;
}

std::string encode_disconnect_request(std::uint8_t id, std::chrono::sys_seconds now, std::string_view secret) {
    const auto seconds = static_cast<std::uint32_t>(now.time_since_epoch().count());
    const std::array attributes{empty_message_authenticator(),
                                Attribute{attribute_event_timestamp, four_bytes(seconds)}};
    std::string packet = encode(code_disconnect_request, id, unsigned_digest, attributes);
    // RFC 5176, 2.3: first the inner signature, over zeros where the outer one will be.
    sign_message(packet, unsigned_digest, secret);
    return with_authenticator(packet, signature(packet, unsigned_digest, secret));
}

std::string encode_response(std::uint8_t code, std::string_view request, std::span<const Attribute> attributes,
                            std::string_view secret) {
    ByteReader reader(request);
    reader.skip(1);
    const std::uint8_t id = reader.u8().value_or(0);
    reader.skip(sizeof(std::uint16_t));
    const std::string_view authenticator = reader.take(authenticator_size).value_or(unsigned_digest);
    std::vector<Attribute> all{empty_message_authenticator()};
    all.insert(all.end(), attributes.begin(), attributes.end());
    std::string packet = encode(code, id, authenticator, all);
    sign_message(packet, authenticator, secret);
    return with_authenticator(packet, signature(packet, authenticator, secret));
}

Expected<Packet, Problem> read_response(std::string_view bytes, std::string_view request) {
    if (!request.empty() && bytes == request) return problem(Fault::foreign, "the request itself came back");
    auto packet = decode(bytes);
    if (!packet) return packet;
    const auto asked = decode(request);
    if (!asked || packet->id != asked->id)
        return problem(Fault::malformed, name_of_code(packet->code) + " answers another request");
    return packet;
}

Expected<Packet, Problem> verify_response(std::string_view bytes, std::string_view request, std::string_view secret) {
    auto packet = read_response(bytes, request);
    if (!packet) return packet;
    const std::string_view own = without_padding(bytes);
    const std::string_view authenticator = request.substr(authenticator_at, authenticator_size);
    if (!same_digest(packet->authenticator, signature(own, authenticator, secret)))
        return problem(Fault::unproven, name_of_code(packet->code) + " has an authenticator that does not fit");
    if (!message_authenticator_holds(own, *packet, authenticator, secret))
        return problem(Fault::unproven, name_of_code(packet->code) + " has a Message-Authenticator that does not fit");
    return packet;
}

bool verify_request(std::string_view bytes, std::string_view secret) {
    const auto packet = decode(bytes);
    if (!packet) return false;
    const std::string_view own = without_padding(bytes);
    if (packet->code == code_status_server)
        return packet->find(attribute_message_authenticator) &&
               message_authenticator_holds(own, *packet, packet->authenticator, secret);
    return packet->code == code_disconnect_request &&
           same_digest(packet->authenticator, signature(own, unsigned_digest, secret)) &&
           message_authenticator_holds(own, *packet, unsigned_digest, secret);
}

}  // namespace fdnprobe::wire::radius
