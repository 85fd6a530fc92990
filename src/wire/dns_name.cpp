#include "wire/dns_name.hpp"

#include <optional>

#include <fmt/format.h>

#include "base/text.hpp"

namespace fdnprobe::wire::dns {
namespace {

/// The two top bits of a length byte: 00 a label, 11 a pointer; the others were never put to use (RFC 6891, 5).
constexpr std::uint8_t kind_bits = 0xC0;
constexpr unsigned offset_bits = 0x3F;
/// A pointer's own kind of loop is excluded by its direction; this bounds chains of pointers to pointers. Servers need
/// one or two.
constexpr int most_hops = 32;
/// A name inside the header would be made of the id and the flags.
constexpr std::size_t header_size = 12;

void append_escaped(std::string& text, std::string_view label) {
    for (const char letter : label) {
        const auto byte = static_cast<unsigned char>(letter);
        if (letter == '.' || letter == '\\') {
            text += '\\';
            text += letter;
        } else if (byte > 0x20 && byte < 0x7F) {
            text += letter;
        } else {
            text += fmt::format("\\{:03}", byte);
        }
    }
}

/// Takes one byte of a label, escaped or not, off the front of `text`.
std::optional<char> take_byte(std::string_view& text) {
    if (text.front() != '\\') {
        const char letter = text.front();
        text.remove_prefix(1);
        return letter;
    }
    if (text.size() < 2) return std::nullopt;
    if (text[1] < '0' || text[1] > '9') {
        const char letter = text[1];
        text.remove_prefix(2);
        return letter;
    }
    const auto code = parse_number(text.substr(1, 3), 0, 255);
    if (text.size() < 4 || !code) return std::nullopt;
    text.remove_prefix(4);
    return static_cast<char>(static_cast<unsigned char>(*code));
}

}  // namespace

Expected<std::string, std::string> encode_name(std::string_view name) {
    if (name == ".") return std::string(1, '\0');
    if (name.empty()) return Unexpected<std::string>("a name is empty");
    ByteWriter bytes;
    std::string label;
    const auto end_label = [&]() -> std::optional<std::string> {
        if (label.empty()) return "a name has an empty label";
        if (label.size() > longest_label) return fmt::format("a label is longer than {} bytes", longest_label);
        bytes.u8(static_cast<std::uint8_t>(label.size()));
        bytes.append(label);
        label.clear();
        return std::nullopt;
    };
    while (!name.empty()) {
        if (name.front() == '.') {
            if (auto wrong = end_label()) return Unexpected<std::string>(*wrong);
            name.remove_prefix(1);
            continue;
        }
        const auto letter = take_byte(name);
        if (!letter) return Unexpected<std::string>("a name has an escape that is not \\DDD");
        label += *letter;
        if (name.empty())
            if (auto wrong = end_label()) return Unexpected<std::string>(*wrong);
    }
    bytes.u8(0);
    if (bytes.size() > longest_name)
        return Unexpected<std::string>(fmt::format("a name is longer than {} bytes", longest_name));
    return bytes.take();
}

Expected<std::string, std::string> decode_name(ByteReader& message) {
    const auto fail = [](std::string what) { return Unexpected<std::string>(std::move(what)); };
    ByteReader at = message;
    bool jumped = false;
    int hops = 0;
    std::size_t segment = at.position();  // where the piece of name that is being read begins
    std::size_t size = 1;                 // the root's
    std::string name;
    for (;;) {
        const std::size_t position = at.position();
        const auto length = at.u8();
        if (!length) return fail(fmt::format("a name at byte {} runs past the end", segment));
        if (*length == 0) break;
        if ((*length & kind_bits) == kind_bits) {
            const auto low = at.u8();
            if (!low) return fail(fmt::format("a compression pointer at byte {} runs past the end", position));
            const std::size_t target = (*length & offset_bits) << 8U | *low;
            if (target >= segment)
                return fail(fmt::format("a compression pointer at byte {} does not point backwards", position));
            if (target < header_size)
                return fail(fmt::format("a compression pointer at byte {} points into the header", position));
            if (++hops > most_hops) return fail(fmt::format("a name has more than {} pointers", most_hops));
            if (!jumped) message = at;
            jumped = true;
            segment = target;
            at = ByteReader(message.all());
            at.skip(target);
            continue;
        }
        if ((*length & kind_bits) != 0)
            return fail(fmt::format("a label at byte {} is of a kind that does not exist", position));
        const auto label = at.take(*length);
        if (!label) return fail(fmt::format("a label at byte {} runs past the end", position));
        size += *length + 1U;
        if (size > longest_name)
            return fail(fmt::format("a name at byte {} is longer than {} bytes", position, longest_name));
        if (!name.empty()) name += '.';
        append_escaped(name, *label);
    }
    if (!jumped) message = at;
    return name.empty() ? std::string(".") : name;
}

bool is_name(std::string_view name) { return encode_name(name).has_value(); }

bool same_name(std::string_view one, std::string_view other) { return lower(one) == lower(other); }

}  // namespace fdnprobe::wire::dns
