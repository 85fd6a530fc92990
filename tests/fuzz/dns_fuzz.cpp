// Reading any bytes as a DNS message ends, stays within its bounds, and gives a message that can be written and read
// again as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wire/dns.hpp"

namespace dns = fdnprobe::wire::dns;

namespace {
void require(bool holds) {
    if (!holds) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (const auto inner = dns::unframe(bytes)) require(dns::frame_size(bytes) == inner->size() + 2);
    auto message = dns::decode(bytes);
    if (!message) {
        require(!message.error().empty());
        return 0;
    }
    require(message->questions.size() <= dns::most_records && message->answers.size() <= dns::most_records);
    require(message->trailing < bytes.size());
    message->trailing = 0;
    message->answers_left = 0;
    const auto written = dns::encode(*message);
    // Uncompressed, what is kept may be longer than a message can be; nothing else is in the way.
    if (!written) {
        require(written.error() == "the message is too long");
        return 0;
    }
    require(dns::decode(*written) == message);
    return 0;
}
