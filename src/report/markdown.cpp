// For a ticket or a wiki: what is wrong and what to do first, then a table for each peer and under it what was found.
// Readers who only see the Markdown itself can read it as well.
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/time.hpp"
#include "judge/judge.hpp"
#include "report/alike.hpp"
#include "report/commands.hpp"
#include "report/groups.hpp"
#include "report/markdown_text.hpp"
#include "report/render.hpp"
#include "report/run_words.hpp"
#include "report/shown.hpp"
#include "report/skipped.hpp"

namespace fdnprobe::report {
namespace {

/// A sentence that ends a heading or stands for a state.
std::string strong(std::string_view word) { return fmt::format("**{}**", word); }

class MarkdownWriter {
  public:
    explicit MarkdownWriter(const Report& report) : report_(report) {}

    std::string write() {
        write_head();
        write_first_steps();
        write_reasons();
        for (const Section& section : sections_of(report_)) {
            out_ += fmt::format("\n## {}\n", markdown_text(section.title));
            for (const Party& party : section.parties) write_party(party);
        }
        return std::move(out_);
    }

  private:
    void write_head() {
        const std::string ailing = ailing_words(report_);
        const std::string title = report_.rows.empty() ? "nothing was checked"
                                  : ailing.empty()     ? state_counts(report_)
                                                       : ailing;
        out_ += fmt::format("# fdnprobe: {}\n\n", title);
        std::string when = to_rfc3339(report_.started).substr(0, 19);
        when[10] = ' ';
        const std::string tables = tables_of(report_);
        out_ += fmt::format("{}{}, {}, {} UTC, in {}, by fdnprobe {}.", counted(report_.rows.size(), "row"),
                            tables.empty() ? "" : " of " + markdown_text(tables),
                            markdown_text(vantage_words(report_.vantage)), when, shown_span(report_.elapsed),
                            markdown_text(report_.version));
        if (!report_.rows.empty()) out_ += fmt::format(" The rows: {}.", state_counts(report_));
        if (const std::string hint = device_hint(report_); !hint.empty()) out_ += ' ' + markdown_text(hint);
        if (report_.interrupted)
            out_ += " The run was interrupted: what had not ended by then is shown as local (interrupted).";
        out_ += '\n';
    }

    void write_first_steps() {
        const std::vector<std::string> steps = judge::what_to_do_first(report_);
        if (steps.empty()) return;
        out_ += "\n## What to do first\n\n";
        for (std::size_t index = 0; index < steps.size(); ++index)
            out_ += fmt::format("{}. {}\n", index + 1, markdown_text(steps[index]));
    }

    void write_reasons() {
        if (report_.reasons.empty()) return;
        out_ += "\n## Reasons for many failures\n\n";
        for (std::size_t index = 0; index < report_.reasons.size(); ++index) {
            const Reason& reason = report_.reasons[index];
            out_ += fmt::format("{}. {} ({}, {}, {}; to act: {})\n", index + 1, markdown_text(reason.summary),
                                markdown_text(reason.code), to_string(reason.confidence),
                                counted(reason.checks.size(), "check"), to_string(reason.owner));
            // Under the text of an item, whose number takes three columns, or more from the tenth on.
            const std::string indent(std::to_string(index + 1).size() + 2, ' ');
            for (const std::string& observation : reason.rests_on)
                out_ += fmt::format("{}- {}\n", indent, markdown_text(observation));
            if (!reason.advice.empty()) out_ += fmt::format("{}- {}\n", indent, markdown_text(reason.advice));
            out_ += markdown_commands(reason.commands, indent + "  ");
        }
    }

    void write_party(const Party& party) {
        out_ += fmt::format("\n### {}\n\n", markdown_text(party.title));
        out_ += markdown_row(std::array<std::string, 4>{"State", "Purpose", "Ports", "Found"});
        out_ += markdown_row(std::array<std::string, 4>{"---", "---", "---", "---"});
        std::string findings;
        for (const std::size_t index : party.rows) {
            const RowResult& row = report_.rows[index];
            const std::string state(to_string(row.state));
            const bool plain = row.state == State::reachable || row.state == State::unconfigured;
            out_ += markdown_row(std::array{plain ? state : strong(state), markdown_text(row.row.purpose),
                                            markdown_text(row.row.ports), found(index)});
            findings += findings_of(row);
        }
        if (!findings.empty()) out_ += '\n' + findings;
    }

    [[nodiscard]] Results results_of(const RowResult& row, bool reachable) const {
        Results results;
        for (const std::size_t index : row.checks) {
            if (index >= report_.checks.size()) continue;
            const Verdict verdict = report_.checks[index].conclusion.verdict;
            if (verdict != Verdict::skipped && (verdict == Verdict::reachable) == reachable)
                results.push_back(&report_.checks[index]);
        }
        return results;
    }

    /// What the checks of a row came to, without the sentences.
    [[nodiscard]] std::string found(std::size_t index) const {
        const RowResult& row = report_.rows[index];
        std::vector<std::string> parts;
        if (const Results working = results_of(row, true); !working.empty())
            parts.push_back(markdown_text(places(working)) + ": reachable");
        for (const Results& alike : group_alike(results_of(row, false)))
            parts.push_back(markdown_text(places(alike)) + ": " + verdict_words(*alike.front()));
        if (parts.empty())
            for (const SkippedPorts& skipped : skipped_ports(report_, std::span(&index, 1)))
                parts.push_back(skipped.cause == Cause::not_configured
                                    ? markdown_text(skipped.end + " is not configured")
                                    : markdown_text(port_list(skipped) + " not tested here: " + skipped.reason));
        return fmt::format("{}", fmt::join(parts, "; "));
    }

    [[nodiscard]] std::string verdict_words(const CheckResult& result) const {
        const Conclusion& conclusion = result.conclusion;
        std::string words = result.check.level == Level::notice ? "notice: " : "";
        words += fmt::format("{} ({}), {}", to_string(conclusion.verdict), markdown_text(cause_words(conclusion)),
                             to_string(conclusion.confidence));
        if (has_reason(conclusion)) words += fmt::format(", for reason {}", *conclusion.reason + 1);
        return words;
    }

    [[nodiscard]] bool has_reason(const Conclusion& conclusion) const {
        return conclusion.reason && *conclusion.reason < report_.reasons.size();
    }

    /// The sentences: what each finding rests on, what to do, and what is worth knowing of what works.
    [[nodiscard]] std::string findings_of(const RowResult& row) const {
        const std::string purpose = strong(markdown_text(row.row.purpose));
        std::string list;
        for (const Results& alike : group_alike(results_of(row, false))) {
            const CheckResult& first = *alike.front();
            // Its reason has said it, and what to do.
            if (has_reason(first.conclusion)) continue;
            list += fmt::format("- {}, {}: {}", purpose, markdown_text(places(alike)),
                                markdown_text(first.conclusion.summary));
            if (first.conclusion.advice && first.check.level == Level::need)
                list += ' ' + markdown_text(*first.conclusion.advice);
            list += '\n';
            if (first.check.level == Level::need) list += markdown_commands(first.conclusion.commands, "  ");
        }
        for (const std::size_t index : row.checks) {
            if (index >= report_.checks.size()) continue;
            const CheckResult* const result = &report_.checks[index];
            for (const std::string& warning : result->conclusion.warnings)
                list += fmt::format("- {}, {}: {}\n", purpose, markdown_text(places(std::span(&result, 1))),
                                    markdown_text(warning));
        }
        return list;
    }

    const Report& report_;
    std::string out_;
};

}  // namespace

std::string render_markdown(const Report& report) { return MarkdownWriter(report).write(); }

}  // namespace fdnprobe::report
