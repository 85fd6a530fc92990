// A history for spreadsheets: one line for each change, of a row or of one of its checks; a line can be read alone.
#include <array>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "report/csv_cell.hpp"
#include "report/render.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

template <class Enumerator>
std::string code_or_empty(const std::optional<Enumerator>& word) {
    return word ? std::string(to_string(*word)) : std::string();
}

}  // namespace

std::string render_history_csv(const HistoryReport& history) {
    std::string out = csv_line(std::array<std::string, 14>{"row", "table", "peer", "purpose", "ports", "what", "check",
                                                           "at", "since", "from", "to", "cause", "summary", "site"});
    for (const RowHistory& row : history.rows) {
        const auto write = [&](const std::array<std::string, 8>& change) {
            std::vector<std::string> cells{shown_sentence(row.id), shown_name(row.table), shown_name(row.peer),
                                           shown_sentence(row.purpose), shown_sentence(row.ports)};
            cells.insert(cells.end(), change.begin(), change.end());
            cells.push_back(shown_name(history.site));
            out += csv_line(cells);
        };
        for (const StateChange& change : row.changes)
            write({"row", "", to_rfc3339(change.at), to_rfc3339(change.since), code_or_empty(change.from),
                   std::string(to_string(change.to)), code_or_empty(change.cause), shown_sentence(change.summary)});
        for (const VerdictChange& change : row.verdicts)
            write({"check", shown_sentence(change.check), to_rfc3339(change.at), to_rfc3339(change.at),
                   code_or_empty(change.from), std::string(to_string(change.to)), std::string(to_string(change.to)),
                   shown_sentence(change.summary)});
    }
    return out;
}

}  // namespace fdnprobe::report
