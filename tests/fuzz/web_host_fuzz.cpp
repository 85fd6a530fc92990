// Reading any bytes as a Host header ends; what is one has a plain name, and only addresses, localhost and the names
// that were given are this host's own. The same bytes as what --listen takes: what comes of them is an address.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fdnprobe/address.hpp"
#include "web/host_check.hpp"
#include "web/server.hpp"

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace fdnprobe;
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    const std::array<std::string, 1> names{"probe-17"};
    if (const auto host = web::parse_host(bytes)) {
        require(!host->name.empty() && host->name.size() <= bytes.size());
        require(host->name.find_first_of("/\\@?# <>\"'") == std::string::npos);
        require(host->address == Address::parse(host->name).has_value());
        if (web::is_own_name(*host, names))
            require(host->address || host->name == "localhost" || host->name == "probe-17");
    }
    if (const auto listen = web::parse_listen(bytes)) {
        const auto address = Address::parse(listen->address);
        require(address.has_value());
        require(web::is_loopback_only(*listen) == address->is_loopback());
        const auto again = web::parse_listen(SocketAddress{*address, listen->port}.to_string());
        require(again && again->address == listen->address && again->port == listen->port);
    } else {
        require(listen.error().starts_with("expected"));
    }
    return 0;
}
