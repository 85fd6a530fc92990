#include "wire/fgcp.hpp"

#include <algorithm>
#include <utility>

#include "base/bytes.hpp"

namespace fdnprobe::wire::fgcp {
namespace {

constexpr std::size_t group_size = 32;
constexpr std::size_t name_size = 16;
constexpr std::size_t unknown_before_group_id = 2;
constexpr std::size_t unknown_before_port = 12;
constexpr std::size_t unknown_before_serial = 2;

std::uint16_t swapped(std::uint16_t value) { return static_cast<std::uint16_t>((value >> 8U) | (value << 8U)); }

std::optional<std::uint16_t> little(ByteReader& reader) {
    const auto value = reader.u16();
    return value ? std::optional(swapped(*value)) : std::nullopt;
}

bool is_printable(char letter) { return letter >= 0x20 && letter < 0x7F; }
bool is_letter_or_digit(char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z');
}

/// Text up to the first zero; after that, what an implementation left there.
std::optional<std::string> text(ByteReader& reader, std::size_t size) {
    const auto field = reader.take(size);
    if (!field) return std::nullopt;
    const std::string_view content = field->substr(0, field->find('\0'));
    if (!std::all_of(content.begin(), content.end(), is_printable)) return std::nullopt;
    return std::string(content);
}

void write_text(ByteWriter& writer, const std::string& content, std::size_t size) {
    writer.append(content);
    writer.zeros(size - content.size());
}

/// What follows the end, and what is too short for a header, fills the frame up.
std::optional<std::vector<Value>> decode_values(std::string_view bytes) {
    constexpr std::size_t value_header = 4;
    std::vector<Value> values;
    ByteReader reader(bytes);
    while (reader.remaining() >= value_header) {
        const auto type = little(reader);
        const auto length = little(reader);
        if (!type || !length) return std::nullopt;
        if (*type == value_end) break;
        const auto value = reader.take(*length);
        if (!value) return std::nullopt;
        values.push_back({*type, std::string(*value)});
    }
    return values;
}

}  // namespace

std::optional<std::uint8_t> Heartbeat::priority() const {
    for (const Value& value : values)
        if (value.type == value_priority) return ByteReader(value.bytes).u8();
    return std::nullopt;
}

std::string encode(const Heartbeat& heartbeat) {
    ByteWriter writer;
    writer.u16(swapped(heartbeat.magic));
    writer.u8(heartbeat.mode);
    writer.u8(heartbeat.flags);
    write_text(writer, heartbeat.group, group_size);
    writer.zeros(unknown_before_group_id);
    writer.u16(swapped(heartbeat.group_id));
    writer.zeros(unknown_before_port);
    write_text(writer, heartbeat.port, name_size);
    writer.u16(swapped(heartbeat.revision));
    writer.zeros(unknown_before_serial);
    write_text(writer, heartbeat.serial, name_size);
    for (const Value& value : heartbeat.values) {
        writer.u16(swapped(value.type));
        writer.u16(swapped(static_cast<std::uint16_t>(value.bytes.size())));
        writer.append(value.bytes);
    }
    if (!heartbeat.encrypted()) {
        writer.u16(value_end);
        writer.u16(0);
    }
    if ((heartbeat.flags & flag_authenticated) != 0) writer.zeros(digest_size);
    return writer.take();
}

std::optional<Heartbeat> decode(std::string_view frame) {
    ByteReader reader(frame);
    Heartbeat heartbeat;
    const auto magic = little(reader);
    const auto mode = reader.u8();
    const auto flags = reader.u8();
    auto group = text(reader, group_size);
    if (!magic || !mode || !flags || !group || !reader.skip(unknown_before_group_id)) return std::nullopt;
    const auto group_id = little(reader);
    if (!group_id || !reader.skip(unknown_before_port)) return std::nullopt;
    auto port = text(reader, name_size);
    const auto revision = little(reader);
    if (!port || !revision || !reader.skip(unknown_before_serial)) return std::nullopt;
    auto serial = text(reader, name_size);
    if (!serial || (*mode != mode_active_active && *mode != mode_active_passive)) return std::nullopt;
    // A device without a number, or a heartbeat on no port, there is not.
    if (port->empty() || serial->empty() || !std::all_of(serial->begin(), serial->end(), is_letter_or_digit))
        return std::nullopt;
    heartbeat.magic = *magic;
    heartbeat.mode = *mode;
    heartbeat.flags = *flags;
    heartbeat.group = std::move(*group);
    heartbeat.group_id = *group_id;
    heartbeat.port = std::move(*port);
    heartbeat.revision = *revision;
    heartbeat.serial = std::move(*serial);
    const std::size_t digest = (*flags & flag_authenticated) != 0 ? digest_size : 0;
    if (reader.remaining() < digest) return std::nullopt;
    if (heartbeat.encrypted()) return heartbeat;
    auto values = decode_values(reader.take(reader.remaining() - digest).value_or(""));
    if (!values) return std::nullopt;
    heartbeat.values = std::move(*values);
    return heartbeat;
}

}  // namespace fdnprobe::wire::fgcp
