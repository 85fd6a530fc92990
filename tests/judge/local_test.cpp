#include "catch.hpp"
#include "judge/attempt.hpp"
#include "judge/sinkhole.hpp"
#include "traces.hpp"

using namespace fdnprobe;
using namespace traces;

namespace {

Finding finding_of(const Attempt& attempt, const Check& check = check_of()) {
    return judge::judge_attempt_with(content, check, attempt);
}

struct ErrnoCase {
    std::int32_t number;
    Cause cause;
    Owner owner;
};

}  // namespace

TEST_CASE("errno of a failed connect is this host's trouble") {
    const auto expected = GENERATE(
        ErrnoCase{EMFILE, Cause::out_of_descriptors, Owner::this_host},
        ErrnoCase{ENFILE, Cause::out_of_descriptors, Owner::this_host},
        ErrnoCase{ENOBUFS, Cause::out_of_descriptors, Owner::this_host},
        ErrnoCase{ENOMEM, Cause::out_of_descriptors, Owner::this_host},
        ErrnoCase{EADDRNOTAVAIL, Cause::out_of_ports, Owner::this_host},
        ErrnoCase{EADDRINUSE, Cause::source_unavailable, Owner::this_host},
        ErrnoCase{EAFNOSUPPORT, Cause::address_family_unavailable, Owner::this_host},
        ErrnoCase{ENETUNREACH, Cause::no_route, Owner::this_host},
        ErrnoCase{ENETDOWN, Cause::no_route, Owner::this_host}, ErrnoCase{EINVAL, Cause::no_route, Owner::this_host},
        ErrnoCase{EHOSTUNREACH, Cause::no_route, Owner::this_host},
        ErrnoCase{EACCES, Cause::permission_denied, Owner::this_host},
        ErrnoCase{EPERM, Cause::local_firewall, Owner::this_host}, ErrnoCase{9999, Cause::internal, Owner::this_host});
    const Finding finding = finding_of(Trace::to().fail(expected.number));
    CAPTURE(expected.number, to_string(finding.cause));
    CHECK(finding.cause == expected.cause);
    CHECK(finding.owner == expected.owner);
    CHECK(finding.stage == Stage::connect);
}

TEST_CASE("a source that cannot be bound is not a lack of ports") {
    CHECK(finding_of(Trace::to().fail(EADDRNOTAVAIL, "bind")).cause == Cause::source_unavailable);
    CHECK(finding_of(Trace::to().fail(ENODEV, "bind")).cause == Cause::source_unavailable);
    CHECK(finding_of(Trace::to().fail(EPERM, "bind")).cause == Cause::permission_denied);
    CHECK(finding_of(Trace::to().fail(EACCES, "bind")).cause == Cause::permission_denied);
    CHECK(finding_of(Trace::to().fail(EMFILE, "bind")).cause == Cause::out_of_descriptors);
    CHECK(finding_of(Trace::to().add(Stage::plan, What::connect_error, EADDRNOTAVAIL)).cause ==
          Cause::source_unavailable);
    CHECK(finding_of(Trace::to().fail(EPERM, "socket")).cause == Cause::permission_denied);
}

TEST_CASE("a container without IPv6 lacks the family, not ports") {
    const Address six = ip("2606:4700::80");
    CHECK(finding_of(Trace::to(six).without_local().fail(EADDRNOTAVAIL)).cause == Cause::address_family_unavailable);
    CHECK(finding_of(Trace::to(six).fail(EADDRNOTAVAIL)).cause == Cause::out_of_ports);
    CHECK(finding_of(Trace::to().without_local().fail(EADDRNOTAVAIL)).cause == Cause::out_of_ports);
}

TEST_CASE("a neighbour that does not answer ARP is the network's, and not this host's filter") {
    // Linux makes up ICMP 3/1, from its own address, three seconds later.
    const Finding with_icmp =
        finding_of(Trace::to().start().later(std::chrono::seconds(3)).icmp(3, 1, own).fail(EHOSTUNREACH));
    CHECK(with_icmp.cause == Cause::host_unreachable);
    CHECK(with_icmp.owner == Owner::network);
    CHECK(with_icmp.confidence == Confidence::likely);
    CHECK_THAT(with_icmp.detail, says("ARP"));
    const Finding six =
        finding_of(Trace::to(ip("2001:db8::80")).start().icmp(1, 3, ip("2001:db8::1")).fail(EHOSTUNREACH));
    CHECK(six.cause == Cause::host_unreachable);
    const Finding without = finding_of(Trace::to().start().later(std::chrono::seconds(3)).fail(EHOSTUNREACH));
    CHECK(without.cause == Cause::host_unreachable);
    CHECK(without.owner == Owner::network);
}

TEST_CASE("ICMP from this host's own address is this host's own filter") {
    const Finding finding = finding_of(Trace::to().start().icmp(3, 13, own).fail(EHOSTUNREACH));
    CHECK(finding.cause == Cause::local_firewall);
    CHECK(finding.owner == Owner::this_host);
    CHECK(finding.where->address == own);
    CHECK(finding_of(Trace::to().start().icmp(3, 3, ip("127.0.0.1")).fail(ECONNREFUSED)).cause ==
          Cause::local_firewall);
    CHECK(finding_of(Trace::to(ip("2001:db8::80")).start().icmp(1, 1, ip("2001:db8::1")).fail(EACCES)).cause ==
          Cause::local_firewall);
    // The destination's word is the destination's, on loopback and at this host's own address too.
    CHECK(finding_of(Trace::to(ip("127.0.0.1")).icmp(3, 3, ip("127.0.0.1")).fail(ECONNREFUSED)).cause ==
          Cause::port_unreachable);
    CHECK(finding_of(Trace::to(own).icmp(3, 3, own).fail(ECONNREFUSED)).cause == Cause::port_unreachable);
}

TEST_CASE("where ICMP came the errno is only its echo") {
    CHECK(finding_of(Trace::to().start().icmp(3, 0, firewall).fail(ENETUNREACH)).cause == Cause::net_unreachable);
    CHECK(finding_of(Trace::to().start().icmp(3, 1, firewall).fail(EHOSTUNREACH)).cause == Cause::host_unreachable);
    CHECK(finding_of(Trace::to(ip("2001:db8::80")).start().icmp(1, 1, ip("2001:db8::fe")).fail(EACCES)).cause ==
          Cause::admin_prohibited);
    // But a note about the MTU explains no failure.
    CHECK(finding_of(Trace::to().icmp(3, 4, firewall).fail(ENETUNREACH)).cause == Cause::no_route);
    // And a missing descriptor is missing whatever came before.
    CHECK(finding_of(Trace::to().icmp(3, 13, firewall).fail(EMFILE)).cause == Cause::out_of_descriptors);
}

TEST_CASE("UDP sends that this host refuses") {
    const Check check = check_of("UDP/8888");
    const auto after_send = [&](std::int32_t number) {
        return finding_of(Trace::to().connect().add(Stage::exchange, What::send_error, number), check);
    };
    CHECK(after_send(EPERM).cause == Cause::local_firewall);
    CHECK(after_send(ENETUNREACH).cause == Cause::no_route);
    CHECK(after_send(ENOBUFS).cause == Cause::out_of_descriptors);
    CHECK(after_send(EACCES).cause == Cause::permission_denied);
    CHECK(after_send(EPERM).stage == Stage::exchange);
    // What was answered all the same was not stopped.
    CHECK(finding_of(Trace::to().connect().add(Stage::exchange, What::send_error, EPERM).receive(), check).cause ==
          Cause::answered);
}

TEST_CASE("what a first try lacked does not count once another has connected") {
    CHECK(finding_of(Trace::to().fail(EADDRNOTAVAIL).connect()).cause == Cause::answered);
    CHECK(finding_of(Trace::to().add(Stage::connect, What::descriptor_wait, EMFILE, 20).connect()).cause ==
          Cause::answered);
}

TEST_CASE("the network can end a connection with any errno") {
    const auto broken = [](std::int32_t number) {
        return finding_of(Trace::to().connect().send().add(Stage::exchange, What::send_error, number));
    };
    CHECK(broken(EHOSTUNREACH).cause == Cause::no_answer);
    CHECK_THAT(broken(EHOSTUNREACH).detail, says("broken off"));
    CHECK(broken(EPERM).cause == Cause::local_firewall);
}

TEST_CASE("an attempt that was stopped says that it was, and an abandoned one says nothing") {
    const Finding stopped = finding_of(Trace::to().start().add(Stage::connect, What::cancelled, 0, 0, "the run ended"));
    CHECK(stopped.cause == Cause::interrupted);
    CHECK(stopped.stage == Stage::connect);
    CHECK_THAT(stopped.detail, says("the run ended"));
    CHECK(verdict_of(finding_of(Trace::to().start().abandon()).cause) == Verdict::skipped);
}
