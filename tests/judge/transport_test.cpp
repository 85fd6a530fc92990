#include "judge/transport.hpp"
#include "catch.hpp"
#include "judge/attempt.hpp"
#include "traces.hpp"

using namespace fdnprobe;
using namespace traces;

namespace {

Finding finding_of(const Attempt& attempt, const Check& check = check_of()) {
    return judge::judge_attempt_with(content, check, attempt);
}

struct IcmpCase {
    std::int32_t type;
    std::int32_t code;
    Cause from_elsewhere;
    Cause from_destination;
};

}  // namespace

TEST_CASE("ICMP errors, over TCP and UDP alike") {
    const auto expected = GENERATE(IcmpCase{3, 0, Cause::net_unreachable, Cause::net_unreachable},
                                   IcmpCase{3, 1, Cause::host_unreachable, Cause::host_unreachable},
                                   IcmpCase{3, 2, Cause::port_unreachable_on_path, Cause::port_unreachable},
                                   IcmpCase{3, 3, Cause::port_unreachable_on_path, Cause::port_unreachable},
                                   IcmpCase{3, 5, Cause::net_unreachable, Cause::net_unreachable},
                                   IcmpCase{3, 6, Cause::host_unreachable, Cause::host_unreachable},
                                   IcmpCase{3, 7, Cause::host_unreachable, Cause::host_unreachable},
                                   IcmpCase{3, 9, Cause::admin_prohibited, Cause::admin_prohibited},
                                   IcmpCase{3, 10, Cause::admin_prohibited, Cause::admin_prohibited},
                                   IcmpCase{3, 11, Cause::host_unreachable, Cause::host_unreachable},
                                   IcmpCase{3, 12, Cause::host_unreachable, Cause::host_unreachable},
                                   IcmpCase{3, 13, Cause::admin_prohibited, Cause::admin_prohibited},
                                   IcmpCase{11, 0, Cause::routing_loop, Cause::routing_loop});
    CAPTURE(expected.type, expected.code);
    for (const char* port : {"TCP/443", "UDP/8888"}) {
        const Check check = check_of(port);
        const Finding elsewhere =
            finding_of(Trace::to().start().icmp(expected.type, expected.code, firewall).fail(EHOSTUNREACH), check);
        CHECK(elsewhere.cause == expected.from_elsewhere);
        CHECK(elsewhere.confidence == Confidence::proven);
        CHECK(elsewhere.owner == Owner::network);
        CHECK(elsewhere.where->address == firewall);
        CHECK_THAT(elsewhere.detail,
                   says("ICMP " + std::to_string(expected.type) + "/" + std::to_string(expected.code)));
        const Finding own_word =
            finding_of(Trace::to().start().icmp(expected.type, expected.code, destination).fail(EHOSTUNREACH), check);
        CHECK(own_word.cause == expected.from_destination);
        CHECK(own_word.owner == Owner::service);
        CHECK(own_word.where->address == destination);
    }
}

TEST_CASE("ICMPv6 errors") {
    const auto expected = GENERATE(IcmpCase{1, 0, Cause::net_unreachable, Cause::net_unreachable},
                                   IcmpCase{1, 1, Cause::admin_prohibited, Cause::admin_prohibited},
                                   IcmpCase{1, 3, Cause::host_unreachable, Cause::host_unreachable},
                                   IcmpCase{1, 4, Cause::port_unreachable_on_path, Cause::port_unreachable},
                                   IcmpCase{1, 5, Cause::admin_prohibited, Cause::admin_prohibited},
                                   IcmpCase{1, 6, Cause::admin_prohibited, Cause::admin_prohibited},
                                   IcmpCase{3, 0, Cause::routing_loop, Cause::routing_loop},
                                   IcmpCase{4, 1, Cause::port_unreachable_on_path, Cause::port_unreachable});
    CAPTURE(expected.type, expected.code);
    const Address six = ip("2606:4700::80");
    const Address router = ip("2606:4700::fe");
    CHECK(finding_of(Trace::to(six).start().icmp(expected.type, expected.code, router).fail(EACCES)).cause ==
          expected.from_elsewhere);
    CHECK(finding_of(Trace::to(six).start().icmp(expected.type, expected.code, six).fail(EACCES)).cause ==
          expected.from_destination);
}

TEST_CASE("UDP reports ICMP without any other event") {
    const Finding finding =
        finding_of(Trace::to().connect().send().icmp(3, 13, firewall, Stage::exchange), check_of("UDP/53"));
    CHECK(finding.cause == Cause::admin_prohibited);
    CHECK(finding.stage == Stage::exchange);
}

TEST_CASE("notes about the MTU are warnings, not failures") {
    const Finding finding = finding_of(Trace::to().connect().icmp(3, 4, firewall).send().receive());
    CHECK(finding.cause == Cause::answered);
    REQUIRE(finding.warnings.size() == 1);
    CHECK_THAT(finding.warnings[0], says("198.18.0.254") && says("smaller packets"));
    CHECK(finding_of(Trace::to().start().icmp(3, 4, firewall).add(Stage::connect, What::connect_timeout, 2, 3500))
              .cause == Cause::timeout);
    const Finding six = finding_of(Trace::to(ip("2606:4700::80")).connect().icmp(2, 0, ip("2606:4700::fe")).receive());
    CHECK(six.warnings.size() == 1);
}

TEST_CASE("ICMP that a connection overcame explains nothing") {
    CHECK(finding_of(Trace::to().start().icmp(3, 1, firewall).connect()).cause == Cause::answered);
    CHECK(finding_of(Trace::to().start().icmp(3, 13, own).connect()).cause == Cause::answered);
    CHECK(finding_of(Trace::to().connect().icmp(3, 1, firewall).send().receive(), check_of("UDP/53")).cause ==
          Cause::answered);
}

TEST_CASE("a reset in answer to a SYN names nobody") {
    const Finding finding = finding_of(Trace::to().start().fail(ECONNREFUSED));
    CHECK(finding.cause == Cause::refused);
    CHECK(finding.confidence == Confidence::likely);
    CHECK_THAT(finding.detail, says("firewall"));
}

TEST_CASE("other ends of a connect") {
    CHECK(finding_of(Trace::to().start().fail(ECONNRESET)).cause == Cause::reset_after_connect);
    CHECK(finding_of(Trace::to().start().fail(ETIMEDOUT)).cause == Cause::timeout);
    const Finding protocol = finding_of(Trace::to().start().fail(ENOPROTOOPT));
    CHECK(protocol.cause == Cause::port_unreachable_on_path);
    CHECK(protocol.confidence == Confidence::possible);
}

TEST_CASE("a SYN that stays unanswered is blocked only if it was repeated") {
    const Finding finding = finding_of(Trace::to().start().add(Stage::connect, What::connect_timeout, 2, 3500));
    CHECK(finding.cause == Cause::timeout);
    CHECK(finding.owner == Owner::network);
    CHECK(finding.confidence == Confidence::likely);
    CHECK_THAT(finding.detail, says("3 SYNs in 3.5 s"));
    const Finding hasty = finding_of(Trace::to().start().add(Stage::connect, What::connect_timeout, 0, 500));
    CHECK(hasty.cause == Cause::no_reply);
    CHECK_THAT(hasty.detail, says("500 ms"));
}

TEST_CASE("connections that end before anything was said") {
    CHECK(finding_of(Trace::to().connect().add(Stage::exchange, What::closed)).cause == Cause::closed_after_connect);
    CHECK(finding_of(Trace::to().connect().add(Stage::exchange, What::reset, ECONNRESET)).cause ==
          Cause::reset_after_connect);
    const Finding later = finding_of(Trace::to().connect().send().add(Stage::exchange, What::reset, ECONNRESET));
    CHECK(later.cause == Cause::no_answer);
    CHECK_THAT(later.detail, says("reset after the request"));
    CHECK(finding_of(Trace::to().connect().send().add(Stage::exchange, What::send_error, EPIPE)).cause ==
          Cause::no_answer);
}

TEST_CASE("what came before the end is for the service's judge") {
    const Finding finding =
        finding_of(Trace::to().connect().send().receive().add(Stage::exchange, What::reset, ECONNRESET));
    CHECK(finding.cause == Cause::answered);
    REQUIRE(finding.warnings.size() == 1);
    CHECK_THAT(finding.warnings[0], says("reset"));
    CHECK(finding_of(Trace::to().connect().send().add(Stage::exchange, What::closed)).cause == Cause::answered);
    CHECK(finding_of(Trace::to().connect().add(Stage::exchange, What::silent, 3500, -1)).cause == Cause::answered);
}

TEST_CASE("silence over UDP is never more than inconclusive") {
    const Check check = check_of("UDP/8888");
    const Finding silent = finding_of(Trace::to().connect().send().add(Stage::exchange, What::silent, 3500, -1), check);
    CHECK(silent.cause == Cause::no_reply);
    CHECK(silent.stage == Stage::exchange);
    CHECK(silent.confidence == Confidence::possible);
    CHECK(finding_of(Trace::to().connect().send(), check).cause == Cause::no_reply);
    CHECK(finding_of(Trace::to().connect(), check).cause == Cause::no_reply);
    CHECK(finding_of(Trace::to().connect().send().icmp(3, 4, firewall).add(Stage::exchange, What::silent, 1, -1), check)
              .cause == Cause::no_reply);
}

TEST_CASE("errno without ICMP over UDP has no sender to blame") {
    const Check check = check_of("UDP/8888");
    const auto failed = [&](std::int32_t number) {
        return finding_of(Trace::to().connect().send().add(Stage::exchange, What::reset, number), check);
    };
    CHECK(failed(ECONNREFUSED).cause == Cause::port_unreachable);
    CHECK(failed(ECONNREFUSED).confidence == Confidence::possible);
    CHECK(failed(EHOSTUNREACH).cause == Cause::host_unreachable);
    CHECK(failed(9999).cause == Cause::internal);
}

TEST_CASE("a probe that does not exist is a fault of the program") {
    CHECK(judge::judge_attempt_with(nullptr, check_of(), Trace::to().connect()).cause == Cause::internal);
}

TEST_CASE("a request that is acknowledged in small segments only") {
    const auto request = [](std::int32_t size) {
        return Trace::to().connect().add(Stage::exchange, What::sent, size, 0, "GET / HTTP/1.1");
    };
    const auto compared = [&](std::int32_t size, std::int32_t acknowledged, const Attempt& small) {
        Attempt attempt = request(size).add(Stage::exchange, What::silent, 3500, acknowledged);
        Comparison& comparison = attempt.comparisons.emplace_back();
        comparison.change = Change::small_segments;
        comparison.with = "256 bytes";
        comparison.attempt = small;
        return judge::judge_connection(check_of("TCP/80"), attempt);
    };
    const auto finding = compared(600, 0, request(600).receive());
    REQUIRE(finding);
    CHECK(finding->cause == Cause::mtu_blackhole);
    CHECK(finding->owner == Owner::network);
    CHECK(finding->confidence == Confidence::possible);
    CHECK_THAT(finding->detail, says("600 bytes") && says("256 bytes"));
    CHECK_FALSE(compared(600, 1, request(600).receive()));
    CHECK_FALSE(compared(256, 0, request(256).receive()));
    CHECK_FALSE(compared(600, 0, request(600).add(Stage::exchange, What::silent, 3500, 0)));
    CHECK_FALSE(compared(600, 0, Trace::to().start().add(Stage::connect, What::connect_timeout, 2, 3500)));
}
