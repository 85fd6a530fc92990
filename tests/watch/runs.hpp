// Runs of a watch in as few words as they need: rows by name, each with checks by cause.
#pragma once

#include <chrono>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fdnprobe/report.hpp"
#include "fdnprobe/watch.hpp"
#include "fdnprobe/watch_event.hpp"
#include "judge/judge.hpp"

namespace runs {

using namespace fdnprobe;

inline const std::chrono::system_clock::time_point monday{std::chrono::sys_days{std::chrono::year{2026} / 11 / 16}};

/// So many minutes after midnight.
inline std::chrono::system_clock::time_point minute(int minutes) { return monday + std::chrono::minutes(minutes); }

inline Row row_named(const std::string& name) {
    Row row;
    row.table = "t";
    row.id = name;
    row.peer = "peer of " + name;
    row.purpose = "purpose of " + name;
    row.ports = "TCP/443";
    row.need = Need::all;
    return row;
}

inline Vantage vantage() {
    Vantage from;
    from.host = "probe-17";
    from.site = "branch-17";
    return from;
}

inline Report plan_of(const std::vector<std::string>& names) {
    Report plan;
    plan.version = "0";
    plan.planned_only = true;
    plan.vantage = vantage();
    for (const std::string& name : names) plan.rows.emplace_back().row = row_named(name);
    return plan;
}

/// The checks of a run; rows are rolled up when it is taken out of here.
class Run {
  public:
    Run() {
        report_.version = "0";
        report_.vantage = vantage();
    }
    Run(std::initializer_list<std::pair<std::string_view, Cause>> rows) : Run() {
        for (const auto& [name, cause] : rows) add(name, cause);
    }

    /// One more check of that row.
    CheckResult& add(std::string_view name, Cause cause) {
        const std::size_t row = row_at(std::string(name));
        report_.rows[row].checks.push_back(report_.checks.size());
        CheckResult& result = report_.checks.emplace_back();
        result.check.row = row;
        result.check.host = "a.example";
        result.check.id = "t/" + std::string(name) + "/tcp-443/tls/a.example";
        Conclusion& conclusion = result.conclusion;
        conclusion.cause = cause;
        conclusion.verdict = verdict_of(cause);
        conclusion.owner = conclusion.verdict == Verdict::reachable ? Owner::nobody : Owner::network;
        conclusion.summary = std::string(name) + " is " + std::string(to_string(cause));
        if (conclusion.verdict != Verdict::reachable) conclusion.advice = "Mend " + std::string(name) + ".";
        return result;
    }

    /// A packet that came back from beyond this host's own links.
    Run& with_life() {
        report_.resolvers.questions.emplace_back().answers.emplace_back();
        report_.resolvers.questions.back().resolver = SocketAddress{*Address::parse("192.0.2.53"), 53};
        return *this;
    }

    Run& with_reason(const std::string& code, const std::vector<std::size_t>& checks) {
        Reason& reason = report_.reasons.emplace_back();
        reason.code = code;
        reason.summary = code + " explains it";
        reason.checks = checks;
        for (const std::size_t check : checks) report_.checks[check].conclusion.reason = report_.reasons.size() - 1;
        return *this;
    }

    operator Report() const {
        Report report = report_;
        for (RowResult& row : report.rows) {
            std::vector<const CheckResult*> checks;
            for (const std::size_t index : row.checks) checks.push_back(&report.checks[index]);
            row.state = judge::roll_up(row.row, checks);
        }
        return report;
    }

  private:
    std::size_t row_at(const std::string& name) {
        const auto [found, is_new] = rows_.emplace(name, report_.rows.size());
        if (is_new) report_.rows.emplace_back().row = row_named(name);
        return found->second;
    }

    Report report_;
    std::map<std::string, std::size_t> rows_;
};

/// "a: reachable>blocked" for each change, kinds of other events, one a line.
inline std::string spell(const std::vector<WatchEvent>& events) {
    std::string text;
    for (const WatchEvent& event : events) {
        if (event.kind != WatchEventKind::rows_changed) {
            text += std::string(to_string(event.kind)) + "\n";
            continue;
        }
        for (const RowChange& change : event.rows) {
            text += change.row.substr(2) + ": ";
            text += change.from ? std::string(to_string(*change.from)) : "";
            text += ">" + std::string(to_string(change.to)) + "\n";
        }
    }
    return text;
}

}  // namespace runs
