// A history for a ticket or a wiki: a table of the rows, and below it what changed and when.
#include <array>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "report/history_words.hpp"
#include "report/markdown_text.hpp"
#include "report/render.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

std::string codes(const RowHistory& row) {
    return row.confirmed ? fmt::format("**{}**", to_string(*row.confirmed)) : "not confirmed";
}

std::string change_text(const StateChange& change) {
    std::string text =
        fmt::format("{}: {}{}", minute_text(change.since),
                    change.from ? fmt::format("{} to ", to_string(*change.from)) : "", to_string(change.to));
    if (change.cause) text += fmt::format(" ({})", to_string(*change.cause));
    return change.summary.empty() ? text : text + ". " + change.summary;
}

std::string change_text(const VerdictChange& change) {
    return fmt::format("{}, {}: {}{}. {}", minute_text(change.at), change.check,
                       change.from ? fmt::format("{} to ", to_string(*change.from)) : "", to_string(change.to),
                       change.summary);
}

}  // namespace

std::string render_history_markdown(const HistoryReport& history) {
    std::string out = fmt::format("# fdnprobe: history{}\n\n{} from {} to {}, {}.",
                                  history.site.empty() ? "" : " of " + markdown_text(history.site),
                                  counted(history.rows.size(), "row"), minute_text(history.from),
                                  minute_text(history.until), counted(history.runs, "run"));
    if (history.control_failures > 0)
        out += fmt::format(" In {} nothing at all worked from here, so nothing follows about rows.",
                           counted(history.control_failures, "run"));
    out += '\n';
    if (history.rows.empty()) return out;

    const std::array<std::string, 7> heads{"State", "Since", "Peer", "Purpose", "Ports", "Good", "Timeline"};
    out += '\n' + markdown_row(heads) +
           markdown_row(std::array<std::string, 7>{"---", "---", "---", "---", "---", "--:", "---"});
    for (const RowHistory& row : history.rows) {
        const auto good = good_part(row);
        // Nothing in a code span is Markdown, and none of the signs ends one or a cell.
        out += markdown_row(std::array<std::string, 7>{codes(row), row.confirmed ? minute_text(row.since) : "",
                                                       markdown_text(row.peer), markdown_text(row.purpose),
                                                       markdown_text(row.ports), good ? percent_text(*good) : "",
                                                       row.runs == 0 ? "" : fmt::format("`{}`", timeline_text(row))});
    }
    out += fmt::format("\nTimeline: {}; {}.\n", sign_length(history.rows.front()), markdown_text(sign_legend()));
    for (const RowHistory& row : history.rows) {
        if (row.changes.empty() && row.verdicts.empty()) continue;
        out += fmt::format("\n## {}: {}\n\n{}.\n\n", markdown_text(row.peer), markdown_text(row.purpose),
                           flapping_text(row, history));
        for (const StateChange& change : row.changes) out += fmt::format("- {}\n", markdown_text(change_text(change)));
        for (const VerdictChange& change : row.verdicts)
            out += fmt::format("- {}\n", markdown_text(change_text(change)));
    }
    return out;
}

}  // namespace fdnprobe::report
