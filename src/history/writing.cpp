#include "history/writing.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include <SQLiteCpp/Column.h>

#include "history/standings.hpp"
#include "history/statements.hpp"
#include "history/words.hpp"

namespace fdnprobe::history {
namespace {

using std::chrono::duration_cast;
using std::chrono::floor;
using std::chrono::microseconds;

bool has_cause(const CheckResult& result, Cause cause) { return result.conclusion.cause == cause; }

/// How long the attempt took that the conclusion rests on.
std::int64_t microseconds_of(const CheckResult& result) {
    const auto& chosen = result.conclusion.attempt;
    if (!chosen || *chosen >= result.attempts.size()) return 0;
    return duration_cast<microseconds>(result.attempts[*chosen].timing.total).count();
}

std::optional<std::int64_t> number_or_null(const SQLite::Column& column) {
    if (column.isNull()) return std::nullopt;
    return column.getInt64();
}

class RunWriter {
  public:
    RunWriter(Statements& statements, const Report& run, WallTime at)
        : statements_(statements),
          words_(statements.database()),
          run_(run),
          at_(to_ms(at)),
          hour_(floor<std::chrono::hours>(at.time_since_epoch()).count()),
          day_(floor<std::chrono::days>(at.time_since_epoch()).count()),
          control_failed_(std::any_of(run.checks.begin(), run.checks.end(), [](const CheckResult& result) {
              return has_cause(result, Cause::control_failed);
          })) {}

    void write_run() {
        Prepared(statements_, "INSERT INTO beginning(id, first_run) VALUES(1, ?) ON CONFLICT DO NOTHING").run(at_);
        Prepared(statements_,
                 "INSERT INTO runs(started, ended, elapsed, site, control_failed, rows, checks) "
                 "VALUES(?, ?, ?, ?, ?, ?, ?)")
            .run(to_ms(run_.started), at_, duration_cast<microseconds>(run_.elapsed).count(), run_.vantage.site,
                 std::int64_t{control_failed_}, static_cast<std::int64_t>(run_.rows.size()),
                 static_cast<std::int64_t>(run_.checks.size()));
        id_ = statements_.database().getLastInsertRowid();
        for (const Summary& sum : summaries("runs",
                                            "VALUES(?, 1, ?) ON CONFLICT DO UPDATE SET runs = runs + 1, "
                                            "control_failed = control_failed + excluded.control_failed"))
            Prepared(statements_, sum.text).run(sum.slot, std::int64_t{control_failed_});
    }

    void write_rows() {
        Prepared known(statements_, "SELECT id, state, ports FROM rows WHERE name = ?");
        Prepared describe(statements_, "UPDATE rows SET ports = ? WHERE id = ?");
        Prepared add(statements_, "INSERT INTO rows(name, port_table, peer, purpose, ports) VALUES(?, ?, ?, ?, ?)");
        Prepared found(statements_, "UPDATE rows SET state = ? WHERE id = ?");
        Prepared result(statements_, "INSERT INTO row_results VALUES(?, ?, ?, ?)");
        const auto sums = summaries("rows",
                                    "VALUES(?, ?, ?, 1, ?) ON CONFLICT DO UPDATE SET runs = runs + 1, "
                                    "flips = flips + excluded.flips");
        for (const RowResult& one : run_.rows) {
            if (!was_tried(one)) continue;
            const std::string name = one.row.full_id();
            std::optional<std::int64_t> last;
            std::int64_t id = 0;
            bool described = true;
            if (const SQLite::Statement* line = known.first(name)) {
                id = line->getColumn(0).getInt64();
                last = number_or_null(line->getColumn(1));
                described = line->getColumn(2).getString() == one.row.ports;
            } else {
                add.run(name, one.row.table, one.row.peer, one.row.purpose, one.row.ports);
                id = statements_.database().getLastInsertRowid();
            }
            known.end();
            if (!described) describe.run(one.row.ports, id);
            rows_.emplace(name, id);
            const std::int64_t state = words_.number(one.state);
            // A run that says nothing of rows is neither a change nor the end of one.
            const bool flipped = !control_failed_ && last && *last != state;
            if (!control_failed_ && last != state) found.run(state, id);
            result.run(id_, id, state, std::int64_t{flipped});
            for (const Summary& sum : sums)
                Prepared(statements_, sum.text).run(sum.slot, id, state, std::int64_t{flipped});
        }
    }

    void write_checks(const std::function<std::string(const CheckResult&)>& evidence) {
        Prepared known(statements_, "SELECT id, cause FROM checks WHERE name = ?");
        Prepared add(statements_, "INSERT INTO checks(row, name) VALUES(?, ?)");
        Prepared found(statements_, "UPDATE checks SET cause = ? WHERE id = ?");
        Prepared result(statements_, "INSERT INTO check_results VALUES(?, ?, ?, ?)");
        const auto sums = summaries("checks",
                                    "VALUES(?1, ?2, 1, ?3, ?3, ?3) ON CONFLICT DO UPDATE SET runs = runs + 1, "
                                    "sum = sum + excluded.sum, least = min(least, excluded.least), "
                                    "most = max(most, excluded.most)");
        Prepared change(statements_,
                        "INSERT INTO verdict_changes(row, chk, at, from_cause, to_cause, summary, evidence) "
                        "VALUES(?, ?, ?, ?, ?, ?, ?)");
        Prepared forget(statements_,
                        "DELETE FROM verdict_changes WHERE chk = ?1 AND id <= (SELECT id FROM verdict_changes WHERE "
                        "chk = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)");
        for (const CheckResult& one : run_.checks) {
            if (one.check.row >= run_.rows.size() || one.conclusion.verdict == Verdict::skipped) continue;
            const auto row = rows_.find(run_.rows[one.check.row].row.full_id());
            if (row == rows_.end()) continue;
            std::optional<std::int64_t> last;
            std::int64_t id = 0;
            if (const SQLite::Statement* line = known.first(one.check.id)) {
                id = line->getColumn(0).getInt64();
                last = number_or_null(line->getColumn(1));
            } else {
                add.run(row->second, one.check.id);
                id = statements_.database().getLastInsertRowid();
            }
            known.end();
            const std::int64_t cause = words_.number(one.conclusion.cause);
            const std::int64_t took = microseconds_of(one);
            const bool reachable = one.conclusion.verdict == Verdict::reachable;
            result.run(id_, id, cause, took);
            if (reachable)
                for (const Summary& sum : sums) Prepared(statements_, sum.text).run(sum.slot, id, took);
            if (control_failed_ || last == cause) continue;
            found.run(cause, id);
            // What has been well from the first has not changed.
            if (!last && reachable) continue;
            change.run(row->second, id, at_, last, cause, one.conclusion.summary, evidence(one));
            forget.run(id, std::int64_t{most_verdict_changes});
        }
    }

    void write_changes(const std::vector<WatchEvent>& events) {
        Prepared row(statements_, "SELECT id FROM rows WHERE name = ?");
        Prepared change(statements_,
                        "INSERT INTO row_changes(row, at, since, from_state, to_state, cause, summary) "
                        "VALUES(?, ?, ?, ?, ?, ?, ?)");
        Prepared forget(statements_,
                        "DELETE FROM row_changes WHERE row = ?1 AND id <= (SELECT id FROM row_changes WHERE "
                        "row = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)");
        for (const WatchEvent& event : events) {
            for (const RowChange& one : event.rows) {
                const SQLite::Statement* line = row.first(one.row);
                if (line == nullptr) continue;
                const std::int64_t id = line->getColumn(0).getInt64();
                row.end();
                change.run(id, to_ms(event.at), to_ms(one.since), number_of(one.from), words_.number(one.to),
                           number_of(one.cause), one.summary);
                forget.run(id, std::int64_t{most_row_changes});
            }
        }
    }

    void write_standings(const Standings& standings) { history::write_standings(statements_, words_, standings); }

  private:
    /// What adds a result to the summary of its hour, or of its day.
    struct Summary {
        std::string text;
        std::int64_t slot = 0;
    };
    [[nodiscard]] std::array<Summary, 2> summaries(const std::string& of, const std::string& what) const {
        return {Summary{"INSERT INTO " + of + "_hourly " + what, hour_},
                Summary{"INSERT INTO " + of + "_daily " + what, day_}};
    }

    /// Whether the run says anything of the row.
    [[nodiscard]] bool was_tried(const RowResult& row) const {
        bool tried = false;
        for (const std::size_t index : row.checks) {
            if (index >= run_.checks.size()) continue;
            if (has_cause(run_.checks[index], Cause::interrupted)) return false;
            tried = tried || run_.checks[index].conclusion.verdict != Verdict::skipped;
        }
        return tried;
    }

    template <class Enumerator>
    [[nodiscard]] std::optional<std::int64_t> number_of(const std::optional<Enumerator>& word) {
        if (!word) return std::nullopt;
        return words_.number(*word);
    }

    Statements& statements_;
    Words words_;
    const Report& run_;
    std::int64_t at_;
    std::int64_t hour_;
    std::int64_t day_;
    bool control_failed_;
    std::int64_t id_ = 0;
    std::map<std::string, std::int64_t, std::less<>> rows_;  ///< those of this run
};

}  // namespace

void write_run(Statements& statements, const Report& run, WallTime at, const Standings& standings,
               const std::vector<WatchEvent>& events, const std::function<std::string(const CheckResult&)>& evidence) {
    RunWriter writer(statements, run, at);
    writer.write_run();
    writer.write_rows();
    writer.write_checks(evidence);
    writer.write_changes(events);
    writer.write_standings(standings);
}

}  // namespace fdnprobe::history
