// Whatever comes in through a raw socket, the responder reads no further than it goes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wire/packet_headers.hpp"

namespace wire = fdnprobe::wire;

namespace {
void require(bool holds) {
    if (!holds) std::abort();
}

bool within(std::string_view part, std::string_view whole) {
    return part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (wire::hops_left(bytes)) require(size >= 20);
    if (const auto payload = wire::ipv4_payload(bytes)) {
        require(payload->size() + 20 <= size && within(*payload, bytes));
        require(wire::hops_left(bytes).has_value());
    }
    if (const auto esp = wire::decode_esp(bytes)) {
        require(esp->payload.size() + 8 == size);
        require(wire::encode(*esp) == bytes);
    } else {
        require(size < 8);
    }
    return 0;
}
