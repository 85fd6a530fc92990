#include "config/host_name.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/words.hpp"

namespace fdnprobe::config {
namespace {

/// RFC 1035, 2.3.4: 255 bytes on the wire are 253 as text.
constexpr std::size_t longest_name = 253;
constexpr std::size_t longest_label = 63;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_name_character(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-'; }

/// What is wrong with it, as the end of a sentence; empty when nothing is.
std::string name_fault(std::string_view host) {
    if (host.empty()) return "it is empty";
    if (host.size() > longest_name)
        return fmt::format("it has {} bytes, and at most {} are allowed", host.size(), longest_name);
    if (host.find("://") != std::string_view::npos) return "it is a URL; write the host alone";
    if (std::any_of(host.begin(), host.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
        return "it has letters outside ASCII; write its `xn--` form";
    const std::size_t colon = host.rfind(':');
    if (colon != std::string_view::npos && host.find(':') == colon && parse_number(host.substr(colon + 1), 0, 65535))
        return "it has a port; write the host alone";
    const auto stranger =
        std::find_if(host.begin(), host.end(), [](char c) { return c != '.' && !is_name_character(c); });
    if (stranger != host.end())
        return fmt::format("{} cannot be part of one", in_quotes(std::string_view(&*stranger, 1)));
    std::string last;
    for (const std::string& label : split(host, '.')) {
        if (label.empty()) return "a part between its dots is empty";
        if (label.size() > longest_label)
            return fmt::format("a part of it has {} bytes, and at most {} are allowed", label.size(), longest_label);
        if (label.starts_with('-') || label.ends_with('-')) return "a part of it begins or ends with `-`";
        last = label;
    }
    // RFC 1123, 2.1: what ends in a number is meant as an address, and resolvers disagree about what it becomes.
    if (std::all_of(last.begin(), last.end(), is_digit)) return "it looks like an address, and is not a complete one";
    return {};
}

}  // namespace

std::string canonical_host(std::string_view host) {
    if (const auto address = read_address(host)) return address->to_string();
    return lower(host);
}

std::optional<Address> read_address(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) return std::nullopt;
    return Address::parse(text);
}

std::optional<std::string> host_mistake(std::string_view host) {
    if (read_address(host)) return std::nullopt;
    const std::string fault = name_fault(host);
    if (fault.empty()) return std::nullopt;
    return fmt::format("{} is neither a host name nor an address: {}", in_quotes(host), fault);
}

std::optional<std::string> host_name_mistake(std::string_view host) {
    if (read_address(host)) return fmt::format("{} is an address; expected a host name", in_quotes(host));
    const std::string fault = name_fault(host);
    if (fault.empty()) return std::nullopt;
    return fmt::format("{} is not a host name: {}", in_quotes(host), fault);
}

}  // namespace fdnprobe::config
