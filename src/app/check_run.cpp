#include "app/check_run.hpp"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <optional>
#include <random>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "app/inputs.hpp"
#include "engine/run.hpp"
#include "judge/judge.hpp"
#include "judge/relate.hpp"
#include "judge/sinkhole.hpp"
#include "net/resolver.hpp"
#include "net/tls_session.hpp"
#include "system/openssl.hpp"

namespace fdnprobe::app {
namespace {

/// Standard streams, the resolver's sockets, the report's file, and what libraries open in passing.
constexpr std::size_t reserved_descriptors = 32;
/// The lab's own listeners, and as many accepted connections as there are connecting ones.
constexpr std::size_t lab_descriptors = 128;

net::Clock::duration seconds(double count) {
    return std::chrono::duration_cast<net::Clock::duration>(std::chrono::duration<double>(count));
}

bool is_revised(const Conclusion& before, const Conclusion& after) {
    const auto said = [](const Conclusion& one) {
        return std::tie(one.verdict, one.cause, one.stage, one.confidence, one.owner, one.summary, one.advice,
                        one.warnings);
    };
    return said(before) != said(after) || before.where != after.where;
}

/// Of all tables of the run: a resolver answers without knowing for whom.
BlockPages known_block_pages(const engine::Plan& plan) {
    BlockPages pages;
    std::set<const BlockPages*> seen;
    for (const Check& check : plan.checks)
        if (check.block_pages != nullptr && seen.insert(check.block_pages.get()).second)
            pages.insert(pages.end(), check.block_pages->begin(), check.block_pages->end());
    return pages;
}

net::ResolverOptions resolver_options(const CheckOptions& options, const Site& site, const engine::Plan& plan) {
    net::ResolverOptions resolving;
    resolving.servers = site.resolvers;
    resolving.ipv4 = !options.selection.ipv6_only;
    resolving.ipv6 = !options.selection.ipv4_only;
    resolving.budget = seconds(options.timeout);
    resolving.distrusted = [pages = known_block_pages(plan)](const Address& address) {
        return judge::is_sinkhole(address, pages);
    };
    return resolving;
}

engine::RunSettings run_settings(const CheckOptions& options, const Preparation& preparation) {
    const Site& site = preparation.site;
    engine::RunSettings settings;
    settings.talk.dial.source = site.source;
    settings.talk.dial.interface = site.interface;
    settings.talk.stage_budget = seconds(options.timeout);
    std::random_device chance;
    settings.talk.seed = (static_cast<std::uint64_t>(chance()) << 32U) | chance();
    settings.proxy = preparation.proxy;
    settings.concurrency = options.concurrency;
    settings.rate = options.rate;
    settings.retries = options.retries;
    settings.all_addresses = options.all_addresses;
    settings.locate = options.locate;
    settings.blackhole = site.blackhole;
    if (options.deadline) settings.deadline = seconds(*options.deadline);
    return settings;
}

void roll_up_rows(Report& report) {
    for (RowResult& row : report.rows) {
        std::vector<const CheckResult*> checks;
        for (const std::size_t index : row.checks) checks.push_back(&report.checks[index]);
        row.state = judge::roll_up(row.row, checks);
    }
}

}  // namespace

std::size_t descriptor_budget(bool lab) {
    return lab ? std::max<std::size_t>(4, net::available_descriptors(lab_descriptors) / 2)
               : net::available_descriptors(reserved_descriptors);
}

Report carry_out(net::Context& context, const CheckOptions& options, const Preparation& preparation, engine::Plan plan,
                 const RunObserver& observer) {
    Report report = begin_report(plan, preparation.site);
    net::Resolver resolver(context, resolver_options(options, preparation.site, plan));
    report.vantage.resolvers = resolver.servers();
    engine::RunSettings settings = run_settings(options, preparation);
    system::SslContext tls;
    if (preparation.trust) {
        tls = net::make_client_context();
        settings.talk.tls = tls.get();
        settings.talk.trust = &*preparation.trust;
    }
    settings.on_result = [&](const CheckResult& result) {
        if (observer.on_result) observer.on_result(report, result);
    };
    context.origin = net::Clock::now();
    asio::co_spawn(context.io, engine::run(context, resolver, std::move(plan.checks), settings),
                   [&](const std::exception_ptr& failure, engine::RunResult result) {
                       net::rethrow(failure);
                       report.checks = std::move(result.checks);
                       report.resolvers = std::move(result.resolvers);
                       context.io.stop();
                   });
    context.io.run();
    report.elapsed = context.now();
    report.interrupted = context.stopped();
    struct Said {
        Conclusion conclusion;
        Level level;
    };
    std::vector<Said> before;
    if (observer.on_revision)
        for (const CheckResult& result : report.checks) before.push_back({result.conclusion, result.check.level});
    judge::settle_choices(report);
    judge::relate(report);
    judge::settle_choices(report);
    // That many share a reason changes nothing for one of them.
    for (std::size_t index = 0; index < before.size(); ++index) {
        const CheckResult& now = report.checks[index];
        if (is_revised(before[index].conclusion, now.conclusion) || before[index].level != now.check.level)
            observer.on_revision(report, now);
    }
    roll_up_rows(report);
    return report;
}

}  // namespace fdnprobe::app
