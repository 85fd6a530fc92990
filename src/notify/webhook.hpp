// A webhook: the event as the body of a POST, signed.
//
// The client is our own and not cpp-httplib's: that one bounds the time of each read and not of the whole, reads the
// first line of an answer without a limit, and matches it with a regular expression whose recursion a long line turns
// into a crash (seen with 0.11). Whoever answers in a webhook's place must not be able to end the watch.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "notify/attempt.hpp"
#include "notify/target.hpp"

namespace fdnprobe::notify {

struct WebhookSettings {
    WebhookTarget target;
    std::string secret;  ///< empty: unsigned
    std::vector<std::string> ca_files;
};

[[nodiscard]] std::unique_ptr<Carrier> make_webhook(WebhookSettings settings);

/// `sha256=HEX`: the HMAC-SHA-256 of "TIMESTAMP.BODY". The time is in it so that a message that was overheard cannot be
/// sent again a week later.
[[nodiscard]] std::string signature(std::string_view secret, std::string_view timestamp, std::string_view body);

[[nodiscard]] std::string webhook_request(const WebhookSettings& settings, const Message& message,
                                          std::chrono::sys_seconds now);

/// What the head of an answer comes to: 2xx is taken; 408, 425, 429, redirects and 5xx are tried again; the other 4xx
/// are refused. Nothing while the head is not complete.
[[nodiscard]] std::optional<Outcome> webhook_outcome(std::string_view answer, std::chrono::sys_seconds now);

}  // namespace fdnprobe::notify
