#include "config/proxy_url.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "config/host_name.hpp"
#include "config/words.hpp"

namespace fdnprobe::config {
namespace {

constexpr std::string_view scheme = "http://";

int nibble(char letter) {
    if (letter >= '0' && letter <= '9') return letter - '0';
    if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
    return -1;
}

/// RFC 7617, 2: a user's name has neither a colon nor control characters.
bool good_user(std::string_view user) {
    return std::none_of(user.begin(), user.end(), [](char letter) {
        return letter == ':' || static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F;
    });
}

std::optional<std::string> read_user(std::string_view written) {
    std::string user;
    while (!written.empty()) {
        if (written.front() != '%') {
            user += written.front();
            written.remove_prefix(1);
            continue;
        }
        const int high = written.size() < 3 ? -1 : nibble(written[1]);
        const int low = written.size() < 3 ? -1 : nibble(written[2]);
        if (high < 0 || low < 0) return std::nullopt;
        user += static_cast<char>(high * 16 + low);
        written.remove_prefix(3);
    }
    return good_user(user) ? std::optional(user) : std::nullopt;
}

}  // namespace

Expected<ProxyAddress, ProxyFault> parse_proxy(std::string_view text) {
    const Unexpected<ProxyFault> misshapen(ProxyFault::form);
    const bool has_scheme = lower(text.substr(0, scheme.size())) == scheme;
    std::string_view rest = text.substr(has_scheme ? scheme.size() : 0);
    std::string_view user;
    if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
        user = rest.substr(0, at);
        rest.remove_prefix(at + 1);
    }
    if (user.find(':') != std::string_view::npos) return Unexpected<ProxyFault>(ProxyFault::password);
    if (rest.ends_with('/')) rest.remove_suffix(1);
    const std::size_t colon = rest.rfind(':');
    std::string_view host = rest.substr(0, colon);
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (bracketed) host = host.substr(1, host.size() - 2);
    const auto port = colon == std::string_view::npos ? std::nullopt : parse_number(rest.substr(colon + 1), 1, 65535);
    const auto literal = read_address(host);
    const bool six = literal && literal->family() == Family::ipv6;
    const auto name = read_user(user);
    if (!has_scheme || !port || !name || host_mistake(host) || six != bracketed) return misshapen;
    return ProxyAddress{*name, canonical_host(host), static_cast<std::uint16_t>(*port)};
}

std::string shown_proxy_text(std::string_view text) {
    return text.find('@') == std::string_view::npos ? in_quotes(text) : "something else";
}

}  // namespace fdnprobe::config
