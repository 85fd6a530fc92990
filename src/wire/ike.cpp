#include "wire/ike.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/bytes.hpp"

namespace fdnprobe::wire::ike {
namespace {

/// RFC 2407, 4.6.1 and 4.2.1: IPsec, identity only.
constexpr std::uint32_t doi_ipsec = 1;
constexpr std::uint32_t situation_identity_only = 1;
/// RFC 7296, 3.3.1 and 3.3.2: more follow. Version 1 has the payload's own number there.
constexpr std::uint8_t more_proposals = 2;
constexpr std::uint8_t more_transforms = 3;
/// RFC 7296, 3.3.5: the attribute's value stands in its header.
constexpr std::uint16_t attribute_is_short = 0x8000;
constexpr std::uint8_t critical_bit = 0x80;
constexpr std::size_t payload_header_size = 4;
constexpr std::size_t proposal_header_size = 8;
constexpr std::size_t transform_header_size = 8;

Unexpected<std::string> wrong(std::string what) { return Unexpected<std::string>(std::move(what)); }

bool is_1(std::uint8_t version) { return version >> 4U == 1; }

bool is_encrypted_payload(std::uint8_t type) { return type == payload_encrypted || type == payload_encrypted_fragment; }

/// A length field that counts its own header: what it leaves for the rest.
std::optional<std::string_view> take_rest(ByteReader& reader, std::uint16_t length, std::size_t header) {
    if (length < header) return std::nullopt;
    return reader.take(length - header);
}

Expected<std::vector<Payload>, std::string> decode_chain(ByteReader& reader, std::uint8_t first, bool version_1) {
    std::vector<Payload> payloads;
    std::uint8_t next = first;
    while (next != 0) {
        if (payloads.size() == most_payloads) return wrong("it has too many payloads");
        Payload& payload = payloads.emplace_back();
        payload.type = next;
        const auto following = reader.u8();
        const auto flags = reader.u8();
        const auto length = reader.u16();
        if (!following || !flags || !length) return wrong("it ends within a payload's header");
        const auto body = take_rest(reader, *length, payload_header_size);
        if (!body) return wrong("a payload's length does not fit");
        payload.critical = (*flags & critical_bit) != 0;
        payload.body = *body;
        // RFC 7296, 3.14: the number in the header of an encrypted payload is that of the first within it.
        next = !version_1 && is_encrypted_payload(payload.type) ? std::uint8_t{0} : *following;
    }
    return payloads;
}

void encode_attribute(ByteWriter& writer, const Attribute& attribute) {
    if (attribute.data.empty()) {
        writer.u16(attribute.type | attribute_is_short);
        writer.u16(attribute.value);
        return;
    }
    writer.u16(attribute.type);
    writer.u16(static_cast<std::uint16_t>(attribute.data.size()));
    writer.append(attribute.data);
}

std::string encode_transform(bool version_1, const Transform& transform, bool last) {
    ByteWriter attributes;
    for (const Attribute& attribute : transform.attributes) encode_attribute(attributes, attribute);
    ByteWriter writer;
    writer.u8(last ? 0 : more_transforms);
    writer.u8(0);
    writer.u16(static_cast<std::uint16_t>(transform_header_size + attributes.size()));
    writer.u8(transform.kind);
    if (version_1) {
        writer.u8(static_cast<std::uint8_t>(transform.id));
        writer.u16(0);
    } else {
        writer.u8(0);
        writer.u16(transform.id);
    }
    writer.append(attributes.take());
    return writer.take();
}

std::optional<std::vector<Attribute>> decode_attributes(std::string_view bytes) {
    std::vector<Attribute> attributes;
    ByteReader reader(bytes);
    while (reader.remaining() > 0) {
        if (attributes.size() == most_attributes) return std::nullopt;
        const auto type = reader.u16();
        const auto value = reader.u16();
        if (!type || !value) return std::nullopt;
        Attribute& attribute = attributes.emplace_back();
        attribute.type = *type & static_cast<std::uint16_t>(~attribute_is_short);
        if ((*type & attribute_is_short) != 0) {
            attribute.value = *value;
            continue;
        }
        const auto data = reader.take(*value);
        if (!data) return std::nullopt;
        attribute.data = *data;
    }
    return attributes;
}

std::optional<Transform> decode_transform(bool version_1, ByteReader& reader) {
    // Whether more follow is also said by their number.
    if (!reader.skip(2)) return std::nullopt;
    const auto length = reader.u16();
    const auto kind = reader.u8();
    const auto first = reader.u8();
    const auto second = reader.u16();
    if (!length || !kind || !first || !second) return std::nullopt;
    const auto rest = take_rest(reader, *length, transform_header_size);
    if (!rest) return std::nullopt;
    auto attributes = decode_attributes(*rest);
    if (!attributes) return std::nullopt;
    return Transform{*kind, version_1 ? std::uint16_t{*first} : *second, std::move(*attributes)};
}

std::string encode_proposal(bool version_1, const Proposal& proposal, bool last) {
    ByteWriter transforms;
    for (std::size_t index = 0; index < proposal.transforms.size(); ++index)
        transforms.append(
            encode_transform(version_1, proposal.transforms[index], index + 1 == proposal.transforms.size()));
    ByteWriter writer;
    writer.u8(last ? 0 : more_proposals);
    writer.u8(0);
    writer.u16(static_cast<std::uint16_t>(proposal_header_size + proposal.spi.size() + transforms.size()));
    writer.u8(proposal.number);
    writer.u8(proposal.protocol);
    writer.u8(static_cast<std::uint8_t>(proposal.spi.size()));
    writer.u8(static_cast<std::uint8_t>(proposal.transforms.size()));
    writer.append(proposal.spi);
    writer.append(transforms.take());
    return writer.take();
}

std::optional<Proposal> decode_proposal(bool version_1, ByteReader& reader) {
    if (!reader.skip(2)) return std::nullopt;
    const auto length = reader.u16();
    if (!length) return std::nullopt;
    const auto rest = take_rest(reader, *length, payload_header_size);
    if (!rest) return std::nullopt;
    ByteReader inner(*rest);
    const auto number = inner.u8();
    const auto protocol = inner.u8();
    const auto spi_size = inner.u8();
    const auto transforms = inner.u8();
    if (!number || !protocol || !spi_size || !transforms) return std::nullopt;
    const auto spi = inner.take(*spi_size);
    if (!spi) return std::nullopt;
    Proposal proposal{*number, *protocol, std::string(*spi), {}};
    for (std::size_t index = 0; index < *transforms; ++index) {
        auto transform = decode_transform(version_1, inner);
        if (!transform) return std::nullopt;
        proposal.transforms.push_back(std::move(*transform));
    }
    if (inner.remaining() > 0) return std::nullopt;
    return proposal;
}

}  // namespace

const Payload* Message::find(std::uint8_t type) const {
    const auto found =
        std::find_if(payloads.begin(), payloads.end(), [&](const Payload& payload) { return payload.type == type; });
    return found == payloads.end() ? nullptr : &*found;
}

std::string encode(const Message& message) {
    ByteWriter chain;
    for (std::size_t index = 0; index < message.payloads.size(); ++index) {
        const Payload& payload = message.payloads[index];
        chain.u8(index + 1 == message.payloads.size() ? 0 : message.payloads[index + 1].type);
        chain.u8(payload.critical ? critical_bit : 0);
        chain.u16(static_cast<std::uint16_t>(payload_header_size + payload.body.size()));
        chain.append(payload.body);
    }
    ByteWriter writer;
    writer.u64(message.initiator_spi);
    writer.u64(message.responder_spi);
    writer.u8(message.payloads.empty() ? 0 : message.payloads.front().type);
    writer.u8(message.version);
    writer.u8(message.exchange);
    writer.u8(message.flags);
    writer.u32(message.id);
    writer.u32(static_cast<std::uint32_t>(header_size + chain.size()));
    writer.append(chain.take());
    return writer.take();
}

Expected<Message, std::string> decode(std::string_view bytes) {
    ByteReader reader(bytes);
    Message message;
    const auto initiator = reader.u64();
    const auto responder = reader.u64();
    const auto next = reader.u8();
    const auto version = reader.u8();
    const auto exchange = reader.u8();
    const auto flags = reader.u8();
    const auto id = reader.u32();
    const auto length = reader.u32();
    if (!initiator || !responder || !next || !version || !exchange || !flags || !id || !length)
        return wrong("it ends within the header");
    message.initiator_spi = *initiator;
    message.responder_spi = *responder;
    message.version = *version;
    message.exchange = *exchange;
    message.flags = *flags;
    message.id = *id;
    if (const unsigned major = *version >> 4U; major != 1 && major != 2)
        return wrong(fmt::format("its version is {}.{}", major, *version & 0xFU));
    if (*length != bytes.size())
        return wrong(fmt::format("its length field says {}, and it has {} bytes", *length, bytes.size()));
    // RFC 2408, 3.1: everything after the header is then one secret.
    if (message.is_version_1() && (*flags & flag_encrypted_1) != 0) return message;
    auto payloads = decode_chain(reader, *next, message.is_version_1());
    if (!payloads) return wrong(payloads.error());
    if (reader.remaining() > 0) return wrong("there is more after its last payload");
    message.payloads = std::move(*payloads);
    return message;
}

std::optional<std::uint64_t> initiator_spi(std::string_view bytes) { return ByteReader(bytes).u64(); }

std::optional<std::uint16_t> Transform::attribute(std::uint16_t type) const {
    const auto found = std::find_if(attributes.begin(), attributes.end(), [&](const Attribute& attribute) {
        return attribute.type == type && attribute.data.empty();
    });
    if (found == attributes.end()) return std::nullopt;
    return found->value;
}

std::string encode_proposals(std::uint8_t version, const std::vector<Proposal>& proposals) {
    ByteWriter writer;
    if (is_1(version)) {
        writer.u32(doi_ipsec);
        writer.u32(situation_identity_only);
    }
    for (std::size_t index = 0; index < proposals.size(); ++index)
        writer.append(encode_proposal(is_1(version), proposals[index], index + 1 == proposals.size()));
    return writer.take();
}

Expected<std::vector<Proposal>, std::string> decode_proposals(std::uint8_t version, std::string_view body) {
    ByteReader reader(body);
    if (is_1(version) && (reader.u32() != doi_ipsec || reader.u32() != situation_identity_only))
        return wrong("its SA is not about IPsec");
    std::vector<Proposal> proposals;
    std::size_t transforms = 0;
    while (reader.remaining() > 0) {
        auto proposal = decode_proposal(is_1(version), reader);
        if (!proposal) return wrong("a proposal's lengths do not fit");
        transforms += proposal->transforms.size();
        proposals.push_back(std::move(*proposal));
        if (transforms > most_transforms || proposals.size() > most_payloads) return wrong("it proposes too much");
    }
    if (proposals.empty()) return wrong("its SA is empty");
    return proposals;
}

std::string encode_notification(std::uint8_t version, const Notification& notification) {
    ByteWriter writer;
    if (is_1(version)) writer.u32(doi_ipsec);
    writer.u8(notification.protocol);
    writer.u8(static_cast<std::uint8_t>(notification.spi.size()));
    writer.u16(notification.type);
    writer.append(notification.spi);
    writer.append(notification.data);
    return writer.take();
}

Expected<Notification, std::string> decode_notification(std::uint8_t version, std::string_view body) {
    ByteReader reader(body);
    // Some put 0 there, as the one that is not bound to IPsec (RFC 2408, A.1): it is read over.
    const bool begun = !is_1(version) || reader.skip(sizeof doi_ipsec);
    const auto protocol = reader.u8();
    const auto spi_size = reader.u8();
    const auto type = reader.u16();
    if (!begun || !protocol || !spi_size || !type) return wrong("a notification ends early");
    const auto spi = reader.take(*spi_size);
    if (!spi) return wrong("a notification ends within its SPI");
    const auto data = reader.take(reader.remaining());
    return Notification{*protocol, *type, std::string(*spi), std::string(data.value_or(""))};
}

std::string encode_key_exchange(std::uint16_t group, std::string_view value) {
    ByteWriter writer;
    writer.u16(group);
    writer.u16(0);
    writer.append(value);
    return writer.take();
}

}  // namespace fdnprobe::wire::ike
