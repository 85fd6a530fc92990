// JUnit XML, as Jenkins, GitLab and their kin read it: a suite for each peer, a case for each row.
//
// What a pipeline stops for is what exit code 1 is for: a row in a bad state fails; where the trouble is this host's
// own it is an error, which says that the test could not be made. Rows of which nothing is known (`inconclusive`,
// `unconfigured`) are skipped, with the reason: nothing was found to be wrong, and nothing to be well.
#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/time.hpp"
#include "judge/judge.hpp"
#include "report/event_text.hpp"
#include "report/render.hpp"
#include "report/run_words.hpp"
#include "report/shown.hpp"
#include "report/xml_text.hpp"

namespace fdnprobe::report {
namespace {

enum class Outcome : std::uint8_t { passed, failed, error, skipped };

struct Case {
    const RowResult* row = nullptr;
    std::string name;
    Outcome outcome = Outcome::passed;
    std::chrono::nanoseconds time{};
};

struct Suite {
    std::string peer;
    std::vector<Case> cases;
};

std::string seconds(std::chrono::nanoseconds span) {
    return fmt::format("{:.3f}", std::chrono::duration<double>(span).count());
}

/// Readers of the format want local or universal time without a zone; this is universal.
std::string timestamp(std::chrono::system_clock::time_point time) { return to_rfc3339(time).substr(0, 19); }

std::size_t count(const std::vector<Case>& cases, Outcome outcome) {
    return static_cast<std::size_t>(
        std::count_if(cases.begin(), cases.end(), [&](const Case& one) { return one.outcome == outcome; }));
}

class JunitWriter {
  public:
    JunitWriter(const Report& report, std::span<const State> accepted) : report_(report), accepted_(accepted) {}

    std::string write() {
        const std::vector<Suite> suites = make_suites();
        std::vector<Case> all;
        for (const Suite& suite : suites) all.insert(all.end(), suite.cases.begin(), suite.cases.end());
        out_ = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
        out_ += fmt::format("<testsuites name=\"fdnprobe\" {} time=\"{}\" timestamp=\"{}\">\n", totals(all),
                            seconds(report_.elapsed), timestamp(report_.started));
        for (const Suite& suite : suites) write_suite(suite);
        return std::move(out_) + "</testsuites>\n";
    }

  private:
    [[nodiscard]] bool is_accepted(State state) const {
        return std::find(accepted_.begin(), accepted_.end(), state) != accepted_.end();
    }

    [[nodiscard]] Outcome outcome_of(State state) const {
        // What was not tried has not passed, whatever is accepted.
        if (state == State::unconfigured) return Outcome::skipped;
        if (is_accepted(state) || state == State::reachable || state == State::degraded) return Outcome::passed;
        if (state == State::inconclusive) return Outcome::skipped;
        return state == State::local ? Outcome::error : Outcome::failed;
    }

    [[nodiscard]] std::vector<Suite> make_suites() const {
        std::vector<Suite> suites;
        std::map<std::string_view, std::size_t> suite_at;
        std::set<std::string> names;
        for (const RowResult& row : report_.rows) {
            const auto [at, is_new] = suite_at.try_emplace(row.row.peer, suites.size());
            if (is_new) suites.push_back({row.row.peer, {}});
            Case one;
            one.row = &row;
            one.name = fmt::format("{} ({})", shown_sentence(row.row.purpose), shown_sentence(row.row.ports));
            // Readers tell cases apart by class and name alone.
            if (!names.insert(class_of(row.row) + '\n' + one.name).second)
                one.name += fmt::format(" [{}]", shown_sentence(row.row.id));
            one.outcome = outcome_of(row.state);
            // The checks of a row run at the same time.
            for (const CheckResult* const result : results_of(row))
                if (const Attempt* const attempt = telling_attempt(*result))
                    one.time = std::max(one.time, attempt->timing.total);
            suites[at->second].cases.push_back(std::move(one));
        }
        return suites;
    }

    static std::string class_of(const Row& row) {
        return fmt::format("{}.{}.{}", shown_name(row.table), to_string(row.direction), shown_name(row.peer));
    }

    [[nodiscard]] std::vector<const CheckResult*> results_of(const RowResult& row) const {
        std::vector<const CheckResult*> results;
        for (const std::size_t index : row.checks)
            if (index < report_.checks.size()) results.push_back(&report_.checks[index]);
        return results;
    }

    static std::string totals(const std::vector<Case>& cases) {
        return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"", cases.size(),
                           count(cases, Outcome::failed), count(cases, Outcome::error), count(cases, Outcome::skipped));
    }

    void write_suite(const Suite& suite) {
        std::chrono::nanoseconds time{};
        for (const Case& one : suite.cases) time += one.time;
        const std::string host = report_.vantage.host.empty() ? "localhost" : report_.vantage.host;
        out_ += fmt::format("  <testsuite name=\"{}\" {} time=\"{}\" timestamp=\"{}\" hostname=\"{}\">\n",
                            xml_text(shown_name(suite.peer)), totals(suite.cases), seconds(time),
                            timestamp(report_.started), xml_text(shown_name(host)));
        write_properties();
        for (const Case& one : suite.cases) write_case(one);
        out_ += "  </testsuite>\n";
    }

    void write_properties() {
        out_ += "    <properties>\n";
        const auto property = [&](std::string_view name, const std::string& value) {
            out_ += fmt::format("      <property name=\"{}\" value=\"{}\"/>\n", name, xml_text(shown_name(value)));
        };
        property("fdnprobe.version", report_.version);
        if (!report_.vantage.site.empty()) property("fdnprobe.site", report_.vantage.site);
        out_ += "    </properties>\n";
    }

    void write_case(const Case& one) {
        out_ += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{}\">\n",
                            xml_text(class_of(one.row->row)), xml_text(one.name), seconds(one.time));
        switch (one.outcome) {
            case Outcome::passed: break;
            case Outcome::failed: write_trouble("failure", *one.row); break;
            case Outcome::error: write_trouble("error", *one.row); break;
            case Outcome::skipped:
                out_ += fmt::format("      <skipped message=\"{}\"/>\n", xml_text(why(*one.row)));
                break;
        }
        if (one.outcome == Outcome::passed || one.outcome == Outcome::skipped) write_notes(*one.row);
        out_ += "    </testcase>\n";
    }

    /// Why a row is in its state, in one sentence.
    [[nodiscard]] std::string why(const RowResult& row) const {
        if (const CheckResult* const deciding = check_to_blame(report_, row))
            return fmt::format("{} ({}): {}", to_string(row.state), cause_words(deciding->conclusion),
                               shown_sentence(deciding->conclusion.summary));
        for (const CheckResult* const result : results_of(row))
            if (result->conclusion.verdict == Verdict::skipped)
                return fmt::format("{} ({}): {}", to_string(row.state), to_string(result->conclusion.cause),
                                   shown_sentence(result->conclusion.summary));
        return fmt::format("{}: {}", to_string(row.state), judge::explain(row.state));
    }

    void write_trouble(std::string_view element, const RowResult& row) {
        const CheckResult* const deciding = check_to_blame(report_, row);
        const std::string type(deciding == nullptr ? to_string(row.state) : to_string(deciding->conclusion.cause));
        std::string body;
        for (const CheckResult* const result : results_of(row)) body += in_full(*result);
        out_ += fmt::format("      <{} type=\"{}\" message=\"{}\">{}</{}>\n", element, type, xml_text(why(row)),
                            xml_text(body), element);
    }

    /// What works only in part, or not for long, is for whoever looks; a pipeline goes on.
    void write_notes(const RowResult& row) {
        std::string notes;
        if (row.state != State::reachable && row.state != State::unconfigured)
            for (const CheckResult* const result : results_of(row)) notes += in_full(*result);
        else
            for (const CheckResult* const result : results_of(row))
                for (const std::string& warning : result->conclusion.warnings)
                    notes += fmt::format("{}: {}\n", shown_sentence(result->check.id), shown_sentence(warning));
        if (!notes.empty()) out_ += fmt::format("      <system-out>{}</system-out>\n", xml_text(notes));
    }

    /// A check with what was concluded and the evidence for it.
    [[nodiscard]] std::string in_full(const CheckResult& result) const {
        const Conclusion& conclusion = result.conclusion;
        std::string text =
            fmt::format("{}: {} ({}), {}, to act: {}\n", shown_sentence(result.check.id), to_string(conclusion.verdict),
                        cause_words(conclusion), to_string(conclusion.confidence), to_string(conclusion.owner));
        const auto line = [&](std::string_view sentence) {
            if (!sentence.empty()) text += fmt::format("  {}\n", shown_sentence(sentence));
        };
        line(conclusion.summary);
        if (conclusion.reason && *conclusion.reason < report_.reasons.size()) {
            const Reason& reason = report_.reasons[*conclusion.reason];
            line(fmt::format("{}: {}", reason.code, reason.summary));
        }
        line(conclusion.advice.value_or(""));
        for (const std::string& warning : conclusion.warnings) line(warning);
        if (conclusion.verdict == Verdict::reachable || conclusion.verdict == Verdict::skipped) return text;
        for (const Attempt& attempt : result.attempts) {
            text += fmt::format("  attempt at {}:\n",
                                attempt.destination ? attempt.destination->to_string() : "no address");
            for (const Event& event : attempt.evidence)
                text += fmt::format("    {:.1f} ms  {}  {}\n", to_milliseconds(event.at), to_string(event.what),
                                    shown_sentence(describe(event)));
        }
        return text;
    }

    const Report& report_;
    std::span<const State> accepted_;
    std::string out_;
};

}  // namespace

std::string render_junit(const Report& report, std::span<const State> accepted) {
    return JunitWriter(report, accepted).write();
}

}  // namespace fdnprobe::report
