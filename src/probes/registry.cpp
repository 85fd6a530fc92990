#include "probes/registry.hpp"

#include <algorithm>
#include <array>

namespace fdnprobe::probes {

// One line a probe: its definition is in the file of its name.
extern const Probe tcp;
extern const Probe udp;
extern const Probe tls;
extern const Probe dns;
extern const Probe dot;
extern const Probe http;

namespace {
constexpr std::array registered{&tcp, &udp, &tls, &dns, &dot, &http};
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
