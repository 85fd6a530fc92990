// A few probes as tables see them: enough of each kind to test what a table may say, without depending on the probes
// that there are.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <variant>

#include "model/probe_description.hpp"

namespace fdnprobe::config::sample {

inline bool is_seconds(const OptionValue& value) {
    const auto* whole = std::get_if<std::int64_t>(&value);
    const auto* fraction = std::get_if<double>(&value);
    return (whole && *whole >= 0 && *whole <= 60) || (fraction && *fraction >= 0 && *fraction <= 60);
}
inline bool is_text(const OptionValue& value) { return std::holds_alternative<std::string>(value); }
inline bool is_flag(const OptionValue& value) { return std::holds_alternative<bool>(value); }

inline constexpr std::array hold_option{ProbeOption{"hold", "a number of seconds from 0 to 60", is_seconds}};
inline constexpr std::array question_options{ProbeOption{"question", "a name", is_text},
                                             ProbeOption{"recursion", "true or false", is_flag}};

inline constexpr std::array probes{
    ProbeDescription{"tcp", true, false, false, "", "", hold_option},
    ProbeDescription{"udp", false, true, false, "", "", {}},
    ProbeDescription{"tls", true, false, true, "", "", {}},
    ProbeDescription{"dns", true, true, false, "", "", question_options},
    ProbeDescription{"dot", true, false, true, "", "", question_options},
    ProbeDescription{.name = "http", .over_tcp = true, .sends = "", .positive = "", .options = {}, .names_host = true},
    ProbeDescription{
        .name = "esp", .sends = "", .positive = "", .options = {}, .over_esp = true, .responder_only = true},
    ProbeDescription{.name = "heartbeat", .sends = "", .positive = "", .options = hold_option, .over_ethernet = true},
};

}  // namespace fdnprobe::config::sample
