// A CAPWAP controller that answers every access point.
#include <string>

#include "peers/emulation.hpp"
#include "wire/capwap.hpp"

namespace fdnprobe::peers {
namespace {

std::string discover(std::string_view request) {
    const auto message = wire::capwap::decode(request);
    if (!message || message->type != wire::capwap::type_discovery_request) return {};
    return wire::capwap::encode(wire::capwap::discovery_response(message->sequence, "fdnprobe lab"));
}

AnswerDatagram discovery_answers(const EmulationSettings&) { return discover; }

}  // namespace

extern const Emulation play_capwap{"capwap", without_tls, nullptr, discovery_answers};

}  // namespace fdnprobe::peers
