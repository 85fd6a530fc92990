#include "web/pages.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

#include "base/text.hpp"
#include "web/routes.hpp"

namespace fdnprobe::web {
namespace {

using namespace std::chrono_literals;

/// A history that is held by somebody costs each asker a wait; a page need not wait for it again at once.
constexpr auto pause_after_trouble = 5s;

/// [so many periods, of that length, until the one that holds now ends)
history::Query span(std::chrono::seconds period, int count, WallTime now) {
    history::Query query;
    const auto since = now.time_since_epoch();
    query.until = WallTime(since - since % period + period);
    query.from = query.until - count * period;
    query.period = period;
    query.evidence = false;
    return query;
}

Answer page(std::string body) {
    Answer answer;
    answer.content_type = html_type;
    answer.body = std::move(body);
    return answer;
}

}  // namespace

Expected<HistoryReport, history::Trouble> Pages::ask(const history::Query& query, WallTime now) {
    if (trouble_ && now < ask_again_ && now >= ask_again_ - pause_after_trouble)
        return Unexpected<history::Trouble>(*trouble_);
    trouble_.reset();
    auto found = history_->ask(query);
    if (!found) {
        trouble_ = found.error();
        ask_again_ = now + pause_after_trouble;
    }
    return found;
}

const Timelines* Pages::timelines(std::uint64_t serial, WallTime now) {
    if (history_ == nullptr) return nullptr;
    const auto minute = std::chrono::floor<std::chrono::minutes>(now);
    if (timelines_ && serial == serial_ && minute == minute_) return &*timelines_;
    Timelines asked;
    for (const auto& [period, count, report] :
         {std::tuple(std::chrono::seconds(1h), 24, &asked.day), std::tuple(std::chrono::seconds(6h), 28, &asked.week),
          std::tuple(std::chrono::seconds(24h), 30, &asked.month)}) {
        history::Query query = span(period, count, now);
        query.latencies = false;
        query.verdicts = false;
        auto found = ask(query, now);
        // What was read a moment ago is better than nothing; what is older would be taken for now.
        if (!found) return timelines_ && minute - minute_ < 1h && minute >= minute_ ? &*timelines_ : nullptr;
        *report = std::move(*found);
    }
    timelines_ = std::move(asked);
    serial_ = serial;
    minute_ = minute;
    return &*timelines_;
}

Answer Pages::rows(const Snapshot* snapshot, const WatchFacts& facts, WallTime now) {
    const Timelines* const found = timelines(snapshot == nullptr ? 0 : snapshot->serial, now);
    if (!trouble_ || !facts.history_problem.empty()) return page(page_of_rows(snapshot, facts, found));
    // The page says of the history what the watch says of it; here it is the reading that does not go.
    WatchFacts known = facts;
    known.history_problem = trouble_->what;
    return page(page_of_rows(snapshot, known, found));
}

Answer Pages::row(const Snapshot* snapshot, std::string_view path, WallTime now) {
    if (snapshot == nullptr) return busy(path, "The first run has not ended yet.");
    const std::string id(row_of(path));
    const auto& rows = snapshot->report.rows;
    if (std::none_of(rows.begin(), rows.end(), [&](const RowResult& row) { return row.row.full_id() == id; }))
        return refusal(path, 404, "This watch has no row " + printable(id, 160) + ".");
    HistoryReport report;
    const RowHistory* history = nullptr;
    if (history_ != nullptr) {
        history::Query query = span(1h, 7 * 24, now);
        query.row = id;
        if (auto found = ask(query, now)) report = std::move(*found);
        for (const RowHistory& one : report.rows)
            if (one.id == id) history = &one;
    }
    return page(page_of_row(*snapshot, id, history));
}

}  // namespace fdnprobe::web
