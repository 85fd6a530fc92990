#include "engine/talk.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "engine/conversation.hpp"
#include "engine/proxy.hpp"
#include "net/datagram.hpp"

namespace fdnprobe::engine {

using net::Clock;
using net::Outcome;

namespace {

/// The SPIs up to 255 are reserved (RFC 4303, 2.1).
std::uint32_t spi_from(std::uint64_t seed) {
    constexpr std::uint64_t reserved = 256;
    return static_cast<std::uint32_t>(reserved + seed % (0x100000000ULL - reserved));
}

/// What carries the attempt's datagrams; nothing for TCP.
std::unique_ptr<net::Datagrams> datagrams_for(const Check& check, const probes::Occasion& occasion, net::Socket& socket,
                                              net::Recorder& recorder) {
    const std::optional<SocketAddress>& destination = recorder.attempt().destination;
    switch (check.transport()) {
        case Transport::udp: return net::udp_datagrams(socket, recorder, *destination);
        case Transport::esp: return net::esp_datagrams(socket, recorder, destination->address, spi_from(occasion.seed));
        case Transport::ethernet: {
            std::optional<Address> near;
            if (!check.pinned.empty()) near = check.pinned.front();
            return net::ethernet_datagrams(socket, recorder, check.dial_port, near);
        }
        case Transport::tcp: break;
    }
    return nullptr;
}

/// What a proxy is asked for: the address, as many devices have it, or a name that the proxy looks up.
std::string authority_of(const Check& check, const Attempt& attempt) {
    if (attempt.destination) return attempt.destination->to_string();
    return fmt::format("{}:{}", check.host, check.dial_port);
}

}  // namespace

net::Task<void> talk(const TalkSettings& settings, const Check& check, const probes::Probe& probe,
                     const probes::Occasion& occasion, net::Socket& socket, net::Recorder& recorder) {
    const Clock::time_point began = Clock::now();
    const std::unique_ptr<net::Datagrams> datagrams = datagrams_for(check, occasion, socket, recorder);
    Outcome connected = Outcome::failed;
    std::string early;
    if (datagrams != nullptr) {
        connected = co_await datagrams->open(settings.dial);
    } else if (recorder.attempt().proxy) {
        Proxy* const proxy = settings.proxies->of(check);
        net::Tunnel tunnel = co_await proxy->open(socket, recorder, authority_of(check, recorder.attempt()),
                                                  settings.dial, settings.until);
        connected = tunnel.outcome;
        early = std::move(tunnel.early);
    } else {
        const SocketAddress destination = *recorder.attempt().destination;
        connected =
            co_await net::connect_tcp(socket, destination, settings.dial, recorder, settings.stage_limit() - began);
    }
    recorder.attempt().timing.connect = Clock::now() - began;
    if (connected == Outcome::ok) {
        Conversation conversation(settings, check, probe, occasion, socket, datagrams.get(), recorder);
        conversation.begin_with(std::move(early));
        co_await conversation.run();
    }
    recorder.attempt().timing.total = Clock::now() - began;
}

}  // namespace fdnprobe::engine
