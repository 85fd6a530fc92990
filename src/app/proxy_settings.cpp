#include "app/proxy_settings.hpp"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "app/inputs.hpp"
#include "base/text.hpp"
#include "config/proxy_url.hpp"

namespace fdnprobe::app {
namespace {

constexpr std::string_view secret_name = "proxy";

/// USER:PASSWORD; nothing where the file does not say who the user is.
std::optional<std::string> join(const std::string& user, std::string_view line) {
    const std::size_t colon = line.find(':');
    if (user.empty())
        return colon == std::string_view::npos || colon == 0 ? std::nullopt : std::optional(std::string(line));
    if (line.substr(0, colon) == user && colon != std::string_view::npos) return std::string(line);
    return fmt::format("{}:{}", user, line);
}

}  // namespace

void apply_proxy(const std::string& url, Site& site, Problems& problems) {
    if (url.empty()) return;
    const auto proxy = config::parse_proxy(url);
    if (proxy) {
        site.proxy = *proxy;
    } else if (proxy.error() == config::ProxyFault::password) {
        problems.push_back(usage_problem(
            fmt::format("--proxy must not hold a password, which others on this host could read; expected {}, and the "
                        "password in the file that `proxy` under [secrets] in the site file names",
                        config::proxy_form)));
    } else {
        problems.push_back(usage_problem(fmt::format("--proxy is {}; expected {}, such as http://192.0.2.8:3128",
                                                     config::shown_proxy_text(url), config::proxy_form)));
    }
}

std::optional<engine::ProxySettings> proxy_settings(const Site& site, const Secrets& secrets, Problems& problems) {
    const auto secret = secrets.find(secret_name);
    if (!site.proxy) {
        if (secret != secrets.end())
            problems.push_back(
                secret_problem(site, secret_name,
                               "there is no proxy to send it to; give one in `network.proxy` or with --proxy", true));
        return std::nullopt;
    }
    engine::ProxySettings settings{*site.proxy, {}, site.proxy_resolves};
    if (secret == secrets.end()) {
        // An empty password would count as a wrong one.
        if (!site.proxy->user.empty() && !site.secret_files.contains(secret_name))
            problems.push_back(usage_problem(
                fmt::format("the proxy's user '{}' has no password; expected a file with it, named by `proxy` under "
                            "[secrets] in the site file",
                            printable(site.proxy->user, 100))));
        return settings;
    }
    // The rest of the file is the owner's: a note, an older password.
    const std::string_view line = std::string_view(secret->second).substr(0, secret->second.find_first_of("\r\n"));
    const auto credentials = join(site.proxy->user, line);
    const bool readable = credentials && std::none_of(credentials->begin(), credentials->end(), [](char letter) {
                              return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F;  // RFC 7617, 2
                          });
    if (readable)
        settings.credentials = *credentials;
    else
        problems.push_back(secret_problem(site, secret_name,
                                          credentials ? "control characters have no place in credentials"
                                                      : "expected USER:PASSWORD in the file's first line, or the "
                                                        "user in the proxy's URL",
                                          false));
    return settings;
}

}  // namespace fdnprobe::app
