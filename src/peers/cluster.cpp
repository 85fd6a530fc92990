// The member of an HA cluster, towards a stranger: it takes a connection and says nothing.
#include <string>

#include "peers/emulation.hpp"
#include "peers/service.hpp"

namespace fdnprobe::peers {
namespace {

ServeConnection member(const EmulationSettings&) { return serve_nothing(); }
AnswerDatagram silent_member(const EmulationSettings&) {
    return [](std::string_view) { return std::string(); };
}

}  // namespace

extern const Emulation play_ha_sync{"ha-sync", without_tls, member, silent_member};
extern const Emulation play_ha_unicast{"ha-unicast", without_tls, nullptr, silent_member};

}  // namespace fdnprobe::peers
