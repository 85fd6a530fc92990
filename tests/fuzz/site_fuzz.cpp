// A site file of any content is either read, or refused with messages that can be shown.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "../config/good_problems.hpp"
#include "config/load.hpp"

namespace {

using fdnprobe::config::sample::require;
using fdnprobe::config::sample::require_good_problems;

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    fdnprobe::Problems warnings;
    const auto site = fdnprobe::config::parse_site(text, "conf/fuzz.toml", warnings);
    require_good_problems(warnings, text);
    if (!site) {
        require(!site.error().empty());
        require_good_problems(site.error(), text);
        return 0;
    }
    for (const auto& [name, peer] : site->peers) {
        require(!peer.addresses.empty() || !peer.ports.empty());
        for (const std::string& address : peer.addresses) require(!address.empty() && !has_nul(address));
        for (const auto& [port, dialled] : peer.ports) require(dialled.number != 0);
    }
    for (const fdnprobe::Pin& pin : site->pins) require(!pin.host.empty() && !has_nul(pin.host));
    for (const auto& [name, path] : site->secret_files) require(!has_nul(path));
    return 0;
}
