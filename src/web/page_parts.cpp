#include "web/page_parts.hpp"

#include <algorithm>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "base/duration.hpp"
#include "report/alike.hpp"
#include "report/groups.hpp"
#include "report/html_words.hpp"
#include "report/shown.hpp"
#include "web/page_latency.hpp"
#include "web/page_timeline.hpp"

namespace fdnprobe::web {
namespace {

using report::counted;
using report::shown_name;
using report::shown_sentence;

void html_time_fact(Html& html, std::string_view term, std::chrono::system_clock::time_point time,
                    std::string_view more = {}) {
    const auto fact = html.element("div");
    html.leaf("dt", term);
    const auto description = html.element("dd");
    report::html_time(html, time);
    html.text(more);
}

void html_banner(Html& html, std::string_view tone, std::string_view key, std::string_view lead,
                 std::string_view text) {
    const auto line = html.element("p", {{"class", fmt::format("banner {}", tone)}, {"data-key", key}});
    html.leaf("b", lead);
    html.text(fmt::format(" {}", text));
}

void html_receiver(Html& html, const ReceiverFacts& receiver) {
    if (receiver.waiting == 0 && receiver.given_up == 0) return;
    std::vector<std::string> facts;
    if (receiver.waiting > 0)
        facts.push_back(fmt::format("{} not delivered yet", receiver.waiting == 1
                                                                ? "1 message is"
                                                                : fmt::format("{} messages are", receiver.waiting)));
    if (receiver.given_up > 0)
        facts.push_back(receiver.given_up == 1 ? "1 was given up" : fmt::format("{} were given up", receiver.given_up));
    html_banner(html, "warn", receiver.name, fmt::format("Notifications to {}:", shown_name(receiver.name)),
                fmt::format("{}{}.", report::listed(facts),
                            receiver.last_problem.empty() ? "" : ": " + shown_sentence(receiver.last_problem)));
}

/// The places of a check, or its id where the last run has no such check.
std::string title_of(const Report& report, std::string_view id) {
    const auto found = std::find_if(report.checks.begin(), report.checks.end(),
                                    [&](const CheckResult& result) { return result.check.id == id; });
    if (found == report.checks.end()) return shown_name(id);
    const CheckResult* const one = &*found;
    return fmt::format("{}, {}", report::places(std::span(&one, 1)), shown_name(found->check.probe));
}

void html_timeline_figure(Html& html, const RowHistory& history) {
    if (history.timeline.empty()) return;
    const auto figure = html.element("figure", {{"class", "timeline"}});
    html.leaf("figcaption", timeline_words(history.timeline));
    html_timeline(html, history.timeline, "timeline");
    const auto axis = html.element("div", {{"class", "x-axis"}});
    report::html_time(html, history.timeline.front().from);
    report::html_time(html, history.timeline.back().until);
}

void html_state_changes(Html& html, const RowHistory& history) {
    if (history.changes.empty()) return;
    html.leaf("h3", "Confirmed changes");
    const auto list = html.element("ol", {{"class", "changes"}});
    for (const StateChange& change : history.changes) {
        const auto item = html.element("li");
        report::html_time(html, change.since);
        html.text(" ");
        report::html_state(html, change.to);
        html.text(change.from ? fmt::format(" (was {}), confirmed ", to_string(*change.from))
                              : " at first, confirmed ");
        report::html_time(html, change.at);
    }
}

void html_verdict_changes(Html& html, const Report& report, const RowHistory& history) {
    if (history.verdicts.empty()) return;
    const auto part = html.element("details", {{"class", "verdicts"}, {"data-key", "verdicts"}});
    html.leaf("summary",
              fmt::format("What changed from one run to the next: {}", counted(history.verdicts.size(), "change")));
    const auto list = html.element("ol", {{"class", "changes"}});
    for (const VerdictChange& change : history.verdicts) {
        const auto item = html.element("li");
        report::html_time(html, change.at);
        html.text(" ");
        html.leaf("b", title_of(report, change.check));
        html.text(" ");
        html.leaf("code", {{"class", report::tone_of(verdict_of(change.to))}}, to_string(change.to));
        html.text(fmt::format("{}: {}", change.from ? fmt::format(" (was {})", to_string(*change.from)) : "",
                              shown_sentence(change.summary)));
    }
}

}  // namespace

std::string address_of_row(std::string_view row) {
    std::string address = "/rows/";
    for (const char letter : row) {
        const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                           (letter >= '0' && letter <= '9') || letter == '-' || letter == '.' || letter == '_' ||
                           letter == '~' || letter == '/';
        if (plain)
            address += letter;
        else
            address += fmt::format("%{:02X}", static_cast<unsigned char>(letter));
    }
    return address;
}

void html_head(Html& html, std::string_view title) {
    const auto head = html.element("head");
    html.empty("meta", {{"charset", "utf-8"}});
    html.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
    html.empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
    html.leaf("title", title);
    html.empty("link", {{"rel", "stylesheet"}, {"href", "/page.css"}});
    html.empty("link", {{"rel", "icon"}, {"type", "image/svg+xml"}, {"href", "/page.svg"}});
    html.leaf("script", {{"type", "module"}, {"src", "/page.js"}}, "");
}

void html_top(Html& html, const Snapshot* snapshot, const WatchFacts& facts) {
    html.leaf("a", {{"class", "skip"}, {"href", "#main"}}, "Skip to the rows");
    const auto header = html.element("header", {{"class", "top"}});
    {
        const auto names = html.element("div", {{"class", "names"}});
        const bool has_site = snapshot != nullptr && !snapshot->report.vantage.site.empty();
        {
            const auto title = html.element("h1");
            html.leaf("a", {{"href", "/"}}, has_site ? shown_name(snapshot->report.vantage.site) : "fdnprobe");
        }
        if (snapshot != nullptr)
            html.leaf("p", {{"class", "vantage"}}, report::vantage_words(snapshot->report.vantage));
        // Filled in by the script: without it the page does not change by itself.
        html.leaf("p", {{"id", "connection"}, {"class", "connection"}, {"role", "status"}, {"hidden", "hidden"}}, "");
    }
    const auto list = html.element("dl", {{"class", "facts runs"}, {"data-key", "runs"}});
    if (facts.last_run)
        html_time_fact(html, "Last run", *facts.last_run,
                       fmt::format(", took {}", report::shown_span(facts.last_elapsed)));
    if (facts.next_run && !facts.paused) html_time_fact(html, "Next run", *facts.next_run);
    if (facts.every.count() > 0) report::html_fact(html, "Every", duration_text(facts.every));
    html_time_fact(html, "Watching since", facts.started, fmt::format(", {}", counted(facts.runs, "run")));
    report::html_fact(html, "Confirmed changes", fmt::format("{}", facts.events));
    if (facts.runs_skipped > 0) report::html_fact(html, "Runs left out", fmt::format("{}", facts.runs_skipped));
}

void html_banners(Html& html, const WatchFacts& facts) {
    if (facts.control_failed)
        html_banner(html, "own", "control", "Nothing at all works from here.",
                    "The last run says nothing of the rows until that ends.");
    if (facts.paused) html_banner(html, "warn", "paused", "Paused.", "Nothing is sent until the pause ends.");
    if (facts.quiet)
        html_banner(html, "note", "quiet", "Quiet hours.",
                    "Runs go on and are recorded; nobody is told before they end.");
    if (!facts.reload_problem.empty())
        html_banner(html, "warn", "reload",
                    "The new tables or site are not in use:", shown_sentence(facts.reload_problem));
    if (!facts.history_problem.empty())
        html_banner(
            html, "warn", "history", "Runs are not being recorded:",
            fmt::format("{}{}", shown_sentence(facts.history_problem),
                        facts.unrecorded == 0
                            ? ""
                            : fmt::format(" {} to be recorded.", facts.unrecorded == 1
                                                                     ? "1 run waits"
                                                                     : fmt::format("{} runs wait", facts.unrecorded))));
    for (const ReceiverFacts& receiver : facts.receivers) html_receiver(html, receiver);
}

void html_since(Html& html, const Standing* standing) {
    if (standing == nullptr || standing->checked == std::chrono::system_clock::time_point{}) {
        html.leaf("span", {{"class", "aside"}}, "not checked yet");
        return;
    }
    if (standing->confirmed == standing->latest) {
        report::html_time(html, standing->since);
        return;
    }
    if (standing->changing != std::chrono::system_clock::time_point{}) {
        report::html_time(html, standing->changing);
        html.text(" ");
    }
    html.leaf("span", {{"class", "aside"}},
              standing->confirmed ? fmt::format("not confirmed yet; was {}", to_string(*standing->confirmed))
                                  : std::string("not confirmed yet"));
}

void html_history(Html& html, const Report& report, const RowHistory& history) {
    const auto section = html.element("section", {{"class", "history"}, {"data-key", "history"}});
    html.leaf("h2", "Over time");
    html_timeline_figure(html, history);
    const bool timed = std::any_of(history.checks.begin(), history.checks.end(),
                                   [](const CheckHistory& check) { return !check.latency.empty(); });
    if (timed) html.leaf("h3", "How long it takes");
    for (const CheckHistory& check : history.checks) html_latency(html, check, title_of(report, check.id));
    html_state_changes(html, history);
    html_verdict_changes(html, report, history);
    if (history.runs == 0) html.leaf("p", {{"class", "aside"}}, "Nothing has been recorded of it yet.");
}

void html_foot(Html& html, std::string_view version) {
    const auto footer = html.element("footer");
    {
        const auto links = html.element("nav", {{"aria-label", "Downloads"}});
        html.text("Download the report: ");
        html.leaf("a", {{"href", "/api/v1/report?format=json&download=1"}, {"download", ""}}, "JSON");
        html.text(" ");
        html.leaf("a", {{"href", "/api/v1/report?format=csv&download=1"}, {"download", ""}}, "CSV");
        html.text(" ");
        html.leaf("a", {{"href", "/api/v1/report?format=markdown&download=1"}, {"download", ""}}, "Markdown");
        html.text(" ");
        html.leaf("a", {{"href", "/api/v1/report?format=html&download=1"}, {"download", ""}}, "HTML");
    }
    html.leaf("p", fmt::format("fdnprobe {}", shown_name(version)));
}

}  // namespace fdnprobe::web
