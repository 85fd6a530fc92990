// The output of a Nagios or Icinga plugin (monitoring-plugins.org, Development Guidelines, 2): a line that alone tells
// what is the matter, performance data behind a '|', and the details below.
//
// Nagios 4 keeps 8 KB of it all; an NRPE of the second version 1 KB, which the first line has to get through alone.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "judge/badness.hpp"
#include "judge/expiry.hpp"
#include "judge/judge.hpp"
#include "judge/tls_identity.hpp"
#include "report/render.hpp"
#include "report/run_words.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

/// With the performance data, which takes less than 350 bytes, this stays below 1 KB.
constexpr std::size_t headline_limit = 600;
/// Beneath 8 KB, with room for the last line.
constexpr std::size_t total_limit = 7800;

/// A '|' would begin performance data wherever it stands.
std::string without_pipes(std::string_view text) {
    std::string out;
    for (const char letter : text) {
        if (letter == '|')
            out += "\\x7c";
        else
            out += letter;
    }
    return out;
}

/// Cut between words, and so between characters.
std::string cut(std::string text, std::size_t limit) {
    if (text.size() <= limit) return text;
    std::size_t end = text.rfind(' ', limit - 3);
    if (end == std::string::npos || end == 0) {
        end = limit - 3;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    }
    text.resize(end);
    return text + "...";
}

class NagiosWriter {
  public:
    NagiosWriter(const Report& report, std::span<const State> accepted) : report_(report), accepted_(accepted) {
        for (const RowResult& row : report_.rows)
            if (is_ailing(row)) ailing_.push_back(&row);
        std::stable_sort(ailing_.begin(), ailing_.end(), [](const RowResult* one, const RowResult* other) {
            return judge::worse(one->state, other->state);
        });
    }

    std::string write() {
        constexpr std::array<std::string_view, 4> words{"OK", "WARNING", "CRITICAL", "UNKNOWN"};
        const auto code = static_cast<std::size_t>(judge::nagios_code(report_, accepted_));
        out_ = without_pipes(cut(fmt::format("FDNPROBE {} - {}", words.at(code), headline()), headline_limit)) + '|' +
               performance() + '\n';
        std::vector<std::string> lines;
        for (const Reason& reason : report_.reasons)
            lines.push_back(fmt::format("{}: {} {}", reason.code, reason.summary, reason.advice));
        for (const RowResult* const row : ailing_) lines.push_back(row_line(*row));
        add_warnings(lines);
        write_lines(lines);
        return std::move(out_);
    }

  private:
    [[nodiscard]] bool is_accepted(State state) const {
        return std::find(accepted_.begin(), accepted_.end(), state) != accepted_.end();
    }
    [[nodiscard]] bool is_ailing(const RowResult& row) const {
        return row.state != State::reachable && row.state != State::unconfigured && !is_accepted(row.state);
    }

    template <class Use>
    void each_check(const RowResult& row, const Use& use) const {
        for (const std::size_t index : row.checks)
            if (index < report_.checks.size()) use(report_.checks[index]);
    }

    [[nodiscard]] std::string headline() const {
        if (report_.rows.empty()) return "no row was chosen, so nothing was checked";
        const std::string early = report_.interrupted ? "the run was ended early; " : "";
        if (!ailing_.empty()) return early + ailing_words(report_, accepted_) + ": " + what_ails();
        const auto counts = count_rows(report_);
        if (counts.contains(State::unconfigured) && counts.at(State::unconfigured) == report_.rows.size() &&
            !is_accepted(State::unconfigured))
            return early + "nothing was checked: no row is configured";
        const std::string soon = first_to_end();
        if (!soon.empty()) return early + soon;
        return early + fmt::format("{}: {}", counted(report_.rows.size(), "row"), state_counts(report_));
    }

    /// What explains most, or else the rows by name.
    [[nodiscard]] std::string what_ails() const {
        if (!report_.reasons.empty()) return shown_sentence(report_.reasons.front().summary);
        std::string names;
        for (const RowResult* const row : ailing_) {
            if (names.size() > headline_limit) break;
            names += (names.empty() ? "" : ", ") + title(*row);
            if (const CheckResult* const deciding = check_to_blame(report_, *row))
                names += fmt::format(" ({})", cause_words(deciding->conclusion));
        }
        return names;
    }

    static std::string title(const RowResult& row) {
        return fmt::format("{} {}", shown_name(row.row.peer), shown_name(row.row.purpose));
    }

    /// The certificate of a row that works, and that ends before the others.
    [[nodiscard]] std::string first_to_end() const {
        std::optional<std::int64_t> least;
        std::string words;
        for (const RowResult& row : report_.rows) {
            if (is_accepted(row.state)) continue;
            each_check(row, [&](const CheckResult& result) {
                const auto days = judge::days_left(result);
                if (result.check.level != Level::need || !judge::ends_soon(result) || !days) return;
                if (least && *least <= *days) return;
                least = days;
                words = fmt::format("the certificate of {} ends in {}", shown_name(result.check.host),
                                    counted(static_cast<std::size_t>(std::max<std::int64_t>(*days, 0)), "day"));
            });
        }
        return words;
    }

    [[nodiscard]] std::string performance() const {
        const auto counts = count_rows(report_);
        std::string data = fmt::format("'rows'={};;;0", report_.rows.size());
        for (const State state : all_states()) {
            const auto found = counts.find(state);
            data += fmt::format(" '{}'={};;;0;{}", to_string(state), found == counts.end() ? 0 : found->second,
                                report_.rows.size());
        }
        data += fmt::format(" 'elapsed'={:.3f}s;;;0", std::chrono::duration<double>(report_.elapsed).count());
        std::optional<std::int64_t> least;
        for (const CheckResult& result : report_.checks)
            if (const auto days = judge::days_left(result); days && result.check.level == Level::need)
                least = std::min(least.value_or(*days), *days);
        // A range without an end: a warning is below it.
        if (least) data += fmt::format(" 'certificate_days'={};{}:", *least, judge::expiry_warning_days + 1);
        return data;
    }

    [[nodiscard]] std::string row_line(const RowResult& row) const {
        std::string line = fmt::format("{}: {} ({})", to_string(row.state), title(row), shown_sentence(row.row.ports));
        const CheckResult* const deciding = check_to_blame(report_, row);
        if (deciding == nullptr) return line;
        const Conclusion& conclusion = deciding->conclusion;
        line +=
            fmt::format(", {}, {}: {}", cause_words(conclusion), to_string(conclusion.confidence), conclusion.summary);
        // The reason above has said what to do.
        if (!conclusion.reason && conclusion.advice) line += ' ' + *conclusion.advice;
        return line;
    }

    void add_warnings(std::vector<std::string>& lines) const {
        for (const RowResult& row : report_.rows)
            each_check(row, [&](const CheckResult& result) {
                if (result.conclusion.verdict != Verdict::reachable) return;
                for (const std::string& warning : result.conclusion.warnings)
                    lines.push_back(fmt::format("{}, {} at {}: {}", title(row), result.check.port.to_string(),
                                                shown_name(result.check.host), warning));
            });
    }

    void write_lines(const std::vector<std::string>& lines) {
        for (std::size_t index = 0; index < lines.size(); ++index) {
            const std::string line = without_pipes(shown_sentence(lines[index])) + '\n';
            if (out_.size() + line.size() > total_limit) {
                out_ += fmt::format("{} more: see another format.\n", counted(lines.size() - index, "line"));
                return;
            }
            out_ += line;
        }
    }

    const Report& report_;
    std::span<const State> accepted_;
    std::vector<const RowResult*> ailing_;
    std::string out_;
};

}  // namespace

std::string render_nagios(const Report& report, std::span<const State> accepted) {
    return NagiosWriter(report, accepted).write();
}

}  // namespace fdnprobe::report
