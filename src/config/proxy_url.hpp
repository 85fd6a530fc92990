// The URL of a proxy, as the site file and the command line write it. A password has no place in it: both are read by
// others than the proxy.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/expected.hpp"
#include "fdnprobe/site.hpp"

namespace fdnprobe::config {

inline constexpr std::string_view proxy_form = "http://[USER@]HOST:PORT";

enum class ProxyFault : std::uint8_t {
    form,      ///< it is not `proxy_form`
    password,  ///< it holds a password
};

/// The user's name may have `%XX` in it (RFC 3986, 2.1): a domain in front of it, or an '@', needs one.
[[nodiscard]] Expected<ProxyAddress, ProxyFault> parse_proxy(std::string_view text);

/// What a message may repeat of text that is no such URL: what stands before an '@' may be a password.
[[nodiscard]] std::string shown_proxy_text(std::string_view text);

}  // namespace fdnprobe::config
