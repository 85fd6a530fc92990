// A far end in a thread of its own, on loopback: ports at which a responder answers, or keeps its reply to itself, or
// something else stands in its place.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <iterator>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "fdnprobe/address.hpp"
#include "fdnprobe/row.hpp"
#include "net/socket_address.hpp"
#include "wire/responder.hpp"

namespace fdnprobe::engine::testing {

inline const std::string key = "a shared key of thirty-two bytes";

enum class Manner : std::uint8_t {
    answers,  ///< a responder
    loses,    ///< a responder whose replies get lost
    deaf,     ///< nothing ever arrives
    closes,   ///< TCP: a service that hangs up at the first bytes
    silent,   ///< TCP: a service that says nothing
    echoes,   ///< a service that repeats what it hears
};

class FakeResponder {
  public:
    FakeResponder() { REQUIRE(::pipe(wake_.data()) == 0); }
    FakeResponder(const FakeResponder&) = delete;
    FakeResponder& operator=(const FakeResponder&) = delete;
    ~FakeResponder() {
        if (thread_.joinable()) {
            [[maybe_unused]] const ssize_t written = ::write(wake_[1], "x", 1);
            thread_.join();
        }
        for (const Place& place : places_) ::close(place.descriptor);
        for (const int descriptor : wake_) ::close(descriptor);
    }

    /// Before `start`: the port that the system chose.
    Port open(Transport transport, Manner manner, const char* address = "127.0.0.1") {
        const int type = transport == Transport::tcp ? SOCK_STREAM : SOCK_DGRAM;
        const int descriptor = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
        const net::NativeAddress any = net::to_native(SocketAddress{*Address::parse(address), 0});
        REQUIRE(::bind(descriptor, any.pointer(), any.length) == 0);
        if (transport == Transport::tcp) REQUIRE(::listen(descriptor, 16) == 0);
        const Port port{transport, net::local_address(descriptor)->port};
        places_.push_back({descriptor, port, manner, false});
        if (manner == Manner::answers || manner == Manner::loses) listening_.push_back(port);
        return port;
    }
    /// The responder listens there, whoever the packets come to.
    void claim(const Port& port) { listening_.push_back(port); }

    void start() {
        thread_ = std::thread([this] { serve(); });
    }
    [[nodiscard]] int connections() const { return connections_; }

  private:
    struct Place {
        int descriptor;
        Port port;
        Manner manner;
        bool connection;
    };

    void serve() {
        for (;;) {
            std::vector<pollfd> waits{{wake_[0], POLLIN, 0}};
            for (const Place& place : places_) waits.push_back({place.descriptor, POLLIN, 0});
            ::poll(waits.data(), waits.size(), -1);
            if (waits[0].revents != 0) return;
            std::size_t index = 1;
            const std::size_t known = places_.size();
            for (auto place = places_.begin(); index <= known; ++index) {
                const bool ready = waits[index].revents != 0;
                const bool gone = ready && !turn(*place);
                place = gone ? drop(place) : std::next(place);
            }
        }
    }

    std::list<Place>::iterator drop(std::list<Place>::iterator place) {
        ::close(place->descriptor);
        return places_.erase(place);
    }

    /// False: the connection is done with.
    bool turn(const Place& place) {
        if (place.manner == Manner::deaf) {
            std::array<char, 512> nobody{};
            ::recv(place.descriptor, nobody.data(), nobody.size(), 0);
            return true;
        }
        if (place.port.transport == Transport::tcp && !place.connection) {
            ++connections_;
            places_.push_back({::accept(place.descriptor, nullptr, nullptr), place.port, place.manner, true});
            return true;
        }
        std::array<char, 512> buffer{};
        sockaddr_storage client{};
        socklen_t length = sizeof client;
        const ssize_t got = ::recvfrom(place.descriptor, buffer.data(), buffer.size(), 0,
                                       reinterpret_cast<sockaddr*>(&client), &length);
        if (got <= 0 && place.connection) return false;
        const std::string bytes(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (place.connection) {
            length = sizeof client;
            ::getpeername(place.descriptor, reinterpret_cast<sockaddr*>(&client), &length);
        }
        if (place.manner == Manner::closes) return false;
        if (place.manner == Manner::silent) return true;
        const std::string reply =
            place.manner == Manner::echoes ? bytes : answer(place, bytes, *net::from_native(client));
        if (place.connection)
            ::send(place.descriptor, reply.data(), reply.size(), MSG_NOSIGNAL);
        else if (!reply.empty())
            ::sendto(place.descriptor, reply.data(), reply.size(), 0, reinterpret_cast<const sockaddr*>(&client),
                     length);
        return !place.connection;
    }

    std::string answer(const Place& place, const std::string& bytes, const SocketAddress& source) {
        const auto request = wire::responder::decode_request(bytes, key);
        if (!request) return {};
        wire::responder::Reply reply;
        reply.kind = request->kind;
        reply.arrived_at = place.port;
        reply.time = request->time;
        reply.nonce = request->nonce;
        reply.attempt = request->attempt;
        reply.source = source;
        reply.ttl = 64;
        if (request->kind == wire::responder::Kind::arrivals) {
            const auto& [count, last] = arrived_[request->attempt];
            reply.arrivals = count;
            reply.source = last;
            reply.listening = std::find(listening_.begin(), listening_.end(), request->asked) != listening_.end();
        } else {
            auto& [count, last] = arrived_[request->attempt];
            ++count;
            last = source;
            if (place.manner == Manner::loses) return {};
        }
        return encode(reply, key);
    }

    std::array<int, 2> wake_{};
    std::list<Place> places_;
    std::vector<Port> listening_;
    std::map<std::string, std::pair<std::uint16_t, std::optional<SocketAddress>>> arrived_;
    std::atomic<int> connections_ = 0;
    std::thread thread_;
};

}  // namespace fdnprobe::engine::testing
