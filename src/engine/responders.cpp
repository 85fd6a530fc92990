#include "engine/responders.hpp"

#include <algorithm>
#include <string>

#include "net/transport.hpp"
#include "probes/responder.hpp"

namespace fdnprobe::engine {

using net::Clock;
using net::Outcome;
using net::Received;

namespace {

/// What the responder at that place says to a request; too short where the connection failed.
net::Task<std::string> exchange(const TalkSettings& settings, const std::string& request, SocketAddress place,
                                net::Socket& socket, net::Context& context) {
    std::string heard;
    // The connection is a means to an end: what becomes of it is not the attempt's evidence.
    Attempt aside;
    net::Recorder recorder(context, aside);
    const Clock::time_point limit = Clock::now() + settings.stage_budget;
    Outcome outcome = co_await net::connect_tcp(socket, place, settings.dial, recorder, settings.stage_budget);
    if (outcome == Outcome::ok) outcome = co_await net::send_all(socket, request, limit, recorder);
    while (outcome == Outcome::ok && heard.size() < wire::responder::message_size) {
        const std::span<char> buffer = context.scratch().first(wire::responder::message_size - heard.size());
        const Received received = co_await net::receive(socket, buffer, limit);
        outcome = received.outcome;
        heard.append(buffer.data(), received.size);
    }
    co_return heard;
}

}  // namespace

bool may_have_responder(const Check& check) {
    return !check.secret(probes::responder_secret).empty() && !(check.public_name && check.pinned.empty());
}

std::optional<SocketAddress> Responders::at(const Address& address) const {
    const auto found = places_.find(address);
    if (found == places_.end()) return std::nullopt;
    return SocketAddress{found->first, found->second};
}

net::Task<void> ask_arrivals(const TalkSettings& settings, const Check& check, const probes::Occasion& occasion,
                             SocketAddress place, net::Socket& socket, net::Recorder& recorder) {
    const std::string request = probes::arrivals_request(check, occasion);
    const std::string heard = co_await exchange(settings, request, place, socket, recorder.context());
    const auto reply = probes::arrivals_reply(check, occasion, heard);
    if (!reply) co_return;
    Event& event = recorder.note(What::arrival, reply->arrivals, reply->listening ? 1 : 0,
                                 Port{Transport::tcp, place.port}.to_string());
    if (reply->arrivals == 0) co_return;
    if (reply->source) {
        event.from = reply->source->address;
        event.detail = reply->source->port;
    } else if (reply->hardware_source.size() == HardwareAddress().bytes.size()) {
        HardwareAddress& sender = event.hardware.emplace();
        std::transform(reply->hardware_source.begin(), reply->hardware_source.end(), sender.bytes.begin(),
                       [](char byte) { return static_cast<std::uint8_t>(byte); });
    }
}

}  // namespace fdnprobe::engine
