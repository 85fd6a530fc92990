#include "watch/board.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "judge/judge.hpp"
#include "judge/openings.hpp"
#include "judge/surroundings.hpp"
#include "watch/standing.hpp"

namespace fdnprobe::watch {
namespace {

/// Of `Standings::control`.
constexpr State something_works = State::reachable;
constexpr State nothing_works = State::local;

std::vector<const CheckResult*> checks_of(const Report& run, const RowResult& row) {
    std::vector<const CheckResult*> checks;
    for (const std::size_t index : row.checks)
        if (index < run.checks.size()) checks.push_back(&run.checks[index]);
    return checks;
}

bool was_interrupted(const Report& run, const RowResult& row) {
    const auto checks = checks_of(run, row);
    return std::any_of(checks.begin(), checks.end(),
                       [](const CheckResult* result) { return result->conclusion.cause == Cause::interrupted; });
}

/// Somebody did, be it in another's name.
bool was_answered(const CheckResult& result) {
    switch (result.conclusion.verdict) {
        case Verdict::reachable:
        case Verdict::closed:
        case Verdict::broken:
        case Verdict::untrusted:
        case Verdict::intercepted: return true;
        default: return false;
    }
}

/// Receivers make file names and headers of an event's id.
std::string as_part_of_id(std::string_view host) {
    constexpr std::size_t longest = 64;
    std::string text(host.substr(0, longest));
    std::replace_if(
        text.begin(), text.end(),
        [](char c) {
            return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '.';
        },
        '-');
    return text.empty() || text.front() == '.' ? "host" + text : text;
}

RowChange describe(const Row& row, const CheckResult* deciding, const Confirmed& confirmed) {
    RowChange change;
    change.row = row.full_id();
    change.peer = row.peer;
    change.purpose = row.purpose;
    change.ports = row.ports;
    change.from = confirmed.from;
    change.to = confirmed.to;
    if (deciding == nullptr) return change;
    const Conclusion& conclusion = deciding->conclusion;
    change.summary = conclusion.summary;
    if (conclusion.verdict == Verdict::reachable) return change;
    change.cause = conclusion.cause;
    change.owner = conclusion.owner;
    change.advice = conclusion.advice.value_or("");
    change.where = conclusion.where;
    return change;
}

bool is_about_several_rows(const Report& run, const Reason& reason) {
    std::set<std::size_t> rows;
    for (const std::size_t index : reason.checks)
        if (index < run.checks.size()) rows.insert(run.checks[index].check.row);
    return rows.size() > 1;
}

/// Those of the run's reasons, the one that explains most first.
std::vector<Reason> reasons_for_event(const Report& run, const std::set<std::size_t>& numbers) {
    std::vector<Reason> reasons;
    for (const std::size_t number : numbers) {
        if (number >= run.reasons.size() || !is_about_several_rows(run, run.reasons[number])) continue;
        reasons.push_back(run.reasons[number]);
        reasons.back().checks.clear();
    }
    return reasons;
}

}  // namespace

bool control_failed(const Report& run) {
    return std::any_of(run.checks.begin(), run.checks.end(),
                       [](const CheckResult& result) { return result.conclusion.cause == Cause::control_failed; });
}

Board::Board(Confirmation confirmation) : confirmation_(confirmation) {}

void Board::plan(Report plan, Confirmation confirmation) {
    confirmation_ = confirmation;
    frame_.version = std::move(plan.version);
    frame_.vantage = std::move(plan.vantage);
    const auto known = std::exchange(places_, {});
    auto before = std::exchange(held_, {});
    decltype(standings_.rows) stay;
    for (RowResult& planned : plan.rows) {
        const std::string id = planned.row.full_id();
        places_.emplace(id, held_.size());
        RowPart& part = held_.emplace_back();
        if (const auto found = known.find(id); found != known.end()) part = std::move(before[found->second]);
        part.row.row = std::move(planned.row);
        if (auto standing = standings_.rows.extract(id)) {
            trim(standing.mapped(), confirmation);
            stay.insert(std::move(standing));
        }
    }
    standings_.rows = std::move(stay);
    trim(standings_.control, confirmation);
}

void Board::restore(const Standings& standings) {
    for (const auto& [id, standing] : standings.rows) {
        if (!places_.contains(id)) continue;
        Standing& restored = standings_.rows[id] = standing;
        trim(restored, confirmation_);
    }
    standings_.control = standings.control;
    trim(standings_.control, confirmation_);
}

std::vector<WatchEvent> Board::take(const Report& run, WallTime now) {
    frame_.version = run.version;
    frame_.started = run.started;
    frame_.elapsed = run.elapsed;
    frame_.vantage = run.vantage;
    frame_.resolvers = run.resolvers;
    const Control control = control_in(run);
    std::vector<WatchEvent> events;
    if (auto event = take_control(control, run, now)) events.push_back(std::move(*event));
    if (auto event = take_rows(run, counts(control, run), now)) events.push_back(std::move(*event));
    return events;
}

bool Board::covers_everything(const Report& run) const {
    const auto covered = std::count_if(run.rows.begin(), run.rows.end(),
                                       [&](const RowResult& row) { return places_.contains(row.row.full_id()); });
    return !run.interrupted && static_cast<std::size_t>(covered) == held_.size();
}

Board::Control Board::control_in(const Report& run) const {
    if (control_failed(run)) return Control::failed;
    if (judge::Surroundings(run).shows_life(run)) return Control::works;
    // Where nothing lies beyond this host's own links, an answer from there is all that there can be.
    const bool answered = std::any_of(run.checks.begin(), run.checks.end(), was_answered);
    return answered && covers_everything(run) ? Control::works : Control::unknown;
}

bool Board::counts(Control control, const Report& run) const {
    if (control == Control::failed || control_lost()) return false;
    const auto& recent = standings_.control.recent;
    const bool in_doubt = !recent.empty() && recent.back() == nothing_works;
    return control == Control::works || !in_doubt || covers_everything(run);
}

WatchEvent Board::make_event(WatchEventKind kind, WallTime now) {
    WatchEvent event;
    const auto since_epoch = std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch());
    event.id = fmt::format("{}-{}-{}", as_part_of_id(frame_.vantage.host), since_epoch.count(), ++events_);
    event.at = now;
    event.site = frame_.vantage.site;
    event.host = frame_.vantage.host;
    event.kind = kind;
    return event;
}

std::optional<WatchEvent> Board::take_control(Control control, const Report& run, WallTime now) {
    if (control == Control::unknown) return std::nullopt;
    const auto confirmed =
        note_run(standings_.control, control == Control::works ? something_works : nothing_works, now, confirmation_);
    if (!confirmed) return std::nullopt;
    if (confirmed->to == something_works)
        return confirmed->from ? std::optional(make_event(WatchEventKind::control_restored, now)) : std::nullopt;
    WatchEvent event = make_event(WatchEventKind::control_failed, now);
    std::set<std::size_t> reasons;
    for (const CheckResult& result : run.checks)
        if (result.conclusion.cause == Cause::control_failed && result.conclusion.reason)
            reasons.insert(*result.conclusion.reason);
    event.reasons = reasons_for_event(run, reasons);
    return event;
}

std::optional<WatchEvent> Board::take_rows(const Report& run, bool count, WallTime now) {
    std::vector<RowChange> changes;
    std::set<std::size_t> reasons;
    for (const RowResult& row : run.rows) {
        const std::string id = row.row.full_id();
        const auto place = places_.find(id);
        if (place == places_.end() || was_interrupted(run, row)) continue;
        held_[place->second] = take_out(run, row);
        Standing& standing = standings_.rows[id];
        standing.latest = row.state;
        standing.checked = now;
        const auto confirmed = count ? note_run(standing, row.state, now, confirmation_) : std::nullopt;
        if (!confirmed || (!confirmed->from && !judge::fails(confirmed->to))) continue;
        const CheckResult* const deciding = judge::deciding_check(row.row, checks_of(run, row));
        changes.push_back(describe(row.row, deciding, *confirmed));
        changes.back().since = standing.since;
        if (deciding != nullptr && deciding->conclusion.reason) reasons.insert(*deciding->conclusion.reason);
    }
    if (changes.empty()) return std::nullopt;
    WatchEvent event = make_event(WatchEventKind::rows_changed, now);
    event.rows = std::move(changes);
    event.reasons = reasons_for_event(run, reasons);
    return event;
}

Report Board::report() const {
    Report report = frame_;
    put_together(report, held_);
    return report;
}

bool Board::control_lost() const { return standings_.control.confirmed == nothing_works; }

}  // namespace fdnprobe::watch
