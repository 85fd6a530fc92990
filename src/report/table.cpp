// The report for a person at a terminal, perhaps at three in the morning. What is well takes one line a purpose. What
// is not takes a few more: where, what was concluded, how that shows, and what to do, each said once: what many checks
// fail for stands first, and they refer to it; results that failed alike share their lines, and advice that stands
// above is not repeated. The last lines on the screen are the ones to act on.
#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/time.hpp"
#include "judge/judge.hpp"
#include "judge/reasons.hpp"
#include "report/alike.hpp"
#include "report/commands.hpp"
#include "report/event_text.hpp"
#include "report/groups.hpp"
#include "report/palette.hpp"
#include "report/path_text.hpp"
#include "report/render.hpp"
#include "report/row_words.hpp"
#include "report/run_words.hpp"
#include "report/shown.hpp"
#include "report/skipped.hpp"
#include "report/text_layout.hpp"

namespace fdnprobe::report {
namespace {

constexpr std::size_t row_indent = 2;
constexpr std::size_t finding_indent = 6;
constexpr std::size_t text_indent = 8;
constexpr std::size_t event_indent = 10;
/// A symbol, a space, and the longest word for a state ("inconclusive", "unconfigured").
constexpr std::size_t state_width = 14;
/// "123456.7 ms": times of a run of some minutes stand below each other.
constexpr std::size_t time_width = 11;
/// Below this, three columns beside the state are too narrow to read; the line then runs on as text.
constexpr std::size_t least_for_columns = 62;

bool is_skipped(const CheckResult& result) { return result.conclusion.verdict == Verdict::skipped; }

class TableWriter {
  public:
    TableWriter(const Report& report, const TableStyle& style)
        : report_(report), style_(style), page_(style.width, style.colour) {
        measure_columns();
    }

    std::string write() {
        if (!style_.quiet) write_header();
        first_steps_ = judge::what_to_do_first(report_);
        write_reasons();
        for (const Section& section : sections_of(report_)) write_section(section);
        if (style_.evidence) write_resolvers();
        write_closing();
        return page_.take();
    }

  private:
    void measure_columns() {
        const std::size_t rest = page_.width() - row_indent - state_width - 2;
        if (rest < least_for_columns) return;
        std::size_t purpose = 0;
        std::size_t ports = 0;
        for (const RowResult& result : report_.rows) {
            if (!is_listed(result)) continue;
            purpose = std::max(purpose, display_width(shown_name(result.row.purpose)));
            ports = std::max(ports, display_width(shown_name(result.row.ports)));
        }
        // The note needs about a third for a host's name; purpose and ports take no more than they use.
        purpose_width_ = std::min(purpose, rest * 36 / 100);
        ports_width_ = std::min(ports, rest * 28 / 100);
        note_width_ = rest - purpose_width_ - ports_width_ - 4;
    }

    void write_header() {
        std::string when = to_rfc3339(report_.started).substr(0, 19);
        when[10] = ' ';
        const std::string tables = tables_of(report_);
        page_.paragraph(0, 2,
                        fmt::format("fdnprobe {}: {}{}, {}, {} UTC, in {}.", shown_name(report_.version),
                                    counted(report_.rows.size(), "row"), tables.empty() ? "" : " of " + tables,
                                    vantage_words(report_.vantage), when, bound(shown_span(report_.elapsed))));
    }

    /// What many checks fail for, once; the lines below refer to it by number.
    void write_reasons() {
        if (report_.reasons.empty()) return;
        page_.gap();
        page_.paragraph(0, 2,
                        report_.reasons.size() == 1 ? "One reason for many failures" : "Reasons for many failures",
                        Ink::strong);
        for (std::size_t index = 0; index < report_.reasons.size(); ++index) write_reason(index);
    }

    void write_reason(std::size_t index) {
        const Reason& reason = report_.reasons[index];
        const std::string number = reason_number(index);
        const std::size_t hang = row_indent + number.size() + 1;
        const std::string doubt =
            reason.confidence == Confidence::proven ? "" : fmt::format(", {}", to_string(reason.confidence));
        page_.paragraph(row_indent, hang,
                        std::array{Span{number + " ", Ink::strong}, Span{shown_sentence(reason.summary), Ink::bad},
                                   Span{fmt::format(" ({}{}; {})", shown_name(reason.code), doubt,
                                                    bound(counted(reason.checks.size(), "check"))),
                                        Ink::plain}});
        if (style_.quiet) return;
        for (const std::string& observation : reason.rests_on)
            page_.paragraph(hang, hang + 2, "- " + shown_sentence(observation));
        // The last lines of the report have most of the advice.
        const bool is_said_below = std::any_of(first_steps_.begin(), first_steps_.end(), [&](const std::string& step) {
            return step.find(reason.advice) != std::string::npos;
        });
        if (!is_said_below && !reason.advice.empty())
            page_.paragraph(hang, hang + 2, to_do(reason.owner) + shown_sentence(reason.advice));
        write_commands(reason.commands, hang);
        if (!style_.explain) return;
        if (const judge::ReasonKind* const kind = judge::reason_kind(reason.code))
            write_explanation(reason.code, kind->explanation, hang);
    }

    /// Rows that get a line of their own; the others are summed up by peer.
    [[nodiscard]] bool is_listed(const RowResult& result) const {
        if (style_.quiet) return result.state != State::reachable && result.state != State::unconfigured;
        // Of a row with notices alone nothing follows, but what was tried is shown.
        const Results checks = results_of(report_, result).all;
        return style_.evidence || result.state != State::unconfigured ||
               std::any_of(checks.begin(), checks.end(), [](const CheckResult* one) { return !is_skipped(*one); });
    }

    void write_section(const Section& section) {
        bool titled = false;
        const auto title_once = [&] {
            if (titled) return;
            page_.gap();
            page_.paragraph(0, 2, section.title, Ink::strong);
            titled = true;
        };
        std::vector<std::size_t> unconfigured;
        for (const Party& party : section.parties) {
            std::vector<std::size_t> shown;
            for (const std::size_t row : party.rows) {
                if (is_listed(report_.rows[row]))
                    shown.push_back(row);
                else if (report_.rows[row].state == State::unconfigured)
                    unconfigured.push_back(row);
            }
            if (shown.empty()) continue;
            title_once();
            page_.gap();
            page_.paragraph(0, 2, party.title, Ink::strong);
            for (const std::size_t row : shown) write_row(report_.rows[row]);
        }
        if (style_.quiet || unconfigured.empty()) return;
        title_once();
        page_.gap();
        page_.paragraph(0, 2, "Not checked", Ink::strong);
        write_unconfigured(unconfigured);
    }

    void write_unconfigured(const std::vector<std::size_t>& rows) {
        for (const SkippedPorts& skipped : skipped_ports(report_, rows)) {
            const std::string end = shown_name(skipped.end);
            const std::string ports = port_list(skipped);
            if (skipped.cause == Cause::not_configured)
                page_.paragraph(
                    row_indent, row_indent + 2,
                    fmt::format("- {}: not configured; give {} to check {}", end, peer_option(skipped.end), ports));
            else
                page_.paragraph(row_indent, row_indent + 2,
                                fmt::format("- {}: {} not tested here: {}", end, ports, skipped.reason));
        }
        for (const std::size_t row : rows)
            if (report_.rows[row].checks.empty())
                page_.paragraph(
                    row_indent, row_indent + 2,
                    fmt::format("- {}: nothing to try for {} ({})", shown_name(tested_end(report_.rows[row].row)),
                                shown_name(report_.rows[row].row.purpose), shown_name(report_.rows[row].row.ports)));
    }

    void write_row(const RowResult& row) {
        const RowResults results = results_of(report_, row);
        write_row_line(row, results.all);
        if (style_.evidence) {
            for (const CheckResult* result : results.all) write_in_full(*result);
            return;
        }
        const bool works = row.state == State::reachable || row.state == State::degraded;
        if (row.state == State::degraded)
            for (const Results& alike : group_alike(results.failing)) write_verdict_line(alike);
        if (!works)
            for (const Results& alike : group_alike(results.failing)) write_finding(alike);
        Results spare;
        Results notices;
        for (const CheckResult* const result : results.notices)
            (result->check.choice ? spare : notices).push_back(result);
        for (const Results& alike : group_alike(notices)) write_finding(alike);
        write_spare(spare);
        if (!works && !results.working.empty())
            page_.paragraph(finding_indent, text_indent,
                            std::array{Span{places(results.working) + ": ", Ink::plain}, Span{"reachable", Ink::good}});
        write_warnings(results.all);
        write_untested(row);
    }

    /// What is shut beside a way that works is named, and no more: the device uses one.
    void write_spare(const Results& spare) {
        if (spare.empty()) return;
        page_.paragraph(
            finding_indent, text_indent,
            std::array{Span{"notice: ", Ink::faint},
                       Span{fmt::format("not every documented way is open, and one is enough: {}", places(spare)),
                            Ink::faint}});
    }

    void write_row_line(const RowResult& row, const Results& results) {
        const Ink ink = ink_of(row.state);
        const std::string state = fmt::format("{} {}", symbol_of(row.state), to_string(row.state));
        const std::string purpose = shown_name(row.row.purpose);
        const std::string ports = shown_name(row.row.ports);
        const bool works = row.state == State::reachable || row.state == State::degraded;
        const std::string note = works ? fastest(results) : "";
        if (note_width_ > 0) {
            page_.columns(row_indent, std::array{Cell{state, state_width, ink}, Cell{purpose, purpose_width_},
                                                 Cell{ports, ports_width_}, Cell{note, note_width_, Ink::faint}});
            return;
        }
        const std::size_t width = page_.width() - row_indent - state_width - 2;
        page_.columns(
            row_indent,
            std::array{Cell{state, state_width, ink},
                       Cell{fmt::format("{}: {}{}{}", purpose, ports, note.empty() ? "" : "; ", note), width}});
    }

    /// "TCP/443 at a.example (192.0.2.1): blocked (timeout), likely"
    void write_verdict_line(const Results& alike) {
        const Check& check = alike.front()->check;
        const Conclusion& conclusion = alike.front()->conclusion;
        // How sure it is matters where somebody is to act on it; "inconclusive" has said so already.
        const bool plain = conclusion.confidence == Confidence::proven || conclusion.verdict == Verdict::inconclusive;
        const std::string doubt = plain ? "" : fmt::format(", {}", to_string(conclusion.confidence));
        const std::string reason =
            has_reason(conclusion) ? fmt::format(", see {}", reason_number(*conclusion.reason)) : "";
        page_.paragraph(
            finding_indent, text_indent,
            std::array{Span{check.level == Level::notice ? "notice: " : "", Ink::faint},
                       Span{places(alike) + ": ", Ink::plain},
                       Span{std::string(to_string(conclusion.verdict)), ink_of(conclusion.verdict)},
                       Span{fmt::format(" ({}){}{}", to_string(conclusion.cause), doubt, reason), Ink::plain}});
    }

    [[nodiscard]] bool has_reason(const Conclusion& conclusion) const {
        return conclusion.reason && *conclusion.reason < report_.reasons.size();
    }

    void write_finding(const Results& alike) {
        write_verdict_line(alike);
        const CheckResult& first = *alike.front();
        // Its reason has said what there is to say, and what to do.
        if (has_reason(first.conclusion)) {
            write_explanation(first.conclusion);
            return;
        }
        std::string summary = shown_sentence(first.conclusion.summary);
        if (alike.size() > 1)
            summary += alike.size() == 2 ? " The other check came to the same."
                                         : fmt::format(" The other {} checks came to the same.", alike.size() - 1);
        page_.paragraph(text_indent, text_indent, summary);
        // A notice is there to be known, not to be acted on.
        if (first.check.level == Level::need) write_advice(first.conclusion);
        write_explanation(first.conclusion);
    }

    void write_advice(const Conclusion& conclusion) {
        if (!conclusion.advice || conclusion.advice->empty()) return;
        const std::string lead = to_do(conclusion.owner);
        const bool is_new = advised_.insert(lead + *conclusion.advice).second;
        page_.paragraph(text_indent, text_indent + 2,
                        lead + (is_new ? shown_sentence(*conclusion.advice) : "as above."));
        if (is_new) write_commands(conclusion.commands, text_indent);
    }

    /// Each block once: the same commands help with much.
    void write_commands(const std::vector<CommandBlock>& blocks, std::size_t indent) {
        for (const CommandBlock& block : blocks) {
            if (std::find(commands_.begin(), commands_.end(), block) != commands_.end()) continue;
            commands_.push_back(block);
            page_.paragraph(indent, indent + 2, commands_title(block) + ":");
            page_.verbatim(indent + 4, block.lines);
        }
    }

    void write_explanation(const Conclusion& conclusion) {
        if (!style_.explain || !explained_.insert(conclusion.cause).second) return;
        write_explanation(to_string(conclusion.cause), judge::explain(conclusion.cause), text_indent);
    }

    void write_explanation(std::string_view code, const judge::Explanation& explanation, std::size_t indent) {
        const auto part = [&](std::string_view lead, std::string_view text) {
            if (!text.empty()) page_.paragraph(indent, indent + 2, std::string(lead) + std::string(text), Ink::faint);
        };
        part(fmt::format("About {}: ", code), explanation.seen);
        part("What it means: ", explanation.means);
        part("What to do about it: ", explanation.advice);
    }

    void write_warning(std::size_t indent, const std::string& text) {
        page_.paragraph(indent, indent + 2, std::array{Span{"worth knowing: ", Ink::warn}, Span{text, Ink::plain}});
    }

    /// What is said of several checks of a row is said once.
    void write_warnings(const Results& results) {
        std::vector<std::pair<std::string_view, Results>> said;
        for (const CheckResult* result : results) {
            // Of a notice that fails, that it does is enough.
            const bool works = result->conclusion.verdict == Verdict::reachable;
            if (result->check.level == Level::notice && !works && !style_.evidence) continue;
            for (const std::string& warning : result->conclusion.warnings) {
                const auto known =
                    std::find_if(said.begin(), said.end(), [&](const auto& entry) { return entry.first == warning; });
                Results& about = known == said.end() ? said.emplace_back(warning, Results()).second : known->second;
                about.push_back(result);
            }
        }
        for (const auto& [warning, about] : said)
            write_warning(finding_indent, places(about) + ": " + shown_sentence(warning));
    }

    void write_untested(const RowResult& row) {
        const auto index = static_cast<std::size_t>(&row - report_.rows.data());
        for (const SkippedPorts& skipped : skipped_ports(report_, std::span(&index, 1), style_.evidence)) {
            const std::string why =
                skipped.cause == Cause::not_configured
                    ? fmt::format("{} is not configured (give {})", shown_name(skipped.end), peer_option(skipped.end))
                    : skipped.reason;
            page_.paragraph(finding_indent, text_indent,
                            fmt::format("not tested here: {}: {}", port_list(skipped), why), Ink::faint);
        }
    }

    void write_in_full(const CheckResult& result) {
        const CheckResult* one = &result;
        write_verdict_line({one});
        const Conclusion& conclusion = result.conclusion;
        const std::string& summary = conclusion.summary.empty() ? result.check.skip_reason : conclusion.summary;
        page_.paragraph(text_indent, text_indent, shown_sentence(summary));
        if (!has_reason(conclusion)) write_advice(conclusion);
        write_explanation(conclusion);
        for (const std::string& warning : result.conclusion.warnings)
            write_warning(text_indent, shown_sentence(warning));
        for (const Attempt& attempt : result.attempts) write_attempt(attempt);
    }

    void write_attempt(const Attempt& attempt) {
        const Verdict verdict = verdict_of(attempt.finding.cause);
        std::vector<Span> spans{
            {fmt::format("{}, {}: ", attempt_words(attempt), shown_span(attempt.timing.total)), Ink::plain}};
        if (attempt.abandoned) {
            const Event* const why = attempt.find_last(What::cancelled);
            spans.push_back({why == nullptr ? "abandoned" : "abandoned, " + shown_sentence(why->text), Ink::faint});
        } else {
            spans.push_back({std::string(to_string(verdict)), ink_of(verdict)});
            const std::string& detail = attempt.finding.detail;
            spans.push_back({fmt::format(" ({}){}{}", to_string(attempt.finding.cause), detail.empty() ? "" : ", ",
                                         shown_sentence(detail)),
                             Ink::plain});
        }
        page_.paragraph(text_indent, text_indent + 2, spans);
        for (const Event& event : attempt.evidence) {
            const std::string time = fmt::format("{:.1f} ms", to_milliseconds(event.at));
            const std::size_t indent = event_indent + time_width - std::min(time.size(), time_width);
            page_.paragraph(
                indent, event_indent + time_width + 4,
                std::array{Span{time + "  ", Ink::faint}, Span{std::string(to_string(event.what)), Ink::plain},
                           Span{"  " + shown_sentence(describe(event)), Ink::plain}});
        }
        if (attempt.tls) write_tls(*attempt.tls);
        for (const std::string& line : looked_again(attempt)) page_.paragraph(event_indent, event_indent + 2, line);
    }

    void write_tls(const TlsFacts& tls) {
        if (!tls.version.empty())
            page_.paragraph(event_indent, event_indent + 2,
                            fmt::format("{}, {}", shown_name(tls.version), shown_name(tls.cipher)));
        for (const CertificateFacts& certificate : tls.chain)
            page_.paragraph(event_indent, event_indent + 2,
                            fmt::format("certificate of '{}', signed by '{}', {} to {}, SHA-256 {}",
                                        shown_name(certificate.subject_name), shown_name(certificate.issuer_name),
                                        to_date(certificate.not_before), to_date(certificate.not_after),
                                        shown_name(certificate.sha256)));
        if (!tls.verify_error.empty())
            page_.paragraph(event_indent, event_indent + 2, "no public chain: " + shown_sentence(tls.verify_error));
    }

    void write_resolvers() {
        const std::vector<std::string> lines = resolver_lines(report_.resolvers);
        if (lines.empty()) return;
        page_.gap();
        page_.paragraph(0, 2, "What each resolver said", Ink::strong);
        for (const std::string& line : lines) page_.paragraph(row_indent, row_indent + 2, line);
    }

    void write_closing() {
        page_.gap();
        const auto counts = count_rows(report_);
        const auto count = [&](State state) {
            const auto found = counts.find(state);
            return found == counts.end() ? std::size_t{0} : found->second;
        };
        if (report_.rows.empty()) {
            page_.paragraph(0, 2, "No row was chosen, so nothing was checked.");
            return;
        }
        std::vector<Span> spans{{counted(report_.rows.size(), "row") + ": ", Ink::strong}};
        for (const State state : all_states()) {
            if (count(state) == 0) continue;
            if (spans.size() > 1) spans.push_back({", ", Ink::plain});
            spans.push_back({bound(fmt::format("{} {}", count(state), to_string(state))), ink_of(state)});
        }
        spans.push_back({".", Ink::plain});
        page_.paragraph(0, 2, spans);
        if (report_.interrupted)
            page_.paragraph(0, 2,
                            "The run was interrupted: what had not ended by then is shown as local (interrupted).");
        const std::size_t unchecked = count(State::unconfigured);
        if (unchecked == report_.rows.size())
            page_.paragraph(0, 2, "Nothing was checked, so nothing is known.");
        else if (count(State::reachable) + unchecked == report_.rows.size())
            page_.paragraph(0, 2, "Every row that was checked is reachable.", Ink::good);
        else if (count(State::reachable) + count(State::degraded) + unchecked == report_.rows.size())
            page_.paragraph(0, 2, "Every row that was checked works, though not by every alternative.");

        const auto confirmed = static_cast<std::size_t>(std::count_if(
            report_.checks.begin(), report_.checks.end(),
            [](const CheckResult& result) { return result.conclusion.cause == Cause::responder_confirmed; }));
        if (confirmed > 0)
            page_.paragraph(0, 2,
                            fmt::format("{} confirmed by a responder: the way there and back is open, which says "
                                        "nothing of the services that will stand there.",
                                        confirmed == 1 ? "1 check was" : fmt::format("{} checks were", confirmed)));

        if (const std::string hint = device_hint(report_); !hint.empty()) page_.paragraph(0, 2, hint);
        if (first_steps_.empty()) return;
        page_.gap();
        page_.paragraph(0, 2, "What to do first", Ink::strong);
        for (std::size_t index = 0; index < first_steps_.size(); ++index)
            page_.paragraph(0, 3, fmt::format("{}. {}", index + 1, shown_sentence(first_steps_[index])));
    }

    const Report& report_;
    const TableStyle& style_;
    Page page_;
    std::size_t purpose_width_ = 0;
    std::size_t ports_width_ = 0;
    std::size_t note_width_ = 0;  ///< zero: too narrow for columns
    std::vector<std::string> first_steps_;
    std::set<std::string> advised_;
    std::vector<CommandBlock> commands_;  ///< those that were written
    std::set<Cause> explained_;
};

}  // namespace

std::string render_table(const Report& report, const TableStyle& style) { return TableWriter(report, style).write(); }

}  // namespace fdnprobe::report
