// A report as one document that can be sent by mail or attached to a ticket: its style is inside, it runs no script and
// asks for nothing. A policy of its own (https://www.w3.org/TR/CSP3/) tells browsers the same.
#include <string>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "base/digest.hpp"
#include "report/groups.hpp"
#include "report/html_reasons.hpp"
#include "report/html_row.hpp"
#include "report/html_style.hpp"
#include "report/html_summary.hpp"
#include "report/html_words.hpp"
#include "report/path_text.hpp"
#include "report/render.hpp"
#include "report/run_words.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

void write_head(Html& html, const Report& report) {
    const auto head = html.element("head");
    html.empty("meta", {{"charset", "utf-8"}});
    html.empty("meta", {{"http-equiv", "Content-Security-Policy"},
                        {"content", fmt::format("default-src 'none'; style-src 'sha256-{}'; img-src data:",
                                                base64(sha256(html_style)))}});
    html.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
    html.empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
    html.leaf("title", fmt::format("{}: {}", title_words(report),
                                   report.vantage.site.empty() ? "fdnprobe" : shown_name(report.vantage.site)));
    // Without one, browsers would ask the server for it.
    html.empty("link", {{"rel", "icon"}, {"href", "data:,"}});
    html.stylesheet();
}

void write_header(Html& html, const Report& report) {
    const auto header = html.element("header", {{"class", "top"}});
    html.leaf("h1", report.vantage.site.empty() ? "Reachability report" : shown_name(report.vantage.site));
    {
        const auto line = html.element("p");
        const std::string tables = tables_of(report);
        html.text(fmt::format("{}{}, {}, ", counted(report.rows.size(), "row"), tables.empty() ? "" : " of " + tables,
                              vantage_words(report.vantage)));
        html_time(html, report.started);
        html.text(fmt::format(", in {}.", shown_span(report.elapsed)));
    }
    html_counts(html, report, false);
    if (const std::string hint = device_hint(report); !hint.empty()) html.leaf("p", {{"class", "aside"}}, hint);
    if (report.interrupted)
        html.leaf("p", {{"class", "banner warn"}},
                  "The run was interrupted: what had not ended by then is shown as local (interrupted).");
}

void write_row(Html& html, const Report& report, std::size_t index) {
    const RowResult& row = report.rows[index];
    const auto part = html.element("details", {{"class", fmt::format("row {}", tone_of(row.state))},
                                               {"id", fmt::format("row-{}", index + 1)},
                                               {"data-row", shown_name(row.row.full_id())},
                                               {"data-state", to_string(row.state)}});
    {
        const auto title = html.element("summary");
        html_state(html, row.state);
        html.text(" ");
        html.leaf("b", shown_name(row.row.purpose));
        html.text(" ");
        html.leaf("span", {{"class", "ports"}}, shown_name(row.row.ports));
        const auto matter = html.element("div", {{"class", "matter"}});
        html_findings(html, report, row);
    }
    const auto body = html.element("div", {{"class", "body"}});
    if (!row.row.note.empty()) html.leaf("p", {{"class", "aside"}}, shown_sentence(row.row.note));
    html_checks(html, report, row);
}

void write_rows(Html& html, const Report& report) {
    for (const Section& section : sections_of(report)) {
        const auto part = html.element("section", {{"class", "rows"}});
        html.leaf("h2", section.title);
        for (const Party& party : section.parties) {
            html.leaf("h3", party.title);
            for (const std::size_t row : party.rows) write_row(html, report, row);
        }
    }
    if (report.rows.empty()) html.leaf("p", "No row was chosen, so nothing was checked.");
}

void write_resolvers(Html& html, const Report& report) {
    const std::vector<std::string> lines = resolver_lines(report.resolvers);
    if (lines.empty()) return;
    const auto part = html.element("details", {{"class", "resolvers"}});
    html.leaf("summary", "What each resolver said");
    const auto list = html.element("ul");
    for (const std::string& line : lines) html.leaf("li", line);
}

}  // namespace

std::string render_html(const Report& report) {
    Html html;
    html.doctype();
    {
        const auto document = html.element("html", {{"lang", "en"}});
        write_head(html, report);
        const auto body = html.element("body", {{"class", "report"}});
        write_header(html, report);
        {
            const auto main = html.element("main", {{"id", "main"}});
            html_reasons(html, report);
            html_first_steps(html, report);
            write_rows(html, report);
            write_resolvers(html, report);
        }
        const auto footer = html.element("footer");
        html.text(fmt::format("Written by fdnprobe {}.", shown_name(report.version)));
    }
    return html.take() + '\n';
}

}  // namespace fdnprobe::report
