// Reading any bytes as a file of the spool ends; what is a message is bounded, safe to put into a header, an
// environment and a log, and is the same when it is written again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/text.hpp"
#include "notify/message.hpp"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

bool visible(std::string_view text) {
    for (const char letter : text)
        if (letter <= 0x20 || letter >= 0x7F) return false;
    return !text.empty();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto message = fdnprobe::notify::parse_message(bytes);
    if (!message) return 0;
    require(visible(message->id) && visible(message->kind));
    require(fdnprobe::printable(message->host) == message->host);
    require(fdnprobe::printable(message->sentence, 1000) == message->sentence);
    require(fdnprobe::notify::encode_message(*message) == bytes);
    return 0;
}
