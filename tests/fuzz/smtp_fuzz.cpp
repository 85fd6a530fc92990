// Reading any bytes as an SMTP reply or command ends and stays within its bounds; a reply is the same whatever follows
// it, and every truncation of it is incomplete.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wire/smtp.hpp"

namespace smtp = fdnprobe::wire::smtp;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void reply(std::string_view bytes) {
    const auto reply = smtp::parse_reply(bytes);
    if (!reply) {
        require(!reply.error().what.empty());
        return;
    }
    require(reply->code >= 200 && reply->code <= 559);
    require(!reply->lines.empty());
    require(reply->size <= std::min(bytes.size(), smtp::largest_reply));
    require(smtp::parse_reply(bytes.substr(0, reply->size)) == reply);
    for (std::size_t size = reply->size > 64 ? reply->size - 64 : 0; size < reply->size; ++size) {
        const auto part = smtp::parse_reply(bytes.substr(0, size));
        require(!part && part.error().fault == smtp::ReplyFault::incomplete);
    }
    for (const auto& line : reply->lines) require(line.find('\n') == line.npos);
    [[maybe_unused]] const bool tls = smtp::offers(*reply, "STARTTLS");
}

void command(std::string_view bytes) {
    const auto command = smtp::parse_command(bytes);
    if (command) require(command->size > 0 && command->size <= bytes.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    reply(bytes);
    command(bytes);
    return 0;
}
