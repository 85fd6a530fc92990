#include "report/html_check.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/time.hpp"
#include "judge/judge.hpp"
#include "report/alike.hpp"
#include "report/commands.hpp"
#include "report/dns_facts.hpp"
#include "report/event_text.hpp"
#include "report/html_path.hpp"
#include "report/html_reasons.hpp"
#include "report/html_tls.hpp"
#include "report/html_words.hpp"
#include "report/path_text.hpp"
#include "report/row_words.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

std::string owner_words(Owner owner) { return owner == Owner::this_host ? "this host" : std::string(to_string(owner)); }

std::string timing_words(const Timing& timing) {
    std::vector<std::string> parts;
    const auto add = [&](std::string_view name, std::chrono::nanoseconds span) {
        if (span.count() > 0) parts.push_back(fmt::format("{} {}", name, shown_span(span)));
    };
    add("resolve", timing.resolve);
    add("connect", timing.connect);
    add("tls", timing.tls);
    add("exchange", timing.exchange);
    add("total", timing.total);
    return fmt::format("{}", fmt::join(parts, ", "));
}

std::string dns_words(const CheckResult& result) {
    const auto facts = dns_facts(result);
    if (!facts) return {};
    std::vector<std::string> answers;
    for (const std::string& answer : facts->answers) answers.push_back(shown_name(answer));
    if (answers.empty()) return facts->rcode.empty() ? "no answer" : facts->rcode + ", nothing in it";
    return fmt::format("{}: {}", facts->rcode, listed(answers));
}

class CheckWriter {
  public:
    CheckWriter(Html& html, const Report& report, const CheckResult& result)
        : html_(html), report_(report), result_(result), conclusion_(result.conclusion) {}

    void write() {
        const auto part = html_.element("details", {{"class", "check"},
                                                    {"data-key", shown_name(result_.check.id)},
                                                    {"data-cause", to_string(conclusion_.cause)},
                                                    {"open", "open", fails()}});
        write_title();
        const auto body = html_.element("div", {{"class", "body"}});
        write_words();
        const Attempt* const attempt = telling_attempt(result_);
        html_path(html_, attempt, conclusion_.verdict, conclusion_.where);
        write_facts(attempt);
        if (attempt != nullptr && attempt->tls) html_tls(html_, *attempt->tls);
        for (const Attempt& one : result_.attempts) write_attempt(one, &one == attempt);
        write_explanation();
        html_.leaf("p", {{"class", "id"}}, shown_name(result_.check.id));
    }

  private:
    [[nodiscard]] bool fails() const {
        return conclusion_.verdict != Verdict::reachable && conclusion_.verdict != Verdict::skipped;
    }

    void write_title() {
        const auto title = html_.element("summary");
        html_verdict(html_, conclusion_.verdict);
        const CheckResult* const one = &result_;
        html_.text(" ");
        html_.leaf("b", places(std::span(&one, 1)));
        html_.text(" ");
        html_.leaf("code", to_string(conclusion_.cause));
        html_.text(" " + shown_name(result_.check.probe));
        if (result_.check.level == Level::notice) html_.leaf("span", {{"class", "aside"}}, " notice");
    }

    void write_words() {
        const std::string& summary = conclusion_.summary.empty() ? result_.check.skip_reason : conclusion_.summary;
        if (!summary.empty()) {
            const auto line = html_.element("p", {{"class", "what"}});
            html_.text(shown_sentence(summary) + " ");
            html_reason_link(html_, report_, conclusion_);
        }
        if (conclusion_.advice && !conclusion_.advice->empty()) {
            const auto line = html_.element("p", {{"class", "advice"}});
            html_.leaf("b", to_do(conclusion_.owner));
            html_.text(shown_sentence(*conclusion_.advice));
        }
        html_commands(html_, conclusion_.commands);
        for (const std::string& warning : conclusion_.warnings) {
            const auto line = html_.element("p", {{"class", "warning"}});
            html_.leaf("b", "Worth knowing: ");
            html_.text(shown_sentence(warning));
        }
        if (!result_.check.note.empty()) html_.leaf("p", {{"class", "aside"}}, shown_sentence(result_.check.note));
    }

    void write_facts(const Attempt* attempt) {
        const auto facts = html_.element("dl", {{"class", "facts"}});
        html_fact(html_, "Verdict", shown_finding(conclusion_));
        if (conclusion_.verdict != Verdict::skipped) {
            html_fact(html_, "Stage", to_string(conclusion_.stage));
            html_fact(html_, "Who has to act", owner_words(conclusion_.owner));
        }
        if (conclusion_.where) html_fact(html_, "Where", shown_where(*conclusion_.where));
        html_fact(html_, "DNS", dns_words(result_));
        if (attempt != nullptr) html_fact(html_, "Time", timing_words(attempt->timing));
    }

    void write_attempt(const Attempt& attempt, bool telling) {
        const auto part =
            html_.element("details", {{"class", "attempt"},
                                      {"data-key", fmt::format("attempt {}", &attempt - result_.attempts.data())},
                                      {"open", "open", telling && fails()}});
        {
            const auto title = html_.element("summary");
            html_.text(fmt::format("Evidence: {}, {}: {}", attempt_words(attempt), shown_span(attempt.timing.total),
                                   outcome(attempt)));
        }
        write_evidence(attempt);
        if (attempt.tls && !telling) html_tls(html_, *attempt.tls);
        if (attempt.path && !telling)
            html_path(html_, &attempt, verdict_of(attempt.finding.cause), attempt.finding.where);
        for (const std::string& line : comparison_lines(attempt)) html_.leaf("p", {{"class", "aside"}}, line);
    }

    static std::string outcome(const Attempt& attempt) {
        if (attempt.abandoned) {
            const Event* const why = attempt.find_last(What::cancelled);
            return why == nullptr ? "abandoned" : "abandoned, " + shown_sentence(why->text);
        }
        const Cause cause = attempt.finding.cause;
        const std::string& detail = attempt.finding.detail;
        return fmt::format("{} ({}){}{}", to_string(verdict_of(cause)), to_string(cause), detail.empty() ? "" : ", ",
                           shown_sentence(detail));
    }

    void write_evidence(const Attempt& attempt) {
        if (attempt.evidence.empty()) return;
        const auto frame = html_.element("div", {{"class", "wide"}});
        const auto table = html_.element("table", {{"class", "evidence"}});
        {
            const auto head = html_.element("thead");
            const auto line = html_.element("tr");
            html_.leaf("th", {{"scope", "col"}}, "After");
            html_.leaf("th", {{"scope", "col"}}, "Event");
            html_.leaf("th", {{"scope", "col"}}, "What was seen");
        }
        const auto body = html_.element("tbody");
        for (const Event& event : attempt.evidence) {
            const auto line = html_.element("tr");
            html_.leaf("td", {{"class", "at"}}, fmt::format("{:.1f} ms", to_milliseconds(event.at)));
            {
                const auto cell = html_.element("td");
                html_.leaf("code", to_string(event.what));
            }
            html_.leaf("td", {{"class", "seen"}}, shown_sentence(describe(event)));
        }
    }

    void write_explanation() {
        if (!fails()) return;
        const judge::Explanation about = judge::explain(conclusion_.cause);
        const auto part = html_.element("details", {{"class", "about"}, {"data-key", "about"}});
        html_.leaf("summary", fmt::format("What {} means", to_string(conclusion_.cause)));
        if (!about.seen.empty()) html_.leaf("p", about.seen);
        if (!about.means.empty()) html_.leaf("p", about.means);
        if (!about.advice.empty()) html_.leaf("p", about.advice);
    }

    Html& html_;
    const Report& report_;
    const CheckResult& result_;
    const Conclusion& conclusion_;
};

}  // namespace

void html_check(Html& html, const Report& report, const CheckResult& result) {
    CheckWriter(html, report, result).write();
}

}  // namespace fdnprobe::report
