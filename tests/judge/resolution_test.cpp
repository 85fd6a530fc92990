#include <cerrno>
#include <string>
#include <vector>

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

constexpr std::int32_t type_a = 1;
constexpr std::int32_t type_aaaa = 28;

Trace rcode(std::int32_t code) {
    return Trace::nowhere().add(Stage::resolve, What::resolve_rcode, code, type_a, "10.0.0.53");
}

Trace answer(std::string_view address) {
    return Trace::nowhere().add(Stage::resolve, What::resolve_answer, 0, type_a, "10.0.0.53").from(ip(address));
}

}  // namespace

TEST_CASE("rcodes") {
    struct Case {
        std::int32_t code;
        Cause cause;
        std::string_view named;
    };
    const auto expected = GENERATE(Case{3, Cause::nxdomain, "NXDOMAIN"}, Case{2, Cause::servfail, "SERVFAIL"},
                                   Case{5, Cause::dns_refused, "REFUSED"}, Case{1, Cause::servfail, "FORMERR"},
                                   Case{4, Cause::servfail, "NOTIMP"}, Case{16, Cause::servfail, "RCODE16"});
    const Finding finding = finding_of(rcode(expected.code));
    CHECK(finding.cause == expected.cause);
    CHECK(finding.stage == Stage::resolve);
    CHECK(finding.owner == Owner::resolver);
    CHECK_THAT(finding.detail, says(std::string(expected.named)) && says("10.0.0.53"));
}

TEST_CASE("names without an address") {
    const Trace none = Trace::nowhere()
                           .add(Stage::resolve, What::resolve_rcode, 0, type_a, "10.0.0.53")
                           .add(Stage::resolve, What::resolve_no_data, 0, type_a, "10.0.0.53");
    CHECK(finding_of(none).cause == Cause::no_address);
    // The other question might have brought an address.
    CHECK(finding_of(Trace(none).add(Stage::resolve, What::resolve_timeout, 0, type_aaaa, "10.0.0.53")).cause ==
          Cause::dns_timeout);
    CHECK(finding_of(Trace(none).add(Stage::resolve, What::resolve_rcode, 2, type_aaaa, "10.0.0.53")).cause ==
          Cause::servfail);
    CHECK(finding_of(answer("192.88.99.1")).cause == Cause::no_address);
}

TEST_CASE("resolvers that do not answer") {
    CHECK(finding_of(Trace::nowhere().add(Stage::resolve, What::resolve_timeout, 0, type_a, "10.0.0.53")).cause ==
          Cause::dns_timeout);
    CHECK(finding_of(Trace::nowhere().add(Stage::resolve, What::resolve_malformed, 0, type_a, "short")).cause ==
          Cause::dns_malformed);
    const auto error = [](std::int32_t number) {
        return Trace::nowhere().add(Stage::resolve, What::resolve_error, number, type_a, "10.0.0.53:53");
    };
    CHECK(finding_of(error(ECONNREFUSED)).cause == Cause::resolver_unreachable);
    CHECK(finding_of(error(ECONNREFUSED)).owner == Owner::resolver);
    const Finding rejected = finding_of(error(EHOSTUNREACH).from(firewall));
    CHECK(rejected.cause == Cause::resolver_unreachable);
    CHECK(rejected.owner == Owner::network);
    CHECK(rejected.where->address == firewall);
    CHECK(finding_of(error(ECONNREFUSED).from(ip("10.0.0.53"))).owner == Owner::resolver);
    CHECK(finding_of(error(EHOSTUNREACH)).cause == Cause::resolver_unreachable);
}

TEST_CASE("this host's trouble on the way to the resolver") {
    const auto error = [](std::int32_t number) {
        return Trace::nowhere().add(Stage::resolve, What::resolve_error, number, type_a, "10.0.0.53");
    };
    CHECK(finding_of(error(ENETUNREACH)).cause == Cause::no_route);
    CHECK(finding_of(error(ENETUNREACH)).stage == Stage::resolve);
    CHECK(finding_of(error(EMFILE)).cause == Cause::out_of_descriptors);
    CHECK(finding_of(error(EPERM)).cause == Cause::local_firewall);
    // ICMP is the network's word, not this host's.
    CHECK(finding_of(error(ENETUNREACH).from(firewall)).cause == Cause::resolver_unreachable);
    // One resolver of two could be asked, and its word counts.
    CHECK(finding_of(error(ENETUNREACH).add(Stage::resolve, What::resolve_rcode, 3, type_a, "10.0.0.54")).cause ==
          Cause::nxdomain);
    CHECK(finding_of(error(ENETUNREACH).add(Stage::resolve, What::resolve_timeout, 0, type_a, "10.0.0.54")).cause ==
          Cause::dns_timeout);
}

TEST_CASE("a resolver's failure does not count once there is an address") {
    CHECK(finding_of(Trace::to().add(Stage::resolve, What::resolve_rcode, 2, type_aaaa, "10.0.0.53").connect()).cause ==
          Cause::answered);
    CHECK(finding_of(Trace::to().add(Stage::resolve, What::resolve_error, EMFILE, type_aaaa, "10.0.0.53").connect())
              .cause == Cause::answered);
}

TEST_CASE("public names with answers that no public service has") {
    struct Case {
        std::string_view address;
        Confidence confidence;
    };
    const auto expected = GENERATE(
        Case{"208.91.112.55", Confidence::proven}, Case{"2620:101:9000:53::55", Confidence::proven},
        Case{"127.0.0.1", Confidence::proven}, Case{"0.0.0.0", Confidence::proven},
        Case{"10.1.2.3", Confidence::likely}, Case{"::1", Confidence::proven}, Case{"fd00::1", Confidence::likely});
    const Finding finding = finding_of(answer(expected.address));
    CHECK(finding.cause == Cause::dns_sinkhole);
    CHECK(finding.confidence == expected.confidence);
    CHECK(finding.owner == Owner::resolver);
    CHECK(finding.stage == Stage::resolve);
    CHECK_THAT(finding.detail, says(std::string(expected.address)));
    CHECK(judge::is_sinkhole(ip(expected.address), check_of()));

    Attempt planned = answer(expected.address);
    planned.destination = SocketAddress{ip(expected.address), 443};
    CHECK(finding_of(planned).cause == Cause::dns_sinkhole);
}

TEST_CASE("answers that are no sinkhole") {
    CHECK_FALSE(judge::is_sinkhole(ip("173.243.138.66"), check_of()));
    CHECK_FALSE(judge::is_sinkhole(ip("2606:4700::1111"), check_of()));
    Check inside = check_of();
    inside.public_name = inside.vendor_host = false;
    Attempt attempt = answer("10.1.2.3");
    CHECK(finding_of(attempt, inside).cause == Cause::no_address);
    // A connection was tried: then what it showed counts.
    CHECK(finding_of(Trace::to(ip("10.1.2.3"))
                         .add(Stage::resolve, What::resolve_answer, 0, type_a, "10.0.0.53")
                         .from(ip("10.1.2.3"))
                         .connect())
              .cause == Cause::answered);
}

TEST_CASE("what this host's own hosts file says is followed, and said") {
    const auto by_hosts_file = [](const Address& address) {
        return Trace::to(address).add(Stage::resolve, What::resolve_hosts).from(address);
    };
    const Finding good = finding_of(by_hosts_file(ip("127.0.0.1")).connect());
    CHECK(good.cause == Cause::answered);
    CHECK(good.warnings == std::vector<std::string>{"The hosts file of this host leads update.fortiguard.net to "
                                                    "127.0.0.1, which is the asking host itself."});
    const Finding bad = finding_of(by_hosts_file(ip("127.0.0.1")).start().fail(ECONNREFUSED));
    CHECK(bad.cause == Cause::refused);
    CHECK(bad.warnings == good.warnings);
    CHECK(finding_of(by_hosts_file(ip("173.243.138.66")).connect()).warnings.empty());
}

TEST_CASE("an attempt without a trace is a fault of the program") {
    CHECK(finding_of(Trace::nowhere()).cause == Cause::internal);
    CHECK(finding_of(Trace::to()).cause == Cause::internal);
}

TEST_CASE("a resolver's words are escaped") {
    const Finding finding =
        finding_of(Trace::nowhere().add(Stage::resolve, What::resolve_malformed, 0, type_a, "\x1b[31mred"));
    CHECK(finding.detail.find('\x1b') == std::string::npos);
}
