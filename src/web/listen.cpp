// What --listen takes.
#include <algorithm>

#include "base/text.hpp"
#include "fdnprobe/address.hpp"
#include "web/server.hpp"

namespace fdnprobe::web {

Expected<ServerSettings, std::string> parse_listen(const std::string& text) {
    const std::string expected = "expected ADDRESS:PORT, [ADDRESS]:PORT or :PORT, such as 127.0.0.1:9541, and not \"" +
                                 printable(text, 80) + "\"";
    ServerSettings settings;
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) return Unexpected<std::string>(expected);
    std::string host = text.substr(0, colon);
    const auto port = parse_number(std::string_view(text).substr(colon + 1), 0, 65535);
    if (!port) return Unexpected<std::string>(expected);
    settings.port = static_cast<std::uint16_t>(*port);
    // The port alone: this host, as when nothing is said.
    if (host.empty()) return settings;
    const bool brackets = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
    if (brackets) host = host.substr(1, host.size() - 2);
    if (lower(host) == "localhost" && !brackets) return settings;
    const auto address = Address::parse(host);
    // An IPv6 address without brackets leaves it open where the port begins.
    if (!address || (address->family() == Family::ipv6) != brackets) return Unexpected<std::string>(expected);
    settings.address = address->to_string();
    return settings;
}

bool is_loopback_only(const ServerSettings& settings) {
    const auto address = Address::parse(settings.address);
    return address && address->is_loopback();
}

}  // namespace fdnprobe::web
