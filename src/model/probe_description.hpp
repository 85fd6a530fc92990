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
    bool over_esp = false;
    bool over_ethernet = false;
    /// The key in a site's [secrets] that lets it tell more; empty: it has no use for one.
    std::string_view secret = {};
    /// What the user must allow by `--allow-NAME` before it sends all that it could; empty: there is nothing to allow.
    std::string_view permission = {};
    /// The port is open to members of a cluster alone, so that silence towards anybody else says nothing.
    bool members_only = false;
    /// Nothing at all can be learnt without a responder at the far end.
    bool responder_only = false;
    /// A healthy service is silent to it: only ICMP, the path or a responder at the far end can tell.
    bool one_way = false;
    /// Its request names the host even where there is no TLS around it: `server_name` means something to it.
    bool names_host = false;
};

}  // namespace fdnprobe
