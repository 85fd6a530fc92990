#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "judge/advice.hpp"
#include "judge/attempt.hpp"
#include "judge/further.hpp"
#include "judge/hops.hpp"
#include "judge/judge.hpp"
#include "judge/path.hpp"
#include "judge/summary.hpp"
#include "path_traces.hpp"

using namespace fdnprobe;
using namespace path_traces;

namespace {

/// A service's judge for a port at which there is nothing to say.
Finding only_connected(const Check&, const Attempt&) {
    Finding finding;
    finding.cause = Cause::connected;
    finding.stage = Stage::connect;
    finding.owner = Owner::nobody;
    return finding;
}

struct Case {
    std::string name;
    std::string port;
    Attempt attempt;
    Cause cause;
    Confidence confidence;
    Owner owner;
    Where where;
    judge::ProbeJudge probe_judge = content;
    /// Some of the evidence speaks against the rest, and without it more would follow.
    bool contradictory = false;
};

Where at(std::optional<int> hop, std::optional<Address> address, std::optional<int> destination_hop = 4) {
    Where where;
    where.hop = hop;
    where.address = address;
    where.destination_hop = destination_hop;
    return where;
}
const Where nowhere;

Finding judged(const Case& one, const Attempt& attempt) {
    return judge::judge_attempt_with(one.probe_judge, check_of(one.port), attempt);
}

Attempt without_path(Attempt attempt) {
    attempt.path.reset();
    return attempt;
}

const Address isp = ip("8.8.4.4");
const Address isp6 = ip("2a00:1450::1");

std::vector<Case> cases() {
    using C = Confidence;
    std::vector<Case> all;
    const auto add = [&](std::string name, std::string port, Attempt attempt, Cause cause, Confidence confidence,
                         Owner owner, Where where, judge::ProbeJudge probe_judge = content) {
        all.push_back(Case{std::move(name), std::move(port), std::move(attempt), cause, confidence, owner,
                           std::move(where), probe_judge});
    };
    const auto contradictory = [&] { all.back().contradictory = true; };
    const auto tcp = [](int routers = 0) { return Sweep::tcp().routers(routers); };
    const auto udp = [](int routers = 0) { return Sweep::udp(server, 8888).routers(routers); };
    const std::string dns = "UDP/53 of the same host";
    const Flow dns_way = Sweep::udp().routers(3).replied(4);
    const Flow closed_udp_way = Sweep::udp().routers(3).unreachable(4, server, 3, 3);

    // The measured table, column by column, for both families.
    for (const Hosts* const hosts : {&four, &six}) {
        const std::string family = hosts == &four ? "IPv4: " : "IPv6: ";
        const Sweep to = Sweep::tcp(hosts->server);
        const auto routers = [&](int count) { return Sweep(to).routers(count, *hosts); };
        add(family + "an open port", "TCP/443",
            followed(answered(*hosts), beside(routers(3).accepted(4), open_way(*hosts)), *hosts), Cause::answered,
            C::proven, Owner::nobody, nowhere);
        add(family + "dropped at R2", "TCP/443",
            followed(timed_out(*hosts), beside(routers(2).silence(3).silence(4), open_way(*hosts)), *hosts),
            Cause::timeout, C::proven, Owner::network, at(2, hosts->routers[1]));
        add(family + "a forged reset at R2", "TCP/443",
            followed(refused(*hosts), beside(routers(2).reset(3).reset(4), open_way(*hosts)), *hosts),
            Cause::reset_on_path, C::proven, Owner::network, at(2, hosts->routers[1]));
        add(family + "redirected to a proxy on R2", "TCP/443",
            followed(answered(*hosts),
                     beside(routers(1).accepted(2).accepted(3).accepted(4),
                            Sweep::udp(hosts->server).routers(3, *hosts).replied(4), dns),
                     *hosts),
            Cause::answered_on_path, C::proven, Owner::network, at(2, hosts->routers[1]));
        add(family + "a closed port", "TCP/443",
            followed(refused(*hosts), beside(routers(3).reset(4), open_way(*hosts)), *hosts), Cause::refused, C::likely,
            Owner::service, at(std::nullopt, std::nullopt));
    }

    // TCP, silence
    add("the first hop is the last that answers", "TCP/443",
        followed(timed_out(), beside(tcp(1).silence(2).silence(3), open_way())), Cause::timeout, C::proven,
        Owner::network, at(1, r1));
    add("one silent hop, and nobody looked behind it", "TCP/443",
        followed(timed_out(), beside(tcp(2).silence(3), open_way())), Cause::timeout, C::likely, Owner::network,
        at(2, r2));
    add("only two tries at the silent hop", "TCP/443",
        followed(timed_out(), beside(tcp(2).silence(3, 2).silence(4, 2), open_way())), Cause::timeout, C::likely,
        Owner::network, at(2, r2));
    add("one try in all", "TCP/443", followed(timed_out(), beside(tcp(2).silence(3, 1), open_way())), Cause::timeout,
        C::likely, Owner::network, at(std::nullopt, std::nullopt));
    const auto now_and_then = [] {
        return Sweep::tcp(server, 53).device(1, r1).silence(2, 1).device(2, r2).device(3, r3).accepted(4);
    };
    add("the hop behind answers the control every other time", "TCP/443",
        followed(timed_out(), beside(tcp(1).silence(2).silence(3), now_and_then())), Cause::timeout, C::likely,
        Owner::network, at(std::nullopt, std::nullopt));
    contradictory();
    add("the same, and the silence lasts", "TCP/443",
        followed(timed_out(), beside(tcp(1).silence(2, 5).silence(3), now_and_then())), Cause::timeout, C::proven,
        Owner::network, at(1, r1));
    add("the hop behind keeps silent for all", "TCP/443",
        followed(timed_out(), beside(tcp(1).silence(2).silence(3).silence(4),
                                     Sweep::tcp(server, 53).device(1, r1).silence(2).device(3, r3).accepted(4))),
        Cause::timeout, C::likely, Owner::network, at(1, r1));
    add("the hop behind was not asked by the control", "TCP/443",
        followed(timed_out(),
                 beside(tcp(1).silence(2).silence(3), Sweep::tcp(server, 53).device(1, r1).device(3, r3).accepted(4))),
        Cause::timeout, C::likely, Owner::network, at(std::nullopt, std::nullopt));
    add("the hop before keeps silent for the control", "TCP/443",
        followed(timed_out(),
                 beside(tcp(2).silence(3), Sweep::tcp(server, 53).device(1, r1).silence(2).device(3, r3).accepted(4))),
        Cause::timeout, C::likely, Owner::network, at(2, r2));
    add("a silent hop, with one behind it that answers, is a rate limit", "TCP/443",
        followed(timed_out(), beside(tcp(1).silence(2).device(3, r3).silence(4), open_way())), Cause::timeout,
        C::likely, Owner::network, at(3, r3));
    contradictory();
    add("the last router, or the destination itself", "TCP/443",
        followed(timed_out(), beside(tcp(3).silence(4, 6), open_way())), Cause::timeout, C::likely, Owner::network,
        at(3, r3));
    add("not one device answers", "TCP/443", followed(timed_out(), beside(tcp().silence(1).silence(2), open_way())),
        Cause::timeout, C::possible, Owner::network, at(1, r1));
    add("not one device answers, and the first is silent for all", "TCP/443",
        followed(timed_out(), beside(tcp().silence(1).silence(2),
                                     Sweep::tcp(server, 53).silence(1).device(2, r2).device(3, r3).accepted(4))),
        Cause::timeout, C::possible, Owner::network, at(std::nullopt, std::nullopt));
    add("the destination is the next hop", "TCP/443",
        followed(timed_out(), beside(tcp().silence(1), Sweep::tcp(server, 53).accepted(1))), Cause::timeout,
        C::possible, Owner::network, at(std::nullopt, std::nullopt, 1));
    add("nothing to compare with", "TCP/443", followed(timed_out(), alone(tcp(2).silence(3))), Cause::timeout,
        C::likely, Owner::network, nowhere);
    add("the control gets no farther", "TCP/443",
        followed(timed_out(), beside(tcp(2).silence(3), Sweep::tcp(server, 53).routers(2).silence(3))), Cause::timeout,
        C::likely, Owner::network, nowhere);
    add("near hops that were not asked", "TCP/443",
        followed(timed_out(), beside(Sweep::tcp().device(2, r2).silence(3).silence(4), open_way())), Cause::timeout,
        C::proven, Owner::network, at(2, r2));
    add("a control that gets farther, and not to the destination", "TCP/443",
        followed(timed_out(),
                 beside(tcp(1).silence(2).silence(3), Sweep::udp(server, 33434).routers(3).silence(4).silence(5))),
        Cause::timeout, C::proven, Owner::network, at(1, r1, std::nullopt));
    add("the control is another host on the same way", "TCP/443",
        followed(timed_out(), beside(tcp(2).silence(3).silence(4), Sweep::tcp(four.other_server).routers(3).accepted(4),
                                     "TCP/443 of other.example")),
        Cause::timeout, C::likely, Owner::network, at(2, r2, std::nullopt));
    add("the control is another host on another way", "TCP/443",
        followed(timed_out(),
                 beside(tcp(2).silence(3), Sweep::tcp(four.other_server).device(1, r1).device(2, firewall).accepted(3),
                        "TCP/443 of other.example")),
        Cause::timeout, C::likely, Owner::network, nowhere);
    add("several ways: the devices differ", "TCP/443",
        followed(timed_out(),
                 beside(tcp(2).silence(3),
                        Sweep::tcp(server, 53).device(1, r1).device(2, firewall).device(3, r3).accepted(4))),
        Cause::timeout, C::likely, Owner::network, at(2, r2));
    contradictory();
    add("several ways within the tested flow", "TCP/443",
        followed(timed_out(),
                 beside(Sweep::tcp().device(1, r1).device(1, firewall).device(2, r2).silence(3), open_way())),
        Cause::timeout, C::likely, Owner::network, at(2, r2));
    contradictory();
    add("a loop", "TCP/443",
        followed(timed_out(), beside(Sweep::tcp().routers(2).device(3, r1).device(4, r2).silence(5), open_way())),
        Cause::timeout, C::likely, Owner::network, nowhere);
    contradictory();
    add("it answers when it is followed", "TCP/443", followed(timed_out(), beside(tcp(3).accepted(4), open_way())),
        Cause::timeout, C::likely, Owner::network, at(std::nullopt, std::nullopt));
    contradictory();
    add("a deadline too short for a second SYN, and the way decides", "TCP/443",
        followed(hasty(), beside(tcp(2).silence(3).silence(4), open_way())), Cause::timeout, C::proven, Owner::network,
        at(2, r2));
    add("a deadline too short for a second SYN, and the way does not decide", "TCP/443",
        followed(hasty(), beside(tcp(2).silence(3, 2).silence(4, 2), open_way())), Cause::no_reply, C::possible,
        Owner::unknown, at(std::nullopt, std::nullopt));
    add("a NAT speaks for what is behind it", "TCP/443",
        followed(timed_out(),
                 beside(tcp(2).device(3, server).silence(4),
                        Sweep::tcp(server, 53).routers(2).device(3, server).device(4, server).accepted(5))),
        Cause::timeout, C::likely, Owner::network, at(3, server, std::nullopt));
    contradictory();

    // Resets
    add("a reset before the packet is counted", "TCP/443",
        followed(refused(), beside(tcp(1).silence(2).reset(3), open_way())), Cause::reset_on_path, C::likely,
        Owner::network, at(3, r3));
    add("a reset behind a router that never answers", "TCP/443",
        followed(refused(), beside(tcp(1).silence(2).reset(3),
                                   Sweep::tcp(server, 53).device(1, r1).silence(2).device(3, r3).accepted(4))),
        Cause::reset_on_path, C::likely, Owner::network, at(2, std::nullopt));
    add("a reset at hop 1 may be this host's own", "TCP/443",
        followed(refused(), beside(tcp().reset(1).reset(2), open_way())), Cause::reset_on_path, C::possible,
        Owner::network, at(1, r1));
    add("a reset by the first router", "TCP/443", followed(refused(), beside(tcp(1).reset(2), open_way())),
        Cause::reset_on_path, C::proven, Owner::network, at(1, r1));
    add("a reset, and the hop before was not asked", "TCP/443",
        followed(refused(), beside(tcp(1).reset(3), open_way())), Cause::reset_on_path, C::likely, Owner::network,
        at(std::nullopt, std::nullopt));
    add("a reset where the control keeps silent, and is farther on", "TCP/443",
        followed(refused(),
                 beside(tcp(1).reset(2), Sweep::tcp(server, 53).device(1, r1).silence(2).device(3, r3).accepted(4))),
        Cause::reset_on_path, C::likely, Owner::network, at(1, r1));
    add("a reset where the control keeps silent until its end", "TCP/443",
        followed(refused(),
                 beside(tcp(2).reset(3), Sweep::tcp(server, 53).device(1, r1).device(2, r2).silence(3).accepted(4))),
        Cause::refused, C::likely, Owner::service, at(std::nullopt, std::nullopt));
    add("a reset, and the control's end is not known", "TCP/443",
        followed(refused(), beside(tcp(1).reset(2), Sweep::tcp(server, 53).routers(3).silence(4))),
        Cause::reset_on_path, C::likely, Owner::network, at(1, r1, std::nullopt));
    add("a reset without a control", "TCP/443", followed(refused(), alone(tcp(2).reset(3))), Cause::refused, C::likely,
        Owner::service, nowhere);
    add("a reset beside another host", "TCP/443",
        followed(refused(), beside(tcp(2).reset(3), Sweep::tcp(four.other_server).routers(3).accepted(4))),
        Cause::refused, C::likely, Owner::service, nowhere);
    add("a reset beside a control that is itself redirected", "TCP/443",
        followed(refused(), beside(tcp(3).reset(4), Sweep::tcp(server, 53).routers(1).accepted(2))), Cause::refused,
        C::likely, Owner::service, nowhere);
    contradictory();
    add("a reset, on a way of another length", "TCP/443",
        followed(refused(), beside(tcp(2).reset(3),
                                   Sweep::tcp(server, 53).device(1, r1).device(2, firewall).device(3, r3).accepted(4))),
        Cause::refused, C::likely, Owner::service, at(std::nullopt, std::nullopt));
    contradictory();

    // Accepted nearer
    add("nothing is said there", "TCP/443", followed(answered(), beside(tcp(1).accepted(2), dns_way, dns)),
        Cause::answered_on_path, C::proven, Owner::network, at(2, r2), only_connected);
    add("all TCP is redirected, and UDP has the distance", "TCP/443",
        followed(hello_reset(), beside(tcp(1).accepted(2).accepted(4), closed_udp_way, dns)), Cause::answered_on_path,
        C::proven, Owner::network, at(2, r2));
    add("all TCP is redirected, and so is the control", "TCP/443",
        followed(hello_reset(), beside(tcp(1).accepted(2), Sweep::tcp(server, 53).routers(1).accepted(2))),
        Cause::reset_after_hello, C::proven, Owner::unknown, at(std::nullopt, std::nullopt, 2));
    add("accepted at hop 1", "TCP/443", followed(answered(), beside(tcp().accepted(1), dns_way, dns)),
        Cause::answered_on_path, C::likely, Owner::network, at(1, r1), only_connected);
    add("accepted nearer, as far as is known", "TCP/443", followed(answered(), beside(tcp().accepted(2), dns_way, dns)),
        Cause::answered_on_path, C::likely, Owner::network, at(std::nullopt, std::nullopt), only_connected);
    add("accepted, without a control", "TCP/443", followed(answered(), alone(tcp(1).accepted(2))), Cause::connected,
        C::proven, Owner::nobody, nowhere, only_connected);
    add("one address, several hosts behind a NAT", "TCP/443",
        followed(answered(),
                 beside(tcp(1).accepted(2), Sweep::tcp(server, 53).routers(2).device(3, server).accepted(4))),
        Cause::connected, C::proven, Owner::nobody, nowhere, only_connected);
    contradictory();
    add("a DNS answer from nearer", "UDP/53",
        followed(answered(), beside(Sweep::udp().routers(1).replied(2), open_way())), Cause::answered_on_path,
        C::proven, Owner::network, at(2, r2));

    // UDP
    add("UDP lost at R2", "UDP/8888", followed(silent(), beside(udp(2).silence(3).silence(4), dns_way, dns)),
        Cause::lost_on_path, C::proven, Owner::network, at(2, r2));
    add("UDP lost at R2, as few packets have it", "UDP/8888",
        followed(silent(), beside(udp(2).silence(3, 2), dns_way, dns)), Cause::no_reply, C::possible, Owner::unknown,
        at(std::nullopt, std::nullopt));
    add("UDP that reaches the last router", "UDP/8888", followed(silent(), beside(udp(3).silence(4), dns_way, dns)),
        Cause::path_open, C::likely, Owner::unknown, at(3, r3));
    add("UDP that was not looked for at the near hops", "UDP/8888",
        followed(silent(), beside(Sweep::udp(server, 8888).device(3, r3).silence(4), dns_way, dns)), Cause::path_open,
        C::likely, Owner::unknown, at(3, r3));
    add("UDP that reaches the only router", "UDP/8888",
        followed(silent(), beside(udp(1).silence(2), Sweep::udp().routers(1).replied(2), dns)), Cause::no_reply,
        C::possible, Owner::unknown, at(std::nullopt, std::nullopt, 2));
    add("UDP as far as anything, and nobody knows how far that is", "UDP/8888",
        followed(silent(), beside(udp(2).silence(3), Sweep::udp().routers(2).silence(3).silence(4))), Cause::no_reply,
        C::possible, Owner::unknown, nowhere);
    add("UDP that a public device answers", "UDP/8888",
        followed(silent(), beside(udp(2).device(3, isp).silence(4), Sweep::udp().routers(2).device(3, isp).replied(4))),
        Cause::path_open, C::likely, Owner::unknown, at(3, isp));
    add("UDP that a public device answers, without a control", "UDP/8888",
        followed(silent(), alone(udp(2).device(3, isp).silence(4))), Cause::path_open, C::possible, Owner::unknown,
        at(3, isp, std::nullopt));
    add("UDP that a public first hop answers", "UDP/8888",
        followed(silent(), alone(Sweep::udp(server, 8888).device(1, isp).silence(2))), Cause::no_reply, C::possible,
        Owner::unknown, nowhere);
    add("UDP that is lost outside", "UDP/8888",
        followed(silent(), beside(udp(1).device(2, isp).silence(3).silence(4),
                                  Sweep::udp().device(1, r1).device(2, isp).device(3, r3).replied(4))),
        Cause::lost_on_path, C::proven, Owner::network, at(2, isp));
    add("UDP refused when it is followed", "UDP/8888",
        followed(silent(), beside(udp(2).unreachable(3, r2, 3, 13), dns_way, dns)), Cause::admin_prohibited, C::likely,
        Owner::network, at(2, r2));
    add("UDP that this host does not let out", "UDP/8888",
        followed(silent(), beside(Sweep::udp(server, 8888).not_sent(1).not_sent(2), dns_way, dns)),
        Cause::local_firewall, C::likely, Owner::this_host, nowhere);
    add("no packet with a small TTL gets out", "UDP/8888",
        followed(silent(), beside(Sweep::udp(server, 8888).not_sent(1), Sweep::udp().not_sent(1).not_sent(2))),
        Cause::no_reply, C::possible, Owner::unknown, nowhere);
    contradictory();
    add("not one device answers UDP", "UDP/8888", followed(silent(), beside(udp().silence(1), dns_way, dns)),
        Cause::no_reply, C::possible, Owner::unknown, at(std::nullopt, std::nullopt));
    {
        const Flow tested = Sweep::udp(six.server, 8888).routers(1, six).device(2, isp6).silence(3);
        Attempt attempt = followed(silent(six), alone(tested), six);
        add("IPv6: a device outside this site's prefix", "UDP/8888", attempt, Cause::path_open, C::possible,
            Owner::unknown, at(2, isp6, std::nullopt));
        attempt.local = SocketAddress{ip("2a00:1450:0:7::5"), 50000};
        add("IPv6: a public device of this site's own", "UDP/8888", attempt, Cause::no_reply, C::possible,
            Owner::unknown, nowhere);
    }

    // ICMP errors
    add("a filter says so", "TCP/443", followed(said(3, 13, r2), beside(tcp(2).unreachable(3, r2, 3, 13), open_way())),
        Cause::admin_prohibited, C::proven, Owner::network, at(2, r2));
    add("a filter says so, and answers nothing else", "TCP/443",
        followed(said(3, 13, r2), beside(tcp(1).silence(2).unreachable(3, r2, 3, 13), open_way())),
        Cause::admin_prohibited, C::proven, Owner::network, at(2, r2));
    add("a filter says so from an address that no hop has", "TCP/443",
        followed(said(3, 13, firewall), beside(tcp(2).unreachable(3, firewall, 3, 13), open_way())),
        Cause::admin_prohibited, C::proven, Owner::network, at(std::nullopt, firewall));
    add("the destination says so", "UDP/53",
        followed(said(3, 3, server), alone(Sweep::udp().routers(3).unreachable(4, server, 3, 3))),
        Cause::port_unreachable, C::proven, Owner::service, at(4, server));
    add("this host's own filter says so when it is followed", "TCP/443",
        followed(timed_out(), beside(tcp().unreachable(1, four.own, 3, 13), open_way())), Cause::local_firewall,
        C::likely, Owner::this_host, at(std::nullopt, four.own, std::nullopt));
    return all;
}

}  // namespace

TEST_CASE("what the way of the packets adds") {
    const std::vector<Case> all = cases();
    CHECK(all.size() >= 60);
    for (const Case& one : all) {
        CAPTURE(one.name);
        const Finding finding = judged(one, one.attempt);
        CAPTURE(to_string(finding.cause), finding.detail);
        CHECK(to_string(finding.cause) == to_string(one.cause));
        CHECK(to_string(finding.confidence) == to_string(one.confidence));
        CHECK(to_string(finding.owner) == to_string(one.owner));
        const Where where = finding.where.value_or(Where{});
        CHECK(where.hop == one.where.hop);
        CHECK(where.address == one.where.address);
        CHECK(where.destination_hop == one.where.destination_hop);
    }
}

namespace {

/// All that lack one piece: one packet, one hop of a flow, the control, the end of the sweep, something that this host
/// cannot do.
std::vector<PathFacts> with_one_piece_missing(const PathFacts& facts) {
    std::vector<PathFacts> variants;
    const auto change = [&](const auto& how) {
        variants.push_back(facts);
        how(variants.back());
    };
    change([](PathFacts& one) { one.complete = false; });
    change([](PathFacts& one) { one.missing = "This kernel does not say who answered."; });
    if (facts.control) change([](PathFacts& one) { one.control.reset(); });
    const auto of_flow = [&](const Flow& flow, const auto& pick) {
        for (std::size_t index = 0; index < flow.probes.size(); ++index) {
            change([&](PathFacts& one) {
                auto& probes = pick(one).probes;
                probes.erase(probes.begin() + static_cast<std::ptrdiff_t>(index));
            });
            const int hop = flow.probes[index].hop;
            change([&](PathFacts& one) {
                std::erase_if(pick(one).probes, [&](const HopProbe& probe) { return probe.hop == hop; });
            });
            change([&](PathFacts& one) {
                for (HopProbe& probe : pick(one).probes)
                    if (probe.hop == hop && probe.answer == HopAnswer::time_exceeded) {
                        probe.answer = HopAnswer::silence;
                        probe.from.reset();
                    }
            });
            change([&](PathFacts& one) {
                for (HopProbe& probe : pick(one).probes)
                    if (probe.hop == hop && probe.answer == HopAnswer::time_exceeded) probe.from = firewall;
            });
        }
    };
    of_flow(facts.tested, [](PathFacts& one) -> Flow& { return one.tested; });
    if (facts.control) of_flow(*facts.control, [](PathFacts& one) -> Flow& { return *one.control; });
    return variants;
}

}  // namespace

TEST_CASE("with one piece of evidence less, nothing is surer and nothing new is claimed") {
    std::size_t tried = 0;
    for (const Case& one : cases()) {
        if (one.contradictory) continue;
        const Finding before = judged(one, without_path(one.attempt));
        const Finding whole = judged(one, one.attempt);
        for (const PathFacts& facts : with_one_piece_missing(*one.attempt.path)) {
            ++tried;
            const Finding less =
                judged(one, followed(one.attempt, facts, one.attempt.local->address == six.own ? six : four));
            CAPTURE(one.name, tried, less.detail);
            // What leaves the way open at most is said of packets that were seen; it is no verdict.
            const bool known =
                less.cause == whole.cause || less.cause == before.cause || less.cause == Cause::path_open;
            CHECK(known);
            CHECK(less.confidence >= std::min(whole.confidence, before.confidence));
            // Proven is what rests on all of the evidence that it takes.
            if (less.cause == whole.cause && less.confidence == Confidence::proven &&
                before.confidence != Confidence::proven)
                CHECK(less.where->hop == whole.where->hop);
        }
    }
    CHECK(tried > 1000);
}

TEST_CASE("each of these takes the proof away") {
    const auto confidence = [](PathFacts facts) {
        const Finding finding = judge::judge_attempt_with(content, check_of(), followed(timed_out(), std::move(facts)));
        CHECK(finding.cause == Cause::timeout);
        return finding.confidence;
    };
    const PathFacts proof = beside(Sweep::tcp().routers(2).silence(3).silence(4), open_way());
    CHECK(confidence(proof) == Confidence::proven);
    const auto changed = [&](const auto& how) {
        PathFacts facts = proof;
        how(facts);
        return confidence(std::move(facts));
    };
    const auto drop = [](Flow& flow, int hop, std::size_t count = 1) {
        for (; count > 0; --count) {
            const auto found = std::find_if(flow.probes.begin(), flow.probes.end(),
                                            [&](const HopProbe& probe) { return probe.hop == hop; });
            REQUIRE(found != flow.probes.end());
            flow.probes.erase(found);
        }
    };
    CHECK(changed([&](PathFacts& facts) { drop(facts.tested, 3); }) == Confidence::likely);
    CHECK(changed([&](PathFacts& facts) { drop(facts.tested, 4, 3); }) == Confidence::likely);
    CHECK(changed([&](PathFacts& facts) { drop(facts.tested, 2); }) == Confidence::likely);
    CHECK(changed([&](PathFacts& facts) { drop(*facts.control, 2); }) == Confidence::likely);
    CHECK(changed([&](PathFacts& facts) { drop(*facts.control, 3); }) == Confidence::likely);
    CHECK(changed([](PathFacts& facts) { facts.complete = false; }) == Confidence::likely);
    CHECK(changed([](PathFacts& facts) { facts.missing = "Something."; }) == Confidence::likely);
    CHECK(changed([](PathFacts& facts) { facts.control.reset(); }) == Confidence::likely);
    CHECK(changed([](PathFacts& facts) { facts.control->destination.address = four.other_server; }) ==
          Confidence::likely);
    CHECK(changed([](PathFacts& facts) { facts.control->probes[0].from = firewall; }) == Confidence::likely);
    CHECK(changed([](PathFacts& facts) { facts.control->probes[2].from = r1; }) == Confidence::likely);
}

TEST_CASE("a path that is not this attempt's says nothing of it") {
    const PathFacts elsewhere = beside(Sweep::tcp(four.other_server).routers(2).silence(3),
                                       Sweep::tcp(four.other_server, 53).routers(3).accepted(4));
    const Finding finding = judge::judge_attempt_with(content, check_of(), followed(timed_out(), elsewhere));
    CHECK_FALSE(finding.where);
    CHECK(finding.warnings.empty());
}

TEST_CASE("what is missing is said") {
    const auto warnings = [](PathFacts facts) {
        const Finding finding = judge::judge_attempt_with(content, check_of(), followed(timed_out(), std::move(facts)));
        std::string all;
        for (const std::string& warning : finding.warnings) all += warning + "\n";
        return all;
    };
    PathFacts facts = beside(Sweep::tcp().routers(2).silence(3), open_way());
    CHECK(warnings(facts).empty());
    facts.complete = false;
    CHECK_THAT(warnings(facts), says("not followed to the end"));
    facts.missing = "This kernel does not say who\x1b answered.";
    CHECK_THAT(warnings(facts), says("This kernel does not say who") && !says("\x1b"));
    facts.control.reset();
    CHECK_THAT(warnings(facts), says("as far as hop 2 (10.0.2.2)") && says("nothing that gets through was found"));
    CHECK_THAT(warnings(beside(Sweep::tcp().routers(2).device(3, r1).silence(4), open_way())), says("loop"));
    CHECK_THAT(warnings(beside(Sweep::tcp().routers(3).accepted(4), open_way())), says("4 hops did get an answer"));
}

TEST_CASE("a certificate that holds outweighs who accepted the connection") {
    const PathFacts nearer =
        beside(Sweep::tcp().routers(1).accepted(2), Sweep::udp().routers(3).replied(4), "UDP/53 of the same host");
    const auto finding_of = [&](TlsFacts facts, const Check& check = check_of()) {
        return judge::judge_attempt_with(
            content, check, followed(to_host().connect().handshake(std::move(facts)).send().receive(), nearer));
    };
    const Finding verified = finding_of(public_facts());
    CHECK(verified.cause == Cause::answered);
    CHECK(verified.confidence == Confidence::proven);
    CHECK_FALSE(verified.where);
    REQUIRE_FALSE(verified.warnings.empty());
    CHECK_THAT(verified.warnings.back(), says("accepted at hop 2") && says("10.0.2.2") && says("unchanged"));

    Check trusting = check_of();
    trusting.trust = Trust{true, true, false};
    const Finding resigned = finding_of(facts_of(), trusting);
    CHECK(verdict_of(resigned.cause) != Verdict::reachable);
    CHECK(resigned.cause != Cause::answered_on_path);
    CHECK(resigned.confidence == Confidence::proven);
    CHECK(resigned.owner == Owner::network);
    CHECK(resigned.where == at(2, r2));

    Check any = check_of();
    any.trust = Trust{false, false, true};
    const Finding unknown = finding_of(facts_of(), any);
    CHECK(unknown.cause == Cause::answered_on_path);
}

TEST_CASE("what the service did stays in the sentence") {
    const Finding finding = judge::judge_attempt_with(
        content, check_of(),
        followed(hello_reset(), beside(Sweep::tcp().routers(1).accepted(2), Sweep::udp().routers(3).replied(4))));
    CHECK(finding.cause == Cause::answered_on_path);
    CHECK_THAT(finding.detail,
               says("accepted at hop 2, while the destination is at hop 4") && says("reset-after-hello"));
}

TEST_CASE("the way to a proxy") {
    const auto to_proxy = [](const Attempt& ended, Flow tested, Flow control) {
        Attempt attempt = ended;
        attempt.path = std::make_shared<const PathFacts>(beside(std::move(tested), std::move(control)));
        return judge::judge_attempt_with(content, check_of(), attempt);
    };
    const Flow control = Sweep::tcp(proxy, 22).routers(3).accepted(4);
    const Attempt silence = Trace::through_proxy().add(Stage::proxy, What::connect_timeout, 2, 3500);
    const Finding dropped = to_proxy(silence, Sweep::tcp(proxy, 3128).routers(2).silence(3).silence(4), control);
    CHECK(dropped.cause == Cause::proxy_unreachable);
    CHECK(dropped.confidence == Confidence::proven);
    CHECK(dropped.owner == Owner::network);
    CHECK(dropped.where == at(2, r2));
    CHECK_THAT(dropped.detail, says("no answer in 3.5 s") && says("dies after hop 2 (10.0.2.2)"));
    CHECK(to_proxy(silence, Sweep::tcp(proxy, 3128).routers(2).silence(3, 2).silence(4, 1), control).confidence ==
          Confidence::likely);

    const Attempt reset = Trace::through_proxy().add(Stage::proxy, What::connect_error, ECONNREFUSED);
    const Finding forged = to_proxy(reset, Sweep::tcp(proxy, 3128).routers(1).reset(2), control);
    CHECK(forged.cause == Cause::proxy_unreachable);
    CHECK(forged.owner == Owner::network);
    CHECK(forged.where == at(1, r1));
    const Finding own = to_proxy(reset, Sweep::tcp(proxy, 3128).routers(3).reset(4), control);
    CHECK(own.owner == Owner::proxy);
    CHECK(own.where == at(std::nullopt, std::nullopt));

    // What lies behind a proxy that answers has another way.
    const Attempt behind = Trace::through_proxy()
                               .add(Stage::proxy, What::connect_ok)
                               .add(Stage::proxy, What::received, 19, 0, "HTTP/1.1 200 OK\r\n\r\n")
                               .connect()
                               .add(Stage::exchange, What::closed);
    const Finding far = to_proxy(behind, Sweep::tcp(proxy, 3128).routers(1).accepted(2), control);
    CHECK(far.cause == Cause::closed_after_connect);
    CHECK_FALSE(far.where);
}

TEST_CASE("a service that answers only members: a loss is news, an open way is not") {
    Check members = check_of("UDP/730", "10.0.4.2");
    const Flow control = Sweep::udp().routers(3).replied(4);
    for (const char* const probe : {"ha-sync", "ha-unicast"}) {
        CAPTURE(probe);
        members.probe = probe;
        const auto cause = [&](Flow tested) {
            return judge::judge_attempt_with(content, members, followed(silent(), beside(std::move(tested), control)))
                .cause;
        };
        CHECK(cause(Sweep::udp(server, 730).routers(2).silence(3).silence(4, 1)) == Cause::lost_on_path);
        CHECK(cause(Sweep::udp(server, 730).routers(2).silence(3, 2)) == Cause::not_testable_from_here);
        CHECK(cause(Sweep::udp(server, 730).routers(3).silence(4)) == Cause::not_testable_from_here);
        const auto over_tcp = [&](Flow tested) {
            Check check = members;
            check.port = Port{Transport::tcp, 703};
            return judge::judge_attempt_with(content, check,
                                             followed(timed_out(), beside(std::move(tested), open_way())))
                .cause;
        };
        CHECK(over_tcp(Sweep::tcp(server, 703).routers(2).silence(3).silence(4, 1)) == Cause::timeout);
        CHECK(over_tcp(Sweep::tcp(server, 703).routers(3).silence(4)) == Cause::not_testable_from_here);
    }
}

TEST_CASE("summaries and advice name the hop and the device") {
    const auto texts = [](const Check& check, const Attempt& attempt, judge::ProbeJudge probe_judge = content) {
        const Finding finding = judge::judge_attempt_with(probe_judge, check, attempt);
        return std::make_pair(judge::summarise(check, finding, attempt.destination),
                              judge::advise(check, finding, {}).text.value_or(""));
    };
    const auto [dropped, look] =
        texts(check_of(), followed(timed_out(), beside(Sweep::tcp().routers(2).silence(3), open_way())));
    CHECK(dropped ==
          "TCP/443 to update.fortiguard.net (10.0.4.2) dies after hop 2 (10.0.2.2); TCP/53 of the same host gets "
          "through.");
    CHECK_THAT(look, says("Look at 10.0.2.2 (hop 2), then at the device behind it"));

    const auto [last, at_last] =
        texts(check_of(), followed(timed_out(), beside(Sweep::tcp().routers(3).silence(4), open_way())));
    CHECK_THAT(last, says("dies after hop 3 (10.0.3.2), at a device there or at the destination itself"));
    CHECK_THAT(at_last, says("the host's own packet filter"));

    const auto [first, at_first] =
        texts(check_of(), followed(timed_out(), beside(Sweep::tcp().silence(1), open_way())));
    CHECK(first ==
          "TCP/443 to update.fortiguard.net (10.0.4.2) dies on this host or at hop 1 (10.0.1.2), which answers TCP/53 "
          "of the same host.");
    CHECK_THAT(at_first, says("this host's own packet filter, then at 10.0.1.2 (hop 1)"));

    const auto [forged, let] =
        texts(check_of(), followed(refused(), beside(Sweep::tcp().routers(2).reset(3), open_way())));
    CHECK(forged ==
          "10.0.2.2 (hop 2) on the way resets TCP/443 to update.fortiguard.net (the reset comes from hop 3, while the "
          "destination is at hop 4).");
    CHECK_THAT(let, says("10.0.2.2 (hop 2)"));

    const auto [taken, proxy_there] =
        texts(check_of(),
              followed(answered(), beside(Sweep::tcp().routers(1).accepted(2), Sweep::udp().routers(3).replied(4))),
              only_connected);
    CHECK(taken ==
          "10.0.2.2 (hop 2) on the way answers in place of update.fortiguard.net TCP/443 (accepted at hop 2, while the "
          "destination is at hop 4).");
    CHECK_THAT(proxy_there, says("proxy at 10.0.2.2 (hop 2)"));

    const Check udp = check_of("UDP/8888", "service.fortiguard.net");
    const auto [lost, open] =
        texts(udp, followed(silent(), beside(Sweep::udp(server, 8888).routers(2).silence(3).silence(4),
                                             Sweep::udp().routers(3).replied(4), "UDP/53 of the same host")));
    CHECK(lost ==
          "UDP/8888 to service.fortiguard.net (10.0.4.2) dies after hop 2 (10.0.2.2); UDP/53 of the same host gets "
          "through.");
    CHECK_THAT(open, says("10.0.2.2 (hop 2)"));

    const auto [far, trust] = texts(udp, followed(silent(), beside(Sweep::udp(server, 8888).routers(3).silence(4),
                                                                   Sweep::udp().routers(3).replied(4))));
    CHECK(far ==
          "service.fortiguard.net UDP/8888 says nothing, but its packets get as far as hop 3 (10.0.3.2), the last "
          "device before the destination.");
    CHECK_FALSE(trust.empty());
    CHECK(texts(check_of("TCP/443", "10.0.4.2"),
                followed(timed_out(), beside(Sweep::tcp().routers(2).silence(3), open_way())))
              .first.starts_with("TCP/443 to 10.0.4.2 dies after"));
}

TEST_CASE("what the control did is not overstated") {
    const auto detail = [](Flow tested, Flow control) {
        return judge::judge_attempt_with(
                   content, check_of(),
                   followed(timed_out(), beside(std::move(tested), std::move(control), "UDP/33434 of the same host")))
            .detail;
    };
    const Flow at_r1 = Sweep::tcp().routers(1).silence(2).silence(3);
    CHECK(detail(at_r1, Sweep::udp(server, 33434).routers(3).silence(4)) ==
          "dies after hop 1 (10.0.1.2); UDP/33434 of the same host goes on to hop 3");
    CHECK(detail(at_r1, Sweep::udp(server, 33434).routers(3).unreachable(4, server, 3, 3)) ==
          "dies after hop 1 (10.0.1.2); UDP/33434 of the same host gets through");
    CHECK_THAT(detail(at_r1, Sweep::udp(four.other_server).routers(3).replied(4)), says("is last seen at hop 1"));
}

TEST_CASE("text of the control is escaped") {
    PathFacts facts = beside(Sweep::tcp().routers(2).silence(3), open_way(), "TCP/53 of evil\x1b[2J.example");
    const Finding finding = judge::judge_attempt_with(content, check_of(), followed(timed_out(), facts));
    CHECK(finding.detail.find('\x1b') == std::string::npos);
}

namespace {

CheckResult result_of(Attempt attempt, judge::ProbeJudge probe_judge = content, const Check& check = check_of()) {
    CheckResult result;
    result.check = check;
    attempt.finding = judge::judge_attempt_with(probe_judge, check, attempt);
    result.conclusion.cause = attempt.finding.cause;
    result.conclusion.verdict = verdict_of(attempt.finding.cause);
    result.conclusion.stage = attempt.finding.stage;
    result.conclusion.attempt = 0;
    result.attempts.push_back(std::move(attempt));
    return result;
}

}  // namespace

TEST_CASE("whose way is followed") {
    using judge::Locate;
    using judge::wants_path;
    const auto automatic = [](const CheckResult& result) { return wants_path(result, Locate::automatic); };
    const Check udp = check_of("UDP/8888");
    for (const CheckResult& result :
         {result_of(timed_out()), result_of(refused()), result_of(said(3, 13, r2)), result_of(hello_reset()),
          result_of(silent(), content, udp), result_of(answered(), only_connected),
          result_of(Trace::through_proxy().add(Stage::proxy, What::connect_timeout, 2, 3500))}) {
        CAPTURE(to_string(result.conclusion.cause));
        CHECK(automatic(result));
        CHECK(judge::further_evidence(result, Locate::automatic, {}).path);
        CHECK(wants_path(result, Locate::always));
        CHECK_FALSE(wants_path(result, Locate::never));
    }
    for (const CheckResult& result :
         {result_of(answered()), result_of(to_host().start().fail(ENETUNREACH)),
          result_of(to_host().connect().handshake(facts_of("update.fortiguard.net")).send().receive(), content,
                    [] {
                        Check own = check_of();
                        own.public_name = own.vendor_host = false;
                        return own;
                    }()),
          result_of(Trace::through_proxy()
                        .add(Stage::proxy, What::connect_ok)
                        .add(Stage::proxy, What::received, 19, 0, "HTTP/1.1 200 OK\r\n\r\n")
                        .connect()
                        .add(Stage::exchange, What::closed))}) {
        CAPTURE(to_string(result.conclusion.cause));
        if (result.conclusion.verdict != Verdict::intercepted) CHECK_FALSE(automatic(result));
        CHECK(wants_path(result, Locate::always));
        CHECK_FALSE(wants_path(result, Locate::never));
    }
    // Nothing to follow.
    for (const CheckResult& result :
         {result_of(Trace::to(ip("127.0.0.1")).start().fail(ECONNREFUSED)),
          result_of(Trace::to(ip("::1")).start().fail(ECONNREFUSED)),
          result_of(Trace::nowhere().add(Stage::resolve, What::resolve_rcode, 3, 1, "10.0.0.53")),
          result_of(silent(), content, check_of("ESP/50")), result_of(silent(), content, check_of("ETH/0x8890"))}) {
        CAPTURE(to_string(result.conclusion.cause));
        CHECK_FALSE(automatic(result));
        CHECK_FALSE(wants_path(result, Locate::always));
    }
    CheckResult none = result_of(timed_out());
    none.conclusion.attempt.reset();
    CHECK_FALSE(wants_path(none, Locate::always));
    // The silence of a responder that is not there is no news of the service.
    Attempt missing = silent();
    missing.responder = true;
    CHECK_FALSE(automatic(result_of(missing, content, udp)));
    Attempt filtered = timed_out();
    filtered.responder = true;
    CHECK(automatic(result_of(filtered)));
    const Finding located = judge::judge_attempt_with(content, check_of(), [&] {
        Attempt attempt = followed(timed_out(), beside(Sweep::tcp().routers(2).silence(3), open_way()));
        attempt.responder = true;
        return attempt;
    }());
    CHECK(located.where == at(2, r2));
}

TEST_CASE("distances that cannot be are none") {
    const auto distance = [](Flow tested, Flow control) {
        return judge::compare_ways(beside(std::move(tested), std::move(control))).distance;
    };
    const Flow to_three = Sweep::tcp().routers(3).silence(4);
    CHECK(distance(Sweep::tcp().routers(2).silence(3), open_way()) == 4);
    // One hop less was not tried, so it may be nearer.
    CHECK_FALSE(distance(Sweep::tcp().routers(2), Sweep::tcp(server, 53).routers(2).accepted(4)));
    CHECK_FALSE(distance(Sweep::tcp().routers(2), Sweep::tcp(server, 53).routers(2).silence(3, 2).accepted(4)));
    CHECK(distance(Sweep::tcp().routers(2), Sweep::tcp(server, 53).routers(2).silence(3).accepted(4)) == 4);
    // The control is answered where the tested flow is still on its way.
    CHECK_FALSE(distance(to_three, Sweep::tcp(server, 53).routers(1).accepted(2)));
    CHECK_FALSE(
        distance(Sweep::tcp().routers(1).silence(2).accepted(4), Sweep::tcp(server, 53).routers(1).accepted(2)));
    // An answer from elsewhere has a distance of its own.
    Flow elsewhere = Sweep::udp().routers(3).replied(4);
    elsewhere.probes.back().from = four.other_server;
    CHECK_FALSE(distance(to_three, elsewhere));
    CHECK_FALSE(distance(to_three, Sweep::tcp(server, 53).routers(2).device(3, server).accepted(4)));
}
