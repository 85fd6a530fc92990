// What tables, help and documentation need to know of a probe without depending on it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "fdnprobe/row.hpp"

namespace fdnprobe {

/// An option that a probe takes from its `[[row.check]]`.
struct ProbeOption {
    std::string_view name;
    std::string_view expects;  ///< for errors: "a number of seconds from 0 to 60"
    /// Whether the value can be used.
    bool (*accepts)(const OptionValue&);
};

struct ProbeDescription {
    std::string_view name;
    bool over_tcp = false;
    bool over_udp = false;
    bool uses_tls = false;      ///< `trust`, `ocsp` and `server_name` mean something to it
    std::string_view sends;     ///< one sentence: what goes out, and why it is harmless
    std::string_view positive;  ///< one sentence: what counts as an answer
    std::span<const ProbeOption> options;
};

}  // namespace fdnprobe
