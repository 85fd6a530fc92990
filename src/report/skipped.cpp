#include "report/skipped.hpp"

#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "base/text.hpp"
#include "report/groups.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

/// The longest rows of the vendors' tables list fewer.
constexpr std::size_t ports_named = 24;

std::string reason_of(const CheckResult& result, Cause cause) {
    if (cause == Cause::not_configured) return {};
    if (!result.check.skip_reason.empty()) return shown_sentence(result.check.skip_reason);
    if (!result.conclusion.summary.empty()) return shown_sentence(result.conclusion.summary);
    return std::string(to_string(cause));
}

}  // namespace

std::vector<SkippedPorts> skipped_ports(const Report& report, std::span<const std::size_t> rows, bool with_others) {
    using Key = std::tuple<std::string, Cause, std::string>;
    std::vector<SkippedPorts> all;
    std::map<Key, std::size_t> at;
    std::set<std::pair<std::size_t, Port>> listed_ports;
    for (const std::size_t row : rows) {
        for (const std::size_t index : report.rows[row].checks) {
            if (index >= report.checks.size()) continue;
            const CheckResult& result = report.checks[index];
            const bool skipped =
                result.check.skip || (!report.planned_only && result.conclusion.verdict == Verdict::skipped);
            if (!skipped || (!with_others && result.check.for_others)) continue;
            const Cause cause = result.check.skip.value_or(result.conclusion.cause);
            const std::string& end = tested_end(report.rows[row].row);
            const std::string reason = reason_of(result, cause);
            const auto [found, is_new] = at.try_emplace(Key{end, cause, reason}, all.size());
            if (is_new) all.push_back({end, cause, reason, {}});
            if (listed_ports.emplace(found->second, result.check.port).second)
                all[found->second].ports.push_back(result.check.port.to_string());
        }
    }
    return all;
}

std::string port_list(const SkippedPorts& skipped) {
    const auto& ports = skipped.ports;
    if (ports.size() <= ports_named) return fmt::format("{}", fmt::join(ports, ", "));
    return fmt::format("{} and {} more", fmt::join(ports.begin(), ports.begin() + ports_named, ", "),
                       ports.size() - ports_named);
}

std::string peer_option(const std::string& name) { return "--peer " + shell_word(shown_name(name) + "=ADDRESS"); }

}  // namespace fdnprobe::report
