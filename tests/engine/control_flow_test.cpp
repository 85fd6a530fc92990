#include "engine/control_flow.hpp"

#include <cerrno>
#include <utility>

#include "catch.hpp"
#include "judge/traces.hpp"

using namespace fdnprobe;
using namespace fdnprobe::engine;
using traces::ip;
using traces::Trace;

namespace {

CheckResult result_of(std::string_view port, Attempt attempt, std::size_t row = 0) {
    CheckResult result;
    result.check = traces::check_of(port);
    result.check.row = row;
    attempt.destination->port = result.check.dial_port;
    result.attempts.push_back(std::move(attempt));
    return result;
}

/// A SYN without an answer.
Attempt silent(const Address& address = traces::destination) {
    return Trace::to(address).start().add(Stage::connect, What::connect_timeout, 2, 3500);
}

Attempt open(const Address& address = traces::destination) {
    return Trace::to(address).start().later(std::chrono::milliseconds(29)).add(Stage::connect, What::connect_ok);
}

Attempt refused(const Address& address = traces::destination) { return Trace::to(address).start().fail(ECONNREFUSED); }

Attempt replied(const Address& address = traces::destination) {
    return Trace::to(address).connect().send("question").receive();
}

Attempt unanswered(const Address& address = traces::destination) {
    return Trace::to(address).connect().send("question").add(Stage::exchange, What::silent, 3500);
}

ControlFlow control_of(const std::vector<CheckResult>& all) { return choose_control(all.front(), 0, all); }

const Address elsewhere = ip("198.51.100.7");

}  // namespace

TEST_CASE("another port of the same host is the best control") {
    const ControlFlow flow = control_of(
        {result_of("TCP/8890", silent()), result_of("TCP/80", open(elsewhere)), result_of("TCP/443", open())});
    CHECK(flow.is == "TCP/443 of the same host");
    CHECK(flow.transport == Transport::tcp);
    CHECK(flow.destination == SocketAddress{traces::destination, 443});
    CHECK(flow.same_host);
    CHECK(flow.round_trip == std::chrono::milliseconds(30));
}

TEST_CASE("one that answered is better than one that refused, which still shows the distance") {
    CHECK(control_of({result_of("TCP/8890", silent()), result_of("TCP/22", refused()), result_of("TCP/443", open())})
              .is == "TCP/443 of the same host");
    CHECK(control_of({result_of("TCP/8890", silent()), result_of("TCP/22", refused())}).is ==
          "TCP/22 of the same host");
    const Attempt closed = Trace::to().connect().send().icmp(3, 3, traces::destination);
    CHECK(control_of({result_of("TCP/8890", silent()), result_of("UDP/161", closed)}).is == "UDP/161 of the same host");
}

TEST_CASE("silent datagrams are compared with datagrams where some get through") {
    const ControlFlow flow =
        control_of({result_of("UDP/8888", unanswered()), result_of("TCP/443", open()), result_of("UDP/53", replied())});
    CHECK(flow.is == "UDP/53 of the same host");
    CHECK(flow.transport == Transport::udp);
    CHECK(flow.payload == "question");
    CHECK(control_of({result_of("UDP/8888", unanswered()), result_of("TCP/443", open())}).is ==
          "TCP/443 of the same host");
}

TEST_CASE("what did not get through is no control") {
    const Attempt rejected = Trace::to().start().icmp(3, 13, traces::firewall).fail(EHOSTUNREACH);
    const Attempt cut_off = Trace::to().start().abandon();
    const ControlFlow flow =
        control_of({result_of("TCP/8890", silent()), result_of("TCP/443", silent()), result_of("UDP/53", unanswered()),
                    result_of("TCP/80", rejected), result_of("TCP/81", cut_off), result_of("TCP/8890", open())});
    CHECK(flow.is == "UDP/33434 of the same host");
    CHECK(flow.transport == Transport::udp);
    CHECK(flow.destination == SocketAddress{traces::destination, 33434});
    CHECK(flow.payload == explaining_payload());
    CHECK(flow.same_host);
}

TEST_CASE("the control is never the tested flow itself") {
    const ControlFlow flow = control_of({result_of("UDP/33434", unanswered())});
    CHECK(flow.is == "UDP/33435 of the same host");
}

TEST_CASE("another host will do where nothing of the same one works, of the same row first") {
    const Address third = ip("203.0.113.9");
    const ControlFlow near = control_of({result_of("TCP/8890", silent(), 3), result_of("TCP/80", open(elsewhere), 1),
                                         result_of("TCP/443", open(third), 3)});
    CHECK(near.is == "203.0.113.9 (TCP/443)");
    CHECK_FALSE(near.same_host);
    const ControlFlow any = control_of({result_of("TCP/8890", silent(), 3), result_of("TCP/443", open(elsewhere), 1)});
    CHECK(any.is == "198.51.100.7 (TCP/443)");
    CHECK(any.destination == SocketAddress{elsewhere, 443});
    // One that refused shows its own distance only, and one of another family goes another way.
    CHECK(control_of({result_of("TCP/8890", silent(), 3), result_of("TCP/443", refused(elsewhere), 3),
                      result_of("TCP/443", open(ip("2001:db8::7")), 3)})
              .is == "UDP/33434 of the same host");
}

TEST_CASE("through a proxy it is the way to the proxy that is compared") {
    const Attempt through =
        Trace::through_proxy().add(Stage::connect, What::connect_start).add(Stage::connect, What::connect_ok);
    std::vector<CheckResult> all{result_of("UDP/53", unanswered()), result_of("TCP/443", through)};
    CHECK(control_of(all).is == "198.18.0.8 (TCP/3128)");
    all.front().attempts.front().destination->address = traces::proxy;
    CHECK(control_of(all).is == "TCP/3128 of the same host");
}
