// Reading any bytes as an LDAP message ends and stays within its bounds; a message is the same whatever follows it,
// and every truncation of it is incomplete. What is written of it reads as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "wire/ber.hpp"
#include "wire/ldap.hpp"

namespace ber = fdnprobe::wire::ber;
namespace ldap = fdnprobe::wire::ldap;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void element(std::string_view bytes) {
    fdnprobe::ByteReader reader(bytes);
    std::size_t count = 0;
    while (ber::read(reader)) ++count;
    require(count <= bytes.size() / 2);
    fdnprobe::ByteReader number(bytes);
    if (const auto value = ber::read_number(number, ber::integer)) {
        const std::string shortest = ber::number(ber::integer, *value);
        fdnprobe::ByteReader again(shortest);
        require(ber::read_number(again, ber::integer) == value && again.remaining() == 0);
    }
}

void written(const ldap::Message& message) {
    std::string bytes;
    if (message.kind == ldap::Kind::entry)
        bytes = ldap::encode_entry(message.id, message.name, message.attributes);
    else if (message.kind == ldap::Kind::done)
        bytes = ldap::encode_done(message.id, message.result, message.diagnostic);
    else
        return;
    auto again = ldap::parse_message(bytes);
    require(again.has_value());
    again->size = message.size;
    require(*again == message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    element(bytes);
    const auto message = ldap::parse_message(bytes);
    if (!message) {
        require(!message.error().what.empty());
        return 0;
    }
    require(message->id >= 0);
    require(message->size <= bytes.size() && message->size <= ldap::largest_message);
    require(ldap::parse_message(bytes.substr(0, message->size)) == message);
    for (std::size_t part = message->size > 64 ? message->size - 64 : 0; part < message->size; ++part) {
        const auto cut = ldap::parse_message(bytes.substr(0, part));
        require(!cut && cut.error().fault == ldap::MessageFault::incomplete);
    }
    written(*message);
    return 0;
}
