// A configuration of any content gives a site file that can be read, or is refused with a message that can be shown.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "../config/good_problems.hpp"
#include "config/device_configuration.hpp"
#include "config/document.hpp"
#include "config/fortios_text.hpp"
#include "config/site_text.hpp"

namespace {

using fdnprobe::config::sample::require;
using fdnprobe::config::sample::require_good_problems;

/// A log of a terminal may have carriage returns alone for its lines.
std::string with_line_feeds(std::string text) {
    if (text.find('\n') == std::string::npos)
        for (char& letter : text)
            if (letter == '\r') letter = '\n';
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const std::string lines = with_line_feeds(text);
    fdnprobe::Problems warnings;
    const auto draft = fdnprobe::config::read_device_configuration(text, "conf/fuzz.conf", {}, warnings);
    require_good_problems(warnings, lines);
    if (!draft) {
        require_good_problems({draft.error()}, lines);
        return 0;
    }
    const std::string site = fdnprobe::config::site_text(*draft);
    require(fdnprobe::config::parse_document(site, "site.toml").has_value());
    // Each line is one that the writer makes: nothing of the input has begun one.
    for (std::size_t at = 0; at < site.size();) {
        const std::size_t end = site.find('\n', at);
        require(end != std::string::npos);
        const std::string_view line = std::string_view(site).substr(at, end - at);
        require(line.empty() || line[0] == '#' || line[0] == '[' || line.find(" = ") != std::string_view::npos);
        at = end + 1;
    }
    return 0;
}
