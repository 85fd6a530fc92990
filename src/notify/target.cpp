#include "notify/target.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "fdnprobe/address.hpp"

namespace fdnprobe::notify {
namespace {

/// What servers and proxies take as a request line (RFC 9112, 3).
constexpr std::size_t longest_address = 8000;
/// PATH_MAX of Linux.
constexpr std::size_t longest_path = 4096;
/// RFC 5426, 3.3; over TCP, where RFC 6587 names no port, receivers listen on the same one.
constexpr std::uint16_t syslog_port = 514;

struct Place {
    std::string host;
    std::uint16_t port = 0;
};

Unexpected<std::string> mistake(std::string_view kind, std::string_view what) {
    return Unexpected<std::string>(fmt::format("{}: {}", kind, what));
}

bool visible_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char letter) { return letter > 0x20 && letter < 0x7F; });
}

int nibble(char letter) {
    if (letter >= '0' && letter <= '9') return letter - '0';
    if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
    if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
    return -1;
}

/// RFC 3986, 2.1; nothing where it is written wrongly or stands for a control character.
std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        std::size_t used = 1;
        char letter = text.front();
        if (letter == '%') {
            const int high = text.size() < 3 ? -1 : nibble(text[1]);
            const int low = text.size() < 3 ? -1 : nibble(text[2]);
            if (high < 0 || low < 0) return std::nullopt;
            letter = static_cast<char>(high * 16 + low);
            used = 3;
        }
        if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F) return std::nullopt;
        out += letter;
        text.remove_prefix(used);
    }
    return out;
}

/// RFC 1123, 2.1, and the underscore that internal names have.
bool host_name(std::string_view text) {
    return !text.empty() && text.size() <= 253 && text.front() != '-' && text.front() != '.' &&
           std::all_of(text.begin(), text.end(), [](char letter) {
               return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                      (letter >= '0' && letter <= '9') || letter == '-' || letter == '.' || letter == '_';
           });
}

/// HOST, HOST:PORT, [ADDRESS] or [ADDRESS]:PORT.
std::optional<Place> parse_place(std::string_view text, std::uint16_t default_port) {
    Place place{.host = "", .port = default_port};
    std::string_view port;
    bool has_port = false;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        const auto address = Address::parse(text.substr(1, end - 1));
        if (!address || address->family() != Family::ipv6) return std::nullopt;
        place.host = address->to_string();
        text.remove_prefix(end + 1);
        if (!text.empty() && text.front() != ':') return std::nullopt;
        has_port = !text.empty();
        if (has_port) port = text.substr(1);
    } else {
        const std::size_t colon = text.find(':');
        has_port = colon != std::string_view::npos;
        if (has_port) port = text.substr(colon + 1);
        place.host = text.substr(0, colon);
        if (!host_name(place.host)) return std::nullopt;
    }
    if (has_port) {
        const auto number = parse_number(port, 1, 65535);
        if (!number) return std::nullopt;
        place.port = static_cast<std::uint16_t>(*number);
    }
    return place;
}

bool take(std::string_view& text, std::string_view prefix) {
    if (lower(text.substr(0, prefix.size())) != prefix) return false;
    text.remove_prefix(prefix.size());
    return true;
}

Expected<Target, std::string> parse_webhook(std::string_view url) {
    WebhookTarget target;
    if (url.size() > longest_address)
        return mistake("webhook", fmt::format("an address has at most {} characters", longest_address));
    if (!visible_ascii(url)) return mistake("webhook", "an address has no spaces, and only ASCII");
    target.tls = take(url, "https://");
    if (!target.tls && !take(url, "http://")) return mistake("webhook", "the address begins with http:// or https://");
    if (url.find('#') != std::string_view::npos) return mistake("webhook", "the address has no '#' in it");
    const std::size_t end = std::min(url.find_first_of("/?"), url.size());
    std::string_view authority = url.substr(0, end);
    target.path = url.substr(end);
    if (!target.path.starts_with('/')) target.path.insert(0, 1, '/');
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
        const std::string_view written = authority.substr(0, at);
        const std::size_t colon = written.find(':');
        const auto user = percent_decoded(written.substr(0, colon));
        const auto password =
            percent_decoded(colon == std::string_view::npos ? std::string_view() : written.substr(colon + 1));
        // RFC 7617, 2: a colon in the user's name could not be told from the one that ends it.
        if (!user || !password || user->find(':') != std::string::npos)
            return mistake("webhook", "what stands before '@' is USER:PASSWORD, with %XX for special characters");
        target.credentials = *user + ':' + *password;
        authority.remove_prefix(at + 1);
    }
    const auto place = parse_place(authority, target.tls ? 443 : 80);
    if (!place) return mistake("webhook", "after http:// or https:// comes HOST or HOST:PORT, IPv6 in brackets");
    target.host = place->host;
    target.port = place->port;
    return target;
}

Expected<Target, std::string> parse_syslog(std::string_view url) {
    SyslogTarget target;
    constexpr std::string_view form = "the form is udp://HOST[:PORT] or tcp://HOST[:PORT]";
    target.tcp = take(url, "tcp://");
    if (!target.tcp && !take(url, "udp://")) return mistake("syslog", form);
    if (url.ends_with('/')) url.remove_suffix(1);
    const auto place = parse_place(url, syslog_port);
    if (!place) return mistake("syslog", form);
    target.host = place->host;
    target.port = place->port;
    return target;
}

Expected<Target, std::string> parse_command(std::string_view path) {
    if (!path.starts_with('/') || path.ends_with('/') || path.find('\0') != std::string_view::npos ||
        path.size() >= longest_path)
        return mistake("command", "the form is the absolute path of a program, without arguments");
    return CommandTarget{std::string(path)};
}

}  // namespace

Expected<Target, std::string> parse_target(std::string_view text) {
    const std::size_t equals = text.find('=');
    const std::string kind(text.substr(0, equals));
    const std::string_view rest = equals == std::string_view::npos ? std::string_view() : text.substr(equals + 1);
    if (equals != std::string_view::npos) {
        if (kind == "webhook") return parse_webhook(rest);
        if (kind == "syslog") return parse_syslog(rest);
        if (kind == "command") return parse_command(rest);
    }
    std::string sentence =
        "a receiver is webhook=URL, syslog=udp://HOST[:PORT], syslog=tcp://HOST[:PORT] or "
        "command=/PATH";
    // The text itself may be an address with a secret; the word that was nearly right is ours.
    static const std::array<std::string, 3> kinds = {"webhook", "syslog", "command"};
    if (const auto meant = nearest(kind, kinds)) sentence += fmt::format("; did you mean {}=?", *meant);
    return Unexpected<std::string>(std::move(sentence));
}

std::string_view kind_of(const Target& target) {
    if (std::holds_alternative<WebhookTarget>(target)) return "webhook";
    return std::holds_alternative<SyslogTarget>(target) ? "syslog" : "command";
}

}  // namespace fdnprobe::notify
