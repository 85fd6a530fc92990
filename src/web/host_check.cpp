#include "web/host_check.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "fdnprobe/address.hpp"

namespace fdnprobe::web {
namespace {

/// RFC 1035, 2.3.4.
constexpr std::size_t longest_name = 253;

std::string without_last_dot(std::string name) {
    if (name.ends_with('.')) name.pop_back();
    return name;
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= longest_name && std::all_of(text.begin(), text.end(), [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' ||
               letter == '.';
    });
}

}  // namespace

std::optional<HostHeader> parse_host(std::string_view text) {
    HostHeader host;
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        host.name = lower(text.substr(1, end - 1));
        port = text.substr(end + 1);
        const auto address = Address::parse(host.name);
        if (!address || address->family() != Family::ipv6) return std::nullopt;
        host.address = true;
    } else {
        const std::size_t colon = std::min(text.find(':'), text.size());
        host.name = without_last_dot(lower(text.substr(0, colon)));
        port = text.substr(colon);
        if (!is_name(host.name)) return std::nullopt;
        const auto address = Address::parse(host.name);
        host.address = address && address->family() == Family::ipv4;
    }
    // An empty port is none (RFC 3986, 3.2.3).
    if (port.empty() || port == ":") return host;
    if (!port.starts_with(':')) return std::nullopt;
    const auto number = parse_number(port.substr(1), 0, 65535);
    if (!number) return std::nullopt;
    host.port = static_cast<std::uint16_t>(*number);
    return host;
}

bool is_own_name(const HostHeader& host, std::span<const std::string> names) {
    if (host.address || host.name == "localhost") return true;
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return !name.empty() && without_last_dot(lower(name)) == host.name;
    });
}

}  // namespace fdnprobe::web
