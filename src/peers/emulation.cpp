#include "peers/emulation.hpp"

#include <algorithm>
#include <array>

namespace fdnprobe::peers {

// One line a probe: its far end is in a file of this folder.
#define FDNPROBE_EMULATIONS(PLAY) \
    PLAY(play_tcp)                \
    PLAY(play_udp)                \
    PLAY(play_tls)                \
    PLAY(play_dns)                \
    PLAY(play_dot)                \
    PLAY(play_http)               \
    PLAY(play_radius)             \
    PLAY(play_radius_dynauth)     \
    PLAY(play_capwap)             \
    PLAY(play_syslog)             \
    PLAY(play_fds_push)           \
    PLAY(play_smtp)               \
    PLAY(play_ldap)               \
    PLAY(play_fgfm)               \
    PLAY(play_oftp)               \
    PLAY(play_fsso)               \
    PLAY(play_wanopt)             \
    PLAY(play_tls_or_tcp)         \
    PLAY(play_scep)               \
    PLAY(play_crl)                \
    PLAY(play_captive_portal)     \
    PLAY(play_override_page)      \
    PLAY(play_admin)              \
    PLAY(play_sslvpn)             \
    PLAY(play_ike)                \
    PLAY(play_ike_natt)           \
    PLAY(play_ha_sync)            \
    PLAY(play_ha_unicast)

#define FDNPROBE_DECLARE(name) extern const Emulation name;
FDNPROBE_EMULATIONS(FDNPROBE_DECLARE)

namespace {
#define FDNPROBE_ADDRESS(name) &(name),
constexpr std::array registered{FDNPROBE_EMULATIONS(FDNPROBE_ADDRESS)};
}  // namespace

bool with_tls(Port) { return true; }
bool without_tls(Port) { return false; }

const Emulation* find_emulation(std::string_view probe) {
    const auto* const found =
        std::find_if(registered.begin(), registered.end(), [&](const Emulation* one) { return one->probe == probe; });
    return found == registered.end() ? nullptr : *found;
}

}  // namespace fdnprobe::peers
