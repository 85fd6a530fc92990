// A receiver as options and files write it: "webhook=https://...", "syslog=udp://HOST", "command=/path".
//
// An address may hold a secret (a token in its path, a password before its '@'), so that no sentence repeats any of it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/expected.hpp"

namespace fdnprobe::notify {

struct WebhookTarget {
    bool tls = false;
    std::string host;  ///< a name or an address, without brackets
    std::uint16_t port = 0;
    std::string path;         ///< with the query; begins with '/'
    std::string credentials;  ///< USER:PASSWORD, decoded; empty: none
    friend bool operator==(const WebhookTarget&, const WebhookTarget&) = default;
};

struct SyslogTarget {
    bool tcp = false;
    std::string host;
    std::uint16_t port = 0;
    friend bool operator==(const SyslogTarget&, const SyslogTarget&) = default;
};

struct CommandTarget {
    std::string path;  ///< absolute
    friend bool operator==(const CommandTarget&, const CommandTarget&) = default;
};

using Target = std::variant<WebhookTarget, SyslogTarget, CommandTarget>;

/// The error is a sentence's end: "webhook: the address begins with http:// or https://".
[[nodiscard]] Expected<Target, std::string> parse_target(std::string_view text);

/// "webhook", "syslog" or "command".
[[nodiscard]] std::string_view kind_of(const Target& target);

}  // namespace fdnprobe::notify
