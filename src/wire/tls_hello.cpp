#include "wire/tls_hello.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/bytes.hpp"

namespace fdnprobe::wire::tls {
namespace {

constexpr std::uint8_t handshake_record = 22;
constexpr std::uint8_t client_hello = 1;
constexpr std::uint8_t major_version = 3;
constexpr std::uint16_t tls12 = 0x0303;
constexpr std::uint16_t tls13 = 0x0304;
constexpr std::uint16_t server_name_extension = 0;            // RFC 6066, 3
constexpr std::uint16_t supported_versions_extension = 43;    // RFC 8446, 4.2.1
constexpr std::uint16_t supported_groups_extension = 10;      // RFC 8422, 5.1.1
constexpr std::uint16_t signature_algorithms_extension = 13;  // RFC 8446, 4.2.3
constexpr std::size_t random_size = 32;
constexpr std::size_t message_header_size = 4;

Unexpected<HelloProblem> fail(HelloFault fault, std::string what) {
    return Unexpected<HelloProblem>(HelloProblem{fault, std::move(what)});
}

/// The handshake message at the front of the bytes, taken out of its records.
struct Message {
    std::string body;
    std::size_t size = 0;  ///< bytes of the records
};

/// RFC 8446, 5.1: a message may be spread over records, and nothing else may come between them.
Expected<Message, HelloProblem> take_message(std::string_view bytes) {
    ByteReader reader(bytes);
    std::string content;
    for (;;) {
        const auto not_yet = [&] {
            return fail(HelloFault::incomplete, fmt::format("it breaks off after {} bytes", bytes.size()));
        };
        const auto type = reader.u8();
        if (!type) return not_yet();
        if (*type != handshake_record)
            return fail(content.empty() ? HelloFault::foreign : HelloFault::malformed, "it is no handshake record");
        const auto major = reader.u8();
        if (!major) return not_yet();
        if (*major != major_version) return fail(HelloFault::foreign, "the record has no version of TLS");
        const auto minor = reader.u8();
        const auto length = reader.u16();
        if (!minor || !length) return not_yet();
        if (*length == 0 || *length > largest_hello)
            return fail(HelloFault::malformed, fmt::format("a record of {} bytes", *length));
        const std::string_view fragment = bytes.substr(reader.position(), *length);
        content += fragment;
        if (!content.empty() && static_cast<unsigned char>(content[0]) != client_hello)
            return fail(HelloFault::foreign, fmt::format("a handshake message of type {}, not a ClientHello",
                                                         static_cast<unsigned char>(content[0])));
        if (content.size() >= message_header_size) {
            ByteReader header(content);
            const std::size_t size = header.u32().value_or(0) & 0xFFFFFFU;
            if (size > largest_hello) return fail(HelloFault::malformed, fmt::format("a hello of {} bytes", size));
            if (content.size() >= message_header_size + size) {
                // The rest of the last record belongs to nothing: a client waits for the answer to its hello.
                if (!reader.skip(*length)) return not_yet();
                if (content.size() > message_header_size + size)
                    return fail(HelloFault::malformed, "something follows the hello in its record");
                return Message{content.substr(message_header_size), reader.position()};
            }
        }
        if (!reader.skip(*length)) return not_yet();
    }
}

/// A run of bytes behind its own length.
std::optional<std::string_view> take_vector(ByteReader& reader, bool long_length) {
    std::optional<std::size_t> length;
    if (long_length) {
        if (const auto size = reader.u16()) length = *size;
    } else if (const auto size = reader.u8()) {
        length = *size;
    }
    if (!length) return std::nullopt;
    return reader.take(*length);
}

/// RFC 6066, 3: a list of names, of which only host names have ever been defined.
bool read_server_name(std::string_view extension, ClientHello& hello) {
    ByteReader reader(extension);
    const auto list = take_vector(reader, true);
    if (!list || reader.remaining() != 0) return false;
    ByteReader names(*list);
    while (names.remaining() != 0) {
        const auto type = names.u8();
        const auto name = take_vector(names, true);
        if (!type || !name) return false;
        if (*type == 0 && hello.server_name.empty()) hello.server_name = *name;
    }
    return true;
}

bool read_versions(std::string_view extension, ClientHello& hello) {
    ByteReader reader(extension);
    const auto list = take_vector(reader, false);
    if (!list || reader.remaining() != 0 || list->size() % 2 != 0) return false;
    ByteReader versions(*list);
    while (const auto version = versions.u16())
        // Reserved numbers stand among the real ones to keep servers tolerant (RFC 8701).
        if (*version >> 8U == major_version && *version <= tls13) hello.version = std::max(hello.version, *version);
    return true;
}

bool read_extensions(std::string_view extensions, ClientHello& hello) {
    ByteReader reader(extensions);
    while (reader.remaining() != 0) {
        const auto type = reader.u16();
        const auto extension = take_vector(reader, true);
        if (!type || !extension) return false;
        if (*type == server_name_extension && !read_server_name(*extension, hello)) return false;
        if (*type == supported_versions_extension && !read_versions(*extension, hello)) return false;
    }
    return true;
}

/// RFC 8446, 4.1.2.
bool read_hello(std::string_view body, ClientHello& hello) {
    ByteReader reader(body);
    const auto version = reader.u16();
    if (!version || *version >> 8U != major_version) return false;
    hello.version = *version;
    if (!reader.skip(random_size)) return false;
    const auto session = take_vector(reader, false);
    const auto ciphers = take_vector(reader, true);
    const auto compressions = take_vector(reader, false);
    if (!session || !ciphers || !compressions) return false;
    if (session->size() > 32 || ciphers->empty() || ciphers->size() % 2 != 0 || compressions->empty()) return false;
    // Clients before TLS 1.2 may leave the extensions away.
    if (reader.remaining() == 0) return true;
    const auto extensions = take_vector(reader, true);
    return extensions && reader.remaining() == 0 && read_extensions(*extensions, hello);
}

void append_extension(ByteWriter& extensions, std::uint16_t type, std::string_view body) {
    extensions.u16(type);
    extensions.u16(static_cast<std::uint16_t>(body.size()));
    extensions.append(body);
}

}  // namespace

Expected<ClientHello, HelloProblem> parse_client_hello(std::string_view bytes) {
    const auto message = take_message(bytes);
    if (!message) return Unexpected<HelloProblem>(message.error());
    ClientHello hello;
    if (!read_hello(message->body, hello)) return fail(HelloFault::malformed, "the hello's fields do not add up");
    hello.size = message->size;
    return hello;
}

std::string encode_client_hello(std::string_view server_name) {
    ByteWriter extensions;
    if (!server_name.empty()) {
        const std::string_view name = server_name.substr(0, 255);
        ByteWriter names;
        names.u16(static_cast<std::uint16_t>(name.size() + 3));
        names.u8(0);
        names.u16(static_cast<std::uint16_t>(name.size()));
        names.append(name);
        append_extension(extensions, server_name_extension, names.take());
    }
    using namespace std::string_view_literals;
    append_extension(extensions, supported_versions_extension, "\x04\x03\x04\x03\x03"sv);
    append_extension(extensions, supported_groups_extension, "\x00\x02\x00\x1D"sv);
    append_extension(extensions, signature_algorithms_extension, "\x00\x04\x04\x03\x08\x04"sv);
    const std::string extension_bytes = extensions.take();

    ByteWriter body;
    body.u16(tls12);
    body.zeros(random_size);  // nobody answers it, so nothing rests on it
    body.u8(0);
    body.u16(2);
    body.u16(0x1301);  // TLS_AES_128_GCM_SHA256, which every implementation has (RFC 8446, 9.1)
    body.u16(0x0100);  // one compression method: none
    body.u16(static_cast<std::uint16_t>(extension_bytes.size()));
    body.append(extension_bytes);
    const std::string body_bytes = body.take();

    ByteWriter record;
    record.u8(handshake_record);
    record.u16(0x0301);  // RFC 8446, 5.1: what old servers expect in a first record
    record.u16(static_cast<std::uint16_t>(body_bytes.size() + message_header_size));
    record.u32(std::uint32_t{client_hello} << 24U | static_cast<std::uint32_t>(body_bytes.size()));
    record.append(body_bytes);
    return record.take();
}

std::string version_name(std::uint16_t version) {
    switch (version) {
        case 0x0300: return "SSLv3";
        case 0x0301: return "TLSv1";
        case 0x0302: return "TLSv1.1";
        case tls12: return "TLSv1.2";
        case tls13: return "TLSv1.3";
        default: return fmt::format("version {:#06x} of TLS", version);
    }
}

}  // namespace fdnprobe::wire::tls
