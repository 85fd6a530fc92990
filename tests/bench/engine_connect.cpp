// The engine on the work that epoll_connect does: the same destinations in the same order, as many in flight, and every
// attempt recorded, judged and kept until the end.
//
//   engine_connect rate CHECKS CONCURRENCY ADDRESS:PORT…
//   engine_connect memory CHECKS ADDRESS:PORT…
#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

#include "destination.hpp"
#include "engine/run.hpp"
#include "net/context.hpp"
#include "net/resolver.hpp"
#include "usage.hpp"

namespace {

using namespace fdnprobe;
using bench::Memory;

/// Of the checks of silent ports: long enough for all to be in flight at half time, on a loaded machine too.
constexpr auto silence = std::chrono::seconds(5);

std::vector<Check> make_checks(std::size_t number, int count, char** destinations) {
    std::vector<Check> checks;
    for (std::size_t index = 0; index < number; ++index) {
        const auto to = SocketAddress::parse(destinations[index % static_cast<std::size_t>(count)], 0);
        if (!to) bench::fail("expected ADDRESS:PORT");
        Check& check = checks.emplace_back();
        check.port = Port{Transport::tcp, to->port};
        check.dial_port = to->port;
        check.host = to->address.to_string();
        check.pinned.push_back(to->address);
        check.probe = "tcp";
        check.id =
            "benchmark/outgoing/far-end/row-" + std::to_string(index) + "/" + check.port.to_id() + "/tcp/" + check.host;
    }
    return checks;
}

std::vector<CheckResult> carry_out(net::Context& context, std::vector<Check> checks,
                                   const engine::RunSettings& settings) {
    net::ResolverOptions resolving;
    resolving.servers.push_back(*SocketAddress::parse("127.0.0.1:53", 53));  // never asked: every check is pinned
    net::Resolver resolver(context, resolving);
    std::vector<CheckResult> results;
    asio::co_spawn(context.io, engine::run(context, resolver, std::move(checks), settings),
                   [&](const std::exception_ptr& failure, engine::RunResult all) {
                       net::rethrow(failure);
                       results = std::move(all.checks);
                       context.io.stop();
                   });
    context.io.run();
    return results;
}

/// Checks that ended so, with the evidence for it.
std::size_t count_of(const std::vector<CheckResult>& results, Cause cause, What evidence) {
    std::size_t count = 0;
    for (const CheckResult& result : results)
        if (result.conclusion.cause == cause && !result.attempts.empty() &&
            result.attempts.front().find(evidence) != nullptr)
            ++count;
    return count;
}

}  // namespace

int main(int count, char** arguments) {
    const std::string_view mode = count > 3 ? arguments[1] : "";
    const bool rate = mode == "rate";
    if (!rate && mode != "memory") bench::fail("engine_connect rate CHECKS CONCURRENCY|memory CHECKS ADDRESS:PORT...");
    const std::size_t checks = std::strtoul(arguments[2], nullptr, 10);
    const int options = rate ? 4 : 3;
    if (count <= options) bench::fail("expected at least one ADDRESS:PORT");
    std::vector<Check> plan = make_checks(checks, count - options, arguments + options);
    bench::raise_descriptor_limit();
    engine::RunSettings settings;
    if (rate) {
        settings.concurrency = std::strtoul(arguments[3], nullptr, 10);
        net::Context context(settings.concurrency);
        const bench::Stopwatch watch;
        const auto results = carry_out(context, std::move(plan), settings);
        watch.print(checks, count_of(results, Cause::connected, What::connect_ok));
    } else {
        settings.concurrency = checks;
        settings.talk.stage_budget = silence;
        net::Context context(checks);
        Memory peak;
        const Memory before = Memory::now();
        net::Timer half_time(context.io, silence / 2);
        half_time.async_wait([&](const asio::error_code&) { peak = Memory::now(); });
        const auto results = carry_out(context, std::move(plan), settings);
        bench::print_growth(before, peak, checks, count_of(results, Cause::timeout, What::connect_timeout));
    }
    return 0;
}
