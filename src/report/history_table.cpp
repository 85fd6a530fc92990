// A history for people at a terminal: each row's state and since when, its timeline in signs, what changed and when,
// and which checks have become slow. What failed stands in full, the rest in two lines.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/duration.hpp"
#include "report/history_words.hpp"
#include "report/palette.hpp"
#include "report/render.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

constexpr std::size_t row_indent = 2;
constexpr std::size_t text_indent = 6;
constexpr std::size_t hang_indent = 8;
constexpr std::size_t state_width = 14;
/// Changes of checks that are shown of each row without -v: the present trouble and the one before.
constexpr std::size_t few_changes = 4;

std::string code_of(const std::optional<State>& state) {
    return state ? std::string(to_string(*state)) : "not confirmed";
}

class HistoryWriter {
  public:
    HistoryWriter(const HistoryReport& history, const TableStyle& style)
        : history_(history), style_(style), page_(style.width, style.colour) {}

    std::string write() {
        write_head();
        const std::string* peer = nullptr;
        for (const std::size_t index : by_peer()) {
            const RowHistory& row = history_.rows[index];
            if (peer == nullptr || *peer != row.peer) {
                page_.gap();
                page_.paragraph(0, 2, shown_name(row.peer), Ink::strong);
                peer = &row.peer;
            }
            write_row(row);
        }
        if (!history_.rows.empty()) {
            page_.gap();
            page_.paragraph(0, 2, sign_legend(), Ink::faint);
        }
        return page_.take();
    }

  private:
    /// Rows of one peer together, peers in the order in which they were first seen.
    [[nodiscard]] std::vector<std::size_t> by_peer() const {
        std::vector<std::string_view> peers;
        std::vector<std::pair<std::size_t, std::size_t>> order;
        for (std::size_t index = 0; index < history_.rows.size(); ++index) {
            const std::string_view peer = history_.rows[index].peer;
            const auto found = std::find(peers.begin(), peers.end(), peer);
            order.emplace_back(found - peers.begin(), index);
            if (found == peers.end()) peers.push_back(peer);
        }
        std::sort(order.begin(), order.end());
        std::vector<std::size_t> indices;
        for (const auto& [peer, index] : order) indices.push_back(index);
        return indices;
    }

    void write_head() {
        page_.paragraph(0, 2,
                        fmt::format("History{}: {} from {} to {}, {}.",
                                    history_.site.empty() ? "" : " of site " + shown_name(history_.site),
                                    counted(history_.rows.size(), "row"), bound(minute_text(history_.from)),
                                    bound(minute_text(history_.until)), counted(history_.runs, "run")));
        if (history_.control_failures > 0)
            page_.paragraph(0, 2,
                            fmt::format("In {} nothing at all worked from here, so nothing follows about rows.",
                                        counted(history_.control_failures, "run")),
                            Ink::warn);
        if (history_.first_run && *history_.first_run > history_.from)
            page_.paragraph(0, 2, fmt::format("It begins on {}.", bound(minute_text(*history_.first_run))));
        if (!history_.first_run)
            page_.paragraph(0, 2, "No run has been recorded yet.");
        else if (history_.runs == 0)
            page_.paragraph(0, 2, "No run was recorded in that time.");
    }

    void write_row(const RowHistory& row) {
        const State state = row.confirmed.value_or(State::unconfigured);
        const Cell cells[] = {
            {fmt::format("{} {}", row.confirmed ? symbol_of(state) : '.', code_of(row.confirmed)), state_width + 2,
             ink_of(state)},
            {shown_name(row.purpose), (page_.width() - state_width) / 2 - 4},
            {shown_name(row.ports), (page_.width() - state_width) / 2 - 6},
        };
        page_.columns(row_indent, cells);
        if (style_.evidence) page_.paragraph(text_indent, hang_indent, shown_sentence(row.id), Ink::faint);
        write_figures(row);
        write_timeline(row);
        for (const StateChange& change : row.changes) write_change(change);
        write_verdicts(row);
        write_latencies(row);
    }

    void write_figures(const RowHistory& row) {
        std::string text;
        if (row.confirmed) {
            text = fmt::format("{} since {}", code_of(row.confirmed), bound(minute_text(row.since)));
            const auto lasts = std::chrono::duration_cast<std::chrono::minutes>(history_.until - row.since);
            if (lasts > std::chrono::minutes(0)) text += fmt::format(" ({})", duration_text(lasts));
            text += "; ";
        }
        if (const auto good = good_part(row))
            text += fmt::format("good in {} of {}; ", bound(percent_text(*good)), counted(row.runs, "run"));
        else if (row.runs == 0)
            text += "not checked in that time; ";
        else
            text += fmt::format("{}, none of which said anything; ", counted(row.runs, "run"));
        page_.paragraph(text_indent, hang_indent, text + flapping_text(row, history_) + ".");
    }

    void write_timeline(const RowHistory& row) {
        if (row.runs == 0) return;
        std::vector<Span> spans;
        for (const StatePeriod& period : row.timeline) {
            const Sign sign = sign_of(period);
            if (spans.empty() || spans.back().ink != sign.ink) spans.push_back({"", sign.ink});
            spans.back().text += sign.letter;
        }
        spans.push_back({"  " + bound(sign_length(row)), Ink::faint});
        page_.paragraph(text_indent, text_indent, spans);
    }

    void write_change(const StateChange& change) {
        std::vector<Span> spans{{bound(minute_text(change.since)) + " ", Ink::plain}};
        if (change.from) spans.push_back({fmt::format("{} -> ", to_string(*change.from)), Ink::plain});
        spans.push_back({std::string(to_string(change.to)), ink_of(change.to)});
        if (change.cause) spans.push_back({fmt::format(" ({})", to_string(*change.cause)), Ink::plain});
        if (change.at != change.since)
            spans.push_back({fmt::format(", confirmed {}", bound(minute_text(change.at))), Ink::plain});
        if (!change.summary.empty()) spans.push_back({": " + shown_sentence(change.summary), Ink::plain});
        page_.paragraph(text_indent, hang_indent, spans);
    }

    void write_verdicts(const RowHistory& row) {
        const std::size_t shown = style_.evidence ? row.verdicts.size() : std::min(row.verdicts.size(), few_changes);
        for (std::size_t index = 0; index < shown; ++index) {
            const VerdictChange& change = row.verdicts[index];
            page_.paragraph(
                text_indent, hang_indent,
                fmt::format("{} {}: {}{}{}", bound(minute_text(change.at)), within(row, change.check),
                            change.from ? fmt::format("{} -> ", to_string(*change.from)) : "", to_string(change.to),
                            change.summary.empty() ? "" : ". " + shown_sentence(change.summary)),
                ink_of(verdict_of(change.to)));
            if (style_.evidence && !change.evidence.empty())
                page_.paragraph(hang_indent, hang_indent, change.evidence, Ink::faint);
        }
        if (shown < row.verdicts.size())
            page_.paragraph(text_indent, hang_indent,
                            fmt::format("{} of its checks before that: -v shows all, with what was seen.",
                                        counted(row.verdicts.size() - shown, "change")),
                            Ink::faint);
    }

    void write_latencies(const RowHistory& row) {
        for (const CheckHistory& check : row.checks) {
            const bool slow = has_slowed_down(check);
            const std::string text = latency_text(check);
            if (text.empty() || (!slow && !style_.evidence)) continue;
            page_.paragraph(text_indent, hang_indent,
                            fmt::format("{}: {}{}", within(row, check.id), slow ? "slower: " : "", text),
                            slow ? Ink::warn : Ink::plain);
        }
    }

    /// What tells the check from the row's others.
    [[nodiscard]] static std::string within(const RowHistory& row, const std::string& check) {
        return shown_sentence(check.starts_with(row.id + "/") ? check.substr(row.id.size() + 1) : check);
    }

    const HistoryReport& history_;
    const TableStyle& style_;
    Page page_;
};

}  // namespace

std::string render_history(const HistoryReport& history, const TableStyle& style) {
    return HistoryWriter(history, style).write();
}

}  // namespace fdnprobe::report
