// Whole runs for the judges that look at all checks together, in as few words as they need.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "fdnprobe/report.hpp"
#include "judge/judge.hpp"
#include "traces.hpp"

namespace runs {

using namespace traces;

inline const Address lan = ip("10.1.0.2");      // this host
inline const Address gateway = ip("10.1.0.1");  // its first hop

struct Run {
    Report report;

    /// A check of a row of its own, with an attempt at that address.
    CheckResult& add(Cause cause, std::string_view port, std::string host, std::string_view at = {}) {
        RowResult& row = report.rows.emplace_back();
        row.checks = {report.checks.size()};
        CheckResult& result = report.checks.emplace_back();
        result.check = check_of(port, std::move(host));
        result.check.row = report.rows.size() - 1;
        result.check.host_is_address = Address::parse(result.check.host).has_value();
        Attempt& attempt = result.attempts.emplace_back();
        if (!at.empty()) attempt.destination = SocketAddress{ip(at), result.check.port.number};
        attempt.local = SocketAddress{lan, 50000};
        conclude(result, cause);
        return result;
    }

    static void conclude(CheckResult& result, Cause cause) {
        Conclusion& conclusion = result.conclusion;
        conclusion.cause = cause;
        conclusion.verdict = verdict_of(cause);
        conclusion.stage = conclusion.verdict == Verdict::unresolved ? Stage::resolve : Stage::connect;
        conclusion.confidence = Confidence::likely;
        conclusion.owner = Owner::network;
        conclusion.summary = "As it was.";
        conclusion.advice = "Do the special thing.";
        conclusion.attempt = 0;
        result.attempts[0].finding.cause = cause;
        result.attempts[0].finding.confidence = Confidence::likely;
    }

    /// SYNs without an answer.
    CheckResult& silent(std::string_view port, std::string_view at) {
        CheckResult& result = add(Cause::timeout, port, std::string(at), at);
        note(result, Stage::connect, What::connect_timeout, 2, 3500);
        return result;
    }
    /// A datagram without an answer.
    CheckResult& silent_datagram(std::string_view port, std::string_view at) {
        CheckResult& result = add(Cause::no_reply, port, std::string(at), at);
        note(result, Stage::connect, What::connect_ok);
        note(result, Stage::exchange, What::silent, 1500, -1);
        return result;
    }
    CheckResult& open(std::string_view port, std::string host, std::string_view at) {
        CheckResult& result = add(Cause::answered, port, std::move(host), at);
        note(result, Stage::connect, What::connect_ok);
        note(result, Stage::exchange, What::received, 6, 0, "answer");
        return result;
    }
    /// A name that a resolver said nothing to.
    CheckResult& nameless(std::string host, const std::string& resolver, Cause cause = Cause::dns_timeout) {
        CheckResult& result = add(cause, "TCP/443", std::move(host));
        result.attempts[0].local.reset();
        if (cause == Cause::dns_timeout) note(result, Stage::resolve, What::resolve_timeout, 0, 1, resolver);
        if (cause == Cause::servfail) note(result, Stage::resolve, What::resolve_rcode, 2, 1, resolver);
        if (cause == Cause::nxdomain) note(result, Stage::resolve, What::resolve_rcode, 3, 1, resolver);
        return result;
    }

    static Event& note(CheckResult& result, Stage stage, What what, std::int32_t code = 0, std::int32_t detail = 0,
                       std::string text = {}) {
        Event& event = result.attempts[0].evidence.emplace_back();
        event.stage = stage;
        event.what = what;
        event.code = code;
        event.detail = detail;
        event.text = std::move(text);
        return event;
    }

    /// What came back for packets with a small TTL: the first of them with a TTL of one.
    static void path(CheckResult& result, std::vector<std::pair<HopAnswer, std::string_view>> answers) {
        auto facts = std::make_shared<PathFacts>();
        facts->tested.transport = result.check.transport();
        facts->tested.destination = result.attempts[0].destination.value();
        for (const auto& [answer, from] : answers) {
            HopProbe& probe = facts->tested.probes.emplace_back();
            probe.hop = static_cast<std::int32_t>(facts->tested.probes.size());
            probe.answer = answer;
            if (!from.empty()) probe.from = ip(from);
        }
        result.attempts[0].path = std::move(facts);
    }

    DnsQuestion& ask(std::string_view resolver, Transport transport = Transport::udp) {
        DnsQuestion& question = report.resolvers.questions.emplace_back();
        question.resolver = SocketAddress{ip(resolver), 53};
        question.transport = transport;
        question.name = "a.example";
        return question;
    }

    void roll_up() {
        for (RowResult& row : report.rows) {
            std::vector<const CheckResult*> results;
            for (const std::size_t index : row.checks) results.push_back(&report.checks[index]);
            row.state = judge::roll_up(row.row, results);
        }
    }
    [[nodiscard]] std::size_t count(Cause cause) const {
        std::size_t found = 0;
        for (const CheckResult& result : report.checks) found += result.conclusion.cause == cause ? 1U : 0U;
        return found;
    }
};

}  // namespace runs
