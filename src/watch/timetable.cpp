#include "watch/timetable.hpp"

#include <algorithm>
#include <utility>

namespace fdnprobe::watch {
namespace {

std::chrono::seconds interval_of(const Row& row, const Schedule& schedule, std::chrono::seconds every) {
    const auto found = std::find_if(schedule.rows.begin(), schedule.rows.end(),
                                    [&](const RowInterval& interval) { return row.matches(interval.pattern); });
    return found == schedule.rows.end() ? every : found->every;
}

std::chrono::nanoseconds part_of(std::chrono::nanoseconds span, double part) {
    return std::chrono::nanoseconds(
        static_cast<std::chrono::nanoseconds::rep>(static_cast<double>(span.count()) * std::clamp(part, 0.0, 1.0)));
}

}  // namespace

Timetable::Timetable(const std::vector<RowResult>& rows, const Schedule& schedule, std::chrono::seconds every,
                     double jitter, std::function<double()> chance)
    : jitter_(jitter), chance_(std::move(chance)) {
    // Less than a second is no interval; zero of them would be due for ever.
    constexpr std::chrono::seconds least(1);
    for (const RowResult& row : rows)
        entries_.push_back({std::max(least, interval_of(row.row, schedule, every)), Moment{}, Moment{}});
    const auto shortest = std::min_element(
        entries_.begin(), entries_.end(), [](const Entry& one, const Entry& other) { return one.every < other.every; });
    if (shortest != entries_.end()) together_ = std::chrono::nanoseconds(shortest->every) / 10;
}

void Timetable::start(Moment now) {
    for (Entry& entry : entries_) entry.planned = entry.due = now;
}

Due Timetable::next() const {
    const auto first = std::min_element(entries_.begin(), entries_.end(),
                                        [](const Entry& one, const Entry& other) { return one.due < other.due; });
    Due due{first == entries_.end() ? Moment::max() : first->due, {}};
    for (std::size_t row = 0; row < entries_.size(); ++row)
        if (entries_[row].planned - due.at <= together_) due.rows.push_back(row);
    return due;
}

std::chrono::nanoseconds Timetable::put_off(const Entry& entry, double chance) const {
    return part_of(part_of(entry.every, jitter_), chance);
}

std::uint64_t Timetable::plan_next(Entry& entry, Moment now, double chance) const {
    // Jitter puts a run off by half an interval at most, so that a quarter remains with room for a timer that is late.
    const Moment earliest = now + std::chrono::nanoseconds(entry.every) / 4;
    entry.planned += entry.every;
    std::uint64_t vain = 0;
    if (entry.planned < earliest) {
        vain = static_cast<std::uint64_t>((earliest - entry.planned + entry.every - Moment::duration(1)) / entry.every);
        entry.planned += vain * entry.every;
    }
    entry.due = entry.planned + put_off(entry, chance);
    return vain;
}

void Timetable::begun(const Due& due, Moment now) {
    // One number for all of them: rows that go together have the same luck.
    const double chance = chance_();
    std::uint64_t most = 0;
    for (const std::size_t row : due.rows)
        if (row < entries_.size()) most = std::max(most, plan_next(entries_[row], now, chance));
    missed_ += most;
}

void Timetable::resume(Moment now) {
    const double chance = chance_();
    for (Entry& entry : entries_) {
        if (entry.due > now) continue;
        entry.planned = now;
        // Sites that have the same pause do not end it in step.
        entry.due = now + put_off(entry, chance);
    }
}

std::uint64_t Timetable::missed() const { return missed_; }

}  // namespace fdnprobe::watch
