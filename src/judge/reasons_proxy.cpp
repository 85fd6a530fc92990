// Reasons at the site's own proxy, which everything over TCP goes through.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "judge/reason_kind.hpp"
#include "judge/words.hpp"

namespace fdnprobe::judge {
namespace {

/// Checks with that cause, by the proxy that they went through.
std::map<SocketAddress, Indices> by_proxy(const Unexplained& open, Cause cause) {
    std::map<SocketAddress, Indices> groups;
    for (const std::size_t index : open.with_cause({cause})) {
        const Attempt* const attempt = open.attempt(index);
        if (attempt != nullptr && attempt->proxy) groups[*attempt->proxy].push_back(index);
    }
    return groups;
}

/// Somebody got further than the proxy: then it is up, and what it says of single destinations is theirs.
bool was_passed(const Report& report, const SocketAddress& proxy, Cause stopped) {
    return std::any_of(report.checks.begin(), report.checks.end(), [&](const CheckResult& result) {
        return result.conclusion.cause != stopped &&
               std::any_of(result.attempts.begin(), result.attempts.end(),
                           [&](const Attempt& attempt) { return attempt.proxy == proxy; });
    });
}

std::string direct_control(const Unexplained& open) {
    const std::size_t direct = open.count_all([](const CheckResult& result) {
        return result.conclusion.verdict == Verdict::reachable &&
               std::none_of(result.attempts.begin(), result.attempts.end(),
                            [](const Attempt& attempt) { return attempt.proxy.has_value(); });
    });
    return direct == 0 ? std::string() : fmt::format("{} past the proxy got an answer.", count(direct, "check"));
}

std::vector<Reason> find_at_proxy(const Unexplained& open, Cause cause, const std::string& summary,
                                  const std::string& advice) {
    std::vector<Reason> reasons;
    for (const auto& [proxy, checks] : by_proxy(open, cause)) {
        if (checks.size() < least_checks || was_passed(open.report(), proxy, cause)) continue;
        Reason reason = make_reason(open, checks, open.at(checks.front()).conclusion.owner,
                                    fmt::format(fmt::runtime(summary), proxy.to_string()),
                                    fmt::format(fmt::runtime(advice), proxy.to_string()));
        reason.rests_on = open.said(checks);
        reason.rests_on.push_back(
            fmt::format("{} had to go through it, and none got further.", count(checks.size(), "check")));
        if (std::string control = direct_control(open); !control.empty()) reason.rests_on.push_back(std::move(control));
        reasons.push_back(std::move(reason));
    }
    return reasons;
}

std::vector<Reason> find_proxy_unreachable(const Unexplained& open) {
    return find_at_proxy(open, Cause::proxy_unreachable, "The proxy at {} cannot be used.",
                         "Mend the way to the proxy first ({}), or correct its address in the site file.");
}

std::vector<Reason> find_proxy_credentials(const Unexplained& open) {
    return find_at_proxy(open, Cause::proxy_auth_required, "The proxy at {} wants credentials that it did not get.",
                         "Give the proxy at {} credentials that it takes: `proxy` under `[secrets]` of the site file.");
}

}  // namespace

const ReasonKind proxy_unreachable_reason{
    "proxy-unreachable",
    {"Two checks or more had to go through one proxy, and none of all that tried got as far as a destination.",
     "The proxy is down, at another address, or cut off. Nothing follows for the services behind it.",
     "See whether the proxy's address is right and its service runs; then whether a firewall lets this host there."},
    find_proxy_unreachable};

const ReasonKind proxy_credentials_reason{
    "proxy-credentials",
    {"One proxy answered everything that went through it with a demand for credentials (407).",
     "The proxy works and lets nobody through without a name. Nothing follows for the services behind it.",
     "Put credentials that it takes into a file, and name that file as `proxy` under `[secrets]` of the site file."},
    find_proxy_credentials};

}  // namespace fdnprobe::judge
