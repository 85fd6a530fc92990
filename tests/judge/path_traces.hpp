// Ways of packets for the judges' tests, in as few words as they need. The hosts are those of the network that the
// rules were measured in: this host, three routers, and the server as the fourth hop.
#pragma once

#include <cerrno>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fdnprobe/path.hpp"
#include "traces.hpp"

namespace path_traces {

using namespace traces;

/// The same places in both families.
struct Hosts {
    Address own;
    std::vector<Address> routers;
    Address server;
    Address other_server;  ///< behind the same routers
};
inline const Hosts four{
    ip("10.0.1.1"), {ip("10.0.1.2"), ip("10.0.2.2"), ip("10.0.3.2")}, ip("10.0.4.2"), ip("10.0.4.3")};
inline const Hosts six{
    ip("fd00:1::1"), {ip("fd00:1::2"), ip("fd00:2::2"), ip("fd00:3::2")}, ip("fd00:4::2"), ip("fd00:4::3")};
inline const Address& r1 = four.routers[0];
inline const Address& r2 = four.routers[1];
inline const Address& r3 = four.routers[2];
inline const Address& server = four.server;

/// One flow's packets.
class Sweep {
  public:
    static Sweep tcp(const Address& to = server, std::uint16_t port = 443) { return {Transport::tcp, to, port}; }
    static Sweep udp(const Address& to = server, std::uint16_t port = 53) { return {Transport::udp, to, port}; }

    Sweep& add(int hop, HopAnswer answer) {
        HopProbe probe;
        probe.hop = hop;
        probe.answer = answer;
        flow_.probes.push_back(probe);
        return *this;
    }
    Sweep& device(int hop, const Address& address) {
        add(hop, HopAnswer::time_exceeded);
        flow_.probes.back().from = address;
        flow_.probes.back().type = address.family() == Family::ipv4 ? 11 : 3;
        return *this;
    }
    /// The first `count` routers, each at its hop.
    Sweep& routers(int count, const Hosts& hosts = four) {
        for (int hop = 1; hop <= count; ++hop) device(hop, hosts.routers[static_cast<std::size_t>(hop - 1)]);
        return *this;
    }
    Sweep& silence(int hop, int tries = 3) {
        for (int count = 0; count < tries; ++count) add(hop, HopAnswer::silence);
        return *this;
    }
    Sweep& accepted(int hop) { return add(hop, HopAnswer::accepted); }
    Sweep& reset(int hop) { return add(hop, HopAnswer::reset); }
    Sweep& replied(int hop) {
        add(hop, HopAnswer::replied);
        flow_.probes.back().from = flow_.destination.address;
        return *this;
    }
    Sweep& unreachable(int hop, const Address& from, int type, int code) {
        add(hop, HopAnswer::unreachable);
        flow_.probes.back().from = from;
        flow_.probes.back().type = type;
        flow_.probes.back().code = code;
        return *this;
    }
    Sweep& not_sent(int hop, int number = EPERM) {
        add(hop, HopAnswer::not_sent);
        flow_.probes.back().code = number;
        return *this;
    }

    // NOLINTNEXTLINE(google-explicit-constructor): a finished sweep is used as a flow.
    operator Flow() const { return flow_; }

  private:
    Sweep(Transport transport, const Address& to, std::uint16_t port) {
        flow_.transport = transport;
        flow_.destination = SocketAddress{to, port};
        flow_.source_port = 40000;
    }
    Flow flow_;
};

inline PathFacts alone(Flow tested) {
    PathFacts facts;
    facts.tested = std::move(tested);
    return facts;
}
inline PathFacts beside(Flow tested, Flow control, std::string control_is = "TCP/53 of the same host") {
    PathFacts facts = alone(std::move(tested));
    facts.control = std::move(control);
    facts.control_is = std::move(control_is);
    return facts;
}

/// A control flow that gets all the way: the first column of the measured table.
inline Flow open_way(const Hosts& hosts = four) { return Sweep::tcp(hosts.server, 53).routers(3, hosts).accepted(4); }

inline Trace to_host(const Hosts& hosts = four) { return Trace::to(hosts.server); }

/// The attempt, with where its packets went.
inline Attempt followed(Attempt attempt, PathFacts facts, const Hosts& hosts = four) {
    attempt.local = SocketAddress{hosts.own, 50000};
    attempt.path = std::make_shared<const PathFacts>(std::move(facts));
    return attempt;
}

// Attempts as they ended before anybody looked at the way.
inline Attempt timed_out(const Hosts& hosts = four) {
    return to_host(hosts).start().add(Stage::connect, What::connect_timeout, 2, 3500);
}
inline Attempt hasty(const Hosts& hosts = four) {
    return to_host(hosts).start().add(Stage::connect, What::connect_timeout, 0, 300);
}
inline Attempt refused(const Hosts& hosts = four) { return to_host(hosts).start().fail(ECONNREFUSED); }
inline Attempt silent(const Hosts& hosts = four) {
    return to_host(hosts).connect().send().add(Stage::exchange, What::silent, 2000, -1);
}
inline Attempt answered(const Hosts& hosts = four) { return to_host(hosts).connect().send().receive(); }
inline Attempt hello_reset(const Hosts& hosts = four) {
    return to_host(hosts).connect().hello().add(Stage::tls, What::reset, ECONNRESET);
}
inline Attempt said(std::int32_t type, std::int32_t code, const Address& sender, const Hosts& hosts = four) {
    return to_host(hosts).start().icmp(type, code, sender).fail(EHOSTUNREACH);
}

}  // namespace path_traces
