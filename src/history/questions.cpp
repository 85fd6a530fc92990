#include "history/questions.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <SQLiteCpp/Statement.h>
#include <fmt/format.h>

#include "base/text.hpp"
#include "history/periods.hpp"
#include "history/words.hpp"

namespace fdnprobe::history {
namespace {

/// With fewer earlier periods than this, nothing is usual.
constexpr std::size_t least_to_compare = 3;

double milliseconds(std::int64_t microseconds) { return static_cast<double>(microseconds) / 1000; }

bool matches(const std::string& pattern, const RowHistory& row) {
    return pattern.empty() || glob_match(pattern, row.id) || glob_match(pattern, row.peer) ||
           glob_match(pattern, row.purpose) ||
           // A pattern is written for ids as the table has them, too.
           (row.id.starts_with(row.table + "/") && glob_match(pattern, row.id.substr(row.table.size() + 1)));
}

void compare_latency(CheckHistory& check) {
    if (check.latency.empty()) return;
    check.recent_ms = check.latency.back().mean_ms;
    if (check.latency.size() <= least_to_compare) return;
    std::vector<double> earlier;
    for (std::size_t index = 0; index + 1 < check.latency.size(); ++index)
        earlier.push_back(check.latency[index].mean_ms);
    std::sort(earlier.begin(), earlier.end());
    const std::size_t middle = earlier.size() / 2;
    check.usual_ms = earlier.size() % 2 == 1 ? earlier[middle] : (earlier[middle - 1] + earlier[middle]) / 2;
}

class Answer {
  public:
    Answer(SQLite::Database& database, const Query& query)
        : database_(database), query_(query), words_(database), periods_(database, query) {}

    HistoryReport take() {
        report_.from = periods_.from(0);
        report_.until = query_.until;
        report_.first_run = first_run_of(database_);
        ask_runs();
        choose_rows();
        ask_states();
        if (query_.latencies) ask_latencies();
        for (std::size_t index = 0; index < report_.rows.size(); ++index) ask_changes(index);
        // Without a pattern: what was watched in that time. With one: what it names, whether there was anything or not.
        if (query_.row.empty())
            std::erase_if(report_.rows, [](const RowHistory& row) { return row.runs == 0 && row.changes.empty(); });
        return std::move(report_);
    }

  private:
    SQLite::Statement prepare(const std::string& text) { return {database_, text}; }

    /// A statement over the time that was asked for; its first two parameters are the bounds.
    SQLite::Statement over_time(const std::string& text) {
        SQLite::Statement statement(database_, text);
        statement.bind(1, periods_.first());
        statement.bind(2, periods_.last());
        return statement;
    }

    void ask_runs() {
        SQLite::Statement site = prepare("SELECT site FROM runs ORDER BY id DESC LIMIT 1");
        if (site.executeStep()) report_.site = site.getColumn(0).getString();
        SQLite::Statement runs = over_time([this]() -> std::string {
            switch (periods_.source()) {
                case Source::runs:
                    return "SELECT count(*), total(control_failed) FROM runs WHERE ended >= ? AND ended < ?";
                case Source::hours:
                    return "SELECT total(runs), total(control_failed) FROM runs_hourly WHERE hour >= ? AND hour < ?";
                case Source::days:
                    return "SELECT total(runs), total(control_failed) FROM runs_daily WHERE day >= ? AND day < ?";
            }
            return {};
        }());
        if (!runs.executeStep()) return;
        report_.runs = static_cast<std::size_t>(runs.getColumn(0).getInt64());
        report_.control_failures = static_cast<std::size_t>(runs.getColumn(1).getInt64());
    }

    void choose_rows() {
        SQLite::Statement all = prepare(
            "SELECT rows.id, name, port_table, peer, purpose, ports, confirmed, since "
            "FROM rows LEFT JOIN standings ON standings.row = rows.id ORDER BY rows.id");
        while (all.executeStep()) {
            RowHistory row;
            row.id = all.getColumn(1).getString();
            row.table = all.getColumn(2).getString();
            row.peer = all.getColumn(3).getString();
            row.purpose = all.getColumn(4).getString();
            row.ports = all.getColumn(5).getString();
            if (!matches(query_.row, row)) continue;
            if (!all.getColumn(6).isNull()) row.confirmed = words_.state(all.getColumn(6).getInt64());
            if (!all.getColumn(7).isNull()) row.since = from_ms(all.getColumn(7).getInt64());
            row.timeline.resize(periods_.count());
            for (std::size_t index = 0; index < periods_.count(); ++index) {
                row.timeline[index].from = periods_.from(index);
                row.timeline[index].until = periods_.until(index);
            }
            const std::int64_t id = all.getColumn(0).getInt64();
            numbers_.push_back(id);
            places_.emplace(id, report_.rows.size());
            report_.rows.push_back(std::move(row));
        }
    }

    /// One row's question must not read all the others' lines.
    [[nodiscard]] std::string only(std::string_view column) const {
        if (query_.row.empty() || numbers_.size() > 16) return {};
        return fmt::format(" AND {} IN ({})", column, fmt::join(numbers_, ", "));
    }

    void ask_states() {
        SQLite::Statement lines = over_time([this]() -> std::string {
            switch (periods_.source()) {
                case Source::runs:
                    return "SELECT ended, row, state, 1, flipped FROM runs JOIN row_results ON run = runs.id "
                           "WHERE ended >= ? AND ended < ?" +
                           only("row");
                case Source::hours:
                    return "SELECT hour, row, state, runs, flips FROM rows_hourly WHERE hour >= ? AND hour < ?" +
                           only("row");
                case Source::days:
                    return "SELECT day, row, state, runs, flips FROM rows_daily WHERE day >= ? AND day < ?" +
                           only("row");
            }
            return {};
        }());
        while (lines.executeStep()) {
            const auto place = places_.find(lines.getColumn(1).getInt64());
            if (place == places_.end()) continue;
            const auto state = words_.state(lines.getColumn(2).getInt64());
            if (!state) continue;
            RowHistory& row = report_.rows[place->second];
            const auto runs = static_cast<std::uint32_t>(lines.getColumn(3).getInt64());
            row.timeline[periods_.index_of(lines.getColumn(0).getInt64())].runs[*state] += runs;
            row.runs += runs;
            if (works(*state)) row.good_runs += runs;
            row.flips += static_cast<std::size_t>(lines.getColumn(4).getInt64());
        }
    }

    void ask_latencies() {
        SQLite::Statement checks = prepare("SELECT id, row, name FROM checks ORDER BY id");
        std::unordered_map<std::int64_t, std::pair<std::size_t, std::size_t>> check_places;
        while (checks.executeStep()) {
            const auto place = places_.find(checks.getColumn(1).getInt64());
            if (place == places_.end()) continue;
            RowHistory& row = report_.rows[place->second];
            check_places.emplace(checks.getColumn(0).getInt64(), std::pair(place->second, row.checks.size()));
            row.checks.emplace_back().id = checks.getColumn(2).getString();
        }
        const std::string chosen =
            only("row").empty() ? std::string() : " AND chk IN (SELECT id FROM checks WHERE TRUE" + only("row") + ")";
        SQLite::Statement lines = over_time([&]() -> std::string {
            switch (periods_.source()) {
                case Source::runs:
                    return "SELECT ended, chk, 1, took, took, took, cause FROM runs JOIN check_results ON run = "
                           "runs.id WHERE ended >= ? AND ended < ?" +
                           chosen;
                case Source::hours:
                    return "SELECT hour, chk, runs, sum, least, most FROM checks_hourly WHERE hour >= ? AND hour < ?" +
                           chosen;
                case Source::days:
                    return "SELECT day, chk, runs, sum, least, most FROM checks_daily WHERE day >= ? AND day < ?" +
                           chosen;
            }
            return {};
        }());
        while (lines.executeStep()) {
            const auto place = check_places.find(lines.getColumn(1).getInt64());
            if (place == check_places.end()) continue;
            if (periods_.source() == Source::runs) {
                const auto cause = words_.cause(lines.getColumn(6).getInt64());
                if (!cause || verdict_of(*cause) != Verdict::reachable) continue;
            }
            CheckHistory& check = report_.rows[place->second.first].checks[place->second.second];
            add_latency(check, periods_.index_of(lines.getColumn(0).getInt64()), lines);
        }
        for (RowHistory& row : report_.rows) {
            for (CheckHistory& check : row.checks) {
                for (LatencyPeriod& period : check.latency) period.mean_ms /= period.runs;
                compare_latency(check);
            }
        }
    }

    /// The mean is the sum until all lines have been read. Lines come in the order of time.
    void add_latency(CheckHistory& check, std::size_t index, const SQLite::Statement& line) {
        const double least = milliseconds(line.getColumn(4).getInt64());
        const double most = milliseconds(line.getColumn(5).getInt64());
        if (check.latency.empty() || check.latency.back().from != periods_.from(index)) {
            LatencyPeriod& period = check.latency.emplace_back();
            period.from = periods_.from(index);
            period.until = periods_.until(index);
            period.least_ms = least;
        }
        LatencyPeriod& period = check.latency.back();
        period.runs += static_cast<std::uint32_t>(line.getColumn(2).getInt64());
        period.mean_ms += milliseconds(line.getColumn(3).getInt64());
        period.least_ms = std::min(period.least_ms, least);
        period.most_ms = std::max(period.most_ms, most);
    }

    void bind_changes(SQLite::Statement& statement, std::size_t index) {
        statement.bind(1, numbers_[index]);
        statement.bind(2, to_ms(report_.from));
        statement.bind(3, to_ms(query_.until));
        statement.bind(4, static_cast<std::int64_t>(query_.most_changes));
    }

    void ask_changes(std::size_t index) {
        RowHistory& row = report_.rows[index];
        SQLite::Statement changes = prepare(
            "SELECT at, since, from_state, to_state, cause, summary FROM row_changes "
            "WHERE row = ? AND at >= ? AND at <= ? ORDER BY at DESC, id DESC LIMIT ?");
        bind_changes(changes, index);
        while (changes.executeStep()) {
            const auto to = words_.state(changes.getColumn(3).getInt64());
            if (!to) continue;
            StateChange& change = row.changes.emplace_back();
            change.at = from_ms(changes.getColumn(0).getInt64());
            change.since = from_ms(changes.getColumn(1).getInt64());
            if (!changes.getColumn(2).isNull()) change.from = words_.state(changes.getColumn(2).getInt64());
            change.to = *to;
            if (!changes.getColumn(4).isNull()) change.cause = words_.cause(changes.getColumn(4).getInt64());
            change.summary = changes.getColumn(5).getString();
        }
        if (!query_.verdicts) return;
        SQLite::Statement verdicts =
            prepare(fmt::format("SELECT at, name, from_cause, to_cause, summary{} FROM verdict_changes JOIN checks "
                                "ON checks.id = chk WHERE verdict_changes.row = ? AND at >= ? AND at <= ? "
                                "ORDER BY at DESC, verdict_changes.id DESC LIMIT ?",
                                query_.evidence ? ", evidence" : ""));
        bind_changes(verdicts, index);
        while (verdicts.executeStep()) {
            const auto to = words_.cause(verdicts.getColumn(3).getInt64());
            if (!to) continue;
            VerdictChange& change = row.verdicts.emplace_back();
            change.at = from_ms(verdicts.getColumn(0).getInt64());
            change.check = verdicts.getColumn(1).getString();
            if (!verdicts.getColumn(2).isNull()) change.from = words_.cause(verdicts.getColumn(2).getInt64());
            change.to = *to;
            change.summary = verdicts.getColumn(4).getString();
            if (query_.evidence) change.evidence = verdicts.getColumn(5).getString();
        }
    }

    SQLite::Database& database_;
    const Query& query_;
    Words words_;
    Periods periods_;
    HistoryReport report_;
    std::vector<std::int64_t> numbers_;                     ///< of the rows that are asked for, in their order
    std::unordered_map<std::int64_t, std::size_t> places_;  ///< from a row's number to where it is in `report_`
};

}  // namespace

HistoryReport answer(SQLite::Database& database, const Query& query) { return Answer(database, query).take(); }

}  // namespace fdnprobe::history
