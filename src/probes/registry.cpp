#include "probes/registry.hpp"

#include <algorithm>
#include <array>

namespace fdnprobe::probes {

// One line a probe: its definition is in the file of its name.
#define FDNPROBE_PROBES(PROBE) \
    PROBE(tcp)                 \
    PROBE(udp)                 \
    PROBE(tls)                 \
    PROBE(dns)                 \
    PROBE(dot)                 \
    PROBE(http)                \
    PROBE(radius)              \
    PROBE(radius_dynauth)      \
    PROBE(capwap)              \
    PROBE(syslog)              \
    PROBE(fds_push)            \
    PROBE(fgfm)                \
    PROBE(oftp)                \
    PROBE(fsso)                \
    PROBE(wanopt)              \
    PROBE(tls_or_tcp)          \
    PROBE(scep)                \
    PROBE(crl)                 \
    PROBE(captive_portal)      \
    PROBE(override_page)       \
    PROBE(admin)               \
    PROBE(sslvpn)              \
    PROBE(smtp)                \
    PROBE(ldap)                \
    PROBE(ike)                 \
    PROBE(ike_natt)            \
    PROBE(esp)                 \
    PROBE(ha_heartbeat)        \
    PROBE(ha_sync)             \
    PROBE(ha_unicast)

#define FDNPROBE_DECLARE(name) extern const Probe name;
FDNPROBE_PROBES(FDNPROBE_DECLARE)

namespace {
#define FDNPROBE_ADDRESS(name) &(name),
constexpr std::array registered{FDNPROBE_PROBES(FDNPROBE_ADDRESS)};
}  // namespace

std::span<const Probe* const> all() { return registered; }

const Probe* find(std::string_view name) {
    const auto found = std::find_if(registered.begin(), registered.end(),
                                    [&](const Probe* probe) { return probe->description.name == name; });
    return found == registered.end() ? nullptr : *found;
}

std::vector<ProbeDescription> descriptions() {
    std::vector<ProbeDescription> list;
    for (const Probe* probe : registered) list.push_back(probe->description);
    return list;
}

}  // namespace fdnprobe::probes
