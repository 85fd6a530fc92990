// Reading any bytes as a ClientHello ends and stays within its bounds; a hello is the same whatever follows it, and
// every truncation of it is incomplete.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "wire/tls_hello.hpp"

namespace tls = fdnprobe::wire::tls;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void written(std::string_view name) {
    const auto hello = tls::parse_client_hello(tls::encode_client_hello(name));
    require(hello && hello->server_name == name.substr(0, 255));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    written(bytes);
    const auto hello = tls::parse_client_hello(bytes);
    if (!hello) {
        require(!hello.error().what.empty());
        return 0;
    }
    require(hello->size <= bytes.size() && hello->server_name.size() <= tls::largest_hello);
    require(hello->version >= 0x0300 && hello->version <= 0x03FF);
    require(tls::parse_client_hello(bytes.substr(0, hello->size)) == hello);
    for (std::size_t part = 0; part < hello->size; ++part) {
        const auto cut = tls::parse_client_hello(bytes.substr(0, part));
        require(!cut && cut.error().fault == tls::HelloFault::incomplete);
    }
    return 0;
}
