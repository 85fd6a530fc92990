#include "history/standings.hpp"

#include <string>

#include <SQLiteCpp/Statement.h>

#include "base/text.hpp"

namespace fdnprobe::history {
namespace {

/// Words and not numbers: nobody looks for them, and the line stays readable for whoever does by hand.
std::string codes_of(const std::vector<State>& states) {
    std::string out;
    for (const State state : states) {
        if (!out.empty()) out += ' ';
        out += to_string(state);
    }
    return out;
}

std::vector<State> states_of(const std::string& codes) {
    std::vector<State> out;
    for (const std::string& code : split(codes, ' '))
        if (const auto state = state_from(code)) out.push_back(*state);
    return out;
}

std::optional<std::int64_t> number_of(const std::optional<State>& state, Words& words) {
    if (!state) return std::nullopt;
    return words.number(*state);
}

std::optional<State> state_in(const SQLite::Column& column, const Words& words) {
    if (column.isNull()) return std::nullopt;
    return words.state(column.getInt64());
}

}  // namespace

void write_standings(Statements& statements, Words& words, const Standings& standings) {
    Prepared write(statements,
                   "INSERT INTO standings SELECT id, ?2, ?3, ?4, ?5, ?6, ?7 FROM rows WHERE name = ?1 "
                   "ON CONFLICT DO UPDATE SET confirmed = excluded.confirmed, since = excluded.since, "
                   "latest = excluded.latest, checked = excluded.checked, recent = excluded.recent, "
                   "changing = excluded.changing WHERE (confirmed, since, latest, checked, recent, changing) "
                   "IS NOT (excluded.confirmed, excluded.since, excluded.latest, excluded.checked, "
                   "excluded.recent, excluded.changing)");
    for (const auto& [row, standing] : standings.rows) {
        write.run(row, number_of(standing.confirmed, words), to_ms(standing.since), words.number(standing.latest),
                  to_ms(standing.checked), codes_of(standing.recent), to_ms(standing.changing));
    }
    Prepared write_control(statements, "INSERT OR REPLACE INTO control_standing VALUES(1, ?1, ?2, ?3, ?4)");
    const Standing& control = standings.control;
    write_control.run(number_of(control.confirmed, words), to_ms(control.since), codes_of(control.recent),
                      to_ms(control.changing));
}

Standings read_standings(SQLite::Database& database, const Words& words) {
    Standings standings;
    SQLite::Statement all(database,
                          "SELECT name, confirmed, since, latest, checked, recent, changing "
                          "FROM standings JOIN rows ON rows.id = standings.row");
    while (all.executeStep()) {
        const auto latest = words.state(all.getColumn(3).getInt64());
        if (!latest) continue;
        Standing& standing = standings.rows[all.getColumn(0).getString()];
        standing.confirmed = state_in(all.getColumn(1), words);
        standing.since = from_ms(all.getColumn(2).getInt64());
        standing.latest = *latest;
        standing.checked = from_ms(all.getColumn(4).getInt64());
        standing.recent = states_of(all.getColumn(5).getString());
        standing.changing = from_ms(all.getColumn(6).getInt64());
    }
    SQLite::Statement control(database, "SELECT confirmed, since, recent, changing FROM control_standing");
    if (control.executeStep()) {
        standings.control.confirmed = state_in(control.getColumn(0), words);
        standings.control.since = from_ms(control.getColumn(1).getInt64());
        standings.control.recent = states_of(control.getColumn(2).getString());
        standings.control.changing = from_ms(control.getColumn(3).getInt64());
    }
    return standings;
}

}  // namespace fdnprobe::history
