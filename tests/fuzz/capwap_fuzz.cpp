// Reading any bytes as a CAPWAP control message ends, stays within its bounds, and gives a message that is read the
// same after it was written.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wire/capwap.hpp"

namespace capwap = fdnprobe::wire::capwap;

namespace {
void require(bool holds) {
    if (!holds) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto message = capwap::decode(bytes);
    if (!message) {
        require(!message.error().what.empty());
        return 0;
    }
    std::size_t kept = 0;
    for (const capwap::Element& element : message->elements) kept += 4 + element.value.size();
    require(kept + 16 <= size);
    require(capwap::decode(capwap::encode(*message)) == message);
    return 0;
}
