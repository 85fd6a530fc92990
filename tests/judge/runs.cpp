#include "runs.hpp"

#include <memory>

#include "judge/judge.hpp"

namespace runs {

CheckResult& Run::add(Cause cause, std::string_view port, std::string host, std::string_view at) {
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

void Run::conclude(CheckResult& result, Cause cause) {
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

CheckResult& Run::silent(std::string_view port, std::string_view at) {
    CheckResult& result = add(Cause::timeout, port, std::string(at), at);
    note(result, Stage::connect, What::connect_timeout, 2, 3500);
    return result;
}

CheckResult& Run::silent_datagram(std::string_view port, std::string_view at) {
    CheckResult& result = add(Cause::no_reply, port, std::string(at), at);
    note(result, Stage::connect, What::connect_ok);
    note(result, Stage::exchange, What::silent, 1500, -1);
    return result;
}

CheckResult& Run::open(std::string_view port, std::string host, std::string_view at) {
    CheckResult& result = add(Cause::answered, port, std::move(host), at);
    note(result, Stage::connect, What::connect_ok);
    note(result, Stage::exchange, What::received, 6, 0, "answer");
    return result;
}

CheckResult& Run::nameless(std::string host, const std::string& resolver, Cause cause) {
    CheckResult& result = add(cause, "TCP/443", std::move(host));
    result.attempts[0].local.reset();
    if (cause == Cause::dns_timeout) note(result, Stage::resolve, What::resolve_timeout, 0, 1, resolver);
    if (cause == Cause::servfail) note(result, Stage::resolve, What::resolve_rcode, 2, 1, resolver);
    if (cause == Cause::nxdomain) note(result, Stage::resolve, What::resolve_rcode, 3, 1, resolver);
    return result;
}

Event& Run::note(CheckResult& result, Stage stage, What what, std::int32_t code, std::int32_t detail,
                 std::string text) {
    Event& event = result.attempts[0].evidence.emplace_back();
    event.stage = stage;
    event.what = what;
    event.code = code;
    event.detail = detail;
    event.text = std::move(text);
    return event;
}

void Run::path(CheckResult& result, std::vector<std::pair<HopAnswer, std::string_view>> answers) {
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

DnsQuestion& Run::ask(std::string_view resolver, Transport transport) {
    DnsQuestion& question = report.resolvers.questions.emplace_back();
    question.resolver = SocketAddress{ip(resolver), 53};
    question.transport = transport;
    question.name = "a.example";
    return question;
}

void Run::roll_up() {
    for (RowResult& row : report.rows) {
        std::vector<const CheckResult*> results;
        for (const std::size_t index : row.checks) results.push_back(&report.checks[index]);
        row.state = judge::roll_up(row.row, results);
    }
}

std::size_t Run::count(Cause cause) const {
    std::size_t found = 0;
    for (const CheckResult& result : report.checks) found += result.conclusion.cause == cause ? 1U : 0U;
    return found;
}

}  // namespace runs
