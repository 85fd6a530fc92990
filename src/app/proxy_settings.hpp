// The proxy of a run: the address from the command line or the site file, the credentials from a file.
#pragma once

#include <optional>
#include <string>

#include "engine/proxy.hpp"
#include "fdnprobe/check.hpp"
#include "fdnprobe/site.hpp"
#include "model/problem.hpp"

namespace fdnprobe::app {

/// `--proxy`, over what the site file says; empty: it was not given.
void apply_proxy(const std::string& url, Site& site, Problems& problems);

/// `secrets` has what is in the file that `secrets.proxy` names: USER:PASSWORD in its first line, or the password alone
/// where the URL names the user.
[[nodiscard]] std::optional<engine::ProxySettings> proxy_settings(const Site& site, const Secrets& secrets,
                                                                  Problems& problems);

}  // namespace fdnprobe::app
