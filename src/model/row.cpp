#include "fdnprobe/row.hpp"

#include <charconv>

#include <fmt/format.h>

#include "base/text.hpp"

namespace fdnprobe {

std::optional<Port> Port::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const std::string kind = lower(text.substr(0, slash));
    std::string_view number = text.substr(slash + 1);
    if (kind == "eth") {
        if (!number.starts_with("0x") && !number.starts_with("0X")) return std::nullopt;
        number.remove_prefix(2);
        std::uint16_t type = 0;
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), type, 16);
        // IEEE 802.3, 3.2.6: what is below 0x0600 is a length, not a type.
        if (error != std::errc{} || end != number.data() + number.size() || type < 0x0600) return std::nullopt;
        return Port{Transport::ethernet, type};
    }
    const auto value = parse_number(number, 1, 65535);
    if (!value) return std::nullopt;
    const auto port = static_cast<std::uint16_t>(*value);
    if (kind == "tcp") return Port{Transport::tcp, port};
    if (kind == "udp") return Port{Transport::udp, port};
    if (kind == "esp" && port == 50) return Port{Transport::esp, port};
    return std::nullopt;
}

std::string Port::to_string() const {
    switch (transport) {
        case Transport::tcp: return fmt::format("TCP/{}", number);
        case Transport::udp: return fmt::format("UDP/{}", number);
        case Transport::esp: return fmt::format("ESP/{}", number);
        case Transport::ethernet: return fmt::format("ETH/0x{:04x}", number);
    }
    return {};
}

std::string Port::to_id() const {
    std::string id = lower(to_string());
    id[id.find('/')] = '-';
    return id;
}

std::string_view to_string(Direction direction) { return direction == Direction::outgoing ? "outgoing" : "incoming"; }

std::string_view to_string(Transport transport) {
    switch (transport) {
        case Transport::tcp: return "tcp";
        case Transport::udp: return "udp";
        case Transport::esp: return "esp";
        case Transport::ethernet: return "ethernet";
    }
    return {};
}

std::string_view to_string(Need need) { return need == Need::any ? "any" : "all"; }
std::string_view to_string(Sureness sureness) {
    switch (sureness) {
        case Sureness::low: return "low";
        case Sureness::medium: return "medium";
        case Sureness::high: return "high";
        case Sureness::unsaid: break;
    }
    return "";
}

std::string_view to_string(Level level) { return level == Level::need ? "need" : "notice"; }

bool Row::matches(std::string_view pattern) const {
    return glob_match(pattern, id) || glob_match(pattern, full_id()) || glob_match(pattern, peer) ||
           glob_match(pattern, purpose);
}

}  // namespace fdnprobe
