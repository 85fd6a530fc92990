#include "wire/ber.hpp"

namespace fdnprobe::wire::ber {
namespace {

constexpr unsigned tag_continues = 0x1FU;
constexpr unsigned long_form = 0x80U;
constexpr std::size_t longest_length = 4;
constexpr std::size_t largest_short_length = 0x7F;

struct Header {
    std::uint8_t tag = 0;
    std::size_t length = 0;
};

/// X.690, 8.1.2 and 8.1.3.
Expected<Header, Fault> read_header(ByteReader& reader) {
    const auto tag = reader.u8();
    if (!tag) return Unexpected<Fault>(Fault::incomplete);
    if ((*tag & tag_continues) == tag_continues) return Unexpected<Fault>(Fault::malformed);
    const auto first = reader.u8();
    if (!first) return Unexpected<Fault>(Fault::incomplete);
    if ((*first & long_form) == 0) return Header{*tag, *first};
    const std::size_t count = *first & ~long_form;
    // None means that the length is indefinite, which RFC 4511, 5.1 rules out.
    if (count == 0 || count > longest_length) return Unexpected<Fault>(Fault::malformed);
    std::size_t length = 0;
    for (std::size_t index = 0; index < count; ++index) {
        const auto byte = reader.u8();
        if (!byte) return Unexpected<Fault>(Fault::incomplete);
        length = (length << 8U) | *byte;
    }
    return Header{*tag, length};
}

}  // namespace

Expected<Element, Fault> read(ByteReader& reader) {
    ByteReader ahead = reader;
    const auto header = read_header(ahead);
    if (!header) return Unexpected<Fault>(header.error());
    const auto content = ahead.take(header->length);
    if (!content) return Unexpected<Fault>(Fault::incomplete);
    reader = ahead;
    return Element{header->tag, *content};
}

std::optional<std::string_view> read_content(ByteReader& reader, std::uint8_t tag) {
    ByteReader ahead = reader;
    const auto element = read(ahead);
    if (!element || element->tag != tag) return std::nullopt;
    reader = ahead;
    return element->content;
}

std::optional<std::int32_t> read_number(ByteReader& reader, std::uint8_t tag) {
    ByteReader ahead = reader;
    const auto content = read_content(ahead, tag);
    if (!content || content->empty() || content->size() > sizeof(std::int32_t)) return std::nullopt;
    // Two's complement (X.690, 8.3.3): the first bit is carried to the left.
    const bool negative = (static_cast<unsigned char>(content->front()) & 0x80U) != 0;
    std::uint32_t value = negative ? ~std::uint32_t{0} : 0;
    for (const char byte : *content) value = (value << 8U) | static_cast<unsigned char>(byte);
    reader = ahead;
    return static_cast<std::int32_t>(value);
}

Expected<std::size_t, Fault> announced_size(std::string_view bytes) {
    ByteReader reader(bytes);
    const auto header = read_header(reader);
    if (!header) return Unexpected<Fault>(header.error());
    return reader.position() + header->length;
}

std::string element(std::uint8_t tag, std::string_view content) {
    ByteWriter writer;
    writer.u8(tag);
    if (content.size() <= largest_short_length) {
        writer.u8(static_cast<std::uint8_t>(content.size()));
    } else {
        std::size_t count = 1;
        while (count < longest_length && (content.size() >> (8 * count)) != 0) ++count;
        writer.u8(static_cast<std::uint8_t>(long_form | count));
        for (std::size_t index = count; index-- > 0;)
            writer.u8(static_cast<std::uint8_t>((content.size() >> (8 * index)) & 0xFFU));
    }
    writer.append(content);
    return writer.take();
}

std::string number(std::uint8_t tag, std::int32_t value) {
    const auto bits = static_cast<std::uint32_t>(value);
    // The shortest form that keeps the sign (X.690, 8.3.2).
    std::size_t count = 1;
    while (count < sizeof bits && (value >> (8 * count - 1)) != 0 && (value >> (8 * count - 1)) != -1) ++count;
    ByteWriter content;
    for (std::size_t index = count; index-- > 0;) content.u8(static_cast<std::uint8_t>((bits >> (8 * index)) & 0xFFU));
    return element(tag, content.take());
}

}  // namespace fdnprobe::wire::ber
