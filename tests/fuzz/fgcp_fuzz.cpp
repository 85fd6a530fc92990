// Reading any frame as a heartbeat ends, stays within its bounds, and gives what can be written and read again as the
// same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.hpp"
#include "wire/fgcp.hpp"

namespace fgcp = fdnprobe::wire::fgcp;

namespace {
void require(bool holds) {
    if (!holds) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto heartbeat = fgcp::decode(bytes);
    if (!heartbeat) return 0;
    require(size >= fgcp::heartbeat_header_size);
    for (const std::string& text : {heartbeat->group, heartbeat->port, heartbeat->serial})
        require(text.size() <= 32 && fdnprobe::printable(text) == text);
    require(!heartbeat->port.empty() && !heartbeat->serial.empty());
    require(fgcp::decode(fgcp::encode(*heartbeat)) == heartbeat);
    return 0;
}
