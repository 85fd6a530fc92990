#include "full_fixture.hpp"

#include <utility>

namespace fdnprobe::report::fixture {
namespace {

Flow flow(Transport transport, std::string_view to, std::uint16_t port_number, std::uint16_t source_port) {
    Flow made;
    made.transport = transport;
    made.destination = SocketAddress{address(to), port_number};
    made.source_port = source_port;
    return made;
}

DnsQuestion question(std::string_view resolver, Transport transport, std::string name) {
    DnsQuestion asked;
    asked.resolver = SocketAddress{address(resolver), 53};
    asked.transport = transport;
    asked.name = std::move(name);
    asked.at = microseconds(1000);
    return asked;
}

}  // namespace

HopProbe hop(int number, HopAnswer answer, std::string_view from, microseconds took) {
    HopProbe probe;
    probe.hop = number;
    probe.answer = answer;
    if (!from.empty()) probe.from = address(from);
    if (answer == HopAnswer::time_exceeded) probe.type = 11;
    probe.at = microseconds(3'600'000 + number * 1000);
    probe.took = took;
    return probe;
}

std::shared_ptr<PathFacts> dropped_path() {
    auto path = std::make_shared<PathFacts>();
    path->tested = flow(Transport::tcp, "192.0.2.10", 9582, 40001);
    path->tested.probes = {hop(1, HopAnswer::time_exceeded, "10.0.0.1"),
                           hop(2, HopAnswer::silence, {}, microseconds(300'000)),
                           hop(2, HopAnswer::time_exceeded, "198.51.100.1", microseconds(4300)),
                           hop(3, HopAnswer::silence, {}, microseconds(300'000)),
                           hop(3, HopAnswer::silence, {}, microseconds(300'000)),
                           hop(3, HopAnswer::silence, {}, microseconds(300'000))};
    path->control = flow(Transport::tcp, "192.0.2.10", 443, 40002);
    path->control->probes = {hop(1, HopAnswer::time_exceeded, "10.0.0.1"),
                             hop(2, HopAnswer::time_exceeded, "198.51.100.1", microseconds(4200)),
                             hop(3, HopAnswer::time_exceeded, "203.0.113.1", microseconds(7000)),
                             hop(4, HopAnswer::accepted, {}, microseconds(9000))};
    path->control_is = "TCP/443 of the same host";
    path->complete = false;
    path->missing = "This kernel does not say who sent an ICMP error to a TCP connection.";
    return path;
}

std::shared_ptr<PathFacts> odd_path() {
    auto path = std::make_shared<PathFacts>();
    path->tested = flow(Transport::udp, "2001:db8::10", 8888, 40003);
    HopProbe prohibited = hop(2, HopAnswer::unreachable, "2001:db8:1::1");
    prohibited.type = 1;
    prohibited.code = 1;
    HopProbe unsent = hop(6, HopAnswer::not_sent);
    unsent.code = 1;
    path->tested.probes = {hop(1, HopAnswer::silence),  prohibited,
                           hop(3, HopAnswer::reset),    hop(4, HopAnswer::replied, "2001:db8::53"),
                           hop(5, HopAnswer::accepted), unsent};
    return path;
}

Comparison again(Change change, std::string with, Cause cause) {
    Comparison comparison;
    comparison.change = change;
    comparison.with = std::move(with);
    comparison.attempt.destination = SocketAddress{address("192.0.2.10"), 9582};
    comparison.attempt.evidence = {event(microseconds(3'700'000), Stage::connect, What::connect_ok),
                                   event(microseconds(3'701'000), Stage::tls, What::tls_start, 517, 0, "www.example")};
    comparison.attempt.timing.total = microseconds(35'000);
    comparison.attempt.finding.cause = cause;
    comparison.attempt.finding.stage = Stage::tls;
    return comparison;
}

DnsAnswer answer(microseconds at, int rcode, std::vector<Address> addresses) {
    DnsAnswer made;
    made.at = at;
    made.rcode = rcode;
    made.addresses = std::move(addresses);
    return made;
}

Report looked_at_again() {
    Builder b;
    b.row("FortiGuard", "Cloud App DB", "TCP/9582", Need::all, State::blocked);
    for (const auto& [host, at] : {std::pair("a.fortiguard.net", "192.0.2.10"), {"b.fortiguard.net", "192.0.2.11"}}) {
        CheckResult& dropped = b.timed_out("TCP/9582", "tls", host, at);
        dropped.check.signer = "DigiCert";
        dropped.conclusion.where = Where{2, address("198.51.100.1"), 4};
        dropped.conclusion.reason = 0;
    }
    Attempt& attempt = b.report.checks[0].attempts[0];
    attempt.path = dropped_path();
    attempt.comparisons = {
        again(Change::other_name, "www.example", Cause::answered), again(Change::no_name, "", Cause::hello_timeout),
        again(Change::small_segments, "536 bytes", Cause::hello_timeout),
        again(Change::http_date, "", Cause::bad_answer), again(Change::unchanged, "", Cause::timeout)};
    attempt.comparisons[0].attempt.tls = fortiguard_tls();
    attempt.comparisons[1].attempt.finding.detail = "nothing came within 3500 ms";
    b.report.checks[1].attempts[0].path = odd_path();

    DnsQuestion twice = question("10.0.0.53", Transport::udp, "a.fortiguard.net");
    twice.answers = {answer(microseconds(2300), 0, {address("192.0.2.10"), address("192.0.2.11")}),
                     answer(microseconds(41'000), 3)};
    DnsQuestion cut = question("10.0.0.53", Transport::udp, "b.fortiguard.net");
    cut.type = 28;
    cut.answers = {answer(microseconds(3000), 0)};
    cut.truncated = true;
    DnsQuestion refused = question("10.0.0.54", Transport::tcp, "a.fortiguard.net");
    refused.error = 111;
    refused.error_from = address("10.0.0.1");
    DnsQuestion nonsense = question("10.0.0.55", Transport::udp, "a.fortiguard.net");
    nonsense.malformed = "a name that points to itself";
    DnsQuestion late = question("10.0.0.56", Transport::udp, "a.fortiguard.net");
    late.cut_short = true;
    b.report.resolvers.questions = {twice, cut, refused, nonsense, late};
    b.report.resolvers.blackhole = {question("192.0.2.53", Transport::udp, "a.fortiguard.net")};

    Reason reason;
    reason.code = "dropped-at-one-device";
    reason.summary = "Everything to TCP/9582 dies behind 198.51.100.1.";
    reason.rests_on = {"TCP/443 of the same hosts goes on.", "Both were silent three times."};
    reason.advice = "Ask whoever runs 198.51.100.1 to let TCP/9582 pass.";
    reason.confidence = Confidence::proven;
    reason.owner = Owner::network;
    reason.where = Where{2, address("198.51.100.1"), 4};
    reason.checks = {0, 1};
    b.report.reasons = {reason};
    return std::move(b.report);
}

}  // namespace fdnprobe::report::fixture
