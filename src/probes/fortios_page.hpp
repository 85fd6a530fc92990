// The pages of Fortinet's own devices: their portals, their administration, their VPN. Any HTTP status is an answer;
// whose it is shows in what FortiOS, of which FortiProxy is a branch, is known to say.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "fdnprobe/check.hpp"
#include "fdnprobe/evidence.hpp"
#include "probes/probe.hpp"
#include "probes/web.hpp"

namespace fdnprobe::probes {

inline constexpr std::array page_options{path_option, tls_option};

/// The table's `path`, or `usual_path`.
[[nodiscard]] std::unique_ptr<Dialogue> get_page(const Check& check, std::string_view usual_path);

enum class Page : std::uint8_t {
    ordinary,
    portal,  ///< a portal is what was asked for: that it sends its visitors elsewhere is its trade
};
[[nodiscard]] Finding judge_page(const Check& check, const Attempt& attempt, Page page);

}  // namespace fdnprobe::probes
